import { describe, expect, it } from 'vitest';
import { addDays, addMonths, addWorkingDays, daysBetween, isDay } from './days';

describe('days', () => {
  it('knows a day from a string that only looks like one', () => {
    expect(isDay('2026-02-28')).toBe(true);
    expect(isDay('2026-02-30')).toBe(false);
    expect(isDay('2026-2-3')).toBe(false);
    expect(isDay('')).toBe(false);
  });
  it('adds months and stays in the month', () => {
    expect(addMonths('2026-11-22', 3)).toBe('2027-02-22');
    expect(addMonths('2026-08-31', 6)).toBe('2027-02-28');
    expect(addMonths('2027-08-31', 6)).toBe('2028-02-29');
  });
  it('counts working days over weekends', () => {
    expect(addWorkingDays('2026-11-20', 10)).toBe('2026-12-04'); // Friday to Friday two weeks on
    expect(addWorkingDays('2026-11-22', 1)).toBe('2026-11-23'); // Sunday, next is Monday
    expect(addWorkingDays('2026-11-20', 0)).toBe('2026-11-20');
  });
  it('counts days', () => {
    expect(daysBetween('2026-12-30', '2027-01-02')).toBe(3);
    expect(addDays('2026-12-30', 3)).toBe('2027-01-02');
  });
});
