import { createHash, getHashes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Queryable } from '../db/database.js';
import { type AuditRow, canonicalJson, type Deed, record, rowHash, useAlgorithm, walkChain } from './chain.js';

type Head = { seq: number; hash: string; algorithm: string };

/** The log's two tables in memory, as the statements of the chain see them. `before` runs before each of them. */
function log(before: (sql: string) => unknown = () => {}) {
  const state = { rows: [] as AuditRow[], head: { seq: 0, hash: 'genesis', algorithm: 'sha256' } as Head | null };
  const q = {
    async query(sql: string, params: readonly unknown[] = []): Promise<unknown[]> {
      await before(sql);
      // What a database gives back is a copy, its objects' members in an order of its own.
      if (sql.startsWith('select seq, hash, algorithm')) return state.head ? [{ ...state.head }] : [];
      if (sql.startsWith('insert')) state.rows.push(...(JSON.parse(String(params[0])) as AuditRow[]));
      else if (sql.startsWith('update'))
        state.head = sql.includes('algorithm')
          ? { ...state.head!, algorithm: String(params[0]) }
          : { ...state.head!, seq: Number(params[0]), hash: String(params[1]) };
      else if (sql.startsWith('select *')) {
        const [after, limit] = params as [number, number];
        const found = state.rows.filter((r) => r.seq > after).slice(0, limit);
        return found.map((r) => ({ ...r, detail: Object.fromEntries(Object.entries(r.detail).reverse()) }));
      }
      return [];
    },
  } as Queryable;
  return { state, q };
}
const deed = (action: string, detail: Record<string, unknown> = {}): Deed => ({
  actor: 'planner',
  organisation: 'transport',
  action,
  layer: 'parcels',
  detail,
});
async function written(n: number, before?: (sql: string) => unknown) {
  const it = log(before);
  for (let i = 1; i <= n; i++) await record(it.q, deed(`deed ${i}`, { b: i, a: ['二', null] }));
  return it;
}

describe('recording', () => {
  it('chains every row to the one before, from the beginning', async () => {
    const { state, q } = log();
    await record(q, deed('one'), deed('two'));
    await record(q, deed('three'));
    expect(state.rows.map((r) => [r.seq, r.action, r.prev])).toEqual([
      [1, 'one', 'genesis'],
      [2, 'two', state.rows[0]!.hash],
      [3, 'three', state.rows[1]!.hash],
    ]);
    expect(state.head).toMatchObject({ seq: 3, hash: state.rows[2]!.hash });
    expect(state.rows[0]).toMatchObject({ algorithm: 'sha256', subject: null, layer: 'parcels', actor: 'planner' });
  });

  it.skipIf(!getHashes().includes('sm3'))('changes its algorithm from a row on, which says so; the proof follows', async () => {
    const { state, q } = await written(2);
    await useAlgorithm(q, 'sm3');
    await useAlgorithm(q, 'sm3');
    await record(q, deed('after'));
    expect(state.rows.map((r) => [r.action, r.algorithm])).toEqual([
      ['deed 1', 'sha256'],
      ['deed 2', 'sha256'],
      ['audit_algorithm', 'sm3'],
      ['after', 'sm3'],
    ]);
    // SM3 as GB/T 32905 has it, not another hash under its name.
    expect(createHash('sm3').update('abc').digest('hex')).toMatch(/^66c7f0f4/);
    expect(await walkChain(q)).toMatchObject({ ok: true, rows: 4 });
    Object.assign(state.rows[3]!.detail, { b: 9 });
    expect((await walkChain(q)).fault).toMatchObject({ seq: 4, why: expect.stringContaining('was changed') });
  });

  it('refuses an algorithm too weak for a log, though OpenSSL has it', async () => {
    const { state, q } = await written(2);
    const { hash: _hash, ...row } = { ...state.rows[1]!, algorithm: 'md5' };
    expect(() => rowHash(row)).toThrow(/md5/);
    const text = canonicalJson([
      row.seq,
      row.at,
      row.actor,
      row.organisation,
      row.action,
      row.layer,
      row.subject,
      row.detail,
      'md5',
      row.prev,
    ]);
    state.rows[1] = { ...row, hash: createHash('md5').update(text).digest('hex') };
    expect((await walkChain(q)).fault).toMatchObject({ seq: 2, why: expect.stringContaining('unknown algorithm') });
  });

  it('takes the head’s lock first, and asks for nothing when there is nothing to write', async () => {
    const asked: string[] = [];
    const { q } = log((sql) => asked.push(sql));
    await record(q);
    expect(asked).toEqual([]);
    await record(q, deed('one'));
    expect(asked[0]).toMatch(/for update$/);
  });
});

