import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, anonymous, type Caller, signIn, startYutu, type Yutu } from '../harness.js';
import { shared } from '../instance.js';
import { tileAt, tilePath } from '../tile.js';

/** What browsers are told: on every answer, whoever gave it. */
let nobody: Caller;
let planner: Caller;
beforeAll(async () => {
  nobody = anonymous(shared());
  planner = await signIn(shared(), 'planner');
});

/** A policy's directives. */
const policyOf = (answer: Answer): Record<string, string[]> =>
  Object.fromEntries(
    String(answer.headers['content-security-policy'])
      .split(';')
      .map((part) => part.trim().split(/\s+/))
      .map(([name, ...sources]) => [name!, sources]),
  );

const data: [string, string, number][] = [
  ['the landing page', '/api', 200],
  ['features', '/api/collections/districts/items?limit=1', 200],
  ['a bad parameter', '/api/collections/districts/items?nosuch=1', 400],
  ['no such layer', '/api/collections/nosuch', 404],
  ['a closed layer', '/api/collections/parcels/items', 401],
  ['no such address', '/api/nosuch', 404],
  ['a closed tile', tilePath('parcels', tileAt(106.55, 29.56, 14)), 401],
  ['a tile out of range', '/api/collections/districts/tiles/WebMercatorQuad/3/99/0', 400],
  ['an answer to OPTIONS', '/api/collections', 204],
];

it.each(data)(
  '%s runs nothing in a browser, is not guessed at and tells no other site where it was read',
  async (_what, path, status) => {
    const answer = await nobody.send(status === 204 ? 'OPTIONS' : 'GET', path);
    expect(answer.status).toBe(status);
    expect(policyOf(answer)).toEqual({ 'default-src': ["'none'"], 'frame-ancestors': ["'none'"] });
    expect(answer.headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'x-frame-options': 'DENY',
      // maps on other sites may read it
      'cross-origin-resource-policy': 'cross-origin',
      'access-control-allow-origin': '*',
    });
    expect(answer.headers['access-control-allow-credentials']).toBeUndefined();
    expect(answer.headers['x-powered-by']).toBeUndefined();
    expect(answer.headers.server).toBeUndefined();
  },
);

it('a tile is not guessed at, on its first way and from the cache, and other sites may draw it', async () => {
  const path = tilePath('districts', tileAt(106.55, 29.56, 9));
  for (let turn = 0; turn < 2; turn++) {
    const tile = await nobody.get(path);
    expect(tile.status).toBe(200);
    expect(tile.headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'cross-origin-resource-policy': 'cross-origin',
      'content-type': 'application/vnd.mapbox-vector-tile',
    });
  }
});

describe('the viewer’s page', () => {
  it('runs the scripts and styles of its own origin only', async () => {
    const page = await nobody.get('/requests', { accept: 'text/html' });
    const policy = policyOf(page);
    expect(policy['default-src']).toEqual(["'none'"]);
    expect(policy['script-src']).toEqual(["'self'"]);
    expect(policy['worker-src']).toEqual(["'self'"]);
    expect(policy['connect-src']).toEqual(["'self'"]);
    for (const name of ['base-uri', 'form-action', 'frame-ancestors']) expect([name, policy[name]]).toEqual([name, ["'none'"]]);
    expect(String(page.headers['content-security-policy'])).not.toMatch(/unsafe|https?:|\*/);
    expect(page.headers).toMatchObject({
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'permissions-policy': expect.stringContaining('geolocation=()'),
    });
  });

  it('has a nonce of its own every time, and is never answered from a page of before', async () => {
    const nonces = await Promise.all(
      [0, 1].map(async () => {
        const page = await nobody.get('/', { 'if-none-match': '*', 'if-modified-since': new Date().toUTCString() });
        expect([page.status, page.headers['cache-control'], page.headers.etag]).toEqual([200, 'no-store', undefined]);
        const nonce = /'nonce-([^']+)'/.exec(String(page.headers['content-security-policy']))![1]!;
        expect(page.text).toContain(`nonce="${nonce}"`);
        expect(page.text).not.toContain('{{');
        expect(page.text).not.toMatch(/<script(?![^>]*\bsrc=)|\son\w+=|style=/i);
        return nonce;
      }),
    );
    expect(nonces[0]).not.toBe(nonces[1]);
    expect(Buffer.from(nonces[0]!, 'base64').length).toBeGreaterThanOrEqual(16);
  });

  it('loads files that keep the same policy: the map’s worker lives under that of its file', async () => {
    const page = await nobody.get('/');
    const files = [...page.text.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map((m) => m[1]!);
    expect(files.length).toBeGreaterThan(1);
    for (const file of files) {
      const answer = await nobody.get(file);
      expect([file, answer.status, answer.headers['x-content-type-options']]).toEqual([file, 200, 'nosniff']);
      expect(policyOf(answer)['connect-src']).toEqual(["'self'"]);
      expect(policyOf(answer)['style-src']).toEqual(["'self'"]);
    }
  });

  it('is not to be had under its file’s name, nor by a write', async () => {
    expect((await nobody.get('/index.html')).status).toBe(404);
    expect((await nobody.post('/', {})).status).toBe(404);
  });
});

it('nothing that rights raised may be kept by a shared cache', async () => {
  for (const path of ['/api/session', '/api/requests', '/api/grants', '/api/keys', '/api/drafts', '/api/collections']) {
    const answer = await planner.get(path);
    expect([path, answer.status]).toEqual([path, 200]);
    expect([path, answer.headers['cache-control'] ?? 'nothing said']).toEqual([path, expect.stringMatching(/no-store|private/)]);
  }
});

describe('on https', () => {
  let yutu: Yutu;
  beforeAll(async () => {
    yutu = await startYutu({ env: { BASE_URL: 'https://maps.example' } });
  });
  afterAll(() => yutu?.remove());

  it('browsers are told to come by https only, and the session cookie goes nowhere else', async () => {
    for (const path of ['/', '/api', '/api/collections/nosuch', '/api/collections/nosuch/tiles/WebMercatorQuad/0/0/0'])
      expect((await anonymous(yutu).get(path)).headers['strict-transport-security']).toMatch(/^max-age=31536000/);
    const signedIn = await anonymous(yutu).post('/api/session', { username: 'planner', password: 'yutu-demo' });
    expect(signedIn.headers['set-cookie']![0]).toMatch(/; Secure/);
  });
  it('and not told so on http', async () => {
    expect((await nobody.get('/')).headers['strict-transport-security']).toBeUndefined();
  });
});
