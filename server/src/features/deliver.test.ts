import { createHmac } from 'node:crypto';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Request, Response } from 'express';
import { describe, expect, it } from 'vitest';
import { Decisions } from '../access/decisions.js';
import type { GrantBook, GrantFacts } from '../access/grants.js';
import { noCity } from '../access/testing.js';
import { exampleLayer } from '../catalogue/testing.js';
import { runFor } from '../db/client.js';
import type { Caller } from '../identity/caller.js';
import { Areas, summarise } from './collection.js';
import { Counts } from './counts.js';
import { describe as describeLayers, layersFor } from './deliver.js';
import { getExport } from './export.js';
import { refuseFilter } from './item-params.js';
import { getItem, getItems } from './items.js';
import type { FeatureRooms } from './rooms.js';
import { search } from './search.js';
import { getStatistics } from './statistics.js';
import { verification } from './verify.js';

const planner: Caller = { kind: 'user', name: 'li', organisation: 'transport', roles: ['planner'], scope: null, keyId: null };
const layer = exampleLayer({ searchFields: ['code'] });
const organisation = { id: 'planning', titleZh: '规划局', titleEn: 'Planning' };

/** Rooms whose planner has a grant; `during` runs while the database works. @param secret the instance's own */
function rooms(during: () => unknown = () => {}, secret = 'ours') {
  const grant = {
    id: 'g',
    layer: 'parcels',
    subjectKind: 'organisation',
    subject: 'organisation:transport',
    jurisdiction: null,
    maxZoom: null,
    precision: null,
    grantee: 'transport',
    actions: ['view', 'query', 'api', 'verify'],
    fields: [{ name: 'code', form: 'value' }],
    rows: null,
    area: null,
    from: 0,
    until: Date.now() + 1e7,
  };
  const book = { version: 1, list: [grant] as unknown as GrantFacts[], of: () => book.list, mentions: () => true };
  const state = { book, caller: planner as Caller | Error, counted: 0, fault: null as object | null };
  const house = {
    db: {
      async query(sql: string) {
        await during();
        if (state.fault) throw state.fault;
        if (sql.includes('as matches')) return [{ i: 0, matches: true }];
        if (sql.includes('as matched')) return [{ value: null, count: 7, matched: 7 }];
        return sql.includes('count(*)') ? [{ n: 1 }] : [{ fid: 7, geometry: null, bits: 1, c0: 'A' }];
      },
    },
    catalogue: {
      layers: new Map([['parcels', layer]]),
      organisation: () => organisation,
      organisations: new Map(),
      divisions: new Map(),
    },
    decisions: new Decisions(book as unknown as GrantBook, noCity()),
    callers: {
      async of() {
        if (state.caller instanceof Error) throw state.caller;
        return state.caller;
      },
    },
    signatures: { seal: (mark: string) => createHmac('sha256', secret).update(mark).digest('base64url').slice(0, 22) },
    ledger: { count: () => void state.counted++ },
    guard: { pace: async () => {}, extractions: { of: () => null } },
    timezone: 'Asia/Shanghai',
    origin: () => 'http://map',
  } as unknown as FeatureRooms;
  Object.assign(house, { counts: new Counts(house.db, () => [-180, -85, 180, 85]) });
  return { house, state, revoke: () => Object.assign(book, { list: [], version: book.version + 1 }) };
}

function answer() {
  const sent: { body?: string; headers: Record<string, string> } = { headers: {} };
  const res = {
    locals: { caller: planner },
    setHeader: (name: string, value: string) => Object.assign(sent.headers, { [name]: value }),
    type: () => res,
    send: (body: string) => Object.assign(sent, { body }),
  } as unknown as Response;
  return { res, sent };
}
const request = (fid?: string, query = '') =>
  ({
    params: { layer: 'parcels', fid },
    originalUrl: `/api/collections/parcels/items${fid ? `/${fid}` : ''}${query}`,
    headers: {},
    body: { id: 7, claims: { code: 'A' } },
    res: { locals: {} },
    fresh: false,
  }) as unknown as Request;

const find = (house: FeatureRooms, res: Response) =>
  describeLayers(
    house,
    layersFor(house, request(), res, null),
    (readings) => search(house, readings, 'a'),
    (results) => void res.send(JSON.stringify(results)),
  );

