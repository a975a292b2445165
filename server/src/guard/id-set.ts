/** Ids of one chunk are kept in a sorted list up to this many, then as bits. */
const LIST_MOST = 512;
const CHUNK = 65_536;
const WORDS = CHUNK / 32;

interface Chunk {
  size: number;
  list: number[] | null;
  bits: Uint32Array | null;
}

/**
 * A set of integers from 0 to 2^53, in chunks of 65,536: a sorted list where few are in, bits where many are. A million ids in a row
 * take 130 kB.
 */
export class IdSet {
  private readonly chunks = new Map<number, Chunk>();
  size = 0;

  static of(ids: Iterable<number>): IdSet {
    const set = new IdSet();
    for (const id of ids) set.add(id);
    return set;
  }

  /** @returns whether it was not in yet */
  add(id: number): boolean {
    const high = Math.floor(id / CHUNK);
    const low = id % CHUNK;
    let chunk = this.chunks.get(high);
    if (!chunk) {
      chunk = { size: 0, list: [], bits: null };
      this.chunks.set(high, chunk);
    }
    if (!put(chunk, low)) return false;
    this.size++;
    return true;
  }

  has(id: number): boolean {
    const chunk = this.chunks.get(Math.floor(id / CHUNK));
    if (!chunk) return false;
    const low = id % CHUNK;
    if (chunk.bits) return (chunk.bits[low >>> 5]! & (1 << (low & 31))) !== 0;
    return chunk.list![placeOf(chunk.list!, low)] === low;
  }

  /** In no order that means anything but within a chunk. */
  *[Symbol.iterator](): Generator<number> {
    for (const [high, chunk] of this.chunks) for (const low of lows(chunk)) yield high * CHUNK + low;
  }

  addAll(ids: Iterable<number>): void {
    for (const id of ids) this.add(id);
  }

  /** Chunk after chunk: its number (8 bytes), how many it holds less one (2), then these (2 each) or, beyond 4,096, all bits. */
  toBytes(): Uint8Array {
    let length = 0;
    for (const chunk of this.chunks.values()) length += 10 + bodyLength(chunk.size);
    const bytes = new Uint8Array(length);
    const view = new DataView(bytes.buffer);
    let at = 0;
    for (const [high, chunk] of this.chunks) {
      view.setFloat64(at, high, true);
      view.setUint16(at + 8, chunk.size - 1, true);
      at += 10;
      if (bodyLength(chunk.size) === CHUNK / 8) for (const low of lows(chunk)) bytes[at + (low >>> 3)]! |= 1 << (low & 7);
      else {
        let next = at;
        for (const low of lows(chunk)) {
          view.setUint16(next, low, true);
          next += 2;
        }
      }
      at += bodyLength(chunk.size);
    }
    return bytes;
  }

  /** Adds what `toBytes` wrote. @throws RangeError for bytes that are cut short */
  addBytes(bytes: Uint8Array): this {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let at = 0; at < bytes.length; ) {
      const high = view.getFloat64(at, true);
      const size = view.getUint16(at + 8, true) + 1;
      at += 10;
      const length = bodyLength(size);
      if (at + length > bytes.length) throw new RangeError('a set of ids is cut short');
      if (length === CHUNK / 8) {
        for (let i = 0; i < length; i++)
          for (let rest = bytes[at + i]!; rest !== 0; rest &= rest - 1)
            this.add(high * CHUNK + i * 8 + (31 - Math.clz32(rest & -rest)));
      } else for (let i = 0; i < length; i += 2) this.add(high * CHUNK + view.getUint16(at + i, true));
      at += length;
    }
    return this;
  }
}

const bodyLength = (size: number): number => (size > 4_096 ? CHUNK / 8 : size * 2);

/** Where `low` stands in a sorted list, or would. */
function placeOf(list: readonly number[], low: number): number {
  let from = 0;
  let to = list.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (list[middle]! < low) from = middle + 1;
    else to = middle;
  }
  return from;
}

function put(chunk: Chunk, low: number): boolean {
  if (chunk.list) {
    const place = placeOf(chunk.list, low);
    if (chunk.list[place] === low) return false;
    if (chunk.size < LIST_MOST) {
      chunk.list.splice(place, 0, low);
      chunk.size++;
      return true;
    }
    chunk.bits = new Uint32Array(WORDS);
    for (const one of chunk.list) chunk.bits[one >>> 5]! |= 1 << (one & 31);
    chunk.list = null;
  }
  const bits = chunk.bits!;
  const bit = 1 << (low & 31);
  if ((bits[low >>> 5]! & bit) !== 0) return false;
  bits[low >>> 5]! |= bit;
  chunk.size++;
  return true;
}

function* lows({ list, bits }: Chunk): Generator<number> {
  if (list) yield* list;
  else
    for (let word = 0; word < WORDS; word++)
      for (let rest = bits![word]!; rest !== 0; rest &= rest - 1) yield word * 32 + (31 - Math.clz32(rest & -rest));
}
