import { LINE, POINT, POLYGON } from '../geometry/wkb.js';
import { type RawGeometries, ringArea } from '../snapshot/raw.js';
import { TILE_EXTENT } from '../tile.js';
import { FULL_ZOOM, unitSize } from './scale.js';
import { TileSums } from './tile-sums.js';
import type { ColumnWeights } from './weigh.js';

/**
 * What the densest tile of a zoom may cost, in uncompressed bytes as estimated below. Shapes compress to 50–60 %, so that a tile stays
 * under 500 kB on the wire and takes a few milliseconds to cut.
 */
const BUDGET = 750_000;
/** Dots, points and short lines compress better, but take longer for their bytes: they count so many times. */
const DOT_COST = 1.4;
const MARK_COST = 1.5;
/** Polygons smaller than a pixel (8 × 8 units at 512 pixels a tile) become dots; the dot's side in units. */
const DOT_SIDE = 8;
/** A layer keeps up to so many dots and short lines at any zoom, one per pixel at most: a small layer must not vanish. */
const FLOOR = 4_000;
const MAX_ROUNDS = 16;

/** How a zoom below FULL_ZOOM shows the layer. */
export interface ZoomDetail {
  /** Side in units of the square that stands for polygons too small to draw. */
  dot: number;
  /** Columns left out of features that are not drawn in full, because the byte budget forces it. */
  drop: number[];
}

export interface Detail {
  /** Per geometry: the lowest zoom at which it is in tiles. */
  from: Uint8Array;
  /** Per geometry: the lowest zoom at which it is drawn as itself with all columns. Between the two it is a dot or a short line. */
  full: Uint8Array;
  zooms: ZoomDetail[];
}

interface Rule {
  /** Polygons of less units² become dots of this area. */
  area: number;
  /** Lines whose box has a shorter diagonal, in units, are thinned. */
  length: number;
  /** Points are thinned to one per cell of 2^bits Hilbert steps. */
  cellBits: number;
  drop: boolean;
}

/**
 * Decides for every zoom below FULL_ZOOM which geometries are drawn in full, which stand for their neighbours and which are left
 * out. Small polygons hand on their area along the Hilbert curve and each time a dot's worth has come together, the one at hand
 * becomes a dot: the map's shade is kept. Short lines do so with their length; points keep the first of each cell of a grid. What
 * is visible at one zoom is visible at all deeper ones. The thresholds are one per zoom for the whole layer, raised until the
 * densest tile meets the budget: tiles of one zoom always match at their edges.
 *
 * @param order geometries along the Hilbert curve
 * @param steps per place in `order`: the highest bit in which its Hilbert key differs from the one before, −1 if equal
 * @param vertexZooms lowest zoom of each vertex
 */
export function generalise(
  raw: RawGeometries,
  order: Uint32Array,
  steps: Int8Array,
  vertexZooms: Uint8Array,
  columns: ColumnWeights,
): Detail {
  const layer = new Layer(raw, order, steps, vertexZooms, columns);
  const zooms: ZoomDetail[] = [];
  for (let zoom = 0; zoom < FULL_ZOOM; zoom++) {
    const rule = layer.fit(zoom);
    zooms.push({ dot: Math.round(Math.sqrt(rule.area)), drop: rule.drop ? columns.unique : [] });
  }
  return { from: layer.from, full: layer.full, zooms };
}

class Layer {
  readonly from: Uint8Array;
  readonly full: Uint8Array;
  /** In `order`: polygon area or line diagonal that decides about drawing in full, and what it hands on; on the grid. */
  readonly #size: Float64Array;
  readonly #weight: Float64Array;
  /** In `order`: what the rule being tried makes of it: 0 hidden, 1 reduced, 2 full. */
  readonly #state: Uint8Array;
  readonly #vertices: Uint32Array;
  readonly #sums = new TileSums();
  readonly #counts = [0, 0, 0, 0];

  constructor(
    private readonly raw: RawGeometries,
    private readonly order: Uint32Array,
    private readonly steps: Int8Array,
    private readonly vertexZooms: Uint8Array,
    private readonly columns: ColumnWeights,
  ) {
    const n = order.length;
    this.from = new Uint8Array(n).fill(FULL_ZOOM);
    this.full = new Uint8Array(n).fill(FULL_ZOOM);
    this.#size = new Float64Array(n);
    this.#weight = new Float64Array(n);
    this.#state = new Uint8Array(n);
    this.#vertices = new Uint32Array(n);
    for (let i = 0; i < n; i++) {
      const g = order[i]!;
      const kind = raw.kinds.data[g]!;
      this.#counts[kind]!++;
      const diagonal = this.#diagonal(g);
      this.#weight[i] = kind === POLYGON ? polygonArea(raw, g) : diagonal;
      // A long thin polygon, a river say, is drawn though it has little area.
      this.#size[i] = kind === POLYGON ? Math.max(this.#weight[i]!, diagonal ** 2 / 16) : diagonal;
    }
  }

