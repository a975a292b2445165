import type { Filter } from '@yutu/tiles';
import type { FieldDefinition, TimeFields } from '../catalogue/definition.js';
import { boundsOf, readDay, readInstant } from '../catalogue/times.js';
import { badParameter } from '../errors/fail.js';

/** From when to when, both within; null: open. Each as an instant and as what the instance's clocks show then. */
interface Span {
  from: Moment | null;
  to: Moment | null;
}
interface Moment {
  instant: string;
  day: string;
}

/** An instant as it is written; of a day its begin or its end. Null when there is none. */
function momentOf(text: string, end: boolean, timezone: string): Moment | null {
  const bounds = boundsOf(text, timezone);
  if (bounds) return { instant: bounds[end ? 1 : 0], day: text };
  const [instant, day] = [readInstant(text, timezone), readDay(text, timezone)];
  return instant && day ? { instant, day } : null;
}

/**
 * `datetime` (Part 1, /req/core/fc-time-definition): an instant or an interval, open ends as `..` or nothing. A day is all of it in the instance's
 * zone, which is also that of times that name none.
 */
function datetimeParam(params: Record<string, string>, timezone: string): Span | null {
  const text = params.datetime;
  if (text === undefined) return null;
  const parts = text.split('/');
  const wrong = (): never =>
    badParameter(
      'datetime',
      '应为 RFC 3339 时间，或“起/止”区间（公元 1 至 9999 年）',
      'it must be an RFC 3339 instant or an interval start/end, of the years 1 to 9999',
    );
  const open = (p: string) => parts.length === 2 && (p === '' || p === '..');
  if (parts.length > 2 || parts.every(open)) wrong();
  const read = (p: string, end: boolean) => (open(p) ? null : (momentOf(p, end, timezone) ?? wrong()));
  const span = { from: read(parts[0]!, false), to: read(parts.at(-1)!, true) };
  if (span.from && span.to && Date.parse(span.from.instant) > Date.parse(span.to.instant)) wrong();
  return span;
}

/** The layer's time fields, where the caller may filter by them; else to this caller its features have no time. */
export function timeFor(time: TimeFields | null, fields: readonly FieldDefinition[]): TimeFields | null {
  const names = time === null ? [] : 'instant' in time ? [time.instant] : [time.start, time.end];
  return time !== null && names.every((name) => fields.some((f) => f.name === name)) ? time : null;
}

/** The features that `datetime` asks for, when it does and their time is known: those whose time meets it, and those without one (/req/core/fc-time-response). */
export function datetimeFilter(
  params: Record<string, string>,
  named: TimeFields | null,
  fields: readonly FieldDefinition[],
  timezone: string,
): Filter | undefined {
  const span = datetimeParam(params, timezone);
  const time = timeFor(named, fields);
  if (!span || !time) return undefined;
  const [begin, end] = 'instant' in time ? [time.instant, time.instant] : [time.start, time.end];
  const bound = (name: string, op: '>=' | '<=', moment: Moment | null): Filter => {
    if (moment === null) return true;
    const { type } = fields.find((f) => f.name === name)!;
    const literal = type === 'date' ? { date: moment.day } : { timestamp: moment.instant };
    return {
      op: 'or',
      args: [
        { op: 'isNull', args: [{ property: name }] },
        { op, args: [{ property: name }, literal] },
      ],
    };
  };
  return { op: 'and', args: [bound(end, '>=', span.from), bound(begin, '<=', span.to)] };
}
