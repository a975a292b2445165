/** The rings of a polygon or multipolygon in tile units. */
export interface Rings {
  /** x and y in turn; rings are open. May be longer than the last ring's end. */
  units: Int32Array;
  /** End of each ring in `units`. */
  readonly ends: number[];
  /** Holes follow their exterior ring. Exterior rings have positive area (x0·y1 − x1·y0 summed up), holes negative. */
  readonly holes: boolean[];
}

/** Comparisons after which a polygon counts as too tangled to judge; a coastline that fills a tile takes about a million. */
const MAX_WORK = 20_000_000;

/** So few chains are compared pair by pair; more are swept. */
const FEW = 24;

// Scratch memory, shared by all calls on a thread. The rings' vertices, each ring with its closing one.
let xs = new Int32Array(1 << 10);
let ys = new Int32Array(1 << 10);
/** First and closing vertex of each ring. */
let ringFrom = new Int32Array(64);
let ringTo = new Int32Array(64);
/** Chains: runs of edges that go one way in x and in y, so that none can meet itself. Their ends, boxes and rings. */
let from = new Int32Array(1 << 9);
let to = new Int32Array(1 << 9);
let minXs = new Int32Array(1 << 9);
let minYs = new Int32Array(1 << 9);
let maxXs = new Int32Array(1 << 9);
let maxYs = new Int32Array(1 << 9);
let ringOf = new Int32Array(1 << 9);
let chains = 0;
let sorted = new Int32Array(1 << 9);
let active = new Int32Array(1 << 9);
let starts = new Int32Array(0);

/**
 * Whether a polygon is certainly valid (OGC 06-103r4 §6.1.11): its rings are simple, no two meet, holes lie in their exterior ring
 * and in no other, exterior rings in none but holes. Rings that only touch at a point may be valid too, but are not told from worse.
 */
export function isValid(rings: Rings): boolean {
  if (rings.ends.length === 1 && isStar(rings)) return true;
  if (!split(rings)) return false;
  const free = chains <= FEW ? compareAll() : sweep();
  return free && (rings.ends.length === 1 || nested(rings.holes));
}

/**
 * Whether a ring goes once around the middle of its vertices and always the same way: such a ring is simple. Most parcels and buildings
 * are like that, and it is told in a tenth of the time.
 */
function isStar({ units, ends }: Rings): boolean {
  const end = ends[0]!;
  let cx = 0;
  let cy = 0;
  for (let i = 0; i < end; i += 2) {
    cx += units[i]!;
    cy += units[i + 1]!;
  }
  cx /= end / 2;
  cy /= end / 2;
  let x0 = units[end - 2]! - cx;
  let y0 = units[end - 1]! - cy;
  let passes = 0;
  for (let i = 0; i < end; i += 2) {
    const x = units[i]! - cx;
    const y = units[i + 1]! - cy;
    // Far more than rounding can be wrong by, far less than a unit.
    if (x0 * y - x * y0 < 1e-3) return false;
    if (y0 < 0 && y >= 0) passes++;
    x0 = x;
    y0 = y;
  }
  return passes === 1;
}

/** Copies the rings and splits them into chains; false when an edge runs back on the one before it. */
function split({ units, ends }: Rings): boolean {
  const rings = ends.length;
  const vertices = ends[rings - 1]! / 2 + rings;
  if (vertices > xs.length) {
    const size = 2 * vertices;
    xs = new Int32Array(size);
    ys = new Int32Array(size);
    const fresh = () => new Int32Array(size);
    [from, to, minXs, minYs, maxXs] = [fresh(), fresh(), fresh(), fresh(), fresh()];
    [maxYs, ringOf, sorted, active] = [fresh(), fresh(), fresh(), fresh()];
  }
  if (rings > ringFrom.length) {
    ringFrom = new Int32Array(2 * rings);
    ringTo = new Int32Array(2 * rings);
  }
  chains = 0;
  let v = 0;
  let at = 0;
  for (let ring = 0; ring < rings; ring++) {
    const end = ends[ring]!;
    const first = v;
    ringFrom[ring] = v;
    for (; at < end; at += 2, v++) {
      xs[v] = units[at]!;
      ys[v] = units[at + 1]!;
    }
    xs[v] = xs[first]!;
    ys[v] = ys[first]!;
    ringTo[ring] = v;
    if (!splitRing(ring, first, v)) return false;
    v++;
  }
  return true;
}

