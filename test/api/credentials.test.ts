import { beforeAll, describe, expect, it } from 'vitest';
import { anonymous, basic, type Caller, cookieOf, demoPassword, makeKey, signIn, withKey } from '../harness.js';
import { shared } from '../instance.js';
import { tileAt, tilePath } from '../tile.js';

let nobody: Caller;
let planner: Caller;
let key: string;
beforeAll(async () => {
  nobody = anonymous(shared());
  planner = await signIn(shared(), 'planner');
  key = (await makeKey(planner, 'credentials')).key;
});

const publicPaths = [
  '/api',
  '/api/collections',
  '/api/collections/districts',
  '/api/collections/districts/items?limit=1',
  tilePath('districts', tileAt(106.5, 29.5, 8)),
];
const closedPaths = [
  '/api/collections/parcels/items?limit=1',
  '/api/collections/parcels/items/1',
  tilePath('parcels', tileAt(106.55, 29.56, 14)),
  '/api/collections/parcels/export?f=geojson',
];

describe('a closed layer', () => {
  it.each(closedPaths)('%s asks the anonymous for credentials, so that QGIS and GDAL retry with theirs', async (path) => {
    const { status, headers, json } = await nobody.get(path);
    expect(status).toBe(401);
    expect(headers['www-authenticate']).toMatch(/Basic/);
    expect(headers['www-authenticate']).toMatch(/Bearer/);
    expect(json.code).toBe('layer_needs_sign_in');
  });

  it.each(closedPaths)('%s does not make a browser show its own dialog', async (path) => {
    const { status, headers } = await nobody.get(path, { 'sec-fetch-site': 'same-origin' });
    expect(status).toBe(401);
    expect(headers['www-authenticate'] ?? '').not.toMatch(/Basic/i);
  });

  it.each(closedPaths)('%s tells who is signed in how to ask for it', async (path) => {
    for (const caller of [planner, withKey(shared(), key)]) {
      const { status, json } = await caller.get(path);
      expect(status).toBe(403);
      expect(json.code).toBe('not_granted');
      expect(json.detail).toMatch(/request/i);
    }
  });

  it('tells on what ground it is withheld', async () => {
    const { status, json } = await planner.get('/api/collections/pipelines/items');
    expect([status, json.code]).toEqual([403, 'layer_withheld']);
  });
});

describe('a wrong credential', () => {
  const wrong: [string, () => Record<string, string>][] = [
    ['an unknown key', () => ({ authorization: 'Bearer yt_wrongwrongwrong' })],
    ['an empty bearer', () => ({ authorization: 'Bearer ' })],
    ['an unknown key by Basic', () => basic('any', 'yt_wrongwrongwrong')],
    ['an account’s password by Basic', () => basic('planner', demoPassword)],
    ['another scheme', () => ({ authorization: 'Negotiate abc' })],
    ['the key as user name', () => basic(key, '')],
    ['half a header', () => ({ authorization: 'Basic' })],
  ];
  it.each(wrong)('%s is 401 even on public layers', async (_what, headers) => {
    for (const path of publicPaths) {
      const answer = await nobody.get(path, headers());
      expect([path, answer.status, answer.json.code]).toEqual([path, 401, 'credential_invalid']);
      expect(answer.headers['www-authenticate']).toBeTruthy();
    }
  });

  it('beats a good cookie', async () => {
    expect((await planner.get('/api/collections', { authorization: 'Bearer yt_wrong' })).status).toBe(401);
  });
});

describe('a key', () => {
  it('works as bearer and as the password of Basic, whatever the user name', async () => {
    for (const headers of [
      { authorization: `Bearer ${key}` },
      { authorization: `bearer ${key}` },
      basic('', key),
      basic('anyone', key),
      basic('名字', key),
    ])
      expect((await nobody.get('/api/collections/districts/items?limit=1', headers)).status).toBe(200);
  });

  it('is shown once and kept only as a hash', async () => {
    const made = await planner.post('/api/keys', { name: 'shown once', layers: ['districts'] });
    expect(made.status).toBe(201);
    expect(made.json.key).toMatch(/^yt_\S{30,}$/);
    const listed = await planner.get('/api/keys');
    expect(listed.text).not.toContain(made.json.key);
    expect(listed.json.keys).toContainEqual(
      expect.objectContaining({ id: made.json.id, name: 'shown once', prefix: expect.stringMatching(/^yt_/) }),
    );
    expect(made.headers['cache-control']).toContain('no-store');
  });

  it('is dead once deleted', async () => {
    const { id, key: mortal } = await makeKey(planner, 'mortal');
    const system = withKey(shared(), mortal);
    expect((await system.get('/api/collections')).status).toBe(200);
    expect((await planner.delete(`/api/keys/${id}`)).status).toBeLessThan(300);
    expect((await system.get('/api/collections')).status).toBe(401);
  });

  it('is no one’s to delete but its organisation’s', async () => {
    const { id } = await makeKey(planner, 'not yours');
    expect((await (await signIn(shared(), 'steward')).delete(`/api/keys/${id}`)).status).toBe(404);
    expect((await nobody.delete(`/api/keys/${id}`)).status).toBe(401);
  });

  it('cannot make keys, ask or decide', async () => {
    const system = withKey(shared(), key);
    expect([401, 403]).toContain((await system.post('/api/keys', { name: 'offspring' })).status);
    expect([401, 403]).toContain((await system.get('/api/audit')).status);
  });
});

