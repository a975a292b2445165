import { type Box, Coords, clipRing, clipSegment, segment } from '../geometry/clip.js';
import { LINE, POINT } from '../geometry/wkb.js';
import type { Band } from '../snapshot/snapshot.js';
import { type TileCoord, tileWorldBox } from '../tile.js';
import type { ByteWriter } from './bytes.js';

const MOVE_TO = 1;
const LINE_TO = 2;
const CLOSE_PATH = 15;

/**
 * Draws geometries into a tile: clips on the world grid to the buffered box, rounds to tile units, drops what rounding made double,
 * and writes command integers (MVT 2.1 §4.3).
 */
export class Pen {
  #box: Box = { minX: 0, minY: 0, maxX: 0, maxY: 0 };
  #originX = 0;
  #originY = 0;
  #scale = 1;
  /** The largest coordinate that may be written, in tile units. */
  #high = 0;
  #out!: ByteWriter;
  #cursorX = 0;
  #cursorY = 0;
  readonly #path = new Coords();
  /** One path in tile units. */
  #units = new Int32Array(1 << 12);
  #unitCount = 0;

  /** Sets the tile. @param shift worlds (grid units) by which geometries are moved east */
  begin(tile: TileCoord, extent: number, buffer: number, shift: number, out: ByteWriter): void {
    const inner = tileWorldBox(tile);
    const outer = tileWorldBox(tile, buffer, extent);
    this.#box = { minX: outer.minX - shift, minY: outer.minY, maxX: outer.maxX - shift, maxY: outer.maxY };
    this.#originX = inner.minX - shift;
    this.#originY = inner.minY;
    this.#scale = extent / (inner.maxX - inner.minX);
    this.#high = extent + buffer;
    this.#out = out;
  }

  /** The buffered box on the grid, in which geometries are looked up. */
  get box(): Box {
    return this.#box;
  }

  /**
   * Writes a geometry's commands. A geometry that meets the box but has no size left on the tile's grid is drawn as the smallest
   * mark of its kind: a square or a segment of one unit.
   * @returns false when nothing of it meets the box
   */
  draw(band: Band, feature: number): boolean {
    this.#cursorX = 0;
    this.#cursorY = 0;
    const kind = band.kind[feature]!;
    const first = feature > 0 ? band.featureEnd[feature - 1]! : 0;
    const last = band.featureEnd[feature]!;
    const at = 4 * feature;
    const { box } = this;
    const inside =
      band.box[at]! >= box.minX &&
      band.box[at + 1]! >= box.minY &&
      band.box[at + 2]! <= box.maxX &&
      band.box[at + 3]! <= box.maxY;
    if (kind === POINT) return this.#points(band, first, inside);
    if (kind === LINE) return this.#lines(band, first, last, inside);
    return this.#polygons(band, first, last, inside);
  }

  #points(band: Band, path: number, inside: boolean): boolean {
    const { box } = this;
    const { xy } = band;
    this.#unitCount = 0;
    for (let i = pathStart(band, path), end = 2 * band.pathEnd[path]!; i < end; i += 2) {
      const x = xy[i]!;
      const y = xy[i + 1]!;
      if (inside || (x >= box.minX && x <= box.maxX && y >= box.minY && y <= box.maxY)) this.#unit(x, y);
    }
    if (this.#unitCount === 0) return false;
    this.#command(MOVE_TO, this.#unitCount / 2);
    this.#deltas(0, this.#unitCount);
    return true;
  }

  #lines(band: Band, first: number, last: number, inside: boolean): boolean {
    const start = this.#out.length;
    for (let path = first; path < last; path++) {
      const from = pathStart(band, path);
      const to = 2 * band.pathEnd[path]!;
      if (inside) {
        this.#unitCount = 0;
        for (let i = from; i < to; i += 2) this.#unit(band.xy[i]!, band.xy[i + 1]!);
        this.#line();
      } else this.#clippedLine(band.xy, from, to);
    }
    if (this.#out.length > start) return true;
    if (!this.#findMark(band, first, last, false)) return false;
    this.#lineMark();
    return true;
  }

  #clippedLine(xy: Int32Array, from: number, to: number): void {
    const { box } = this;
    this.#unitCount = 0;
    let x0 = xy[from]!;
    let y0 = xy[from + 1]!;
    for (let i = from + 2; i < to; i += 2) {
      const x1 = xy[i]!;
      const y1 = xy[i + 1]!;
      if (clipSegment(x0, y0, x1, y1, box)) {
        // A segment that begins where it was cut begins a new line.
        if (segment[0] !== x0 || segment[1] !== y0) this.#line();
        if (this.#unitCount === 0) this.#unit(segment[0]!, segment[1]!);
        this.#unit(segment[2]!, segment[3]!);
        if (segment[2] !== x1 || segment[3] !== y1) this.#line();
      } else this.#line();
      x0 = x1;
      y0 = y1;
    }
    this.#line();
  }

  /** Writes the collected units as one line, if two are left, and forgets them. */
  #line(): void {
    const n = this.#unitCount / 2;
    if (n >= 2) {
      this.#command(MOVE_TO, 1);
      this.#deltas(0, 2);
      this.#command(LINE_TO, n - 1);
      this.#deltas(2, this.#unitCount);
    }
    this.#unitCount = 0;
  }

