import { spawnSync } from 'node:child_process';
import { Secret, TOTP } from 'otpauth';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Answer,
  anonymous,
  Caller,
  cookieOf,
  engine,
  eventually,
  signIn,
  startYutu,
  withDatabase,
  type Yutu,
  yutuCommand,
} from '../harness.js';
import { ask, confirmChanges, day, parcelsWish } from '../story.js';

/** Accounts: who may set them, how people get in, and what ends at once. One instance of its own: accounts outlive a test. */

let yutu: Yutu;
let admin: Caller;
let security: Caller;
beforeAll(async () => {
  yutu = await startYutu({ env: { TRUST_PROXY: 'true' } });
  [admin, security] = [await signIn(yutu, 'admin'), await signIn(yutu, 'security')];
});
afterAll(() => yutu?.remove());

const SECRET = 'seven boats under the bridge';
const code = (secret: string, steps = 0) =>
  new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: Date.now() + steps * 30_000 });
const told = ({ status, json }: Answer) => [status, json.code];
const callerOf = (answer: Answer) => new Caller(yutu.url, { cookie: cookieOf(answer) });
const enter = (username: string, password = SECRET, headers = {}) =>
  anonymous(yutu).post('/api/session', { username, password }, headers);

/** Makes an account, has it confirmed by another administrator, and sets its password with the sheet that one gets. */
async function person(username: string, organisation = 'planning', by = admin, roles = ['planner']): Promise<void> {
  const made = await by.post('/api/accounts', { username, nameZh: username, nameEn: username, organisation, roles });
  expect([made.status, made.text.slice(0, 300)]).toEqual([201, expect.any(String)]);
  const token = await confirmChanges(security, username);
  const set = await anonymous(yutu).post('/api/account/reset', { token, password: SECRET });
  expect([set.status, set.json]).toEqual([200, { username }]);
}

/** Signs in an account whose role needs a second factor, setting one up. */
async function enrol(username: string): Promise<{ caller: Caller; secret: string; codes: string[] }> {
  const answer = await enter(username);
  expect(answer.json).toEqual({ user: null, pending: 'enrol', inbox: 0, mine: 0 });
  const waiting = callerOf(answer);
  const offer = (await waiting.post('/api/account/factor', {})).json;
  const done = await waiting.post('/api/account/factor/confirm', { code: code(offer.secret) });
  expect([done.status, done.text.slice(0, 200)]).toEqual([200, expect.any(String)]);
  return { caller: callerOf(done), secret: offer.secret, codes: done.json.recoveryCodes };
}

const give = async (username: string, ...roles: string[]) => {
  const answer = await security.patch(`/api/accounts/${username}`, { roles });
  expect([answer.status, answer.text.slice(0, 200)]).toEqual([200, expect.any(String)]);
  if (answer.json.waiting.length > 0) await confirmChanges(admin, username);
  expect((await admin.get(`/api/accounts/${username}`)).json.roles).toEqual(roles);
};
const reset = async (username: string, what: 'password' | 'factor') => {
  const [maker, other] = what === 'factor' ? [security, admin] : [admin, security];
  const answer = await maker.post(`/api/accounts/${username}/reset`, { what });
  expect([answer.status, answer.json.mailed]).toEqual([200, false]);
  return (await confirmChanges(other, username))!;
};

