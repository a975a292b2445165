import { addWorkingDays, type Calendar, workingDaysBetween } from '../catalogue/calendar.js';

export interface Clock {
  due: string;
  days: number;
  used: number;
  left: number;
  paused: boolean;
}

export interface ClockRow {
  status: string;
  answerDays: number | null;
  /** Working days by which the data authority agreed to extend it. */
  extendedBy: number;
  usedBefore: number;
  clockFrom: string | null;
}

/**
 * The owner's time to answer, in working days. The day of submission does not count; while the applicant corrects the clock
 * stands, and what was used before is kept.
 */
export function clockOf(calendar: Calendar, row: ClockRow, today: string): Clock | null {
  if (row.answerDays === null || row.clockFrom === null) return null;
  if (row.status !== 'submitted' && row.status !== 'correction') return null;
  const paused = row.status === 'correction';
  const used = row.usedBefore + (paused ? 0 : Math.max(0, workingDaysBetween(calendar, row.clockFrom, today)));
  const days = row.answerDays + row.extendedBy;
  const left = days - used;
  const due = addWorkingDays(calendar, paused ? today : row.clockFrom, Math.max(0, days - row.usedBefore));
  return { due, days, used, left, paused };
}