function splitRing(ring: number, first: number, last: number): boolean {
  const [x, y] = [xs, ys];
  let x0 = x[first]!;
  let y0 = y[first]!;
  let beforeX = x0 - x[last - 1]!;
  let beforeY = y0 - y[last - 1]!;
  let start = first;
  // The ways the present chain goes; 0 as long as it went neither.
  let wayX = 0;
  let wayY = 0;
  for (let v = first; v < last; v++) {
    const x1 = x[v + 1]!;
    const y1 = y[v + 1]!;
    const dx = x1 - x0;
    const dy = y1 - y0;
    if (dx * beforeX + dy * beforeY < 0 && dx * beforeY === dy * beforeX) return false;
    beforeX = dx;
    beforeY = dy;
    if ((dx > 0 && wayX < 0) || (dx < 0 && wayX > 0) || (dy > 0 && wayY < 0) || (dy < 0 && wayY > 0)) {
      addChain(ring, start, v);
      start = v;
      wayX = 0;
      wayY = 0;
    }
    if (dx !== 0) wayX = dx;
    if (dy !== 0) wayY = dy;
    x0 = x1;
    y0 = y1;
  }
  addChain(ring, start, last);
  return true;
}

function addChain(ring: number, start: number, end: number): void {
  const c = chains++;
  const x0 = xs[start]!;
  const y0 = ys[start]!;
  const x1 = xs[end]!;
  const y1 = ys[end]!;
  from[c] = start;
  to[c] = end;
  minXs[c] = x0 < x1 ? x0 : x1;
  maxXs[c] = x0 < x1 ? x1 : x0;
  minYs[c] = y0 < y1 ? y0 : y1;
  maxYs[c] = y0 < y1 ? y1 : y0;
  ringOf[c] = ring;
}

function compareAll(): boolean {
  // Locals are read faster than what the module holds.
  const [west, south, east, north, count] = [minXs, minYs, maxXs, maxYs, chains];
  for (let a = 1; a < count; a++) {
    const minX = west[a]!;
    const minY = south[a]!;
    const maxX = east[a]!;
    const maxY = north[a]!;
    for (let b = 0; b < a; b++) {
      if (west[b]! > maxX || east[b]! < minX || south[b]! > maxY || north[b]! < minY) continue;
      if (!follow(a, b) && meet(a, b)) return false;
    }
  }
  return true;
}

/** Compares each chain with those that a line swept eastwards has met and not yet left. */
function sweep(): boolean {
  sortChains();
  const [west, south, east, north] = [minXs, minYs, maxXs, maxYs];
  const list = active;
  let work = 0;
  let open = 0;
  for (let i = 0; i < chains; i++) {
    const a = sorted[i]!;
    const reached = slotStart(west[a]!);
    const minX = west[a]!;
    const maxX = east[a]!;
    const minY = south[a]!;
    const maxY = north[a]!;
    work += open;
    if (work > MAX_WORK) return false;
    let kept = 0;
    for (let k = 0; k < open; k++) {
      const b = list[k]!;
      if (east[b]! < reached) continue;
      list[kept++] = b;
      if (south[b]! > maxY || north[b]! < minY || west[b]! > maxX || east[b]! < minX) continue;
      if (!follow(a, b) && meet(a, b)) return false;
    }
    list[kept++] = a;
    open = kept;
  }
  return true;
}

/** The slots of the last sort: where they begin, and their width as a power of two. */
let origin = 0;
let shift = 0;

/** The west side of the slot that a chain's west end falls into. */
function slotStart(x: number): number {
  return origin + (((x - origin) >> shift) << shift);
}

