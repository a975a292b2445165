import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, makeKey, signIn, startYutu, underneath, withKey, type Yutu } from '../harness.js';
import { tileAt, tilePath } from '../tile.js';

let yutu: Yutu;
let planner: Caller;
let steward: Caller;
beforeAll(async () => {
  yutu = await startYutu({ env: { KEY_MAX_DAYS: '30', TRUST_PROXY: 'true' } });
  planner = await signIn(yutu, 'planner');
  steward = await signIn(yutu, 'steward');
});
afterAll(() => yutu?.remove());

const tile = tilePath('districts', tileAt(106.5, 29.5, 8));
const dayIn = (days: number) => new Date(Date.now() + days * 86_400_000 + 8 * 3_600_000).toISOString().slice(0, 10);
const keysOf = async (caller: Caller) => (await caller.get('/api/keys')).json.keys as { id: string; [more: string]: unknown }[];

describe('a key’s end', () => {
  it('is the policy’s when none is said', async () => {
    const { json } = await steward.post('/api/keys', { name: 'no end said' });
    expect(json.until).toBe(dayIn(30));
    expect((await steward.get('/api/keys')).json.maxDays).toBe(30);
  });

  it.each([
    ['beyond the policy’s maximum', () => dayIn(31)],
    ['in the past', () => dayIn(-1)],
  ])('cannot lie %s', async (_where, until) => {
    const before = (await keysOf(steward)).length;
    const { status, json } = await steward.post('/api/keys', { name: 'badly ended', until: until() });
    expect([status, json.code, json.parameter]).toEqual([400, 'parameter_invalid', 'until']);
    expect(await keysOf(steward)).toHaveLength(before);
  });
});

describe('a key’s scope', () => {
  it('is named by planners, and may be left open by stewards', async () => {
    const { status, json } = await planner.post('/api/keys', { name: 'open' });
    expect([status, json.code, json.parameter]).toEqual([400, 'parameter_invalid', 'layers']);
    expect((await steward.post('/api/keys', { name: 'open' })).json.layers).toBeNull();
  });

  it('may leave out actions', async () => {
    const { key } = await makeKey(steward, 'looks only', { actions: ['view'] });
    const system = withKey(yutu, key);
    expect((await system.get(tilePath('parcels', tileAt(106.55, 29.56, 14)))).status).toBe(200);
    const items = await system.get('/api/collections/parcels/items?limit=1');
    expect([items.status, items.json.code]).toEqual([403, 'key_action']);
    const exported = await system.get('/api/collections/parcels/export?f=geojson');
    expect([exported.status, exported.json.code]).toEqual([403, 'key_action']);
    // the same organisation's key without that limit is another caller in every cache
    const whole = withKey(yutu, (await makeKey(steward, 'whole')).key);
    expect((await whole.get('/api/collections/parcels/items?limit=1')).status).toBe(200);
  });

  it.each([
    ['an action that there is not', { actions: ['fly'] }],
    ['no action at all', { actions: [] }],
    ['a network that is none', { networks: ['10.0.0.0/33'] }],
    ['a host name', { networks: ['db.example'] }],
    ['a quota of nothing', { quota: 0 }],
    ['a quota that is no number', { quota: '10' }],
  ])('is not %s', async (_what, more) => {
    const before = (await keysOf(steward)).length;
    expect((await steward.post('/api/keys', { name: 'wrong', ...more })).status).toBe(400);
    expect(await keysOf(steward)).toHaveLength(before);
  });
});

describe('a key of a network', () => {
  it('is good from there only, tiles included', async () => {
    const { key } = await makeKey(steward, 'server room', { networks: ['203.0.113.0/24'] });
    const at = (address: string) => withKey(yutu, key).with({ 'x-forwarded-for': address });
    for (const path of ['/api/collections/districts', tile]) {
      expect((await at('203.0.113.9').get(path)).status).toBe(200);
      for (const address of ['198.51.100.1', '203.0.113.9, 198.51.100.1', 'nonsense']) {
        const { status, json } = await at(address).get(path);
        expect([path, address, status, json.code]).toEqual([path, address, 403, 'key_network']);
      }
    }
  });
});

