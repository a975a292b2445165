import { FULL_ZOOM, unitSize } from './scale.js';

/** A vertex is needed at a zoom if dropping it would move the line by so many tile units (3 of 4,096: ⅜ of a pixel at 512). */
const TOLERANCE = 3;
/** Squared deviation below which a vertex waits for FULL_ZOOM. */
const LEAST = (TOLERANCE * unitSize(FULL_ZOOM - 1)) ** 2;

/** Squared deviation from which a vertex is needed, by zoom. */
const SQUARED = Float64Array.from({ length: FULL_ZOOM }, (_, zoom) => (TOLERANCE * unitSize(zoom)) ** 2);

// Ranges still to split, five numbers each: start and end of the vertices between, the vertices at either end, and the zoom of the
// vertex that split them off.
let stack = new Uint32Array(5 * 64);
let top = 0;

/**
 * Gives each vertex of a path the lowest zoom that needs it, by Douglas–Peucker: one run serves all zooms, and the vertices of a
 * zoom are among those of the next.
 * @param xy vertices on the world grid
 * @param from first vertex of the path
 * @param to end of the path
 * @param ring whether an edge leads from the last vertex back to the first (rings are stored open)
 * @param zooms receives 0…FULL_ZOOM per vertex, at the same indexes
 */
export function vertexZooms(xy: Int32Array, from: number, to: number, ring: boolean, zooms: Uint8Array): void {
  zooms.fill(FULL_ZOOM, from, to);
  if (ring) {
    // The first vertex and the one farthest from it hold the ring; they matter once the ring is wider than the tolerance.
    const far = farthestFrom(xy, from, to);
    const zoom = zoomOf(squaredDistance(xy, from, far));
    if (zoom >= FULL_ZOOM) return;
    zooms[from] = zoom;
    zooms[far] = zoom;
    split(xy, from, far, from, far, zoom, zooms);
    split(xy, far, to, far, from, zoom, zooms);
  } else {
    zooms[from] = 0;
    zooms[to - 1] = 0;
    split(xy, from, to - 1, from, to - 1, 0, zooms);
  }
}

/** Ranks the vertices strictly between indexes `first` and `last`, seen from the segment between vertices `a` and `b`. */
function split(xy: Int32Array, first: number, last: number, a: number, b: number, zoom: number, zooms: Uint8Array): void {
  top = 0;
  push(first, last, a, b, zoom);
  while (top > 0) {
    top -= 5;
    const start = stack[top]!;
    const end = stack[top + 1]!;
    const from = stack[top + 2]!;
    const to = stack[top + 3]!;
    const parentZoom = stack[top + 4]!;
    const x0 = xy[2 * from]!;
    const y0 = xy[2 * from + 1]!;
    const dx = xy[2 * to]! - x0;
    const dy = xy[2 * to + 1]! - y0;
    const squaredLength = dx * dx + dy * dy;
    let worst = LEAST;
    let index = -1;
    for (let i = start + 1; i < end; i++) {
      let px = xy[2 * i]! - x0;
      let py = xy[2 * i + 1]! - y0;
      if (squaredLength > 0) {
        const t = (px * dx + py * dy) / squaredLength;
        if (t >= 1) {
          px -= dx;
          py -= dy;
        } else if (t > 0) {
          px -= t * dx;
          py -= t * dy;
        }
      }
      const distance = px * px + py * py;
      if (distance >= worst) {
        worst = distance;
        index = i;
      }
    }
    if (index < 0) continue;
    // Never before the vertex that split off this range, so that zooms nest.
    const own = Math.max(zoomOf(worst), parentZoom);
    zooms[index] = own;
    if (index - start > 1) push(start, index, from, index, own);
    if (end - index > 1) push(index, end, index, to, own);
  }
}

function push(start: number, end: number, from: number, to: number, zoom: number): void {
  if (top + 5 > stack.length) {
    const grown = new Uint32Array(stack.length * 2);
    grown.set(stack);
    stack = grown;
  }
  stack[top++] = start;
  stack[top++] = end;
  stack[top++] = from;
  stack[top++] = to;
  stack[top++] = zoom;
}

/** The lowest zoom at which a deviation, given squared in grid units, reaches the tolerance. */
function zoomOf(squared: number): number {
  let zoom = FULL_ZOOM;
  while (zoom > 0 && squared >= SQUARED[zoom - 1]!) zoom--;
  return zoom;
}

function farthestFrom(xy: Int32Array, from: number, to: number): number {
  let far = from;
  let best = -1;
  for (let i = from + 1; i < to; i++) {
    const distance = squaredDistance(xy, from, i);
    if (distance > best) {
      best = distance;
      far = i;
    }
  }
  return far;
}

function squaredDistance(xy: Int32Array, a: number, b: number): number {
  const dx = xy[2 * a]! - xy[2 * b]!;
  const dy = xy[2 * a + 1]! - xy[2 * b + 1]!;
  return dx * dx + dy * dy;
}