/** Chains by the slot of their west end: a counting sort. There are about as many slots as chains; within one the order is as it was. */
function sortChains(): void {
  let most = minXs[0]!;
  origin = most;
  for (let c = 1; c < chains; c++) {
    const x = minXs[c]!;
    if (x < origin) origin = x;
    else if (x > most) most = x;
  }
  shift = 0;
  while ((most - origin) >> shift > chains) shift++;
  const slots = ((most - origin) >> shift) + 2;
  if (slots > starts.length) starts = new Int32Array(2 * slots);
  else starts.fill(0, 0, slots);
  for (let c = 0; c < chains; c++) starts[((minXs[c]! - origin) >> shift) + 1]!++;
  for (let s = 1; s < slots; s++) starts[s]! += starts[s - 1]!;
  for (let c = 0; c < chains; c++) sorted[starts[(minXs[c]! - origin) >> shift]!++] = c;
}

/**
 * Whether one chain follows the other without turning back in both directions: as no edge runs back on the one before it, they then
 * have just that vertex in common.
 */
function follow(a: number, b: number): boolean {
  const ring = ringOf[a]!;
  if (ringOf[b] !== ring) return false;
  if (to[a] !== from[b] && to[b] !== from[a]) {
    const first = ringFrom[ring];
    const last = ringTo[ring];
    if (!((from[a] === first && to[b] === last) || (from[b] === first && to[a] === last))) return false;
  }
  return minXs[a] === maxXs[b] || maxXs[a] === minXs[b] || minYs[a] === maxYs[b] || maxYs[a] === minYs[b];
}

/** Whether two chains have more in common than the vertex at which they follow each other. */
function meet(a: number, b: number): boolean {
  const minX = Math.max(minXs[a]!, minXs[b]!);
  const minY = Math.max(minYs[a]!, minYs[b]!);
  const maxX = Math.min(maxXs[a]!, maxXs[b]!);
  const maxY = Math.min(maxYs[a]!, maxYs[b]!);
  const ring = ringOf[a]! === ringOf[b]! ? ringOf[a]! : -1;
  const [px, py] = [xs, ys];
  const endA = to[a]!;
  const endB = to[b]!;
  for (let i = from[a]!; i < endA; i++) {
    const x0 = px[i]!;
    const y0 = py[i]!;
    const x1 = px[i + 1]!;
    const y1 = py[i + 1]!;
    if (x0 < x1 ? x1 < minX || x0 > maxX : x0 < minX || x1 > maxX) continue;
    if (y0 < y1 ? y1 < minY || y0 > maxY : y0 < minY || y1 > maxY) continue;
    for (let j = from[b]!; j < endB; j++) {
      const x2 = px[j]!;
      const x3 = px[j + 1]!;
      if (x0 < x1 ? (x2 < x0 && x3 < x0) || (x2 > x1 && x3 > x1) : (x2 < x1 && x3 < x1) || (x2 > x0 && x3 > x0)) continue;
      const y2 = py[j]!;
      const y3 = py[j + 1]!;
      if (y0 < y1 ? (y2 < y0 && y3 < y0) || (y2 > y1 && y3 > y1) : (y2 < y1 && y3 < y1) || (y2 > y0 && y3 > y0)) continue;
      const here = (x1 - x0) * (y2 - y0) - (y1 - y0) * (x2 - x0);
      const there = (x1 - x0) * (y3 - y0) - (y1 - y0) * (x3 - x0);
      if ((here > 0 && there > 0) || (here < 0 && there < 0)) continue;
      const start = (x3 - x2) * (y0 - y2) - (y3 - y2) * (x0 - x2);
      const end = (x3 - x2) * (y1 - y2) - (y3 - y2) * (x1 - x2);
      if ((start > 0 && end > 0) || (start < 0 && end < 0)) continue;
      if (ring < 0 || !consecutive(i, j, ring)) return true;
    }
  }
  return false;
}

/** Whether two edges of a ring follow each other: that they do not run back on one another is known by then. */
function consecutive(i: number, j: number, ring: number): boolean {
  const step = i - j;
  return (
    step === 1 || step === -1 || step === ringTo[ring]! - 1 - ringFrom[ring]! || -step === ringTo[ring]! - 1 - ringFrom[ring]!
  );
}

