import { FULL_ZOOM } from '../detail/scale.js';
import { POINT, POLYGON } from '../geometry/wkb.js';
import { growFloat64, growInt32, growUint8, growUint32 } from './growable.js';
import type { LayerValues } from './layer-values.js';
import { CHUNK, GROUP, LONG_PATH, MANY_PATHS, PAGE_FEATURES, PAGE_VERTICES, Page, sumOf } from './page.js';
import type { GeometryRecord } from './record.js';
import { packTree } from './rtree.js';
import { ValueTable, valueEnd } from './values.js';

/** Takes bytes (a multiple of 8 of them) one after the other and says at which offset they lie. */
export type Append = (bytes: Uint8Array) => number;

/**
 * Writes one band: of each geometry what the zooms up to `maxZoom` need, page by page. Polygons that are dots at all of them bring
 * no vertices: the middle of their box is enough.
 */
export class BandWriter {
  features = 0;
  vertices = 0;
  readonly #offsets = growFloat64(64);
  readonly #lengths = growUint32(64);
  readonly #sums = growUint32(64);
  readonly #pageBoxes = growInt32(256);
  // The page being filled.
  readonly #fid = growFloat64(PAGE_FEATURES);
  readonly #box = growInt32(4 * PAGE_FEATURES);
  readonly #codes = growUint32();
  readonly #featureEnd = growUint32(PAGE_FEATURES);
  readonly #pathEnd = growUint32();
  readonly #xy = growInt32(1 << 12);
  readonly #kind = growUint8(PAGE_FEATURES);
  readonly #from = growUint8(PAGE_FEATURES);
  readonly #full = growUint8(PAGE_FEATURES);
  readonly #hole = growUint8();
  readonly #zoom = growUint8(1 << 12);
  readonly #stands = growUint32();
  readonly #own = new ValueTable();

  constructor(
    readonly maxZoom: number,
    /** The zooms for which points say for how many they stand: from the first of the band on, so many. */
    private readonly counted: { from: number; levels: number },
    private readonly columns: number,
    private readonly values: LayerValues,
    private readonly append: Append,
  ) {}

  /** Pages written. */
  get pages(): number {
    return this.#offsets.length;
  }

  /**
   * Takes in the next geometry along the curve.
   * @param from lowest zoom at which it shows
   * @param full and is drawn as itself
   * @param stands for how many it stands, by zoom
   */
  add(record: GeometryRecord, from: number, full: number, stands: Uint32Array): void {
    if (from > this.maxZoom) return;
    const { i32, box } = record;
    // More vertices than this band keeps may be counted here: a page may end early, which is no harm.
    const bodiless = record.kind === POLYGON && full > this.maxZoom;
    const most = bodiless ? 0 : record.vertices;
    const held = this.#kind.length;
    if (held > 0 && (held === PAGE_FEATURES || this.#zoom.length + most > PAGE_VERTICES)) this.#endPage();
    this.#fid.push(record.fid);
    for (let k = 0; k < 4; k++) this.#box.push(i32[box + k]!);
    this.#kind.push(record.kind);
    this.#from.push(from);
    this.#full.push(full);
    for (let level = 0; level < this.counted.levels; level++) this.#stands.push(stands[this.counted.from + level]!);
    this.#addValues(record);
    if (!bodiless) this.#addPaths(record);
    this.#featureEnd.push(this.#pathEnd.length);
    this.features++;
  }

  #addValues({ u8, values }: GeometryRecord): void {
    let at = values;
    for (let column = 0; column < this.columns; column++) {
      const end = valueEnd(u8, at);
      if (u8[at] === 0) this.#codes.push(0);
      else {
        const code = this.values.code(column, u8, at, end);
        this.#codes.push(code < 0 ? this.#own.code(u8, at, end) : code);
      }
      at = end;
    }
  }

  #addPaths(record: GeometryRecord): void {
    const { i32, u8, kind, paths, hole, zoom } = record;
    const { maxZoom } = this;
    const all = maxZoom >= FULL_ZOOM || kind === POINT;
    let exteriorKept = false;
    let start = 0;
    for (let p = 0; p < paths; p++) {
      const end = i32[record.pathEnd + p]!;
      const isHole = u8[hole + p] === 1;
      if (!isHole || exteriorKept) {
        let n = end - start;
        if (!all) {
          n = 0;
          for (let v = start; v < end; v++) if (u8[zoom + v]! <= maxZoom) n++;
        }
        // Where everything is kept, so are rings that collapsed on the grid: they are marks.
        const kept = maxZoom >= FULL_ZOOM || n >= (kind === POLYGON ? 3 : 1);
        if (!isHole) exteriorKept = kept;
        if (kept) {
          this.#addVertices(record, start, end, all ? FULL_ZOOM : maxZoom, n);
          this.#hole.push(u8[hole + p]!);
          this.#pathEnd.push(this.#zoom.length);
        }
      }
      start = end;
    }
  }

