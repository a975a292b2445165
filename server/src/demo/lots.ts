import { area, distanceTo, inset, longAxis, middle, type Ring, split } from './convex.js';
import type { Point } from './plane.js';
import type { Random } from './random.js';

/** How finely land is cut. `target(distance)` is the size of a lot in m² at a distance in metres from the centre. */
export interface Grain {
  centre: Point;
  target(distance: number): number;
  min: number;
  lotsPerBlock: [number, number];
}

/** A block of lots between streets; the lots share their edges exactly, corner for corner. */
export interface Block {
  lots: Point[][];
  /** Metres from the town's centre. */
  distance: number;
}

const NARROWEST = 7; // metres: no lot is cut narrower than this

/** Cuts a convex piece of land into blocks with streets between them, and the blocks into lots. */
export function* blocksOf(piece: Ring, grain: Grain, random: Random): Generator<Block> {
  const open = [piece];
  while (open.length > 0) {
    const ring = open.pop()!;
    const size = area(ring);
    if (size < grain.min) continue;
    const distance = distanceTo(ring, grain.centre);
    const lots = random.int(...grain.lotsPerBlock);
    const blockSize = Math.max(6000, grain.target(distance) * lots);
    const halves = size > blockSize ? halve(ring, streetWidth(size), 8, random) : null;
    if (halves && Math.min(...halves.map(area)) > grain.min) {
      open.push(...halves);
      continue;
    }
    const block = inset(ring);
    if (block.length === 0 || area(block) < grain.min || longAxis(block).short < NARROWEST) continue;
    const cut = lotsOf(block, grain, random);
    yield { lots: stitch(cut), distance: Math.hypot(middle(block).x - grain.centre.x, middle(block).y - grain.centre.y) };
  }
}

/** Half-width in metres of the street that parts a piece of this many m²: the larger the piece, the grander the street. */
const streetWidth = (size: number) => (size > 4e6 ? 14 : size > 4e5 ? 9 : 5);

/** Cuts a ring across its long side near the middle, turned by at most `jitter` degrees. */
function halve(ring: Ring, street: number, jitter: number, random: Random): [Ring, Ring] {
  const axis = longAxis(ring);
  const turn = (random.between(-jitter, jitter) * Math.PI) / 180;
  const nx = axis.x * Math.cos(turn) - axis.y * Math.sin(turn);
  const ny = axis.x * Math.sin(turn) + axis.y * Math.cos(turn);
  const m = middle(ring);
  // the middle of the corners, moved along the axis to the chosen share of the long side
  const along = axis.from + axis.long * random.between(0.4, 0.6) - (m.x * axis.x + m.y * axis.y);
  return split(ring, { x: m.x + along * axis.x, y: m.y + along * axis.y }, nx, ny, street);
}

function lotsOf(block: Ring, grain: Grain, random: Random): Ring[] {
  const open = [block];
  const done: Ring[] = [];
  while (open.length > 0) {
    const ring = open.pop()!;
    const m = middle(ring);
    const size = area(ring);
    const target = grain.target(Math.hypot(m.x - grain.centre.x, m.y - grain.centre.y)) * random.between(0.8, 1.6);
    const halves = size > target && size > 2.2 * grain.min ? halve(ring, 0, 4, random) : null;
    const good = halves?.every((h) => h.length >= 3 && area(h) >= grain.min && longAxis(h).short >= NARROWEST);
    if (halves && good) open.push(...halves);
    else done.push(ring);
  }
  return done;
}

/** Gives every lot the corners of its neighbours that lie on its edges, so that shared edges are equal corner for corner. */
function stitch(lots: readonly Ring[]): Point[][] {
  const all: readonly Point[] = lots.flat();
  return lots.map((lot) => {
    const ring: Point[] = [];
    for (let i = 0; i < lot.length; i++) {
      const a = lot[i]!;
      const b = lot[(i + 1) % lot.length]!;
      ring.push(a, ...between(a, b, all));
    }
    return ring;
  });
}

/** The points that lie on the edge from a to b, in order. */
function between(a: Point, b: Point, points: readonly Point[]): Point[] {
  const ux = b.x - a.x;
  const uy = b.y - a.y;
  const length = Math.hypot(ux, uy);
  const found: { t: number; p: Point }[] = [];
  for (const p of points) {
    const t = ((p.x - a.x) * ux + (p.y - a.y) * uy) / length;
    if (t <= 1e-4 || t >= length - 1e-4) continue;
    if (Math.abs((p.x - a.x) * uy - (p.y - a.y) * ux) / length < 1e-4) found.push({ t, p });
  }
  found.sort((f, g) => f.t - g.t);
  // the lots that meet there each bring the point, with the very same coordinates
  return found.filter(({ p }, i) => p.x !== found[i - 1]?.p.x || p.y !== found[i - 1]?.p.y).map(({ p }) => p);
}
