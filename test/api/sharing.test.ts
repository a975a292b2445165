import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, eventually, makeKey, signIn, startYutu, type Yutu } from '../harness.js';
import { day, inner } from '../story.js';

/** Sharing that nobody asked for, and seeing as somebody else sees. */
let yutu: Yutu;
let steward: Caller;
let transport: Caller;
let planner: Caller;
let auditor: Caller;
beforeAll(async () => {
  yutu = await startYutu();
  steward = await signIn(yutu, 'steward');
  transport = await signIn(yutu, 'steward-transport');
  planner = await signIn(yutu, 'planner');
  auditor = await signIn(yutu, 'auditor');
  // The demonstration's standing grants are not this story's.
  for (const owner of [steward, await signIn(yutu, 'steward-emergency')])
    for (const { id, can } of (await owner.get('/api/grants')).json.grants as { id: string; can: string[] }[])
      if (can.includes('revoke')) expect((await owner.delete(`/api/grants/${id}`, { reason: '另行试验' })).status).toBe(200);
});
afterAll(() => yutu?.remove());

const ITEMS = '/api/collections/parcels/items';
const gift = {
  layers: ['parcels'],
  kind: 'single',
  reason: '数据回流',
  actions: ['view', 'query'],
  fields: [
    { name: 'code', form: 'value' },
    { name: 'district_code', form: 'value' },
  ],
  area: null,
  until: day(3),
};
const give = async (what: object, by = steward) => {
  const { status, json } = await by.post('/api/grants', { ...gift, ...what });
  expect([status, json.code]).toEqual([201, undefined]);
  return json as { grants: { id: string }[]; agreement: { id: string; status: string; can: string[] } | null };
};
const takeBack = async (shared: { grants: { id: string }[] }) => {
  for (const { id } of shared.grants) expect((await steward.delete(`/api/grants/${id}`, { reason: '试毕' })).status).toBe(200);
};
const preview = async (body: object) => {
  const { status, json } = await steward.post('/api/access/preview', { layer: 'parcels', ...body });
  expect([status, json.code]).toEqual([201, undefined]);
  return json as { token: string; sentenceZh: string; sentenceEn: string };
};
const seenWith = async (token: string, query = '') =>
  (await steward.get(`${ITEMS}?limit=1000&preview=${token}${query}`)).json as {
    numberMatched: number;
    features: { id: number; properties: Record<string, unknown>; geometry: { coordinates: number[][][][] } }[];
  };

