import type { Point } from './plane.js';

/** A corner of a counter-clockwise ring; `street` is the half-width in metres of the street along the edge that starts here. */
export interface Corner extends Point {
  street: number;
}

export type Ring = Corner[];

const SNAP = 1; // metres: a cut that passes a corner this close goes through it

/** Area in square metres; positive for counter-clockwise rings. */
export function area(ring: readonly Point[]): number {
  let sum = 0;
  for (let i = 0; i < ring.length; i++) {
    const a = ring[i]!;
    const b = ring[(i + 1) % ring.length]!;
    sum += a.x * b.y - b.x * a.y;
  }
  return sum / 2;
}

/** Centre of the corners: inside any convex ring. */
export function middle(ring: readonly Point[]): Point {
  let x = 0;
  let y = 0;
  for (const c of ring) {
    x += c.x;
    y += c.y;
  }
  return { x: x / ring.length, y: y / ring.length };
}

/** Distance in metres from a point to a convex ring; 0 inside. */
export function distanceTo(ring: readonly Point[], p: Point): number {
  let inside = true;
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < ring.length; i++) {
    const a = ring[i]!;
    const b = ring[(i + 1) % ring.length]!;
    const ux = b.x - a.x;
    const uy = b.y - a.y;
    if (ux * (p.y - a.y) - uy * (p.x - a.x) < 0) inside = false;
    const t = Math.max(0, Math.min(1, ((p.x - a.x) * ux + (p.y - a.y) * uy) / (ux * ux + uy * uy || 1)));
    best = Math.min(best, Math.hypot(a.x + t * ux - p.x, a.y + t * uy - p.y));
  }
  return inside ? 0 : best;
}

/**
 * Splits a convex ring by the line through `at` with normal (nx, ny). The first half lies on the normal's side.
 * Both halves get the very same cut points; a half may be empty or without area.
 */
export function split(ring: Ring, at: Point, nx: number, ny: number, street: number, snap = SNAP): [Ring, Ring] {
  const d = ring.map((c) => {
    const v = (c.x - at.x) * nx + (c.y - at.y) * ny;
    return Math.abs(v) < snap ? 0 : v;
  });
  const front: Ring = [];
  const back: Ring = [];
  for (let i = 0; i < ring.length; i++) {
    const j = (i + 1) % ring.length;
    const a = ring[i]!;
    const b = ring[j]!;
    const da = d[i]!;
    const db = d[j]!;
    if (da >= 0) front.push(da === 0 && db < 0 ? { ...a, street } : a);
    if (da <= 0) back.push(da === 0 && db > 0 ? { ...a, street } : a);
    if (da * db < 0) {
      const t = da / (da - db);
      const x = a.x + t * (b.x - a.x);
      const y = a.y + t * (b.y - a.y);
      front.push({ x, y, street: da > 0 ? street : a.street });
      back.push({ x, y, street: da > 0 ? a.street : street });
    }
  }
  return [front, back];
}

/** A convex ring drawn in by the street of each edge; empty when nothing is left. Corners closer than half a metre merge. */
export function inset(ring: Ring): Ring {
  let left = ring;
  for (let i = 0; i < ring.length; i++) {
    const a = ring[i]!;
    const b = ring[(i + 1) % ring.length]!;
    const length = Math.hypot(b.x - a.x, b.y - a.y);
    if (length === 0) continue;
    const nx = -(b.y - a.y) / length;
    const ny = (b.x - a.x) / length;
    left = split(left, { x: a.x + nx * a.street, y: a.y + ny * a.street }, nx, ny, a.street, 0)[0];
    if (left.length < 3) return [];
  }
  const clean = left.filter((c, i) => {
    const before = left[(i + left.length - 1) % left.length]!;
    return Math.hypot(c.x - before.x, c.y - before.y) > 0.5;
  });
  return clean.length < 3 || area(clean) <= 0 ? [] : clean;
}