describe('the proof', () => {
  it('of an empty and of a whole log holds, whatever the size of its pages', async () => {
    expect(await walkChain(log().q)).toEqual({ ok: true, rows: 0, head: 'genesis', fault: null });
    const { state, q } = await written(6);
    for (const page of [1, 2, 3, 5, 6, 7, 100])
      expect(await walkChain(q, { page })).toEqual({ ok: true, rows: 6, head: state.rows[5]!.hash, fault: null });
  });

  const renumber = (rest: AuditRow[], rows: AuditRow[]) =>
    rows.splice(0, rows.length, ...rest.map((r, i) => ({ ...r, seq: i + 1 })));
  type Rows = { rows: AuditRow[]; head: Head | null };
  it.each<[string, (s: Rows) => void, number, RegExp]>([
    ['a changed detail', (s) => Object.assign(s.rows[2]!.detail, { b: 7 }), 3, /was changed/],
    ['another actor', (s) => Object.assign(s.rows[0]!, { actor: 'nobody' }), 1, /was changed/],
    ['another time', (s) => Object.assign(s.rows[4]!, { at: '2020-01-01T00:00:00.000Z' }), 5, /was changed/],
    ['a row taken out', (s) => s.rows.splice(2, 1), 3, /is missing/],
    ['a row taken out and the rest renumbered', (s) => renumber(s.rows.toSpliced(2, 1), s.rows), 3, /does not continue/],
    ['the end cut off', (s) => s.rows.splice(4), 5, /rows at the end are missing/],
    ['all cut off', (s) => s.rows.splice(0), 1, /rows at the end are missing/],
    ['the head gone', (s) => Object.assign(s, { head: null }), 6, /its head says nothing/],
    ['the head set back', (s) => Object.assign(s, { head: { ...s.head, seq: 3, hash: s.rows[2]!.hash } }), 6, /its head says 3/],
    ['an algorithm nobody knows', (s) => Object.assign(s.rows[1]!, { algorithm: 'rot13' }), 2, /unknown algorithm/],
    [
      'a row put in another’s place',
      (s) => s.rows.splice(1, 1, { ...s.rows[1]!, prev: s.rows[2]!.hash }),
      2,
      /does not continue/,
    ],
  ])('finds %s', async (_what, tamper, seq, why) => {
    const { state, q } = await written(5);
    tamper(state);
    const report = await walkChain(q, { page: 2 });
    expect(report).toMatchObject({ ok: false, fault: { seq } });
    expect(report.fault!.why).toMatch(why);
  });

  it('finds a row rewritten with a hash of its own: the next one does not continue it', async () => {
    const { state, q } = await written(5);
    const { hash: _hash, ...row } = { ...state.rows[1]!, actor: 'nobody' };
    state.rows[1] = { ...row, hash: rowHash(row) };
    expect((await walkChain(q)).fault).toMatchObject({ seq: 3, why: expect.stringContaining('does not continue') });
  });

  it('holds while the log grows under it', async () => {
    const busy = await written(4);
    let writing = 3;
    const q = {
      async query(sql: string, params?: readonly unknown[]) {
        // Another node writes just before the head is looked at.
        if (sql.startsWith('select seq, hash, algorithm') && writing-- > 0) await record(busy.q, deed('meanwhile'));
        return busy.q.query(sql, params);
      },
    } as Queryable;
    expect(await walkChain(q)).toMatchObject({ ok: true, rows: 7, fault: null });
  });
});

describe('canonical text', () => {
  it('is the same whatever the order of members', () => {
    expect(canonicalJson({ b: 1, a: { d: [2, { f: 3, e: null }], c: '"' } })).toBe(
      '{"a":{"c":"\\"","d":[2,{"e":null,"f":3}]},"b":1}',
    );
    expect(canonicalJson({ a: undefined, b: [undefined] })).toBe('{"b":[null]}');
  });

  it('says what JSON says, and survives being read again', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(canonicalJson(JSON.parse(text))).toBe(text);
      }),
    );
  });
});
