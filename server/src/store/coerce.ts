import type { ColumnType } from '../catalogue/definition.js';
import { boundsOf, readDay, readInstant } from '../catalogue/times.js';
import { codesZh } from '../errors/codes-zh.js';
import { isKept, LongNumber, writeJson } from '../incoming/json.js';
import type { Note } from '../incoming/note.js';

export type ColumnValue = string | number | boolean | null;

/**
 * A property as the column's type, or undefined when it is none. Numbers in text and texts of numbers pass; no whole number is rounded, in
 * a text a number stands as it was written, and instants have milliseconds.
 * @param timezone of times that name none, and of days: the instance's
 */
export function coerce(value: unknown, type: ColumnType, timezone: string): ColumnValue | undefined {
  if (value === null || value === undefined) return null;
  switch (type) {
    case 'text':
      return writable(textOf(value));
    case 'integer':
      return whole(value, 2 ** 31 - 1);
    case 'bigint':
      return whole(value, Number.MAX_SAFE_INTEGER);
    case 'double':
      return double(value);
    case 'boolean':
      if (value === 'true' || value === 'false') return value === 'true';
      return typeof value === 'boolean' ? value : undefined;
    case 'date':
      return typeof value === 'string' ? (readDay(value, timezone) ?? undefined) : undefined;
    case 'timestamp':
      return typeof value === 'string' ? toMillisecond(startOf(value, timezone)) : undefined;
  }
}

/** A day stands for its first instant. */
const startOf = (text: string, timezone: string): string | null => boundsOf(text, timezone)?.[0] ?? readInstant(text, timezone);
const toMillisecond = (instant: string | null): string | undefined => instant?.replace(/(\.\d{3})\d+Z$/, '$1Z');

/** The type that `coerce` misses in a value, and why if that is not plain to see. */
export function typeWords(value: unknown, type: ColumnType): Note {
  const long = value instanceof LongNumber || (typeof value === 'string' && /^-?\d{16,}$/.test(value));
  if (!long || !['integer', 'bigint', 'double'].includes(type)) return { zh: codesZh(type), en: type };
  return {
    zh: `${codesZh(type)}，而它存不下这么多位数字；编号请用文本字段`,
    en: `${type}, which does not keep so many digits; a field of type text does`,
  };
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value instanceof LongNumber) return value.text;
  if (typeof value === 'object') return writeJson(value);
  return Object.is(value, -0) ? '-0' : String(value);
}

/** PostgreSQL takes no NUL in a text, and no half of a character. */
const writable = (text: string): string | undefined => (/\0|\p{Surrogate}/u.test(text) ? undefined : text);

function whole(value: unknown, max: number): number | undefined {
  const n = typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value;
  return typeof n === 'number' && Number.isInteger(n) && Math.abs(n) <= max ? n : undefined;
}

const DECIMAL = /^\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?\s*$/;

function double(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  const text = value instanceof LongNumber ? value.text : value;
  if (typeof text !== 'string' || !DECIMAL.test(text)) return undefined;
  return isKept(text) || isFine(text) ? Number(text) : undefined;
}

/** Of a fraction more digits than a double has may go: no other double is nearer. Of a whole number each digit counts, and of what is too small all would go. */
export const isFine = (number: string): boolean => {
  const near = Math.abs(Number(number));
  return near > 0 && near < Number.MAX_SAFE_INTEGER && /[.eE]/.test(number);
};
