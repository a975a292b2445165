const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const TIMESTAMP = /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2}):(\d{2})(?:\.(\d+))?(Z|[+-]\d{2}(?::?\d{2})?)?$/;

/** Seconds of the first and last instants, 0001-01-01T00:00:00Z and 9999-12-31T23:59:59Z. */
const FIRST = -62_135_596_800;
const LAST = 253_402_300_799;

/** Whether a text is a date literal: `YYYY-MM-DD` of a day that exists. */
export function isDate(text: string): boolean {
  return parseDate(text) !== null;
}

/** Whether a text is a timestamp literal: `YYYY-MM-DDThh:mm:ss[.s…]Z`, UTC only (OGC 21-065r2, rule timestampString). */
export function isTimestamp(text: string): boolean {
  return text.endsWith('Z') && text[10] === 'T' && parseInstant(text) !== null;
}

/**
 * A date or timestamp as microseconds since 1970-01-01T00:00Z; null when it is neither. A date is the first instant of its day in
 * UTC; a timestamp without zone is read as UTC. Digits past the microsecond are dropped, as PostgreSQL has none.
 */
export function parseInstant(text: string): number | null {
  const match = TIMESTAMP.exec(text);
  if (!match) return parseDate(text);
  const day = daysFromParts(match[1]!, match[2]!, match[3]!);
  const hour = Number(match[4]);
  const minute = Number(match[5]);
  const second = Number(match[6]);
  // 24:00:00 and leap seconds are accepted: PostgreSQL writes neither but reads both.
  if (day === null || hour > 24 || minute > 59 || second > 60) return null;
  const micros = Number((match[7] ?? '').slice(0, 6).padEnd(6, '0'));
  const seconds = day * 86_400 + hour * 3_600 + minute * 60 + second - offsetSeconds(match[8]);
  return seconds < FIRST || seconds > LAST ? null : seconds * 1e6 + micros;
}

function parseDate(text: string): number | null {
  const match = DATE.exec(text);
  if (!match) return null;
  const day = daysFromParts(match[1]!, match[2]!, match[3]!);
  return day === null ? null : day * 86_400e6;
}

function offsetSeconds(zone: string | undefined): number {
  if (!zone || zone === 'Z') return 0;
  const sign = zone[0] === '-' ? -1 : 1;
  const digits = zone.slice(1).replace(':', '');
  return sign * (Number(digits.slice(0, 2)) * 3_600 + Number(digits.slice(2, 4) || 0) * 60);
}

function daysFromParts(year: string, month: string, day: string): number | null {
  const y = Number(year);
  if (y === 0) return null; // neither PostgreSQL nor RFC 3339's readers have that year
  const m = Number(month);
  const d = Number(day);
  const date = new Date(0);
  date.setUTCFullYear(y, m - 1, d);
  if (date.getUTCFullYear() !== y || date.getUTCMonth() !== m - 1 || date.getUTCDate() !== d) return null;
  return date.getTime() / 86_400_000;
}
