import { align, growUint8 } from './growable.js';

// Words of a record's head; then come the vertices (two i32 each), the ends of the paths (u32), and as bytes the paths' holes, the
// vertices' zooms and the values.
const SIZE = 0;
const KIND = 1;
const FID = 1; // of doubles
const KEY = 2; // of doubles
const BOX = 6;
const PATHS = 10;
const VERTICES = 11;
const RANK = 6; // of doubles
const HEAD_WORDS = 14;

/** Memory that holds records, seen three ways. */
export class Block {
  readonly i32: Int32Array;
  readonly u8: Uint8Array;
  readonly f64: Float64Array;
  /** Bytes in use. */
  length = 0;

  constructor(size: number) {
    const buffer = new ArrayBuffer(size);
    this.i32 = new Int32Array(buffer);
    this.u8 = new Uint8Array(buffer);
    this.f64 = new Float64Array(buffer);
  }
}

/** A geometry as the builder passes it from one pass to the next. Moved from record to record rather than made anew. */
export class GeometryRecord {
  i32!: Int32Array;
  u8!: Uint8Array;
  f64!: Float64Array;
  /** Where the record begins, in words and in bytes. */
  word = 0;
  byte = 0;
  size = 0;
  kind = 0;
  paths = 0;
  vertices = 0;
  /** First vertex coordinate and first path end (in `i32`); first hole, zoom and value (in `u8`). */
  xy = 0;
  pathEnd = 0;
  hole = 0;
  zoom = 0;
  values = 0;

  moveTo(block: Block, byte: number): this {
    const { i32 } = block;
    const word = byte / 4;
    this.i32 = i32;
    this.u8 = block.u8;
    this.f64 = block.f64;
    this.word = word;
    this.byte = byte;
    this.size = i32[word + SIZE]!;
    this.kind = i32[word + KIND]!;
    this.paths = i32[word + PATHS]!;
    this.vertices = i32[word + VERTICES]!;
    this.xy = word + HEAD_WORDS;
    this.pathEnd = this.xy + 2 * this.vertices;
    this.hole = 4 * (this.pathEnd + this.paths);
    this.zoom = this.hole + this.paths;
    this.values = this.zoom + this.vertices;
    return this;
  }

  get fid(): number {
    return this.f64[this.word / 2 + FID]!;
  }

  /** Place on the Hilbert curve. */
  get key(): number {
    return this.f64[this.word / 2 + KEY]!;
  }

  get rank(): number {
    return this.f64[this.word / 2 + RANK]!;
  }

  /** Box at `i32[box…]`. */
  get box(): number {
    return this.word + BOX;
  }
}

/** What makes a record. */
export interface RecordSource {
  fid: number;
  kind: number;
  key: number;
  /** The greater, the sooner it shows where geometries are thinned. */
  rank: number;
  /** Four numbers of the box. */
  box: ArrayLike<number>;
  /** Vertices `from` … `to` of `xy`, in which `pathEnds` and `zooms` count too. */
  xy: Int32Array;
  zooms: Uint8Array;
  from: number;
  to: number;
  /** The paths to write, in order. */
  paths: readonly number[] | Uint32Array;
  pathStart: (path: number) => number;
  pathEnds: Uint32Array;
  holes: Uint8Array;
  values: Uint8Array;
}

/** Bytes of the record that the source would make. */
export function recordSize(source: RecordSource): number {
  const vertices = source.to - source.from;
  return align(4 * HEAD_WORDS + 8 * vertices + 5 * source.paths.length + vertices + source.values.length);
}

/** Writes a record at the end of a block that has room for it. */
export function writeRecord(block: Block, source: RecordSource): void {
  const size = recordSize(source);
  const { i32, u8, f64 } = block;
  const word = block.length / 4;
  const { paths } = source;
  const vertices = source.to - source.from;
  i32[word + SIZE] = size;
  i32[word + KIND] = source.kind;
  f64[word / 2 + FID] = source.fid;
  f64[word / 2 + KEY] = source.key;
  for (let k = 0; k < 4; k++) i32[word + BOX + k] = source.box[k]!;
  i32[word + PATHS] = paths.length;
  i32[word + VERTICES] = vertices;
  f64[word / 2 + RANK] = source.rank;
  let xy = word + HEAD_WORDS;
  let pathEnd = xy + 2 * vertices;
  let hole = 4 * (pathEnd + paths.length);
  let zoom = hole + paths.length;
  let done = 0;
  for (let p = 0; p < paths.length; p++) {
    const path = paths[p]!;
    const end = source.pathEnds[path]!;
    for (let v = source.pathStart(path); v < end; v++) {
      i32[xy++] = source.xy[2 * v]!;
      i32[xy++] = source.xy[2 * v + 1]!;
      u8[zoom++] = source.zooms[v]!;
      done++;
    }
    i32[pathEnd++] = done;
    u8[hole++] = source.holes[path]!;
  }
  u8.set(source.values, zoom);
  u8.fill(0, zoom + source.values.length, block.length + size);
  block.length += size;
}

/** Orders records along the curve: by key, then id, then kind. */
export function compareRecords(a: GeometryRecord, b: GeometryRecord): number {
  return a.key - b.key || a.fid - b.fid || a.kind - b.kind;
}

/** Scratch for the values of a row. */
export const growValues = () => growUint8(256);
