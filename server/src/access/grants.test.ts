import { describe, expect, it } from 'vitest';
import { today } from '../catalogue/calendar.js';
import type { Bus, Message } from '../db/bus.js';
import type { Database } from '../db/database.js';
import { GrantBook } from './grants.js';

const row = (wish: object = {}) => ({
  id: 'g',
  layer: 'parcels',
  subjectKind: 'organisation',
  subject: 'transport',
  grantee: 'transport',
  maxZoom: null,
  precision: null,
  edition: null,
  actions: ['view'],
  fields: [],
  rows: null,
  areaId: null,
  areaHash: null,
  fromDate: '2026-11-01',
  untilDate: '2026-11-30',
  ...wish,
});

/** A book over a database whose answers a test gives when and in which order it likes. */
function book(timezone = 'Asia/Shanghai') {
  const answers: ((rows: object[]) => void)[] = [];
  let hear: (m: Message) => unknown = () => {};
  const db = { query: () => new Promise((resolve) => answers.push(resolve)) } as unknown as Database;
  const bus = {
    subscribe(ear: typeof hear) {
      hear = ear;
    },
  } as unknown as Bus;
  return { book: new GrantBook(db, bus, timezone), answers, tell: (m: Message) => hear(m) };
}
async function loaded(rows: object[], timezone?: string) {
  const it = book(timezone);
  const reload = it.book.reload();
  it.answers[0]!(rows);
  await reload;
  return it;
}

describe('the book of grants', () => {
  it('keeps them by grantee and layer', async () => {
    const { book: b } = await loaded([row(), row({ id: 'h', areaId: 'a', areaHash: 'x' }), row({ id: 'i', layer: 'schools' })]);
    expect(b.of(['organisation:transport'], 'parcels').map((g) => [g.id, g.area])).toEqual([
      ['g', null],
      ['h', { id: 'a', hash: 'x' }],
    ]);
    expect(b.of(['organisation:transport'], 'rivers')).toEqual([]);
    expect(b.of(['public', 'organisation:police'], 'parcels')).toEqual([]);
    expect(b.of([], 'parcels')).toEqual([]);
  });

  it('has terms from the first instant of the first day to the last of the last, in the instance’s zone', async () => {
    const { book: b } = await loaded([row()]);
    const [grant] = b.of(['organisation:transport'], 'parcels');
    expect(new Date(grant!.from).toISOString()).toBe('2026-10-31T16:00:00.000Z');
    expect(new Date(grant!.until).toISOString()).toBe('2026-11-30T16:00:00.000Z');
  });

  it('knows that a day may have other than 24 hours', async () => {
    const { book: b } = await loaded([row({ fromDate: '2026-10-25' })], 'Europe/Berlin');
    expect(new Date(b.of(['organisation:transport'], 'parcels')[0]!.from).toISOString()).toBe('2026-10-24T22:00:00.000Z');
  });

  it('is read anew when grants change or anything may have, and its version rises', async () => {
    const { book: b, answers, tell } = await loaded([row()]);
    expect(tell({ kind: 'identity', username: null, key: null })).toBeUndefined();
    expect(answers).toHaveLength(1);
    const heard = tell({ kind: 'grants', layer: 'parcels', organisations: ['transport'] });
    answers[1]!([]);
    await heard;
    expect([b.of(['organisation:transport'], 'parcels'), b.version]).toEqual([[], 2]);
  });

  it('does not take a late answer from before a revocation for the present state', async () => {
    const { book: b, answers } = book();
    const [before, after] = [b.reload(), b.reload()];
    answers[1]!([]);
    await after;
    answers[0]!([row()]); // asked before the revocation, heard after it
    await before;
    expect(b.of(['organisation:transport'], 'parcels')).toEqual([]);
  });

  it('tells whose terms begin or end within a span', async () => {
    const { book: b } = await loaded([row(), row({ id: 'later', fromDate: '2026-11-10', untilDate: '2026-12-31' })]);
    const begins = Date.parse('2026-11-09T16:00:00Z');
    expect(b.edgesBetween(begins - 1, begins).map((g) => g.id)).toEqual(['later']);
    expect(b.edgesBetween(begins, begins + 1)).toEqual([]);
    expect(b.edgesBetween(0, Number.MAX_SAFE_INTEGER)).toHaveLength(2);
  });
});

it('asks for terms by the instance’s own day: the database’s may be another one', async () => {
  const asked: [string, readonly unknown[]][] = [];
  const db = {
    async query(sql: string, params: readonly unknown[] = []) {
      asked.push([sql, params]);
      return [];
    },
  } as unknown as Database;
  for (const zone of ['Pacific/Kiritimati', 'Pacific/Pago_Pago']) {
    const book = new GrantBook(db, { subscribe() {} } as unknown as Bus, zone);
    await book.reload();
    expect(asked.at(-1)![1]).toEqual([today(zone)]);
  }
  for (const [sql] of asked) expect(sql).not.toMatch(/current_date|now\(\)/);
});
