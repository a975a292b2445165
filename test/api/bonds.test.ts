import { execFileSync } from 'node:child_process';
import { Secret, TOTP } from 'otpauth';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Answer,
  anonymous,
  Caller,
  cookieOf,
  demoPassword,
  makeKey,
  signIn,
  startYutu,
  underneath,
  withKey,
  type Yutu,
  yutuCommand,
} from '../harness.js';
import { confirmChanges } from '../story.js';
import { tileAt, tilePath } from '../tile.js';

/**
 * Every credential names the person and the office behind it and is judged by their present state on every use: a key, a signed address,
 * an embed, a preview and a session, each after every way in which the person behind it may go.
 */
let yutu: Yutu;
let nobody: Caller;
let admin: Caller;
let security: Caller;
beforeAll(async () => {
  yutu = await startYutu({ env: { TRUST_PROXY: 'true', SESSIONS_PER_ACCOUNT: '3', KEYS_PER_PERSON: '4', SECOND_FACTOR: 'off' } });
  // Their password is the demonstration's; they are none of its accounts.
  await yutu.stop();
  await underneath(yutu, async (query) => {
    for (const [username, roles, organisation] of people)
      await query(
        `insert into yutu.account (username, name_zh, name_en, organisation, roles, password_hash, confirmed_at)
         select $1, $1, $1, $2, $3::text[], password_hash, now() from yutu.account where username = 'planner'`,
        [username, organisation, roles.split(',')],
      );
  });
  yutu = await yutu.again();
  [nobody, admin, security] = [anonymous(yutu), await signIn(yutu, 'admin'), await signIn(yutu, 'security')];
});
afterAll(() => yutu?.remove());

const SECRET = demoPassword;
const NEW = 'seven boats under the bridge';
const SITE = 'https://www.example.gov.cn';
const tile = tilePath('districts', tileAt(106.5, 29.5, 8));
const told = ({ status, json }: Answer) => [status, json.code];
const pathOf = (template: string) => {
  const { z, x, y } = tileAt(106.5, 29.5, 8);
  const url = new URL(template.replace('{z}', String(z)).replace('{x}', String(x)).replace('{y}', String(y)));
  return url.pathname + url.search;
};

/** Those whom these tests are about, each with roles and organisation. */
const people: [string, string, string][] = [
  ['mu.one', 'steward', 'planning'],
  ['mu.two', 'steward', 'planning'],
  ['mu.three', 'steward', 'planning'],
  ['mu.four', 'steward', 'planning'],
  ['mu.five', 'steward', 'planning'],
  ['mu.eight', 'planner', 'planning'],
  ['mu.six', 'steward', 'planning'],
  ['mu.seven', 'steward', 'planning'],
  ['mu.nine', 'steward', 'planning'],
  ['mu.ten', 'steward', 'planning'],
  ['mu.eleven', 'steward', 'planning'],
  ['mu.twelve', 'steward', 'planning'],
  ['de.one', 'steward', 'planning'],
  ['de.two', 'planner', 'planning'],
  ['ke.one', 'steward', 'planning'],
  ['ke.two', 'planner,steward', 'planning'],
  ['ke.three', 'org_admin', 'planning'],
  ['ke.four', 'planner', 'transport'],
  ['ke.five', 'steward', 'transport'],
  ['ke.six', 'steward', 'planning'],
  ['ke.seven', 'steward', 'planning'],
  ['ke.eight', 'org_admin', 'planning'],
  ['ke.nine', 'steward', 'planning'],
  ['co.one', 'steward', 'planning'],
  ['co.two', 'steward', 'planning'],
  ['co.three', 'steward', 'planning'],
  ['si.one', 'steward', 'planning'],
  ['si.two', 'planner', 'transport'],
  ['si.three', 'planner', 'transport'],
  ['si.four', 'org_admin', 'transport'],
  ['si.five', 'steward', 'planning'],
  ['em.one', 'steward', 'planning'],
  ['em.two', 'planner', 'planning'],
  ['em.three', 'org_admin', 'planning'],
  ['ol.one', 'steward', 'planning'],
];
const person = (username: string): Promise<Caller> => signIn(yutu, username);

