import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, signIn, startYutu, type Yutu } from '../harness.js';
import { ask, boxOf, day, inner, parcelsGift, parcelsWish, type RequestInput, type ShareRequest } from '../story.js';

let yutu: Yutu;
let planner: Caller;
let steward: Caller;
let colleague: Caller;
beforeAll(async () => {
  yutu = await startYutu();
  planner = await signIn(yutu, 'planner');
  steward = await signIn(yutu, 'steward');
  colleague = await signIn(yutu, 'steward-planning');
});
afterAll(() => yutu?.remove());

const decide = (caller: Caller, id: string, decision: object) => caller.post(`/api/requests/${id}/decision`, decision);

describe('two stewards', () => {
  it('deciding at once: one is told that the other was first', async () => {
    for (let round = 0; round < 3; round++) {
      const { id } = await ask(planner, parcelsWish);
      const answers = await Promise.all([
        decide(steward, id, { outcome: 'narrower', reason: '只给两个区', grant: parcelsGift }),
        decide(colleague, id, { outcome: 'refused', reasonCode: await refusalCode(), reason: '用途不明' }),
      ]);
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
      const loser = answers.find(({ status }) => status === 409)!;
      expect(loser.json.code).toBe('already_decided');
      expect(loser.json.detail).toMatch(/decided/);
      const winner: ShareRequest = answers.find(({ status }) => status === 200)!.json;
      const now: ShareRequest = (await planner.get(`/api/requests/${id}`)).json;
      expect(now.status).toBe(winner.status);
      expect(now.grant === null).toBe(now.status === 'refused');
      if (now.grant) await steward.delete(`/api/grants/${now.grant.id}`, { reason: 'next round' });
    }
  });

  it('granting at once make one grant', async () => {
    const { id } = await ask(planner, parcelsWish);
    const answers = await Promise.all(
      [steward, colleague, steward, colleague].map((one) => decide(one, id, { outcome: 'granted' })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409]);
    const grants = (await steward.get('/api/grants?layer=parcels')).json.grants.filter(
      (grant: { request: string }) => grant.request === id,
    );
    expect(grants).toHaveLength(1);
    await steward.delete(`/api/grants/${grants[0].id}`, { reason: 'done' });
  });
});

describe('a decision', () => {
  it('is taken on what the steward saw: of a request that was changed meanwhile nothing is written', async () => {
    const { id } = await ask(planner, parcelsWish);
    const seen = (await steward.get(`/api/requests/${id}`)).json.state;
    expect(seen).toMatch(/^[\w-]{27}$/);
    expect((await planner.get(`/api/requests/${id}`)).json.state).toBeUndefined();
    expect((await decide(colleague, id, { outcome: 'correction', reason: '请缩小范围', seen })).status).toBe(200);
    const wider = { status: 'submitted', area: { divisions: Object.values(inner) } };
    expect((await planner.patch(`/api/requests/${id}`, wider)).status).toBe(200);
    const late = await decide(steward, id, { outcome: 'granted', reason: '同意', seen });
    expect([late.status, late.json.code]).toEqual([409, 'request_changed']);
    const now = (await steward.get(`/api/requests/${id}`)).json;
    expect([now.status, now.grant]).toEqual(['submitted', null]);
    expect(now.state).not.toBe(seen);
    expect((await decide(steward, id, { outcome: 'granted', reason: '同意', seen: now.state })).status).toBe(200);
    await steward.delete(`/api/grants/${(await steward.get(`/api/requests/${id}`)).json.grant.id}`, { reason: 'done' });
  });
});

