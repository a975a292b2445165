import { createHmac, createPublicKey, createSign, generateKeyPairSync } from 'node:crypto';
import http from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, anonymous, Caller, freePort, signIn, startYutu, type Yutu, yutuCommand } from '../harness.js';
import { confirmChanges } from '../story.js';

/** A sign-in service that answers with whatever ID token a test wants: who mixes up issuer, audience, nonce or key is told no. */
let yutu: Yutu;
let service: http.Server;
let issuer: string;
const SECRET = 'a-secret-of-the-client';
const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
const strangers = generateKeyPairSync('rsa', { modulusLength: 2048 });
/** What the service answers next. */
let token: string;
let userinfo: Record<string, unknown>;

const base64url = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
type Sign = (text: string) => string;
const rs256 =
  (key = keys.privateKey): Sign =>
  (text) =>
    createSign('RSA-SHA256').update(text).sign(key, 'base64url');
const jwt = (claims: object, header: object = { alg: 'RS256', kid: 'one' }, sign: Sign = rs256()) => {
  const text = `${base64url(header)}.${base64url(claims)}`;
  return `${text}.${sign(text)}`;
};

beforeAll(async () => {
  const port = await freePort();
  issuer = `http://localhost:${port}`;
  const jwk = { ...createPublicKey(keys.privateKey).export({ format: 'jwk' }), kid: 'one', use: 'sig', alg: 'RS256' };
  const answers: Record<string, () => object> = {
    '/.well-known/openid-configuration': () => ({
      issuer,
      authorization_endpoint: `${issuer}/auth`,
      token_endpoint: `${issuer}/token`,
      jwks_uri: `${issuer}/jwks`,
      userinfo_endpoint: `${issuer}/me`,
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256', 'HS256', 'none'],
      authorization_response_iss_parameter_supported: true,
    }),
    '/jwks': () => ({ keys: [jwk] }),
    '/token': () => ({ access_token: 'any', token_type: 'Bearer', expires_in: 60, id_token: token }),
    '/me': () => userinfo,
  };
  service = http.createServer((req, res) => {
    const answer = answers[String(req.url)];
    res.writeHead(answer ? 200 : 404, { 'content-type': 'application/json' }).end(JSON.stringify(answer?.() ?? {}));
  });
  await new Promise<void>((resolve) => service.listen(port, () => resolve()));
  yutu = await startYutu({
    env: { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: 'yutu', OIDC_CLIENT_SECRET: SECRET, SECOND_FACTOR: 'off' },
  });
});
afterAll(async () => {
  service?.closeAllConnections();
  service?.close();
  await yutu?.remove();
});

const told = ({ status, json }: Answer) => [status, json.code];

/** Signs in with the ID token that `make` makes of good claims. */
async function enter(make: (claims: Record<string, unknown>) => string, iss: string | null = issuer): Promise<Answer> {
  const begun = await anonymous(yutu).get('/api/session/oidc');
  const asked = new URL(begun.headers.location!).searchParams;
  const cookie = begun.headers['set-cookie']!.map((c) => c.split(';')[0]).join('; ');
  const now = Math.floor(Date.now() / 1000);
  const person = { sub: 'wang', preferred_username: 'wang.mix', name: '王', organisation: 'transport' };
  userinfo = person;
  token = make({ ...person, iss: issuer, aud: 'yutu', nonce: asked.get('nonce'), iat: now, exp: now + 60 });
  const back = new URLSearchParams({ code: 'any', state: asked.get('state')!, ...(iss !== null && { iss }) });
  return anonymous(yutu).get(`/api/session/oidc/callback?${back}`, { cookie });
}

