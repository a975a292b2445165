import { hilbert, sortByKeys } from './hilbert.js';
import type { RawGeometries } from './raw.js';

/** Geometries along the Hilbert curve, by the middle of their boxes. */
export interface CurveOrder {
  /** Indexes of the geometries. */
  order: Uint32Array<ArrayBuffer>;
  /**
   * Per place in `order`: the highest bit (0…47) in which the Hilbert key differs from that of the previous geometry of the same
   * kind; −1 for equal keys. "Is it the first in its cell of 2^k steps" is then `steps[i] >= k`, and the cells of all k nest.
   */
  steps: Int8Array;
}

export function curveOrder(raw: RawGeometries): CurveOrder {
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
  const order = sortByKeys(high, low);
  const steps = new Int8Array(n);
  const previous = [-1, -1, -1, -1];
  for (let i = 0; i < n; i++) {
    const g = order[i]!;
    const kind = raw.kinds.data[g]!;
    const before = previous[kind]!;
    previous[kind] = g;
    if (before < 0) steps[i] = 47;
    else if (high[g] !== high[before]) steps[i] = 24 + 31 - Math.clz32(high[g]! ^ high[before]!);
    else steps[i] = 31 - Math.clz32(low[g]! ^ low[before]!);
  }
  return { order, steps };
}

/**
 * The paths of a geometry along the Hilbert curve, so that runs of them have small boxes; the holes of a polygon stay behind their
 * exterior ring.
 */
export function pathOrder(raw: RawGeometries, geometry: number): Uint32Array {
  const { first, last } = raw.pathRange(geometry);
  const n = last - first;
  const keys = new Float64Array(n);
  const owners = new Uint32Array(n);
  const key = new Uint32Array(2);
  let owner = 0;
  for (let i = 0; i < n; i++) {
    const v = raw.pathStart(first + i);
    hilbert(raw.xy.data[2 * v]!, raw.xy.data[2 * v + 1]!, key);
    keys[i] = key[0]! * 2 ** 24 + key[1]!;
    if (raw.holes.data[first + i] === 0) owner = i;
    owners[i] = owner;
  }
  const places = Uint32Array.from({ length: n }, (_, i) => i);
  // A polygon sorts by its exterior's key; within it the exterior comes first.
  places.sort((a, b) => {
    const p = owners[a]!;
    const q = owners[b]!;
    if (p !== q) return keys[p]! - keys[q]! || p - q;
    return Number(b === p) - Number(a === p) || keys[a]! - keys[b]!;
  });
  return places.map((place) => first + place);
}