/** All that somebody may leave behind, and whether each still opens something. */
async function credentials(username: string, caller: Caller) {
  const key = await makeKey(caller, `of ${username}`);
  const body = { origins: [SITE], days: 30 };
  const sign = (by: Caller) => by.post('/api/collections/districts/signed-tiles', { hours: 24 });
  const [signed, byKey, embed] = [
    await sign(caller),
    await sign(withKey(yutu, key.key)),
    await caller.post('/api/collections/parcels/embeds', body),
  ];
  expect([signed.status, byKey.status, embed.status]).toEqual([201, 201, 201]);
  const uses = {
    session: async () => ((await caller.get('/api/session')).json.user ? 200 : 401),
    key: async () => (await withKey(yutu, key.key).get(tile)).status,
    signed: async () => (await nobody.get(pathOf(signed.json.tiles))).status,
    signedByKey: async () => (await nobody.get(pathOf(byKey.json.tiles))).status,
    embed: async () =>
      (await nobody.get(new URL(embed.json.tilejson).pathname + new URL(embed.json.tilejson).search, { origin: SITE })).status,
  };
  const state = async () =>
    Object.fromEntries(await Promise.all(Object.entries(uses).map(async ([kind, use]) => [kind, await use()])));
  expect(await state()).toEqual(alive);
  return { key, state };
}

/** Registers a client certificate; whether it still stands. */
async function registered(by: Caller) {
  const args = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', '/dev/null', '-days', '9'];
  const certificate = execFileSync(
    'openssl',
    ['req', '-x509', ...args, '-subj', '/CN=bonds', '-addext', 'basicConstraints=critical,CA:FALSE'],
    {
      encoding: 'utf8',
      stdio: 'pipe',
    },
  );
  const made = await by.post('/api/certificates', { name: 'bonds', certificate });
  expect(made.status).toBe(201);
  return async () => {
    const listed = (await (await signIn(yutu, 'steward')).get('/api/certificates')).json.certificates;
    return listed.find((c: { id: string }) => c.id === made.json.id).state;
  };
}
const alive = { session: 200, key: 200, signed: 200, signedByKey: 200, embed: 200 };
const dead = { session: 401, key: 401, signed: 403, signedByKey: 403, embed: 403 };

