import { type Kind, type PathSink, POLYGON } from './wkb.js';

/** As far as longitudes go on the world grid, on either side. */
const MOST = 360;

/**
 * A sink before another that takes an edge of more than 180° of longitude for one across the antimeridian: what lies behind goes on
 * past ±180°, where the cutter shows it on the other side of the map. A ring that goes around a pole is led along it (RFC 7946
 * §3.1.9 wants such features cut; this is for those that were not).
 *
 * Edges from −180° to 180° exactly stay as they are: they bound a world that was cut there. Holes go where their exterior ring is.
 * A path that would go round more than once is passed on as it came.
 */
export class Unwrapper implements PathSink {
  #kind: Kind = 1;
  #hole = false;
  #xs: number[] = [];
  #ys: number[] = [];
  /** Middle of the last exterior ring. */
  #middle = 0;

  constructor(private readonly sink: PathSink) {}

  beginPath(kind: Kind, hole: boolean): void {
    this.#kind = kind;
    this.#hole = hole;
    this.#xs = [];
    this.#ys = [];
  }

  vertex(x: number, y: number): void {
    this.#xs.push(x);
    this.#ys.push(y);
  }

  endPath(): void {
    const xs = this.#xs;
    const ys = this.#ys;
    const { x, y } = unwrap(xs, ys, this.#kind === POLYGON);
    const [least, most] = rangeOf(x);
    const middle = (least + most) / 2;
    // Paths keep near the map, holes near their exterior ring.
    const home = this.#kind === POLYGON && this.#hole ? this.#middle : 0;
    let shift = -360 * Math.round((middle - home) / 360);
    if (x === xs && !this.#hole) shift = 0;
    if (this.#kind === POLYGON && !this.#hole) this.#middle = middle + shift;
    const fits = least + shift >= -MOST && most + shift <= MOST;
    this.sink.beginPath(this.#kind, this.#hole);
    for (let i = 0; i < (fits ? x : xs).length; i++) {
      if (fits) this.sink.vertex(x[i]! + shift, y[i]!);
      else this.sink.vertex(xs[i]!, ys[i]!);
    }
    this.sink.endPath();
  }
}

/** The path without jumps; the same arrays when there are none. */
function unwrap(xs: number[], ys: number[], ring: boolean): { x: number[]; y: number[] } {
  const isJump = (i: number) => {
    const width = Math.abs(xs[i]! - xs[i - 1]!);
    return width > 180 && width < 360;
  };
  if (!xs.some((_, i) => i > 0 && isJump(i))) return { x: xs, y: ys };
  const x: number[] = [xs[0]!];
  let turns = 0;
  for (let i = 1; i < xs.length; i++) {
    if (isJump(i)) turns += xs[i]! < xs[i - 1]! ? 1 : -1;
    x.push(xs[i]! + 360 * turns);
  }
  if (!ring || turns === 0) return { x, y: ys };
  // The ring ends a world away from where it began: the pole is inside, the one it is nearer to.
  const pole = ys.reduce((sum, lat) => sum + lat, 0) > 0 ? 90 : -90;
  return { x: [...x, x.at(-1)!, x[0]!, x[0]!], y: [...ys, pole, pole, ys[0]!] };
}

function rangeOf(xs: readonly number[]): [least: number, most: number] {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (const x of xs) {
    if (x < least) least = x;
    if (x > most) most = x;
  }
  return [least, most];
}
