import type { Part } from '../store/analyse.js';
import { tellGroups } from './small-groups.js';

/** What lies in a polygon, as it is told: areas to 0.01 ha, lengths to 0.01 km. */
export interface Amount {
  features: number;
  squareMetres?: number;
  hectares?: number;
  /** 亩: a fifteenth of a hectare. */
  mu?: number;
  kilometres?: number;
}

const round = (n: number, digits: number): number => Number(n.toFixed(digits));

/** An area in the units planners speak, to 0.01 ha. @param m2 square metres */
export function areaAmount(m2: number): { squareMetres: number; hectares: number; mu: number } {
  const hectares = round(m2 / 10_000, 2);
  return { squareMetres: round(hectares * 10_000, 0), hectares, mu: round(hectares * 15, 2) };
}

/** A share of the whole, to 0.01 % and from rounded areas: it tells no more than they do. */
export function share(part: number, whole: number): number {
  const [p, w] = [areaAmount(part).squareMetres, areaAmount(whole).squareMetres];
  return w === 0 ? 0 : round(Math.min(1, p / w), 4);
}

const amount = (parts: readonly Part[], unit: 'polygon' | 'line' | 'point'): Amount => {
  const features = parts.reduce((sum, p) => sum + p.features, 0);
  if (unit === 'point' || parts.every((p) => p.size === null)) return { features };
  const size = parts.reduce((sum, p) => sum + (p.size ?? 0), 0);
  return unit === 'polygon' ? { features, ...areaAmount(size) } : { features, kilometres: round(size / 1000, 2) };
};

/** Classes told by themselves. */
export const MOST_CLASSES = 100;

export interface OverlayTable {
  /** Null: fewer features than are told of, or none. */
  total: Amount | null;
  classes: ({ value: Part['value'] } & Amount)[];
  /** The small classes and those beyond the most, together. */
  other: Amount | null;
}

/**
 * The table of an overlay. Classes of fewer than `least` features are put together (`tellGroups`).
 * @param parts as the store gives them, the largest first
 */
export function overlayTable(parts: readonly Part[], unit: 'polygon' | 'line' | 'point', least: number): OverlayTable {
  const groups = tellGroups(parts, (p) => p.features, { least, most: MOST_CLASSES });
  if (!groups) return { total: null, classes: [], other: null };
  const { told, rest } = groups;
  return {
    total: amount(parts, unit),
    classes: told.map((p) => ({ value: p.value, ...amount([p], unit) })),
    other: rest.length === 0 ? null : amount(rest, unit),
  };
}
