import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  Caller as AnyCaller,
  type Caller,
  engine,
  eventually,
  makeKey,
  signIn,
  startYutu,
  underneath,
  withKey,
  withSecondNode,
  type Yutu,
  yutuCommand,
} from '../harness.js';
import { allItems, boxOf, day, inner, parcelsGift, parcelsWish, share } from '../story.js';
import { decode, tileAt, tilePath } from '../tile.js';

let yutu: Yutu;
let planner: Caller;
let steward: Caller;
let auditor: Caller;
beforeAll(async () => {
  yutu = await startYutu();
  [planner, steward, auditor] = [await signIn(yutu, 'planner'), await signIn(yutu, 'steward'), await signIn(yutu, 'auditor')];
});
afterAll(() => yutu?.remove());

interface Row {
  layer: { id: string };
  organisation: { id: string };
  level: string;
  rows: number;
  km2: number;
  share: number;
  mayLift: boolean;
}
async function drawn(caller: Caller, layer = 'parcels', organisation = 'transport'): Promise<Row | undefined> {
  const answer = await caller.get('/api/governance/extraction');
  expect([answer.status, answer.status === 200 ? '' : answer.text]).toEqual([200, '']);
  return answer.json.extraction.find((row: Row) => row.layer.id === layer && row.organisation.id === organisation);
}

/** Gives a quota under a grant of its own, and takes it away again. */
async function withQuota(quota: object, work: (key: Caller, grant: string) => Promise<void>, more: object = {}): Promise<void> {
  const grant = await share(planner, steward, parcelsWish, { ...parcelsGift, quota, ...more } as never);
  const made = await makeKey(planner, `quota ${JSON.stringify(quota)}`, { layers: ['parcels'] });
  try {
    await work(withKey(yutu, made.key), grant);
  } finally {
    expect((await steward.delete(`/api/grants/${grant}`, { reason: '测试结束' })).status).toBe(200);
    await planner.delete(`/api/keys/${made.id}`);
  }
}

const statuses = (answers: { status: number }[]) => {
  const counts: Record<number, number> = {};
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
};

