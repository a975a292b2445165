/**
 * Edges on a grid of integers, each once, from its western end to its eastern (upright ones to greater y). `exteriors` and `holes`
 * say how often exterior rings and holes run along it that way, less how often they run against it.
 */
export interface Edges {
  readonly x0: number[];
  readonly y0: number[];
  readonly x1: number[];
  readonly y1: number[];
  readonly exteriors: number[];
  readonly holes: number[];
}

/** Coordinates lie between this and its negative. */
export const MAX_COORDINATE = 2 ** 15 - 2;

/** One number for a grid point; a small integer, which maps look up fast, for tiles of 4,096 units. */
export function pointKey(x: number, y: number): number {
  return x * 65_536 + y;
}

/** Gathers edges, adding up those between the same ends; edges that cancel out are left out in the end. */
export class EdgeSet {
  readonly #edges: Edges = { x0: [], y0: [], x1: [], y1: [], exteriors: [], holes: [] };
  readonly #places = new Map<number, Map<number, number>>();

  add(xa: number, ya: number, xb: number, yb: number, exteriors: number, holes: number): void {
    if (xa === xb && ya === yb) return;
    if (xa > xb || (xa === xb && ya > yb)) {
      this.add(xb, yb, xa, ya, -exteriors, -holes);
      return;
    }
    const edges = this.#edges;
    const start = pointKey(xa, ya);
    const end = pointKey(xb, yb);
    let ends = this.#places.get(start);
    if (!ends) {
      ends = new Map();
      this.#places.set(start, ends);
    }
    const place = ends.get(end);
    if (place !== undefined) {
      edges.exteriors[place]! += exteriors;
      edges.holes[place]! += holes;
      return;
    }
    ends.set(end, edges.x0.length);
    edges.x0.push(xa);
    edges.y0.push(ya);
    edges.x1.push(xb);
    edges.y1.push(yb);
    edges.exteriors.push(exteriors);
    edges.holes.push(holes);
  }

  edges(): Edges {
    const all = this.#edges;
    const keep = Array.from(all.x0.keys()).filter((i) => all.exteriors[i] !== 0 || all.holes[i] !== 0);
    const pick = (list: number[]) => keep.map((i) => list[i]!);
    return {
      x0: pick(all.x0),
      y0: pick(all.y0),
      x1: pick(all.x1),
      y1: pick(all.y1),
      exteriors: pick(all.exteriors),
      holes: pick(all.holes),
    };
  }
}

/** A sum of comparisons that may not be passed. */
export class Work {
  #left: number;

  constructor(limit: number) {
    this.#left = limit;
  }

  /** @returns false when the limit is passed */
  spend(n: number): boolean {
    this.#left -= n;
    return this.#left >= 0;
  }
}

/**
 * Snap rounding (Hobby 1999): every edge is led through the middle of the pixels it passes that hold an end or a crossing of edges.
 * Afterwards edges meet at their ends only, and no edge has jumped over a point.
 * @returns null when it would take more work than is left
 */
export function snapRound(edges: Edges, work: Work): Edges | null {
  const { x0, y0, x1, y1 } = edges;
  const hot = new Set<number>();
  for (let i = 0; i < x0.length; i++) hot.add(pointKey(x0[i]!, y0[i]!)).add(pointKey(x1[i]!, y1[i]!));
  const swept = eachPair(edges, work, (a, b) => {
    if (relation(edges, a, b) === CROSS) hot.add(crossingKey(edges, a, b));
    return work.spend(8);
  });
  if (!swept) return null;
  // By x, then by y.
  const keys = Int32Array.from(hot).sort();
  const snapped = new EdgeSet();
  for (let i = 0; i < x0.length; i++) {
    const [xa, ya, xb, yb] = [x0[i]!, y0[i]!, x1[i]!, y1[i]!];
    const low = Math.min(ya, yb);
    const high = Math.max(ya, yb);
    let from = firstAtLeast(keys, pointKey(xa, low));
    const passed: number[] = [];
    for (; from < keys.length; from++) {
      const x = Math.floor((keys[from]! + 32_768) / 65_536);
      if (x > xb) break;
      const y = keys[from]! - x * 65_536;
      if (y >= low && y <= high && passes(xa, ya, xb, yb, x, y)) passed.push(x, y);
      if (!work.spend(1)) return null;
    }
    // Points of one column come with growing y.
    if (yb < ya) turnColumns(passed);
    for (let p = 2; p < passed.length; p += 2) {
      snapped.add(passed[p - 2]!, passed[p - 1]!, passed[p]!, passed[p + 1]!, edges.exteriors[i]!, edges.holes[i]!);
    }
  }
  return snapped.edges();
}

/** Whether edges meet at their ends only; false too when it takes more work than is left to tell. */
export function isNoded(edges: Edges, work: Work): boolean {
  return eachPair(edges, work, (a, b) => relation(edges, a, b) === APART);
}