describe('what somebody leaves behind', () => {
  it('ends when the account is disabled, and does not come back with it', async () => {
    const { state, key } = await credentials('mu.one', await person('mu.one'));
    expect((await admin.patch('/api/accounts/mu.one', { disabled: true })).status).toBe(200);
    expect(await state()).toEqual(dead);
    expect((await admin.patch('/api/accounts/mu.one', { disabled: false })).status).toBe(200);
    expect(await state()).toEqual(dead);
    // its holder gives the key a new secret: that one is good, what was known before is not
    const back = await signIn(yutu, 'mu.one', SECRET);
    const rotated = await back.post(`/api/keys/${key.id}/rotate`, { overlapHours: 24 });
    expect([rotated.status, rotated.json.previousUntil]).toEqual([200, null]);
    expect([(await withKey(yutu, rotated.json.key).get(tile)).status, (await state()).key]).toEqual([200, 401]);
  });

  it('ends when the password is changed, but for the session that changed it and what its person keeps knowingly', async () => {
    const caller = await person('mu.two');
    const { state } = await credentials('mu.two', caller);
    const change = (more: object) => caller.post('/api/account/password', { current: SECRET, password: NEW, ...more });
    expect((await change({ keepSystems: true })).status).toBe(204);
    expect(await state()).toEqual({ ...alive, signed: 403, signedByKey: 403 });
    expect((await caller.post('/api/account/password', { current: NEW, password: `${NEW}!` })).status).toBe(204);
    expect(await state()).toEqual({ ...dead, session: 200 });
  });

  it('ends with all sessions', async () => {
    const caller = await person('mu.three');
    const { state } = await credentials('mu.three', caller);
    expect((await caller.delete('/api/account/sessions')).status).toBe(204);
    expect(await state()).toEqual({ ...dead, session: 200 });
  });

  it('ends when the person is given another office', async () => {
    const { state } = await credentials('mu.four', await person('mu.four'));
    const move = ['user', 'mu.four', '--organisation', 'water', '--roles', 'steward', '--password', NEW];
    expect(yutuCommand(yutu, move).said).toContain('is set');
    expect(await state()).toEqual(dead);
  });

  it('ends with a move, and does not come back with its person; what was handed over before goes on', async () => {
    const caller = await person('mu.nine');
    const { state } = await credentials('mu.nine', caller);
    const handed = await makeKey(caller, 'handed over');
    const colleague = await person('mu.ten');
    expect((await caller.post(`/api/keys/${handed.id}/hand-over`, { to: 'mu.ten' })).status).toBe(200);
    const { key } = (await colleague.post(`/api/keys/${handed.id}/accept`, {})).json;
    for (const organisation of ['water', 'planning']) {
      expect((await admin.patch('/api/accounts/mu.nine', { organisation })).status).toBe(200);
      await confirmChanges(security, 'mu.nine');
      expect(await state()).toMatchObject({ ...dead, session: expect.any(Number) });
      expect((await withKey(yutu, key).get(tile)).status).toBe(200);
    }
    // its person says why, and may give a key a new secret
    const listed = (await (await signIn(yutu, 'mu.nine')).get('/api/keys')).json.keys;
    expect(listed.find((k: { name: string }) => k.name === 'of mu.nine')).toMatchObject({
      state: 'ended',
      ended: 'ended_by_person',
    });
  });

  it('ends with a role that is lost, and does not come back with it', async () => {
    const caller = await person('mu.five');
    const { state } = await credentials('mu.five', caller);
    const named = await makeKey(caller, 'named', { layers: ['districts'] });
    const certificate = await registered(caller);
    const use = async () => [(await withKey(yutu, named.key).get(tile)).status, await certificate()];
    expect(await use()).toEqual([200, 'live']);
    for (const roles of [['planner'], ['planner', 'steward']]) {
      expect((await security.patch('/api/accounts/mu.five', { roles })).status).toBe(200);
      await confirmChanges(admin, 'mu.five');
      expect(await state()).toMatchObject({ ...dead, session: expect.any(Number) });
      expect(await use()).toEqual([401, 'ended']);
    }
  });

  it('does not end with a role that is added', async () => {
    const caller = await person('mu.eleven');
    const { state } = await credentials('mu.eleven', caller);
    expect((await security.patch('/api/accounts/mu.eleven', { roles: ['planner', 'steward'] })).status).toBe(200);
    await confirmChanges(admin, 'mu.eleven');
    expect(await state()).toMatchObject({ ...alive, session: expect.any(Number) });
  });

  it('but for sessions goes when the sign-in service, or the database itself, moves the account', async () => {
    const { state } = await credentials('mu.twelve', await person('mu.twelve'));
    await yutu.stop();
    await underneath(yutu, async (query) => {
      for (const set of [`organisation = 'water'`, `organisation = 'planning'`, `roles = '{}'`, `roles = '{steward}'`])
        await query(`update yutu.account set ${set} where username = 'mu.twelve'`);
    });
    yutu = await yutu.again();
    [nobody, admin, security] = [anonymous(yutu), await signIn(yutu, 'admin'), await signIn(yutu, 'security')];
    expect(await state()).toEqual({ ...dead, session: 200 });
  });

  it('of a demonstration account ends with the demonstration, and so does what it delegated', async () => {
    const steward = await signIn(yutu, 'steward');
    const { state } = await credentials('steward', steward);
    const colleague = await person('mu.eight');
    const today = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10);
    const delegation = { delegate: 'mu.eight', from: today, until: today };
    expect((await steward.post('/api/account/delegations', delegation)).status).toBe(201);
    const roles = async () => (await colleague.get('/api/session')).json.user.roles;
    expect(await roles()).toEqual(['planner', 'steward']);
    await yutu.stop();
    yutu = await yutu.again({ DEMO: 'false' });
    expect(await state()).toEqual(dead);
    expect(await roles()).toEqual(['planner']);
    await yutu.stop();
    yutu = await yutu.again({ DEMO: 'true' });
    [admin, security] = [await signIn(yutu, 'admin'), await signIn(yutu, 'security')];
  });
});

