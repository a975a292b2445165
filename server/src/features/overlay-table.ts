import type { Part } from '../store/analyse.js';
import { tellGroups } from './small-groups.js';

/** An area as it is printed: square metres, which are hectares to 4 places, and mu to 2 beside them. */
export interface AreaAmount {
  squareMetres: number;
  hectares: number;
  /** 亩: a fifteenth of a hectare. */
  mu: number;
  /** More than nothing and less than the least that is printed: shown as < 0.0001, not as 0. */
  below?: true;
}

/** What lies in a polygon, as it is told: an area on the ellipsoid, and in the plane of a zone where one is known; lengths to 0.01 km. */
export interface Amount extends Partial<AreaAmount> {
  features: number;
  plane?: AreaAmount;
  kilometres?: number;
}

const round = (n: number, digits: number): number => Number(n.toFixed(digits));
const sum = (of: readonly number[]): number => of.reduce((a, b) => a + b, 0);

/** Whole numbers near the given ones that sum to the whole: what is over goes to the largest remainders. */
export function apportion(exact: readonly number[], whole: number): number[] {
  const units = exact.map(Math.floor);
  const order = exact.map((n, i) => [n - Math.floor(n), i] as const).sort((a, b) => b[0] - a[0] || a[1] - b[1]);
  for (let left = whole - sum(units), i = 0; left > 0 && order.length > 0; left--, i++) units[order[i % order.length]![1]]! += 1;
  return units;
}

const printed = (exact: number, squareMetres: number, muHundredths: number): AreaAmount => ({
  squareMetres,
  hectares: round(squareMetres / 10_000, 4),
  mu: round(muHundredths / 100, 2),
  ...(exact > 0 && squareMetres === 0 && { below: true }),
});

const MU_HUNDREDTHS = 0.15; // in a square metre

/** One area by itself. @param m2 square metres */
export function areaAmount(m2: number): AreaAmount {
  const whole = Math.round(m2);
  return printed(m2, whole, Math.round(whole * MU_HUNDREDTHS));
}

/** Parts of an area, as they sum to it when both are printed. */
export function partAmounts(parts: readonly number[]): { total: AreaAmount; parts: AreaAmount[] } {
  const total = areaAmount(sum(parts));
  const metres = apportion(parts, total.squareMetres);
  const mu = apportion(
    metres.map((m) => m * MU_HUNDREDTHS),
    Math.round(total.mu * 100),
  );
  return { total, parts: parts.map((exact, i) => printed(exact, metres[i]!, mu[i]!)) };
}

/** A share of the whole, to 0.01 % and from rounded areas: it tells no more than they do. */
export function share(part: number, whole: number): number {
  const [p, w] = [areaAmount(part).squareMetres, areaAmount(whole).squareMetres];
  return w === 0 ? 0 : round(Math.min(1, p / w), 4);
}

/** Classes told by themselves. */
export const MOST_CLASSES = 100;

export interface OverlayTable {
  /** Null: fewer features than are told of, or none. */
  total: Amount | null;
  classes: ({ value: Part['value'] } & Amount)[];
  /** The small classes and those beyond the most, together. */
  other: Amount | null;
}

/** Amounts of groups of parts, and of all together. */
function amounts(groups: readonly (readonly Part[])[], unit: 'polygon' | 'line' | 'point'): { total: Amount; each: Amount[] } {
  const all = groups.flat();
  const features = groups.map((parts) => ({ features: sum(parts.map((p) => p.features)) }));
  const total = { features: sum(features.map((f) => f.features)) };
  if (unit === 'point' || all.every((p) => p.size === null)) return { total, each: features };
  const sizes = groups.map((parts) => sum(parts.map((p) => p.size ?? 0)));
  if (unit === 'line') {
    const kilometres = (metres: number) => round(metres / 1000, 2);
    return {
      total: { ...total, kilometres: kilometres(sum(sizes)) },
      each: features.map((f, i) => ({ ...f, kilometres: kilometres(sizes[i]!) })),
    };
  }
  const areas = partAmounts(sizes);
  const planes = all.some((p) => p.plane != null)
    ? partAmounts(groups.map((parts) => sum(parts.map((p) => p.plane ?? 0))))
    : null;
  return {
    total: { ...total, ...areas.total, ...(planes && { plane: planes.total }) },
    each: features.map((f, i) => ({ ...f, ...areas.parts[i]!, ...(planes && { plane: planes.parts[i]! }) })),
  };
}

/**
 * The table of an overlay: its rows sum to the total as they are printed. Classes of fewer than `least` features are put together
 * (`tellGroups`).
 * @param parts as the store gives them, the largest first
 */
export function overlayTable(parts: readonly Part[], unit: 'polygon' | 'line' | 'point', least: number): OverlayTable {
  const groups = tellGroups(parts, (p) => p.features, { least, most: MOST_CLASSES });
  if (!groups) return { total: null, classes: [], other: null };
  const { told, rest } = groups;
  const { total, each } = amounts([...told.map((p) => [p]), ...(rest.length === 0 ? [] : [rest])], unit);
  return {
    total,
    classes: told.map((p, i) => ({ value: p.value, ...each[i]! })),
    other: rest.length === 0 ? null : each.at(-1)!,
  };
}
