import { hilbert } from './hilbert.js';
import type { RawGeometries } from './raw.js';

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
