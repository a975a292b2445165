import type { Server } from 'node:http';
import type { AccountChange } from '@yutu/contract';
// @ts-expect-error it ships no types
import Provider from 'oidc-provider';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, anonymous, Caller, freePort, signIn, startYutu, type Yutu } from '../harness.js';

/** People as the city's sign-in service knows them. */
const people: Record<string, object> = {
  wang: { preferred_username: 'Wang.Fang@city.example', name: '王芳', dept: '1042', groups: ['gis-steward', 'everyone'] },
  planner: { preferred_username: 'planner', name: '另一位', dept: 'water', groups: [] },
  lost: { preferred_username: 'lost', name: '无单位', dept: '9999', groups: ['gis-steward'] },
  proto: { preferred_username: 'proto', name: 'x', dept: '__proto__', groups: ['constructor', '__proto__'] },
  chief: { preferred_username: 'chief', name: '管理员', dept: '1042', groups: ['sysadmins'] },
  both: { preferred_username: 'both', name: '兼任', dept: '1042', groups: ['sysadmins', 'auditors'] },
  mixed: { preferred_username: 'mixed', name: '兼管', dept: '1042', groups: ['sysadmins', 'gis-steward'] },
  named: { preferred_username: 'named', name: '自称', dept: '1042', groups: ['admin', 'auditor', 'steward'] },
};
const CLAIMS = {
  organisation: 'dept',
  organisations: { '1042': 'transport' },
  roles: 'groups',
  roleMap: { 'gis-steward': 'steward', 'gis-office': 'org_admin', sysadmins: 'admin', auditors: 'auditor' },
};

/** How each of them proved it there. */
const seen: Record<string, { amr?: string[]; acr?: string }> = {};

let yutu: Yutu;
let nobody: Caller;
let security: Caller;
let service: Server;
let issuer: string;

beforeAll(async () => {
  const port = await freePort();
  issuer = `http://localhost:${port}`;
  yutu = await startYutu({
    env: {
      OIDC_ISSUER: issuer,
      OIDC_CLIENT_ID: 'yutu',
      OIDC_CLIENT_SECRET: 'a-secret-of-the-client',
      OIDC_NAME: 'City ID',
      OIDC_CLAIMS: JSON.stringify(CLAIMS),
    },
  });
  nobody = anonymous(yutu);
  security = await signIn(yutu, 'security');
  // before the service is there: said in words, and tried anew later
  const early = await nobody.get('/api/session/oidc');
  expect(codeOf(early)).toEqual([503, 'oidc_unavailable']);

  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: 'yutu',
        client_secret: 'a-secret-of-the-client',
        redirect_uris: [`${yutu.url}/api/session/oidc/callback`],
        post_logout_redirect_uris: [`${yutu.url}/`],
      },
    ],
    claims: { openid: ['sub', 'amr', 'acr'], profile: ['name', 'preferred_username', 'dept', 'groups'] },
    pkce: { required: () => true },
    cookies: { keys: ['for-tests'] },
    findAccount: (_context: unknown, sub: string) => ({ accountId: sub, claims: () => ({ sub, ...people[sub] }) }),
    // nobody is asked for consent
    async loadExistingGrant(context: {
      oidc: { client: { clientId: string }; session: { accountId: string; amr?: string[]; acr?: string } };
    }) {
      const { client, session } = context.oidc;
      // how the service saw that it is them
      Object.assign(session, seen[session.accountId]);
      const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
      grant.addOIDCScope('openid profile');
      await grant.save();
      return grant;
    },
  });
  await new Promise<void>((resolve) => {
    service = provider.listen(port, () => resolve());
  });
});
afterAll(async () => {
  service?.closeAllConnections();
  await new Promise((resolve) => (service ? service.close(resolve) : resolve(null)));
  await yutu?.remove();
});

const codeOf = ({ status, json }: Answer) => [status, json.code];
const cookiesOf = (answer: Answer) => (answer.headers['set-cookie'] ?? []).map((c) => c.split(';')[0]!);
const pathOf = (url: string) => new URL(url).pathname + new URL(url).search;

