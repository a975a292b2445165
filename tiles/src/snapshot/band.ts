import type { Detail } from '../detail/generalise.js';
import { FULL_ZOOM } from '../detail/scale.js';
import { POINT, POLYGON } from '../geometry/wkb.js';
import type { BandMeta, Section, Sections } from './format.js';
import { growInt32, growUint32 } from './growable.js';
import { pathOrder } from './order.js';
import type { RawGeometries } from './raw.js';
import { packTree, treeNodes } from './rtree.js';

/** A page ends at so many geometries or vertices, whichever comes first. */
const PAGE_FEATURES = 128;
const PAGE_VERTICES = 8_192;
/** Vertices under one chunk box, and how many a path needs to get chunk boxes. */
export const CHUNK = 64;
const LONG_PATH = 256;
/** Paths under one group box, and how many a geometry needs to get group boxes. */
export const GROUP = 64;
const MANY_PATHS = 128;

export interface BandSource {
  raw: RawGeometries;
  /** Geometries along the Hilbert curve. */
  order: Uint32Array;
  /** Lowest zoom per vertex of `raw`. */
  vertexZooms: Uint8Array;
  detail: Detail;
  /** Paths of geometries with many, sorted once for all bands. */
  pathOrders: Map<number, Uint32Array>;
}

/**
 * One band: the geometries and vertices that the zooms up to `maxZoom` need, packed. Polygons that are dots at all of them bring
 * no vertices: the middle of their box is enough. Made in two passes, as the sections must be allocated in between.
 */
export class BandPacker {
  readonly meta: BandMeta;
  /** Offsets in `source.order` of the band's geometries. */
  readonly #members = growUint32();
  readonly #pageEnds = growUint32();
  readonly #long = { path: growUint32(), chunk: growUint32(), boxes: 0 };
  readonly #many = { feature: growUint32(), group: growUint32(), boxes: 0 };

  constructor(
    private readonly source: BandSource,
    minZoom: number,
    maxZoom: number,
  ) {
    this.meta = { minZoom, maxZoom, features: 0, paths: 0, vertices: 0, pages: 0, long: 0, chunks: 0, many: 0, groups: 0 };
    this.#measure();
  }

  /** Bytes of the band's sections, roughly. */
  get size(): number {
    return 27 * this.meta.features + 5 * this.meta.paths + 9 * this.meta.vertices;
  }