it('a delegation ends with the office of the steward, or of the colleague, and does not begin again', async () => {
  const today = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10);
  const roles = async () => (await (await signIn(yutu, 'de.two')).get('/api/session')).json.user.roles;
  const move = async (username: string, organisation: string) => {
    expect((await admin.patch(`/api/accounts/${username}`, { organisation })).status).toBe(200);
    await confirmChanges(security, username);
  };
  const give = async (username: string, given: string[]) => {
    expect((await security.patch(`/api/accounts/${username}`, { roles: given })).status).toBe(200);
    await confirmChanges(admin, username);
  };
  const disable = async (username: string, disabled: boolean) =>
    expect((await admin.patch(`/api/accounts/${username}`, { disabled })).status).toBe(200);
  const leaves: (() => Promise<unknown>)[] = [
    async () => [await move('de.one', 'water'), await move('de.one', 'planning')],
    async () => [await give('de.one', ['planner']), await give('de.one', ['steward'])],
    async () => [await move('de.two', 'water'), await move('de.two', 'planning')],
    async () => [await disable('de.one', true), await disable('de.one', false)],
    async () => [await disable('de.two', true), await disable('de.two', false)],
  ];
  for (const leave of leaves) {
    const steward = await signIn(yutu, 'de.one');
    const made = await steward.post('/api/account/delegations', { delegate: 'de.two', from: today, until: today });
    expect([made.status, await roles()]).toEqual([201, ['planner', 'steward']]);
    await leave();
    expect(await roles()).toEqual(['planner']);
  }
});

describe('sessions', () => {
  it('of one account are so many at most: the oldest ends', async () => {
    const callers = [await person('mu.six')];
    for (let i = 0; i < 3; i++) callers.push(await signIn(yutu, 'mu.six', SECRET));
    const open = await Promise.all(callers.map(async (c) => (await c.get('/api/session')).json.user !== null));
    expect(open).toEqual([false, true, true, true]);
    expect((await callers[3]!.get('/api/account')).json.sessions).toHaveLength(3);
  });

  it('are replaced by signing in over them', async () => {
    const before = await person('mu.seven');
    const answer = await before.post('/api/session', { username: 'mu.seven', password: SECRET });
    const after = new Caller(yutu.url, { cookie: cookieOf(answer) });
    const user = async (c: Caller) => (await c.get('/api/session')).json.user?.username ?? null;
    expect([await user(before), await user(after)]).toEqual([null, 'mu.seven']);
    // another person's sign-in in the same browser, too; a wrong password ends nothing
    expect(told(await after.post('/api/session', { username: 'planner', password: 'wrong' }))).toEqual([401, 'sign_in_failed']);
    expect(await user(after)).toBe('mu.seven');
    expect((await after.post('/api/session', { username: 'planner', password: 'yutu-demo' })).status).toBe(200);
    expect(await user(after)).toBeNull();
  });
});

