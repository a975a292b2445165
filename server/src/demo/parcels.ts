import type { Position } from 'geojson';
import { borderStrips } from './border.js';
import type { Cell } from './cells.js';
import { createSerials, type DemoContext, type DemoFeature, shareOut } from './context.js';
import { convexParts, type Ring } from './convex.js';
import { blocksOf, type Grain } from './lots.js';
import { insideRing, type Plane, type Point, planeAt, ringArea, signedArea2 } from './plane.js';
import type { Random } from './random.js';
import type { MakeProperties, Variables } from './recipes.js';
import type { ParcelOptions } from './schemas.js';

/**
 * Land parcels: the most densely peopled cells of each district cut into street blocks and lots, small in the middle of
 * town and growing outwards, and strips of lots that lie across district borders. Parcels of a cell stay inside it and
 * do not overlap; lots of a block share their edges exactly. One cell is in memory at a time.
 */
export function* parcels(
  options: ParcelOptions,
  random: Random,
  make: MakeProperties,
  context: DemoContext,
): Generator<DemoFeature> {
  const serials = createSerials();
  const feature = (cell: Cell, ring: Position[], known: Variables, own: Random): DemoFeature => {
    const variables = { ...serials(cell), ...known, area_m2: Math.round(ringArea(ring) * 10) / 10 };
    return {
      type: 'Feature',
      properties: make(own, variables),
      geometry: { type: 'Polygon', coordinates: [[...ring, ring[0]!]] },
    };
  };
  for (const { cell, count } of chooseCells(options, context)) {
    const own = random.fork(cell.code);
    const plane = planeAt(cell.centre);
    const builtUp = options.builtUp.districts.includes(cell.district);
    const lot = builtUp ? { ...options.lot, outer: options.builtUp.outer } : options.lot;
    const grain = grainOf(cell, plane, count, { lot, lotsPerBlock: options.lotsPerBlock });
    let block = 0;
    for (const piece of pieces(cell, plane, options.outlineGapM)) {
      for (const { lots, distance } of blocksOf(piece, grain, own)) {
        const known = {
          zone: zoneOf(grain.target(distance) / options.lot.core),
          zone_code: cell.code.slice(-3),
          block: (block++ % 998) + 1,
          luck: own.next(),
        };
        for (const lot of lots) {
          const ring = rounded(lot, plane);
          if (ring) yield feature(cell, ring, known, own);
        }
      }
    }
  }
  const border = random.fork('border');
  for (const { cell, corners, plane } of borderStrips(options, context, border)) {
    const ring = rounded(corners, plane);
    if (ring) yield feature(cell, ring, { zone: 'border', zone_code: cell.code.slice(-3), block: 999 }, border);
  }
}

/** Size of a lot against the town centre's decides how the land is used. */
const zoneOf = (ratio: number) => (ratio < 4 ? 'core' : ratio < 40 ? 'edge' : 'rural');

/** The cells to cut and how many parcels each should get: districts get equal shares, cells by the root of their people. */
function chooseCells(options: ParcelOptions, context: DemoContext): { cell: Cell; count: number }[] {
  const total = Math.round(options.count * context.scale);
  const shares = shareOut(
    total,
    options.districts.map(() => 1),
  );
  return options.districts.flatMap((district, i) => {
    const density = (c: Cell) => c.population / c.areaM2;
    const cells = context
      .cells()
      .filter((c) => c.district === district)
      .sort((a, b) => density(b) - density(a) || (a.code < b.code ? -1 : 1))
      .slice(0, options.cellsPerDistrict);
    const counts = shareOut(
      shares[i]!,
      cells.map((c) => Math.sqrt(c.population)),
    );
    return cells.map((cell, k) => ({ cell, count: counts[k]! }));
  });
}

/** The cell's rings as convex pieces on the plane; the outline keeps its gap. */
function pieces(cell: Cell, plane: Plane, gap: number): Ring[] {
  return cell.rings.flatMap((ring) =>
    convexParts(
      ring.map((p) => ({ ...plane.toPlane(p), street: gap })),
      9,
    ),
  );
}

const BINS = 240;
const LOTS_PER_TARGET = 1.1; // how many lots the cutting makes, measured, for each target-sized piece of land

/**
 * Finds how lot sizes must grow from the centre outwards for the cell to yield about `count` parcels: size is
 * core · e^(distance / reach), at most `outer`; when even an endless town is too few, `core` shrinks, never below `min`.
 */
function grainOf(
  cell: Cell,
  plane: Plane,
  count: number,
  { lot, lotsPerBlock }: Pick<ParcelOptions, 'lot' | 'lotsPerBlock'>,
): Grain {
  const [areas, width] = areaByDistance(cell, plane);
  const size = (distance: number, core: number, reach: number) => Math.min(lot.outer, core * Math.exp(distance / reach));
  const yieldOf = (core: number, reach: number) =>
    LOTS_PER_TARGET * areas.reduce((sum, a, bin) => sum + a / size((bin + 0.5) * width, core, reach), 0);
  let low = 10;
  let high = 1e7;
  for (let i = 0; i < 60; i++) {
    const reach = Math.sqrt(low * high);
    if (yieldOf(lot.core, reach) < count) low = reach;
    else high = reach;
  }
  const reach = Math.sqrt(low * high);
  const core = Math.max(lot.min * 1.5, Math.min(lot.core, (lot.core * yieldOf(lot.core, reach)) / count));
  return { centre: plane.toPlane(cell.centre), target: (distance) => size(distance, core, reach), min: lot.min, lotsPerBlock };
}

/** The cell's land in m² by distance from its centre, and the width of a bin in metres. */
function areaByDistance(cell: Cell, plane: Plane): [number[], number] {
  const [west, south, east, north] = cell.bbox;
  const far = [
    [west, south],
    [east, north],
    [west, north],
    [east, south],
  ].map((p) => plane.toPlane(p));
  const width = Math.max(...far.map((p) => Math.hypot(p.x, p.y))) / BINS;
  const areas = new Array<number>(BINS).fill(0);
  const side = 70;
  const samples: number[] = [];
  for (let i = 0; i < side; i++) {
    for (let j = 0; j < side; j++) {
      const position = [west + ((i + 0.5) / side) * (east - west), south + ((j + 0.5) / side) * (north - south)];
      if (!cell.rings.some((ring) => insideRing(ring, position))) continue;
      const p = plane.toPlane(position);
      samples.push(Math.hypot(p.x, p.y));
    }
  }
  for (const d of samples) areas[Math.min(BINS - 1, Math.floor(d / width))]! += cell.areaM2 / samples.length;
  return [areas, width];
}

/** A lot as an open ring of rounded positions; null when rounding leaves no valid ring. */
function rounded(lot: readonly Point[], plane: Plane): Position[] | null {
  const ring: Position[] = [];
  for (const p of lot) {
    const position = plane.toPosition(p);
    const last = ring[ring.length - 1];
    if (last?.[0] !== position[0] || last?.[1] !== position[1]) ring.push(position);
  }
  const [first, last] = [ring[0]!, ring[ring.length - 1]!];
  if (ring.length > 1 && first[0] === last[0] && first[1] === last[1]) ring.pop();
  return ring.length >= 3 && signedArea2(ring) > 0 ? ring : null;
}