describe('what an organisation draws', () => {
  it('is the union of what left through tiles, items and exports: equal to what a client that kept everything has', async () => {
    const grant = await share(planner, steward, parcelsWish, parcelsGift);
    const { key: secret } = await makeKey(planner, 'union', { layers: ['parcels'] });
    const key = withKey(yutu, secret);
    expect(await drawn(auditor)).toBeUndefined();
    const ids = new Set<number>();
    const cells = new Set<string>();
    const under = (box: [west: number, south: number, east: number, north: number]) => {
      const from = tileAt(box[0], box[3], 14);
      const to = tileAt(box[2], box[1], 14);
      for (let x = from.x; x <= to.x; x++) for (let y = from.y; y <= to.y; y++) cells.add(`${x}/${y}`);
    };
    // Random places and zooms from a fixed seed, many of them more than once.
    let seed = 20261122;
    const random = () => {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
      return seed / 0x7fffffff;
    };
    let tiles = 0;
    for (let i = 0; i < 60; i++) {
      const [lon, lat] = [106.5 + random() * 0.12, 29.53 + random() * 0.1];
      if (random() < 0.25) {
        const answer = await key.get(
          `/api/collections/parcels/items?limit=50&bbox=${[lon, lat, lon + 0.01, lat + 0.01].join(',')}`,
        );
        for (const feature of answer.json.features) {
          ids.add(feature.id);
          for (const [ring] of feature.geometry.coordinates) under(boxOf({ geometry: { type: '', coordinates: ring } }));
        }
      } else {
        const coord = tileAt(lon, lat, 10 + Math.floor(random() * 7));
        const encoding = ['gzip', 'br', 'identity'][i % 3]!;
        const answer = await key.get(tilePath('parcels', coord), { 'accept-encoding': encoding });
        expect([200, 204]).toContain(answer.status);
        if (coord.z < 12 || answer.status === 204) continue;
        tiles++;
        for (const { id } of decode(answer.bytes, 'parcels')) ids.add(id);
        const by = 2 ** Math.abs(14 - coord.z);
        if (coord.z >= 14) cells.add(`${Math.floor(coord.x / by)}/${Math.floor(coord.y / by)}`);
        else for (let x = 0; x < by; x++) for (let y = 0; y < by; y++) cells.add(`${coord.x * by + x}/${coord.y * by + y}`);
      }
    }
    expect([tiles > 15, ids.size > 500, cells.size > 20]).toEqual([true, true, true]);
    let km2 = 0;
    const sin = (y: number) => Math.tanh(Math.PI * (1 - (2 * y) / 2 ** 14));
    for (const cell of cells) {
      const y = Number(cell.split('/')[1]);
      km2 += ((6371.0072 ** 2 * 2 * Math.PI) / 2 ** 14) * (sin(y) - sin(y + 1));
    }
    const after = (await drawn(auditor))!;
    expect([after.rows, after.km2]).toEqual([ids.size, expect.closeTo(km2, 3)]);
    // Over a restart nothing is lost, and what is drawn once more does not count again.
    await yutu.stop();
    yutu = await yutu.again();
    await key.get(tilePath('parcels', tileAt(106.55, 29.56, 9)));
    expect(await drawn(auditor)).toMatchObject({ rows: ids.size });
    expect((await steward.delete(`/api/grants/${grant}`, { reason: '测试结束' })).status).toBe(200);
  });

  it('is summed up by day for the owner, also as a table to take away: the sums are those of the chained rows', async () => {
    const { usage } = (await steward.get('/api/collections/parcels/usage')).json;
    const mine = usage.filter((row: { organisation: { id: string } | null }) => row.organisation?.id === 'transport');
    const sum = (name: string) => mine.reduce((n: number, row: Record<string, number>) => n + row[name]!, 0);
    const { entries } = (await auditor.get('/api/audit?layer=parcels&action=access&limit=1000')).json;
    const chained = (name: string) =>
      entries
        .filter((e: { organisation: string }) => e.organisation === 'transport')
        .reduce((n: number, e: { detail: Record<string, number> }) => n + e.detail[name]!, 0);
    for (const name of ['requests', 'features', 'bytes']) expect([name, sum(name)]).toEqual([name, chained(name)]);
    expect(sum('km2')).toBeCloseTo(chained('km2'), 3);
    expect(new Set(mine.map((row: { surface: string }) => row.surface))).toEqual(new Set(['tiles', 'items']));
    const csv = await steward.get('/api/collections/parcels/usage?f=csv');
    expect([csv.status, csv.headers['content-type']]).toEqual([200, expect.stringContaining('text/csv')]);
    expect(csv.text.trim().split('\r\n')).toHaveLength(usage.length + 1);
    expect((await steward.get('/api/collections/parcels/usage?from=2020-01-01&until=2020-12-31')).json.usage).toEqual([]);
    expect((await steward.get('/api/collections/parcels/usage?from=x')).json).toMatchObject({
      code: 'parameter_invalid',
      parameter: 'from',
    });
    expect((await planner.get('/api/collections/parcels/usage?f=csv')).json.code).toBe('role_required');
  });

  it('counts an archive of tiles taken by command', async () => {
    const grant = await share(planner, steward, { ...parcelsWish, actions: ['view', 'query', 'download'] }, {
      ...parcelsGift,
      actions: ['view', 'query', 'download'],
    } as never);
    const before = (await drawn(auditor))!.rows;
    const args = ['tiles', 'export', 'parcels', '--as', 'planner', '--zooms', '12', '--out', 'parcels.pmtiles'];
    expect(yutuCommand(yutu, args)).toMatchObject({ status: 0 });
    const { numberMatched } = (await planner.get('/api/collections/parcels/items?limit=1')).json;
    expect(numberMatched).toBeGreaterThan(before);
    if (yutu.engine === 'embedded') expect((await drawn(auditor))!.rows).toBe(numberMatched);
    else await eventually(async () => expect((await drawn(auditor))!.rows).toBe(numberMatched));
    expect((await steward.delete(`/api/grants/${grant}`, { reason: '测试结束' })).status).toBe(200);
  });

  it('is seen by the owner’s stewards and the auditor, and by nobody else', async () => {
    expect(await drawn(steward)).toMatchObject({ mayLift: false, level: 'none' });
    expect((await planner.get('/api/governance/extraction')).json.code).toBe('role_required');
    // Its own people's drawing is not counted, nor anybody's of what is open to all.
    await allItems(steward, '/api/collections/parcels/items?limit=10000');
    await planner.get('/api/collections/schools/items?limit=100');
    expect(await drawn(auditor, 'parcels', 'planning')).toBeUndefined();
    expect(await drawn(auditor, 'schools')).toBeUndefined();
  });
});

