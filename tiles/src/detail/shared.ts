import { growFloat64, growInt32 } from '../snapshot/growable.js';
import { sortByKeys } from '../snapshot/hilbert.js';
import type { ScratchFile } from '../snapshot/scratch.js';
import { FULL_ZOOM } from './scale.js';

/** Lowest zooms of points on the grid: a hash table. */
class PointTable {
  #xy: Int32Array;
  /** FREE where there is no point. */
  #zooms: Uint8Array;
  #mask: number;
  count = 0;

  /** @param slots a power of two */
  constructor(slots: number) {
    this.#xy = new Int32Array(2 * slots);
    this.#zooms = new Uint8Array(slots).fill(FREE);
    this.#mask = slots - 1;
  }

  /** Notes a point; the lowest zoom stays. */
  note(x: number, y: number, zoom: number): void {
    const slot = this.#slot(x, y);
    const known = this.#zooms[slot]!;
    if (zoom >= known) return;
    this.#zooms[slot] = zoom;
    if (known !== FREE) return;
    this.#xy[2 * slot] = x;
    this.#xy[2 * slot + 1] = y;
    if (++this.count * 2 > this.#mask) this.#grow();
  }

  /** The zoom of a point, or FULL_ZOOM when there is none. */
  lowest(x: number, y: number): number {
    const zoom = this.#zooms[this.#slot(x, y)]!;
    return zoom === FREE ? FULL_ZOOM : zoom;
  }

  #slot(x: number, y: number): number {
    const mask = this.#mask;
    const xy = this.#xy;
    const zooms = this.#zooms;
    const mixed = Math.imul(x, 0x9e3779b1) ^ Math.imul(y, 0x85ebca6b);
    let slot = (mixed ^ (mixed >>> 15)) & mask;
    while (zooms[slot] !== FREE && (xy[2 * slot] !== x || xy[2 * slot + 1] !== y)) slot = (slot + 1) & mask;
    return slot;
  }

