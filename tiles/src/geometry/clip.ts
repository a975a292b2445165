/**
 * Clipping against a box on flat arrays of x, y pairs. Coordinates are doubles; the box is closed. Each function reads `from` … `to`
 * (offsets of numbers, not of vertices) and writes to a scratch array that grows.
 */
export interface Box {
  minX: number;
  minY: number;
  maxX: number;
  maxY: number;
}

/** A flat list of coordinates that grows; `data` is replaced on growth. */
export class Coords {
  data = new Float64Array(1 << 12);
  length = 0;

  push(x: number, y: number): void {
    if (this.length + 2 > this.data.length) this.reserve(2);
    this.data[this.length] = x;
    this.data[this.length + 1] = y;
    this.length += 2;
  }

  reserve(n: number): void {
    if (this.length + n <= this.data.length) return;
    const grown = new Float64Array(Math.max(this.length + n, this.data.length * 2));
    grown.set(this.data.subarray(0, this.length));
    this.data = grown;
  }
}

const SPARE = new Coords();

/**
 * Clips an open ring by Sutherland–Hodgman into `clipped`, one open ring; where the box cuts a ring into parts, they stay joined along
 * the box's edge, and a ring that only passes outside may leave a part without area.
 * @returns `clipped`
 */
export function clipRing(ring: Coords, box: Box, clipped: Coords): Coords {
  clipAxis(ring, SPARE, 0, box.minX, box.maxX);
  clipAxis(SPARE, clipped, 1, box.minY, box.maxY);
  return clipped;
}

/** Both limits of one axis in one pass: each edge is cut at the limits it crosses, in the order it meets them. */
function clipAxis(source: Coords, target: Coords, axis: 0 | 1, min: number, max: number): void {
  target.length = 0;
  const { data, length } = source;
  if (length === 0) return;
  // An edge brings three vertices at most.
  target.reserve(length * 3);
  const out = target.data;
  const other = 1 - axis;
  let n = 0;
  let a = data[length - 2 + axis]!;
  let b = data[length - 2 + other]!;
  for (let i = 0; i < length; i += 2) {
    const a0 = a;
    const b0 = b;
    a = data[i + axis]!;
    b = data[i + other]!;
    if (a0 < min) {
      if (a > min) n = put(out, n, axis, min, crossing(a0, b0, a, b, min));
      if (a > max) n = put(out, n, axis, max, crossing(a0, b0, a, b, max));
    } else if (a0 > max) {
      if (a < max) n = put(out, n, axis, max, crossing(a0, b0, a, b, max));
      if (a < min) n = put(out, n, axis, min, crossing(a0, b0, a, b, min));
    } else if (a < min && a0 > min) n = put(out, n, axis, min, crossing(a0, b0, a, b, min));
    else if (a > max && a0 < max) n = put(out, n, axis, max, crossing(a0, b0, a, b, max));
    if (a >= min && a <= max) n = put(out, n, axis, a, b);
  }
  target.length = n;
}

function put(out: Float64Array, n: number, axis: 0 | 1, along: number, across: number): number {
  out[n + axis] = along;
  out[n + 1 - axis] = across;
  return n + 2;
}

/** Where the edge meets the limit. Computed from its lower end, so that neighbours sharing the edge backwards get the same point. */
function crossing(a0: number, b0: number, a1: number, b1: number, limit: number): number {
  return a0 < a1 ? b0 + ((limit - a0) * (b1 - b0)) / (a1 - a0) : b1 + ((limit - a1) * (b0 - b1)) / (a0 - a1);
}

/** The clipped segment: x0, y0, x1, y1. */
export const segment = new Float64Array(4);

/** Clips a segment (Liang–Barsky) into `segment`; false when it misses the closed box. Ends inside stay as they are, to the bit. */
export function clipSegment(x0: number, y0: number, x1: number, y1: number, box: Box): boolean {
  const dx = x1 - x0;
  const dy = y1 - y0;
  let t0 = 0;
  let t1 = 1;
  // The side that decides an end, so that the clipped end lies on it exactly.
  let side0 = 0;
  let side1 = 0;
  for (let side = 1; side <= 4; side++) {
    const p = side === 1 ? -dx : side === 2 ? dx : side === 3 ? -dy : dy;
    const q = side === 1 ? x0 - box.minX : side === 2 ? box.maxX - x0 : side === 3 ? y0 - box.minY : box.maxY - y0;
    if (p === 0) {
      if (q < 0) return false;
    } else {
      const t = q / p;
      if (p < 0) {
        if (t > t1) return false;
        if (t > t0) {
          t0 = t;
          side0 = side;
        }
      } else {
        if (t < t0) return false;
        if (t < t1) {
          t1 = t;
          side1 = side;
        }
      }
    }
  }
  segment[0] = onSide(side0, x0 + t0 * dx, 0, t0 === 0, x0, box);
  segment[1] = onSide(side0, y0 + t0 * dy, 1, t0 === 0, y0, box);
  segment[2] = onSide(side1, x0 + t1 * dx, 0, t1 === 1, x1, box);
  segment[3] = onSide(side1, y0 + t1 * dy, 1, t1 === 1, y1, box);
  return true;
}

function onSide(side: number, computed: number, axis: 0 | 1, kept: boolean, end: number, box: Box): number {
  if (kept) return end;
  if (axis === 0) {
    if (side === 1) return box.minX;
    if (side === 2) return box.maxX;
    return Math.max(box.minX, Math.min(box.maxX, computed));
  }
  if (side === 3) return box.minY;
  if (side === 4) return box.maxY;
  return Math.max(box.minY, Math.min(box.maxY, computed));
}