describe('a grant’s quota', () => {
  /** Of a hundred at once; a busy database may turn some away (503), which are not served either. */
  async function served(one: () => Promise<{ status: number }>): Promise<number> {
    const counts = statuses(await Promise.all(Array.from({ length: 100 }, one)));
    expect(Object.keys(counts).filter((status) => !['200', '429', '503'].includes(status))).toEqual([]);
    expect(counts[429]).toBeGreaterThan(0);
    return counts[200] ?? 0;
  }

  it('of requests is kept to the last one under a hundred at once, of features as of tiles', async () => {
    await withQuota({ requestsPerDay: 30 }, async (key) => {
      expect(await served(() => key.get('/api/collections/parcels/items?limit=1'))).toBe(30);
      const refused = await key.get('/api/collections/parcels/items?limit=1');
      expect(refused.json).toMatchObject({ status: 429, code: 'quota_exceeded' });
      // On every surface, also where the tile lies in the cache.
      for (const path of [tilePath('parcels', tileAt(106.55, 29.56, 12)), '/api/collections/parcels/items/1'])
        expect([path, (await key.get(path)).json.code]).toEqual([path, 'quota_exceeded']);
    });
    await withQuota({ requestsPerDay: 30 }, async (key) => {
      const path = tilePath('parcels', tileAt(106.55, 29.56, 12));
      expect((await key.get(path)).status).toBe(200);
      expect(await served(() => key.get(path))).toBe(29);
    });
  });

  it('of features ends with the answer that reaches it', async () => {
    await withQuota({ features: 250 }, async (key) => {
      const answers = [];
      for (let i = 0; i < 5; i++) answers.push(await key.get(`/api/collections/parcels/items?limit=100`));
      expect(answers.map((a) => a.status)).toEqual([200, 200, 200, 429, 429]);
    });
  });

  it('is another one’s under another grant, and a new grant gives again', async () => {
    await withQuota({ requestsPerDay: 1 }, async (key) => {
      expect((await key.get('/api/collections/parcels/items?limit=1')).status).toBe(200);
      expect((await key.get('/api/collections/parcels/items?limit=1')).status).toBe(429);
      await withQuota({ requestsPerDay: 1 }, async (other) => {
        expect((await other.get('/api/collections/parcels/items?limit=1')).status).toBe(200);
        expect((await other.get('/api/collections/parcels/items?limit=1')).status).toBe(429);
      });
    });
  });

  it('that is used up stays so over a restart', async () => {
    await withQuota({ requestsPerDay: 2, requests: 50 }, async (key) => {
      for (let i = 0; i < 2; i++) expect((await key.get('/api/collections/parcels/items?limit=1')).status).toBe(200);
      await yutu.stop();
      yutu = await yutu.again();
      expect((await key.get('/api/collections/parcels/items?limit=1')).json.code).toBe('quota_exceeded');
    });
  });
});

const limits = { rows: 1000, share: null, km2: null, days: 30, alarm: null, slow: null, stop: null };

/** Sets the limits, counts from nothing, and starts anew. */
async function limited(limits: object): Promise<void> {
  await yutu.stop();
  await underneath(yutu, async (query) => {
    await query('delete from yutu.extraction');
    await query('delete from yutu.extraction_state');
    const extraction = { zoom: 12, levels: { public: null, internal: limits, sensitive: limits } };
    await query(`update yutu.setting set value = value || jsonb_build_object('extraction', $1::jsonb) where key = 'instance'`, [
      JSON.stringify(extraction),
    ]);
  });
  yutu = await yutu.again();
}

