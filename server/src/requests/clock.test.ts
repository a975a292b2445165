import { describe, expect, it } from 'vitest';
import type { Calendar } from '../catalogue/calendar.js';
import { type ClockRow, clockOf } from './clock.js';

// Two days of holiday, and a Saturday worked for them.
const calendar: Calendar = new Map([
  ['2026-11-25', 'holiday'],
  ['2026-11-26', 'holiday'],
  ['2026-11-28', 'workday'],
]);
const row = (wish: Partial<ClockRow> = {}): ClockRow => ({
  status: 'submitted',
  answerDays: 10,
  extendedBy: 0,
  usedBefore: 0,
  clockFrom: '2026-11-20', // a Friday
  ...wish,
});
const at = (today: string, wish?: Partial<ClockRow>) => clockOf(calendar, row(wish), today);

describe('the owner’s time to answer', () => {
  it('does not count the day of submission, nor days off', () => {
    expect(at('2026-11-20')).toEqual({ due: '2026-12-07', days: 10, used: 0, left: 10, paused: false });
    expect(at('2026-11-22')).toMatchObject({ used: 0, left: 10 });
    expect(at('2026-11-23')).toMatchObject({ used: 1, left: 9 });
    expect(at('2026-11-26')).toMatchObject({ used: 2, left: 8 });
    expect(at('2026-11-28')).toMatchObject({ used: 4, left: 6 });
    expect(at('2026-12-07')).toMatchObject({ used: 10, left: 0, due: '2026-12-07' });
  });

  it('goes on when it is over: the answer is overdue', () => {
    expect(at('2026-12-09')).toMatchObject({ used: 12, left: -2, due: '2026-12-07' });
  });

  it('stands while the applicant corrects, and keeps what was used', () => {
    const pause = { status: 'correction', usedBefore: 3 };
    expect(at('2026-11-24', pause)).toEqual({ due: '2026-12-04', days: 10, used: 3, left: 7, paused: true });
    expect(at('2026-11-30', pause)).toMatchObject({ used: 3, left: 7, due: '2026-12-09' });
  });

  it('goes on from the resubmission with what was left', () => {
    expect(at('2026-12-01', { usedBefore: 3, clockFrom: '2026-11-30' })).toEqual({
      due: '2026-12-09',
      days: 10,
      used: 4,
      left: 6,
      paused: false,
    });
  });

  it('is longer by what was agreed', () => {
    expect(at('2026-12-07', { extendedBy: 10 })).toMatchObject({ due: '2026-12-21', days: 20, left: 10 });
  });

  it('used up before a correction is due at once', () => {
    expect(at('2026-11-30', { usedBefore: 12, clockFrom: '2026-11-30' })).toMatchObject({ due: '2026-11-30', left: -2 });
  });

  it.each(['draft', 'granted', 'narrower', 'refused', 'withdrawn'])('does not run for one that is %s', (status) => {
    expect(at('2026-11-24', { status })).toBeNull();
  });

  it('does not run before submission', () => {
    expect(at('2026-11-24', { clockFrom: null })).toBeNull();
    expect(at('2026-11-24', { answerDays: null })).toBeNull();
  });
});
