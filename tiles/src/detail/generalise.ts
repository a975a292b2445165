import { LINE, POINT, POLYGON } from '../geometry/wkb.js';
import { FULL_ZOOM, unitSize } from './scale.js';
import { Stands } from './stands.js';
import type { Summary } from './summary.js';
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
  /** Geometries drawn as themselves; those that are a dot, a thinned point or a short line; those left out. */
  full: number;
  reduced: number;
  hidden: number;
}

export interface Detail {
  /** Per geometry: the lowest zoom at which it is in tiles. */
  from: Uint8Array;
  /** Per geometry: the lowest zoom at which it is drawn as itself with all columns. Between the two it is a dot or a short line. */
  full: Uint8Array;
  zooms: ZoomDetail[];
  /** For how many points each shown one stands; null when nobody asked. */
  stands: Stands | null;
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
 * is visible at one zoom is visible at all deeper ones. Where geometries are ranked, the highest of those that one stands for is shown. The thresholds are one per zoom for the whole layer, raised until the
 * densest tile meets the budget: tiles of one zoom always match at their edges.
 *
 * @param minZoom below it nothing shows
 * @param counted whether to tell for how many points each shown one stands
 * @param progress is told of every zoom that is decided
 */
export function generalise(
  summary: Summary,
  columns: ColumnWeights,
  minZoom = 0,
  counted = false,
  progress: (zoom: number) => void = () => {},
): Detail {
  const layer = new Layer(summary, columns, counted ? new Stands() : null);
  const zooms: ZoomDetail[] = [];
  for (let zoom = 0; zoom < FULL_ZOOM; zoom++) {
    progress(zoom);
    if (zoom < minZoom) {
      zooms.push({ dot: DOT_SIDE, drop: [], full: 0, reduced: 0, hidden: summary.count });
      continue;
    }
    const rule = layer.fit(zoom);
    zooms.push({ dot: Math.round(Math.sqrt(rule.area)), drop: rule.drop ? columns.unique : [], ...layer.apply(zoom) });
  }
  return { from: layer.from, full: layer.full, zooms, stands: layer.stands };
}

/** The detail of geometries of which none stands for others or gives way to them: as themselves where they have some size, else as a mark. */
export function generaliseEach({ count, kinds, sizes }: Summary, minZoom = 0): Detail {
  const full = new Uint8Array(count).fill(FULL_ZOOM);
  for (let zoom = FULL_ZOOM - 1; zoom >= minZoom; zoom--) {
    const side = DOT_SIDE * unitSize(zoom);
    for (let i = 0; i < count; i++)
      if (kinds[i] !== POINT && sizes[i]! >= (kinds[i] === POLYGON ? side * side : side)) full[i] = zoom;
  }
  const zooms = Array.from({ length: FULL_ZOOM }, (_, zoom): ZoomDetail => {
    const whole = full.reduce((n, own) => (own <= zoom ? n + 1 : n), 0);
    const hidden = zoom < minZoom ? count : 0;
    return { dot: DOT_SIDE, drop: [], full: whole, reduced: count - hidden - whole, hidden };
  });
  return { from: new Uint8Array(count).fill(minZoom), full, zooms, stands: null };
}

class Layer {
  readonly from: Uint8Array;
  readonly full: Uint8Array;
  /** What the rule being tried makes of each: 0 hidden, 1 reduced, 2 full. */
  readonly #state: Uint8Array;
  /** Vertices of each at the zoom being decided. */
  #vertices: Uint8Array = new Uint8Array(0);
  readonly #sums = new TileSums();
  /** The next part of a large geometry. */
  #part = 0;

  constructor(
    private readonly summary: Summary,
    private readonly columns: ColumnWeights,
    readonly stands: Stands | null,
  ) {
    this.from = new Uint8Array(summary.count).fill(FULL_ZOOM);
    this.full = new Uint8Array(summary.count).fill(FULL_ZOOM);
    this.#state = new Uint8Array(summary.count);
  }

  /** Raises the rule for a zoom until it meets the budget, then applies it. */
  fit(zoom: number): Rule {
    this.#vertices = this.summary.counts.at(zoom);
    const rule: Rule = { area: DOT_SIDE ** 2, length: DOT_SIDE, cellBits: 2 * (FULL_ZOOM - zoom), drop: false };
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const cost = this.#try(zoom, rule);
      if (cost <= BUDGET) break;
      if (!rule.drop && this.columns.unique.length > 0) rule.drop = true;
      else {
        const factor = Math.max(1.25, Math.min(16, cost / BUDGET));
        rule.area *= factor;
        rule.length *= factor;
        rule.cellBits += Math.max(1, Math.floor(Math.log2(factor)));
      }
    }
    return rule;
  }

