import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tryImport, writeGeojson } from '../bring.js';
import { type Answer, anonymous, type Caller, root, scratch, signIn, startYutu, underneath, type Yutu } from '../harness.js';
import { day, inner, revoke } from '../story.js';

/** What two readers may understand differently, what changes nothing, and what is not waited for. */
let yutu: Yutu;
let steward: Caller;
let planner: Caller;
let admin: Caller;
let security: Caller;
let auditor: Caller;
const parcels = '/api/collections/parcels';
const ring = [
  [106.54, 29.55],
  [106.56, 29.55],
  [106.56, 29.57],
  [106.54, 29.57],
  [106.54, 29.55],
];
const polygon = { type: 'Polygon', coordinates: [ring] };
const named = (name: string) => ({ type: 'name', properties: { name } });
const share = async (content: object): Promise<string> => {
  const answer = await steward.post('/api/grants', {
    layers: ['parcels'],
    kind: 'single',
    subject: { kind: 'organisation', id: 'transport' },
    reason: '用地统计',
    actions: ['view', 'query', 'api', 'analyse'],
    fields: ['code', 'area_m2', 'land_use'].map((name) => ({ name, form: 'value' })),
    area: { divisions: [inner.yuzhong] },
    until: day(3),
    ...content,
  });
  expect([answer.status, answer.status === 201 ? '' : answer.text]).toEqual([201, '']);
  return answer.json.grants[0].id;
};

beforeAll(async () => {
  yutu = await startYutu({ env: { SECOND_FACTOR: 'off' } });
  await yutu.stop();
  await underneath(yutu, async (query) => {
    await query(
      `insert into yutu.account (username, name_zh, name_en, organisation, roles, password_hash, confirmed_at)
       select 'li.same', '李', 'Li', 'transport', array['planner'], password_hash, now() from yutu.account where username = 'planner'`,
    );
    await query(
      `insert into yutu.account (username, name_zh, name_en, organisation, roles, password_hash, confirmed_at)
       select name, name, name, 'planning', array['planner'], password_hash, now()
       from yutu.account, unnest(array['li.deputy', 'li.second']) name where username = 'planner'`,
    );
    // Of one class a single feature has a number: its sum would be that feature's own.
    const alone = `land_use = '12' and district_code = '500103'`;
    await query(
      `update org_planning.parcels set area_m2 = null where ${alone} and fid <> (select min(fid) from org_planning.parcels where ${alone})`,
    );
  });
  yutu = await yutu.again();
  [steward, planner, admin, security, auditor] = (await Promise.all(
    ['steward', 'planner', 'admin', 'security', 'auditor'].map((name) => signIn(yutu, name)),
  )) as [Caller, Caller, Caller, Caller, Caller];
});
afterAll(() => yutu?.remove());

describe('a body', () => {
  it.each([
    ['POST', '/api/session', '{"username":"planner","username":"admin","password":"yutu-demo"}', 'username'],
    ['POST', '/api/keys', '{"name":"a","layers":["parcels"],"\\u006eame":"b"}', 'name'],
    ['POST', `${parcels}/verify`, '{"id":1,"claims":{"land_use":"07","land_use":"05"}}', 'land_use'],
  ])('%s %s that gives a name twice is refused', async (method, path, body, name) => {
    const answer = await steward.send(method, path, body, { 'content-type': 'application/json' });
    expect([answer.status, answer.json.code, answer.json.parameter]).toEqual([400, 'parameter_invalid', name]);
  });

  it('that names a layer twice makes a key for it once', async () => {
    const { status, json } = await planner.post('/api/keys', { name: 'twice', layers: ['rivers', 'rivers', 'districts'] });
    expect([status, json.layers]).toEqual([201, ['rivers', 'districts']]);
  });
});

it.each(['a\u202egpj.exe', 'a\nb', '\u3000'])('the name %j of an area is refused, a draft’s is mended', async (name) => {
  const wish = { layer: 'hazard_points', draft: true, area: { polygon, name } };
  const { status, json } = await planner.post('/api/requests', wish);
  expect([status, json.parameter]).toEqual([400, 'area.name']);
});

it.each([
  ['a\0b', 'a b'],
  ['a\u202eb', 'a b'],
  [`a${'😀'.repeat(100)}`, `a${'😀'.repeat(79)}`],
])('a draft called %j is called %j', async (name, title) => {
  const features = [{ type: 'Feature', geometry: { type: 'Point', coordinates: [106.5, 29.5] }, properties: {} }];
  const { status, json } = await planner.post('/api/drafts', { type: 'FeatureCollection', name, features });
  expect([status, json.title]).toEqual([201, title]);
});

