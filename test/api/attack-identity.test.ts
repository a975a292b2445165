import http from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anonymous, Caller, cookieOf, demoPassword, makeKey, signIn, startYutu, withKey, type Yutu } from '../harness.js';
import { shared } from '../instance.js';
import { auc } from '../statistics.js';

/** Attacks on who somebody is: sessions, keys, and what a client says of itself in headers. */
let nobody: Caller;
let planner: Caller;
beforeAll(async () => {
  nobody = anonymous(shared());
  planner = await signIn(shared(), 'planner');
});

describe('a session', () => {
  it('cannot be fixed: signing in gives a new one, whatever the browser had', async () => {
    const planted = { cookie: 'yutu_session=planted-by-an-attacker' };
    const answer = await nobody.post('/api/session', { username: 'planner', password: demoPassword }, planted);
    expect(answer.status).toBe(200);
    expect(cookieOf(answer)).toMatch(/^yutu_session=[\w-]{32}$/);
    expect((await nobody.get('/api/session', planted)).json.user).toBeNull();
    // nor is the session of the one who signed in before taken over: it ends
    const other = await nobody.post(
      '/api/session',
      { username: 'steward', password: demoPassword },
      { cookie: cookieOf(answer) },
    );
    expect(cookieOf(other)).not.toBe(cookieOf(answer));
    expect((await nobody.get('/api/session', { cookie: cookieOf(answer) })).json.user).toBeNull();
  });

  it('is nowhere but in its cookie', async () => {
    const token = planner.headers.cookie!.split('=')[1]!;
    for (const path of [`/api/session?yutu_session=${token}`, `/api/session;yutu_session=${token}`])
      expect((await nobody.get(path)).text).not.toContain('planner');
    for (const headers of [
      { authorization: `Bearer ${token}` },
      { authorization: `Basic ${Buffer.from(`a:${token}`).toString('base64')}` },
    ])
      expect((await nobody.get('/api/session', headers)).status).toBe(401);
    expect((await planner.get('/api/session')).text).not.toContain(token);
  });
});

describe('a write from another site', () => {
  const methods: [string, string][] = [
    ['POST', '/api/keys'],
    ['POST', '/api/requests'],
    ['POST', '/api/drafts'],
    ['DELETE', '/api/session'],
    ['DELETE', '/api/keys/00000000-0000-4000-8000-000000000000'],
    ['PATCH', '/api/collections/transport_nodes/items/1'],
    ['POST', '/api//keys'],
  ];
  it.each(methods)('%s %s is refused before anything is looked at', async (method, path) => {
    for (const headers of [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: `${shared().url}.evil.example` },
      { origin: `http://127.0.0.1:${shared().port + 1}` },
      { 'sec-fetch-site': 'cross-site' },
      { origin: 'https://evil.example', 'sec-fetch-site': 'same-origin' },
      // what a form may send without asking first
      { origin: 'https://evil.example', 'content-type': 'text/plain' },
      { origin: 'https://evil.example', 'x-forwarded-host': 'evil.example' },
      { origin: 'https://evil.example', 'x-http-method-override': 'GET' },
    ] as Record<string, string>[]) {
      const answer = await planner.send(method, path, method === 'DELETE' ? undefined : '{"name":"csrf"}', headers);
      expect([path, headers, answer.status, answer.json.code]).toEqual([path, headers, 403, 'origin_refused']);
    }
    expect((await planner.get('/api/session')).json.user.username).toBe('planner');
  });

  it('another spelling of an address leads nowhere', async () => {
    const answer = await planner.post('/API/keys', { name: 'csrf' }, { origin: 'https://evil.example' });
    expect([answer.status, answer.json.code]).toEqual([404, 'not_found']);
  });

  it('signing in from another site is refused as well: nobody is signed into an attacker’s account', async () => {
    const answer = await nobody.post(
      '/api/session',
      { username: 'steward', password: demoPassword },
      { origin: 'https://evil.example' },
    );
    expect([answer.status, cookieOf(answer)]).toEqual([403, '']);
  });

  it('a preflight allows reading only', async () => {
    const answer = await nobody.send('OPTIONS', '/api/keys', undefined, {
      origin: 'https://evil.example',
      'access-control-request-method': 'DELETE',
      'access-control-request-headers': 'content-type, cookie',
    });
    expect(answer.headers['access-control-allow-methods']).toBe('GET, HEAD, OPTIONS');
    expect(answer.headers['access-control-allow-headers']).not.toMatch(/content-type|cookie|\*/i);
    expect(answer.headers['access-control-allow-credentials']).toBeUndefined();
  });

  it('reading changes nothing', async () => {
    for (const path of ['/api/session', '/api/keys', '/api/requests']) {
      const before = (await planner.get(path)).text;
      await planner.get(`${path}?_method=DELETE`);
      await planner.get(path, { 'x-http-method-override': 'DELETE', 'x-method-override': 'DELETE' });
      expect((await planner.get(path)).text).toBe(before);
    }
  });
});

