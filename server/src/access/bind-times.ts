import { type Filter, FilterError, type InstantLiteral, type ScalarExpression } from '@yutu/tiles';
import type { ColumnType } from '../catalogue/definition.js';
import { boundsOf, isTime, readInstant, readLocal } from '../catalogue/times.js';

const COMPARISONS: readonly string[] = ['=', '<>', '<', '>', '<=', '>=', 'between'];

/**
 * A filter whose times mean what they mean in the instance's zone: a text or day beside a timestamp becomes an instant, what stands beside a
 * date becomes what the instance's clocks show. So neither SQL nor the tiles' evaluator needs to know a zone; a date and a timestamp of the
 * same row are compared in UTC.
 * @throws FilterError for a time that there is not
 */
export function bindTimes(filter: Filter, fields: ReadonlyMap<string, ColumnType>, timezone: string): Filter {
  const bind = (node: Filter): Filter => {
    if (typeof node === 'boolean') return node;
    if (node.op === 'and' || node.op === 'or') return { op: node.op, args: node.args.map(bind) };
    if (node.op === 'not') return { op: 'not', args: [bind(node.args[0])] };
    if (node.op === 'in') {
      const [subject, ...items] = together([node.args[0], ...node.args[1]]);
      return { op: 'in', args: [subject!, items] };
    }
    if (COMPARISONS.includes(node.op)) return { op: node.op, args: together(node.args as ScalarExpression[]) } as Filter;
    return node;
  };
  const typeOf = (e: ScalarExpression): ColumnType | undefined =>
    typeof e === 'object' && 'property' in e ? fields.get(e.property) : undefined;
  const together = (operands: readonly ScalarExpression[]): ScalarExpression[] => {
    const types = operands.map(typeOf);
    const literal = types.includes('timestamp') ? asInstant : types.includes('date') ? asLocal : null;
    return literal ? operands.map((e) => literal(e, timezone)) : [...operands];
  };
  return bind(filter);
}

const textOf = (e: ScalarExpression): string | null =>
  typeof e === 'string' ? e : typeof e !== 'object' ? null : 'date' in e ? e.date : 'timestamp' in e ? e.timestamp : null;

const existing = (text: string, instant: string | null): InstantLiteral => {
  if (instant === null)
    throw new FilterError(
      `not a date or timestamp: ${JSON.stringify(text.slice(0, 60))}`,
      `“${text.slice(0, 60)}”不是日期或时间`,
    );
  return { timestamp: instant };
};

/** Beside a timestamp: the instant, of a day its first. */
function asInstant(e: ScalarExpression, timezone: string): ScalarExpression {
  const text = textOf(e);
  return text === null ? e : existing(text, boundsOf(text, timezone)?.[0] ?? readInstant(text, timezone));
}

/** Beside a date, which is compared as its midnight in UTC: what the instance's clocks show, as if it were UTC. */
function asLocal(e: ScalarExpression, timezone: string): ScalarExpression {
  const text = textOf(e);
  return text === null || !isTime(text) ? e : existing(text, readLocal(text, timezone));
}
