import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Quota } from '../access/grants.js';
import { dayOf } from '../catalogue/calendar.js';
import type { Queryable } from '../db/database.js';
import { Quotas } from './quotas.js';

const one = { requests: 1, features: 10, km2: 0.5 };

/** Quotas in Shanghai at 23:50, with a table of uses. */
function make(quotas: Record<string, Quota | null>) {
  const table: { grant: string; day: string; requests: number; features: number; km2: number; changedAt: string }[] = [];
  const asked: unknown[] = [];
  const q = {
    query: async (_sql: string, params: unknown[]) => {
      asked.push(params[0]);
      return table;
    },
  } as unknown as Queryable;
  const it = new Quotas(
    (grant) => quotas[grant] ?? null,
    (now) => dayOf('Asia/Shanghai', now),
  );
  const use = (grant: string, amount = one, times = 1) => {
    for (let i = 0; i < times; i++) for (const meter of it.metersOf([grant])) meter.count(amount);
  };
  return { it, use, table, q, asked, quotas };
}

beforeEach(() => {
  vi.useFakeTimers({ now: new Date('2026-11-22T23:50:00+08:00') });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('a quota', () => {
  it.each<[string, Quota]>([
    ['requests a day', { requestsPerDay: 3 }],
    ['features a day', { featuresPerDay: 25 }],
    ['km² a day', { km2PerDay: 1.5 }],
    ['requests in all', { requests: 3 }],
    ['features in all', { features: 30 }],
    ['km² in all', { km2: 1.5 }],
  ])('of %s is used up with the request that reaches it, and not before', (_what, quota) => {
    const { it, use } = make({ g: quota });
    const before = it.changed;
    use('g', one, 2);
    expect([it.exhausted('g'), it.changed]).toEqual([false, before]);
    use('g');
    expect([it.exhausted('g'), it.changed]).toEqual([true, before + 1]);
    use('g');
    expect(it.changed).toBe(before + 1);
  });

  it('of a day refills at midnight of the instance’s zone, to the millisecond; one in all does not', () => {
    const { it, use } = make({ day: { requestsPerDay: 1 }, all: { requests: 1 } });
    use('day');
    use('all');
    vi.setSystemTime(new Date('2026-11-22T23:59:59.999+08:00'));
    expect([it.exhausted('day'), it.exhausted('all')]).toEqual([true, true]);
    const before = it.changed;
    vi.setSystemTime(new Date('2026-11-23T00:00:00+08:00'));
    expect([it.exhausted('day'), it.exhausted('all'), it.changed]).toEqual([false, true, before + 1]);
    use('day');
    expect(it.exhausted('day')).toBe(true);
  });

  it('counts what other nodes used, and its own once however often it is written', async () => {
    const { it, use, table, q } = make({ g: { requestsPerDay: 10, requests: 100 } });
    use('g', one, 4);
    for (const meter of it.metersOf(['g'])) meter.written('2026-11-22', { requests: 4, features: 40, km2: 2 });
    // Five of another node's stand in the table beside our four.
    table.push({ grant: 'g', day: '2026-11-22', requests: 9, features: 90, km2: 4.5, changedAt: '2026-11-22T15:51:00.000Z' });
    await it.refresh(q);
    expect(it.exhausted('g')).toBe(false);
    await it.refresh(q);
    expect(it.exhausted('g')).toBe(false);
    use('g');
    expect(it.exhausted('g')).toBe(true);
  });

  it('knows after a restart what was used today and before', async () => {
    const { it, table, q, asked } = make({ day: { requestsPerDay: 5 }, all: { requests: 9 } });
    const row = (grant: string, day: string, requests: number) =>
      table.push({ grant, day, requests, features: 0, km2: 0, changedAt: `${day}T03:00:00.000Z` });
    row('day', '2026-11-21', 50);
    row('all', '2026-11-21', 5);
    row('all', '2026-11-22', 4);
    await it.refresh(q);
    expect([it.exhausted('day'), it.exhausted('all')]).toEqual([false, true]);
    await it.refresh(q);
    expect(asked).toEqual(['-infinity', '2026-11-22T03:00:00.000Z']);
  });

  it('that is written after midnight does not burden the new day', () => {
    const { it, use } = make({ g: { requestsPerDay: 3 } });
    use('g', one, 2);
    const [meter] = it.metersOf(['g']);
    vi.setSystemTime(new Date('2026-11-23T00:00:01+08:00'));
    use('g', one, 2);
    meter!.written('2026-11-22', { requests: 2, features: 20, km2: 1 });
    expect(it.exhausted('g')).toBe(false);
    use('g');
    expect(it.exhausted('g')).toBe(true);
  });

  it('that is widened lets go, and one that is taken away is forgotten', async () => {
    const { it, use, quotas, q } = make({ g: { requests: 2 } });
    use('g', one, 2);
    expect(it.exhausted('g')).toBe(true);
    quotas.g = { requests: 3 };
    await it.refresh(q);
    expect(it.exhausted('g')).toBe(false);
    use('g');
    expect(it.exhausted('g')).toBe(true);
    quotas.g = null;
    await it.refresh(q);
    expect(it.exhausted('g')).toBe(false);
  });
});