/** A request whose Host is not the address it goes to. */
function withHost(
  port: number,
  path: string,
  headers: Record<string, string>,
): Promise<{ status: number; text: string; location: string | undefined }> {
  return new Promise((resolve, reject) => {
    http
      .get({ host: '127.0.0.1', port, path, agent: false, headers }, (response) => {
        let text = '';
        response.on('data', (chunk) => {
          text += chunk;
        });
        response.on('end', () => resolve({ status: response.statusCode!, text, location: response.headers.location }));
      })
      .on('error', reject);
  });
}

describe('without a proxy', () => {
  const forged = {
    'x-forwarded-for': '203.0.113.9',
    'x-forwarded-host': 'evil.example',
    'x-forwarded-proto': 'https',
    forwarded: 'host=evil.example;proto=https',
    'x-original-url': '/api/audit',
    'x-rewrite-url': '/api/audit',
  };
  it('what a client says of a proxy is not believed', async () => {
    for (const path of [
      '/api',
      '/api/collections',
      '/api/collections/districts/items?limit=1',
      '/api/openapi.json',
      '/api/collections/districts/tilejson',
    ])
      for (const text of [(await nobody.get(path, forged)).text])
        expect([path, text.includes('evil.example'), text.includes('https://127')]).toEqual([path, false, false]);
  });

  it('a Host that is no host name does not get into a document', async () => {
    for (const host of ['evil.example/path', 'evil.example"><script>', "a'b", 'a b', 'user@evil.example', 'evil.example\\x']) {
      const { status, text } = await withHost(shared().port, '/api', { host });
      expect([host, status < 500, text.includes('evil'), text.includes('<script')]).toEqual([host, true, false, false]);
    }
  });

  it('guessing a password from one place is stopped, whatever the headers say', async () => {
    const yutu = await startYutu();
    try {
      const statuses: number[] = [];
      for (let i = 0; i < 14; i++)
        statuses.push(
          (
            await anonymous(yutu).post(
              '/api/session',
              { username: 'steward', password: `guess-${i}` },
              { 'x-forwarded-for': `203.0.113.${i}` },
            )
          ).status,
        );
      expect(statuses.slice(0, 5)).toEqual([401, 401, 401, 401, 401]);
      expect(statuses.slice(-2)).toEqual([429, 429]);
      // a stolen list of names does not help either, nor does the right password then
      expect((await anonymous(yutu).post('/api/session', { username: 'steward', password: demoPassword })).status).toBe(429);
    } finally {
      await yutu.remove();
    }
  });
});

