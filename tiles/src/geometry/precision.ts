import {
  eastingToWorld,
  GRID,
  latToWorld,
  lonToWorld,
  MERCATOR_HALF_WIDTH,
  northingToWorld,
  worldToLat,
  worldToLon,
} from '../world.js';
import { type Kind, LINE, type PathSink, POINT, POLYGON, readWkb } from './wkb.js';

/**
 * How exactly a geometry may be shown. `grid`: its vertices lie on the corners of cells; `point`: all that is left of it is the middle
 * of the cell that holds its centroid. Cells are those of Web Mercator's quad tree that measure `metres` or more on the ground where
 * the vertex lies (and less than twice that), so that they fit tiles and each other.
 */
export interface Precision {
  kind: 'grid' | 'point';
  /** More than 0. */
  metres: number;
}

/** The best of several: null, the exact geometry, before fewer metres before more; at equal metres a grid before a point. */
export function bestPrecision(all: readonly (Precision | null)[]): Precision | null {
  return all.reduce((best, one) => {
    if (!best || !one) return null;
    if (one.metres !== best.metres) return one.metres < best.metres ? one : best;
    return one.kind === 'grid' ? one : best;
  }, all[0] ?? null);
}

/** Side of the cells at a latitude given as grid y, in units of the world grid: a power of two. */
export function cellSize(metres: number, worldY: number): number {
  const around = 2 * MERCATOR_HALF_WIDTH * Math.cos((worldToLat(worldY) * Math.PI) / 180);
  return GRID / 2 ** Math.max(0, Math.min(31, Math.floor(Math.log2(around / metres))));
}

/**
 * Reads a WKB geometry as readWkb does, but hands on no more of it than the precision allows. A snapshot packed of such geometries
 * holds nothing finer, so no tile, no level of detail and no box can betray it.
 * @param crs units of the WKB, as in SnapshotOptions
 * @throws RangeError when `metres` is not a positive number; what readWkb throws
 */
export function readCoarse(bytes: Uint8Array, sink: PathSink, precision: Precision, crs: 'lonlat' | 'mercator'): void {
  if (!(precision.metres > 0 && Number.isFinite(precision.metres))) throw new RangeError('metres must be more than 0');
  const toWorld =
    crs === 'lonlat'
      ? (x: number, y: number): [number, number] => [lonToWorld(x), latToWorld(y)]
      : (x: number, y: number): [number, number] => [eastingToWorld(x), northingToWorld(y)];
  const fromWorld =
    crs === 'lonlat'
      ? (x: number, y: number) => sink.vertex(worldToLon(x), worldToLat(y))
      : (x: number, y: number) => sink.vertex((x / GRID) * 2 * MERCATOR_HALF_WIDTH, (-y / GRID) * 2 * MERCATOR_HALF_WIDTH);
  if (precision.kind === 'grid') {
    readWkb(bytes, {
      beginPath: (kind, hole) => sink.beginPath(kind, hole),
      vertex: (lon, lat) => {
        const [x, y] = toWorld(lon, lat);
        const cell = cellSize(precision.metres, y);
        fromWorld(Math.round(x / cell) * cell, Math.round(y / cell) * cell);
      },
      endPath: () => sink.endPath(),
    });
    return;
  }
  const centroid = new Centroid();
  readWkb(bytes, {
    beginPath: (kind, hole) => centroid.begin(kind, hole),
    vertex: (lon, lat) => centroid.vertex(...toWorld(lon, lat)),
    endPath: () => centroid.end(),
  });
  const middle = centroid.middle();
  if (!middle) return;
  const cell = cellSize(precision.metres, middle[1]);
  sink.beginPath(POINT, false);
  fromWorld((Math.floor(middle[0] / cell) + 0.5) * cell, (Math.floor(middle[1] / cell) + 0.5) * cell);
  sink.endPath();
}

/** Centroid of a geometry: of its areas, else of its lines, else of its points. */
class Centroid {
  /** Weight, and weight times place, by kind. */
  readonly #sums: Record<Kind, [weight: number, x: number, y: number]> = {
    [POINT]: [0, 0, 0],
    [LINE]: [0, 0, 0],
    [POLYGON]: [0, 0, 0],
  };
  /** The first vertex of all: small numbers come out when it is the origin. */
  #origin: [number, number] | null = null;
  #path: number[] = [];
  #box = [0, 0, 0, 0] as [minX: number, minY: number, maxX: number, maxY: number];
  #kind: Kind = POINT;
  #hole = false;

  begin(kind: Kind, hole: boolean): void {
    this.#kind = kind;
    this.#hole = hole;
    this.#path = [];
  }

  vertex(x: number, y: number): void {
    this.#origin ??= [x, y];
    const [dx, dy] = [x - this.#origin[0], y - this.#origin[1]];
    this.#path.push(dx, dy);
    const [minX, minY, maxX, maxY] = this.#box;
    this.#box = [Math.min(minX, dx), Math.min(minY, dy), Math.max(maxX, dx), Math.max(maxY, dy)];
  }

  end(): void {
    const path = this.#path;
    let area = 0;
    let ax = 0;
    let ay = 0;
    for (let i = 0; i < path.length; i += 2) {
      const [x, y] = [path[i]!, path[i + 1]!];
      this.#add(POINT, 1, x, y);
      if (i === 0) continue;
      const [x0, y0] = [path[i - 2]!, path[i - 1]!];
      this.#add(LINE, Math.hypot(x - x0, y - y0), (x + x0) / 2, (y + y0) / 2);
      const cross = x0 * y - x * y0;
      area += cross / 2;
      ax += (cross * (x + x0)) / 6;
      ay += (cross * (y + y0)) / 6;
    }
    if (this.#kind !== POLYGON || area === 0) return;
    const sign = area > 0 === this.#hole ? -1 : 1;
    this.#add(POLYGON, sign * area, ax / area, ay / area);
  }

  #add(kind: Kind, weight: number, x: number, y: number): void {
    const sum = this.#sums[kind];
    sum[0] += weight;
    sum[1] += weight * x;
    sum[2] += weight * y;
  }

  middle(): [number, number] | null {
    if (!this.#origin) return null;
    const sums = this.#sums;
    const [weight, x, y] = [sums[POLYGON], sums[LINE], sums[POINT]].find((sum) => sum[0] > 0)!;
    const [minX, minY, maxX, maxY] = this.#box;
    // The areas of a ring that crosses itself cancel out: their centroid may lie anywhere.
    const within = (value: number, least: number, most: number) => Math.max(least, Math.min(most, value));
    return [this.#origin[0] + within(x / weight, minX, maxX), this.#origin[1] + within(y / weight, minY, maxY)];
  }
}