  #polygons(band: Band, first: number, last: number, inside: boolean): boolean {
    const start = this.#out.length;
    let exteriorDrawn = false;
    for (let path = first; path < last; path++) {
      const hole = band.hole[path] === 1;
      if (hole && !exteriorDrawn) continue;
      const from = pathStart(band, path);
      const to = 2 * band.pathEnd[path]!;
      this.#unitCount = 0;
      if (inside) for (let i = from; i < to; i += 2) this.#unit(band.xy[i]!, band.xy[i + 1]!);
      else this.#clippedRing(band.xy, from, to);
      const drawn = this.#ring(hole);
      if (!hole) exteriorDrawn = drawn;
    }
    if (this.#out.length > start) return true;
    if (!this.#findMark(band, first, last, true)) return false;
    this.#polygonMark();
    return true;
  }

  #clippedRing(xy: Int32Array, from: number, to: number): void {
    const path = this.#path;
    path.length = 0;
    path.reserve(to - from);
    path.data.set(xy.subarray(from, to));
    path.length = to - from;
    clipRing(path, this.box);
    for (let i = 0; i < path.length; i += 2) this.#unit(path.data[i]!, path.data[i + 1]!);
  }

  /** Writes the collected units as a ring; false when rounding left no area, or turned it inside out. */
  #ring(hole: boolean): boolean {
    const units = this.#units;
    let n = this.#unitCount;
    while (n > 2 && units[0] === units[n - 2] && units[1] === units[n - 1]) n -= 2;
    if (n < 6) return false;
    let area = 0;
    let x0 = units[n - 2]!;
    let y0 = units[n - 1]!;
    for (let i = 0; i < n; i += 2) {
      const x = units[i]!;
      const y = units[i + 1]!;
      area += x0 * y - x * y0;
      x0 = x;
      y0 = y;
    }
    if (hole ? area >= 0 : area <= 0) return false;
    this.#command(MOVE_TO, 1);
    this.#deltas(0, 2);
    this.#command(LINE_TO, n / 2 - 1);
    this.#deltas(2, n);
    this.#out.reserve(1);
    this.#out.data[this.#out.length++] = CLOSE_PATH;
    return true;
  }

  /** Looks for the first point at which the geometry's lines or exterior rings meet the box; leaves it in `segment`. */
  #findMark(band: Band, first: number, last: number, rings: boolean): boolean {
    const { box } = this;
    const { xy } = band;
    for (let path = first; path < last; path++) {
      if (band.hole[path] === 1) continue;
      const from = pathStart(band, path);
      const to = 2 * band.pathEnd[path]!;
      const before = rings || to - from === 2 ? to - 2 : from;
      let x0 = xy[before]!;
      let y0 = xy[before + 1]!;
      for (let i = from; i < to; i += 2) {
        const x1 = xy[i]!;
        const y1 = xy[i + 1]!;
        if (clipSegment(x0, y0, x1, y1, box)) return true;
        x0 = x1;
        y0 = y1;
      }
    }
    return false;
  }

  #polygonMark(): void {
    this.#unitCount = 0;
    this.#unit(segment[0]!, segment[1]!);
    const x = Math.min(this.#units[0]!, this.#high - 1);
    const y = Math.min(this.#units[1]!, this.#high - 1);
    this.#units.set([x, y, x + 1, y, x + 1, y + 1, x, y + 1]);
    this.#unitCount = 8;
    this.#ring(false);
  }

  #lineMark(): void {
    this.#unitCount = 0;
    this.#unit(segment[0]!, segment[1]!);
    const x = Math.min(this.#units[0]!, this.#high - 1);
    this.#units.set([x, this.#units[1]!, x + 1, this.#units[1]!]);
    this.#unitCount = 4;
    this.#line();
  }

  /** Collects a grid point in tile units unless it falls on the one before. */
  #unit(worldX: number, worldY: number): void {
    const x = Math.floor((worldX - this.#originX) * this.#scale + 0.5);
    const y = Math.floor((worldY - this.#originY) * this.#scale + 0.5);
    const n = this.#unitCount;
    if (n > 0 && this.#units[n - 2] === x && this.#units[n - 1] === y) return;
    if (n + 2 > this.#units.length) {
      const grown = new Int32Array(this.#units.length * 2);
      grown.set(this.#units);
      this.#units = grown;
    }
    this.#units[n] = x;
    this.#units[n + 1] = y;
    this.#unitCount = n + 2;
  }

  #command(id: number, n: number): void {
    this.#out.reserve(5);
    this.#out.varint31((n << 3) | id);
  }

  #deltas(from: number, to: number): void {
    const out = this.#out;
    out.reserve(5 * (to - from));
    const units = this.#units;
    for (let i = from; i < to; i += 2) {
      const x = units[i]!;
      const y = units[i + 1]!;
      out.zigzag(x - this.#cursorX);
      out.zigzag(y - this.#cursorY);
      this.#cursorX = x;
      this.#cursorY = y;
    }
  }
}

function pathStart(band: Band, path: number): number {
  return path > 0 ? 2 * band.pathEnd[path - 1]! : 0;
}
