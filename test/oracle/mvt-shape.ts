import type { TileFeature } from '../tile.js';

type Point = { x: number; y: number };
type Shape = Pick<TileFeature, 'type' | 'rings'>;

const CELL = 16;
/** Distances are told up to here: an edge is in a cell around every point that is nearer. */
export const FAR = CELL / 2;

/** A shape's points or edges in a grid, to find how far a point is from them. */
class Trace {
  readonly #cells = new Map<number, number[]>();
  readonly #edges: number[] = [];

  constructor({ type, rings }: Shape) {
    for (const ring of rings) {
      if (type === 1) for (const p of ring) this.#add(p, p);
      else for (let i = 1; i < ring.length; i++) this.#add(ring[i - 1]!, ring[i]!);
    }
  }

  #add(a: Point, b: Point) {
    const edge = this.#edges.length;
    this.#edges.push(a.x, a.y, b.x, b.y);
    const steps = Math.ceil(Math.hypot(b.x - a.x, b.y - a.y) / CELL);
    let last = Number.NaN;
    for (let i = 0; i <= steps; i++) {
      const t = steps === 0 ? 0 : i / steps;
      const key = cellOf(a.x + t * (b.x - a.x), a.y + t * (b.y - a.y));
      if (key === last) continue;
      last = key;
      const cell = this.#cells.get(key);
      if (cell) cell.push(edge);
      else this.#cells.set(key, [edge]);
    }
  }

  /** Distance to the nearest edge, at most FAR. */
  distance(x: number, y: number): number {
    let least = FAR ** 2;
    for (let dx = -CELL; dx <= CELL; dx += CELL)
      for (let dy = -CELL; dy <= CELL; dy += CELL) {
        for (const edge of this.#cells.get(cellOf(x + dx, y + dy)) ?? []) {
          const [ax, ay, bx, by] = [this.#edges[edge]!, this.#edges[edge + 1]!, this.#edges[edge + 2]!, this.#edges[edge + 3]!];
          const length = (bx - ax) ** 2 + (by - ay) ** 2;
          const t = length === 0 ? 0 : Math.max(0, Math.min(1, ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length));
          least = Math.min(least, (ax + t * (bx - ax) - x) ** 2 + (ay + t * (by - ay) - y) ** 2);
        }
      }
    return Math.sqrt(least);
  }
}

const cellOf = (x: number, y: number) => Math.floor(x / CELL) * 65536 + Math.floor(y / CELL);

/**
 * Hausdorff distance of two shapes, taken at their vertices and at the middles of their edges. What lies within a unit of the
 * buffer's edge is left out: there the two may cut differently. So are paths of less than `speck` across
 * and rings of less than half of it in width.
 */
export function apart(a: Shape, b: Shape, speck = 0, buffer = 64): number {
  const [first, second] = [a, b].map(({ type, rings }) => ({
    type,
    rings:
      speck === 0 || type === 1
        ? rings
        : rings.filter((ring) => diagonal(ring) >= speck && (type === 2 || width(ring) >= speck / 2)),
  }));
  return Math.max(oneWay(first!, new Trace(b), buffer), oneWay(second!, new Trace(a), buffer));
}

/** The width of a ring if it is much longer than wide. */
function width(ring: Point[]): number {
  const { area, border } = measure({ rings: [ring] });
  return (2 * Math.abs(area)) / border;
}

/** Diagonal of the box around points. */
export function diagonal(points: Point[]): number {
  let [x0, y0, x1, y1] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { x, y } of points) {
    if (x < x0) x0 = x;
    if (x > x1) x1 = x;
    if (y < y0) y0 = y;
    if (y > y1) y1 = y;
  }
  return Math.hypot(x1 - x0, y1 - y0);
}

function oneWay({ type, rings }: Shape, other: Trace, buffer: number): number {
  let worst = 0;
  const low = 1 - buffer;
  const high = 4096 - low;
  const look = (x: number, y: number) => {
    if (x > low && y > low && x < high && y < high) worst = Math.max(worst, other.distance(x, y));
  };
  for (const ring of rings)
    for (let i = 0; i < ring.length; i++) {
      const { x, y } = ring[i]!;
      look(x, y);
      if (type !== 1 && i > 0) look((x + ring[i - 1]!.x) / 2, (y + ring[i - 1]!.y) / 2);
    }
  return worst;
}

/** Area of a polygon, holes taken off, and the length of its borders. */
export function measure({ rings }: Pick<Shape, 'rings'>): { area: number; border: number } {
  let area = 0;
  let border = 0;
  for (const ring of rings)
    for (let i = 1; i < ring.length; i++) {
      const [a, b] = [ring[i - 1]!, ring[i]!];
      area += (a.x * b.y - b.x * a.y) / 2;
      border += Math.hypot(b.x - a.x, b.y - a.y);
    }
  return { area, border };
}

/** The middle of a shape that is one square along the axes, of at most so many units: what stands for polygons too small to draw. */
export function dotOf({ type, rings }: Shape, side: number): Point | null {
  if (type !== 3 || rings.length !== 1 || rings[0]!.length !== 5) return null;
  const xs = rings[0]!.map(({ x }) => x);
  const ys = rings[0]!.map(({ y }) => y);
  const [x0, x1, y0, y1] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  if (x1 - x0 > side || y1 - y0 > side || measure({ rings }).area !== (x1 - x0) * (y1 - y0)) return null;
  return { x: (x0 + x1) / 2, y: (y0 + y1) / 2 };
}

/** The vertices inside a box, once each, in order. */
export function verticesWithin(
  { rings }: Pick<Shape, 'rings'>,
  x0: number,
  y0: number,
  x1: number,
  y1: number,
  dx = 0,
  dy = 0,
): string[] {
  const inside = rings.flat().filter(({ x, y }) => x > x0 && x < x1 && y > y0 && y < y1);
  return [...new Set(inside.map(({ x, y }) => `${x + dx},${y + dy}`))].sort();
}
