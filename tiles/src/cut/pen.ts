import type { Box } from '../geometry/clip.js';
import { type TileCoord, tileWorldBox } from '../tile.js';
import type { ByteWriter } from './bytes.js';
import { mend } from './mend.js';
import { isValid, type Rings } from './valid.js';

const MOVE_TO = 1;
const LINE_TO = 2;
const CLOSE_PATH = 15;

/**
 * Writes geometry commands (MVT 2.1 §4.3) in the units of one tile: collects a path on the tile's grid, drops what rounding made
 * double, and encodes it; the rings of a polygon all together, mended if need be.
 */
export class Pen {
  /** The buffered box on the world grid. */
  box: Box = { minX: 0, minY: 0, maxX: 0, maxY: 0 };
  /** Whether polygons must be valid (OGC 06-103r4 §6.1.11). */
  valid = true;
  /** Units collected, x and y in turn: the rings of the present polygon, then the present path. */
  count = 0;
  /** Where the present path begins. */
  #start = 0;
  /** Whether one of the rings is known not to be simple. */
  #tangled = false;
  readonly #rings: Rings = { units: new Int32Array(0), ends: [], holes: [] };
  #units = new Int32Array(1 << 12);
  #originX = 0;
  #originY = 0;
  #scale = 1;
  /** Least and greatest coordinate that may be written. */
  #low = 0;
  #high = 0;
  #out!: ByteWriter;
  #cursorX = 0;
  #cursorY = 0;
  #held = 0;

  /** Sets the tile. @param shift grid units by which geometries are moved east, a world or none */
  begin(tile: TileCoord, extent: number, buffer: number, shift: number, out: ByteWriter): void {
    const inner = tileWorldBox(tile);
    const outer = tileWorldBox(tile, buffer, extent);
    this.box = { minX: outer.minX - shift, minY: outer.minY, maxX: outer.maxX - shift, maxY: outer.maxY };
    this.#originX = inner.minX - shift;
    this.#originY = inner.minY;
    this.#scale = extent / (inner.maxX - inner.minX);
    this.#low = -buffer;
    this.#high = extent + buffer;
    this.#out = out;
  }

  /** Begins a geometry. */
  reset(): void {
    this.#cursorX = 0;
    this.#cursorY = 0;
    this.#forget(0);
  }

