import type { Position } from 'geojson';
import { type Cell, cellAt } from './cells.js';
import { createSerials, type DemoContext, type DemoFeature, shareOut } from './context.js';
import { insideRing, metresPerDegree, planeAt, round7 } from './plane.js';
import type { Random } from './random.js';
import type { MakeProperties } from './recipes.js';
import type { PointsAlongLines, PointsAroundTowns } from './schemas.js';

/** Points strewn around the middle of every cell, more where more people live (or where the land lies higher). */
export function* pointsAroundTowns(
  options: PointsAroundTowns,
  random: Random,
  make: MakeProperties,
  context: DemoContext,
): Generator<DemoFeature> {
  const cells = context.cells();
  const serials = createSerials();
  const shares = shareOut(
    Math.round(options.count * context.scale),
    cells.map((c) => Math.max(1, c[options.weight]) ** options.power),
  );
  for (const [i, cell] of cells.entries()) {
    const own = random.fork(cell.code);
    for (let n = 0; n < shares[i]!; n++) {
      const coordinates = near(cell, options.spreadKm * 1000, own);
      yield { type: 'Feature', properties: make(own, serials(cell)), geometry: { type: 'Point', coordinates } };
    }
  }
}

/** A position inside the cell, normally spread around its centre; drawn closer the more often it falls outside. */
function near(cell: Cell, spread: number, random: Random): Position {
  const plane = planeAt(cell.centre);
  for (let tries = 0; tries < 40; tries++) {
    const reach = spread * 0.85 ** tries;
    const position = plane.toPosition({ x: random.normal() * reach, y: random.normal() * reach });
    if (cell.rings.some((ring) => insideRing(ring, position))) return position;
  }
  return [round7(cell.centre[0]!), round7(cell.centre[1]!)];
}

/** Points along lines at about equal steps, where the lines run inside the cells. */
export function* pointsAlongLines(
  options: PointsAlongLines,
  random: Random,
  make: MakeProperties,
  context: DemoContext,
): Generator<DemoFeature> {
  const cells = context.cells();
  const serials = createSerials();
  const perLine = new Map<string, number>();
  const step = (options.everyKm * 1000) / context.scale;
  for (const [i, feature] of context.read(options.file).features.entries()) {
    const number = i + 1;
    const name = String(feature.properties?.[options.name] ?? options.fallbackName.replace('{line_number}', String(number)));
    const g = feature.geometry;
    const lines = g.type === 'LineString' ? [g.coordinates] : g.type === 'MultiLineString' ? g.coordinates : [];
    const own = random.fork(String(number));
    for (const line of lines) {
      for (const coordinates of along(line, step, own)) {
        const cell = cellAt(cells, coordinates);
        if (!cell) continue;
        const serial = (perLine.get(name) ?? 0) + 1;
        perLine.set(name, serial);
        const variables = { ...serials(cell), line_name: name, line_number: number, line_serial: serial };
        yield { type: 'Feature', properties: make(own, variables), geometry: { type: 'Point', coordinates } };
      }
    }
  }
}

/** Positions on a line, `step` metres apart give or take a fifth. */
function* along(line: readonly Position[], step: number, random: Random): Generator<Position> {
  let left = step * random.between(0.2, 0.8);
  for (let i = 1; i < line.length; i++) {
    const [ax = 0, ay = 0] = line[i - 1]!;
    const [bx = 0, by = 0] = line[i]!;
    const scale = metresPerDegree((ay + by) / 2);
    const length = Math.hypot((bx - ax) * scale.x, (by - ay) * scale.y);
    while (left <= length && length > 0) {
      const t = left / length;
      yield [round7(ax + t * (bx - ax)), round7(ay + t * (by - ay))];
      left += step * random.between(0.8, 1.2);
    }
    left -= length;
  }
}