describe('an account', () => {
  it('is made without a password, which its person sets by a link, once', async () => {
    const input = { username: 'zhou', nameZh: '周', nameEn: 'Zhou', organisation: 'planning', roles: ['planner'] };
    const made = await admin.post('/api/accounts', input);
    expect([made.status, made.headers['cache-control']]).toEqual([201, 'no-store']);
    expect(made.json).toMatchObject({ username: 'zhou', password: false, factor: false, roles: ['planner'], confirmed: false });
    const token = await confirmChanges(security, 'zhou');
    expect(told(await enter('zhou', ''))).toEqual([401, 'sign_in_failed']);
    const set = (password: string, by = token) => anonymous(yutu).post('/api/account/reset', { token: by, password });
    expect(told(await set(SECRET, 'nonsense'))).toEqual([404, 'reset_link_invalid']);
    expect(told(await set('short'))).toEqual([400, 'parameter_invalid']);
    expect(told(await set('zhouzhouzhou'))).toEqual([400, 'parameter_invalid']);
    const both = await Promise.all([set(SECRET), set(`${SECRET}!`)]);
    expect(both.map((answer) => answer.status).sort()).toEqual([200, 404]);
    expect(told(await set(SECRET))).toEqual([404, 'reset_link_invalid']);
    expect(told(await admin.post('/api/accounts', input))).toEqual([409, 'exists']);
    expect((await admin.get('/api/accounts?q=zhou&organisation=planning')).json.accounts).toMatchObject([
      { username: 'zhou', password: true },
    ]);
  });

  it('is in nobody’s hands alone: the system administrator makes planners, the security administrator gives roles', async () => {
    await person('qian');
    const input = { username: 'sun', nameZh: '孙', nameEn: 'Sun', organisation: 'planning' };
    const wrong: [Caller, string, object, number, string][] = [
      [admin, '/api/accounts', { ...input, roles: ['steward'] }, 403, 'role_not_given'],
      [admin, '/api/accounts', { ...input, roles: ['admin'] }, 403, 'role_not_given'],
      [admin, '/api/accounts', { ...input, roles: ['admin', 'auditor'] }, 422, 'roles_exclude'],
      [admin, '/api/accounts', { ...input, organisation: 'nowhere', roles: ['planner'] }, 400, 'parameter_invalid'],
      [security, '/api/accounts', { ...input, roles: ['planner'] }, 403, 'not_yours_to_do'],
      [admin, '/api/accounts/qian/reset', { what: 'factor' }, 403, 'not_yours_to_do'],
      [security, '/api/accounts/qian/reset', { what: 'password' }, 403, 'not_yours_to_do'],
      [security, '/api/accounts/qian/unlock', {}, 403, 'not_yours_to_do'],
      [admin, '/api/accounts/steward/reset', { what: 'password' }, 409, 'demo_account'],
      [admin, '/api/accounts/admin/reset', { what: 'password' }, 403, 'own_account'],
      [await signIn(yutu, 'auditor'), '/api/accounts', { ...input, roles: ['planner'] }, 403, 'role_required'],
      [await signIn(yutu, 'steward'), '/api/accounts', { ...input, roles: ['planner'] }, 403, 'role_required'],
      [anonymous(yutu), '/api/accounts', { ...input, roles: ['planner'] }, 401, 'sign_in_required'],
    ];
    for (const [by, path, body, status, fault] of wrong)
      expect([path, body, ...told(await by.post(path, body))]).toEqual([path, body, status, fault]);
    const patches: [Caller, string, object, number, string][] = [
      [admin, 'qian', { roles: ['steward'] }, 403, 'not_yours_to_do'],
      [security, 'qian', { roles: ['security', 'planner'] }, 422, 'roles_exclude'],
      [security, 'qian', { disabled: true }, 403, 'not_yours_to_do'],
      [security, 'security', { roles: ['security'] }, 403, 'own_account'],
      [admin, 'admin', { disabled: true }, 403, 'own_account'],
      [security, 'steward', { roles: ['planner'] }, 409, 'demo_account'],
      [admin, 'nobody-here', { disabled: true }, 404, 'account_not_found'],
      [admin, 'qian', {}, 400, 'parameter_invalid'],
      [admin, 'qian', { password_hash: 'x' }, 400, 'parameter_invalid'],
      // one member that is not theirs: nothing is written of the others
      [admin, 'qian', { nameZh: '钱某', roles: ['steward'] }, 403, 'not_yours_to_do'],
    ];
    for (const [by, username, body, status, fault] of patches)
      expect([username, body, ...told(await by.patch(`/api/accounts/${username}`, body))]).toEqual([
        username,
        body,
        status,
        fault,
      ]);
    expect((await admin.get('/api/accounts/qian')).json).toMatchObject({ nameZh: 'qian', roles: ['planner'], disabled: false });
    expect((await admin.get('/api/accounts?role=security')).json.accounts).toMatchObject([
      { username: 'security', organisation: { id: 'authority' }, demo: true, can: [] },
    ]);
  });

  it('of an organisation is its administrator’s to keep, and none beyond its subtree', async () => {
    await person('wu.admin', 'transport');
    await give('wu.admin', 'org_admin');
    const { caller } = await enrol('wu.admin');
    const seen = (await caller.get('/api/accounts?limit=200')).json.accounts;
    expect(new Set(seen.map((a: { organisation: { id: string } }) => a.organisation.id))).toEqual(new Set(['transport']));
    await person('wu.one', 'transport', caller, ['planner', 'steward']);
    const input = { username: 'wu.two', nameZh: '吴', nameEn: 'Wu', roles: ['planner'] };
    expect(told(await caller.post('/api/accounts', { ...input, organisation: 'planning' }))).toEqual([400, 'parameter_invalid']);
    expect(told(await caller.post('/api/accounts', { ...input, organisation: 'transport', roles: ['auditor'] }))).toEqual([
      403,
      'role_not_given',
    ]);
    for (const path of ['qian', 'steward', 'nobody-here']) {
      expect(told(await caller.get(`/api/accounts/${path}`))).toEqual([404, 'account_not_found']);
      expect(told(await caller.patch(`/api/accounts/${path}`, { disabled: true }))).toEqual([404, 'account_not_found']);
    }
    expect((await caller.get('/api/accounts?organisation=planning')).json.accounts).toEqual([]);
    expect(told(await caller.patch('/api/accounts/wu.admin', { roles: ['org_admin', 'steward'] }))).toEqual([403, 'own_account']);
    // what is only taken away is gone at once
    expect((await caller.patch('/api/accounts/wu.one', { roles: ['planner'] })).json).toMatchObject({
      roles: ['planner'],
      waiting: [],
    });
  });

  it('that is disabled is out everywhere at once, its open stream too', async () => {
    await person('zheng');
    const caller = callerOf(await enter('zheng'));
    const stream = await caller.events();
    expect((await caller.get('/api/requests')).status).toBe(200);
    expect((await admin.patch('/api/accounts/zheng', { disabled: true })).json.disabled).toBe(true);
    expect((await caller.get('/api/requests')).status).toBe(401);
    await stream.next('session');
    expect(told(await enter('zheng'))).toEqual([401, 'sign_in_failed']);
    expect((await admin.patch('/api/accounts/zheng', { disabled: false })).json.disabled).toBe(false);
    expect((await caller.get('/api/requests')).status).toBe(401); // the old session does not come back
    expect((await enter('zheng')).status).toBe(200);
  });
});