it('what names a caller’s views outside cannot be guessed without the instance’s secret', async () => {
  const named = async (secret: string) => {
    const { house } = rooms(() => {}, secret);
    const { res, sent } = answer();
    await getItems(house, request(), res);
    const access = house.decisions.of(planner, layer);
    return [sent.headers.ETag, (await summarise(access, new Areas(house.db), house, false)).key];
  };
  const [ours, again, others] = [await named('ours'), await named('ours'), await named('another')];
  expect(again).toEqual(ours);
  expect(others!.filter((name) => ours!.includes(name))).toEqual([]);
});

describe.each<[string, string, (house: FeatureRooms, res: Response) => Promise<void>]>([
  ['a page of items', '"id":7', (house, res) => getItems(house, request(), res)],
  ['an item', '"id":7', (house, res) => getItem(house, request('7'), res)],
  ['what a search found', '"parcels/7"', find],
  ['statistics', '"numberMatched":7', (house, res) => getStatistics(house, request(undefined, '?by=code'), res)],
  ['a check', '"matches":true', (house, res) => verification(house)(request(), res)],
])('%s', (what, told, get) => {
  it('is sent to whom it was read for, privately, and counted', async () => {
    const { house, state } = rooms();
    const { res, sent } = answer();
    await get(house, res);
    expect(sent.body).toContain(told);
    if (what.includes('item'))
      expect(sent.headers).toMatchObject({ 'Cache-Control': 'private, no-cache', ETag: expect.stringMatching(/^(W\/)?"/) });
    expect(state.counted).toBe(1);
  });

  it('is not sent when the grant was revoked while the database worked, nor is a refusal that the data brought about', async () => {
    for (const fault of [null, Object.assign(new Error('out of range'), { code: '22003' })]) {
      const { house, state, revoke } = rooms(() => revoke());
      state.fault = fault;
      const { res, sent } = answer();
      if (what.includes('search')) {
        await get(house, res);
        expect(sent.body).not.toContain(told);
      } else {
        await expect(get(house, res)).rejects.toMatchObject({ code: 'not_granted' });
        expect(sent.body).toBeUndefined();
      }
      expect(state.counted).toBe(0);
    }
  });

  it('is not sent when the key was revoked meanwhile', async () => {
    const { house, state } = rooms(() => {
      state.caller = Object.assign(new Error('dead'), { code: 'credential_invalid' });
    });
    const { res, sent } = answer();
    await expect(get(house, res)).rejects.toMatchObject({ code: 'credential_invalid' });
    expect(sent.body).toBeUndefined();
  });

  it('is read anew under the rights of now', async () => {
    let reads = 0;
    const { house, state } = rooms(() => {
      if (++reads > 1) return;
      const [grant] = state.book.list;
      const fields = [
        { name: 'code', form: 'value' },
        { name: 'area_m2', form: 'value' },
      ];
      Object.assign(state.book, { list: [{ ...grant!, fields }], version: 2 });
    });
    const { res, sent } = answer();
    await get(house, res);
    expect(sent.body).toContain(told);
    expect(reads).toBeGreaterThan(1);
    expect(state.counted).toBe(1);
  });
});

it('a request that is refused because of what was asked is counted, one that came too often or was refused before is not', async () => {
  const { house, state, revoke } = rooms();
  await expect(getItems(house, request(undefined, '?filter=no_such=1'), answer().res)).rejects.toMatchObject({
    code: 'parameter_invalid',
  });
  await expect(getItem(house, request('x'), answer().res)).rejects.toMatchObject({ code: 'feature_not_found' });
  expect(state.counted).toBe(2);
  const check = verification(house);
  for (let i = 0; i < 10; i++) await check(request(), answer().res);
  await expect(check(request(), answer().res)).rejects.toMatchObject({ code: 'asked_too_often' });
  expect(state.counted).toBe(12);
  revoke();
  await expect(getItems(house, request(), answer().res)).rejects.toMatchObject({ code: 'not_granted' });
  expect(state.counted).toBe(12);
});

it('a class of one feature, and the least and the greatest of many, are features drawn', async () => {
  const { house, state } = rooms();
  Object.assign(house.catalogue, {
    layers: new Map([['parcels', { ...layer, policy: { ...layer.policy, analyseAtLeast: 1 } }]]),
  });
  const drawn: number[] = [];
  Object.assign(house.ledger, { count: (_: unknown, features: number) => void drawn.push(features) });
  const met: number[] = [];
  Object.assign(house.guard, {
    extractions: { of: () => ({}), features: (_: unknown, told: { id: number }[]) => void met.push(...told.map(({ id }) => id)) },
  });
  const classes = [7, 1, 1, 1].map((count, i) => ({
    ...{ value: `c${i}`, count, sum: 1, min: 1, max: 1, own: count > 1 ? null : [i], matched: 10 },
  }));
  Object.assign(house.db, { query: async () => classes });
  Object.assign(state.book, {
    list: [{ ...state.book.list[0]!, fields: ['code', 'area_m2'].map((name) => ({ name, form: 'value' })) }],
  });
  await getStatistics(house, request(undefined, '?by=code'), answer().res);
  await getStatistics(house, request(undefined, '?by=code&of=area_m2'), answer().res);
  expect(drawn).toEqual([3, 5]);
  expect(met).toEqual([1, 2, 3, 1, 2, 3]);
});

it('a check that was answered with yes draws the feature', async () => {
  const { house } = rooms();
  Object.assign(house.db, { query: async () => [{ i: 0, matches: true, named: [7] }] });
  const met: unknown[] = [];
  Object.assign(house.guard, {
    extractions: { of: () => ({}), features: (_: unknown, features: unknown[]) => void met.push(...features) },
  });
  await verification(house)(request(), answer().res);
  expect(met).toEqual([{ id: 7, geometry: null }]);
});

describe('a fault of the database', () => {
  it('that a filter brought about is the filter’s, and tells nothing of the data', async () => {
    for (const code of ['22003', '22008', 'XX000']) {
      const { house, state } = rooms();
      state.fault = Object.assign(new Error('TopologyException at 106.5 29.5'), { code });
      const asking = getItems(house, request(undefined, '?filter=TRUE'), answer().res);
      await expect(asking).rejects.toMatchObject({ code: 'parameter_invalid', more: { parameter: 'filter' } });
      await expect(asking).rejects.not.toThrow('106.5');
    }
  });

  it('without a filter, or of another kind, stays what it is', async () => {
    const { house, state } = rooms();
    state.fault = Object.assign(new Error('overflow'), { code: '22003' });
    await expect(getItems(house, request(), answer().res)).rejects.toBe(state.fault);
    expect(() => refuseFilter(Object.assign(new Error('gone'), { code: '42P01' }))).toThrow('gone');
  });
});

it('of the files that one client takes at once, one part is made at a time', async () => {
  let [making, most] = [0, 0];
  const { house, state } = rooms(async () => {
    most = Math.max(most, ++making);
    await sleep(2);
    making--;
  });
  state.book.list[0]!.actions.push('download');
  Object.assign(house.db, { tx: async () => {} });
  const take = async (client: string) => {
    const res = Object.assign(new PassThrough(), { locals: { caller: planner }, setHeader() {}, type() {} });
    const file = text(res);
    await runFor({ id: client, anonymous: false, signal: null }, () => getExport(house, request(), res as unknown as Response));
    return JSON.parse(await file).features.length;
  };
  expect(await Promise.all(['li', 'li', 'li', 'li'].map(take))).toEqual([1, 1, 1, 1]);
  expect(most).toBe(1);
  await Promise.all(['li', 'li', 'wang', 'wang'].map(take));
  expect(most).toBe(2);
});

it('a page’s link is good for its own question and place only: another’s would tell how many match and show none of them', async () => {
  const { house } = rooms();
  const rows = [7, 8].map((fid) => ({ fid, geometry: null, bits: 1, c0: 'A' }));
  Object.assign(house.db, { query: async (sql: string) => (sql.includes('count(*)') ? [{ n: 2 }] : rows) });
  const page = async (query: string) => {
    const { res, sent } = answer();
    await getItems(house, request(undefined, query), res);
    return JSON.parse(sent.body!) as { numberMatched: number; links: { rel: string; href: string }[] };
  };
  const { links } = await page("?limit=1&filter=code>='A'");
  const after = new URL(links.find(({ rel }) => rel === 'next')!.href).searchParams.get('after')!;
  expect((await page(`?limit=1&filter=code>='A'&after=${after}`)).numberMatched).toBe(2);
  const elsewhere = Buffer.from(after, 'base64url').toString().replace('f7.', 'f9.');
  for (const query of [
    `?limit=1&filter=code>='B'&after=${after}`,
    `?limit=1&after=${after}`,
    `?limit=1&filter=code>='A'&bbox=106,29,107,30&after=${after}`,
    `?limit=1&filter=code>='A'&after=${Buffer.from(elsewhere).toString('base64url')}`,
  ])
    await expect(page(query)).rejects.toMatchObject({ code: 'listing_changed' });
});