  #measure(): void {
    const { meta, source } = this;
    const { order, detail } = source;
    let pageVertices = 0;
    let pageStart = 0;
    for (let i = 0; i < order.length; i++) {
      const g = order[i]!;
      if (detail.from[g]! > meta.maxZoom) continue;
      const firstPath = meta.paths;
      const firstVertex = meta.vertices;
      this.#keptPaths(g, (_, n) => {
        if (n >= LONG_PATH) {
          this.#long.path.push(meta.paths);
          this.#long.chunk.push(this.#long.boxes);
          this.#long.boxes += Math.ceil(n / CHUNK);
        }
        meta.paths++;
        meta.vertices += n;
      });
      if (meta.paths - firstPath >= MANY_PATHS) {
        this.#many.feature.push(meta.features);
        this.#many.group.push(this.#many.boxes);
        this.#many.boxes += Math.ceil((meta.paths - firstPath) / GROUP);
      }
      this.#members.push(i);
      meta.features++;
      pageVertices += meta.vertices - firstVertex;
      if (meta.features - pageStart >= PAGE_FEATURES || pageVertices >= PAGE_VERTICES) {
        this.#pageEnds.push(meta.features);
        pageStart = meta.features;
        pageVertices = 0;
      }
    }
    if (meta.features > pageStart) this.#pageEnds.push(meta.features);
    meta.pages = this.#pageEnds.length;
    meta.long = this.#long.path.length;
    meta.chunks = this.#long.boxes;
    meta.many = this.#many.feature.length;
    meta.groups = this.#many.boxes;
  }

  /** Calls back for each path of a geometry that has a body at the band's zooms, with the number of its vertices that stay. */
  #keptPaths(g: number, visit: (path: number, vertices: number) => void): void {
    const { raw, detail } = this.source;
    const { maxZoom } = this.meta;
    const kind = raw.kinds.data[g]!;
    if (kind === POLYGON && detail.full[g]! > maxZoom) return;
    const { first, last } = raw.pathRange(g);
    const paths = last - first >= MANY_PATHS ? this.#pathOrder(g) : null;
    let exteriorKept = false;
    for (let i = first; i < last; i++) {
      const path = paths ? paths[i - first]! : i;
      const hole = raw.holes.data[path] === 1;
      if (hole && !exteriorKept) continue;
      const n = this.#keptVertices(path, kind);
      // Where everything is kept, so are rings that collapsed on the grid: they are marks.
      const kept = maxZoom >= FULL_ZOOM || n >= (kind === POLYGON ? 3 : 1);
      if (!hole) exteriorKept = kept;
      if (kept) visit(path, n);
    }
  }

  #pathOrder(g: number): Uint32Array {
    const { raw, pathOrders } = this.source;
    let paths = pathOrders.get(g);
    if (!paths) {
      paths = pathOrder(raw, g);
      pathOrders.set(g, paths);
    }
    return paths;
  }

  #keptVertices(path: number, kind: number): number {
    const { raw, vertexZooms } = this.source;
    const { maxZoom } = this.meta;
    const from = raw.pathStart(path);
    const to = raw.pathEnds.data[path]!;
    if (kind === POINT || maxZoom >= FULL_ZOOM) return to - from;
    let n = 0;
    for (let v = from; v < to; v++) if (vertexZooms[v]! <= maxZoom) n++;
    return n;
  }

  /** Fills the band's sections, which must be those of bandSections(b, meta). */
  fill(sections: Sections, b: number): void {
    const { raw, order, vertexZooms, detail } = this.source;
    const { maxZoom } = this.meta;
    const get = (name: string) => `band${b}.${name}`;
    const row = sections.u32(get('row'));
    const kind = sections.u8(get('kind'));
    const box = sections.i32(get('box'));
    const from = sections.u8(get('from'));
    const full = sections.u8(get('full'));
    const featureEnd = sections.u32(get('featureEnd'));
    const pathEnd = sections.u32(get('pathEnd'));
    const hole = sections.u8(get('hole'));
    const xy = sections.i32(get('xy'));
    const zoom = sections.u8(get('zoom'));
    let path = 0;
    let vertex = 0;
    for (let i = 0; i < this.#members.length; i++) {
      const g = order[this.#members.data[i]!]!;
      row[i] = raw.rows.data[g]!;
      kind[i] = raw.kinds.data[g]!;
      from[i] = detail.from[g]!;
      full[i] = detail.full[g]!;
      for (let k = 0; k < 4; k++) box[4 * i + k] = raw.boxes.data[4 * g + k]!;
      const keepAll = kind[i] === POINT || maxZoom >= FULL_ZOOM;
      this.#keptPaths(g, (p) => {
        const end = raw.pathEnds.data[p]!;
        const source = raw.xy.data;
        let at = vertex;
        for (let v = raw.pathStart(p); v < end; v++) {
          const own = vertexZooms[v]!;
          if (own > maxZoom && !keepAll) continue;
          xy[2 * at] = source[2 * v]!;
          xy[2 * at + 1] = source[2 * v + 1]!;
          zoom[at++] = own;
        }
        vertex = at;
        hole[path] = raw.holes.data[p]!;
        pathEnd[path++] = vertex;
      });
      featureEnd[i] = path;
    }
    const pageEnd = sections.u32(get('pageEnd'));
    pageEnd.set(this.#pageEnds.view());
    sections.i32(get('tree')).set(packTree(boxesOfBoxes(box, pageEnd)));
    sections.u32(get('longPath')).set(this.#long.path.view());
    sections.u32(get('longChunk')).set(this.#long.chunk.view());
    sections.i32(get('chunk')).set(chunkBoxes(this.#long.path.view(), pathEnd, xy));
    sections.u32(get('manyFeature')).set(this.#many.feature.view());
    sections.u32(get('manyGroup')).set(this.#many.group.view());
    sections.i32(get('group')).set(groupBoxes(this.#many.feature.view(), featureEnd, pathEnd, xy));
  }
}

/** Sections of band number `b`. */
export function bandSections(b: number, meta: BandMeta): Section[] {
  const section = (name: string, type: Section['type'], length: number): Section => ({ name: `band${b}.${name}`, type, length });
  return [
    section('row', 'u32', meta.features),
    section('kind', 'u8', meta.features),
    section('box', 'i32', 4 * meta.features),
    section('from', 'u8', meta.features),
    section('full', 'u8', meta.features),
    section('featureEnd', 'u32', meta.features),
    section('pathEnd', 'u32', meta.paths),
    section('hole', 'u8', meta.paths),
    section('xy', 'i32', 2 * meta.vertices),
    section('zoom', 'u8', meta.vertices),
    section('pageEnd', 'u32', meta.pages),
    section('tree', 'i32', 4 * treeNodes(meta.pages)),
    section('longPath', 'u32', meta.long),
    section('longChunk', 'u32', meta.long),
    section('chunk', 'i32', 4 * meta.chunks),
    section('manyFeature', 'u32', meta.many),
    section('manyGroup', 'u32', meta.many),
    section('group', 'i32', 4 * meta.groups),
  ];
}

/** The box around each page's boxes. */
function boxesOfBoxes(box: Int32Array, ends: Uint32Array): Int32Array {
  const out = new Int32Array(4 * ends.length);
  let i = 0;
  ends.forEach((end, page) => {
    let [minX, minY, maxX, maxY] = [0x7fffffff, 0x7fffffff, -0x7fffffff, -0x7fffffff];
    for (; i < end; i++) {
      if (box[4 * i]! < minX) minX = box[4 * i]!;
      if (box[4 * i + 1]! < minY) minY = box[4 * i + 1]!;
      if (box[4 * i + 2]! > maxX) maxX = box[4 * i + 2]!;
      if (box[4 * i + 3]! > maxY) maxY = box[4 * i + 3]!;
    }
    out.set([minX, minY, maxX, maxY], 4 * page);
  });
  return out;
}

/** Boxes of 64 vertices each along the long paths. */
function chunkBoxes(longPaths: Uint32Array, pathEnd: Uint32Array, xy: Int32Array): Int32Array {
  const out = growInt32();
  for (const path of longPaths) {
    const end = pathEnd[path]!;
    for (let v = path > 0 ? pathEnd[path - 1]! : 0; v < end; v += CHUNK) pushBox(out, xy, v, Math.min(v + CHUNK, end));
  }
  return out.view();
}

/** Boxes of 64 paths each in geometries of many. */
function groupBoxes(features: Uint32Array, featureEnd: Uint32Array, pathEnd: Uint32Array, xy: Int32Array): Int32Array {
  const out = growInt32();
  for (const feature of features) {
    const end = featureEnd[feature]!;
    for (let p = feature > 0 ? featureEnd[feature - 1]! : 0; p < end; p += GROUP) {
      pushBox(out, xy, p > 0 ? pathEnd[p - 1]! : 0, pathEnd[Math.min(p + GROUP, end) - 1]!);
    }
  }
  return out.view();
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
  out.push(minX);
  out.push(minY);
  out.push(maxX);
  out.push(maxY);
}
