import { POLYGON } from '../geometry/wkb.js';
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
export function pathOrder(raw: RawGeometries, geometry: number): number[] {
  const { first, last } = raw.pathRange(geometry);
  const key = new Uint32Array(2);
  const entries: { path: number; owner: number; key: number }[] = [];
  let owner = 0;
  for (let path = first; path < last; path++) {
    const v = raw.pathStart(path);
    hilbert(raw.xy.data[2 * v]!, raw.xy.data[2 * v + 1]!, key);
    const along = key[0]! * 2 ** 24 + key[1]!;
    // A hole sorts with its exterior's key, behind it.
    if (raw.kinds.data[geometry] !== POLYGON || raw.holes.data[path] === 0) owner = entries.length;
    entries.push({ path, owner, key: along });
  }
  return entries
    .map((entry, i) => ({ ...entry, home: entries[entry.owner]!.key, hole: entry.owner === i ? 0 : 1 }))
    .sort((a, b) => a.home - b.home || a.owner - b.owner || a.hole - b.hole || a.key - b.key)
    .map(({ path }) => path);
}
