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

/** What is dear to make and asked for by every row of a long list: a zone's formats, and what they told. */
interface Zone {
  day: Intl.DateTimeFormat;
  instant: Intl.DateTimeFormat;
  ends: Map<string, number>;
  /** By days of UTC: the offset that holds all day; null where clocks change. */
  offsets: Map<number, number | null>;
}
const zones = new Map<string, Zone>();

function zoneOf(timezone: string): Zone {
  let known = zones.get(timezone);
  if (!known) {
    const date = { timeZone: timezone, year: 'numeric', month: '2-digit', day: '2-digit' } as const;
    const time = { hourCycle: 'h23', hour: '2-digit', minute: '2-digit', second: '2-digit' } as const;
    known = {
      day: new Intl.DateTimeFormat('en-CA', date),
      instant: new Intl.DateTimeFormat('en-CA', { ...date, ...time }),
      ends: new Map(),
      offsets: new Map(),
    };
    zones.set(timezone, known);
  }
  return known;
}

/** Today in the instance's time zone, 'YYYY-MM-DD'. */
export const today = (timezone: string, now = new Date()): string => zoneOf(timezone).day.format(now);

const DAY_MS = 86_400_000;
/** Days of which something is remembered per zone. */
const DAYS = 10_000;

function remember<K, V>(known: Map<K, V>, key: K, value: V): V {
  if (known.size >= DAYS) known.clear();
  known.set(key, value);
  return value;
}

/** The instant at which `day` ends (24:00) in the time zone, in ms. */
export function endOfDay(timezone: string, day: string): number {
  const { ends } = zoneOf(timezone);
  return ends.get(day) ?? remember(ends, day, instantOfLocal(timezone, Date.parse(`${day}T00:00:00Z`) + DAY_MS));
}

/** The instant (ms) at which clocks of the zone show `local`, ms as if they were UTC. What they show twice is the later, what they leave out is shifted. */
export function instantOfLocal(timezone: string, local: number): number {
  // Clocks may change between the first guess and that instant, or at it.
  return local - offsetAt(timezone, local - offsetAt(timezone, local));
}

/** The zone's offset at an instant, ms. */
export function offsetAt(timezone: string, at: number): number {
  const { instant, offsets } = zoneOf(timezone);
  const day = Math.floor(at / DAY_MS);
  let known = offsets.get(day);
  if (known === undefined) {
    const [begin, end] = [shownOffset(instant, day * DAY_MS), shownOffset(instant, (day + 1) * DAY_MS)];
    known = remember(offsets, day, begin === end ? begin : null);
  }
  return known ?? shownOffset(instant, Math.floor(at / 1000) * 1000);
}

/** Found by asking what the zone's clocks show at a whole second. */
function shownOffset(instant: Intl.DateTimeFormat, at: number): number {
  const parts = instant.formatToParts(at);
  const part = (type: string) => Number(parts.find((p) => p.type === type)!.value);
  const shown = new Date(0);
  // Not by Date.UTC, to which the year 99 is 1999.
  shown.setUTCFullYear(part('year'), part('month') - 1, part('day'));
  shown.setUTCHours(part('hour'), part('minute'), part('second'));
  return shown.getTime() - at;
}

/** The day of an instant (ms) in the time zone, and the instant at which it ends. */
export function dayOf(timezone: string, now: number): { day: string; ends: number } {
  const day = today(timezone, new Date(now));
  return { day, ends: endOfDay(timezone, day) };
}
