import type { ColumnType } from '../catalogue/definition.js';

export type ColumnValue = string | number | boolean | null;

/** A property as the column's type, or undefined when it is none. Numbers in text and texts of numbers pass; nothing is rounded. */
export function coerce(value: unknown, type: ColumnType): ColumnValue | undefined {
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
      return typeof value === 'string' && isDay(value.slice(0, 10)) && (value.length === 10 || value[10] === 'T')
        ? value.slice(0, 10)
        : undefined;
    case 'timestamp': {
      if (typeof value !== 'string' || !isDay(value.slice(0, 10)) || Number.isNaN(Date.parse(value))) return undefined;
      const instant = new Date(value).toISOString();
      return isDay(instant.slice(0, 10)) ? instant : undefined;
    }
  }
}

function whole(value: unknown, max: number): number | undefined {
  const n = typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value;
  return typeof n === 'number' && Number.isInteger(n) && Math.abs(n) <= max ? n : undefined;
}

/** A day that PostgreSQL has, too: there is no year 0. */
function isDay(text: string): boolean {
  if (!/^(?!0000)\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}
