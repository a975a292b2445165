import { type Box, Coords } from '../geometry/clip.js';
import { CHUNK, type Page } from '../snapshot/page.js';

/** How a path lies to the box: it can be drawn as it is, left out, or must be clipped. */
export const INSIDE = 0;
export const OUTSIDE = 1;
export const CROSSING = 2;

const LEFT = 1;
const ABOVE = 2;
const RIGHT = 4;
const BELOW = 8;

/** Reads paths of a page at a zoom. `coords` holds the last one read. */
export class PathReader {
  readonly coords = new Coords();
  #zoom = 0;

  /**
   * Reads a path's vertices that the zoom needs. Of long paths, stretches that lie beyond one side of the box are read as their two
   * ends: what the box sees of the path is the same.
   * @returns how the path lies to the box
   */
  read(page: Page, path: number, zoom: number, box: Box): typeof INSIDE | typeof OUTSIDE | typeof CROSSING {
    this.#zoom = zoom;
    const from = path > 0 ? page.pathEnd[path - 1]! : 0;
    const to = page.pathEnd[path]!;
    this.coords.length = 0;
    this.coords.reserve(2 * (to - from > 4096 ? 4096 : to - from));
    const long = to - from > CHUNK && page.longPath.length > 0 ? find(page.longPath, path) : -1;
    if (long >= 0) this.#readChunks(page, from, to, page.longChunk[long]!, box);
    else this.#readRun(page, from, to);
    return this.#position(box);
  }

  #readRun(page: Page, from: number, to: number): void {
    const { xy, zoom: zooms } = page;
    const { coords } = this;
    const zoom = this.#zoom;
    coords.reserve(2 * (to - from));
    const { data } = coords;
    let n = coords.length;
    for (let v = from; v < to; v++) {
      if (zooms[v]! > zoom) continue;
      data[n++] = xy[2 * v]!;
      data[n++] = xy[2 * v + 1]!;
    }
    coords.length = n;
  }

  #readChunks(page: Page, from: number, to: number, firstChunk: number, box: Box): void {
    // The sides that every chunk of the present run lies beyond; 0: no run.
    let beyond = 0;
    let pending = -1;
    for (let start = from, chunk = firstChunk; start < to; start += CHUNK, chunk++) {
      const sides = sidesBeyond(page.chunk, 4 * chunk, box);
      const end = start + CHUNK < to ? start + CHUNK : to;
      if (sides === 0) {
        if (pending >= 0) this.#push(page, pending);
        pending = -1;
        beyond = 0;
        this.#readRun(page, start, end);
        continue;
      }
      if ((beyond & sides) !== 0) beyond &= sides;
      else {
        if (pending >= 0) this.#push(page, pending);
        pending = -1;
        const first = this.#firstNeeded(page, start, end);
        if (first < 0) continue;
        this.#push(page, first);
        beyond = sides;
      }
      const last = this.#lastNeeded(page, start, end);
      if (last >= 0) pending = last;
    }
    if (pending >= 0) this.#push(page, pending);
  }

  #firstNeeded(page: Page, from: number, to: number): number {
    for (let v = from; v < to; v++) if (page.zoom[v]! <= this.#zoom) return v;
    return -1;
  }

  #lastNeeded(page: Page, from: number, to: number): number {
    for (let v = to - 1; v >= from; v--) if (page.zoom[v]! <= this.#zoom) return v;
    return -1;
  }

  #push(page: Page, v: number): void {
    this.coords.push(page.xy[2 * v]!, page.xy[2 * v + 1]!);
  }

  #position(box: Box): typeof INSIDE | typeof OUTSIDE | typeof CROSSING {
    const { data, length } = this.coords;
    if (length === 0) return OUTSIDE;
    let minX = data[0]!;
    let maxX = minX;
    let minY = data[1]!;
    let maxY = minY;
    for (let i = 2; i < length; i += 2) {
      const x = data[i]!;
      const y = data[i + 1]!;
      if (x < minX) minX = x;
      else if (x > maxX) maxX = x;
      if (y < minY) minY = y;
      else if (y > maxY) maxY = y;
    }
    if (minX > box.maxX || maxX < box.minX || minY > box.maxY || maxY < box.minY) return OUTSIDE;
    return minX >= box.minX && maxX <= box.maxX && minY >= box.minY && maxY <= box.maxY ? INSIDE : CROSSING;
  }
}

/** The sides of `box` that the box at `boxes[at…]` lies wholly beyond. */
export function sidesBeyond(boxes: Int32Array, at: number, box: Box): number {
  return (
    (boxes[at + 2]! < box.minX ? LEFT : 0) |
    (boxes[at + 3]! < box.minY ? ABOVE : 0) |
    (boxes[at]! > box.maxX ? RIGHT : 0) |
    (boxes[at + 1]! > box.maxY ? BELOW : 0)
  );
}

/** Place of a number in an ascending list, or −1. */
export function find(list: Uint32Array, wanted: number): number {
  let low = 0;
  let high = list.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const found = list[middle]!;
    if (found === wanted) return middle;
    if (found < wanted) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}
