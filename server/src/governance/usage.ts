import type { UsageRow as Told } from '@yutu/contract';
import type { Catalogue } from '../catalogue/catalogue.js';

/** What one caller drew of a layer on a day in one way. */
export type UsageRow = Omit<Told, 'organisation'> & { organisation: string | null };

/** Rows of a table that is taken away. */
export const CSV_MOST = 100_000;

const COLUMNS = [
  'day',
  'organisation',
  'title_zh',
  'title_en',
  'actor',
  'via',
  'surface',
  'grant',
  'requests',
  'features',
  'bytes',
  'km2',
];

/** The rows as CSV (RFC 4180), with a mark of UTF-8 at the beginning: spreadsheets would misread Chinese without it. */
export function usageCsv(rows: readonly UsageRow[], catalogue: Pick<Catalogue, 'organisation'>): string {
  const lines = rows.map((r) => {
    const office = r.organisation === null ? null : catalogue.organisation(r.organisation);
    const { requests, features, bytes } = r;
    const who = [r.organisation, office?.titleZh ?? '公众', office?.titleEn ?? 'The public', r.actor];
    return [r.day, ...who, r.via, r.surface, r.grant, requests, features, bytes, r.km2.toFixed(3)].map(cell).join(',');
  });
  return `\uFEFF${[COLUMNS.join(','), ...lines].join('\r\n')}\r\n`;
}

/** Quoted where it must be. A name that a spreadsheet would take for a formula is made text. */
function cell(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