describe('a request that cannot be', () => {
  it('for a withheld layer is refused with the ground', async () => {
    const { status, json } = await planner.post('/api/requests', { ...parcelsWish, layer: 'pipelines', fields: [] });
    expect([status, json.code]).toEqual([403, 'layer_withheld']);
    expect(json.detail.length).toBeGreaterThan(20);
  });

  it('for one’s own layer is not needed', async () => {
    const { status, json } = await steward.post('/api/requests', parcelsWish);
    expect([status, json.code]).toEqual([409, 'own_layer']);
  });

  const bow = {
    type: 'Polygon',
    coordinates: [
      [
        [106.5, 29.5],
        [106.6, 29.6],
        [106.6, 29.5],
        [106.5, 29.6],
        [106.5, 29.5],
      ],
    ],
  };
  it.each<[string, Record<string, unknown>]>([
    ['no purpose', { purpose: undefined }],
    ['an empty purpose', { purpose: '   ' }],
    ['an unknown action', { actions: ['view', 'own'] }],
    ['no action', { actions: [] }],
    ['an unknown field', { fields: [{ name: 'no_such_field', form: 'value' }] }],
    ['an unknown form of a field', { fields: [{ name: 'code', form: 'guess' }] }],
    ['an unknown division', { area: { divisions: ['999999'] } }],
    ['no division', { area: { divisions: [] } }],
    ['an area of another kind', { area: { polygon: { type: 'Point', coordinates: [106.5, 29.5] } } }],
    ['an area that is no geometry', { area: { polygon: { type: 'Polygon', coordinates: 'here' } } }],
    [
      'an area without extent',
      {
        area: {
          polygon: {
            type: 'Polygon',
            coordinates: [
              [
                [106.5, 29.5],
                [106.5, 29.5],
                [106.5, 29.5],
                [106.5, 29.5],
              ],
            ],
          },
        },
      },
    ],
    [
      'latitude and longitude swapped',
      {
        area: {
          polygon: {
            type: 'Polygon',
            coordinates: [
              [
                [29.5, 106.5],
                [29.6, 106.5],
                [29.6, 106.6],
                [29.5, 106.5],
              ],
            ],
          },
        },
      },
    ],
    ['an end before the start', { from: day(2), until: day(1) }],
    ['an end in the past', { from: day(-2), until: day(-1) }],
    ['a date that is none', { until: '2026-02-31' }],
    ['an unknown matter', { matter: 'no-such-matter' }],
    ['a member nobody knows', { priority: 'high' }],
    ['a layer that is no text', { layer: 5 }],
  ])('has %s, and is told so', async (_what, change) => {
    const before = (await planner.get('/api/requests?box=mine')).json.requests.length;
    const { status, headers, json } = await planner.post('/api/requests', { ...parcelsWish, ...change });
    expect([400, 422]).toContain(status);
    expect(headers['content-type']).toContain('application/problem+json');
    expect(json.detail.length).toBeGreaterThan(10);
    expect((await planner.get('/api/requests?box=mine')).json.requests).toHaveLength(before);
  });

  it('with a red line that crosses itself is repaired with a note or refused with the place', async () => {
    const { status, text } = await planner.post('/api/requests', { ...parcelsWish, area: { polygon: bow } });
    if (status === 201) expect(text).toMatch(/修正|修复|repair/i);
    else {
      expect([400, 422]).toContain(status);
      expect(text).toMatch(/106\.55/);
    }
  });

  it('is half a body, or far too large a one', async () => {
    const half = await planner.post('/api/requests', '{"layer":"parcels","pur', { 'content-type': 'application/json' });
    expect([half.status, half.json.code]).toEqual([400, 'body_invalid']);
    const huge = await planner.post('/api/requests', JSON.stringify({ ...parcelsWish, purpose: 'x'.repeat(30_000_000) }), {
      'content-type': 'application/json',
    });
    expect([413, 400]).toContain(huge.status);
    expect((await planner.get('/healthz')).status).toBe(200);
  });
});