describe('too much drawn', () => {
  let grant: string;
  let key: Caller;
  const items = () => key.get('/api/collections/parcels/items?limit=100');
  const pages = async (n: number) => {
    let path = '/api/collections/parcels/items?limit=100';
    const found: number[] = [];
    for (let i = 0; i < n; i++) {
      const answer = await key.get(path);
      found.push(answer.status);
      if (answer.status !== 200) break;
      path = answer.json.links.find((l: { rel: string }) => l.rel === 'next').href;
    }
    return found;
  };
  const logged = async (action: string) => (await auditor.get(`/api/audit?layer=parcels&action=${action}`)).json.entries;

  beforeAll(async () => {
    grant = await share(planner, steward, parcelsWish, parcelsGift);
    key = withKey(yutu, (await makeKey(planner, 'much', { layers: ['parcels'] })).key);
  });
  afterAll(() => steward.delete(`/api/grants/${grant}`, { reason: '测试结束' }));

  it('is told at the alarm, once, to owner and auditor, and given on', async () => {
    await limited({ ...limits, alarm: 0.3 });
    expect(await pages(5)).toEqual([200, 200, 200, 200, 200]);
    expect(await drawn(steward)).toMatchObject({ level: 'alarm', rows: 500, share: 0.5, mayLift: true });
    expect(await drawn(auditor)).toMatchObject({ level: 'alarm', mayLift: false });
    await pages(6);
    await drawn(auditor);
    const entries = await logged('extraction_alarm');
    expect(entries).toHaveLength(1);
    expect(entries[0]).toMatchObject({ layer: 'parcels', subject: 'transport', detail: { grantee: 'transport' } });
    // Written with the flush after the limit was passed: that may be in the middle of the five pages.
    expect([300, 400, 500]).toContain(entries[0].detail.rows);
    expect(entries[0].textEn).toContain(`${entries[0].detail.rows} features drawn`);
  });

  it('is slowed down: one answer in half a second, and no long line', async () => {
    await limited({ ...limits, slow: 0.1 });
    await pages(2);
    await drawn(steward);
    const started = Date.now();
    const answers = await Promise.all([items(), items(), key.get(tilePath('parcels', tileAt(106.55, 29.56, 13)))]);
    expect(answers.map((a) => a.status)).toEqual([200, 200, 200]);
    expect(Date.now() - started).toBeGreaterThan(1400);
    const crowd = await Promise.all(Array.from({ length: 40 }, items));
    expect(crowd.filter((a) => a.status === 429).length).toBeGreaterThan(10);
    const refused = crowd.find((a) => a.status === 429)!;
    expect([refused.json.code, refused.headers['retry-after']]).toEqual(['extraction_slowed', '10']);
    // Others are not.
    const own = Date.now();
    expect((await steward.get('/api/collections/parcels/items?limit=1')).status).toBe(200);
    expect(Date.now() - own).toBeLessThan(1000);
  });

  it('is stopped on every surface, over a restart, until a steward of the owner lifts it, who is named in the log', async () => {
    await limited({ ...limits, stop: 0.5 });
    const answers = await pages(10);
    expect(answers.at(-1)).toBe(429);
    expect(answers.length).toBeLessThanOrEqual(7); // the answer that reaches the limit is the last
    await drawn(steward);
    await yutu.stop();
    yutu = await yutu.again();
    for (const path of ['items?limit=1', 'items/1', 'tiles/WebMercatorQuad/12/1696/3260'])
      expect([path, (await key.get(`/api/collections/parcels/${path}`)).json.code]).toEqual([path, 'extraction_stopped']);
    expect(await drawn(auditor)).toMatchObject({ level: 'stop' });
    const wish = { layer: 'parcels', organisation: 'transport', reason: '已核实用途' };
    expect((await auditor.post('/api/governance/extraction/lift', wish)).json.code).toBe('role_required');
    expect((await planner.post('/api/governance/extraction/lift', wish)).json.code).toBe('role_required');
    expect((await steward.post('/api/governance/extraction/lift', { ...wish, reason: ' ' })).json.code).toBe('parameter_invalid');
    expect((await steward.post('/api/governance/extraction/lift', wish)).status).toBe(204);
    expect((await items()).status).toBe(200);
    expect((await steward.post('/api/governance/extraction/lift', wish)).json.code).toBe('extraction_none');
    const [entry] = await logged('extraction_lifted');
    expect(entry).toMatchObject({ actor: 'steward', subject: 'transport', detail: { reason: '已核实用途' } });
    // What was drawn before does not count again; as much once more stops again.
    expect(await pages(4)).toEqual([200, 200, 200, 200]);
    const rest = await pages(14);
    expect([rest.at(-1), rest.length > 8]).toEqual([429, true]);
  });
});

