import type { Filter, GeometryLiteral, PatternExpression, ScalarExpression, SpatialExpression, SpatialPredicate } from './ast.js';

/** Highest price of a filter that somebody may ask with. */
export const MAX_FILTER_PRICE = 1_000;

/** A predicate costs something without a single corner, too. */
const LEAST = 10;
/** Corners that stand for a feature's own geometry, on both sides. */
const OWN_CORNERS = 100;
/** These are worked out from the ground for each feature; the others prepare the literal once, and look into it. */
const UNPREPARED = new Set(['s_crosses', 's_touches', 's_overlaps', 's_equals']);
const UNPREPARED_TIMES = 10;

/**
 * What a filter costs for each feature it is asked of, beside plain comparisons: for each spatial predicate the corners of its literals,
 * tenfold where nothing can be prepared; for each pattern its wildcards. Nested predicates add up.
 */
export function filterPrice(filter: Filter): number {
  if (typeof filter === 'boolean') return 0;
  switch (filter.op) {
    case 'and':
    case 'or':
    case 'not':
      return (filter.args as Filter[]).reduce<number>((sum, part) => sum + filterPrice(part), 0);
    case 'like':
      return foldings(filter.args[0]) + wildcards(filter.args[1]);
    default:
      return filter.op.startsWith('s_') ? spatial(filter as SpatialPredicate) : 0;
  }
}

function spatial({ op, args }: SpatialPredicate): number {
  const [a, b] = args;
  const corners = 'property' in a && 'property' in b ? OWN_CORNERS : cornersOf(a) + cornersOf(b);
  return (UNPREPARED.has(op) ? UNPREPARED_TIMES : 1) * Math.max(LEAST, corners);
}

function cornersOf(side: SpatialExpression): number {
  if ('property' in side) return 0;
  if ('bbox' in side) return 5;
  return positions(side);
}

function positions(geometry: GeometryLiteral): number {
  if (geometry.type === 'GeometryCollection') return geometry.geometries.reduce((sum, part) => sum + positions(part), 0);
  const count = (part: unknown): number =>
    Array.isArray(part) && Array.isArray(part[0]) ? part.reduce((sum: number, inner) => sum + count(inner), 0) : 1;
  return count(geometry.coordinates);
}

function wildcards(pattern: PatternExpression): number {
  return typeof pattern === 'string' ? pattern.split('%').length : 1 + wildcards(pattern.args[0]);
}

const foldings = (subject: ScalarExpression): number =>
  typeof subject === 'object' && 'op' in subject && 'args' in subject
    ? 1 + (subject.args as ScalarExpression[]).reduce<number>((sum, part) => sum + foldings(part), 0)
    : 0;