describe('behind a proxy', () => {
  let yutu: Yutu;
  let behind: Caller;
  beforeAll(async () => {
    yutu = await startYutu({ env: { TRUST_PROXY: 'true', BASE_URL: 'https://maps.example' } });
    behind = anonymous(yutu);
  });
  afterAll(() => yutu?.remove());

  it('links begin with the configured address and nothing else', async () => {
    for (const headers of [
      { host: 'evil.example' },
      { host: 'evil.example', 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'http' },
    ] as Record<string, string>[])
      for (const path of [
        '/api',
        '/api/collections',
        '/api/collections/districts/items?limit=1',
        '/api/collections/districts/tilejson',
        '/api/openapi.json',
      ]) {
        const { text } = await withHost(yutu.port, path, headers);
        expect([path, text.includes('evil'), text.includes('https://maps.example')]).toEqual([path, false, true]);
      }
  });

  it('a write’s origin is held against the configured address', async () => {
    const write = (origin: string) =>
      behind.post('/api/session', { username: 'planner', password: 'wrong' }, { origin, 'x-forwarded-for': '198.51.100.7' });
    expect((await write('https://maps.example')).status).toBe(401);
    expect((await write('https://evil.example')).status).toBe(403);
  });

  it('the address nearest to the proxy counts, not what the client put before it', async () => {
    const statuses: number[] = [];
    for (let i = 0; i < 14; i++)
      statuses.push(
        (
          await behind.post(
            '/api/session',
            { username: 'steward-water', password: `g${i}` },
            { 'x-forwarded-for': `203.0.113.${i}, 198.51.100.1` },
          )
        ).status,
      );
    expect(statuses.slice(-2)).toEqual([429, 429]);
  });

  let from = 0;
  const elsewhere = () => ({ 'x-forwarded-for': `10.9.${(++from >> 8) & 255}.${from & 255}` });
  const timed = async (send: () => Promise<{ status: number }>, status: number) => {
    const started = performance.now();
    const answer = await send();
    const ms = performance.now() - started;
    expect(answer.status).toBe(status);
    return ms;
  };

  it('a wrong password takes as long as a name that does not exist', async () => {
    let n = 0;
    const tryName = (name: () => string) => () =>
      timed(() => behind.post('/api/session', { username: name(), password: 'wrong-password' }, elsewhere()), 401);
    const share = await auc(
      // No account locks within so few.
      tryName(() => ['steward-police', 'steward-market', 'steward-civil'][++n % 3]!),
      tryName(() => `nobody-${++n}-here`),
      60,
    );
    expect(Math.abs(share - 0.5)).toBeLessThan(0.25);
  });

  it('a wrong key that begins as a right one takes as long as any other', async () => {
    const { key, id } = await makeKey(new Caller(yutu.url, await signedIn(yutu)), 'timing');
    let n = 0;
    const right = key.slice(0, -6);
    const tail = () => String(++n).padStart(6, '0');
    const tryKey = (secret: () => string) => () => timed(() => withKey(yutu, secret()).get('/api', elsewhere()), 401);
    const share = await auc(
      tryKey(() => right + tail()),
      tryKey(() => `yt_${'A'.repeat(right.length - 3)}${tail()}`),
      100,
    );
    expect(Math.abs(share - 0.5)).toBeLessThan(0.25);
    expect(id).not.toBe('');
  });

  it('trying keys from one place is stopped', async () => {
    let last = 0;
    for (let i = 0; i < 130 && last !== 429; i++)
      last = (await withKey(yutu, `yt_guess_${i}`).get('/api', { 'x-forwarded-for': '198.51.100.99' })).status;
    expect(last).toBe(429);
    expect((await behind.get('/api', { 'x-forwarded-for': '198.51.100.99' })).status).toBe(200);
  });
});

async function signedIn(yutu: Yutu): Promise<Record<string, string>> {
  const answer = await anonymous(yutu).post(
    '/api/session',
    { username: 'planner', password: demoPassword },
    { 'x-forwarded-for': '192.0.2.1' },
  );
  return { cookie: cookieOf(answer) };
}
