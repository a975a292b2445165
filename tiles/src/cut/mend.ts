import { EdgeSet, type Edges, isNoded, MAX_COORDINATE, pointKey, snapRound, Work } from './noding.js';
import type { Rings } from './valid.js';

/** Vertices up to which a polygon is mended as it is; one with more is put on a coarser grid first. */
const MAX_VERTICES = 50_000;
/** Comparisons after which an attempt is given up, a tenth of a second; a coastline that fills a tile takes two million. */
const MAX_WORK = 5_000_000;
/** Coarsest grid tried, in units. */
const MAX_STEP = 64;
const MAX_ROUNDS = 3;

/**
 * A valid polygon or multipolygon (OGC 06-103r4 §6.1.11) that covers what the rings cover, to half a unit: what lies within more
 * exterior rings than holes, whichever way they wind (a bow tie keeps both halves, polygons that overlap become one). Rings that
 * were joined along an edge come apart.
 *
 * Edges are snap-rounded, so that they meet at their ends only; those that have the inside on one side are then walked round by
 * round. A polygon of more than 50,000 vertices in one tile, or one that is too tangled, is done on a grid of 4, 16 or 64 units, and
 * becomes its convex hull if even that takes too long. No ring is left where holes took all, or where all was too thin.
 */
export function mend(rings: Rings): Rings {
  for (let step = 1; step <= MAX_STEP; step *= 4) {
    let edges = fits(rings, step) ? edgesOf(rings, step) : null;
    const work = new Work(MAX_WORK);
    // One round is enough in theory.
    for (let round = 0; edges && edges.x0.length <= MAX_VERTICES && round < MAX_ROUNDS; round++) {
      edges = snapRound(edges, work);
      if (!edges || !isNoded(edges, work)) continue;
      const border = borderOf(edges, work);
      if (border) return write(polygonsOf(border), step);
    }
  }
  return write(hullOf(rings), 1);
}

function fits({ units, ends }: Rings, step: number): boolean {
  const most = step * MAX_COORDINATE;
  return units.subarray(0, ends.at(-1)).every((unit) => unit <= most && unit >= -most);
}

/** The rings' edges on a grid of `step` units. */
function edgesOf({ units, ends, holes }: Rings, step: number): Edges | null {
  const edges = new EdgeSet();
  const place = (i: number) => Math.floor(units[i]! / step + 0.5);
  let from = 0;
  ends.forEach((to, ring) => {
    let x0 = place(to - 2);
    let y0 = place(to - 1);
    for (let i = from; i < to; i += 2) {
      const x1 = place(i);
      const y1 = place(i + 1);
      edges.add(x0, y0, x1, y1, holes[ring] ? 0 : 1, holes[ring] ? 1 : 0);
      x0 = x1;
      y0 = y1;
    }
    from = to;
  });
  return edges.edges();
}

/** Points, and directed edges with the inside on their left (y upwards) as numbers of points. */
interface Border {
  x: number[];
  y: number[];
  from: number[];
  to: number[];
  /** The edges that leave each point. */
  leaving: number[][];
}

const isInside = (exteriors: number, holes: number) => Math.abs(exteriors) > Math.abs(holes);

/**
 * The edges with the inside on one side only. How often rings wind around the middle of an edge is counted over the edges below it;
 * a line swept eastwards has them at hand.
 */
function borderOf(edges: Edges, work: Work): Border | null {
  const { x0, y0, x1, y1 } = edges;
  const byWest = Array.from(x0.keys()).sort((a, b) => x0[a]! - x0[b]!);
  const byMiddle = Array.from(x0.keys()).sort((a, b) => x0[a]! + x1[a]! - x0[b]! - x1[b]!);
  const border: Border = { x: [], y: [], from: [], to: [], leaving: [] };
  const numbers = new Map<number, number>();
  const point = (x: number, y: number) => {
    const key = pointKey(x, y);
    let number = numbers.get(key);
    if (number === undefined) {
      number = border.x.push(x) - 1;
      border.y.push(y);
      border.leaving.push([]);
      numbers.set(key, number);
    }
    return number;
  };
  const active: number[] = [];
  let next = 0;
  for (const edge of byMiddle) {
    // Doubled, so that middles are integers. Of an upright edge this is its eastern side.
    const x = x0[edge]! + x1[edge]!;
    const y = y0[edge]! + y1[edge]!;
    for (; next < byWest.length && 2 * x0[byWest[next]!]! <= x; next++) active.push(byWest[next]!);
    if (!work.spend(active.length)) return null;
    let kept = 0;
    let exteriors = 0;
    let holes = 0;
    for (let k = 0; k < active.length; k++) {
      const other = active[k]!;
      const ox = x0[other]!;
      const width = x1[other]! - ox;
      if (2 * (ox + width) <= x) continue;
      active[kept++] = other;
      const oy = y0[other]!;
      if (width * (y - 2 * oy) - (y1[other]! - oy) * (x - 2 * ox) <= 0) continue;
      exteriors += edges.exteriors[other]!;
      holes += edges.holes[other]!;
    }
    active.length = kept;
    const right = isInside(exteriors, holes);
    const left = isInside(exteriors + edges.exteriors[edge]!, holes + edges.holes[edge]!);
    if (left === right) continue;
    const a = point(x0[edge]!, y0[edge]!);
    const b = point(x1[edge]!, y1[edge]!);
    border.from.push(left ? a : b);
    border.to.push(left ? b : a);
    border.leaving[left ? a : b]!.push(border.from.length - 1);
  }
  return border;
}

