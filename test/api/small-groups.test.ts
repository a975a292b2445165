import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, anonymous, type Caller, makeKey, type Place, signIn, withKey } from '../harness.js';
import { shared } from '../instance.js';
import { day, inner, revoke } from '../story.js';

/** What is told without features tells of none of them: no group of few, no presence, no own value, and no faster for more keys. */
let yutu: Place;
let steward: Caller;
let planner: Caller;
const grants: string[] = [];
const layer = '/api/collections/parcels';

const share = async (to: string, content: object): Promise<string> => {
  const answer = await steward.post('/api/grants', {
    layers: ['parcels'],
    kind: 'single',
    subject: { kind: 'organisation', id: to },
    reason: '用地统计',
    fields: ['code', 'area_m2'].map((name) => ({ name, form: 'value' })),
    area: { divisions: [inner.yuzhong] },
    until: day(3),
    ...content,
  });
  expect([answer.status, answer.status === 201 ? '' : answer.text]).toEqual([201, '']);
  grants.push(answer.json.grants[0].id);
  return answer.json.grants[0].id;
};

beforeAll(async () => {
  yutu = shared();
  steward = await signIn(yutu, 'steward');
  planner = await signIn(yutu, 'planner');
  await share('transport', {
    actions: ['query', 'api', 'analyse', 'verify'],
    rows: "land_use <> '05'",
    quota: { featuresPerDay: 10_000 },
  });
});
afterAll(async () => {
  for (const id of grants) await revoke(steward, id);
});

describe('statistics', () => {
  const statistics = (caller: Caller, query: string) => caller.get(`${layer}/statistics?${query}`);

  it('by a field that is each feature’s own tell others of no feature', async () => {
    const { status, json, text } = await statistics(planner, 'by=code&of=area_m2');
    expect([status, json.classes, json.atLeast]).toEqual([200, [], 5]);
    expect(json.others).toBe(json.numberMatched);
    expect(json.numberMatched).toBeGreaterThan(100);
    expect(text).not.toContain(inner.yuzhong);
    const own = await statistics(steward, 'by=code&of=area_m2');
    expect([own.json.classes.length, own.json.classes[0].count, own.json.atLeast]).toEqual([200, 1, 1]);
  });

  it('tell the sum of many, but the least and the greatest, which are one’s own, to the owner only', async () => {
    const [mine, own] = [(await statistics(planner, 'of=area_m2')).json, (await statistics(steward, 'of=area_m2')).json];
    expect(mine.classes).toEqual([{ value: null, count: mine.numberMatched, sum: expect.any(Number), min: null, max: null }]);
    expect(own.classes[0].min).toBeGreaterThan(0);
    expect(own.classes[0].max).toBeGreaterThan(own.classes[0].min);
  });

  it('of one feature and of none are told alike', async () => {
    const { features } = (await planner.get(`${layer}/items?limit=1`)).json;
    const of = (code: string) => statistics(planner, `by=code&of=area_m2&filter=${encodeURIComponent(`code='${code}'`)}`);
    const [one, none] = [await of(features[0].properties.code), await of('no such')];
    expect([one.status, one.json]).toEqual([200, none.json]);
    expect(one.json).toMatchObject({ numberMatched: null, classes: [], others: null });
  });
});

describe('an overlay', () => {
  const box = ([w, s]: [number, number], width: number, height: number) => {
    const [e, n] = [w + width, s + height];
    return {
      type: 'Polygon',
      coordinates: [
        [
          [w, s],
          [e, s],
          [e, n],
          [w, n],
          [w, s],
        ],
      ],
    };
  };
  const analyse = (caller: Caller, geometry: object, id = 'parcels') =>
    caller.post(`/api/collections/${id}/analyse`, { geometry });

  it('over few features and over none has one answer', async () => {
    // 40 m beside 40 m about a parcel's corner, and in the river
    const { features } = (await planner.get(`${layer}/items?limit=1`)).json;
    const [lon, lat] = features[0].geometry.coordinates.flat(3) as [number, number];
    const few = await analyse(planner, box([lon - 0.0002, lat - 0.0002], 0.0004, 0.0004));
    const none = await analyse(planner, box([106.5755, 29.5655], 0.0004, 0.0004));
    const told = ({ status, json }: Answer) => [status, { ...json, polygon: null, outside: null }];
    expect(few.json.total).toBeNull();
    expect(told(few)).toEqual(told(none));
    expect((await analyse(steward, box([lon - 0.0002, lat - 0.0002], 0.0004, 0.0004))).json.total.features).toBeGreaterThan(0);
  });

  it('with a strip is refused where the layer is about persons, and only there', async () => {
    // 0.6 m beside 3 km
    const strip = box([106.55, 29.56], 0.03, 0.0000054);
    const refused = await analyse(planner, strip);
    expect([refused.status, refused.json.code]).toEqual([422, 'polygon_too_narrow']);
    expect(refused.json.detail).toMatch(/0\.[56]/);
    const tiny = box([106.55, 29.56], 0.00003, 0.00003);
    expect((await analyse(planner, tiny)).json.code).toBe('polygon_too_small');
    for (const geometry of [strip, tiny]) expect((await analyse(anonymous(yutu), geometry, 'places')).status).toBe(200);
  });
});

describe('checks', () => {
  it('on one feature are as many for eight keys as for one person', async () => {
    const keys: Caller[] = [];
    const made: string[] = [];
    for (let i = 0; i < 8; i++) {
      const { id, key } = await makeKey(planner, `check ${i}`, { layers: ['parcels'] });
      made.push(id);
      keys.push(withKey(yutu, key));
    }
    const statuses: number[] = [];
    for (const caller of keys)
      for (let i = 0; i < 3; i++)
        statuses.push((await caller.post(`${layer}/verify`, { id: 4_242_424, claims: { area_m2: i } })).status);
    expect(statuses.filter((s) => s === 200).length).toBe(10);
    expect(statuses.filter((s) => s === 429).length).toBe(14);
    expect((await planner.post(`${layer}/verify`, { id: 4_242_424, claims: { area_m2: 1 } })).status).toBe(429);
    for (const id of made) await planner.delete(`/api/keys/${id}`);
  });
});

describe('a grant’s condition on rows', () => {
  const places = async (caller: Caller) => {
    const own = (await caller.get('/api/grants')).json.grants.find((g: { id: string }) => grants.includes(g.id));
    const { access } = (await caller.get(layer)).json.yutu;
    return { own, access };
  };

  it('is not told to who does not see the fields it speaks of; that there is one is', async () => {
    const { own, access } = await places(planner);
    expect([own.rows, own.rowsHidden, access.rows, access.rowsHidden]).toEqual([null, true, null, true]);
    for (const path of ['/api/grants', layer, '/api/collections', '/api/requests', '/api/agreements'])
      expect([path, (await planner.get(path)).text]).toEqual([path, expect.not.stringContaining('<>')]);
    expect((await places(steward)).own).toMatchObject({ rows: "land_use <> '05'" });
  });

  it('is told to who sees them', async () => {
    const id = await share('health', {
      actions: ['query'],
      rows: 'area_m2 > 100',
    });
    const { own, access } = await places(await signIn(yutu, 'steward-health'));
    expect([own.id, own.rows, own.rowsHidden]).toEqual([id, 'area_m2 > 100', undefined]);
    expect(access.rows).toContain('area_m2');
  });
});
