import { z } from './zod.js';

/** A day that there is, years 1 to 9999: those that RFC 3339 writes and PostgreSQL has. */
export function isDay(text: string): boolean {
  if (!/^(?!0000)\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

/** A day as an input. */
export const dayInput = z.iso.date().refine(isDay, '应在公元 1 至 9999 年之间 / of the years 1 to 9999');