describe('a session', () => {
  it('is a cookie that scripts cannot read and other sites cannot send', async () => {
    const answer = await nobody.post('/api/session', { username: 'planner', password: demoPassword });
    expect(answer.status).toBe(200);
    expect(answer.json.user).toMatchObject({ username: 'planner', organisation: { id: 'transport' }, roles: ['planner'] });
    const cookie = answer.headers['set-cookie']![0]!;
    expect(cookie).toMatch(/HttpOnly/i);
    expect(cookie).toMatch(/SameSite=Lax/i);
    expect(cookie).toMatch(/Path=\//i);
    expect(answer.headers['cache-control']).toContain('no-store');
  });

  it('ends for good', async () => {
    const caller = await signIn(shared(), 'planner');
    expect((await caller.get('/api/session')).json.user.username).toBe('planner');
    expect((await caller.delete('/api/session')).status).toBeLessThan(300);
    expect((await caller.get('/api/session')).json.user).toBeNull();
    expect((await caller.get('/api/requests')).status).toBe(401);
  });

  it('that is unknown is anonymous, not an error', async () => {
    const answer = await nobody.get('/api/collections/districts', { cookie: 'yutu_session=nonsense' });
    expect(answer.status).toBe(200);
    expect((await nobody.get('/api/session', { cookie: 'yutu_session=nonsense' })).json.user).toBeNull();
  });

  it.each([
    ['a wrong password', { username: 'planner', password: 'yutu-dem' }],
    ['nobody', { username: 'nobody-here', password: demoPassword }],
  ])('is not had with %s', async (_what, body) => {
    const answer = await nobody.post('/api/session', body);
    expect([answer.status, answer.json.code]).toEqual([401, 'sign_in_failed']);
    expect(cookieOf(answer)).toBe('');
  });

  it.each([
    ['no password', { username: 'planner' }],
    ['a password that is no text', { username: 'planner', password: 5 }],
    ['no object', []],
    ['half a body', '{"username":'],
    ['nothing', undefined],
  ])('is not had with %s', async (_what, body) => {
    const answer = await nobody.post('/api/session', body, { 'content-type': 'application/json' });
    expect([400, 422]).toContain(answer.status);
    expect(answer.headers['content-type']).toContain('application/problem+json');
  });
});

describe('a write with a cookie', () => {
  const write = (headers: Record<string, string>) =>
    planner.post('/api/keys', { name: 'origin', layers: ['districts'] }, headers);

  it.each([
    ['another origin', { origin: 'https://evil.example' }],
    ['no origin at all to speak of', { origin: 'null' }],
    ['a cross-site fetch', { 'sec-fetch-site': 'cross-site' }],
    ['a sibling site', { 'sec-fetch-site': 'same-site' }],
  ])('is refused from %s', async (_what, headers) => {
    const before = (await planner.get('/api/keys')).json.keys.length;
    const answer = await write(headers);
    expect([answer.status, answer.json.code]).toEqual([403, 'origin_refused']);
    expect((await planner.get('/api/keys')).json.keys).toHaveLength(before);
  });

  it('passes from its own origin and from scripts', async () => {
    expect((await write({ origin: shared().url })).status).toBe(201);
    expect((await write({ 'sec-fetch-site': 'same-origin', origin: shared().url })).status).toBe(201);
    expect((await write({})).status).toBe(201);
  });

  it('needs no origin with a key, as no browser sends one by itself', async () => {
    const answer = await nobody.delete('/api/session', undefined, {
      authorization: `Bearer ${key}`,
      origin: 'https://evil.example',
    });
    expect(answer.text).not.toContain('origin_refused');
  });
});
