import type { Box } from '../../tile.js';
import type { Geometry, Position } from './world.js';

/** All positions of a geometry. */
export function positionsOf(geometry: Geometry): Position[] {
  const found: Position[] = [];
  const visit = (c: unknown): void => {
    if (!Array.isArray(c)) return;
    if (typeof c[0] === 'number') found.push(c as Position);
    else c.forEach(visit);
  };
  visit(geometry.coordinates);
  return found;
}

/**
 * Whether two geometries are of the same kind and have the same vertices; where rings begin does not matter.
 * @param slack degrees; a few centimetres when not given
 */
export function sameShape(a: Geometry | null, b: Geometry | null, slack = 4e-7): boolean {
  if (a === null || b === null) return a === b;
  if (a.type.replace('Multi', '') !== b.type.replace('Multi', '')) return false;
  const [some, others] = [positionsOf(a), positionsOf(b)];
  const within = (list: Position[]) => (p: Position) =>
    list.some((q) => Math.abs(p[0] - q[0]) < slack && Math.abs(p[1] - q[1]) < slack);
  return some.every(within(others)) && others.every(within(some));
}

const inBox = ([x, y]: Position, [w, s, e, n]: Box) => x >= w && x <= e && y >= s && y <= n;

/** Whether a segment meets a box (Liang–Barsky). */
function segmentMeets([ax, ay]: Position, [bx, by]: Position, [w, s, e, n]: Box): boolean {
  let [from, to] = [0, 1];
  for (const [p, q] of [
    [ax - bx, ax - w],
    [bx - ax, e - ax],
    [ay - by, ay - s],
    [by - ay, n - ay],
  ] as [number, number][]) {
    if (p === 0) {
      if (q < 0) return false;
    } else if (p < 0) from = Math.max(from, q / p);
    else to = Math.min(to, q / p);
  }
  return from <= to;
}

/** Whether a geometry meets a box. */
export function near(geometry: Geometry, box: Box): boolean {
  if (box[0] > box[2] || box[1] > box[3]) return false;
  const lines: Position[][] = [];
  const visit = (c: unknown): void => {
    if (!Array.isArray(c) || c.length === 0) return;
    if (typeof c[0] === 'number') lines.push([c as Position]);
    else if (typeof (c[0] as unknown[])[0] === 'number') lines.push(c as Position[]);
    else c.forEach(visit);
  };
  visit(geometry.coordinates);
  for (const line of lines) {
    if (line.some((p) => inBox(p, box))) return true;
    for (let i = 1; i < line.length; i++) if (segmentMeets(line[i - 1]!, line[i]!, box)) return true;
  }
  if (!geometry.type.endsWith('Polygon')) return false;
  // The box lies within a ring or outside of all: an odd number of crossings is within.
  const [x, y] = [box[0], box[1]];
  let within = false;
  for (const ring of lines)
    for (let i = 1; i < ring.length; i++) {
      const [a, b] = [ring[i - 1]!, ring[i]!];
      if (a[1] > y !== b[1] > y && x < ((b[0] - a[0]) * (y - a[1])) / (b[1] - a[1]) + a[0]) within = !within;
    }
  return within;
}
