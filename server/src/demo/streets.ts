import type { Position } from 'geojson';
import { type Cell, cellAt } from './cells.js';
import { createSerials, type DemoContext, type DemoFeature, shareOut } from './context.js';
import { insideRing, lineLength, type Plane, type Point, planeAt } from './plane.js';
import { createRandom, type Random } from './random.js';
import type { MakeProperties } from './recipes.js';
import type { StreetLines } from './schemas.js';

/** A slightly uneven street grid around a town: crossings are a pure function of their place in the grid. */
interface Grid {
  plane: Plane;
  angle: number;
  spacing: number;
  seed: number;
}

/** Lines along the street grids of the most populous towns, and trunk lines from town to town. */
export function* streetLines(
  options: StreetLines,
  random: Random,
  make: MakeProperties,
  context: DemoContext,
): Generator<DemoFeature> {
  const cells = context.cells();
  const towns = [...cells].sort((a, b) => b.population - a.population || (a.code < b.code ? -1 : 1)).slice(0, options.towns);
  const total = Math.round(options.count * context.scale);
  const trunks = Math.round(total * options.trunkShare);
  const serials = createSerials();
  const feature = (cell: Cell, line: Position[], kind: string, own: Random): DemoFeature => {
    const variables = { ...serials(cell), class: kind, length_m: Math.round(lineLength(line) * 10) / 10 };
    return { type: 'Feature', properties: make(own, variables), geometry: { type: 'LineString', coordinates: line } };
  };

  const weights = towns.map((t) => t.population ** 0.6);
  const streetShares = shareOut(total - trunks, weights);
  const trunkShares = shareOut(trunks, weights);
  for (const [i, town] of towns.entries()) {
    const own = random.fork(town.code);
    const grid = {
      plane: planeAt(town.centre),
      angle: own.between(0, Math.PI / 2),
      spacing: options.spacingM,
      seed: own.int(0, 2 ** 31),
    };
    for (let n = 0; n < streetShares[i]!; n++) {
      const reach = Math.sqrt(streetShares[i]!) * 0.5 + 2;
      const line = walk(town, grid, own.int(...options.segments), reach, own);
      if (line) yield feature(town, line, 'street', own);
    }
    const neighbours = nearest(town, towns, 3);
    for (let n = 0; n < trunkShares[i]! && neighbours.length > 0; n++) {
      const line = trunk(town, neighbours[n % neighbours.length]!, own);
      if (line.every((p) => cellAt(cells, p))) yield feature(town, line, 'trunk', own);
    }
  }
}

/** A street line: starts at a crossing near the middle, runs straight, may turn once. Null when it would leave the town. */
function walk(town: Cell, grid: Grid, steps: number, reach: number, random: Random): Position[] | null {
  const lane = { x: random.int(-3, 3) * 2, y: random.int(-3, 3) * 2 };
  for (let tries = 0; tries < 20; tries++) {
    const size = reach * 0.85 ** tries;
    let i = Math.round(random.normal() * size);
    let j = Math.round(random.normal() * size);
    const turnAt = random.next() < 0.4 ? random.int(1, steps) : steps;
    let [di, dj] = random.of<[number, number]>([
      [1, 0],
      [-1, 0],
      [0, 1],
      [0, -1],
    ]);
    const line = [crossing(grid, i, j, lane)];
    for (let s = 0; s < steps; s++) {
      if (s === turnAt) [di, dj] = random.next() < 0.5 ? [dj, di] : [-dj, -di];
      i += di;
      j += dj;
      line.push(crossing(grid, i, j, lane));
    }
    if (line.every((p) => town.rings.some((ring) => insideRing(ring, p)))) return line;
  }
  return null;
}

/** Where two streets of the grid cross, moved into a lane beside the street's middle. */
function crossing(grid: Grid, i: number, j: number, lane: Point): Position {
  const uneven = createRandom(grid.seed ^ Math.imul(i, 73856093) ^ Math.imul(j, 19349663));
  const u = (i + uneven.between(-0.15, 0.15)) * grid.spacing + lane.x;
  const v = (j + uneven.between(-0.15, 0.15)) * grid.spacing + lane.y;
  const c = Math.cos(grid.angle);
  const s = Math.sin(grid.angle);
  return grid.plane.toPosition({ x: u * c - v * s, y: u * s + v * c });
}

/** A winding line between two towns with a corner about every kilometre. */
function trunk(from: Cell, to: Cell, random: Random): Position[] {
  const plane = planeAt(from.centre);
  const end = plane.toPlane(to.centre);
  const length = Math.hypot(end.x, end.y);
  const pieces = Math.max(2, Math.round(length / 1000));
  const bow = random.between(-0.08, 0.08) * length;
  const line: Position[] = [plane.toPosition({ x: 0, y: 0 })];
  for (let k = 1; k < pieces; k++) {
    const t = k / pieces;
    const aside = bow * Math.sin(Math.PI * t) + random.between(-90, 90);
    line.push(plane.toPosition({ x: end.x * t - (end.y / length) * aside, y: end.y * t + (end.x / length) * aside }));
  }
  line.push(plane.toPosition(end));
  return line;
}

function nearest(town: Cell, towns: readonly Cell[], count: number): Cell[] {
  const plane = planeAt(town.centre);
  const distance = (c: Cell) => {
    const p = plane.toPlane(c.centre);
    return Math.hypot(p.x, p.y);
  };
  const others = towns.filter((t) => t !== town).map((t) => ({ t, d: distance(t) }));
  return others
    .sort((a, b) => a.d - b.d)
    .slice(0, count)
    .map(({ t }) => t);
}
