import { isDay } from '@yutu/contract';
import type { ColumnType } from '../catalogue/definition.js';
import { isTime, isZoneless } from '../catalogue/times.js';
import type { Note } from '../incoming/note.js';

const KINDS = {
  zoneless: (timezone: string) => ({
    zh: `没有时区的时间，按 ${timezone}（TIMEZONE）理解`,
    en: `times without a zone, read as ${timezone} (TIMEZONE)`,
  }),
  toDay: (timezone: string) => ({
    zh: `时间，取其在 ${timezone} 的日期`,
    en: `times, of which the day in ${timezone} was taken`,
  }),
  toInstant: (timezone: string) => ({
    zh: `日期，按其在 ${timezone} 的零时理解`,
    en: `days, read as their first instant in ${timezone}`,
  }),
  finer: () => ({
    zh: '比毫秒更细的时间，毫秒以下舍去',
    en: 'times finer than a millisecond, of which the rest was dropped',
  }),
} as const;
type Kind = keyof typeof KINDS;

/** Counts what a file's times left to be decided, for the report of an import. */
export class TimesReport {
  private readonly seen = new Map<string, number>();

  constructor(private readonly timezone: string) {}

  see(field: string, type: ColumnType, value: unknown): void {
    if ((type !== 'date' && type !== 'timestamp') || typeof value !== 'string') return;
    if (type === 'date' && isTime(value)) this.count(field, 'toDay');
    if (type === 'date') return;
    if (isDay(value)) this.count(field, 'toInstant');
    if (isZoneless(value)) this.count(field, 'zoneless');
    if (/[.,]\d{3}\d*[1-9]/.test(value)) this.count(field, 'finer');
  }

  private count(field: string, kind: Kind): void {
    const name = `${kind} ${field}`;
    this.seen.set(name, (this.seen.get(name) ?? 0) + 1);
  }

  report(): Note[] {
    return [...this.seen].map(([name, n]) => {
      const cut = name.indexOf(' ');
      const { zh, en } = KINDS[name.slice(0, cut) as Kind](this.timezone);
      return { zh: `“${name.slice(cut + 1)}”有 ${n} 个${zh}`, en: `"${name.slice(cut + 1)}" has ${n} ${en}` };
    });
  }
}
