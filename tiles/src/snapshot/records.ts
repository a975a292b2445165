import { growUint32 } from './growable.js';
import { sortByKeys } from './hilbert.js';
import { Block, compareRecords, GeometryRecord, type RecordSource, recordSize, writeRecord } from './record.js';
import type { ScratchFile } from './scratch.js';

/** The geometries of a layer along the Hilbert curve, read from front to back as often as needed. */
export interface SortedRecords {
  readonly count: number;
  /** Visits every record; the object handed out is always the same one. */
  each(visit: (record: GeometryRecord, index: number) => void): void;
  /** The same, and what the visit changes in a record stays changed. */
  update(visit: (record: GeometryRecord, index: number) => void): void;
}

/** Memory is taken in blocks of so many bytes, and given back only with the arena. */
const BLOCK_BYTES = 8 * 2 ** 20;
const SMALL_BLOCK = 2 ** 16;
/** Bytes read or written at once. */
const WINDOW = 2 ** 20;

/** Records in memory, in the order they came, until they are sorted. */
export class RecordArena implements SortedRecords {
  readonly #blocks: Block[] = [];
  #current = 0;
  readonly #block = growUint32(64);
  readonly #byte = growUint32(64);
  #order: Uint32Array | null = null;
  /** Bytes of the records. */
  bytes = 0;

  get count(): number {
    return this.#byte.length;
  }

  add(source: RecordSource): void {
    const size = recordSize(source);
    const block = this.#room(size);
    this.#block.push(this.#current);
    this.#byte.push(block.length);
    writeRecord(block, source);
    this.bytes += size;
    this.#order = null;
  }

