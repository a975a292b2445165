/** What is wrong with polygons by OGC 06-103r4 §6.1.11, found by comparing everything with everything. For small polygons. */
type Position = readonly [x: number, y: number];
type Ring = readonly Position[];

/** Twice the signed area of a ring, open or closed. */
export function areaOf(ring: Ring): number {
  return ring.reduce((sum, [x, y], i) => {
    const [x0, y0] = ring.at(i - 1)!;
    return sum + x0 * y - x * y0;
  }, 0);
}

/** How often rings wind around a point that is on none of their edges. */
export function windingOf(ring: Ring, x: number, y: number): number {
  let turns = 0;
  ring.forEach(([x1, y1], i) => {
    const [x0, y0] = ring.at(i - 1)!;
    if (y0 <= y === y1 <= y) return;
    if (x < x0 + ((y - y0) * (x1 - x0)) / (y1 - y0)) turns += y1 > y0 ? 1 : -1;
  });
  return turns;
}

const cross = ([ax, ay]: Position, [bx, by]: Position, [cx, cy]: Position) => (bx - ax) * (cy - ay) - (by - ay) * (cx - ax);
const isOn = (p: Position, a: Position, b: Position) =>
  cross(a, b, p) === 0 && (p[0] - a[0]) * (p[0] - b[0]) + (p[1] - a[1]) * (p[1] - b[1]) <= 0;
const isOnRing = (p: Position, ring: Ring) => ring.some((b, i) => isOn(p, ring.at(i - 1)!, b));

/** The points two edges share; 'more' when they cross or share a stretch. */
function contact(a: Position, b: Position, c: Position, d: Position): string[] | 'more' {
  if (cross(a, b, c) * cross(a, b, d) < 0 && cross(c, d, a) * cross(c, d, b) < 0) return 'more';
  const shared = new Set([
    ...[a, b].filter((p) => isOn(p, c, d)).map(String),
    ...[c, d].filter((p) => isOn(p, a, b)).map(String),
  ]);
  return shared.size > 1 ? 'more' : [...shared];
}

/** The fault of polygons whose rings are given in the order of a tile (exterior rings have positive area), or null. */
export function faultOf(rings: readonly Ring[]): string | null {
  const open = rings.map((ring) => (String(ring[0]) === String(ring.at(-1)) ? ring.slice(0, -1) : ring));
  const exteriors = open.map((ring) => areaOf(ring) > 0);
  if (!exteriors[0]) return 'begins with a hole';
  for (const ring of open) {
    if (ring.length < 3 || areaOf(ring) === 0) return 'a ring without area';
    if (new Set(ring.map(String)).size !== ring.length) return 'a ring visits a point twice';
    for (let i = 0; i < ring.length; i++) {
      for (let j = 0; j < i; j++) {
        const shared = contact(ring.at(i - 1)!, ring[i]!, ring.at(j - 1)!, ring[j]!);
        const follow = i - j === 1 || i - j === ring.length - 1;
        if (shared === 'more' || (shared.length > 0 && !follow)) return `a ring meets itself near ${ring[i]}`;
      }
    }
  }
  const owners = open.map((_, i) => exteriors.lastIndexOf(true, i));
  /** Rings and the points where they touch others of their polygon: a circle cuts the inside in two. */
  const parent = new Map<string, string>();
  const root = (name: string): string => (parent.has(name) ? root(parent.get(name)!) : name);
  const links = new Set<string>();
  for (let r = 0; r < open.length; r++) {
    for (let s = 0; s < r; s++) {
      for (let i = 0; i < open[r]!.length; i++) {
        for (let j = 0; j < open[s]!.length; j++) {
          const shared = contact(open[r]!.at(i - 1)!, open[r]![i]!, open[s]!.at(j - 1)!, open[s]![j]!);
          if (shared === 'more') return `rings cross near ${open[r]![i]}`;
          if (owners[r] !== owners[s]) continue;
          for (const point of shared) for (const ring of [r, s]) links.add(`${ring}|${owners[r]}@${point}`);
        }
      }
    }
  }
  for (const link of links) {
    const [a, b] = link.split('|').map(root) as [string, string];
    if (a === b) return `the inside falls apart at ${b}`;
    parent.set(a, b);
  }
  const isWithin = (r: number, s: number) => {
    const ring = open[r]!;
    const doubled = open[s]!.map(([x, y]): Position => [2 * x, 2 * y]);
    const middles = ring.map(([x, y], i): Position => [x + ring.at(i - 1)![0], y + ring.at(i - 1)![1]]);
    const [x, y] = middles.find((p) => !isOnRing(p, doubled))!;
    return windingOf(doubled, x, y) !== 0;
  };
  for (let r = 0; r < open.length; r++) {
    if (!exteriors[r]) {
      if (!isWithin(r, owners[r]!)) return 'a hole outside its exterior ring';
      if (open.some((_, s) => s !== r && owners[s] === owners[r] && !exteriors[s] && isWithin(r, s))) return 'a hole in a hole';
      continue;
    }
    for (let s = 0; s < open.length; s++) {
      if (s === r || !exteriors[s] || !isWithin(r, s)) continue;
      if (!open.some((_, h) => owners[h] === s && !exteriors[h] && isWithin(r, h))) return 'a polygon in a polygon';
    }
  }
  return null;
}
