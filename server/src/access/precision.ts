import { literal } from '../db/database.js';

/**
 * How exactly a geometry may be shown. `grid`: vertices lie on corners of cells, what would vanish becomes its cell; `cell`: the cell
 * that holds the middle (of lines and points its middle); `point`: the middle of that cell. `metres` is the least a cell measures on
 * the ground; the SQL function `yutu.coarse` says it exactly.
 */
export interface Precision {
  kind: 'grid' | 'cell' | 'point';
  /** More than 0. */
  metres: number;
}

const WORLD_METRES = 40_075_016.685578488;
const UNITS = 4096;
const ORDER = { grid: 0, cell: 1, point: 2 } as const;

/** Orders from the best precision (null, as it is) to the worst. */
export function byPrecision(a: Precision | null, b: Precision | null): number {
  if (a === null || b === null) return (a === null ? 0 : 1) - (b === null ? 0 : 1);
  return a.metres - b.metres || ORDER[a.kind] - ORDER[b.kind];
}

export const samePrecision = (a: Precision | null, b: Precision | null): boolean => byPrecision(a, b) === 0;

/** What tiles up to a zoom show at best: where there are no tiles, a view that ends at a zoom shows as much. */
export const precisionOfZoom = (zoom: number): Precision => ({ kind: 'grid', metres: WORLD_METRES / 2 ** zoom / UNITS });

/** The worse of two. */
export const coarser = (a: Precision | null, b: Precision | null): Precision | null => (byPrecision(a, b) >= 0 ? a : b);

/** Degrees of latitude within which coarse geometries lie from the true ones; 0 when all are exact. */
export const reachOf = (views: readonly { precision: Precision | null }[]): number =>
  Math.max(0, ...views.map(({ precision }) => (precision ? (4 * precision.metres) / 111_320 : 0)));

/** How many degrees of longitude are at least as long as one of latitude, wherever there are cities. */
export const WIDER = 6;

/** SQL of a geometry in longitude and latitude, with `reach` degrees of latitude around it. */
export const widenSql = (lonlat: string, reach: number): string =>
  reach === 0 ? lonlat : `st_expand(${lonlat}, ${reach * WIDER}, ${reach})`;

/** SQL of a geometry in longitude and latitude, no finer than the precision. */
export const coarseSql = (lonlat: string, precision: Precision): string =>
  `yutu.coarse(${lonlat}, ${literal(precision.kind)}, ${Number(precision.metres)})`;