  #room(size: number): Block {
    for (; this.#current < this.#blocks.length; this.#current++) {
      const block = this.#blocks[this.#current]!;
      if (block.length + size <= block.u8.length) return block;
    }
    // The first block is small: most overlays need no more.
    const least = this.#blocks.length === 0 ? SMALL_BLOCK : BLOCK_BYTES;
    const block = new Block(Math.max(least, size));
    this.#blocks.push(block);
    return block;
  }

  /** Puts the records in order. */
  sort(): this {
    const n = this.count;
    const high = new Uint32Array(n);
    const low = new Uint32Array(n);
    const record = new GeometryRecord();
    for (let i = 0; i < n; i++) {
      const { key } = this.#at(record, i);
      high[i] = key / 2 ** 24;
      low[i] = key % 2 ** 24;
    }
    const order = sortByKeys(high, low);
    const other = new GeometryRecord();
    for (let i = 1, start = 0; i <= n; i++) {
      if (i < n && high[order[i]!] === high[order[start]!] && low[order[i]!] === low[order[start]!]) continue;
      if (i - start > 1) {
        const ties = order.subarray(start, i);
        ties.set([...ties].sort((a, b) => compareRecords(this.#at(record, a), this.#at(other, b))));
      }
      start = i;
    }
    this.#order = order;
    return this;
  }

  #at(record: GeometryRecord, i: number): GeometryRecord {
    return record.moveTo(this.#blocks[this.#block.data[i]!]!, this.#byte.data[i]!);
  }

  each(visit: (record: GeometryRecord, index: number) => void): void {
    const order = this.#order ?? this.sort().#order!;
    const record = new GeometryRecord();
    for (let i = 0; i < order.length; i++) visit(this.#at(record, order[i]!), i);
  }

  update(visit: (record: GeometryRecord, index: number) => void): void {
    this.each(visit);
  }

  /** Forgets the records and keeps the memory of usual blocks for the next ones. */
  clear(): void {
    const usual = this.#blocks.filter((block) => block.u8.length === BLOCK_BYTES);
    for (const block of usual) block.length = 0;
    this.#blocks.splice(0, this.#blocks.length, ...usual);
    this.#current = 0;
    this.#block.length = 0;
    this.#byte.length = 0;
    this.#order = null;
    this.bytes = 0;
  }

  /** Gives the memory back. */
  release(): void {
    this.clear();
    this.#blocks.length = 0;
  }
}

/** Reads a file of records from front to back. The record at hand lasts until the next one is asked for. */
class RecordReader {
  readonly record = new GeometryRecord();
  #block: Block;
  #at = 0;
  #filled = 0;
  #next = 0;

  constructor(
    private readonly file: ScratchFile,
    window = WINDOW,
  ) {
    this.#block = new Block(window);
  }

  /** Moves to the next record; false at the end. */
  next(): boolean {
    if (!this.holdsNext) {
      if (this.#next >= this.file.size && this.#at === this.#filled) return false;
      this.#fill();
    }
    this.record.moveTo(this.#block, this.#at);
    this.#at += this.record.size;
    return true;
  }

  /** Whether the next record is in memory already. */
  get holdsNext(): boolean {
    const left = this.#filled - this.#at;
    return left >= 4 && left >= this.#block.i32[this.#at / 4]!;
  }

  /** Moves the rest to the front and reads on, into more memory if a record needs it. */
  #fill(): void {
    let rest = this.#filled - this.#at;
    let block = this.#block;
    const read = () => {
      const n = Math.min(block.u8.length - rest, this.file.size - this.#next);
      this.file.read(block.u8, rest, n, this.#next);
      this.#next += n;
      rest += n;
    };
    block.u8.copyWithin(0, this.#at, this.#filled);
    read();
    const size = block.i32[0]!;
    if (size > rest) {
      const larger = new Block(size);
      larger.u8.set(block.u8.subarray(0, rest));
      block = larger;
      read();
    }
    this.#block = block;
    this.#at = 0;
    this.#filled = rest;
  }
}

/** Records in a file, in order. */
export class RecordFile implements SortedRecords {
  constructor(
    private readonly file: ScratchFile,
    readonly count: number,
  ) {}

  reader(window?: number): RecordReader {
    return new RecordReader(this.file, window);
  }

  each(visit: (record: GeometryRecord, index: number) => void): void {
    const reader = this.reader();
    for (let i = 0; reader.next(); i++) visit(reader.record, i);
  }

  update(visit: (record: GeometryRecord, index: number) => void): void {
    const reader = this.reader();
    const { record } = reader;
    // Changes are written back in runs of neighbouring records that lie in one stretch of memory.
    let memory: Uint8Array = new Uint8Array(0);
    let [from, to, place] = [0, 0, 0];
    const flush = () => {
      if (to > from) this.file.write(memory, from, to - from, place);
      place += to - from;
    };
    for (let i = 0; reader.next(); i++) {
      if (record.u8 !== memory || record.byte !== to) {
        memory = record.u8;
        [from, to] = [record.byte, record.byte];
      }
      visit(record, i);
      to += record.size;
      // The next record may not be in this window.
      if (!reader.holdsNext) {
        flush();
        from = to;
      }
    }
  }
}

/** Writes a file of records. */
export class RecordWriter {
  readonly #buffer = new Uint8Array(WINDOW);
  #held = 0;
  #place = 0;
  count = 0;

  constructor(private readonly file: ScratchFile) {}

  append({ u8, byte, size }: GeometryRecord): void {
    if (this.#held + size > this.#buffer.length) this.#flush();
    if (size > this.#buffer.length) {
      this.file.write(u8, byte, size, this.#place);
      this.#place += size;
    } else {
      this.#buffer.set(u8.subarray(byte, byte + size), this.#held);
      this.#held += size;
    }
    this.count++;
  }

  #flush(): void {
    this.file.write(this.#buffer, 0, this.#held, this.#place);
    this.#place += this.#held;
    this.#held = 0;
  }

  end(): RecordFile {
    this.#flush();
    return new RecordFile(this.file, this.count);
  }
}

/** Visits the records of several sorted files in their common order. */
export function mergeRecords(runs: readonly RecordFile[], memory: number, visit: (record: GeometryRecord) => void): void {
  const window = Math.max(2 ** 14, Math.min(WINDOW, Math.floor(memory / runs.length / 8) * 8));
  // A binary heap of readers by their record at hand.
  const heap = runs.map((run) => run.reader(window)).filter((reader) => reader.next());
  const sift = (start: number) => {
    const moved = heap[start]!;
    let at = start;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && compareRecords(heap[child + 1]!.record, heap[child]!.record) < 0) child++;
      if (compareRecords(moved.record, heap[child]!.record) <= 0) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = moved;
  };
  for (let i = (heap.length >> 1) - 1; i >= 0; i--) sift(i);
  while (heap.length > 0) {
    const first = heap[0]!;
    visit(first.record);
    if (!first.next()) {
      const last = heap.pop()!;
      if (heap.length === 0) break;
      heap[0] = last;
    }
    sift(0);
  }
}
