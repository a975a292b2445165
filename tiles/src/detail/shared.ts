import { FULL_ZOOM } from './scale.js';

/**
 * Gives vertices that lie on the same grid point the lowest of their zooms, so that a border between two features is simplified
 * alike on both sides and no sliver opens.
 */
export function shareZooms(xy: Int32Array, zooms: Uint8Array): void {
  const n = zooms.length;
  let early = 0;
  for (let i = 0; i < n; i++) if (zooms[i]! < FULL_ZOOM) early++;
  let size = 1024;
  while (size < early * 2) size *= 2;
  const mask = size - 1;
  // Only vertices below FULL_ZOOM enter the table: the others have nothing to give, and few points fit a cache better.
  /** Index of the first such vertex on a point, plus one. */
  const slots = new Uint32Array(size);
  for (let i = 0; i < n; i++) {
    const zoom = zooms[i]!;
    if (zoom >= FULL_ZOOM) continue;
    const x = xy[2 * i]!;
    const y = xy[2 * i + 1]!;
    let slot = hash(x, y) & mask;
    for (;;) {
      const first = slots[slot]!;
      if (first === 0) {
        slots[slot] = i + 1;
        break;
      }
      if (xy[2 * first - 2] === x && xy[2 * first - 1] === y) {
        if (zoom < zooms[first - 1]!) zooms[first - 1] = zoom;
        break;
      }
      slot = (slot + 1) & mask;
    }
  }
  for (let i = 0; i < n; i++) {
    const x = xy[2 * i]!;
    const y = xy[2 * i + 1]!;
    let slot = hash(x, y) & mask;
    for (let first = slots[slot]!; first !== 0; slot = (slot + 1) & mask, first = slots[slot]!) {
      if (xy[2 * first - 2] !== x || xy[2 * first - 1] !== y) continue;
      zooms[i] = zooms[first - 1]!;
      break;
    }
  }
}

function hash(x: number, y: number): number {
  const mixed = Math.imul(x, 0x9e3779b1) ^ Math.imul(y, 0x85ebca6b);
  return mixed ^ (mixed >>> 15);
}