describe('a request’s life', () => {
  it('of an unconditional layer is one step', async () => {
    const request = await ask(planner, { layer: 'schools' });
    expect(request.status).toBe('granted');
    expect((await planner.get('/api/collections/schools/items?limit=1')).status).toBe(200);
    const file = await planner.get('/api/collections/schools/export?f=geojson');
    expect(file.status).toBe(200);
    expect(file.headers['content-disposition']).toMatch(/attachment.*schools/);
    expect(file.json.features).toHaveLength((await planner.get('/api/collections/schools/items?limit=1')).json.numberMatched);
  });

  it('may begin as a draft, be changed, submitted, sent back, corrected and withdrawn', async () => {
    const draft = await ask(planner, { layer: 'hazard_points', draft: true });
    expect([draft.status, draft.clock]).toEqual(['draft', null]);
    const owner = await signIn(yutu, 'steward-emergency');
    expect((await owner.get('/api/requests?box=inbox')).json.requests.map(({ id }: ShareRequest) => id)).not.toContain(draft.id);

    const incomplete = await planner.patch(`/api/requests/${draft.id}`, { status: 'submitted' });
    expect([400, 422]).toContain(incomplete.status);

    const wish: Partial<RequestInput> = {
      purpose: '公路边坡巡查',
      actions: ['view', 'query'],
      fields: [{ name: 'kind', form: 'value' }],
      area: { divisions: [inner.yuzhong] },
      from: day(0),
      until: day(2),
    };
    const submitted = await planner.patch(`/api/requests/${draft.id}`, { ...wish, status: 'submitted' });
    expect([submitted.status, submitted.json.status]).toEqual([200, 'submitted']);

    const back = await decide(owner, draft.id, { outcome: 'correction', reason: '请写明项目名称' });
    expect([back.status, back.json.status]).toEqual([200, 'correction']);
    const waiting: ShareRequest = (await planner.get(`/api/requests/${draft.id}`)).json;
    expect(waiting.clock!.paused).toBe(true);
    expect(waiting.can).toEqual(expect.arrayContaining(['edit', 'submit', 'withdraw']));

    const again = await planner.patch(`/api/requests/${draft.id}`, { purpose: 'G50 高速边坡巡查', status: 'submitted' });
    expect([again.status, again.json.status]).toEqual([200, 'submitted']);
    const gone = await planner.patch(`/api/requests/${draft.id}`, { status: 'withdrawn' });
    expect([gone.status, gone.json.status]).toEqual([200, 'withdrawn']);
    expect((await decide(owner, draft.id, { outcome: 'granted' })).status).toBe(409);
    expect((await planner.get(`/api/requests/${draft.id}`)).json.history.length).toBeGreaterThanOrEqual(4);
  });

  it('ends with a coded reason when refused', async () => {
    const { id } = await ask(planner, parcelsWish);
    expect([400, 422]).toContain((await decide(steward, id, { outcome: 'refused' })).status);
    expect([400, 422]).toContain(
      (await decide(steward, id, { outcome: 'refused', reasonCode: 'no_such_code', reason: 'x' })).status,
    );
    const refused = await decide(steward, id, { outcome: 'refused', reasonCode: await refusalCode(), reason: '已有替代数据' });
    expect([refused.status, refused.json.status]).toEqual([200, 'refused']);
    expect((await planner.get(`/api/requests/${id}`)).json.decision).toMatchObject({
      outcome: 'refused',
      reason: '已有替代数据',
    });
    expect((await planner.get('/api/collections/parcels/items')).status).toBe(403);
  });

  it('may ask for a red line, and gets what lies in it', async () => {
    const [west, south, east, north] = [106.54, 29.545, 106.58, 29.57];
    const polygon = {
      type: 'Polygon' as const,
      coordinates: [
        [
          [west, south],
          [east, south],
          [east, north],
          [west, north],
          [west, south],
        ],
      ],
    };
    // In which system it is may be named, when it is longitude and latitude.
    const named = (crs: string) => ({ ...parcelsWish, area: { polygon: { ...polygon, crs }, name: '示例项目红线' } });
    const plane = await planner.post('/api/requests', named('EPSG:4545'));
    expect([plane.status, plane.json.parameter]).toEqual([400, 'area.polygon.crs']);
    expect(plane.json.detail).toContain('longitude and latitude');
    const { id } = await ask(planner, named('EPSG:4490'));
    const granted = await decide(steward, id, { outcome: 'granted' });
    expect(granted.status).toBe(200);
    const { features, numberMatched } = (await planner.get('/api/collections/parcels/items?limit=1000')).json;
    expect(numberMatched).toBeGreaterThan(0);
    // clipped at the line
    for (const feature of features) {
      const [w, s, e, n] = boxOf(feature);
      expect([w >= west - 1e-9, s >= south - 1e-9, e <= east + 1e-9, n <= north + 1e-9]).toEqual([true, true, true, true]);
    }
    await steward.delete(`/api/grants/${granted.json.grant.id}`, { reason: 'done' });
  });

  it('may be given a field de-identified: a code that is not the value, the same for the same', async () => {
    const wish = {
      ...parcelsWish,
      fields: [...parcelsWish.fields!, { name: 'holder', form: 'code' as const }],
      area: { divisions: [inner.yuzhong] },
    };
    const { id } = await ask(planner, wish);
    const granted = await decide(steward, id, { outcome: 'granted' });
    expect(granted.status).toBe(200);
    const seen = (await planner.get('/api/collections/parcels/items?limit=1000')).json.features;
    const own = new Map<number, string>(
      (await steward.get(`/api/collections/parcels/items?limit=1000&district_code=${inner.yuzhong}`)).json.features.map(
        (f: { id: number; properties: { holder: string } }) => [f.id, f.properties.holder],
      ),
    );
    const codes = new Map<string, string>();
    let compared = 0;
    for (const { id: fid, properties } of seen) {
      const value = own.get(fid);
      if (!value) continue;
      compared += 1;
      expect(properties.holder).not.toBe(value);
      expect(String(properties.holder)).not.toContain(value);
      if (codes.has(value)) expect(properties.holder).toBe(codes.get(value));
      codes.set(value, properties.holder);
    }
    expect(compared).toBeGreaterThan(50);
    expect(
      (await planner.get(`/api/collections/parcels/items?filter=${encodeURIComponent(`holder = '${[...own.values()][0]}'`)}`))
        .status,
    ).toBe(400);
    await steward.delete(`/api/grants/${granted.json.grant.id}`, { reason: 'done' });
  });

  it('of two grants does not add up: what one gives for one district it does not give for the other', async () => {
    const one = await ask(planner, { ...parcelsWish, actions: ['view'], area: { divisions: [inner.yuzhong] } });
    const other = await ask(planner, {
      ...parcelsWish,
      actions: ['view', 'query', 'api'],
      area: { divisions: [inner.jiangbei] },
    });
    const grants: string[] = [];
    for (const { id } of [one, other]) grants.push((await decide(steward, id, { outcome: 'granted' })).json.grant.id);
    const { json } = await planner.get('/api/collections/parcels/items?limit=1000');
    const districts = new Set(json.features.map((f: { properties: { district_code: string } }) => f.properties.district_code));
    expect(districts.has(inner.jiangbei)).toBe(true);
    expect(
      json.features.filter((f: { properties: { district_code: string } }) => f.properties.district_code === inner.yuzhong).length,
    ).toBeLessThan(json.features.length / 10);
    for (const grant of grants) await steward.delete(`/api/grants/${grant}`, { reason: 'done' });
  });
});

async function refusalCode(): Promise<string> {
  return (await planner.get('/api/instance')).json.refusalReasons[0].code;
}