describe('shared without a request', () => {
  it('each district sees its own, and the others nothing', async () => {
    const shared = await give({ subject: { kind: 'subtree', id: 'city' }, area: { jurisdiction: true } });
    const { token } = await preview({ as: `organisation:district-${inner.yuzhong}` });
    const seen = await seenWith(token);
    expect(seen.numberMatched).toBeGreaterThan(10);
    expect(new Set(seen.features.map((f) => f.properties.district_code))).toEqual(new Set([inner.yuzhong]));
    expect(Object.keys(seen.features[0]!.properties).sort()).toEqual(['code', 'district_code']);
    // A department answers for no division.
    expect((await planner.get(ITEMS)).status).toBe(403);
    await takeBack(shared);
    expect((await steward.get(`${ITEMS}?preview=${token}`)).status).toBe(403);
  });

  it('coarsely: corners lie on a raster, on tiles and items alike, and a box finds what is shown, not what is', async () => {
    const shared = await give({ subject: { kind: 'person', id: 'planner' }, precision: { kind: 'grid', metres: 2000 } });
    const { features } = (await planner.get(`${ITEMS}?limit=20`)).json;
    const half = 20037508.342789244;
    const side = (lat: number) => (2 * half) / 2 ** Math.floor(Math.log2((2 * half * Math.cos((lat * Math.PI) / 180)) / 2000));
    for (const feature of features)
      for (const [lon, lat] of feature.geometry.coordinates.flat(2) as [number, number][]) {
        const x = (lon * half) / 180;
        expect(Math.abs(x / side(lat) - Math.round(x / side(lat)))).toBeLessThan(1e-3);
      }
    expect((await planner.get('/api/collections/parcels')).json.yutu.access.precision).toEqual({ kind: 'grid', metres: 2000 });
    await takeBack(shared);
  });

  it('is not to oneself: the person, a key of one’s own', async () => {
    const key = await makeKey(steward, 'own');
    for (const subject of [
      { kind: 'person', id: 'steward' },
      { kind: 'key', id: key.id },
    ])
      expect((await steward.post('/api/grants', { ...gift, subject })).json.code).toBe('gives_to_self');
  });

  it('is not to a key that was another’s and is one’s own now', async () => {
    const colleague = await signIn(yutu, 'steward-planning');
    const { id } = await makeKey(colleague, 'handed over');
    expect((await colleague.post(`/api/keys/${id}/hand-over`, { to: 'steward' })).status).toBe(200);
    expect((await steward.post(`/api/keys/${id}/accept`, {})).status).toBe(200);
    expect((await steward.post('/api/grants', { ...gift, subject: { kind: 'key', id } })).json.code).toBe('gives_to_self');
  });

  it('is refused to those who may not share, beyond the level, and for nobody', async () => {
    expect((await steward.post('/api/grants', { ...gift, subject: { kind: 'public' } })).json).toMatchObject({
      code: 'parameter_invalid',
      parameter: 'subject.kind',
    });
    const refused = async (by: Caller, what: object) => {
      const { status, json } = await by.post('/api/grants', {
        ...gift,
        subject: { kind: 'organisation', id: 'transport' },
        ...what,
      });
      return [status, json.code, json.parameter ?? null];
    };
    expect(await refused(transport, {})).toEqual([403, 'role_required', null]);
    expect(await refused(planner, {})).toEqual([403, 'role_required', null]);
    expect(await refused(steward, { subject: { kind: 'organisation', id: 'nobody' } })).toEqual([
      400,
      'parameter_invalid',
      'subject.id',
    ]);
    expect(await refused(steward, { subject: { kind: 'organisation', id: 'planning' } })).toEqual([409, 'own_layer', null]);
    expect(await refused(steward, { fields: [{ name: 'code', form: 'masked' }] })).toEqual([400, 'parameter_invalid', 'fields']);
    expect(await refused(steward, { layers: ['parcels', 'no_such'] })).toEqual([404, 'layer_not_found', null]);
    expect(
      (await steward.get('/api/grants?layer=parcels')).json.grants.filter((g: { status: string }) => g.status === 'active'),
    ).toEqual([]);
  });
});