it('results without features draw those whose own values they tell, where single features are told', async () => {
  const policy = (change: string) =>
    underneath(yutu, (query) => query(`update yutu.layer set policy = ${change} where id = 'parcels'`));
  await yutu.stop();
  await policy(`policy || '{"analyseAtLeast": 1, "analyseSmallest": 0, "analyseNarrowest": 0}'`);
  yutu = await yutu.again();
  await limited(limits);
  const given = await steward.post('/api/grants', {
    layers: ['parcels'],
    kind: 'single',
    subject: { kind: 'organisation', id: 'health' },
    reason: '用地统计',
    actions: ['query', 'analyse'],
    fields: ['code', 'area_m2', 'land_use'].map((name) => ({ name, form: 'value' })),
    area: { divisions: [inner.yuzhong] },
    until: day(3),
  });
  expect(given.status).toBe(201);
  const health = await signIn(yutu, 'steward-health');
  const layer = '/api/collections/parcels';
  const rows = (n: number) => eventually(async () => expect((await drawn(steward, 'parcels', 'health'))?.rows).toBe(n));
  // each class of code is one feature; asked again they are the same ones
  for (const _ of [1, 2]) {
    const { json } = await health.get(`${layer}/statistics?by=code`);
    expect([json.atLeast, json.classes.length]).toEqual([1, 200]);
    await rows(200);
  }
  const all = (await allItems(health, `${layer}/items?limit=1000`)).features;
  await limited(limits);
  // the least and the greatest are two features' own, however many there are; a plain number is nobody's
  expect((await health.get(`${layer}/statistics`)).json.numberMatched).toBe(all.length);
  const { json: sums } = await health.get(`${layer}/statistics?of=area_m2`);
  expect(sums.classes[0].max).toBeGreaterThan(sums.classes[0].min);
  await rows(2);
  const ring = all[7]!.geometry as unknown as { coordinates: number[][][][] };
  const geometry = { type: 'Polygon', coordinates: ring.coordinates[0]! };
  const { json: overlay } = await health.post(`${layer}/analyse`, { geometry, by: 'code' });
  expect(overlay.classes.some((c: { value: string }) => c.value === all[7]!.properties.code)).toBe(true);
  const single = overlay.classes.filter((c: { features: number }) => c.features === 1).length;
  await eventually(async () => {
    const { rows: n } = (await drawn(steward, 'parcels', 'health'))!;
    expect([n > 2, n <= 2 + single]).toEqual([true, true]);
  });
  await yutu.stop();
  await policy(`policy - 'analyseAtLeast' - 'analyseSmallest' - 'analyseNarrowest'`);
  yutu = await yutu.again();
  await steward.delete(`/api/grants/${given.json.grants[0].id}`, { reason: '测试结束' });
}, 400_000);

/** Several nodes share a PostgreSQL; an embedded engine has one. What one served the others know after its next flush. */
const twoNodes = () => {
  it('a quota is one for both', async () => {
    await limited(limits);
    await withQuota({ requestsPerDay: 10 }, async (key, grant) => {
      await withSecondNode(yutu, async (second) => {
        const there = new AnyCaller(second.url, key.headers);
        const one = '/api/collections/parcels/items?limit=1';
        for (let i = 0; i < 6; i++) expect((await key.get(one)).status).toBe(200);
        // Known there when the first node has written, and the second has looked.
        await eventually(async () => {
          const [use] = await underneath(yutu, (query) =>
            query('select sum(requests) as n from yutu.grant_use where grant_id = $1', [grant]),
          );
          expect(Number(use!.n)).toBe(6);
        });
        await sleep(5_000);
        const rest = [];
        for (let i = 0; i < 6; i++) rest.push((await there.get(one)).status);
        expect(rest).toEqual([200, 200, 200, 200, 429, 429]);
        await eventually(async () => expect((await key.get(one)).json.code).toBe('quota_exceeded'));
      });
    });
  }, 120_000);

  it('what is drawn on either counts, once, and a stop holds on both until it is lifted for both', async () => {
    const grant = await share(planner, steward, parcelsWish, parcelsGift);
    const { key: secret, id } = await makeKey(planner, 'two nodes', { layers: ['parcels'] });
    await limited({ ...limits, stop: 0.5 });
    const here = withKey(yutu, secret);
    await withSecondNode(yutu, async (second) => {
      const there = new AnyCaller(second.url, here.headers);
      const first = '/api/collections/parcels/items?limit=100';
      /** Reads a page at a node. @returns the path of the next one */
      const read = async (node: Caller, path: string): Promise<string> => {
        const answer = await node.get(path);
        expect(answer.status).toBe(200);
        const { href } = answer.json.links.find((l: { rel: string }) => l.rel === 'next');
        return href.slice(new URL(href).origin.length);
      };
      const second100 = await read(here, first);
      const third100 = await read(here, second100);
      // the same hundred once more, and a hundred of its own
      await read(there, second100);
      const fourth100 = await read(there, third100);
      await eventually(async () => expect(await drawn(steward)).toMatchObject({ rows: 300, level: 'none' }));
      await read(there, await read(there, fourth100));
      for (const node of [here, there])
        await eventually(async () => expect((await node.get(first)).json.code).toBe('extraction_stopped'));
      const wish = { layer: 'parcels', organisation: 'transport', reason: '已核实用途' };
      expect((await steward.post('/api/governance/extraction/lift', wish)).status).toBe(204);
      for (const node of [here, there]) await eventually(async () => expect((await node.get(first)).status).toBe(200));
    });
    await planner.delete(`/api/keys/${id}`);
    await steward.delete(`/api/grants/${grant}`, { reason: '测试结束' });
  }, 120_000);
};
if (engine === 'postgis') describe('two nodes', twoNodes);