/** Begins at the platform: where the browser is sent, and the cookie that it keeps. */
async function begin(path = '/', browser = nobody) {
  const answer = await browser.get(`/api/session/oidc?return=${encodeURIComponent(path)}`);
  expect(answer.status).toBe(302);
  return { url: answer.headers.location!, cookie: cookiesOf(answer).find((c) => c.startsWith('yutu_sign_in='))!, answer };
}

/** Signs in at the service as a browser does; returns the address with which it is sent back. */
async function atService(url: string, login: string): Promise<string> {
  const jar = new Map<string, string>();
  let next = url;
  let form: URLSearchParams | null = null;
  for (let step = 0; step < 10; step++) {
    if (next.startsWith(yutu.url)) return next;
    const response: Response = await fetch(next, {
      method: form ? 'POST' : 'GET',
      body: form,
      redirect: 'manual',
      headers: { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') },
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie)!;
      jar.set(name!, value!);
    }
    const to = response.headers.get('location');
    if (to) {
      next = new URL(to, next).href;
      form = null;
    } else {
      expect(response.status).toBe(200);
      form = new URLSearchParams({ prompt: 'login', login, password: 'any' });
    }
  }
  throw new Error('the service sent the browser nowhere');
}

const back = (url: string, cookie: string, more: Record<string, string> = {}) => nobody.get(pathOf(url), { cookie, ...more });

/** What the service’s word has wait, of an account whose name begins like the login. */
async function waiting(login: string): Promise<AccountChange[]> {
  const { changes } = (await security.get('/api/account-changes')).json;
  return changes.filter((one: AccountChange) => one.office === 'service' && one.username.startsWith(login));
}

/** Signs in, has the account confirmed where that waits, and returns the browser with its session. */
async function enter(login: string, path = '/', confirmed = true) {
  const { url, cookie } = await begin(path);
  const answer = await back(await atService(url, login), cookie);
  expect([answer.status, answer.text.slice(0, 200)]).toEqual([303, expect.any(String)]);
  const session = cookiesOf(answer).find((c) => c.startsWith('yutu_session='))!;
  const browser = new Caller(yutu.url, { cookie: session });
  const [change] = confirmed ? await waiting(login) : [];
  if (change) expect((await security.post(`/api/account-changes/${change.id}/confirm`, {})).status).toBe(200);
  return { answer, browser, session };
}

describe('signing in at the city’s service', () => {
  it('is offered, with state, nonce and PKCE', async () => {
    expect((await nobody.get('/api/instance')).json.oidc).toEqual({ name: 'City ID' });
    const { url, answer } = await begin();
    const asked = new URL(url).searchParams;
    expect(Object.fromEntries(asked)).toMatchObject({
      client_id: 'yutu',
      response_type: 'code',
      scope: 'openid profile',
      redirect_uri: `${yutu.url}/api/session/oidc/callback`,
      code_challenge_method: 'S256',
    });
    for (const name of ['state', 'nonce', 'code_challenge']) expect(asked.get(name)!.length).toBeGreaterThan(30);
    expect(answer.headers['set-cookie']![0]).toMatch(/HttpOnly.*SameSite=Lax/i);
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  it('makes the account from the claims, and goes where the person wanted', async () => {
    const { answer, browser } = await enter('wang', '/requests?box=mine');
    expect(answer.headers.location).toBe('/requests?box=mine');
    expect((await browser.get('/api/session')).json.user).toMatchObject({
      username: 'wang.fang',
      nameZh: '王芳',
      organisation: { id: 'transport' },
      roles: ['steward'],
    });
    const log = await (await signIn(yutu, 'auditor')).get('/api/audit?action=sign_in&actor=wang.fang');
    expect(log.json.entries[0]).toMatchObject({ organisation: 'transport', detail: { issuer } });
  });

  it('is told in words where the service’s identifier cannot be kept; what no name can hold is left out of it', async () => {
    for (const login of ['a\u0001b', 'x'.repeat(256)]) {
      people[login] = { preferred_username: 'odd', name: '怪', dept: '1042', groups: [] };
      const { url, cookie } = await begin();
      expect(codeOf(await back(await atService(url, login), cookie))).toEqual([403, 'oidc_subject']);
    }
    people.odd = { preferred_username: 'o\0dd\ud800', name: '张\0三\r\n\u202e四\udc00', dept: '1042', groups: [] };
    const { browser } = await enter('odd');
    expect((await browser.get('/api/session')).json.user).toMatchObject({ username: 'odd', nameZh: '张 三   四' });
    people.long = { preferred_username: 'long', name: `${'长'.repeat(99)}👍`, dept: '1042', groups: [] };
    const long = (await enter('long')).browser;
    expect((await long.get('/api/session')).json.user.nameZh).toBe(`${'长'.repeat(99)}👍`);
  });

  it('is nobody’s until an administrator has confirmed it; then it goes on in the same session', async () => {
    people.xin = { preferred_username: 'xin', name: '新来', dept: '1042', groups: ['gis-steward'] };
    const { browser } = await enter('xin', '/', false);
    expect((await browser.get('/api/session')).json).toEqual({ user: null, pending: 'confirm', inbox: 0, mine: 0 });
    const surfaces = ['/api/requests', '/api/account', '/api/keys', '/api/collections/parcels/items', '/api/accounts'];
    for (const path of surfaces) expect([path, (await browser.get(path)).status]).toEqual([path, 401]);
    const [change] = await waiting('xin');
    expect(change).toMatchObject({ kind: 'create', by: issuer, roles: ['steward'], link: null, can: ['confirm', 'decline'] });
    // said again it is the same, and its term begins anew
    await enter('xin', '/', false);
    const [again] = await waiting('xin');
    expect(again).toMatchObject({ id: change!.id, lapsed: false });
    expect(Date.parse(again!.until)).toBeGreaterThan(Date.parse(change!.until));
    const done = await security.post(`/api/account-changes/${change!.id}/confirm`, {});
    expect(done.json).toEqual({ username: 'xin', mailed: false, sheet: null });
    expect((await browser.get('/api/session')).json.user.roles).toEqual(['steward']);

    // a role more waits, a role less is gone; another organisation is nobody's until it is confirmed
    const says = async (more: object) => {
      people.xin = { ...people.xin, ...more };
      await enter('xin', '/', false);
      return [(await browser.get('/api/session')).json.user?.roles ?? null, (await waiting('xin')).map(({ kind }) => kind)];
    };
    people.xin = { ...people.xin, groups: ['gis-steward', 'gis-office'] };
    expect(await says({})).toEqual([['steward'], ['roles']]);
    expect(await says({})).toEqual([['steward'], ['roles']]);
    expect(await says({ groups: ['gis-steward'] })).toEqual([['steward'], []]);
    expect(await says({ dept: 'water' })).toEqual([null, ['move']]);
    // declined: who was here once is shut out
    const [move] = await waiting('xin');
    expect((await security.delete(`/api/account-changes/${move!.id}`)).status).toBe(204);
    const { url, cookie } = await begin();
    expect(codeOf(await back(await atService(url, 'xin'), cookie))).toEqual([401, 'oidc_refused']);
  });

  it('brings it up to date, in sessions that are open, too', async () => {
    const first = await enter('wang');
    people.wang = { ...people.wang, name: '王芳芳', dept: 'water', groups: [] };
    const second = await enter('wang');
    for (const { browser } of [first, second])
      expect((await browser.get('/api/session')).json.user).toMatchObject({
        username: 'wang.fang',
        nameZh: '王芳芳',
        organisation: { id: 'water' },
        roles: ['planner'],
      });
  });

  it('never enters a local account of the same name', async () => {
    const { browser } = await enter('planner');
    const { user } = (await browser.get('/api/session')).json;
    expect(user.username).toMatch(/^planner-[0-9a-f]{8}$/);
    expect(user.organisation.id).toBe('water');
    expect((await (await signIn(yutu, 'planner')).get('/api/session')).json.user.organisation.id).toBe('transport');
    const again = (await (await enter('planner')).browser.get('/api/session')).json.user;
    expect(again.username).toBe(user.username);
  });

  it('gives a new session, ends the one brought along, and can be left', async () => {
    const before = await signIn(yutu, 'steward');
    const { url, cookie } = await begin();
    const answer = await back(await atService(url, 'chief'), `${cookie}; ${before.headers.cookie}`);
    const session = cookiesOf(answer).find((c) => c.startsWith('yutu_session='))!;
    expect(session).not.toBe(before.headers.cookie);
    expect((await before.get('/api/session')).json.user).toBeNull();
    const browser = new Caller(yutu.url, { cookie: session });
    // who the service makes an administrator is confirmed first
    expect((await browser.get('/api/session')).json).toMatchObject({ user: null, pending: 'confirm' });
    const [change] = await waiting('chief');
    expect((await security.post(`/api/account-changes/${change!.id}/confirm`, {})).status).toBe(200);
    expect((await browser.get('/api/session')).json.user.roles).toEqual(['admin']);
    // here at once, and at the service where it says
    const left = await browser.delete('/api/session');
    expect((await browser.get('/api/session')).json.user).toBeNull();
    const elsewhere = new URL(left.json.elsewhere);
    expect([left.status, elsewhere.origin]).toEqual([200, issuer]);
    expect(Object.fromEntries(elsewhere.searchParams)).toMatchObject({
      post_logout_redirect_uri: `${yutu.url}/`,
      id_token_hint: expect.stringMatching(/^eyJ/),
    });
    const asked = await fetch(elsewhere, { redirect: 'manual' });
    expect([asked.status, await asked.text()]).toEqual([200, expect.stringContaining('<form')]); // it knows the token and the address
    // who signed in here is sent nowhere
    expect((await (await signIn(yutu, 'planner')).delete('/api/session')).status).toBe(204);
  });

  it('gives roles by the mapping alone', async () => {
    // “admin” as a group of the service's is no role here
    expect((await (await enter('named')).browser.get('/api/session')).json.user.roles).toEqual(['planner']);
  });
});

describe('is refused in words', () => {
  it.each([
    ['an organisation that is none here', 'lost', 'oidc_organisation'],
    ['an organisation by a trick', 'proto', 'oidc_organisation'],
    ['two administrators in one', 'both', 'oidc_roles'],
    ['an administrator who is a steward, too', 'mixed', 'oidc_roles'],
  ])('%s', async (_what, login, code) => {
    const { url, cookie } = await begin();
    const returned = await atService(url, login);
    const answer = await back(returned, cookie);
    expect(codeOf(answer)).toEqual([403, code]);
    expect(cookiesOf(answer).some((c) => /^yutu_session=./.test(c))).toBe(false);
    // a browser gets a page that says so, nothing unescaped
    const next = await begin();
    const page = await back(await atService(next.url, login), next.cookie, { accept: 'text/html,*/*;q=0.8' });
    expect([page.status, page.headers['content-type']]).toEqual([403, expect.stringContaining('text/html')]);
  });

  const refused = async (url: string, cookie: string) => {
    const answer = await back(url, cookie);
    expect(codeOf(answer)).toEqual([401, 'oidc_refused']);
    expect(cookiesOf(answer).some((c) => /^yutu_session=./.test(c))).toBe(false);
  };
  const changed = (url: string, name: string, value: string) => {
    const other = new URL(url);
    other.searchParams.set(name, value);
    return other.href;
  };

  it('another state', async () => {
    const { url, cookie } = await begin();
    const returned = await atService(url, 'chief');
    await refused(changed(returned, 'state', 'another'), cookie);
    // and the attempt is used up: the right one comes too late
    await refused(returned, cookie);
  });

  it('another nonce', async () => {
    const { url, cookie } = await begin();
    await refused(await atService(changed(url, 'nonce', 'another-nonce-of-some-length'), 'chief'), cookie);
  });

  it('another code challenge', async () => {
    const { url, cookie } = await begin();
    await refused(await atService(changed(url, 'code_challenge', 'a'.repeat(43)), 'chief'), cookie);
  });

  it('a code for the second time', async () => {
    const { url, cookie } = await begin();
    const returned = await atService(url, 'chief');
    expect((await back(returned, cookie)).status).toBe(303);
    await refused(returned, cookie);
    // in an attempt of its own, with the state that fits
    const second = await begin();
    await refused(changed(returned, 'state', new URL(second.url).searchParams.get('state')!), second.cookie);
  });

  it('a stranger’s word', async () => {
    const { url, cookie } = await begin();
    await refused(changed(await atService(url, 'chief'), 'iss', 'https://stranger.example'), cookie);
  });

  it('another browser than began', async () => {
    const { url } = await begin();
    const returned = await atService(url, 'chief');
    const other = await begin();
    await refused(returned, other.cookie);
    await refused(returned, '');
    await refused(returned, 'yutu_sign_in=nonsense');
  });

  it('nothing, an error of the service’s, nonsense', async () => {
    for (const query of ['', '?error=access_denied', '?code=x', '?code=&state=', '?code=%00&state=%00', '?code=a&code=b']) {
      const { cookie } = await begin();
      await refused(`${yutu.url}/api/session/oidc/callback${query}`, cookie);
    }
  });

  it.each([
    'https://evil.example/',
    '//evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    'javascript:alert(1)',
    'requests',
    '/%0d%0aSet-Cookie:x=y\r\n',
    '/\t/evil.example',
    '',
    ' /requests',
  ])('going on to %j', async (path) => {
    const answer = await nobody.get(`/api/session/oidc?return=${encodeURIComponent(path)}`);
    expect(codeOf(answer)).toEqual([400, 'parameter_invalid']);
  });
});

describe('a second factor given at the service', () => {
  beforeAll(async () => {
    await yutu.stop();
    const claims = { ...CLAIMS, secondFactor: { amr: ['otp', 'hwk'], acr: ['urn:city:strong'] } };
    Object.assign(yutu, await yutu.again({ OIDC_CLAIMS: JSON.stringify(claims) }));
    people.decides = { preferred_username: 'decides', name: '决定', dept: '1042', groups: ['gis-steward'] };
    people.looks = { preferred_username: 'looks', name: '查看', dept: '1042', groups: [], amr: ['otp'], acr: 'urn:city:strong' };
  });
  const entered = async (login: string, how: { amr?: string[]; acr?: string }) => {
    seen[login] = { amr: undefined, acr: undefined, ...how } as object;
    const { browser } = await enter(login);
    return { browser, session: (await browser.get('/api/session')).json };
  };

  it.each([[{ amr: ['pwd', 'otp'] }], [{ amr: ['hwk'] }], [{ acr: 'urn:city:strong' }]])(
    'counts as one by the values that are named: %j',
    async (how) => {
      const { browser, session } = await entered('decides', how);
      expect(session).toMatchObject({ user: { username: 'decides', roles: ['steward'] }, pending: null });
      expect((await browser.get('/api/account')).json.sessions).toContainEqual(
        expect.objectContaining({ current: true, factor: true }),
      );
      const log = await (await signIn(yutu, 'auditor')).get('/api/audit?action=sign_in&actor=decides&limit=1');
      expect(log.json.entries[0].detail).toEqual({ issuer, factor: 'service' });
    },
  );

  it.each([[{}], [{ amr: ['pwd'] }], [{ amr: ['OTP'] }], [{ acr: 'urn:city' }], [{ amr: ['urn:city:strong'], acr: 'otp' }]])(
    'counts by no other: who decides gets one here (%j)',
    async (how) => {
      const { browser, session } = await entered('decides', how);
      expect(session).toMatchObject({ user: null, pending: 'enrol' });
      expect((await browser.get('/api/requests')).status).toBe(401);
    },
  );

  it('is asked of nobody who does not need it, and not believed of userinfo', async () => {
    const { browser, session } = await entered('looks', {});
    expect(session.user.roles).toEqual(['planner']);
    expect((await browser.get('/api/account')).json.sessions).toContainEqual(
      expect.objectContaining({ current: true, factor: false }),
    );
  });
});
