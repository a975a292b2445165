import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addWorkingDays, type Calendar, dayAfter, endOfDay, isWorkingDay, today, workingDaysBetween } from './calendar.js';

const file = new URL('../../../data/chongqing/calendar.json', import.meta.url);
const { days } = JSON.parse(readFileSync(file, 'utf8')) as { days: { date: string; kind: 'holiday' | 'workday' }[] };
/** The State Council's holidays as the demonstration has them. */
const calendar: Calendar = new Map(days.map((d) => [d.date, d.kind]));
const none: Calendar = new Map();

describe('working days of 2026', () => {
  it.each([
    ['2026-01-01', false, 'New Year, a Thursday'],
    ['2026-01-04', true, 'a Sunday worked for it'],
    ['2026-02-14', true, 'a Saturday worked for the Spring Festival'],
    ['2026-02-16', false, 'a Monday of the Spring Festival'],
    ['2026-02-24', true, 'the Tuesday after it'],
    ['2026-05-09', true, 'a Saturday worked for Labour Day'],
    ['2026-09-20', true, 'a Sunday worked for the National Day'],
    ['2026-10-07', false, 'the last of the National Day'],
    ['2026-10-10', true, 'a Saturday worked for it'],
    ['2026-11-21', false, 'any Saturday'],
    ['2026-11-23', true, 'any Monday'],
  ])('%s: %s (%s)', (day, working) => {
    expect(isWorkingDay(calendar, day)).toBe(working);
  });

  it('are 248, as the official arrangement has it', () => {
    expect(workingDaysBetween(calendar, '2025-12-31', '2026-12-31')).toBe(248);
  });
});

describe('a deadline', () => {
  it.each([
    ['2026-11-20', 1, '2026-11-23'], // Friday to Monday
    ['2026-11-22', 1, '2026-11-23'], // handed in on a Sunday
    ['2026-02-13', 1, '2026-02-14'], // the Saturday is worked
    ['2026-02-14', 1, '2026-02-24'], // over the Spring Festival
    ['2026-09-30', 10, '2026-10-20'], // over the National Day, with a Saturday worked
    ['2026-11-20', 0, '2026-11-20'],
  ])('%s and %i working days is %s', (from, count, due) => {
    expect(addWorkingDays(calendar, from, count)).toBe(due);
  });

  it('without a calendar knows weekends only', () => {
    expect(addWorkingDays(none, '2026-09-30', 10)).toBe('2026-10-14');
  });
});

const anyDay = fc.integer({ min: 0, max: 1_000 }).map((n) => dayAfter('2025-01-01', n));

describe('counting days', () => {
  it('finds again what was added', () => {
    fc.assert(
      fc.property(anyDay, fc.integer({ min: 1, max: 60 }), (day, count) => {
        const due = addWorkingDays(calendar, day, count);
        expect(isWorkingDay(calendar, due)).toBe(true);
        expect(workingDaysBetween(calendar, day, due)).toBe(count);
        expect(workingDaysBetween(calendar, day, dayAfter(due, -1))).toBe(count - 1);
      }),
    );
  });

  it('back is the same as forth', () => {
    fc.assert(
      fc.property(anyDay, anyDay, (a, b) => {
        expect(workingDaysBetween(calendar, a, b) + workingDaysBetween(calendar, b, a)).toBe(0);
      }),
    );
  });

  it('goes over months and leap years', () => {
    expect(dayAfter('2028-02-28')).toBe('2028-02-29');
    expect(dayAfter('2026-12-31')).toBe('2027-01-01');
    expect(dayAfter('2026-03-01', -1)).toBe('2026-02-28');
  });
});

describe('the instance’s own day', () => {
  it('ends at 24:00 there', () => {
    expect(new Date(endOfDay('Asia/Shanghai', '2026-11-22')).toISOString()).toBe('2026-11-22T16:00:00.000Z');
    expect(new Date(endOfDay('UTC', '2026-11-22')).toISOString()).toBe('2026-11-23T00:00:00.000Z');
  });

  it('has 23 or 25 hours when the clocks change', () => {
    const hours = (day: string) => (endOfDay('Europe/Berlin', day) - endOfDay('Europe/Berlin', dayAfter(day, -1))) / 3_600_000;
    expect([hours('2026-03-29'), hours('2026-10-25'), hours('2026-11-22')]).toEqual([23, 25, 24]);
  });

  it('ends when the clocks change at midnight, also far from Greenwich', () => {
    const end = (zone: string, day: string) => new Date(endOfDay(zone, day)).toISOString();
    expect(end('Asia/Beirut', '2026-03-28')).toBe('2026-03-28T22:00:00.000Z');
    expect(end('America/Sao_Paulo', '2018-02-17')).toBe('2018-02-18T03:00:00.000Z');
    expect(end('Pacific/Kiritimati', '2026-11-22')).toBe('2026-11-22T10:00:00.000Z');
    expect(end('Pacific/Pago_Pago', '2026-11-22')).toBe('2026-11-23T11:00:00.000Z');
  });

  it('turns at its own midnight', () => {
    const end = endOfDay('Asia/Shanghai', '2026-11-22');
    expect(today('Asia/Shanghai', new Date(end - 1))).toBe('2026-11-22');
    expect(today('Asia/Shanghai', new Date(end))).toBe('2026-11-23');
  });
});