  /** Forgets the rings from the given one on, and the present path. */
  #forget(ring: number): void {
    const { ends, holes } = this.#rings;
    ends.length = ring;
    holes.length = ring;
    if (ring === 0) this.#tangled = false;
    this.#start = this.count = ring > 0 ? ends[ring - 1]! : 0;
  }

  /** Bytes written so far. */
  get length(): number {
    return this.#out.length;
  }

  /** Collects a world-grid point unless it falls on the one before. */
  add(worldX: number, worldY: number): void {
    this.#put(Math.floor((worldX - this.#originX) * this.#scale + 0.5), Math.floor((worldY - this.#originY) * this.#scale + 0.5));
  }

  /** Collects pairs of world-grid coordinates, from one offset to another. */
  addAll(data: Float64Array, from: number, to: number): void {
    this.#reserve(to - from);
    const units = this.#units;
    const originX = this.#originX;
    const originY = this.#originY;
    const scale = this.#scale;
    let n = this.count;
    let lastX = n > this.#start ? units[n - 2]! : Number.NaN;
    let lastY = n > this.#start ? units[n - 1]! : Number.NaN;
    for (let i = from; i < to; i += 2) {
      const x = Math.floor((data[i]! - originX) * scale + 0.5);
      const y = Math.floor((data[i + 1]! - originY) * scale + 0.5);
      if (x === lastX && y === lastY) continue;
      units[n++] = lastX = x;
      units[n++] = lastY = y;
    }
    this.count = n;
  }

  /** The same for the vertices of a band that a zoom needs: the way of everything that needs no clipping. */
  addVertices(xy: Int32Array, zooms: Uint8Array, zoom: number, from: number, to: number): void {
    this.#reserve(2 * (to - from));
    const units = this.#units;
    const originX = this.#originX;
    const originY = this.#originY;
    const scale = this.#scale;
    let n = this.count;
    let lastX = n > this.#start ? units[n - 2]! : Number.NaN;
    let lastY = n > this.#start ? units[n - 1]! : Number.NaN;
    for (let v = from; v < to; v++) {
      if (zooms[v]! > zoom) continue;
      const x = Math.floor((xy[2 * v]! - originX) * scale + 0.5);
      const y = Math.floor((xy[2 * v + 1]! - originY) * scale + 0.5);
      if (x === lastX && y === lastY) continue;
      units[n++] = lastX = x;
      units[n++] = lastY = y;
    }
    this.count = n;
  }

  #put(x: number, y: number): void {
    const n = this.count;
    if (n > this.#start && this.#units[n - 2] === x && this.#units[n - 1] === y) return;
    this.#reserve(2);
    this.#units[n] = x;
    this.#units[n + 1] = y;
    this.count = n + 2;
  }

  #reserve(n: number): void {
    if (this.count + n <= this.#units.length) return;
    const grown = new Int32Array(Math.max(this.count + n, this.#units.length * 2));
    grown.set(this.#units);
    this.#units = grown;
  }

  /** Writes the collected points as a set; false when there are none. */
  points(): boolean {
    if (this.count === 0) return false;
    this.#command(MOVE_TO, this.count / 2);
    this.#deltas(this.#units, 0, this.count);
    this.count = 0;
    return true;
  }

  /** Writes the collected points as a line, if two are left, and forgets them. */
  line(): void {
    const n = this.count / 2;
    if (n >= 2) {
      this.#command(MOVE_TO, 1);
      this.#deltas(this.#units, 0, 2);
      this.#command(LINE_TO, n - 1);
      this.#deltas(this.#units, 2, this.count);
    }
    this.count = 0;
  }

  /**
   * Takes the collected points as the next ring of the polygon.
   * @returns twice its area in units², negative for holes; 0 when rounding left no area or turned it inside out: it is no ring then
   */
  ring(hole: boolean): number {
    const units = this.#units;
    const start = this.#start;
    let n = this.count;
    this.count = start;
    while (n > start + 2 && units[start] === units[n - 2] && units[start + 1] === units[n - 1]) n -= 2;
    if (n < start + 6) return 0;
    let area = 0;
    let x0 = units[n - 2]!;
    let y0 = units[n - 1]!;
    for (let i = start; i < n; i += 2) {
      const x = units[i]!;
      const y = units[i + 1]!;
      area += x0 * y - x * y0;
      x0 = x;
      y0 = y;
    }
    if (hole ? area >= 0 : area <= 0) {
      if (hole || !this.valid || !isWide(units, start, n)) return 0;
      // A ring that crosses itself may have as much area the wrong way round.
      this.#tangled = true;
      area = Number.MAX_SAFE_INTEGER;
    }
    this.#rings.ends.push(n);
    this.#rings.holes.push(hole);
    this.#start = this.count = n;
    return area;
  }

  /** Writes the rings as one polygon or multipolygon and forgets them; false when there are none or nothing is left of them. */
  polygon(): boolean {
    let rings = this.#rings;
    if (rings.ends.length === 0) return false;
    rings.units = this.#units;
    if (this.valid && (this.#tangled || !isValid(rings))) {
      const thin = !rings.holes.includes(true);
      rings = mend(rings);
      if (thin && rings.ends.length === 0) rings = this.#speck();
    }
    const { ends } = rings;
    let from = 0;
    for (let i = 0; i < ends.length; i++) {
      const to = ends[i]!;
      this.#command(MOVE_TO, 1);
      this.#deltas(rings.units, from, from + 2);
      this.#command(LINE_TO, (to - from) / 2 - 1);
      this.#deltas(rings.units, from + 2, to);
      this.#out.reserve(1);
      this.#out.data[this.#out.length++] = CLOSE_PATH;
      from = to;
    }
    const drawn = ends.length > 0;
    this.#forget(0);
    return drawn;
  }

  /** A square of one unit at the first vertex. */
  #speck(): Rings {
    const x = Math.min(this.#units[0]!, this.#high - 1);
    const y = Math.min(this.#units[1]!, this.#high - 1);
    return { units: Int32Array.of(x, y, x + 1, y, x + 1, y + 1, x, y + 1), ends: [8], holes: [false] };
  }

  /** Remembers how many rings there are, for undo. */
  hold(): void {
    this.#held = this.#rings.ends.length;
  }

  /** Takes back the rings since the last hold. */
  undo(): void {
    this.#forget(this.#held);
  }

  /** The smallest polygon, one unit square, at a world-grid point inside the box. */
  smallestRing(worldX: number, worldY: number): void {
    this.count = 0;
    this.add(worldX, worldY);
    const x = Math.min(this.#units[0]!, this.#high - 1);
    const y = Math.min(this.#units[1]!, this.#high - 1);
    this.#rectangle(x, y, x + 1, y + 1);
  }

  /** The smallest line, one unit long, at a world-grid point inside the box. */
  smallestLine(worldX: number, worldY: number): void {
    this.count = 0;
    this.add(worldX, worldY);
    const x = Math.min(this.#units[0]!, this.#high - 1);
    const y = this.#units[1]!;
    this.count = 0;
    this.#put(x, y);
    this.#put(x + 1, y);
    this.line();
  }

  /** A square of `side` units around a world-grid point, as far as it is inside the tile; false when it is outside. */
  dot(worldX: number, worldY: number, side: number): boolean {
    const x = Math.floor((worldX - this.#originX) * this.#scale - side / 2 + 0.5);
    const y = Math.floor((worldY - this.#originY) * this.#scale - side / 2 + 0.5);
    const x0 = Math.max(x, this.#low);
    const y0 = Math.max(y, this.#low);
    const x1 = Math.min(x + side, this.#high);
    const y1 = Math.min(y + side, this.#high);
    if (x0 >= x1 || y0 >= y1) return false;
    this.#rectangle(x0, y0, x1, y1);
    return true;
  }

  #rectangle(x0: number, y0: number, x1: number, y1: number): void {
    this.count = 0;
    this.#put(x0, y0);
    this.#put(x1, y0);
    this.#put(x1, y1);
    this.#put(x0, y1);
    this.ring(false);
    this.polygon();
  }

  #command(id: number, n: number): void {
    this.#out.reserve(5);
    this.#out.varint31((n << 3) | id);
  }

  #deltas(units: Int32Array, from: number, to: number): void {
    const out = this.#out;
    out.reserve(5 * (to - from));
    const { data } = out;
    let at = out.length;
    let cursorX = this.#cursorX;
    let cursorY = this.#cursorY;
    for (let i = from; i < to; i += 2) {
      const x = units[i]!;
      const y = units[i + 1]!;
      let delta = x - cursorX;
      let code = ((delta << 1) ^ (delta >> 31)) >>> 0;
      while (code > 127) {
        data[at++] = (code & 127) | 128;
        code >>>= 7;
      }
      data[at++] = code;
      delta = y - cursorY;
      code = ((delta << 1) ^ (delta >> 31)) >>> 0;
      while (code > 127) {
        data[at++] = (code & 127) | 128;
        code >>>= 7;
      }
      data[at++] = code;
      cursorX = x;
      cursorY = y;
    }
    out.length = at;
    this.#cursorX = cursorX;
    this.#cursorY = cursorY;
  }
}

/** Whether a ring of four vertices or more is at least a pixel wide and high: eight units. */
function isWide(units: Int32Array, from: number, to: number): boolean {
  if (to - from < 8) return false;
  let [minX, minY] = [units[from]!, units[from + 1]!];
  let [maxX, maxY] = [minX, minY];
  for (let i = from + 2; i < to; i += 2) {
    const [x, y] = [units[i]!, units[i + 1]!];
    if (x < minX) minX = x;
    else if (x > maxX) maxX = x;
    if (y < minY) minY = y;
    else if (y > maxY) maxY = y;
  }
  return maxX - minX >= 8 && maxY - minY >= 8;
}
