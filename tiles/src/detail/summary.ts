import { POINT, POLYGON } from '../geometry/wkb.js';
import { growInt32, growUint8, growUint32 } from '../snapshot/growable.js';
import type { GeometryRecord } from '../snapshot/record.js';
import { ringArea } from '../snapshot/rings.js';
import type { ScratchFile } from '../snapshot/scratch.js';
import { FULL_ZOOM } from './scale.js';

/** Vertices of a large geometry that are counted together, and how many make a geometry large. */
const PART = 64;
export const LARGE = 256;

/** What the choice of detail needs of each geometry, along the Hilbert curve: 22 bytes in memory, and a count for each zoom. */
export class Summary {
  readonly kinds: Uint8Array;
  /**
   * The highest bit (0…47) in which the Hilbert key differs from that of the previous geometry of the same kind; −1 for equal keys.
   * "Is it the first in its cell of 2^k steps" is then `steps[i] >= k`, and the cells of all k nest.
   */
  readonly steps: Int8Array;
  /** Polygon area or line diagonal that decides about drawing in full, and what it hands on; on the grid. */
  readonly sizes: Float32Array;
  readonly weights: Float32Array;
  /** Who shows where geometries are thinned; null when all rank alike. */
  readonly ranks: Float32Array | null;
  /** Middle of the box. */
  readonly x: Int32Array;
  readonly y: Int32Array;
  /** Per zoom: the vertices each geometry has there; 0 for large ones, whose parts count. */
  readonly counts: ZoomCounts;
  /** Runs of 64 vertices of the large geometries, in order: whose, where, and how many of them each zoom needs. */
  readonly parts = { owner: growUint32(16), x: growInt32(16), y: growInt32(16), counts: growUint8(16 * FULL_ZOOM) };
  /** Geometries by kind. */
  readonly kindCounts = [0, 0, 0, 0];
  vertices = 0;
  readonly box = [0x7fffffff, 0x7fffffff, -0x7fffffff, -0x7fffffff];
  #length = 0;
  readonly #lastKeys = [-1, -1, -1, -1];
  readonly #own = new Uint8Array(FULL_ZOOM);

  constructor(
    readonly count: number,
    newFile: (() => ScratchFile) | null,
    ranked = false,
  ) {
    this.ranks = ranked ? new Float32Array(count) : null;
    this.kinds = new Uint8Array(count);
    this.steps = new Int8Array(count);
    this.sizes = new Float32Array(count);
    this.weights = new Float32Array(count);
    this.x = new Int32Array(count);
    this.y = new Int32Array(count);
    this.counts = new ZoomCounts(count, newFile);
  }

  /** Takes in the next geometry; its vertices have their final zooms. */
  add(record: GeometryRecord): void {
    const i = this.#length++;
    const { kind, i32, box, key } = record;
    const [minX, minY, maxX, maxY] = [i32[box]!, i32[box + 1]!, i32[box + 2]!, i32[box + 3]!];
    this.kinds[i] = kind;
    this.kindCounts[kind]!++;
    if (this.ranks) this.ranks[i] = record.rank;
    this.steps[i] = stepBetween(this.#lastKeys[kind]!, key);
    this.#lastKeys[kind] = key;
    this.x[i] = (minX + maxX) / 2;
    this.y[i] = (minY + maxY) / 2;
    const diagonal = Math.sqrt((maxX - minX) ** 2 + (maxY - minY) ** 2);
    this.weights[i] = kind === POLYGON ? polygonArea(record) : diagonal;
    // A long thin polygon, a river say, is drawn though it has little area.
    this.sizes[i] = kind === POLYGON ? Math.max(this.weights[i]!, diagonal ** 2 / 16) : diagonal;
    this.vertices += record.vertices;
    const total = this.box;
    total[0] = Math.min(total[0]!, minX);
    total[1] = Math.min(total[1]!, minY);
    total[2] = Math.max(total[2]!, maxX);
    total[3] = Math.max(total[3]!, maxY);
    if (record.vertices >= LARGE) {
      this.#addParts(i, record);
      this.counts.add(NONE);
    } else {
      this.#count(record, 0, record.vertices);
      this.counts.add(this.#own);
    }
  }

  /** Counts the vertices `from` … `to` by zoom into `#own`. */
  #count({ kind, u8, zoom }: GeometryRecord, from: number, to: number): void {
    const own = this.#own;
    own.fill(kind === POINT ? to - from : 0);
    if (kind === POINT) return;
    for (let v = from; v < to; v++) {
      const z = u8[zoom + v]!;
      if (z < FULL_ZOOM) own[z]!++;
    }
    for (let z = 1; z < FULL_ZOOM; z++) own[z]! += own[z - 1]!;
  }

  #addParts(i: number, record: GeometryRecord): void {
    const { owner, x, y, counts } = this.parts;
    for (let v = 0; v < record.vertices; v += PART) {
      owner.push(i);
      x.push(record.i32[record.xy + 2 * v]!);
      y.push(record.i32[record.xy + 2 * v + 1]!);
      this.#count(record, v, Math.min(v + PART, record.vertices));
      for (const n of this.#own) counts.push(n);
    }
  }
}

const NONE = new Uint8Array(FULL_ZOOM);
/** Counts of one zoom that are written together. */
const BATCH = 2 ** 16;

/** A byte per geometry and zoom, in memory or zoom by zoom in a file. */
export class ZoomCounts {
  readonly #file: ScratchFile | null;
  readonly #held: Uint8Array[];
  #length = 0;
  #written = 0;

  constructor(
    private readonly count: number,
    newFile: (() => ScratchFile) | null,
  ) {
    this.#file = newFile?.() ?? null;
    this.#held = Array.from({ length: FULL_ZOOM }, () => new Uint8Array(this.#file ? BATCH : count));
  }

  /** Takes in the next geometry's counts, one per zoom. */
  add(counts: Uint8Array): void {
    const at = this.#length - this.#written;
    for (let zoom = 0; zoom < FULL_ZOOM; zoom++) this.#held[zoom]![at] = counts[zoom]!;
    this.#length++;
    if (this.#file && at + 1 === BATCH) this.#flush();
  }

  #flush(): void {
    const n = this.#length - this.#written;
    this.#held.forEach((held, zoom) => void this.#file!.write(held, 0, n, zoom * this.count + this.#written));
    this.#written = this.#length;
  }

  /** All geometries' counts at a zoom. */
  at(zoom: number): Uint8Array {
    if (!this.#file) return this.#held[zoom]!;
    if (this.#written < this.#length) this.#flush();
    const counts = new Uint8Array(this.count);
    this.#file.read(counts, 0, this.count, zoom * this.count);
    return counts;
  }
}

function stepBetween(before: number, key: number): number {
  if (before < 0) return 47;
  const [high, low] = [Math.floor(key / 2 ** 24), key % 2 ** 24];
  const [highBefore, lowBefore] = [Math.floor(before / 2 ** 24), before % 2 ** 24];
  if (high !== highBefore) return 24 + 31 - Math.clz32(high ^ highBefore);
  return 31 - Math.clz32(low ^ lowBefore);
}

/** Area of a polygon in grid units², holes taken off. */
function polygonArea({ i32, xy, pathEnd, paths }: GeometryRecord): number {
  let twice = 0;
  let start = xy;
  for (let p = 0; p < paths; p++) {
    const end = xy + 2 * i32[pathEnd + p]!;
    // Rings are wound so that holes count negative.
    twice += ringArea(i32, start, end);
    start = end;
  }
  return Math.max(0, twice / 2);
}
