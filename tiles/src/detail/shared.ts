/**
 * Gives vertices that lie on the same grid point the lowest of their zooms, so that a border between two features is simplified
 * alike on both sides and no sliver opens.
 */
export function shareZooms(xy: Int32Array, zooms: Uint8Array): void {
  const n = zooms.length;
  let size = 1024;
  while (size < n * 2) size *= 2;
  const mask = size - 1;
  /** Index of the first vertex on a point, plus one. */
  const slots = new Uint32Array(size);
  const firstOn = (vertex: number): number => {
    const x = xy[2 * vertex]!;
    const y = xy[2 * vertex + 1]!;
    let hash = Math.imul(x, 0x9e3779b1) ^ Math.imul(y, 0x85ebca6b);
    hash ^= hash >>> 15;
    let slot = hash & mask;
    for (;;) {
      const first = slots[slot]!;
      if (first === 0) {
        slots[slot] = vertex + 1;
        return vertex;
      }
      if (xy[2 * first - 2] === x && xy[2 * first - 1] === y) return first - 1;
      slot = (slot + 1) & mask;
    }
  };
  for (let i = 0; i < n; i++) {
    const first = firstOn(i);
    if (zooms[i]! < zooms[first]!) zooms[first] = zooms[i]!;
  }
  for (let i = 0; i < n; i++) zooms[i] = zooms[firstOn(i)]!;
}
