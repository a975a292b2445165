import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anonymous, type Caller, type EventStream, makeKey, signIn, startYutu, withKey, type Yutu } from '../harness.js';
import {
  allItems,
  ask,
  boxOf,
  type Feature,
  grantNarrower,
  inner,
  parcelsGift,
  parcelsWish,
  revoke,
  type ShareRequest,
  vertices,
} from '../story.js';
import { tile, tileAt, tilePath } from '../tile.js';

/** The story of sharing, told once by HTTP, step after step on one instance. */
let yutu: Yutu;
let nobody: Caller;
let planner: Caller;
let steward: Caller;
let auditor: Caller;
let events: EventStream;
let request: ShareRequest;
let key: string;
let otherKey: string;
let granted: Feature[];

const items = '/api/collections/parcels/items?limit=1000';
/** A tile of zoom 14 with granted parcels in it, found in the story itself. */
let somewhere: ReturnType<typeof tileAt>;

beforeAll(async () => {
  yutu = await startYutu();
  nobody = anonymous(yutu);
  planner = await signIn(yutu, 'planner');
  steward = await signIn(yutu, 'steward');
  auditor = await signIn(yutu, 'auditor');
  events = await planner.events();
  otherKey = (await makeKey(await signIn(yutu, 'steward-water'), 'water model')).key;
});
afterAll(async () => {
  events?.close();
  await yutu?.remove();
});

/** Fields of which the caller is told the values that may occur. */
const codeLists = (about: { fields: { name: string; codes: unknown[] | null }[] }) =>
  about.fields.filter(({ codes }) => codes !== null).map(({ name }) => name);

describe('1. before', () => {
  it('the layer is closed to the planner, and says who owns it', async () => {
    const { yutu: about } = (await planner.get('/api/collections/parcels')).json;
    expect(about.access).toMatchObject({ source: 'none', until: null, area: null });
    expect(about.owner.id).toBe('planning');
    expect((await planner.get(items)).status).toBe(403);
    // nor does the drawing or a list of codes tell which values there are
    expect(about.style).toMatchObject({ type: 'single' });
    expect(about.style).not.toHaveProperty('classes');
    expect(codeLists(about)).toEqual([]);
  });

  it('its owner sees all of it', async () => {
    const { json } = await steward.get('/api/collections/parcels/items?limit=1');
    expect(json.numberMatched).toBeGreaterThanOrEqual(30_000);
    const { yutu: about } = (await steward.get('/api/collections/parcels')).json;
    expect(about.style).toMatchObject({ type: 'categories', field: 'land_use' });
    expect(codeLists(about)).toEqual(['land_use', 'right_type']);
  });

  it('the event stream is one', () => {
    expect(events.contentType).toContain('text/event-stream');
  });
});

describe('2. the request', () => {
  it('is taken, with a deadline in working days', async () => {
    request = await ask(planner, parcelsWish);
    expect(request).toMatchObject({ status: 'submitted', layer: { id: 'parcels' }, applicant: { username: 'planner' } });
    expect(request.number).toMatch(/^SQ-\d{4}-\d{2}-\d{4}$/);
    expect(request.clock).toMatchObject({ used: 0, paused: false });
    expect(request.clock!.days).toBeGreaterThan(0);
    expect(request.clock!.due > new Date().toISOString().slice(0, 10)).toBe(true);
    expect(request.area).toMatchObject({
      divisions: [inner.yuzhong, inner.jiangbei, inner.shapingba],
      geometry: { type: 'MultiPolygon' },
    });
    expect(request.area!.areaKm2).toBeGreaterThan(1);
  });

  it('is under “my requests”, and nobody else’s', async () => {
    const mine = (await planner.get('/api/requests?box=mine')).json.requests;
    expect(mine.map(({ id }: ShareRequest) => id)).toContain(request.id);
    expect((await (await signIn(yutu, 'steward-water')).get(`/api/requests/${request.id}`)).status).toBe(404);
    expect((await nobody.get(`/api/requests/${request.id}`)).status).toBe(401);
    expect((await planner.get('/api/collections/parcels')).json.yutu.request).toMatchObject({
      id: request.id,
      status: 'submitted',
    });
  });

  it('is in the steward’s inbox with what is asked beside what the policy allows', async () => {
    expect((await steward.get('/api/session')).json.inbox).toBeGreaterThan(0);
    const inbox = (await steward.get('/api/requests?box=inbox')).json.requests;
    expect(inbox.map(({ id }: ShareRequest) => id)).toContain(request.id);
    const seen: ShareRequest = (await steward.get(`/api/requests/${request.id}`)).json;
    expect(seen.can).toContain('decide');
    expect(seen.checks!.map(({ item }) => item)).toEqual(expect.arrayContaining(['area', 'fields', 'actions', 'term']));
    expect(seen.suggestion!.actions).not.toContain('download');
    expect((await planner.get(`/api/requests/${request.id}`)).json.can).not.toContain('decide');
  });
});

