/**
 * Days as `YYYY-MM-DD`, reckoned in UTC so that no time zone moves one. The server knows the calendar of holidays and
 * swapped days; here only weekends are known, so a working day counted here is an estimate and is labelled as one.
 */

const DAY = 86_400_000;

const ms = (day: string) => Date.parse(`${day}T00:00:00Z`);
const iso = (t: number) => new Date(t).toISOString().slice(0, 10);

export function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(ms(text)) && iso(ms(text)) === text;
}

/** The day on the caller's own wall calendar. */
export function today(now: Date = new Date()): string {
  const two = (n: number) => String(n).padStart(2, '0');
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
}

export function addDays(day: string, days: number): string {
  return iso(ms(day) + days * DAY);
}

export function daysBetween(from: string, to: string): number {
  return Math.round((ms(to) - ms(from)) / DAY);
}

/** The same day `months` later; the last day of that month when it has none (31 Aug + 6 → 28 Feb). */
export function addMonths(day: string, months: number): string {
  const at = new Date(ms(day));
  const first = Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + months, 1);
  const next = new Date(first);
  const length = new Date(Date.UTC(next.getUTCFullYear(), next.getUTCMonth() + 1, 0)).getUTCDate();
  return iso(first + (Math.min(at.getUTCDate(), length) - 1) * DAY);
}

/** The `days`-th working day after `from`, Saturdays and Sundays skipped. */
export function addWorkingDays(from: string, days: number): string {
  let t = ms(from);
  for (let left = days; left > 0; ) {
    t += DAY;
    const week = new Date(t).getUTCDay();
    if (week !== 0 && week !== 6) left--;
  }
  return iso(t);
}
