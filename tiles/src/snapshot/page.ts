import { checksum } from './checksum.js';
import { SnapshotError } from './format.js';
import { align } from './growable.js';
import { hashBytes } from './values.js';

/** A page ends before it passes so many geometries or vertices; a larger geometry has a page of its own. */
export const PAGE_FEATURES = 128;
export const PAGE_VERTICES = 8_192;
/** Vertices under one chunk box, and how many a path needs to get chunk boxes. */
export const CHUNK = 64;
export const LONG_PATH = 256;
/** Paths under one group box, and how many a geometry needs to get group boxes. */
export const GROUP = 64;
export const MANY_PATHS = 128;

/** How many of each a page holds; its first words, in this order. */
export interface PageCounts {
  features: number;
  paths: number;
  vertices: number;
  /** Values of its own, and their bytes. */
  values: number;
  valueBytes: number;
  /** Paths with chunk boxes, and their chunks. */
  long: number;
  chunks: number;
  /** Geometries with group boxes, and their groups. */
  many: number;
  groups: number;
  /** Zooms for which points say for how many they stand. */
  levels: number;
}
const HEAD_WORDS = 10;

/** Bytes of a page: a multiple of 8. */
export function pageSize(c: PageCounts, columns: number): number {
  const words =
    HEAD_WORDS +
    (2 + 4 + columns + 1 + c.levels) * c.features +
    c.paths +
    2 * c.vertices +
    c.values +
    1 +
    2 * c.long +
    4 * c.chunks +
    2 * c.many +
    4 * c.groups;
  return align(4 * words + 3 * c.features + c.paths + c.vertices + c.valueBytes);
}

/**
 * Some hundred neighbouring geometries with all a tile needs of them, as views of one run of bytes; see README.md. Numbers of
 * features, paths and vertices count within the page.
 */
export class Page {
  /** Geometries. */
  readonly count: number;
  readonly vertices: number;
  /** Feature ids; the parts of a mixed collection share one. */
  readonly fid: Float64Array;
  readonly box: Int32Array;
  /** Code of each value, geometry by geometry: in the layer's dictionary or, for the layer's local columns, in `values`; 0 is null. */
  readonly codes: Uint32Array;
  readonly featureEnd: Uint32Array;
  readonly pathEnd: Uint32Array;
  readonly xy: Int32Array;
  /** End of each value of the page's own in `values`; entry 0 is null. */
  readonly valueEnds: Uint32Array;
  readonly values: Uint8Array;
  readonly longPath: Uint32Array;
  readonly longChunk: Uint32Array;
  readonly chunk: Int32Array;
  readonly manyFeature: Uint32Array;
  readonly manyGroup: Uint32Array;
  readonly group: Int32Array;
  /** For how many points each geometry stands, zoom by zoom from the band's first; `levels` of them, none where nobody counts. */
  readonly stands: Uint32Array;
  readonly levels: number;
  readonly kind: Uint8Array;
  /** Lowest zoom of each geometry, and the lowest at which it is drawn as itself. */
  readonly from: Uint8Array;
  readonly full: Uint8Array;
  /** 1 = interior ring. */
  readonly hole: Uint8Array;
  /** Lowest zoom of each vertex. */
  readonly zoom: Uint8Array;
  #hashes: Uint32Array | null = null;

  /**
   * @param bytes from a multiple of 8 on
   * @throws SnapshotError when they are not as many as the counts say
   */
  constructor(
    readonly bytes: Uint8Array,
    readonly columns: number,
  ) {
    const buffer = bytes.buffer as ArrayBuffer;
    let at = bytes.byteOffset;
    const u32 = (n: number) => {
      const view = new Uint32Array(buffer, at, n);
      at += 4 * n;
      return view;
    };
    const i32 = (n: number) => {
      const view = new Int32Array(buffer, at, n);
      at += 4 * n;
      return view;
    };
    const u8 = (n: number) => {
      const view = new Uint8Array(buffer, at, n);
      at += n;
      return view;
    };
    if (bytes.length < 4 * HEAD_WORDS) throw new SnapshotError('a page is too short');
    const [features, paths, vertices, values, valueBytes, long, chunks, many, groups, levels] = u32(
      HEAD_WORDS,
    ) as unknown as number[];
    const counts = { features, paths, vertices, values, valueBytes, long, chunks, many, groups, levels } as PageCounts;
    if (pageSize(counts, columns) !== bytes.length) throw new SnapshotError('a page does not have the size it should have');
    this.count = counts.features;
    this.vertices = counts.vertices;
    this.fid = new Float64Array(buffer, at, counts.features);
    at += 8 * counts.features;
    this.box = i32(4 * counts.features);
    this.codes = u32(columns * counts.features);
    this.featureEnd = u32(counts.features);
    this.pathEnd = u32(counts.paths);
    this.xy = i32(2 * counts.vertices);
    this.valueEnds = u32(counts.values + 1);
    this.longPath = u32(counts.long);
    this.longChunk = u32(counts.long);
    this.chunk = i32(4 * counts.chunks);
    this.manyFeature = u32(counts.many);
    this.manyGroup = u32(counts.many);
    this.group = i32(4 * counts.groups);
    this.levels = counts.levels;
    this.stands = u32(counts.levels * counts.features);
    this.kind = u8(counts.features);
    this.from = u8(counts.features);
    this.full = u8(counts.features);
    this.hole = u8(counts.paths);
    this.zoom = u8(counts.vertices);
    this.values = u8(counts.valueBytes);
  }

  /** An empty page of the given counts, to be filled and sealed. */
  static allocate(counts: PageCounts, columns: number): Page {
    const bytes = new Uint8Array(pageSize(counts, columns));
    const { features, paths, vertices, values, valueBytes, long, chunks, many, groups, levels } = counts;
    new Uint32Array(bytes.buffer).set([features, paths, vertices, values, valueBytes, long, chunks, many, groups, levels]);
    return new Page(bytes, columns);
  }

  /** Hash of each value of the page's own, for a tile to find equal ones by. */
  get hashes(): Uint32Array {
    if (!this.#hashes) {
      const { values, valueEnds } = this;
      this.#hashes = new Uint32Array(valueEnds.length);
      for (let code = 1; code < valueEnds.length; code++)
        this.#hashes[code] = hashBytes(values, valueEnds[code - 1]!, valueEnds[code]!);
    }
    return this.#hashes;
  }
}

/** The checksum of a page or section: of all its bytes, which are a multiple of 8. */
export function sumOf(bytes: Uint8Array): number {
  return checksum(new Uint32Array(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.length / 4), bytes.length);
}