describe('3. the decision', () => {
  it('cannot be wider than what was asked', async () => {
    const wider = [
      { ...parcelsGift, area: null },
      { ...parcelsGift, area: { divisions: [inner.yuzhong, inner.dadukou] } },
      { ...parcelsGift, until: '2099-01-01' },
      { ...parcelsGift, actions: [...parcelsGift.actions, 'download'] },
      { ...parcelsGift, fields: [...parcelsGift.fields, { name: 'holder', form: 'value' }] },
    ];
    for (const grant of wider) {
      const { status } = await steward.post(`/api/requests/${request.id}/decision`, { outcome: 'narrower', reason: 'x', grant });
      expect([JSON.stringify(grant).slice(0, 60), [400, 422].includes(status)]).toEqual([
        JSON.stringify(grant).slice(0, 60),
        true,
      ]);
    }
    expect((await planner.get(`/api/requests/${request.id}`)).json.status).toBe('submitted');
  });

  it('is not the planner’s to take', async () => {
    for (const caller of [planner, await signIn(yutu, 'steward-water'), auditor]) {
      const { status } = await caller.post(`/api/requests/${request.id}/decision`, { outcome: 'granted' });
      expect([403, 404]).toContain(status);
    }
  });

  it('grants narrower: two districts, a field less, three months', async () => {
    const decided = await grantNarrower(steward, request.id, parcelsGift);
    expect(decided.status).toBe('narrower');
    expect(decided.decision).toMatchObject({
      outcome: 'narrower',
      by: 'steward',
      leftOut: { fields: ['right_type'], divisions: [inner.shapingba] },
    });
    expect(decided.grant).toMatchObject({ status: 'active', grantee: { id: 'transport' }, until: parcelsGift.until });
  });

  it('is told to the planner’s open map at once', async () => {
    const access = await events.next('access', ({ layers }) => layers.includes('parcels'), 0, 3000);
    expect(access.data.layers).toContain('parcels');
    await events.next('request', ({ id, status }) => id === request.id && status === 'narrower', 0, 3000);
  });
});