describe('an ID token', () => {
  it('that is in order signs in', async () => {
    const answer = await enter((claims) => jwt(claims));
    expect(answer.status).toBe(303);
    await confirmChanges(await signIn(yutu, 'security'), 'wang.mix');
    const caller = new Caller(yutu.url, { cookie: answer.headers['set-cookie']!.map((c) => c.split(';')[0]).join('; ') });
    expect((await caller.get('/api/session')).json.user.username).toBe('wang.mix');
    expect((await enter((claims) => jwt({ ...claims, aud: ['yutu', 'other'], azp: 'yutu' }))).status).toBe(303);
  });

  it.each<[string, (claims: Record<string, unknown>) => string]>([
    ['of another issuer', (c) => jwt({ ...c, iss: 'http://localhost:1' })],
    ['for another client', (c) => jwt({ ...c, aud: 'other' })],
    ['for several clients, given to another', (c) => jwt({ ...c, aud: ['yutu', 'other'], azp: 'other' })],
    ['for several clients, given to nobody in particular', (c) => jwt({ ...c, aud: ['yutu', 'other'] })],
    ['of another sign-in', (c) => jwt({ ...c, nonce: 'another' })],
    ['of no sign-in', ({ nonce: _nonce, ...c }) => jwt(c)],
    ['that nobody signed', (c) => `${base64url({ alg: 'none' })}.${base64url(c)}.`],
    ['that somebody else signed', (c) => jwt(c, { alg: 'RS256', kid: 'one' }, rs256(strangers.privateKey))],
    [
      'that is signed with the client’s secret',
      (c) => jwt(c, { alg: 'HS256' }, (text) => createHmac('sha256', SECRET).update(text).digest('base64url')),
    ],
    [
      'that is signed with the public key as a secret',
      (c) =>
        jwt(c, { alg: 'HS256', kid: 'one' }, (text) =>
          createHmac('sha256', keys.publicKey.export({ type: 'spki', format: 'pem' }))
            .update(text)
            .digest('base64url'),
        ),
    ],
    [
      'whose claims were changed after signing',
      (c) => {
        const [head, , mac] = jwt(c).split('.');
        return `${head}.${base64url({ ...c, sub: 'chief' })}.${mac}`;
      },
    ],
    ['that is over', (c) => jwt({ ...c, exp: Math.floor(Date.now() / 1000) - 600 })],
    ['of somebody else than userinfo tells of', (c) => jwt({ ...c, sub: 'chief' })],
    ['that is none', () => 'nonsense'],
  ])('%s is refused', async (_what, make) => {
    const answer = await enter(make);
    expect(told(answer)).toEqual([401, 'oidc_refused']);
    expect(answer.headers['set-cookie']?.some((c) => c.startsWith('yutu_session=') && !c.startsWith('yutu_session=;'))).not.toBe(
      true,
    );
  });

  it.each([
    ['of another issuer', 'http://localhost:1'],
    ['of none, where the service names itself', null],
  ])('in an answer %s is refused (RFC 9207)', async (_what, iss) => {
    expect(told(await enter((claims) => jwt(claims), iss))).toEqual([401, 'oidc_refused']);
  });
});

describe('an account of the service', () => {
  it('gets no local password, by whatever way', async () => {
    expect((await enter((claims) => jwt(claims))).status).toBe(303);
    const admin = await signIn(yutu, 'admin');
    expect((await admin.get('/api/accounts/wang.mix')).json.password).toBe(false);
    expect(told(await admin.post('/api/accounts/wang.mix/reset', { what: 'password' }))).toEqual([409, 'account_federated']);
    const password = 'seven boats under the bridge';
    const set = yutuCommand(yutu, [
      'user',
      'wang.mix',
      '--organisation',
      'transport',
      '--roles',
      'planner',
      '--password',
      password,
    ]);
    expect([set.status === 0, /sign-in service/.test(set.said)]).toEqual([false, true]);
    expect(yutuCommand(yutu, ['account', 'reset', 'wang.mix']).status).not.toBe(0);
    expect(told(await anonymous(yutu).post('/api/session', { username: 'wang.mix', password }))).toEqual([401, 'sign_in_failed']);
    const cookie = (await enter((claims) => jwt(claims))).headers['set-cookie']!.map((c) => c.split(';')[0]).join('; ');
    const own = await new Caller(yutu.url, { cookie }).post('/api/account/password', {
      current: password,
      password: `${password}!`,
    });
    expect(told(own)).toEqual([409, 'account_federated']);
  });

  it('that the service moves to another office takes no key along', async () => {
    const cookie = (await enter((claims) => jwt(claims))).headers['set-cookie']!.map((c) => c.split(';')[0]).join('; ');
    const caller = new Caller(yutu.url, { cookie });
    const made = await caller.post('/api/keys', { name: 'moving', layers: ['districts'] });
    expect(made.status).toBe(201);
    const use = async () =>
      (await anonymous(yutu).get('/api/collections/districts', { authorization: `Bearer ${made.json.key}` })).status;
    expect(await use()).toBe(200);
    userinfo = {};
    expect(
      (
        await enter((claims) => {
          userinfo = { ...userinfo, organisation: 'water' };
          return jwt({ ...claims, organisation: 'water' });
        })
      ).status,
    ).toBe(303);
    expect(await use()).toBe(401);
    // a session goes where its person goes, once that is confirmed
    await confirmChanges(await signIn(yutu, 'security'), 'wang.mix');
    expect(await use()).toBe(401);
    expect((await caller.get('/api/session')).json.user.organisation.id).toBe('water');
  });
});