  #addVertices(record: GeometryRecord, start: number, end: number, maxZoom: number, n: number): void {
    const { i32, u8, zoom, xy } = record;
    this.#xy.reserve(2 * n);
    this.#zoom.reserve(n);
    const points = this.#xy.data;
    const zooms = this.#zoom.data;
    let at = this.#zoom.length;
    for (let v = start; v < end; v++) {
      const own = u8[zoom + v]!;
      if (own > maxZoom) continue;
      points[2 * at] = i32[xy + 2 * v]!;
      points[2 * at + 1] = i32[xy + 2 * v + 1]!;
      zooms[at++] = own;
    }
    this.#zoom.length = at;
    this.#xy.length = 2 * at;
    this.vertices += n;
  }

  #endPage(): void {
    const long = this.#longPaths();
    const many = this.#manyPaths();
    const own = this.#own;
    const page = Page.allocate(
      {
        features: this.#kind.length,
        paths: this.#pathEnd.length,
        vertices: this.#zoom.length,
        values: own.size,
        valueBytes: own.bytes.length,
        long: long.paths.length,
        chunks: long.boxes.length / 4,
        many: many.features.length,
        groups: many.boxes.length / 4,
        levels: this.counted.levels,
      },
      this.columns,
    );
    page.fid.set(this.#fid.view());
    page.box.set(this.#box.view());
    page.codes.set(this.#codes.view());
    page.featureEnd.set(this.#featureEnd.view());
    page.pathEnd.set(this.#pathEnd.view());
    page.xy.set(this.#xy.view());
    page.valueEnds.set(own.ends.view());
    page.values.set(own.bytes.view());
    page.longPath.set(long.paths);
    page.longChunk.set(long.chunks);
    page.chunk.set(long.boxes.view());
    page.manyFeature.set(many.features);
    page.manyGroup.set(many.groups);
    page.group.set(many.boxes.view());
    page.stands.set(this.#stands.view());
    page.kind.set(this.#kind.view());
    page.from.set(this.#from.view());
    page.full.set(this.#full.view());
    page.hole.set(this.#hole.view());
    page.zoom.set(this.#zoom.view());
    this.#offsets.push(this.append(page.bytes));
    this.#lengths.push(page.bytes.length);
    this.#sums.push(sumOf(page.bytes));
    pushBoxOfBoxes(this.#pageBoxes, page.box);
    for (const array of [this.#fid, this.#box, this.#codes, this.#featureEnd, this.#pathEnd, this.#xy, this.#stands])
      array.length = 0;
    for (const array of [this.#kind, this.#from, this.#full, this.#hole, this.#zoom]) array.length = 0;
    if (own.size > 0) own.clear();
  }

  /** Long paths of the page, and the boxes along them. */
  #longPaths() {
    const paths: number[] = [];
    const chunks: number[] = [];
    const boxes = growInt32(16);
    let start = 0;
    for (let path = 0; path < this.#pathEnd.length; path++) {
      const end = this.#pathEnd.data[path]!;
      if (end - start >= LONG_PATH) {
        paths.push(path);
        chunks.push(boxes.length / 4);
        for (let v = start; v < end; v += CHUNK) pushBox(boxes, this.#xy.data, v, Math.min(v + CHUNK, end));
      }
      start = end;
    }
    return { paths, chunks, boxes };
  }

  /** Geometries of many paths, and the boxes of runs of these. */
  #manyPaths() {
    const features: number[] = [];
    const groups: number[] = [];
    const boxes = growInt32(16);
    const ends = this.#pathEnd.data;
    let first = 0;
    for (let feature = 0; feature < this.#featureEnd.length; feature++) {
      const last = this.#featureEnd.data[feature]!;
      if (last - first >= MANY_PATHS) {
        features.push(feature);
        groups.push(boxes.length / 4);
        for (let p = first; p < last; p += GROUP)
          pushBox(boxes, this.#xy.data, p > 0 ? ends[p - 1]! : 0, ends[Math.min(p + GROUP, last) - 1]!);
      }
      first = last;
    }
    return { features, groups, boxes };
  }

  /** Ends the band. Returns its index: the table of pages and the tree over their boxes. */
  end(): { table: Uint8Array; tree: Uint8Array } {
    if (this.#kind.length > 0) this.#endPage();
    const n = this.pages;
    const table = new Uint8Array(16 * n);
    new Float64Array(table.buffer, 0, n).set(this.#offsets.view());
    new Uint32Array(table.buffer, 8 * n, n).set(this.#lengths.view());
    new Uint32Array(table.buffer, 12 * n, n).set(this.#sums.view());
    return { table, tree: new Uint8Array(packTree(this.#pageBoxes.view()).buffer) };
  }
}

function pushBoxOfBoxes(out: ReturnType<typeof growInt32>, boxes: Int32Array): void {
  let [minX, minY, maxX, maxY] = [0x7fffffff, 0x7fffffff, -0x7fffffff, -0x7fffffff];
  for (let i = 0; i < boxes.length; i += 4) {
    minX = Math.min(minX, boxes[i]!);
    minY = Math.min(minY, boxes[i + 1]!);
    maxX = Math.max(maxX, boxes[i + 2]!);
    maxY = Math.max(maxY, boxes[i + 3]!);
  }
  for (const value of [minX, minY, maxX, maxY]) out.push(value);
}

function pushBox(out: ReturnType<typeof growInt32>, xy: Int32Array, from: number, to: number): void {
  let [minX, minY, maxX, maxY] = [0x7fffffff, 0x7fffffff, -0x7fffffff, -0x7fffffff];
  for (let v = from; v < to; v++) {
    const x = xy[2 * v]!;
    const y = xy[2 * v + 1]!;
    if (x < minX) minX = x;
    if (x > maxX) maxX = x;
    if (y < minY) minY = y;
    if (y > maxY) maxY = y;
  }
  for (const value of [minX, minY, maxX, maxY]) out.push(value);
}
