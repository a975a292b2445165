import { describe, expect, it, vi } from 'vitest';
import type { Database } from '../db/database.js';
import { KeyUses } from './quota.js';

const HOUR = 3_600_000;
const full = expect.objectContaining({ code: 'key_quota' });

/** Counters over a database that sums up what it is given, beside what other nodes gave. */
function counters() {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-11-22T12:00:00+08:00') });
  const written = new Map<string, number>();
  const state = { away: false };
  const db = {
    async query(_sql: string, [keys, days, requests]: [string[], string[], number[]]) {
      if (state.away) throw new Error('away');
      return keys.map((key, i) => {
        const id = `${key} ${days[i]}`;
        written.set(id, (written.get(id) ?? 0) + requests[i]!);
        return { key, day: days[i], requests: written.get(id)! };
      });
    },
  } as unknown as Database;
  const uses = new KeyUses(() => {
    const day = new Date(Date.now() + 8 * HOUR).toISOString().slice(0, 10);
    return { day, ends: Date.parse(`${day}T24:00:00+08:00`) };
  });
  return { uses, db, written, state };
}

describe('requests of a key', () => {
  it('are counted once, however often they are written', async () => {
    const { uses, db, written } = counters();
    uses.know('k', null, 0);
    uses.spend('k');
    uses.spend('k');
    await uses.flush(db);
    await uses.flush(db);
    uses.spend('k');
    await uses.flush(db);
    expect([...written]).toEqual([['k 2026-11-22', 3]]);
    uses.spend('nobody looked up');
    await uses.flush(db);
    expect(written.size).toBe(1);
  });

  it('are kept while the database is away', async () => {
    const { uses, db, written, state } = counters();
    uses.know('k', null, 0);
    uses.spend('k');
    state.away = true;
    await expect(uses.flush(db)).rejects.toThrow('away');
    state.away = false;
    uses.spend('k');
    await uses.flush(db);
    expect([...written]).toEqual([['k 2026-11-22', 2]]);
  });

  it('of other nodes count when they are learned of', async () => {
    const { uses, db, written } = counters();
    uses.know('k', 10, 0);
    uses.spend('k');
    written.set('k 2026-11-22', 9); // another node’s
    await uses.flush(db);
    expect(() => uses.spend('k')).toThrow(full);
  });

  it('begin anew at midnight of the zone; those of the day before stay that day’s', async () => {
    const { uses, db, written } = counters();
    uses.know('k', 2, 0);
    uses.spend('k');
    uses.spend('k');
    expect(() => uses.spend('k')).toThrow(expect.objectContaining({ more: { retryAfter: 12 * 3600 } }));
    vi.setSystemTime(Date.parse('2026-11-23T00:00:01+08:00'));
    uses.spend('k');
    await uses.flush(db);
    expect(Object.fromEntries(written)).toEqual({ 'k 2026-11-22': 2, 'k 2026-11-23': 1 });
    vi.useRealTimers();
  });
});