describe('a key', () => {
  it('is rotated by who answers for it, ended by them or the organisation’s administrator', async () => {
    const [maker, colleague, chief] = [await person('ke.one'), await person('ke.two'), await person('ke.three')];
    const { id, key } = await makeKey(maker, 'the maker’s');
    for (const other of [colleague, chief]) {
      const answer = await other.post(`/api/keys/${id}/rotate`, {});
      expect([...told(answer), answer.text.includes('yt_')]).toEqual([403, 'credential_not_yours', false]);
    }
    expect(told(await colleague.delete(`/api/keys/${id}`))).toEqual([403, 'credential_not_yours']);
    expect((await withKey(yutu, key).get(tile)).status).toBe(200);
    const listed = (await colleague.get('/api/keys')).json.keys.find((k: { id: string }) => k.id === id);
    expect(listed).toMatchObject({ holder: 'ke.one', createdBy: 'ke.one', state: 'live', can: [] });
    expect((await chief.delete(`/api/keys/${id}`)).status).toBe(204);
    expect((await withKey(yutu, key).get(tile)).status).toBe(401);
  });

  it('that a grant names is under the steward of its organisation', async () => {
    const [planner, steward] = [await person('ke.four'), await person('ke.five')];
    const { id, key } = await makeKey(planner, 'granted', { layers: ['parcels', 'districts'] });
    const owner = await signIn(yutu, 'steward');
    const grant = {
      layers: ['parcels'],
      kind: 'single',
      subject: { kind: 'key', id },
      reason: '夜间核对',
      actions: ['view', 'query', 'api'],
      fields: [],
      area: null,
      until: new Date(Date.now() + 20 * 86_400_000).toISOString().slice(0, 10),
    };
    expect((await owner.post('/api/grants', grant)).status).toBe(201);
    expect(told(await planner.post(`/api/keys/${id}/rotate`, {}))).toEqual([403, 'credential_needs_steward']);
    // nobody takes it alone, not the steward either
    expect(told(await steward.post(`/api/keys/${id}/rotate`, {}))).toEqual([403, 'credential_not_yours']);
    expect(told(await steward.post(`/api/keys/${id}/accept`, {}))).toEqual([409, 'credential_not_offered']);
    expect((await planner.post(`/api/keys/${id}/hand-over`, { to: 'ke.five' })).status).toBe(200);
    const taken = await steward.post(`/api/keys/${id}/accept`, { overlapHours: 0 });
    expect(taken.json).toMatchObject({ id, holder: 'ke.five', createdBy: 'ke.four', granted: true });
    expect([(await withKey(yutu, key).get(tile)).status, (await withKey(yutu, taken.json.key).get(tile)).status]).toEqual([
      401, 200,
    ]);
    expect(told(await planner.post(`/api/keys/${id}/rotate`, {}))).toEqual([403, 'credential_not_yours']);
  });

  it('of who has left goes to a colleague whom the administrator names and who takes it; never to the administrator', async () => {
    const [leaver, colleague, chief] = [await person('ke.six'), await person('ke.seven'), await person('ke.eight')];
    const { id, key } = await makeKey(leaver, 'inherited');
    const offer = (by: Caller, to: string | null) => by.post(`/api/keys/${id}/hand-over`, { to });
    expect(told(await offer(colleague, 'ke.eight'))).toEqual([403, 'credential_not_yours']);
    expect((await admin.patch('/api/accounts/ke.six', { disabled: true })).status).toBe(200);
    expect((await withKey(yutu, key).get(tile)).status).toBe(401);
    expect(told(await offer(chief, 'ke.eight'))).toEqual([400, 'parameter_invalid']);
    for (const to of ['ke.six', 'steward-water', 'admin', 'no-one', 'planner'])
      expect([to, ...told(await offer(chief, to))]).toEqual([to, 400, 'parameter_invalid']);
    expect((await offer(chief, 'ke.seven')).json).toMatchObject({ offeredTo: 'ke.seven', state: 'ended' });
    expect(told(await chief.post(`/api/keys/${id}/accept`, {}))).toEqual([409, 'credential_not_offered']);
    const taken = await colleague.post(`/api/keys/${id}/accept`, { overlapHours: 720 });
    expect(taken.json).toMatchObject({ holder: 'ke.seven', state: 'live', offeredTo: null, previousUntil: null });
    const statuses = await Promise.all([key, taken.json.key].map(async (k) => (await withKey(yutu, k).get(tile)).status));
    expect(statuses).toEqual([401, 200]);
    const auditor = await signIn(yutu, 'auditor');
    const log = await auditor.get('/api/audit?limit=20');
    const entries = log.json.entries.filter((e: { subject: string }) => e.subject === id);
    expect(entries.map((e: { action: string; actor: string }) => [e.actor, e.action])).toEqual(
      expect.arrayContaining([
        ['ke.eight', 'key_offered'],
        ['ke.seven', 'key_taken_over'],
      ]),
    );
    expect(log.text).not.toContain(taken.json.key);
  });

  it('is one of so many per person', async () => {
    const caller = await person('ke.nine');
    const answers = await Promise.all(Array.from({ length: 7 }, (_, i) => caller.post('/api/keys', { name: `k${i}` })));
    expect(answers.map((a) => a.status).sort()).toEqual([201, 201, 201, 201, 409, 409, 409]);
    expect(told(answers.find((a) => a.status === 409)!)).toEqual([409, 'keys_too_many']);
    await caller.delete(`/api/keys/${answers.find((a) => a.status === 201)!.json.id}`);
    expect((await caller.post('/api/keys', { name: 'again' })).status).toBe(201);
  });
});