describe('a password', () => {
  it('that is changed ends every other session of the account', async () => {
    await person('feng');
    const [here, there] = [callerOf(await enter('feng')), callerOf(await enter('feng'))];
    const [stream, other] = [await here.events(), await there.events()];
    expect((await here.get('/api/account')).json.sessions).toHaveLength(2);
    const next = `${SECRET} at night`;
    const to = (current: string, password: string) => here.post('/api/account/password', { current, password });
    expect(told(await to('not this one', next))).toEqual([403, 'password_wrong']);
    expect(told(await to(SECRET, 'feng'))).toEqual([400, 'parameter_invalid']);
    expect((await to(SECRET, next)).status).toBe(204);
    await other.next('session');
    expect([(await here.get('/api/requests')).status, (await there.get('/api/requests')).status]).toEqual([200, 401]);
    expect(stream.heard.filter((e) => e.kind === 'session')).toEqual([]);
    for (const open of [stream, other]) open.close();
    expect([(await enter('feng')).status, (await enter('feng', next)).status]).toEqual([401, 200]);
    expect((await here.delete('/api/account/sessions')).status).toBe(204);
    expect((await here.get('/api/account')).json.sessions).toMatchObject([{ current: true, factor: false }]);
  });

  it('of a demonstration account is nobody’s to change', async () => {
    const planner = await signIn(yutu, 'planner');
    const change = { current: 'yutu-demo', password: SECRET };
    expect(told(await planner.post('/api/account/password', change))).toEqual([409, 'demo_account']);
    expect(told(await planner.post('/api/account/factor', { password: 'yutu-demo' }))).toEqual([409, 'demo_account']);
  });
});