describe('an account', () => {
  it.each([
    ['admin', { disabled: false }],
    ['admin', { organisation: 'transport' }],
    ['admin', { mail: null }],
    ['security', { roles: ['planner'] }],
  ])('to which %s says %j, which it is, keeps its sessions, and nothing waits', async (by, patch) => {
    const li = await signIn(yutu, 'li.same');
    const { status, json } = await (by === 'admin' ? admin : security).patch('/api/accounts/li.same', patch);
    expect([status, json.waiting]).toEqual([200, []]);
    expect((await li.get('/api/account')).status).toBe(200);
  });

  it('that is disabled in truth has none', async () => {
    const li = await signIn(yutu, 'li.same');
    expect((await admin.patch('/api/accounts/li.same', { disabled: true })).status).toBe(200);
    expect((await li.get('/api/account')).status).toBe(401);
  });
});

describe('coordinates', () => {
  const filter = (json: object) =>
    planner.get(`/api/collections/rivers/items?limit=1&filter-lang=cql2-json&filter=${encodeURIComponent(JSON.stringify(json))}`);
  const meets = (geometry: object) => ({ op: 's_intersects', args: [{ property: 'geom' }, geometry] });
  const systems: [string, number][] = [
    ['urn:ogc:def:crs:OGC:1.3:CRS84', 200],
    ['EPSG:4490', 200],
    ['urn:ogc:def:crs:EPSG::4326', 200],
    ['EPSG:3857', 400],
    ['EPSG:4508', 400],
  ];
  it.each(systems)('named %s in a filter: %i', async (name, status) => {
    expect((await filter(meets({ ...polygon, crs: named(name) }))).status).toBe(status);
    expect((await filter(meets({ type: 'GeometryCollection', geometries: [{ ...polygon, crs: named(name) }] }))).status).toBe(
      status,
    );
  });
  it.each(systems)('named %s in an overlay or an area: %i', async (name, status) => {
    const geometry = { ...polygon, crs: named(name) };
    expect((await planner.post('/api/collections/districts/analyse', { geometry })).status).toBe(status);
    const asked = await planner.post('/api/requests', { layer: 'hazard_points', draft: true, area: { polygon: geometry } });
    expect(asked.status).toBe(status === 200 ? 201 : 400);
  });
  it('of a box go from south to north, wherever it is read', async () => {
    const box = [106.4, 29.7, 106.6, 29.5];
    const answers = [
      await planner.get(`/api/collections/rivers/items?bbox=${box}`),
      await planner.get(`/api/collections/rivers/statistics?bbox=${box}`),
      await planner.get(`/api/collections/rivers/items?filter=${encodeURIComponent(`S_INTERSECTS(geom,BBOX(${box}))`)}`),
      await filter(meets({ bbox: box })),
      await filter(meets({ bbox: [106.4, 29.5, 9, 106.6, 29.7, 1] })),
    ];
    expect(answers.map(({ status, json }) => [status, json.code])).toEqual(Array(5).fill([400, 'parameter_invalid']));
    expect((await filter(meets({ bbox: [106.4, 29.5, 106.6, 29.7] }))).status).toBe(200);
  });
});

describe('what oversees', () => {
  it.each([
    ['auditor', 200, 200],
    ['security', 403, 200],
    ['planner', 404, 404],
    ['admin', 404, 404],
  ])('%s: use %i, explanation %i of a layer that cannot be discovered', async (who, usage, explained) => {
    const caller = { auditor, security, planner, admin }[who]!;
    const told = [
      await caller.get('/api/collections/petition_sites/usage'),
      await caller.get('/api/access/explain?layer=petition_sites&caller=public'),
    ];
    expect(told.map(({ status }) => status)).toEqual([usage, explained]);
    for (const path of ['', '/items', '/tilejson', '/statistics'])
      expect((await caller.get(`/api/collections/petition_sites${path}`)).status).toBe(404);
  });
  it('the security administrator, who must be able to confirm that such a layer is withheld', async () => {
    const confirm = async (layer: string) => {
      const { status, json } = await security.post(`/api/collections/${layer}/confirm-withheld`, {});
      return [status, json.code];
    };
    // It is none that its owner withholds.
    expect(await confirm('petition_sites')).toEqual([409, 'wrong_state']);
    expect(await confirm('petition_sitez')).toEqual([404, 'layer_not_found']);
  });
  it('nobody who is not signed in', async () => {
    expect((await anonymous(yutu).get('/api/collections/petition_sites/usage')).status).toBe(401);
  });
});