describe('a code', () => {
  const code = (secret: string, steps = 0) =>
    new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: Date.now() + steps * 30_000 });

  it('or a recovery code that comes many times at once opens one session', async () => {
    const caller = await person('co.one');
    const { secret } = (await caller.post('/api/account/factor', { password: SECRET })).json;
    const { recoveryCodes } = (await caller.post('/api/account/factor/confirm', { code: code(secret) })).json;
    /** So many sign-ins that wait for their code. */
    const waiting = async () => {
      const answer = await nobody.post('/api/session', { username: 'co.one', password: SECRET });
      expect(answer.json.pending).toBe('code');
      return new Caller(yutu.url, { cookie: cookieOf(answer) });
    };
    for (const given of [code(secret, 1), recoveryCodes[0]]) {
      const several = [await waiting(), await waiting(), await waiting()];
      const answers = await Promise.all(several.map((one) => one.post('/api/session/factor', { code: given })));
      expect(answers.map((a) => a.status).sort()).toEqual([200, 401, 401]);
      // nor later, within the minute in which the app's is still shown
      expect(told(await (await waiting()).post('/api/session/factor', { code: given }))).toEqual([401, 'code_wrong']);
    }
    // a code of an earlier step than the last that was taken
    expect(told(await (await waiting()).post('/api/session/factor', { code: code(secret) }))).toEqual([401, 'code_wrong']);
  });

  it('that waits ends with the password: whoever had it got no further', async () => {
    const caller = await person('co.two');
    const { secret } = (await caller.post('/api/account/factor', { password: SECRET })).json;
    await caller.post('/api/account/factor/confirm', { code: code(secret) });
    const answer = await nobody.post('/api/session', { username: 'co.two', password: SECRET });
    const thief = new Caller(yutu.url, { cookie: cookieOf(answer) });
    const changed = await caller.post('/api/account/password', { current: SECRET, password: NEW });
    expect(changed.status).toBe(204);
    expect((await thief.post('/api/session/factor', { code: code(secret, 1) })).status).toBe(401);
  });

  it('is asked of every sign-in, and those that wait end no whole session', async () => {
    const caller = await person('co.three');
    const { secret } = (await caller.post('/api/account/factor', { password: SECRET })).json;
    await caller.post('/api/account/factor/confirm', { code: code(secret) });
    for (let i = 0; i < 5; i++) await nobody.post('/api/session', { username: 'co.three', password: SECRET });
    expect((await caller.get('/api/session')).json.user?.username).toBe('co.three');
  });
});