describe('4. what the planner sees now', () => {
  it('is those two districts, without the field that was left out', async () => {
    const { yutu: about } = (await planner.get('/api/collections/parcels')).json;
    expect(about.access).toMatchObject({
      source: 'grant',
      until: parcelsGift.until,
      area: { divisions: [inner.yuzhong, inner.jiangbei] },
    });
    expect(about.access.actions).toEqual(expect.arrayContaining(['view', 'query', 'api']));
    expect(about.access.actions).not.toContain('download');
    const form = Object.fromEntries(about.fields.map((field: { name: string; form: string | null }) => [field.name, field.form]));
    expect(form).toMatchObject({ code: 'value', land_use: 'value', right_type: null, holder: null });
    expect(about.style).toMatchObject({ type: 'categories', field: 'land_use' });
    expect(codeLists(about)).toEqual(['land_use']);

    const { features, numberMatched } = await allItems(planner, items);
    granted = features;
    expect(numberMatched).toBe(features.length);
    expect(about.featureCount).toBe(numberMatched);
    expect(features.length).toBeGreaterThan(100);
    for (const { properties } of features) {
      expect(Object.keys(properties)).not.toEqual(expect.arrayContaining(['right_type']));
      expect(Object.keys(properties)).not.toEqual(expect.arrayContaining(['holder']));
    }
  });

  it('is exactly what the owner has there', async () => {
    const own = await allItems(steward, items);
    const given = new Set([inner.yuzhong, inner.jiangbei]);
    const ids = new Set(granted.map(({ id }) => id));
    const named = own.features.filter(({ properties }) => given.has(properties.district_code as string));
    // a lot at the border may reach into the neighbour: it belongs to the area when their interiors meet
    expect(named.filter(({ id }) => !ids.has(id)).length).toBeLessThan(named.length / 100);
    const border = granted.filter(({ properties }) => !given.has(properties.district_code as string));
    expect(border.length).toBeLessThan(granted.length / 10);
    expect(own.features.length).toBeGreaterThan(granted.length * 2);
  });

  it('agrees between tile and items', async () => {
    const [lon, lat] = vertices(granted[Math.floor(granted.length / 2)]!)[0]!;
    somewhere = tileAt(lon, lat, 14);
    const features = await tile(planner, 'parcels', somewhere);
    expect(features.length).toBeGreaterThan(3);
    const items = new Map(granted.map((feature) => [feature.id, feature]));
    for (const { id, properties } of features) {
      expect(items.has(id)).toBe(true);
      expect(properties).not.toHaveProperty('right_type');
      expect(properties).not.toHaveProperty('holder');
      expect(properties).toEqual(
        Object.fromEntries(Object.entries(items.get(id)!.properties).filter(([, value]) => value !== null)),
      );
    }
  });

  it('cannot be asked about the hidden field, which is like a field that does not exist', async () => {
    const hidden = await planner.get('/api/collections/parcels/items?right_type=x');
    const absent = await planner.get('/api/collections/parcels/items?right_typo=x');
    expect([hidden.status, absent.status]).toEqual([400, 400]);
    const plain = (text: string, name: string) => text.replaceAll(name, '').replace(/"instance":"[^"]*"/, '');
    expect(plain(hidden.text, 'right_type')).toBe(plain(absent.text, 'right_typo'));
    const filter = (name: string) => planner.get(`/api/collections/parcels/items?filter=${encodeURIComponent(`${name} = 'x'`)}`);
    const [one, other] = [await filter('right_type'), await filter('right_typo')];
    expect(one.status).toBe(400);
    expect(plain(one.text, 'right_type')).toBe(plain(other.text, 'right_typo'));
    expect(Object.keys((await planner.get('/api/collections/parcels/queryables')).json.properties)).not.toContain('right_type');
  });

  it('cannot be had beyond the area by asking for it', async () => {
    const { features: own } = await allItems(
      steward,
      `/api/collections/parcels/items?limit=1000&district_code=${inner.shapingba}`,
    );
    const ids = new Set(granted.map(({ id }) => id));
    const outside = own.find(({ id }) => !ids.has(id))!;
    expect((await planner.get(`/api/collections/parcels/items/${outside.id}`)).status).toBe(404);
    const box = boxOf(outside);
    const there = await allItems(planner, `/api/collections/parcels/items?limit=1000&bbox=${box.join(',')}`);
    expect(there.features.map(({ id }) => id)).not.toContain(outside.id);
  });

  it('cannot be exported, and says why', async () => {
    const { status, headers, json } = await planner.get('/api/collections/parcels/export?f=geojson');
    expect([status, json.code]).toEqual([403, 'action_not_granted']);
    expect(headers['content-type']).toContain('application/problem+json');
    expect(json.detail.length).toBeGreaterThan(20);
  });
});

describe('5. a key of the department', () => {
  it('reads what was granted', async () => {
    key = (await makeKey(planner, 'traffic model', { layers: ['parcels'] })).key;
    const { features, numberMatched } = await allItems(withKey(yutu, key), items);
    expect(numberMatched).toBe(granted.length);
    expect(features.map(({ id }) => id)).toEqual(granted.map(({ id }) => id));
    expect(await tile(withKey(yutu, key), 'parcels', somewhere)).toEqual(await tile(planner, 'parcels', somewhere));
  });

  it('is needed: without one 401, with another department’s 403 and how to ask', async () => {
    expect((await nobody.get(items)).status).toBe(401);
    const other = await withKey(yutu, otherKey).get(items);
    expect([other.status, other.json.code]).toEqual([403, 'not_granted']);
    const address = /https?:\/\/[^\s)]+/.exec(other.json.detail)?.[0];
    expect(address?.startsWith(yutu.url)).toBe(true);
    expect((await nobody.get(address!)).status).toBe(200);
  });

  it('is good for its scope only', async () => {
    expect((await withKey(yutu, key).get('/api/collections/districts/items?limit=1')).status).toBe(200);
    const beyond = await withKey(yutu, key).get('/api/collections/hazard_points/items');
    expect(beyond.status).toBe(403);
  });
});