  #grow(): void {
    const larger = new PointTable(2 * (this.#mask + 1));
    this.each((x, y, zoom) => void larger.note(x, y, zoom));
    this.#xy = larger.#xy;
    this.#zooms = larger.#zooms;
    this.#mask = larger.#mask;
  }

  each(visit: (x: number, y: number, zoom: number) => void): void {
    for (let slot = 0; slot <= this.#mask; slot++) {
      const zoom = this.#zooms[slot]!;
      if (zoom !== FREE) visit(this.#xy[2 * slot]!, this.#xy[2 * slot + 1]!, zoom);
    }
  }

  clear(): void {
    this.#zooms.fill(FREE);
    this.count = 0;
  }
}

const FREE = 255;
/** Points of a run read together, and tables of such stretches kept. */
const STRETCH = 4_096;
const TABLES_KEPT = 512;

/**
 * The points of a layer that zooms below FULL_ZOOM need, each with the lowest zoom of all vertices that lie on it: a border between
 * two features is then simplified alike on both sides and no sliver opens. Beyond `limit` points they go to files, sorted by
 * place, and come back stretch by stretch: neighbouring questions read the same one.
 */
export class SharedPoints {
  #table: PointTable | null = new PointTable(1024);
  readonly #runs: PointRun[] = [];
  #starts: Float64Array | null = null;
  readonly #tables = new Map<number, PointTable>();
  /** The stretch asked for last: from one key to before another. */
  #from = 0;
  #to = 0;
  #stretch: PointTable | null = null;

  /** @param newFile makes a scratch file; null: everything stays in memory */
  constructor(
    private readonly limit: number,
    private readonly newFile: ((run: number) => ScratchFile) | null,
  ) {}

  /** Points from files that an earlier builder has finished. */
  static from(files: readonly ScratchFile[]): SharedPoints {
    const points = new SharedPoints(0, null);
    for (const file of files) points.#runs.push(new PointRun(file));
    points.#table = null;
    return points;
  }

  /** Notes a vertex below FULL_ZOOM. */
  note(x: number, y: number, zoom: number): void {
    const table = this.#table!;
    table.note(x, y, zoom);
    if (table.count >= this.limit && this.newFile) this.#spill();
  }

  #spill(): void {
    const table = this.#table!;
    if (table.count === 0) return;
    this.#runs.push(PointRun.write(table, this.newFile!(this.#runs.length)));
    table.clear();
  }

  /** Whether points have gone to files. */
  get onDisk(): boolean {
    return this.#runs.length > 0;
  }

  /** Ends the noting and leaves all points to the files. Returns how many there are. */
  toFiles(): number {
    this.#spill();
    this.#table = null;
    return this.#runs.length;
  }

  /** The lowest zoom of the vertices on a point; FULL_ZOOM when no lower zoom needs it. */
  lowest(x: number, y: number): number {
    if (this.#table) return this.#table.lowest(x, y);
    const key = placeKey(x, y);
    if (key < this.#from || key >= this.#to || !this.#stretch) this.#find(key);
    return this.#stretch!.lowest(x, y);
  }

  /** Makes the stretch that holds a key the present one. All runs together have some STRETCH points in it. */
  #find(key: number): void {
    this.#starts ??= Float64Array.from(this.#runs.flatMap((run) => [...run.firsts])).sort();
    const starts = this.#starts;
    let low = -1;
    for (let high = starts.length; high - low > 1; ) {
      const middle = (low + high) >> 1;
      if (starts[middle]! <= key) low = middle;
      else high = middle;
    }
    this.#from = low < 0 ? 0 : starts[low]!;
    this.#to = starts[low + 1] ?? Number.POSITIVE_INFINITY;
    let table = this.#tables.get(low);
    if (table) this.#tables.delete(low);
    else {
      table = new PointTable(1024);
      for (const run of this.#runs) run.read(this.#from, this.#to, table);
    }
    this.#tables.set(low, table);
    if (this.#tables.size > TABLES_KEPT) this.#tables.delete(this.#tables.keys().next().value!);
    this.#stretch = table;
  }
}

/** Points in a file, sorted by place: x, y and zoom, each an i32. */
class PointRun {
  /** Least and greatest key of every STRETCH points. */
  readonly firsts: Float64Array;
  readonly #lasts: Float64Array;
  readonly #count: number;
  static readonly #memory = new Int32Array(3 * STRETCH);

  constructor(private readonly file: ScratchFile) {
    this.#count = file.size / 12;
    const firsts = growFloat64(64);
    const lasts = growFloat64(64);
    const point = new Int32Array(2);
    const bytes = new Uint8Array(point.buffer);
    const keyOf = (i: number) => {
      file.read(bytes, 0, 8, 12 * i);
      return placeKey(point[0]!, point[1]!);
    };
    for (let i = 0; i < this.#count; i += STRETCH) {
      firsts.push(keyOf(i));
      lasts.push(keyOf(Math.min(i + STRETCH, this.#count) - 1));
    }
    this.firsts = firsts.view();
    this.#lasts = lasts.view();
  }

  static write(table: PointTable, file: ScratchFile): PointRun {
    const points = growInt32(3 * table.count);
    const high = new Uint32Array(table.count);
    const low = new Uint32Array(table.count);
    let n = 0;
    table.each((x, y, zoom) => {
      points.push(x);
      points.push(y);
      points.push(zoom);
      const key = placeKey(x, y);
      high[n] = key / 2 ** 24;
      low[n++] = key % 2 ** 24;
    });
    const order = sortByKeys(high, low);
    const out = new Int32Array(3 * STRETCH);
    let place = 0;
    for (let i = 0; i < n; i += STRETCH) {
      const end = Math.min(i + STRETCH, n);
      for (let k = i, at = 0; k < end; k++) for (let j = 0; j < 3; j++) out[at++] = points.data[3 * order[k]! + j]!;
      file.write(new Uint8Array(out.buffer), 0, 12 * (end - i), place);
      place += 12 * (end - i);
    }
    return new PointRun(file);
  }

  /** Notes the points whose keys lie from `from` to before `to`. */
  read(from: number, to: number, table: PointTable): void {
    let block = Math.max(0, this.#blockBefore(from));
    while (block > 0 && this.#lasts[block - 1]! >= from) block--;
    for (; block < this.firsts.length && this.firsts[block]! < to; block++) {
      if (this.#lasts[block]! < from) continue;
      const start = block * STRETCH;
      const n = Math.min(STRETCH, this.#count - start);
      const points = PointRun.#memory;
      this.file.read(new Uint8Array(points.buffer), 0, 12 * n, 12 * start);
      for (let i = 0; i < n; i++) {
        const x = points[3 * i]!;
        const y = points[3 * i + 1]!;
        const key = placeKey(x, y);
        if (key >= from && key < to) table.note(x, y, points[3 * i + 2]!);
      }
    }
  }

  /** The last block that begins at or before a key. */
  #blockBefore(key: number): number {
    let low = -1;
    for (let high = this.firsts.length; high - low > 1; ) {
      const middle = (low + high) >> 1;
      if (this.firsts[middle]! <= key) low = middle;
      else high = middle;
    }
    return low;
  }
}

/** The 12 bits of a number with a gap after each. */
const SPREAD = Uint32Array.from({ length: 4096 }, (_, i) => {
  let spread = 0;
  for (let bit = 0; bit < 12; bit++) spread |= ((i >> bit) & 1) << (2 * bit);
  return spread;
});

/** Place of a grid point along the Z-order curve, in cells of 256 × 256 units: an integer of 48 bits, cheaper than Hilbert's. */
function placeKey(x: number, y: number): number {
  const ux = (x ^ 0x80000000) >>> 8;
  const uy = (y ^ 0x80000000) >>> 8;
  const high = SPREAD[ux >>> 12]! | (SPREAD[uy >>> 12]! << 1);
  const low = SPREAD[ux & 4095]! | (SPREAD[uy & 4095]! << 1);
  return high * 2 ** 24 + low;
}
