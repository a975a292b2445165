import type { BandMeta, Section, Sections } from './format.js';
import { hilbert, sortByKeys } from './hilbert.js';
import type { RawGeometries } from './raw.js';
import { packTree } from './rtree.js';

/** A page ends at so many geometries or vertices, whichever comes first. */
const PAGE_FEATURES = 128;
const PAGE_VERTICES = 8_192;

/** The geometries' indexes along the Hilbert curve, by the middle of their boxes. */
export function hilbertOrder(raw: RawGeometries): Uint32Array<ArrayBuffer> {
  const n = raw.length;
  const high = new Uint32Array(n);
  const low = new Uint32Array(n);
  const boxes = raw.boxes.data;
  const key = new Uint32Array(2);
  for (let i = 0; i < n; i++) {
    hilbert((boxes[4 * i]! + boxes[4 * i + 2]!) / 2, (boxes[4 * i + 1]! + boxes[4 * i + 3]!) / 2, key);
    high[i] = key[0]!;
    low[i] = key[1]!;
  }
  return sortByKeys(high, low);
}

/** End of each page, in geometries of `order`. */
export function planPages(raw: RawGeometries, order: Uint32Array): number[] {
  const ends: number[] = [];
  let features = 0;
  let vertices = 0;
  for (let i = 0; i < order.length; i++) {
    const { from, to } = vertexRange(raw, order[i]!);
    features++;
    vertices += to - from;
    if (features >= PAGE_FEATURES || vertices >= PAGE_VERTICES || i === order.length - 1) {
      ends.push(i + 1);
      features = 0;
      vertices = 0;
    }
  }
  return ends;
}

function vertexRange(raw: RawGeometries, geometry: number): { from: number; to: number } {
  const first = geometry > 0 ? raw.geometryEnds.data[geometry - 1]! : 0;
  const last = raw.geometryEnds.data[geometry]!;
  return { from: first > 0 ? raw.pathEnds.data[first - 1]! : 0, to: raw.pathEnds.data[last - 1]! };
}

/** Sections of band number `b`. */
export function bandSections(b: number, band: BandMeta): Section[] {
  let nodes = 0;
  for (let level = band.pages; level > 0; level = level === 1 ? 0 : Math.ceil(level / 16)) nodes += level;
  return [
    { name: `band${b}.row`, type: 'u32', length: band.features },
    { name: `band${b}.kind`, type: 'u8', length: band.features },
    { name: `band${b}.box`, type: 'i32', length: 4 * band.features },
    { name: `band${b}.featureEnd`, type: 'u32', length: band.features },
    { name: `band${b}.pathEnd`, type: 'u32', length: band.paths },
    { name: `band${b}.hole`, type: 'u8', length: band.paths },
    { name: `band${b}.xy`, type: 'i32', length: 2 * band.vertices },
    { name: `band${b}.pageEnd`, type: 'u32', length: band.pages },
    { name: `band${b}.tree`, type: 'i32', length: 4 * nodes },
  ];
}

/** Copies the geometries into band number `b` in the given order and packs the tree over its pages. */
export function fillBand(sections: Sections, b: number, raw: RawGeometries, order: Uint32Array, pages: readonly number[]): void {
  const row = sections.u32(`band${b}.row`);
  const kind = sections.u8(`band${b}.kind`);
  const box = sections.i32(`band${b}.box`);
  const featureEnd = sections.u32(`band${b}.featureEnd`);
  const pathEnd = sections.u32(`band${b}.pathEnd`);
  const hole = sections.u8(`band${b}.hole`);
  const xy = sections.i32(`band${b}.xy`);
  let path = 0;
  let vertex = 0;
  for (let i = 0; i < order.length; i++) {
    const g = order[i]!;
    row[i] = raw.rows.data[g]!;
    kind[i] = raw.kinds.data[g]!;
    for (let k = 0; k < 4; k++) box[4 * i + k] = raw.boxes.data[4 * g + k]!;
    const { from, to } = vertexRange(raw, g);
    xy.set(raw.xy.data.subarray(2 * from, 2 * to), 2 * vertex);
    for (let p = g > 0 ? raw.geometryEnds.data[g - 1]! : 0; p < raw.geometryEnds.data[g]!; p++) {
      pathEnd[path] = raw.pathEnds.data[p]! - from + vertex;
      hole[path++] = raw.holes.data[p]!;
    }
    vertex += to - from;
    featureEnd[i] = path;
  }
  sections.u32(`band${b}.pageEnd`).set(pages);
  sections.i32(`band${b}.tree`).set(packTree(pageBoxes(box, pages)));
}

function pageBoxes(box: Int32Array, pages: readonly number[]): Int32Array {
  const boxes = new Int32Array(4 * pages.length);
  let i = 0;
  pages.forEach((end, page) => {
    let [minX, minY, maxX, maxY] = [0x7fffffff, 0x7fffffff, -0x7fffffff, -0x7fffffff];
    for (; i < end; i++) {
      minX = Math.min(minX, box[4 * i]!);
      minY = Math.min(minY, box[4 * i + 1]!);
      maxX = Math.max(maxX, box[4 * i + 2]!);
      maxY = Math.max(maxY, box[4 * i + 3]!);
    }
    boxes.set([minX, minY, maxX, maxY], 4 * page);
  });
  return boxes;
}