describe('6. revoked', () => {
  it('is gone at once: tile, items, key, and the tile of a second ago whatever its ETag', async () => {
    const before = await planner.get(tilePath('parcels', somewhere));
    expect(before.status).toBe(200);
    expect(before.headers['cache-control']).toMatch(/private/);
    const system = withKey(yutu, key);
    expect((await system.get(items)).status).toBe(200);
    const heard = events.heard.length;

    const grant = (await planner.get('/api/grants?layer=parcels')).json.grants[0];
    expect(grant.can).not.toContain('revoke');
    expect([403, 404]).toContain((await planner.delete(`/api/grants/${grant.id}`, { reason: 'x' })).status);
    await revoke(steward, grant.id);

    for (const [caller, path] of [
      [planner, tilePath('parcels', somewhere)],
      [planner, items],
      [system, items],
      [system, tilePath('parcels', somewhere)],
      [planner, `/api/collections/parcels/items/${granted[0]!.id}`],
    ] as const) {
      const after = await caller.get(path, { 'if-none-match': before.headers.etag! });
      expect([path, after.status]).toEqual([path, 403]);
    }
    expect((await planner.get(tilePath('parcels', somewhere), { 'if-none-match': '*' })).status).toBe(403);
    await events.next('access', ({ layers }) => layers.includes('parcels'), heard, 3000);
    expect((await planner.get('/api/collections/parcels')).json.yutu.access.source).toBe('none');
  });

  it('cannot be revoked twice', async () => {
    const grant = (await steward.get('/api/grants?layer=parcels')).json.grants.find(
      (one: { status: string }) => one.status === 'revoked',
    );
    expect((await steward.delete(`/api/grants/${grant.id}`, { reason: 'again' })).status).toBe(409);
  });
});

describe('7. afterwards', () => {
  it('the auditor can tell who decided what and why', async () => {
    const { entries } = (await auditor.get('/api/audit?layer=parcels&limit=200')).json;
    const actions = entries.map(({ action }: { action: string }) => action);
    expect(actions).toEqual(expect.arrayContaining(['request_submitted', 'narrower', 'grant', 'revoke']));
    const decision = entries.find(({ action }: { action: string }) => action === 'narrower');
    expect(decision).toMatchObject({
      actor: 'steward',
      layer: 'parcels',
      algorithm: 'sha256',
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(decision.textZh).toMatch(/[\u4e00-\u9fff]/);
    expect(decision.textEn.length).toBeGreaterThan(10);
    const seqs = entries.map(({ seq }: { seq: number }) => seq);
    expect(seqs).toEqual([...seqs].sort((a, b) => b - a));
  });

  it('and who read how much', async () => {
    await new Promise((resolve) => setTimeout(resolve, 2500)); // the ledger is written every second here
    const { usage } = (await steward.get('/api/collections/parcels/usage')).json;
    const by = (via: string, surface: string) =>
      usage.filter((row: { via: string; surface: string }) => row.via === via && row.surface === surface);
    expect(
      by('session', 'items').some(
        (row: { organisation: { id: string } | null; features: number }) =>
          row.organisation?.id === 'transport' && row.features >= granted.length,
      ),
    ).toBe(true);
    expect(by('key', 'items').some((row: { organisation: { id: string } | null }) => row.organisation?.id === 'transport')).toBe(
      true,
    );
    expect(by('session', 'tiles').length).toBeGreaterThan(0);
    expect((await auditor.get('/api/collections/parcels/usage')).status).toBe(200);
  });

  it('while the log is closed to others', async () => {
    expect((await planner.get('/api/audit')).status).toBe(403);
    expect((await nobody.get('/api/audit')).status).toBe(401);
    expect((await planner.get('/api/collections/parcels/usage')).status).toBe(403);
  });
});