describe('an emergency', () => {
  const emergency = {
    kind: 'emergency',
    subject: { kind: 'organisation', id: 'transport' },
    area: { divisions: [inner.yuzhong] },
    fields: null,
    title: '滑坡',
    until: day(0, 5),
  };
  const refused = async (by: Caller, what: object) => {
    const { status, json } = await by.post('/api/grants', { ...gift, ...emergency, ...what });
    return [status, json.code];
  };
  const step = (by: Caller, id: string, what: string, body: object = {}) => by.post(`/api/agreements/${id}/${what}`, body);
  let security: Caller;
  beforeAll(async () => {
    security = await signIn(yutu, 'security');
  });

  it('is opened by somebody on duty, never to who opens it: person, role, organisation, key', async () => {
    const toSelf = [
      { kind: 'organisation', id: 'authority' },
      { kind: 'person', id: 'security' },
      { kind: 'person', id: 'auditor' },
      { kind: 'role', id: 'security' },
      { kind: 'role', id: 'planner@authority' },
      { kind: 'subtree', id: 'city' },
      { kind: 'any_organisation' },
      { kind: 'public' },
      { kind: 'key', id: (await makeKey(security, 'own')).id },
    ];
    for (const subject of toSelf)
      expect([subject, await refused(security, { subject })]).toEqual([subject, [403, 'gives_to_self']]);
    for (const by of [planner, transport, auditor, await signIn(yutu, 'admin')])
      expect(await refused(by, {})).toEqual([403, 'not_on_duty']);
    expect(await refused(transport, { subject: { kind: 'person', id: 'nobody' } })).toEqual([403, 'not_on_duty']);
  });

  it('has an area and an early end; a second person confirms it; a third reviews it while it is in force', async () => {
    const wrong = async (what: object) => (await steward.post('/api/grants', { ...gift, ...emergency, ...what })).json.parameter;
    expect(await wrong({ area: null })).toBe('area');
    expect(await wrong({ until: day(3) })).toBe('until');
    const { agreement } = await give(emergency, security);
    const { id } = agreement!;
    expect(agreement).toMatchObject({ status: 'unconfirmed', can: ['end'], confirmedBy: null, reviewDue: day(0, 3) });
    expect((await planner.get(ITEMS)).status).toBe(200);
    expect((await step(security, id, 'confirm')).json.code).toBe('same_person');
    expect((await step(planner, id, 'confirm')).json.code).toBe('not_on_duty');
    expect((await step(transport, id, 'confirm')).json.code).toBe('not_on_duty');
    expect((await step(auditor, id, 'confirm')).json.code).toBe('not_on_duty');
    expect((await step(steward, id, 'confirm')).json).toMatchObject({ status: 'in_force', confirmedBy: 'steward' });
    expect((await step(steward, id, 'confirm')).status).toBe(409);

    const review = (by: Caller) => step(by, id, 'review', { text: '用途相符' });
    expect((await review(steward)).json.code).toBe('role_required');
    expect((await review(security)).json.code).toBe('same_person');
    expect((await review(planner)).status).toBe(403);
    expect((await review(auditor)).json).toMatchObject({ review: '用途相符', reviewedBy: 'auditor' });
    expect((await review(auditor)).status).toBe(409);
    const ended = await step(security, id, 'end', { reason: '处置完毕' });
    expect(ended.json).toMatchObject({ status: 'ended', grants: [{ status: 'revoked' }] });
    expect((await planner.get(ITEMS)).status).toBe(403);
  });

  it('ends by itself where nobody confirms it', async () => {
    await yutu.stop();
    yutu = await yutu.again({ EMERGENCY_CONFIRM_HOURS: '0.001' });
    const { agreement, grants } = await give(emergency, security);
    expect((await planner.get(ITEMS)).status).toBe(200);
    await eventually(async () => expect((await planner.get(ITEMS)).status).toBe(403), 8_000);
    expect((await step(steward, agreement!.id, 'confirm')).status).toBe(409);
    expect((await steward.get(`/api/agreements/${agreement!.id}`)).json).toMatchObject({ status: 'ended', can: [] });
    expect((await steward.get(`/api/grants/${grants[0]!.id}`)).json).toMatchObject({ status: 'expired', can: [] });
  });
});

describe('a pair', () => {
  it('is in force once both sides gave their part, and ends for both', async () => {
    const other = await signIn(yutu, 'steward-emergency');
    const { agreement } = await give({ kind: 'pair', subject: { kind: 'organisation', id: 'emergency' }, title: '规划与应急' });
    expect(agreement!.status).toBe('unsigned');
    const reads = async () => [
      (await other.get(ITEMS)).status,
      (await steward.get('/api/collections/hazard_points/items')).status,
    ];
    expect(await reads()).toEqual([403, 403]);
    const sign = (by: Caller, layers: string[]) =>
      by.post(`/api/agreements/${agreement!.id}/sign`, {
        layers,
        actions: ['view', 'query'],
        fields: null,
        area: null,
        until: day(3),
      });
    expect((await sign(steward, ['parcels'])).status).toBe(403);
    const signed = await sign(other, ['hazard_points']);
    expect([signed.status, signed.json.status]).toEqual([200, 'in_force']);
    expect(await reads()).toEqual([200, 200]);
    expect((await sign(other, ['hazard_points'])).status).toBe(409);
    expect((await other.post(`/api/agreements/${agreement!.id}/end`, { reason: '协议终止' })).json.status).toBe('ended');
    expect(await reads()).toEqual([403, 403]);
  });
});

