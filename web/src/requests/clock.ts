import type { Clock } from '../api/types';

/** The ten-cell working-day clock: how many cells are spent and what the wait means. */
export interface ClockFace {
  cells: number; // spent, of CELLS
  tone: 'calm' | 'hot' | 'late' | 'paused';
  left: number; // working days left; negative when overdue
}

export const CELLS = 10;

/** Amber from two working days left, cinnabar when over; the cells scale whatever the term is to ten. */
export function clockFace(clock: Pick<Clock, 'days' | 'used' | 'left' | 'paused'>): ClockFace {
  const share = clock.days > 0 ? clock.used / clock.days : 1;
  const late = clock.left < 0;
  // a term not yet over never shows as full, one that has begun never as empty
  const cells = late
    ? CELLS
    : Math.min(CELLS - (clock.left > 0 ? 1 : 0), Math.max(clock.used > 0 ? 1 : 0, Math.round(share * CELLS)));
  const tone = clock.paused ? 'paused' : late ? 'late' : clock.left <= 2 ? 'hot' : 'calm';
  return { cells, tone, left: clock.left };
}

/** Most urgent first: overdue, then by due day; paused clocks wait for the other side and go last. */
export function byUrgency(a: { clock: Clock | null }, b: { clock: Clock | null }): number {
  const rank = (r: { clock: Clock | null }) => (r.clock === null ? 2 : r.clock.paused ? 1 : 0);
  return (
    rank(a) - rank(b) || (a.clock?.due ?? '').localeCompare(b.clock?.due ?? '') || (a.clock?.left ?? 0) - (b.clock?.left ?? 0)
  );
}