/** Whether rings that meet nowhere lie in one another as they should. */
function nested(holes: readonly boolean[]): boolean {
  const rings = holes.length;
  const exteriors = new Int32Array(rings);
  for (let ring = 0, exterior = 0; ring < rings; ring++) {
    if (!holes[ring]) exterior = ring;
    exteriors[ring] = exterior;
  }
  const wests = Int32Array.from({ length: rings }, (_, ring) => westEnd(ring));
  // Of rings with the same west the one with the smaller y comes first: those below a ring are known when its turn comes.
  const order = Array.from(wests.keys()).sort((a, b) => xs[wests[a]!]! - xs[wests[b]!]! || ys[wests[a]!]! - ys[wests[b]!]!);
  /** The innermost ring around each ring, or −1. */
  const around = new Int32Array(rings);
  sortChains();
  let next = 0;
  let open = 0;
  let work = 0;
  for (const ring of order) {
    const x = xs[wests[ring]!]!;
    const y = ys[wests[ring]!]!;
    for (; next < chains && slotStart(minXs[sorted[next]!]!) <= x; next++) active[open++] = sorted[next]!;
    work += open;
    if (work > MAX_WORK) return false;
    let kept = 0;
    let edge = -1;
    let below = -1;
    for (let k = 0; k < open; k++) {
      const chain = active[k]!;
      if (maxXs[chain]! <= x) continue;
      active[kept++] = chain;
      if (ringOf[chain] === ring || minXs[chain]! > x || minYs[chain]! > y) continue;
      const candidate = edgeAt(chain, x);
      if (!isBelow(candidate, x, y) || (edge >= 0 && !isHigher(candidate, edge, x))) continue;
      edge = candidate;
      below = ringOf[chain]!;
    }
    open = kept;
    // An edge that goes east has the inside of an exterior ring, or the outside of a hole, on the side of greater y.
    const inside = edge >= 0 && xs[edge]! < xs[edge + 1]! !== holes[below]!;
    around[ring] = edge < 0 ? -1 : inside ? below : around[below]!;
    const within = around[ring]!;
    if (holes[ring] ? within !== exteriors[ring] : within >= 0 && !holes[within]) return false;
  }
  return true;
}

/** The westernmost vertex of a ring, the one with the smallest y of several. */
function westEnd(ring: number): number {
  let best = ringFrom[ring]!;
  for (let v = best + 1; v < ringTo[ring]!; v++) {
    if (xs[v]! < xs[best]! || (xs[v] === xs[best] && ys[v]! < ys[best]!)) best = v;
  }
  return best;
}

/** The edge of a chain that is there just east of `x`; the chain must be. */
function edgeAt(chain: number, x: number): number {
  const east = xs[from[chain]!]! <= x;
  let low = from[chain]!;
  let high = to[chain]! - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    // Eastwards the last edge that begins at or before x, westwards the last that begins beyond it.
    if (east ? xs[middle]! <= x : xs[middle]! > x) low = middle;
    else high = middle - 1;
  }
  return low;
}

function isBelow(edge: number, x: number, y: number): boolean {
  const x0 = xs[edge]!;
  const y0 = ys[edge]!;
  const turn = (xs[edge + 1]! - x0) * (y - y0) - (ys[edge + 1]! - y0) * (x - x0);
  return xs[edge + 1]! > x0 ? turn > 0 : turn < 0;
}

/** Whether one edge is above another just east of `x`. Edges that start at one vertex are told apart by their slope. */
function isHigher(one: number, other: number, x: number): boolean {
  const slope = (edge: number) => (ys[edge + 1]! - ys[edge]!) / (xs[edge + 1]! - xs[edge]!);
  const height = (edge: number) => ys[edge]! + slope(edge) * (x - xs[edge]!);
  const more = height(one) - height(other);
  // Heights of edges that do not meet differ by more than rounding.
  return Math.abs(more) > 1e-9 ? more > 0 : slope(one) > slope(other);
}