describe('a signed address', () => {
  it('of a key that is bound to a network works from there only', async () => {
    const { key } = await makeKey(await person('si.one'), 'bound', { networks: ['203.0.113.0/24'] });
    const from = (address: string) => ({ 'x-forwarded-for': address });
    const made = await withKey(yutu, key).post('/api/collections/districts/signed-tiles', {}, from('203.0.113.9'));
    const [tiles, tilejson] = [
      pathOf(made.json.tiles),
      new URL(made.json.tilejson).pathname + new URL(made.json.tilejson).search,
    ];
    for (const path of [tiles, tilejson, tiles]) {
      expect((await nobody.get(path, from('203.0.113.77'))).status).toBe(200);
      expect(told(await nobody.get(path, from('198.51.100.1')))).toEqual([403, 'key_network']);
    }
  });

  it('is listed and taken back by its maker, the organisation’s administrator and the layer’s steward, by nobody else', async () => {
    const [maker, colleague, chief] = [await person('si.two'), await person('si.three'), await person('si.four')];
    const owner = await signIn(yutu, 'steward');
    const sign = async () => pathOf((await maker.post('/api/collections/districts/signed-tiles', {})).json.tiles);
    const of = async (caller: Caller) =>
      (await caller.get('/api/signed-tiles')).json.addresses.filter(
        (a: { holder: string; state: string }) => a.holder === 'si.two' && a.state === 'live',
      );
    for (const by of [maker, chief, owner]) {
      const path = await sign();
      expect((await nobody.get(path)).status).toBe(200);
      const [address] = await of(by);
      expect(address).toMatchObject({ layer: 'districts', organisation: 'transport', can: ['revoke'] });
      expect(await of(colleague)).toEqual([]);
      expect(told(await colleague.delete(`/api/signed-tiles/${address.id}`))).toEqual([404, 'signed_not_found']);
      expect((await by.delete(`/api/signed-tiles/${address.id}`)).status).toBe(204);
      expect(told(await nobody.get(path))).toEqual([403, 'signed_invalid']);
      expect(told(await by.delete(`/api/signed-tiles/${address.id}`))).toEqual([404, 'signed_not_found']);
    }
  });

  it('of a key ends when the key’s secret is replaced at once', async () => {
    const caller = await person('si.five');
    const { id, key } = await makeKey(caller, 'leaked');
    const made = await withKey(yutu, key).post('/api/collections/districts/signed-tiles', {});
    expect((await nobody.get(pathOf(made.json.tiles))).status).toBe(200);
    await caller.post(`/api/keys/${id}/rotate`, { overlapHours: 0 });
    expect(told(await nobody.get(pathOf(made.json.tiles)))).toEqual([403, 'signed_invalid']);
  });
});

describe('an embed', () => {
  it('is ended by its maker, the administrator or the layer’s steward, and may be handed over', async () => {
    const [maker, colleague, chief] = [await person('em.one'), await person('em.two'), await person('em.three')];
    const made = await maker.post('/api/collections/parcels/embeds', { origins: [SITE], days: 30 });
    const path = new URL(made.json.tilejson).pathname + new URL(made.json.tilejson).search;
    const shown = async () => (await nobody.get(path, { origin: SITE })).status;
    expect(told(await colleague.delete(`/api/embeds/${made.json.id}`))).toEqual([403, 'credential_not_yours']);
    expect((await maker.post(`/api/embeds/${made.json.id}/hand-over`, { to: 'em.two' })).status).toBe(200);
    expect((await colleague.post(`/api/embeds/${made.json.id}/accept`)).json).toMatchObject({
      holder: 'em.two',
      createdBy: 'em.one',
    });
    // the new holder answers for it: the old one may go
    await admin.patch('/api/accounts/em.one', { disabled: true });
    expect(await shown()).toBe(200);
    await admin.patch('/api/accounts/em.two', { disabled: true });
    expect(await shown()).toBe(403);
    expect((await chief.delete(`/api/embeds/${made.json.id}`)).status).toBe(204);
  });
});

it('what was made before people were written down is nobody’s, and opens nothing', async () => {
  const { id, key } = await makeKey(await person('ol.one'), 'old');
  await yutu.stop();
  await underneath(yutu, (query) => query(`update yutu.api_key set holder = null where id = '${id}'`));
  yutu = await yutu.again();
  expect((await withKey(yutu, key).get(tile)).status).toBe(401);
});
