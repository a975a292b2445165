import { describe, expect, it } from 'vitest';
import type { Database, Queryable } from '../db/database.js';
import type { AuditRow } from './chain.js';
import { type Access, Ledger } from './ledger.js';

/** A database that keeps what is inserted, or is away. */
function database() {
  const rows: AuditRow[] = [];
  const state = {
    away: false,
    rows,
    days: [] as object[],
    uses: [] as object[],
    day: '2026-11-22',
    ends: Number.POSITIVE_INFINITY,
  };
  const q = {
    async query(sql: string, params: readonly unknown[] = []) {
      if (sql.startsWith('select seq')) return [{ seq: rows.length, hash: rows.at(-1)?.hash ?? 'genesis', algorithm: 'sha256' }];
      if (sql.startsWith('insert into yutu.audit')) rows.push(...JSON.parse(String(params[0])));
      if (sql.startsWith('insert into yutu.access_day')) state.days.push(...JSON.parse(String(params[0])));
      if (sql.startsWith('insert into yutu.grant_use')) state.uses.push(...JSON.parse(String(params[0])));
      return [];
    },
  } as unknown as Queryable;
  const db = {
    async tx(work: (handle: Queryable) => Promise<unknown>) {
      if (state.away) throw new Error('away');
      return work(q);
    },
  } as unknown as Database;
  const dayOf = () => ({ day: state.day, ends: state.ends });
  return { state, ledger: new Ledger(db, { seconds: 10, dayOf }) };
}
const access = (wish: Partial<Access> = {}): Access => ({
  actor: 'planner',
  organisation: 'transport',
  via: 'session',
  layer: 'parcels',
  surface: 'tiles',
  grants: ['g1', 'g2'],
  ...wish,
});

describe('the ledger', () => {
  it('writes one row for what one caller did with a layer on a surface, under which rights', async () => {
    const { state, ledger } = database();
    for (const bytes of [10, 20, 30]) ledger.count(access(), 5, bytes);
    await ledger.flush();
    expect(state.rows).toHaveLength(1);
    expect(state.rows[0]).toMatchObject({
      actor: 'planner',
      organisation: 'transport',
      action: 'access',
      layer: 'parcels',
      subject: 'g1',
    });
    expect(state.rows[0]!.detail).toEqual({
      day: '2026-11-22',
      surface: 'tiles',
      via: 'session',
      grants: ['g1', 'g2'],
      requests: 3,
      features: 15,
      bytes: 60,
      km2: 0,
    });
    await ledger.flush();
    expect(state.rows).toHaveLength(1);
  });

  it('adds up what is counted under one object and under equal ones, before, between and after its rows are written', async () => {
    const { state, ledger } = database();
    const one = access();
    ledger.count(one, 1, 1);
    ledger.count(access(), 1, 1);
    ledger.count(one, 1, 1);
    await ledger.flush();
    ledger.count(one, 2, 2);
    state.away = true;
    await expect(ledger.flush()).rejects.toThrow('away');
    ledger.count(one, 2, 2);
    state.away = false;
    await ledger.flush();
    expect(state.rows.map((row) => row.detail)).toMatchObject([
      { requests: 3, features: 3 },
      { requests: 2, features: 4 },
    ]);
  });

  it.each<[string, Partial<Access>]>([
    ['another actor', { actor: 'wang' }],
    ['another organisation’s key of the same name', { organisation: 'police' }],
    ['another layer', { layer: 'schools' }],
    ['another surface', { surface: 'items' }],
    ['other rights', { grants: [] }],
    ['another way in', { via: 'key' }],
  ])('keeps apart %s', async (_what, wish) => {
    const { state, ledger } = database();
    ledger.count(access(), 1, 1);
    ledger.count(access(wish), 2, 2);
    await ledger.flush();
    expect(state.rows.map((r) => [r.detail.requests, r.detail.features])).toEqual([
      [1, 1],
      [1, 2],
    ]);
    expect(state.rows[1]).toMatchObject({ actor: wish.actor ?? 'planner', organisation: wish.organisation ?? 'transport' });
  });

  it('loses nothing while the database is away', async () => {
    const { state, ledger } = database();
    ledger.count(access(), 1, 10);
    state.away = true;
    await expect(ledger.flush()).rejects.toThrow('away');
    ledger.count(access(), 2, 20);
    ledger.count(access({ actor: null, organisation: null, via: 'anonymous', grants: [] }), 4, 40);
    state.away = false;
    await ledger.stop();
    expect(state.rows.map((r) => [r.actor, r.subject, r.detail.requests, r.detail.features, r.detail.bytes])).toEqual([
      ['planner', 'g1', 2, 3, 30],
      [null, null, 1, 4, 40],
    ]);
  });

  it('counts what comes while it writes', async () => {
    const { state, ledger } = database();
    ledger.count(access(), 1, 1);
    const writing = ledger.flush();
    ledger.count(access(), 2, 2);
    await writing;
    await ledger.flush();
    expect(state.rows.reduce((sum, r) => sum + Number(r.detail.features), 0)).toBe(3);
  });

  it('adds the same sums to the tables by day: what was drawn, and the use of every grant', async () => {
    const { state, ledger } = database();
    ledger.count(access(), 5, 10, 0.25);
    ledger.count(access({ surface: 'items', grants: ['g2'] }), 2, 20, 1.5);
    await ledger.flush();
    expect(state.days).toMatchObject([
      {
        day: '2026-11-22',
        actor: 'planner',
        surface: 'tiles',
        grants: ['g1', 'g2'],
        requests: 1,
        features: 5,
        bytes: 10,
        km2: 0.25,
      },
      { day: '2026-11-22', actor: 'planner', surface: 'items', grants: ['g2'], requests: 1, features: 2, bytes: 20, km2: 1.5 },
    ]);
    expect(state.uses).toEqual([
      { day: '2026-11-22', grant: 'g1', requests: 1, features: 5, km2: 0.25 },
      { day: '2026-11-22', grant: 'g2', requests: 2, features: 7, km2: 1.75 },
    ]);
  });

  it('begins anew at midnight: no request is written under the day before', async () => {
    const { state, ledger } = database();
    const one = access();
    state.ends = Date.now() - 1; // every count asks what day it is
    ledger.count(one, 1, 1);
    state.day = '2026-11-23';
    ledger.count(one, 2, 2);
    ledger.count(one, 4, 4);
    await ledger.flush();
    expect(state.days).toMatchObject([
      { day: '2026-11-22', features: 1 },
      { day: '2026-11-23', features: 6 },
    ]);
  });
});