describe('a second factor', () => {
  it('is asked of who decides; until it is given the session is nobody’s', async () => {
    await person('chu');
    await give('chu', 'planner', 'steward');
    const waiting = callerOf(await enter('chu'));
    for (const path of ['/api/requests', '/api/account', '/api/keys', '/api/drafts', '/api/collections/parcels/items'])
      expect([path, (await waiting.get(path)).status]).toEqual([path, 401]);
    expect((await waiting.get('/api/session')).json).toEqual({ user: null, pending: 'enrol', inbox: 0, mine: 0 });
    expect((await waiting.post('/api/account/password', { current: SECRET, password: SECRET })).status).toBe(401);
    expect(told(await waiting.post('/api/session/factor', { code: '123456' }))).toEqual([401, 'sign_in_required']);
    expect(told(await waiting.post('/api/account/factor/confirm', { code: '123456' }))).toEqual([409, 'factor_not_offered']);
    const { secret, uri } = (await waiting.post('/api/account/factor', {})).json;
    expect(uri).toContain(`secret=${secret}`);
    expect(told(await waiting.post('/api/account/factor/confirm', { code: code(secret, 9) }))).toEqual([401, 'code_wrong']);
    const done = await waiting.post('/api/account/factor/confirm', { code: code(secret) });
    expect([done.status, done.json.session.user.roles]).toEqual([200, ['planner', 'steward']]);
    expect((await waiting.get('/api/session')).json).toMatchObject({ user: null, pending: null }); // a new cookie came with it
    const whole = callerOf(done);
    expect((await whole.get('/api/requests?box=inbox')).status).toBe(200);
    expect((await whole.get('/api/account')).json.factor).toEqual({
      confirmed: true,
      required: true,
      recoveryCodes: 10,
      reset: null,
    });
    expect(told(await whole.delete('/api/account/factor', { password: SECRET }))).toEqual([409, 'factor_required']);

    // the code that confirmed is used; the next one is good once, a recovery code too
    const again = async () => {
      const answer = await enter('chu');
      expect(answer.json.pending).toBe('code');
      return callerOf(answer);
    };
    const first = await again();
    expect((await first.get('/api/requests')).status).toBe(401);
    expect(told(await first.post('/api/account/factor', {}))).toEqual([401, 'sign_in_required']); // no second one instead
    expect(told(await first.post('/api/session/factor', { code: code(secret) }))).toEqual([401, 'code_wrong']);
    const next = code(secret, 1);
    const entered = await first.post('/api/session/factor', { code: next });
    expect([entered.status, entered.json.user.username, entered.json.pending]).toEqual([200, 'chu', null]);
    const second = await again();
    expect(told(await second.post('/api/session/factor', { code: next }))).toEqual([401, 'code_wrong']);
    const recovery = done.json.recoveryCodes[3];
    expect((await second.post('/api/session/factor', { code: recovery.toUpperCase() })).status).toBe(200);
    expect(told(await (await again()).post('/api/session/factor', { code: recovery }))).toEqual([401, 'code_wrong']);
  });

  it('guessed at costs the password: five wrong codes end what waits', async () => {
    await person('wei');
    await give('wei', 'steward');
    await enrol('wei');
    const waiting = callerOf(await enter('wei'));
    for (let i = 0; i < 5; i++) expect((await waiting.post('/api/session/factor', { code: '000000' })).status).toBe(401);
    expect(told(await waiting.post('/api/session/factor', { code: '000000' }))).toEqual([401, 'sign_in_required']);
    expect((await waiting.get('/api/session')).json.pending).toBeNull();
  });

  it('that is reset gives nothing to who knows the password: the next is set up with the reset’s own token, once', async () => {
    await person('jiang');
    await give('jiang', 'steward');
    const { caller, secret, codes } = await enrol('jiang');
    const token = await reset('jiang', 'factor');
    expect((await admin.get('/api/accounts/jiang')).json.factor).toBe(false);
    expect((await caller.get('/api/requests')).status).toBe(401);

    const waiting = callerOf(await enter('jiang'));
    expect((await waiting.get('/api/session')).json).toMatchObject({ user: null, pending: 'renew' });
    expect((await waiting.get('/api/requests')).status).toBe(401);
    const begin = (body: object, by = waiting) => by.post('/api/account/factor', body);
    for (const body of [{}, { password: SECRET }, { token: 'nonsense' }, { token: codes[0] }])
      expect([body, ...told(await begin(body))]).toEqual([body, 403, 'factor_link_invalid']);
    expect(told(await waiting.post('/api/account/factor/confirm', { code: code(secret, 1) }))).toEqual([
      409,
      'factor_not_offered',
    ]);
    for (const given of [codes[0]!, code(secret, 1)])
      expect(told(await waiting.post('/api/session/factor', { code: given }))).toEqual([401, 'sign_in_required']);
    // another account's session cannot use it, nor can one that is not waiting
    await person('jiang.other');
    expect(told(await begin({ token }, callerOf(await enter('jiang.other'))))).toEqual([403, 'password_wrong']);

    // a second reset makes the first one's token worthless
    const again = await reset('jiang', 'factor');
    const next = callerOf(await enter('jiang'));
    expect(told(await begin({ token }, next))).toEqual([403, 'factor_link_invalid']);
    const offer = await begin({ token: again }, next);
    expect(offer.status).toBe(200);
    const done = await next.post('/api/account/factor/confirm', { code: code(offer.json.secret) });
    expect([done.status, done.json.session.user.roles]).toEqual([200, ['steward']]);
    // the person is told, and the log names both
    expect((await callerOf(done).get('/api/account')).json.factor).toMatchObject({
      confirmed: true,
      reset: { by: 'security', at: expect.any(String), open: false },
    });
    const auditor = await signIn(yutu, 'auditor');
    const entry = async (action: string) => (await auditor.get(`/api/audit?action=${action}&limit=1`)).json.entries[0];
    expect(await entry('factor_reset')).toMatchObject({ actor: 'security', subject: 'jiang' });
    expect(await entry('factor_enrolled')).toMatchObject({ actor: 'jiang', detail: { resetBy: 'security' } });
  });

  it('that was optional must be renewed, too, once it is reset', async () => {
    await person('jiang.two');
    const caller = callerOf(await enter('jiang.two'));
    const offer = (await caller.post('/api/account/factor', { password: SECRET })).json;
    await caller.post('/api/account/factor/confirm', { code: code(offer.secret) });
    await reset('jiang.two', 'factor');
    expect((await enter('jiang.two')).json).toMatchObject({ user: null, pending: 'renew' });
  });

  it('is not readable in the database, and what was is sealed at the next start', async () => {
    await person('jiang.three');
    await give('jiang.three', 'steward');
    const { secret } = await enrol('jiang.three');
    await yutu.stop();
    if (engine === 'embedded') {
      // the whole data folder, write-ahead log included
      expect(spawnSync('grep', ['-raq', secret, yutu.dataDir]).status).toBe(1);
      Object.assign(yutu, await yutu.again());
    } else {
      const kept = () =>
        withDatabase(yutu.databaseUrl!, async (client) => {
          const { rows } = await client.query("select factor_secret from yutu.account where username = 'jiang.three'");
          return String(rows[0].factor_secret);
        });
      const sealed = await kept();
      expect(sealed).toMatch(/^aes-256-gcm:[0-9a-f]{16}:/);
      // as it was kept before there were keys
      await withDatabase(yutu.databaseUrl!, (client) =>
        client.query("update yutu.account set factor_secret = $1 where username = 'jiang.three'", [secret]),
      );
      const keys = [Buffer.alloc(32, 8), Buffer.alloc(32, 7)].map((key) => key.toString('base64')).join(',');
      Object.assign(yutu, await yutu.again({ SECRET_KEYS: keys }));
      expect(await kept()).toMatch(/^aes-256-gcm:[0-9a-f]{16}:/);
      expect((await kept()).split(':')[1]).not.toBe(sealed.split(':')[1]);
      // and a node without the key does not start half
      await yutu.stop();
      await expect(yutu.again({ SECRET_KEYS: Buffer.alloc(32, 9).toString('base64') })).rejects.toThrow('SECRET_KEYS');
      Object.assign(yutu, await yutu.again({ SECRET_KEYS: keys }));
    }
    const waiting = callerOf(await enter('jiang.three'));
    expect((await waiting.post('/api/session/factor', { code: code(secret, 1) })).json.user.username).toBe('jiang.three');
  });
});