  /** Raises the rule for a zoom until it meets the budget, then applies it. */
  fit(zoom: number): Rule {
    this.#countVertices(zoom);
    const rule: Rule = { area: DOT_SIDE ** 2, length: DOT_SIDE, cellBits: 2 * (FULL_ZOOM - zoom), drop: false };
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const cost = this.#apply(zoom, rule);
      if (cost <= BUDGET) break;
      if (!rule.drop && this.columns.unique.length > 0) rule.drop = true;
      else {
        const factor = Math.max(1.25, Math.min(16, cost / BUDGET));
        rule.area *= factor;
        rule.length *= factor;
        rule.cellBits += Math.max(1, Math.floor(Math.log2(factor)));
      }
    }
    for (let i = 0; i < this.order.length; i++) {
      const g = this.order[i]!;
      const state = this.#state[i]!;
      if (state > 0 && this.from[g]! > zoom) this.from[g] = zoom;
      if (state === 2 && this.full[g]! > zoom) this.full[g] = zoom;
    }
    return rule;
  }

  /** Tries a rule: fills the states and returns the estimated bytes of the densest tile. */
  #apply(zoom: number, rule: Rule): number {
    const { raw, order, steps } = this;
    const unit = unitSize(zoom);
    const pixelBits = 2 * (FULL_ZOOM - zoom);
    const areaRule = rule.area * unit * unit;
    const lengthRule = rule.length * unit;
    const areaBoost = areaRule * this.#boost(POLYGON, areaRule, zoom, pixelBits);
    const lengthBoost = lengthRule * this.#boost(LINE, lengthRule, zoom, pixelBits);
    const reduced = 14 + (rule.drop ? this.columns.lean : this.columns.all);
    const whole = 16 + this.columns.all;
    // Both begin with one in hand, so that the first of a layer shows.
    let area = areaRule;
    let length = lengthRule;
    this.#sums.begin(zoom);
    for (let i = 0; i < order.length; i++) {
      const g = order[i]!;
      const kind = raw.kinds.data[g]!;
      const shown = this.from[g]! < zoom;
      let state = 0;
      if (kind === POINT) state = shown || steps[i]! >= rule.cellBits ? 1 : 0;
      else {
        const rough = kind === POLYGON ? areaRule : lengthRule;
        if (this.full[g]! < zoom || this.#size[i]! >= rough) state = 2;
        else {
          const apart = steps[i]! >= pixelBits;
          if (kind === POLYGON) {
            area += this.#weight[i]! + (apart ? areaBoost : 0);
            if (shown || area >= areaRule) {
              state = 1;
              area -= areaRule;
            }
          } else {
            length += this.#weight[i]! + (apart ? lengthBoost : 0);
            if (shown || length >= lengthRule) {
              state = 1;
              length -= lengthRule;
            }
          }
        }
      }
      this.#state[i] = state;
      if (state > 0) this.#charge(g, kind, state === 2 ? whole : reduced, this.#vertices[i]!, state, zoom);
    }
    return this.#sums.max;
  }

  /**
   * What the first small geometry of each pixel hands on beside its own size, in dots: as much as lacks for one dot per pixel, or
   * FLOOR dots in all. A dense layer needs none.
   */
  #boost(kind: number, rule: number, zoom: number, pixelBits: number): number {
    if (this.#counts[kind] === 0) return 0;
    const { raw, order, steps } = this;
    let handed = 0;
    let pixels = 0;
    for (let i = 0; i < order.length; i++) {
      const g = order[i]!;
      if (raw.kinds.data[g] !== kind || this.full[g]! < zoom || this.#size[i]! >= rule) continue;
      handed += this.#weight[i]!;
      if (steps[i]! >= pixelBits) pixels++;
    }
    return pixels === 0 ? 0 : Math.max(0, Math.min(FLOOR, pixels) - handed / rule) / pixels;
  }

  /** Books a geometry's bytes on the tile of its middle, or its vertices' bytes on the tiles they lie in when it is large. */
  #charge(g: number, kind: number, base: number, vertices: number, state: number, zoom: number): void {
    const { raw } = this;
    const boxes = raw.boxes.data;
    const x = (boxes[4 * g]! + boxes[4 * g + 2]!) / 2;
    const y = (boxes[4 * g + 1]! + boxes[4 * g + 3]!) / 2;
    const sums = this.#sums;
    if (kind === POLYGON && state === 1) sums.add(x, y, DOT_COST * (base + 13));
    else if (state === 1) sums.add(x, y, MARK_COST * (base + 3 * vertices));
    else if (vertices < 256 || this.#diagonal(g) < unitSize(zoom) * TILE_EXTENT) sums.add(x, y, base + 3 * vertices);
    else {
      sums.add(x, y, base);
      const { from, to } = raw.vertexRange(g);
      for (let v = from; v < to; v++) {
        if (kind === POINT || this.vertexZooms[v]! <= zoom) sums.add(raw.xy.data[2 * v]!, raw.xy.data[2 * v + 1]!, 3);
      }
    }
  }

  /** Vertices at a zoom of the geometries that may be drawn in full there. */
  #countVertices(zoom: number): void {
    const { raw, order, vertexZooms } = this;
    const length = DOT_SIDE * unitSize(zoom);
    const area = length * length;
    for (let i = 0; i < order.length; i++) {
      const g = order[i]!;
      const kind = raw.kinds.data[g]!;
      const { from, to } = raw.vertexRange(g);
      let n = 0;
      if (kind === POINT) n = to - from;
      else if (this.full[g]! > zoom && this.#size[i]! < (kind === POLYGON ? area : length)) n = 2;
      else for (let v = from; v < to; v++) if (vertexZooms[v]! <= zoom) n++;
      this.#vertices[i] = n;
    }
  }

  #diagonal(g: number): number {
    const boxes = this.raw.boxes.data;
    const width = boxes[4 * g + 2]! - boxes[4 * g]!;
    const height = boxes[4 * g + 3]! - boxes[4 * g + 1]!;
    return Math.sqrt(width * width + height * height);
  }
}

/** Area of a raw polygon in grid units², holes taken off. */
function polygonArea(raw: RawGeometries, g: number): number {
  let twice = 0;
  const { first, last } = raw.pathRange(g);
  for (let path = first; path < last; path++) {
    const start = raw.pathStart(path);
    // Rings are wound so that holes count negative.
    twice += ringArea(raw.xy.data, 2 * start, 2 * raw.pathEnds.data[path]!);
  }
  return Math.max(0, twice / 2);
}
