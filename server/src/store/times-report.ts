import { isDay } from '@yutu/contract';
import type { ColumnType } from '../catalogue/definition.js';
import { isTime, isZoneless } from '../catalogue/times.js';

const KINDS = {
  zoneless: (timezone: string) => `times without a zone, read as ${timezone} (TIMEZONE)`,
  toDay: (timezone: string) => `times, of which the day in ${timezone} was taken`,
  toInstant: (timezone: string) => `days, read as their first instant in ${timezone}`,
  finer: () => 'times finer than a millisecond, of which the rest was dropped',
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

  report(): string[] {
    return [...this.seen].map(([name, n]) => {
      const cut = name.indexOf(' ');
      return `"${name.slice(cut + 1)}" has ${n} ${KINDS[name.slice(0, cut) as Kind](this.timezone)}`;
    });
  }
}
