import { isDay } from '@yutu/contract';
import { endOfDay, instantOfLocal, offsetAt } from './calendar.js';

const WRITTEN =
  /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d+))?)?(?: ?([Zz]|[+-](?:[01]\d|2[0-3])(?::?[0-5]\d)?))?$/;
const FIRST = Date.parse('0001-01-01T00:00:00Z');
const LAST = Date.parse('9999-12-31T23:59:59.999Z');

/** What a text says of when something is, apart from its zone. */
interface Written {
  day: string;
  /** Milliseconds since the day's midnight. */
  ms: number;
  /** The digits of the second's fraction past the millisecond, up to the microsecond. */
  finer: string;
  /** Of its zone, in ms; null when it names none. */
  offset: number | null;
}

/** Reads RFC 3339 and what is written instead of it: a blank for the T, no seconds, a short zone or none. 24:00 and leap seconds are taken. */
function written(text: string): Written | null {
  const [, day, hour, minute, second = '0', fraction = '', zone] = WRITTEN.exec(text) ?? [];
  if (day === undefined || !isDay(day)) return null;
  const [h, m, s] = [Number(hour), Number(minute), Number(second)];
  if (h > 24 || m > 59 || s > 60 || (h === 24 && (m > 0 || s > 0 || Number(fraction) > 0))) return null;
  const ms = ((h * 60 + m) * 60 + s) * 1000 + Number(fraction.slice(0, 3).padEnd(3, '0'));
  return { day, ms, finer: fraction.slice(3, 6).replace(/0+$/, ''), offset: zone === undefined ? null : offsetOf(zone) };
}

function offsetOf(zone: string): number {
  if (/^[Zz]$/.test(zone)) return 0;
  const digits = zone.slice(1).replace(':', '').padEnd(4, '0');
  return (zone[0] === '-' ? -60_000 : 60_000) * (Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2)));
}

const inRange = (at: number): boolean => at >= FIRST && at <= LAST;
const isoOf = (at: number, finer: string): string =>
  finer === '' ? new Date(at).toISOString() : new Date(at).toISOString().replace('Z', `${finer}Z`);

/** Whether a text is a time of a day, with a zone or without. */
export const isTime = (text: string): boolean => written(text) !== null;
/** Whether a text is a time that names no zone: the instance's zone decides what it means. */
export const isZoneless = (text: string): boolean => written(text)?.offset === null;

/** The instant that a text names, as ISO 8601 in UTC; without a zone it is the instance's. Null when it is none, or before year 1 or after 9999. */
export function readInstant(text: string, timezone: string): string | null {
  const time = written(text);
  if (!time) return null;
  const local = Date.parse(`${time.day}T00:00:00Z`) + time.ms;
  const at = time.offset === null ? instantOfLocal(timezone, local) : local - time.offset;
  return inRange(at) ? isoOf(at, time.finer) : null;
}

/** What the clocks of the instance show at the instant that a text names, written as if it were UTC. */
export function readLocal(text: string, timezone: string): string | null {
  const instant = readInstant(text, timezone);
  if (instant === null) return null;
  const at = Date.parse(instant);
  // 9999-12-31T23:59:59Z stands for no end: it stays in that year.
  const local = within(at + offsetAt(timezone, at));
  return isoOf(local, written(text)!.finer);
}

const within = (at: number): number => Math.min(LAST, Math.max(FIRST, at));

/** The first and the last instant of a day in the zone; of the very first and last days as much as there is. Null when there is no such day. */
export function boundsOf(text: string, timezone: string): [first: string, last: string] | null {
  if (!isDay(text)) return null;
  const first = instantOfLocal(timezone, Date.parse(`${text}T00:00:00Z`));
  return [isoOf(within(first), ''), isoOf(within(endOfDay(timezone, text) - 1), '999')];
}

/** The day that a text names: itself, or the day of its instant in the instance's zone. */
export const readDay = (text: string, timezone: string): string | null =>
  isDay(text) ? text : (readLocal(text, timezone)?.slice(0, 10) ?? null);
