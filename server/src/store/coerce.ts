import type { ColumnType } from '../catalogue/definition.js';
import { boundsOf, readDay, readInstant } from '../catalogue/times.js';

export type ColumnValue = string | number | boolean | null;

/**
 * A property as the column's type, or undefined when it is none. Numbers in text and texts of numbers pass; nothing is rounded, but instants
 * have milliseconds.
 * @param timezone of times that name none, and of days: the instance's
 */
export function coerce(value: unknown, type: ColumnType, timezone: string): ColumnValue | undefined {
  if (value === null || value === undefined) return null;
  switch (type) {
    case 'text':
      if (typeof value === 'string') return value.includes('\0') ? undefined : value;
      return typeof value === 'object' ? JSON.stringify(value) : String(value);
    case 'integer':
      return whole(value, 2 ** 31 - 1);
    case 'bigint':
      return whole(value, Number.MAX_SAFE_INTEGER);
    case 'double': {
      const n = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
      return typeof n === 'number' && Number.isFinite(n) ? n : undefined;
    }
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

function whole(value: unknown, max: number): number | undefined {
  const n = typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value;
  return typeof n === 'number' && Number.isInteger(n) && Math.abs(n) <= max ? n : undefined;
}