describe('guessing', () => {
  const from = (address: string) => ({ 'x-forwarded-for': address });
  const wrong = (username: string, address: string) => enter(username, 'not this one', from(address));

  it('locks a name for its address, known or not, longer each time, and across a restart', async () => {
    await person('shen');
    for (const username of ['shen', 'nobody-at-all']) {
      const answers = await Promise.all(Array.from({ length: 14 }, () => wrong(username, '10.0.0.1')));
      const count = (status: number) => answers.filter((a) => a.status === status).length;
      expect([username, count(401), count(429)]).toEqual([username, 10, 4]);
      const { headers, json } = answers.find((a) => a.status === 429)!;
      expect(json.code).toBe('too_many_attempts');
      expect(Number(headers['retry-after'])).toBeGreaterThan(50);
    }
    expect((await enter('shen', SECRET, from('10.0.0.1'))).status).toBe(429); // the right one too
    expect((await enter('shen', SECRET, from('10.0.0.2'))).status).toBe(200); // from elsewhere the person gets in
    expect((await admin.get('/api/accounts/shen')).json.lockedUntil).toEqual(expect.any(String));
    await yutu.stop();
    const again = await yutu.again();
    Object.assign(yutu, again);
    expect((await enter('shen', SECRET, from('10.0.0.1'))).status).toBe(429);
    expect((await admin.post('/api/accounts/shen/unlock', {})).json.lockedUntil).toBeNull();
    expect((await enter('shen', SECRET, from('10.0.0.1'))).status).toBe(200);
  });

  it('from everywhere at once shuts out strangers for a while, and not the addresses the account knows', async () => {
    await person('han');
    expect((await enter('han', SECRET, from('10.1.0.1'))).status).toBe(200);
    for (let i = 0; i < 5; i++) await Promise.all(Array.from({ length: 10 }, (_, j) => wrong('han', `10.2.${i}.${j}`)));
    expect((await wrong('han', '10.3.0.1')).status).toBe(429);
    expect((await enter('han', SECRET, from('10.3.0.1'))).status).toBe(429);
    expect((await enter('han', SECRET, from('10.1.0.1'))).status).toBe(200);
  });
});

