import type { Position } from 'geojson';
import { type Cell, cellAt, outerRings } from './cells.js';
import type { DemoContext } from './context.js';
import { type Plane, type Point, planeAt } from './plane.js';
import type { Random } from './random.js';
import type { ParcelOptions } from './schemas.js';

/** A straight piece of the border two districts share. */
interface BorderEdge {
  from: Position;
  to: Position;
  length: number;
}

/** A lot across a border, on the plane it was drawn on. `cell` is where its larger part lies. */
export interface BorderLot {
  cell: Cell;
  corners: Point[];
  plane: Plane;
}

/**
 * Strips of neighbouring rectangles laid along district borders, so that each lies in two districts. They use the gap that
 * the cells' own parcels leave along every outline. Longer pieces of border get their strips first.
 */
export function* borderStrips(options: ParcelOptions, context: DemoContext, random: Random): Generator<BorderLot> {
  const { border } = options;
  const edges = sharedEdges(context, options.districts, border.at).filter(
    (e) => e.length > border.perStrip * border.frontM[1] * 2,
  );
  const strips = Math.min(Math.round((border.lots * context.scale) / border.perStrip), edges.length * 8);
  const perEdge = edges.map((_, i) => Math.floor(strips / edges.length) + (i < strips % edges.length ? 1 : 0));
  for (const [i, edge] of edges.entries()) {
    for (let n = 0; n < perEdge[i]!; n++) yield* strip(edge, (n + 0.5) / perEdge[i]!, options, context, random);
  }
}

function* strip(
  edge: BorderEdge,
  share: number,
  { border }: ParcelOptions,
  context: DemoContext,
  random: Random,
): Generator<BorderLot> {
  const plane = planeAt(edge.from);
  const end = plane.toPlane(edge.to);
  const ux = end.x / edge.length;
  const uy = end.y / edge.length;
  const [least, most] = border.depthM;
  // the deeper side, by turns, is the district the lot counts to
  const side = random.next() < 0.5 ? 1 : -1;
  const near = -side * random.between(least, (least + most) / 2);
  const far = side * random.between((least + most) / 2, most);
  const at = (along: number, aside: number): Point => ({ x: along * ux - aside * uy, y: along * uy + aside * ux });
  const start = edge.length * share;
  const cell = cellAt(context.cells(), plane.toPosition(at(start, side * 5)));
  if (!cell) return;
  let along = start - (border.perStrip * (border.frontM[0] + border.frontM[1])) / 4;
  for (let n = 0; n < border.perStrip; n++) {
    const next = along + random.between(...border.frontM);
    const [low, high] = [Math.min(near, far), Math.max(near, far)];
    const corners = [at(along, low), at(next, low), at(next, high), at(along, high)];
    yield { cell, corners, plane };
    along = next;
  }
}

/** The edges that occur in two of the chosen districts, one of which is in `at`, longest first. */
function sharedEdges(context: DemoContext, codes: readonly string[], at: readonly string[]): BorderEdge[] {
  const seen = new Map<string, string>();
  const shared: BorderEdge[] = [];
  for (const { code, geometry } of context.districts()) {
    if (!codes.includes(code)) continue;
    for (const ring of outerRings(geometry)) {
      for (let i = 0; i < ring.length; i++) {
        const from = ring[i]!;
        const to = ring[(i + 1) % ring.length]!;
        const key = [from.join(), to.join()].sort().join(' ');
        if (!seen.has(key)) seen.set(key, code);
        else if (seen.get(key) !== code && (at.includes(code) || at.includes(seen.get(key)!))) {
          const end = planeAt(from).toPlane(to);
          shared.push({ from, to, length: Math.hypot(end.x, end.y) });
        }
      }
    }
  }
  return shared.sort((a, b) => b.length - a.length);
}