  /** Makes the rule tried last the zoom's, and counts what it does. */
  apply(zoom: number): { full: number; reduced: number; hidden: number } {
    const counts = [0, 0, 0];
    for (let i = 0; i < this.#state.length; i++) {
      const state = this.#state[i]!;
      counts[state]!++;
      if (state > 0 && this.from[i]! > zoom) this.from[i] = zoom;
      if (state === 2 && this.full[i]! > zoom) this.full[i] = zoom;
    }
    return { hidden: counts[0]!, reduced: counts[1]!, full: counts[2]! };
  }

  /** Tries a rule: fills the states and returns the estimated bytes of the densest tile. */
  #try(zoom: number, rule: Rule): number {
    const { kinds, steps, sizes, weights, ranks, count } = this.summary;
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
    this.#part = 0;
    // Who would stand for the geometries passed since the last one shown, by kind; −1: nobody yet.
    const best = [-1, -1, -1, -1];
    const show = (kind: number) => {
      const chosen = best[kind]!;
      best[kind] = -1;
      if (chosen < 0 || this.#state[chosen] !== 0) return;
      this.#state[chosen] = 1;
      this.#charge(chosen, kind, reduced, 1, zoom);
    };
    // Points of the cell at hand that nobody else stands for.
    let crowd = 0;
    this.stands?.clear(zoom);
    const showPoint = () => {
      const chosen = best[POINT]!;
      if (chosen >= 0) {
        if (this.#state[chosen] !== 0) crowd++;
        if (crowd > 1) this.stands?.set(zoom, chosen, crowd);
      }
      crowd = 0;
      show(POINT);
    };
    for (let i = 0; i < count; i++) {
      const kind = kinds[i]!;
      const shown = this.from[i]! < zoom;
      const full = kind !== POINT && (this.full[i]! < zoom || sizes[i]! >= (kind === POLYGON ? areaRule : lengthRule));
      this.#state[i] = full ? 2 : shown ? 1 : 0;
      if (full || shown) this.#charge(i, kind, full ? whole : reduced, full ? 2 : 1, zoom);
      if (full) continue;
      if (kind === POINT) {
        if (steps[i]! >= rule.cellBits) showPoint();
        if (!shown) crowd++;
      }
      const may = kind === POINT || !shown;
      if (may && (best[kind]! < 0 || (ranks ? ranks[i]! > ranks[best[kind]!]! : kind !== POINT))) best[kind] = i;
      if (kind === POINT) continue;
      const apart = steps[i]! >= pixelBits;
      if (kind === POLYGON) {
        area += weights[i]! + (apart ? areaBoost : 0);
        if (shown) area -= areaRule;
        else if (area >= areaRule) {
          show(POLYGON);
          area -= areaRule;
        }
      } else {
        length += weights[i]! + (apart ? lengthBoost : 0);
        if (shown) length -= lengthRule;
        else if (length >= lengthRule) {
          show(LINE);
          length -= lengthRule;
        }
      }
    }
    showPoint();
    return this.#sums.max;
  }

  /**
   * What the first small geometry of each pixel hands on beside its own size, in dots: as much as lacks for one dot per pixel, or
   * FLOOR dots in all. A dense layer needs none.
   */
  #boost(kind: number, rule: number, zoom: number, pixelBits: number): number {
    const { kinds, steps, sizes, weights, count, kindCounts } = this.summary;
    if (kindCounts[kind] === 0) return 0;
    let handed = 0;
    let pixels = 0;
    for (let i = 0; i < count; i++) {
      if (kinds[i] !== kind || this.full[i]! < zoom || sizes[i]! >= rule) continue;
      handed += weights[i]!;
      if (steps[i]! >= pixelBits) pixels++;
    }
    return pixels === 0 ? 0 : Math.max(0, Math.min(FLOOR, pixels) - handed / rule) / pixels;
  }

  /** Books a geometry's bytes on the tile of its middle; the vertices of a large one on the tiles in which they lie. */
  #charge(i: number, kind: number, base: number, state: number, zoom: number): void {
    const { x, y, parts } = this.summary;
    const sums = this.#sums;
    if (kind === POLYGON && state === 1) {
      sums.add(x[i]!, y[i]!, DOT_COST * (base + 13));
      return;
    }
    const cost = state === 1 ? MARK_COST : 1;
    // A short line is drawn with its two ends.
    const vertices = kind === LINE && state === 1 ? 2 : this.#vertices[i]!;
    sums.add(x[i]!, y[i]!, cost * (base + 3 * vertices));
    if (kind === LINE && state === 1) return;
    const owners = parts.owner;
    while (this.#part < owners.length && owners.data[this.#part]! < i) this.#part++;
    for (; this.#part < owners.length && owners.data[this.#part] === i; this.#part++) {
      const n = parts.counts.data[this.#part * FULL_ZOOM + zoom]!;
      sums.add(parts.x.data[this.#part]!, parts.y.data[this.#part]!, 3 * cost * n);
    }
  }
}
