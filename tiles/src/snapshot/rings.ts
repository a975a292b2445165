/** Twice the signed area of an open ring between two offsets; positive is clockwise on screen (y down). */
export function ringArea(xy: Int32Array, start: number, end: number): number {
  const x0 = xy[start]!;
  const y0 = xy[start + 1]!;
  let sum = 0;
  // Relative to the first vertex: products of whole-world coordinates would not fit a double.
  let px = 0;
  let py = 0;
  for (let i = start + 2; i < end; i += 2) {
    const x = xy[i]! - x0;
    const y = xy[i + 1]! - y0;
    sum += px * y - x * py;
    px = x;
    py = y;
  }
  return sum;
}

/** Reverses a ring and keeps its first vertex. */
export function reverse(xy: Int32Array, start: number, end: number): void {
  for (let i = start + 2, j = end - 2; i < j; i += 2, j -= 2) {
    const x = xy[i]!;
    const y = xy[i + 1]!;
    xy[i] = xy[j]!;
    xy[i + 1] = xy[j + 1]!;
    xy[j] = x;
    xy[j + 1] = y;
  }
}