describe('an absent steward', () => {
  it('is stood in for by a colleague, from day to day, and the log says for whom', async () => {
    for (const name of ['cao', 'yan', 'bare']) await person(name);
    await give('cao', 'planner', 'steward');
    const { caller: steward } = await enrol('cao');
    // A colleague with a second factor of their own, and one without.
    const plain = callerOf(await enter('yan'));
    const offer = (await plain.post('/api/account/factor', { password: SECRET })).json;
    const codes = await plain.post('/api/account/factor/confirm', { code: code(offer.secret) });
    expect(codes.json.recoveryCodes).toHaveLength(10);
    const bare = callerOf(await enter('bare'));
    const planner = await signIn(yutu, 'planner');
    const request = await ask(planner, { ...parcelsWish, purpose: '委托办理' });
    const decide = (by: Caller) =>
      by.post(`/api/requests/${request.id}/decision`, { outcome: 'correction', reason: '请补充依据' });
    expect((await decide(plain)).status).toBe(404);

    const term = { from: day(0), until: day(0, 7) };
    const wrong: [Caller, object, number, string][] = [
      [plain, { delegate: 'bare', ...term }, 403, 'role_required'],
      [steward, { delegate: 'planner', ...term }, 400, 'parameter_invalid'], // another organisation's
      [steward, { delegate: 'steward-planning', ...term }, 400, 'parameter_invalid'], // a steward already
      [steward, { delegate: 'yan', from: day(0, -1), until: day(0, 7) }, 400, 'parameter_invalid'],
      [steward, { delegate: 'yan', from: day(0, 3), until: day(0, 2) }, 400, 'parameter_invalid'],
    ];
    for (const [by, body, status, fault] of wrong)
      expect([body, ...told(await by.post('/api/account/delegations', body))]).toEqual([body, status, fault]);

    const stream = await plain.events();
    const made = await steward.post('/api/account/delegations', { delegate: 'yan', ...term });
    expect([made.status, made.json.status]).toEqual([201, 'active']);
    await steward.post('/api/account/delegations', { delegate: 'bare', ...term });
    expect((await plain.get('/api/session')).json).toMatchObject({ user: { roles: ['planner', 'steward'], actingFor: 'cao' } });
    expect((await plain.get('/api/requests?box=inbox')).json.requests.map((r: { id: string }) => r.id)).toContain(request.id);
    expect((await bare.get('/api/session')).json.user.roles).toEqual(['planner']); // without a second factor: nothing
    expect(told(await plain.post('/api/account/delegations', { delegate: 'bare', ...term }))).toEqual([403, 'role_required']);
    expect((await decide(plain)).status).toBe(200);
    stream.close();
    // deciding is all: data, credentials and accounts stay with those who hold the office
    const parcel = (await plain.get('/api/collections/parcels/items?limit=1')).json.features[0];
    const edit = await plain.patch(
      `/api/collections/parcels/items/${parcel.id}`,
      { properties: { land_use: '0701' } },
      {
        'content-type': 'application/merge-patch+json',
      },
    );
    expect([edit.status, edit.json.code]).toEqual([403, expect.any(String)]);
    expect((await plain.get(`/api/collections/parcels/items/${parcel.id}`)).json.properties).toEqual(parcel.properties);
    expect(told(await plain.get('/api/certificates'))).toEqual([403, 'role_required']);
    expect(told(await plain.post('/api/keys', { name: 'for every layer' }))).toEqual([400, 'parameter_invalid']);
    expect(told(await plain.get('/api/accounts'))).toEqual([403, 'role_required']);

    const auditor = await signIn(yutu, 'auditor');
    const [entry] = (await auditor.get('/api/audit?action=correction_asked&limit=1')).json.entries;
    expect(entry).toMatchObject({ actor: 'yan', subject: request.id, detail: { for: 'cao' } });
    expect([entry.textZh, entry.textEn]).toEqual([expect.stringContaining('yan（代 cao）'), expect.stringContaining(' for cao')]);

    const preview = (await plain.post('/api/access/preview', { layer: 'parcels', as: 'public' })).json.token;
    const previewed = async () => {
      const paths = ['items?limit=1&', 'tiles/WebMercatorQuad/14/13041/6785?', '?'];
      const answers = await Promise.all(paths.map((path) => plain.get(`/api/collections/parcels/${path}preview=${preview}`)));
      return answers.map(({ status }) => status);
    };
    expect(await previewed()).toEqual([403, 403, 200]); // what the public sees of it
    expect((await plain.get('/api/collections/parcels/items?limit=1')).status).toBe(200);
    expect((await steward.delete(`/api/account/delegations/${made.json.id}`)).status).toBe(204);
    const ended = await plain.get(`/api/collections/parcels/items?limit=1&preview=${preview}`);
    expect(told(ended)).toEqual([403, 'preview_not_yours']);
    expect(await previewed()).toEqual([403, 403, 403]);
    expect((await plain.get('/api/session')).json.user).toMatchObject({ roles: ['planner'], actingFor: null });
    expect((await plain.get('/api/requests?box=inbox')).json.requests).toEqual([]);
    expect(told(await steward.delete(`/api/account/delegations/${made.json.id}`))).toEqual([404, 'delegation_not_found']);

    // it ends with the steward's office too
    await steward.post('/api/account/delegations', { delegate: 'yan', ...term });
    expect((await plain.get('/api/session')).json.user.actingFor).toBe('cao');
    await give('cao', 'planner');
    expect((await plain.get('/api/session')).json.user.actingFor).toBeNull();
  });
});

