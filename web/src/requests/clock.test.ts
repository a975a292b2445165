import { describe, expect, it } from 'vitest';
import { byUrgency, clockFace } from './clock';

const clock = (used: number, days = 10, paused = false) => ({ due: '2026-12-04', days, used, left: days - used, paused });

describe('the working-day clock', () => {
  it('spends a cell a day on the usual ten', () => {
    expect(clockFace(clock(4))).toEqual({ cells: 4, tone: 'calm', left: 6 });
    expect(clockFace(clock(8))).toEqual({ cells: 8, tone: 'hot', left: 2 });
  });
  it('is full and late only when over', () => {
    expect(clockFace(clock(12))).toEqual({ cells: 10, tone: 'late', left: -2 });
    expect(clockFace(clock(19, 20)).cells).toBe(9);
    expect(clockFace(clock(10))).toEqual({ cells: 10, tone: 'hot', left: 0 });
  });
  it('scales other terms to ten cells and shows the first day', () => {
    expect(clockFace(clock(1, 20)).cells).toBe(1);
    expect(clockFace(clock(10, 20)).cells).toBe(5);
    expect(clockFace(clock(1, 2)).cells).toBe(5);
    expect(clockFace(clock(0, 20)).cells).toBe(0);
  });
  it('says paused before anything else', () => {
    expect(clockFace(clock(9, 10, true)).tone).toBe('paused');
  });
  it('sorts the urgent first and the paused last', () => {
    const late = { clock: { ...clock(12), due: '2026-11-18' } };
    const soon = { clock: clock(8) };
    const paused = { clock: { ...clock(3, 10, true), due: '2026-11-01' } };
    expect([paused, soon, late].sort(byUrgency)).toEqual([late, soon, paused]);
  });
});
