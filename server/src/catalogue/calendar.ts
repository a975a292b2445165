import type { Queryable } from '../db/database.js';

export type Calendar = ReadonlyMap<string, 'holiday' | 'workday'>;

export async function loadCalendar(q: Queryable): Promise<Calendar> {
  const days = await q.query<{ date: string; kind: 'holiday' | 'workday' }>('select date, kind from yutu.calendar_day');
  return new Map(days.map((d) => [d.date, d.kind]));
}

export async function saveCalendar(
  q: Queryable,
  days: { date: string; kind: string; nameZh?: string; nameEn?: string }[],
): Promise<void> {
  await q.query(
    `insert into yutu.calendar_day (date, kind, name_zh, name_en)
     select d.date, d.kind, d."nameZh", d."nameEn"
     from jsonb_to_recordset($1::jsonb) as d(date date, kind text, "nameZh" text, "nameEn" text)
     on conflict (date) do update set kind = excluded.kind, name_zh = excluded.name_zh, name_en = excluded.name_en`,
    [JSON.stringify(days)],
  );
}

/** The day after `day` ('YYYY-MM-DD'). */
export function dayAfter(day: string, days = 1): string {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
}

/** Monday to Friday, but for holidays and swapped days (调休). */
export function isWorkingDay(calendar: Calendar, day: string): boolean {
  const kind = calendar.get(day);
  if (kind) return kind === 'workday';
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
  return weekday !== 0 && weekday !== 6;
}

/** The `count`-th working day after `day`: the day itself does not count. */
export function addWorkingDays(calendar: Calendar, day: string, count: number): string {
  let current = day;
  for (let left = count; left > 0; ) {
    current = dayAfter(current);
    if (isWorkingDay(calendar, current)) left--;
  }
  return current;
}

/** Working days after `from` up to and including `to`; negative when `to` lies before. */
export function workingDaysBetween(calendar: Calendar, from: string, to: string): number {
  if (to < from) return -workingDaysBetween(calendar, to, from);
  let count = 0;
  for (let day = from; day < to; ) {
    day = dayAfter(day);
    if (isWorkingDay(calendar, day)) count++;
  }
  return count;
}

/** What is dear to make and asked for by every row of a long list: a zone's formats. */
const formats = new Map<string, { day: Intl.DateTimeFormat; instant: Intl.DateTimeFormat; ends: Map<string, number> }>();

function formatsOf(timezone: string) {
  let known = formats.get(timezone);
  if (!known) {
    const date = { timeZone: timezone, year: 'numeric', month: '2-digit', day: '2-digit' } as const;
    const time = { hourCycle: 'h23', hour: '2-digit', minute: '2-digit', second: '2-digit' } as const;
    known = {
      day: new Intl.DateTimeFormat('en-CA', date),
      instant: new Intl.DateTimeFormat('en-CA', { ...date, ...time }),
      ends: new Map(),
    };
    formats.set(timezone, known);
  }
  return known;
}

/** Today in the instance's time zone, 'YYYY-MM-DD'. */
export const today = (timezone: string, now = new Date()): string => formatsOf(timezone).day.format(now);

/** Days whose ends are remembered per zone. */
const DAYS = 10_000;

/** The instant at which `day` ends (24:00) in the time zone, in ms. */
export function endOfDay(timezone: string, day: string): number {
  const { instant, ends } = formatsOf(timezone);
  let end = ends.get(day);
  if (end === undefined) {
    end = midnightAfter(instant, day);
    if (ends.size >= DAYS) ends.clear();
    ends.set(day, end);
  }
  return end;
}

function midnightAfter(instant: Intl.DateTimeFormat, day: string): number {
  const next = Date.parse(`${dayAfter(day)}T00:00:00Z`);
  const end = next - offsetAt(instant, next);
  // Clocks may change between that instant and midnight there, or at midnight itself.
  return next - offsetAt(instant, end);
}

/** The zone's offset at an instant, ms, found by asking what it shows there. */
function offsetAt(instant: Intl.DateTimeFormat, at: number): number {
  const parts = instant.formatToParts(at);
  const part = (type: string) => Number(parts.find((p) => p.type === type)!.value);
  return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second')) - at;
}

/** The day of an instant (ms) in the time zone, and the instant at which it ends. */
export function dayOf(timezone: string, now: number): { day: string; ends: number } {
  const day = today(timezone, new Date(now));
  return { day, ends: endOfDay(timezone, day) };
}