describe('what administrators do', () => {
  it('stands in the chained log, with whom it concerned', async () => {
    const auditor = await signIn(yutu, 'auditor');
    const { entries } = (await auditor.get('/api/audit?limit=1000')).json;
    const found = (action: string) => entries.find((e: { action: string }) => e.action === action);
    expect(found('account_created')).toMatchObject({ subject: expect.any(String), detail: { roles: ['planner'] } });
    expect(found('roles_changed')).toMatchObject({
      actor: 'security',
      detail: { before: expect.any(Array), roles: expect.any(Array) },
    });
    for (const action of [
      'account_disabled',
      'account_unlocked',
      'password_reset',
      'password_changed',
      'factor_enrolled',
      'factor_reset',
      'delegation_made',
      'delegation_ended',
      'code_failed',
      'sessions_ended',
    ])
      expect([action, found(action)?.textZh]).toEqual([action, expect.stringMatching(/[\u4e00-\u9fff]/)]);
    expect(JSON.stringify(entries)).not.toMatch(new RegExp(`${SECRET}|secret=|password_hash`));
    expect((await auditor.get('/api/audit/verify')).json.ok).toBe(true);
  });
});

describe('the first administrators', () => {
  it('are made on the machine, the three at once, and none of them can be the last to go', async () => {
    const fresh = await startYutu({ start: 'empty' });
    try {
      const bootstrap = [
        'account',
        'bootstrap',
        '--organisation',
        'bureau',
        '--title',
        '大数据局',
        '--admin',
        'gao',
        '--security',
        'wei',
        '--auditor',
      ];
      expect(yutuCommand(fresh, [...bootstrap, 'gao']).status).not.toBe(0); // one person cannot be two of them
      const made = yutuCommand(fresh, [...bootstrap, 'shen']);
      expect([made.status, made.said]).toEqual([0, expect.stringContaining('24 hours')]);
      expect(yutuCommand(fresh, [...bootstrap, 'shen2']).status).not.toBe(0);
      const links = [...made.stdout.matchAll(/^(\w+) (\w+): \S+\/reset#(\S+)$/gm)].map(([, role, name, token]) => ({
        role,
        name,
        token,
      }));
      expect(links.map(({ role, name }) => [role, name])).toEqual([
        ['admin', 'gao'],
        ['security', 'wei'],
        ['auditor', 'shen'],
      ]);
      // a link that got lost is made again, as long as they have not all signed in: nobody could confirm
      const lost = /reset#(\S+)/.exec(yutuCommand(fresh, ['account', 'reset', 'shen']).stdout);
      links[2]!.token = lost![1]!;
      const callers: Record<string, Caller> = {};
      for (const { role, name, token } of links) {
        expect((await anonymous(fresh).post('/api/account/reset', { token, password: SECRET })).status).toBe(200);
        const waiting = new Caller(fresh.url, {
          cookie: cookieOf(await anonymous(fresh).post('/api/session', { username: name, password: SECRET })),
        });
        expect(told(await waiting.get('/api/accounts'))).toEqual([401, 'sign_in_required']);
        const { secret } = (await waiting.post('/api/account/factor', {})).json;
        callers[role!] = new Caller(fresh.url, {
          cookie: cookieOf(await waiting.post('/api/account/factor/confirm', { code: code(secret) })),
        });
      }
      const listed = (await callers.admin!.get('/api/accounts')).json.accounts;
      expect(listed.map((a: { username: string; factor: boolean }) => [a.username, a.factor])).toEqual([
        ['gao', true],
        ['shen', true],
        ['wei', true],
      ]);
      expect(told(await callers.admin!.patch('/api/accounts/shen', { disabled: true }))).toEqual([409, 'last_administrator']);
      expect(told(await callers.security!.patch('/api/accounts/gao', { roles: ['planner'] }))).toEqual([
        409,
        'last_administrator',
      ]);
      // from here on the machine alone opens no account either
      const later = yutuCommand(fresh, ['account', 'reset', 'gao']);
      expect([later.status, later.said]).toEqual([0, expect.not.stringContaining('reset#')]);
      expect(await confirmChanges(callers.auditor!, 'gao')).toEqual(expect.any(String));
      const unlocked = yutuCommand(fresh, ['account', 'unlock', 'gao']);
      expect([unlocked.status, unlocked.said]).toEqual([0, expect.stringContaining('gao')]);
      expect(yutuCommand(fresh, ['account', 'list']).stdout).toMatch(/gao {2}bureau {2}admin {2}second factor/);
      await eventually(async () => expect((await callers.auditor!.get('/api/audit/verify')).json.ok).toBe(true));
    } finally {
      await fresh.remove();
    }
  });
});