type Ring = [x: number, y: number][];

interface Polygon {
  exterior: Ring;
  holes: Ring[];
  area: number;
}

/**
 * Walks the border. A walk keeps to one piece of the inside, which is one polygon; where it comes by a point again, a ring is complete.
 */
function polygonsOf(border: Border): Polygon[] {
  const { x, y, from, to } = border;
  const polygons: Polygon[] = [];
  const loose: Ring[] = [];
  /** Place of each point on the present walk, or −1. */
  const places = new Int32Array(x.length).fill(-1);
  const walked = new Uint8Array(from.length);
  for (let start = 0; start < from.length; start++) {
    if (walked[start]) continue;
    const rings: Ring[] = [];
    const open: number[] = [];
    const finish = (place: number) => {
      const ring = open.splice(place);
      for (const point of ring) places[point] = -1;
      rings.push(ring.map((point) => [x[point]!, y[point]!]));
    };
    let edge = start;
    do {
      walked[edge] = 1;
      const point = from[edge]!;
      if (places[point]! >= 0) finish(places[point]!);
      places[point] = open.push(point) - 1;
      edge = border.leaving[to[edge]!]!.length === 1 ? border.leaving[to[edge]!]![0]! : turn(border, edge);
    } while (edge !== start);
    finish(0);
    const exterior = rings.find((ring) => areaOf(ring) > 0);
    const holes = rings.filter((ring) => areaOf(ring) < 0);
    if (exterior) polygons.push({ exterior, holes, area: areaOf(exterior) });
    else loose.push(...holes);
  }
  for (const hole of loose) around(polygons, hole)?.holes.push(hole);
  return polygons;
}

/** Of the edges that leave the end of an edge, the first clockwise (y upwards) from where it came: between them lies the inside. */
function turn({ x, y, from, to, leaving }: Border, edge: number): number {
  const at = to[edge]!;
  const angle = (point: number) => Math.atan2(y[point]! - y[at]!, x[point]! - x[at]!);
  const back = angle(from[edge]!);
  let best = -1;
  let least = Number.POSITIVE_INFINITY;
  for (const candidate of leaving[at]!) {
    let clockwise = back - angle(to[candidate]!);
    if (clockwise <= 0) clockwise += 2 * Math.PI;
    if (clockwise < least) {
      least = clockwise;
      best = candidate;
    }
  }
  return best;
}

/** The innermost polygon around a hole that touches none of its exterior ring's points. */
function around(polygons: readonly Polygon[], hole: Ring): Polygon | undefined {
  // The middle of an edge, doubled: no other edge goes there.
  const mx = hole[0]![0] + hole[1]![0];
  const my = hole[0]![1] + hole[1]![1];
  let found: Polygon | undefined;
  for (const polygon of polygons) {
    if (found && polygon.area > found.area) continue;
    if (contains(polygon.exterior, mx, my)) found = polygon;
  }
  return found;
}

/** Whether a ring winds around a point, given doubled, that is on none of its edges. */
function contains(ring: Ring, mx: number, my: number): boolean {
  let inside = false;
  let [x0, y0] = ring[ring.length - 1]!;
  for (const [x1, y1] of ring) {
    if (2 * y0 <= my !== 2 * y1 <= my) {
      const side = (x1 - x0) * (my - 2 * y0) - (y1 - y0) * (mx - 2 * x0);
      if (y1 > y0 ? side > 0 : side < 0) inside = !inside;
    }
    x0 = x1;
    y0 = y1;
  }
  return inside;
}

/** Twice the area; negative for holes. */
function areaOf(ring: Ring): number {
  let area = 0;
  let [x0, y0] = ring[ring.length - 1]!;
  for (const [x1, y1] of ring) {
    area += x0 * y1 - x1 * y0;
    x0 = x1;
    y0 = y1;
  }
  return area;
}

/** The polygons in tile units. */
function write(polygons: readonly Polygon[], step: number): Rings {
  const units: number[] = [];
  const ends: number[] = [];
  const holes: boolean[] = [];
  const ring = (points: Ring, hole: boolean) => {
    for (const [x, y] of points) units.push(x * step, y * step);
    ends.push(units.length);
    holes.push(hole);
  };
  for (const polygon of polygons) {
    ring(polygon.exterior, false);
    for (const hole of polygon.holes) ring(hole, true);
  }
  return { units: Int32Array.from(units), ends, holes };
}

/** The convex hull of all rings (Andrew's monotone chain); no polygon when they lie on one line. */
function hullOf({ units, ends }: Rings): Polygon[] {
  const points: Ring = Array.from({ length: ends[ends.length - 1]! / 2 }, (_, i) => [units[2 * i]!, units[2 * i + 1]!]);
  points.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const half = (from: Ring) => {
    const chain: Ring = [];
    for (const [x, y] of from) {
      for (let n = chain.length; n >= 2; n = chain.length) {
        const [ax, ay] = chain[n - 2]!;
        const [bx, by] = chain[n - 1]!;
        if ((bx - ax) * (y - ay) - (by - ay) * (x - ax) > 0) break;
        chain.pop();
      }
      chain.push([x, y]);
    }
    chain.pop();
    return chain;
  };
  const exterior = [...half(points), ...half(points.reverse())];
  const area = exterior.length < 3 ? 0 : areaOf(exterior);
  return area > 0 ? [{ exterior, holes: [], area }] : [];
}