describe('as somebody else sees it', () => {
  it('with a drafted grant: its rows, fields and area, and nothing is granted', async () => {
    const { token, sentenceZh } = await preview({
      as: 'organisation:transport',
      grant: {
        actions: ['view', 'query'],
        fields: [{ name: 'code', form: 'value' }],
        rows: `district_code = '${inner.jiangbei}'`,
        area: null,
        until: day(1),
      },
    });
    expect(sentenceZh).toContain('交通');
    const seen = await seenWith(token);
    const own = (await steward.get(`${ITEMS}?limit=1&filter=district_code='${inner.jiangbei}'`)).json.numberMatched;
    expect(seen.numberMatched).toBe(own);
    expect(Object.keys(seen.features[0]!.properties)).toEqual(['code']);
    expect((await planner.get(ITEMS)).status).toBe(403);
    const grants = (await steward.get('/api/grants?layer=parcels')).json.grants;
    expect(grants.filter((g: { status: string }) => g.status === 'active')).toEqual([]);
  });

  it('is the one who opened it: another session is refused, and the log says so', async () => {
    const { token } = await preview({ as: 'public' });
    const path = '/api/collections/parcels/tiles/WebMercatorQuad/14/6785/13041';
    for (const url of [`${ITEMS}?preview=${token}`, `${path}?preview=${token}`]) {
      const { status, json } = await planner.get(url);
      expect([url.slice(0, 30), status, json.code]).toEqual([url.slice(0, 30), 403, 'preview_not_yours']);
    }
    const { entries } = (await auditor.get('/api/audit?action=preview_refused')).json;
    expect(entries).toHaveLength(2);
    expect(entries[0]).toMatchObject({ actor: 'planner', layer: 'parcels', detail: { by: 'steward' } });
    // Of another owner's layer a steward sees what is the steward's to see.
    expect((await transport.post('/api/access/preview', { layer: 'parcels', as: 'public' })).status).toBe(403);
  });

  it('in the session that opened it, and no longer than that', async () => {
    const first = await signIn(yutu, 'steward');
    const { token } = (await first.post('/api/access/preview', { layer: 'parcels', as: 'public' })).json;
    const url = `${ITEMS}?limit=1&preview=${token}`;
    const refused = [403, 'preview_not_yours'];
    const told = async (who: Caller) => {
      const { status, json } = await who.get(url);
      return [status, json.code];
    };
    expect(await told(steward)).toEqual(refused); // another session of the same account
    expect((await first.get(url)).status).toBe(403); // the public sees no parcel …
    expect((await first.get(url)).json.code).not.toBe('preview_not_yours'); // … and that is what it shows
    await first.delete('/api/session');
    expect(await told(await signIn(yutu, 'steward'))).toEqual(refused);
  });

  it('and why: in sentences, from grant and request', async () => {
    const ask = (by: Caller, caller: string) => by.get(`/api/access/explain?layer=parcels&caller=${encodeURIComponent(caller)}`);
    const shared = await give({ subject: { kind: 'organisation', id: 'transport' }, precision: { kind: 'cell', metres: 100 } });
    const { json } = await ask(steward, 'organisation:transport');
    expect(json).toMatchObject({
      discover: true,
      actions: ['view', 'query'],
      views: [{ grant: { id: shared.grants[0]!.id, by: 'steward' } }],
    });
    expect(json.views[0].sentenceZh).toMatch(/可浏览、查询.*100 米格网/);
    expect(json.hidden.map((f: { name: string }) => f.name)).toContain('holder');
    await takeBack(shared);
    expect((await ask(auditor, 'person:planner')).json.sentenceZh).toContain('没有授权');
    expect((await ask(steward, 'organisation:transport')).json.sentenceZh).toContain('收回');
    expect((await ask(planner, 'public')).status).toBe(403);
    expect((await ask(steward, 'person:nobody')).json).toMatchObject({ code: 'parameter_invalid', parameter: 'caller' });
  });
});

it('no owner withholds alone: confirming is the security administrator’s', async () => {
  expect((await steward.post('/api/collections/pipelines/confirm-withheld', {})).status).toBe(403);
});