it('new data with a definition that says otherwise who sees what are refused: it would be taken for what holds', () => {
  const file = join(mkdtempSync(join(scratch(), 'definition-')), 'schools.json');
  const registered = JSON.parse(readFileSync(join(root, 'data/chongqing/layers/schools.json'), 'utf8'));
  const features = [{ type: 'Feature', geometry: { type: 'Point', coordinates: [106.5, 29.5] }, properties: {} }];
  for (const [name, value] of [
    ['discoverable', false],
    ['sharingClass', 'conditional'],
    ['securityLevel', 'internal'],
    ['policy', { ...registered.policy, analyseAtLeast: 9 }],
  ] as const) {
    writeFileSync(file, JSON.stringify({ ...registered, [name]: value }));
    const { status, said } = tryImport(yutu, writeGeojson(features), 'schools', ['--definition', file, '--replace']);
    expect([status, said]).toEqual([1, expect.stringContaining(`registered with ${name}`)]);
  }
});

it('an action that was never granted is refused as such when another grant’s quota is used up', async () => {
  const grant = await share({ actions: ['view', 'query'], quota: { requestsPerDay: 1 } });
  const ask = async (path: string) => {
    const { status, json } = await planner.get(`${parcels}/${path}`);
    return [status, json.code];
  };
  expect((await planner.get(`${parcels}/items?limit=1`)).status).toBe(200);
  expect(await ask('items?limit=1')).toEqual([429, 'quota_exceeded']);
  expect(await ask('export')).toEqual([403, 'action_not_granted']);
  await revoke(steward, grant);
});

it('a sum is told where as many features have a number as a group must hold', async () => {
  const grant = await share({});
  const { json } = await planner.get(`${parcels}/statistics?by=land_use&of=area_m2`);
  const alone = json.classes.find(({ value }: { value: string }) => value === '12');
  expect([alone.count > 5, alone.sum]).toEqual([true, null]);
  // Nor is it what the others leave open of the whole.
  expect(json.classes.filter(({ sum }: { sum: number | null }) => sum === null).length).toBeGreaterThan(1);
  await revoke(steward, grant);
});

describe('a steward’s place', () => {
  const delegate = (to: string, from: string, until: string) =>
    steward.post('/api/account/delegations', { delegate: to, from, until });
  const told = ({ status, json }: Answer) => [status, json.code];

  it('gives a colleague no part of the office but deciding, revoking and sharing', async () => {
    const { json } = await delegate('li.deputy', day(0), day(0, 5));
    const deputy = await signIn(yutu, 'li.deputy');
    const before = (await deputy.get(parcels)).json.yutu.lastUpdate;
    expect((await deputy.get('/api/session')).json.user.actingFor).toBe('steward');
    for (const kind of ['delivery', 'no_change'])
      expect(told(await deputy.post(`${parcels}/updates`, { kind }))).toEqual([403, 'role_required']);
    expect((await deputy.get(parcels)).json.yutu.lastUpdate).toBe(before);
    const lift = { layer: 'parcels', organisation: 'transport', reason: '核过' };
    expect(told(await deputy.post('/api/governance/extraction/lift', lift))).toEqual([403, 'role_required']);
    expect(told(await steward.post('/api/governance/extraction/lift', lift))).toEqual([409, 'extraction_none']);
    // What shows whom the layer was given to, and how it is used, is looked at to decide.
    for (const path of [`${parcels}/usage`, '/api/governance/extraction', '/api/audit?layer=parcels'])
      expect([path, (await deputy.get(path)).status]).toEqual([path, 200]);
    expect((await deputy.get('/api/access/explain?layer=parcels&caller=public')).status).toBe(200);
    expect((await deputy.post('/api/access/preview', { layer: 'parcels', as: 'public' })).status).toBe(201);
    expect((await steward.delete(`/api/account/delegations/${json.id}`)).status).toBe(204);
  });

  it('is given to the same colleague once for the same days, also where it is asked for six times at once', async () => {
    const six = await Promise.all(Array.from({ length: 6 }, () => delegate('li.deputy', day(0, 2), day(0, 5))));
    expect(six.map(told).sort()).toEqual([[201, undefined], ...Array(5).fill([409, 'delegation_overlaps'])]);
    const once = async (from: number, until: number) => told(await delegate('li.deputy', day(0, from), day(0, until)));
    for (const [from, until] of [
      [2, 5],
      [0, 2],
      [5, 9],
      [3, 4],
      [0, 9],
    ] as const)
      expect([from, until, ...(await once(from, until))]).toEqual([from, until, 409, 'delegation_overlaps']);
    // Days beside it, and another colleague.
    expect([await once(0, 1), await once(6, 9)]).toEqual([
      [201, undefined],
      [201, undefined],
    ]);
    expect((await delegate('li.second', day(0, 2), day(0, 5))).status).toBe(201);
    // Taken back it stands in nobody's way.
    const { id } = six.find(({ status }) => status === 201)!.json;
    expect((await steward.delete(`/api/account/delegations/${id}`)).status).toBe(204);
    expect(await once(2, 5)).toEqual([201, undefined]);
  });
});