/** Hands over the pairs of edges whose boxes meet, until `visit` answers false or the work is too much: false then. */
function eachPair({ x0, y0, x1, y1 }: Edges, work: Work, visit: (a: number, b: number) => boolean): boolean {
  const order = Array.from(x0.keys()).sort((a, b) => x0[a]! - x0[b]!);
  const active: number[] = [];
  for (const a of order) {
    const west = x0[a]!;
    const low = Math.min(y0[a]!, y1[a]!);
    const high = Math.max(y0[a]!, y1[a]!);
    if (!work.spend(active.length)) return false;
    let kept = 0;
    for (let k = 0; k < active.length; k++) {
      const b = active[k]!;
      if (x1[b]! < west) continue;
      active[kept++] = b;
      if ((y0[b]! < low && y1[b]! < low) || (y0[b]! > high && y1[b]! > high)) continue;
      if (!visit(a, b)) return false;
    }
    active.length = kept;
    active.push(a);
  }
  return true;
}

const APART = 0;
/** They cross, each within the other. */
const CROSS = 1;
/** An end of one lies within the other, or they share a stretch. */
const TOUCH = 2;

/** How two edges lie to each other whose boxes meet; a common end is no contact. */
function relation({ x0, y0, x1, y1 }: Edges, a: number, b: number): typeof APART | typeof CROSS | typeof TOUCH {
  const [ax, ay, bx, by] = [x0[a]!, y0[a]!, x1[a]!, y1[a]!];
  const [cx, cy, dx, dy] = [x0[b]!, y0[b]!, x1[b]!, y1[b]!];
  const c = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax);
  const d = (bx - ax) * (dy - ay) - (by - ay) * (dx - ax);
  if ((c > 0 && d > 0) || (c < 0 && d < 0)) return APART;
  const e = (dx - cx) * (ay - cy) - (dy - cy) * (ax - cx);
  const f = (dx - cx) * (by - cy) - (dy - cy) * (bx - cx);
  if ((e > 0 && f > 0) || (e < 0 && f < 0)) return APART;
  if (c !== 0 && d !== 0 && e !== 0 && f !== 0) return CROSS;
  const within = (x: number, y: number, px: number, py: number, qx: number, qy: number) =>
    (x - px) * (x - qx) + (y - py) * (y - qy) < 0;
  const touch =
    (c === 0 && within(cx, cy, ax, ay, bx, by)) ||
    (d === 0 && within(dx, dy, ax, ay, bx, by)) ||
    (e === 0 && within(ax, ay, cx, cy, dx, dy)) ||
    (f === 0 && within(bx, by, cx, cy, dx, dy));
  return touch ? TOUCH : APART;
}

/** The grid point nearest to where two edges cross. Exact: halves go up, as pixels hold their lower sides. */
function crossingKey({ x0, y0, x1, y1 }: Edges, a: number, b: number): number {
  const ux = x1[a]! - x0[a]!;
  const uy = y1[a]! - y0[a]!;
  const vx = x1[b]! - x0[b]!;
  const vy = y1[b]! - y0[b]!;
  let along = (x0[b]! - x0[a]!) * vy - (y0[b]! - y0[a]!) * vx;
  let whole = ux * vy - uy * vx;
  if (whole < 0) {
    along = -along;
    whole = -whole;
  }
  const near = (start: number, length: number) => start + Math.floor((2 * length * along + whole) / (2 * whole));
  return pointKey(near(x0[a]!, ux), near(y0[a]!, uy));
}

/** Whether an edge passes the pixel around a grid point within its box. A pixel holds its lower sides and not its upper ones. */
function passes(x0: number, y0: number, x1: number, y1: number, x: number, y: number): boolean {
  const height = Math.abs(y1 - y0);
  if (x1 - x0 >= height) return passesLong(x0, y0, x1, y1, x, y);
  return y1 > y0 ? passesLong(y0, x0, y1, x1, y, x) : passesLong(y1, x1, y0, x0, y, x);
}

/** The same in the direction in which the edge is longer, `u`, and goes up. */
function passesLong(u0: number, v0: number, u1: number, v1: number, u: number, v: number): boolean {
  const du = u1 - u0;
  const dv = v1 - v0;
  // Everything doubled: the pixel's sides are at halves.
  const enter = u === u0 ? 0 : 2 * (u - u0) - 1;
  const leave = u === u1 ? 2 * du : 2 * (u - u0) + 1;
  const first = v0 + Math.floor((dv * enter + du) / (2 * du));
  const end = dv * leave + du;
  // The far side belongs to the next pixel, unless the edge ends here.
  const last = v0 + (dv > 0 && u < u1 ? Math.ceil(end / (2 * du)) - 1 : Math.floor(end / (2 * du)));
  return dv >= 0 ? v >= first && v <= last : v <= first && v >= last;
}

/** Turns round the points that share their x, of a list sorted by x. */
function turnColumns(points: number[]): void {
  for (let from = 0, to = 0; from < points.length; from = to) {
    while (to < points.length && points[to] === points[from]) to += 2;
    for (let i = from, j = to - 2; i < j; i += 2, j -= 2) {
      const y = points[i + 1]!;
      points[i + 1] = points[j + 1]!;
      points[j + 1] = y;
    }
  }
}

/** Place of the first number of an ascending list that is not smaller. */
function firstAtLeast(list: Int32Array, wanted: number): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle]! < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}
