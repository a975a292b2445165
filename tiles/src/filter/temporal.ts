import { FilterError, type TemporalExpression, type TemporalOperator, type TemporalPredicate } from './ast.js';
import { parseInstant } from './time.js';
import type { Operand, Predicate } from './values.js';

type Span = readonly [start: number, end: number];

/** OGC 21-065r2 §7.7.1 (after ISO 19108): how [a, b] lies to [c, d]. An instant is a span with equal ends. */
const RELATIONS: Record<TemporalOperator, (one: Span, other: Span) => boolean> = {
  t_after: ([a], [, d]) => a > d,
  t_before: ([, b], [c]) => b < c,
  t_contains: ([a, b], [c, d]) => a < c && b > d,
  t_disjoint: ([a, b], [c, d]) => b < c || a > d,
  t_during: ([a, b], [c, d]) => a > c && b < d,
  t_equals: ([a, b], [c, d]) => a === c && b === d,
  t_finishedBy: ([a, b], [c, d]) => a < c && b === d,
  t_finishes: ([a, b], [c, d]) => a > c && b === d,
  t_intersects: ([a, b], [c, d]) => !(b < c || a > d),
  t_meets: ([, b], [c]) => b === c,
  t_metBy: ([a], [, d]) => a === d,
  t_overlappedBy: ([a, b], [c, d]) => a > c && a < d && b > d,
  t_overlaps: ([a, b], [c, d]) => a < c && b > c && b < d,
  t_startedBy: ([a, b], [c, d]) => a === c && b > d,
  t_starts: ([a, b], [c, d]) => a === c && b < d,
};

type GetInstant<Row> = (row: Row) => Operand;

/** Compiles a temporal predicate; `instant` compiles a property or literal to a getter of microseconds. Null ends make it null. */
export function compileTemporal<Row>(
  predicate: TemporalPredicate,
  instant: (ref: Exclude<TemporalExpression, { interval: unknown }>) => { get: GetInstant<Row> },
): Predicate<Row> {
  const relation = RELATIONS[predicate.op];
  const [one, other] = predicate.args.map((arg) => span(arg, instant));
  return (row) => {
    const a = one!(row);
    const b = other!(row);
    return a === null || b === null ? null : relation(a, b);
  };
}

function span<Row>(
  expression: TemporalExpression,
  instant: (ref: Exclude<TemporalExpression, { interval: unknown }>) => { get: GetInstant<Row> },
): (row: Row) => Span | null {
  if (!('interval' in expression)) {
    const { get } = instant(expression);
    return (row) => {
      const at = get(row);
      return at === null ? null : [at as number, at as number];
    };
  }
  const [start, end] = expression.interval.map((limit, i): GetInstant<Row> => {
    if (typeof limit !== 'string') return instant(limit).get;
    const at = limit === '..' ? (i === 0 ? -Infinity : Infinity) : parseInstant(limit);
    if (at === null) throw new FilterError('not a date or timestamp', '不是日期或时间');
    return () => at;
  });
  return (row) => {
    const a = start!(row);
    const b = end!(row);
    return a === null || b === null ? null : [a as number, b as number];
  };
}