describe('a key with a quota', () => {
  it('is refused when its day’s requests are used up, until midnight of the zone', async () => {
    const { key, id } = await makeKey(steward, 'ten a day', { quota: 10 });
    const system = withKey(yutu, key);
    for (let i = 0; i < 10; i++) expect((await system.get(i % 2 ? tile : '/api/collections/districts')).status).toBe(200);
    for (const path of [tile, '/api/collections/districts']) {
      const { status, headers, json } = await system.get(path);
      expect([status, json.code]).toEqual([429, 'key_quota']);
      const local = (Date.now() + 8 * 3_600_000) % 86_400_000;
      expect(Math.abs(Number(headers['retry-after']) - (86_400_000 - local) / 1000)).toBeLessThan(60);
    }
    // counted requests survive a restart
    await yutu.stop();
    yutu = await yutu.again();
    expect((await withKey(yutu, key).get(tile)).status).toBe(429);
    [planner, steward] = [await signIn(yutu, 'planner'), await signIn(yutu, 'steward')];
    expect((await keysOf(steward)).find((k) => k.id === id)).toMatchObject({ quota: 10, requestsToday: 10 });
  });
});

describe('a rotation', () => {
  it('leaves both secrets good for the overlap, and one after it', async () => {
    const made = await makeKey(steward, 'rotated', { layers: ['districts'], quota: 1000 });
    const { status, json } = await steward.post(`/api/keys/${made.id}/rotate`, { overlapHours: 1 });
    expect(status).toBe(200);
    expect(json).toMatchObject({ id: made.id, name: 'rotated', layers: ['districts'], quota: 1000 });
    expect(json.key).not.toBe(made.key);
    expect(Date.parse(json.previousUntil) - Date.now()).toBeGreaterThan(3_500_000);
    for (const key of [made.key, json.key]) expect((await withKey(yutu, key).get(tile)).status).toBe(200);

    // the overlap ends
    await yutu.stop();
    await underneath(yutu, (query) =>
      query(`update yutu.api_key set previous_until = now() + interval '3 seconds' where id = '${made.id}'`),
    );
    yutu = await yutu.again();
    [planner, steward] = [await signIn(yutu, 'planner'), await signIn(yutu, 'steward')];
    expect((await withKey(yutu, json.key).get(tile)).status).toBe(200);
    await sleep(3_500);
    expect((await withKey(yutu, made.key).get(tile)).status).toBe(401);
    expect((await withKey(yutu, json.key).get(tile)).status).toBe(200);
  });

  it('without an overlap kills the old secret at once, and a second one that of the first', async () => {
    const made = await makeKey(steward, 'rotated twice');
    await withKey(yutu, made.key).get(tile);
    const first = (await steward.post(`/api/keys/${made.id}/rotate`, { overlapHours: 24 })).json.key;
    const second = (await steward.post(`/api/keys/${made.id}/rotate`, { overlapHours: 24 })).json.key;
    const statuses = async (...keys: string[]) =>
      Promise.all(keys.map(async (key) => (await withKey(yutu, key).get(tile)).status));
    expect(await statuses(made.key, first, second)).toEqual([401, 200, 200]);
    const third = (await steward.post(`/api/keys/${made.id}/rotate`, { overlapHours: 0 })).json.key;
    expect(await statuses(first, second, third)).toEqual([401, 401, 200]);
    await steward.delete(`/api/keys/${made.id}`);
    expect(await statuses(second, third)).toEqual([401, 401]);
    const over = await steward.post(`/api/keys/${made.id}/rotate`, {});
    expect([over.status, over.json.code]).toEqual([409, 'key_over']);
  });

  it('is the organisation’s own, and of an open scope its steward’s', async () => {
    const made = await makeKey(steward, 'not yours');
    for (const id of [made.id, 'nonsense', '00000000-0000-4000-8000-000000000000']) {
      const { status, json } = await planner.post(`/api/keys/${id}/rotate`, {});
      expect([status, json.code]).toEqual([404, 'key_not_found']);
    }
    expect((await steward.post(`/api/keys/${made.id}/rotate`, { overlapHours: -1 })).status).toBe(400);
    expect((await steward.post(`/api/keys/${made.id}/rotate`, { overlapHours: 721 })).status).toBe(400);
    expect((await withKey(yutu, made.key).post(`/api/keys/${made.id}/rotate`, {})).json.code).toBe('person_required');
    expect((await withKey(yutu, made.key).get(tile)).status).toBe(200);
  });

  it('is in the log, without a secret', async () => {
    const made = await makeKey(steward, 'logged');
    const { key } = (await steward.post(`/api/keys/${made.id}/rotate`, { overlapHours: 2 })).json;
    const log = await (await signIn(yutu, 'auditor')).get('/api/audit?action=key_rotated');
    expect(log.json.entries[0]).toMatchObject({
      actor: 'steward',
      subject: made.id,
      detail: { name: 'logged', overlapHours: 2 },
    });
    expect(log.text).not.toContain(key);
    expect(log.text).not.toContain(made.key);
  });
});