/** The direction of the smallest box around a convex ring: unit vector along its long side, and its sides in metres. */
export function longAxis(ring: readonly Point[]): { x: number; y: number; long: number; short: number; from: number } {
  let best = { x: 1, y: 0, long: 0, short: 0, from: 0 };
  let smallest = Number.POSITIVE_INFINITY;
  for (let i = 0; i < ring.length; i++) {
    const a = ring[i]!;
    const b = ring[(i + 1) % ring.length]!;
    const length = Math.hypot(b.x - a.x, b.y - a.y);
    if (length === 0) continue;
    const ux = (b.x - a.x) / length;
    const uy = (b.y - a.y) / length;
    let u0 = Number.POSITIVE_INFINITY;
    let u1 = Number.NEGATIVE_INFINITY;
    let v0 = Number.POSITIVE_INFINITY;
    let v1 = Number.NEGATIVE_INFINITY;
    for (const c of ring) {
      const u = c.x * ux + c.y * uy;
      const v = c.y * ux - c.x * uy;
      u0 = Math.min(u0, u);
      u1 = Math.max(u1, u);
      v0 = Math.min(v0, v);
      v1 = Math.max(v1, v);
    }
    if ((u1 - u0) * (v1 - v0) >= smallest) continue;
    smallest = (u1 - u0) * (v1 - v0);
    best =
      u1 - u0 >= v1 - v0
        ? { x: ux, y: uy, long: u1 - u0, short: v1 - v0, from: u0 }
        : { x: -uy, y: ux, long: v1 - v0, short: u1 - u0, from: v0 };
  }
  return best;
}

/** Cuts a simple counter-clockwise ring into convex ones: from every reflex corner a street runs to the far side. */
export function convexParts(ring: Ring, street: number): Ring[] {
  const open = [ring];
  const done: Ring[] = [];
  while (open.length > 0) {
    const r = open.pop()!;
    const cut = cutAtReflex(r, street);
    if (cut) open.push(...cut);
    else done.push(r);
  }
  return done;
}

/** Cuts at the first reflex corner along its bisector; null when the ring is convex (turns under 0.1° pass). */
function cutAtReflex(ring: Ring, street: number): [Ring, Ring] | null {
  const n = ring.length;
  for (let i = 0; i < n; i++) {
    const p = ring[(i + n - 1) % n]!;
    const v = ring[i]!;
    const q = ring[(i + 1) % n]!;
    const la = Math.hypot(v.x - p.x, v.y - p.y);
    const lb = Math.hypot(q.x - v.x, q.y - v.y);
    const ax = (v.x - p.x) / la;
    const ay = (v.y - p.y) / la;
    const bx = (q.x - v.x) / lb;
    const by = (q.y - v.y) / lb;
    if (ax * by - ay * bx > -0.002) continue;
    const hit = firstHit(ring, i, ax - bx, ay - by);
    if (!hit) continue;
    const { edge, point, corner } = hit;
    // the ring from the reflex corner to the hit, and from the hit back to it
    const first: Ring = [];
    for (let k = i; k !== (edge + 1) % n; k = (k + 1) % n) first.push(ring[k]!);
    const second: Ring = [];
    for (let k = (edge + 1) % n; k !== i; k = (k + 1) % n) second.push(ring[k]!);
    if (corner === null) {
      first.push({ ...point, street });
      second.unshift({ ...point, street: ring[edge]!.street });
    } else if (corner === edge) {
      first[first.length - 1] = { ...ring[edge]!, street };
      second.unshift(ring[edge]!);
    } else {
      first.push({ ...ring[corner]!, street });
    }
    second.push({ ...v, street });
    // `second` ends at the reflex corner, whose next edge is the cut back to the hit
    return [first, second];
  }
  return null;
}

/** Where the ray from corner `i` first meets an edge not touching it; `corner` when it meets one within the snapping distance. */
function firstHit(ring: Ring, i: number, dx: number, dy: number): { edge: number; point: Point; corner: number | null } | null {
  const n = ring.length;
  const v = ring[i]!;
  let best: { edge: number; point: Point; corner: number | null } | null = null;
  let nearest = Number.POSITIVE_INFINITY;
  for (let e = 0; e < n; e++) {
    const f = (e + 1) % n;
    if (e === i || f === i) continue;
    const a = ring[e]!;
    const b = ring[f]!;
    const ex = b.x - a.x;
    const ey = b.y - a.y;
    const det = dx * ey - dy * ex;
    if (det === 0) continue;
    const t = ((a.x - v.x) * ey - (a.y - v.y) * ex) / det;
    const u = ((a.x - v.x) * dy - (a.y - v.y) * dx) / det;
    if (t <= 1e-9 || u < -1e-9 || u > 1 + 1e-9 || t >= nearest) continue;
    nearest = t;
    const point = { x: a.x + u * ex, y: a.y + u * ey };
    // never the corners beside it: such a cut would part nothing
    const beside = (c: Corner) => c === ring[(i + 1) % n] || c === ring[(i + n - 1) % n];
    const near = (c: Corner) => !beside(c) && Math.hypot(c.x - point.x, c.y - point.y) < SNAP;
    best = { edge: e, point, corner: near(a) ? e : near(b) ? f : null };
  }
  return best;
}
