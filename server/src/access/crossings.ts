import { badParameter } from '../errors/fail.js';

type Rings = readonly (readonly [number, number])[][];

/** So many edges of a polygon one horizontal or vertical line may meet. */
export const MOST_CROSSINGS = 100;
/** Corners by crossings: each feature at the border is cut with all corners, and a folded border passes through many features. */
export const MOST_FOLDED = { area: 400_000, overlay: 100_000 } as const;

/**
 * The most edges that a horizontal or a vertical line meets. However a polygon is turned, and whatever lies far from it, long teeth side by
 * side count.
 */
export function crossingsOf(rings: Rings): number {
  return Math.max(mostAt(rings, 0), mostAt(rings, 1));
}

/** The most edges over one coordinate of the axis. */
function mostAt(rings: Rings, axis: 0 | 1): number {
  const lows: number[] = [];
  const highs: number[] = [];
  for (const ring of rings)
    for (let i = 1; i < ring.length; i++) {
      const [a, b] = [ring[i - 1]![axis], ring[i]![axis]];
      if (a === b) continue;
      lows.push(Math.min(a, b));
      highs.push(Math.max(a, b));
    }
  const [begins, ends] = [Float64Array.from(lows).sort(), Float64Array.from(highs).sort()];
  let most = 0;
  let ended = 0;
  for (const [i, begin] of begins.entries()) {
    // Edges that follow one another meet the line once.
    while (ends[ended]! <= begin) ended++;
    most = Math.max(most, i + 1 - ended);
  }
  return most;
}

/** @throws `parameter_invalid` for a polygon that is too much work for every feature it would be laid over */
export function checkFolds(rings: Rings, parameter: string, use: keyof typeof MOST_FOLDED): void {
  const corners = rings.reduce((sum, ring) => sum + ring.length, 0);
  const crossings = crossingsOf(rings);
  const most = MOST_FOLDED[use];
  if (crossings <= MOST_CROSSINGS && crossings * corners <= most) return;
  badParameter(
    parameter,
    `图形太复杂：有 ${corners} 个点，一条横线或竖线与边界相交 ${crossings} 次；最多相交 ${MOST_CROSSINGS} 次，且点数与次数之积不超过 ${most}。请简化图形，或分成几块`,
    `it is too complex: it has ${corners} positions, and a horizontal or vertical line crosses its border ${crossings} times; it may be crossed ${MOST_CROSSINGS} times, and positions times crossings may come to ${most}. Simplify it, or split it into parts`,
    { crossings: MOST_CROSSINGS, positionsTimesCrossings: most },
  );
}
