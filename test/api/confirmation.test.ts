import type { AccountChange } from '@yutu/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Answer,
  anonymous,
  type Caller,
  engine,
  eventually,
  signIn,
  startYutu,
  withDatabase,
  type Yutu,
  yutuCommand,
} from '../harness.js';
import { mailServer } from '../mail.js';
import { changesOf, confirmChanges } from '../story.js';

/** What one administrator does to an account takes effect once another has confirmed it, and whoever did it never holds the link. */

const SECRET = 'seven boats under the bridge';
const ORIGIN = 'http://map.city.example';
let yutu: Yutu;
let mail: Awaited<ReturnType<typeof mailServer>>;
let [admin, security, auditor]: Caller[] = [];

beforeAll(async () => {
  mail = await mailServer();
  yutu = await startYutu({
    env: {
      SMTP_URL: mail.url,
      MAIL_FROM: '舆图 <map@city.example>',
      MAIL_RETRY_SECONDS: '1',
      BASE_URL: ORIGIN,
      SECOND_FACTOR: 'off',
    },
  });
  [admin, security, auditor] = await Promise.all(['admin', 'security', 'auditor'].map((name) => signIn(yutu, name)));
});
afterAll(async () => {
  await yutu?.remove();
  await mail?.close();
});

const told = ({ status, json }: Answer) => [status, json.code];
const make = (by: Caller, username: string, more: object = {}) =>
  by.post('/api/accounts', {
    username,
    nameZh: username,
    nameEn: username,
    organisation: 'planning',
    roles: ['planner'],
    ...more,
  });
const confirm = (by: Caller, id: string) => by.post(`/api/account-changes/${id}/confirm`, {});
const end = (by: Caller, id: string) => by.delete(`/api/account-changes/${id}`);
const setPassword = (token: string, password = SECRET) => anonymous(yutu).post('/api/account/reset', { token, password });
const waitingOf = async (by: Caller, username: string) => (await changesOf(by, username))[0]!;
const whole = async (username: string) => (await admin!.get(`/api/accounts/${username}`)).json;

/** A person of an organisation who can sign in, made and confirmed by two. */
async function person(username: string, more: object = {}): Promise<Caller> {
  expect((await make(admin!, username, more)).status).toBe(201);
  expect((await setPassword((await confirmChanges(security!, username))!)).status).toBe(200);
  return signIn(yutu, username, SECRET);
}
const give = async (username: string, ...roles: string[]) => {
  expect((await security!.patch(`/api/accounts/${username}`, { roles })).status).toBe(200);
  await confirmChanges(admin!, username, 'roles');
};

describe('an account that one administrator made', () => {
  it('is nobody’s until another kind of administrator has confirmed it, and its maker never holds its link', async () => {
    const made = await make(admin!, 'bei');
    expect(made.json).toMatchObject({ username: 'bei', confirmed: false, waiting: ['create'], password: false });
    // Nothing that could be a token, in any answer that its maker can get.
    const answers = [made, await admin!.get('/api/accounts/bei'), await admin!.get('/api/account-changes')];
    answers.push(await admin!.post('/api/accounts/bei/reset', { what: 'password' }));
    expect(told(answers[3]!)).toEqual([409, 'account_unconfirmed']);
    for (const { text } of answers) expect(text).not.toMatch(/token|[\w-]{32}(?![\w-]*")/);

    const { id } = await waitingOf(admin!, 'bei');
    expect((await waitingOf(admin!, 'bei')).can).toEqual(['withdraw']);
    expect(told(await confirm(admin!, id))).toEqual([403, 'own_change']);
    for (const by of [auditor!, await signIn(yutu, 'steward-water')])
      expect([403, 404]).toContain((await confirm(by, id)).status);
    expect(told(await confirm(anonymous(yutu), id))).toEqual([401, 'sign_in_required']);
    expect((await whole('bei')).confirmed).toBe(false);

    const done = await confirm(security!, id);
    expect([done.status, done.headers['cache-control'], done.json]).toEqual([
      200,
      'no-store',
      { username: 'bei', mailed: false, sheet: expect.objectContaining({ username: 'bei', what: 'password' }) },
    ]);
    // once, and to nobody else
    expect(told(await confirm(security!, id))).toEqual([404, 'account_change_not_found']);
    expect(told(await end(admin!, id))).toEqual([404, 'account_change_not_found']);
    expect((await setPassword(done.json.sheet.token)).status).toBe(200);
    const bei = await signIn(yutu, 'bei', SECRET);
    expect((await bei.get('/api/session')).json.user.organisation.id).toBe('planning');
    expect((await bei.get('/api/collections/parcels/items?limit=1')).json.features).toHaveLength(1);
  });

  it('is confirmed once, however many come at the same time', async () => {
    await make(admin!, 'bei.two', { organisation: 'planning' });
    const { id } = await waitingOf(security!, 'bei.two');
    const answers = await Promise.all(Array.from({ length: 4 }, () => confirm(security!, id)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 404, 404, 404]);
  });

  it('is gone when it is declined or withdrawn, and its name is free', async () => {
    for (const [by, action] of [
      [security!, 'account_declined'],
      [admin!, 'account_withdrawn'],
    ] as const) {
      await make(admin!, 'bei.three');
      expect((await end(by, (await waitingOf(by, 'bei.three')).id)).status).toBe(204);
      expect(told(await admin!.get('/api/accounts/bei.three'))).toEqual([404, 'account_not_found']);
      const [entry] = (await auditor!.get(`/api/audit?action=${action}&limit=1`)).json.entries;
      expect(entry).toMatchObject({ subject: 'bei.three', detail: { kind: 'create', by: 'admin' } });
      expect(entry.textZh).toMatch(/新建账号.*admin/);
    }
  });

  it('by the organisation’s own is confirmed by another of its own or by the platform’s, and nobody beyond', async () => {
    const chief = await person('dong.chief', { organisation: 'transport' });
    await person('dong.second', { organisation: 'transport' });
    await person('dong.away', { organisation: 'water' });
    for (const name of ['dong.chief', 'dong.second', 'dong.away']) await give(name, 'org_admin');
    const as = (name: string) => signIn(yutu, name, SECRET);
    expect((await chief.get('/api/session')).json.user).toBeNull(); // roles changed: signed in anew
    const maker = await as('dong.chief');
    const made = await make(maker, 'dong.steward', { organisation: 'transport', roles: ['steward'] });
    expect([made.status, made.json.confirmed, made.text.includes('token')]).toEqual([201, false, false]);
    const { id } = await waitingOf(maker, 'dong.steward');
    expect(told(await confirm(maker, id))).toEqual([403, 'own_change']);
    const away = await as('dong.away');
    expect(await changesOf(away, 'dong.steward')).toEqual([]);
    expect(told(await confirm(away, id))).toEqual([404, 'account_change_not_found']);
    expect(told(await end(away, id))).toEqual([404, 'account_change_not_found']);
    const done = await confirm(await as('dong.second'), id);
    expect([done.status, done.json.sheet.username]).toEqual([200, 'dong.steward']);
  });
});

describe('a role', () => {
  it('is held once it is confirmed; what is taken away is gone at once, with what waited', async () => {
    const nan = await person('nan');
    expect((await security!.patch('/api/accounts/nan', { roles: ['planner', 'steward'] })).json).toMatchObject({
      roles: ['planner'],
      waiting: ['roles'],
    });
    expect((await nan.get('/api/session')).json.user.roles).toEqual(['planner']); // and goes on with what it had
    const first = await waitingOf(admin!, 'nan');
    expect(first).toMatchObject({ kind: 'roles', roles: ['planner'], to: { roles: ['planner', 'steward'] }, by: 'security' });
    // what another took the place of is not what was read
    await security!.patch('/api/accounts/nan', { roles: ['steward', 'org_admin'] });
    expect(told(await confirm(admin!, first.id))).toEqual([404, 'account_change_not_found']);
    const second = await waitingOf(admin!, 'nan');
    expect((await confirm(admin!, second.id)).json).toEqual({ username: 'nan', mailed: false, sheet: null });
    expect((await whole('nan')).roles).toEqual(['steward', 'org_admin']);
    expect((await nan.get('/api/requests')).status).toBe(401);

    await security!.patch('/api/accounts/nan', { roles: ['planner', 'steward', 'org_admin'] });
    expect((await security!.patch('/api/accounts/nan', { roles: ['org_admin'] })).json).toMatchObject({
      roles: ['org_admin'],
      waiting: [],
    });
  });

  it('that another takes the place of is gone at once, too, whoever declines the other', async () => {
    await person('qu');
    await give('qu', 'steward');
    const qu = await signIn(yutu, 'qu', SECRET);
    expect((await qu.get('/api/session')).json.user.roles).toEqual(['steward']);
    expect((await security!.patch('/api/accounts/qu', { roles: ['planner'] })).json).toMatchObject({
      roles: [],
      waiting: ['roles'],
    });
    expect((await qu.get('/api/session')).json.user).toBeNull();
    expect((await (await signIn(yutu, 'qu', SECRET)).get('/api/session')).json.user.roles).toEqual([]);
    await end(admin!, (await waitingOf(admin!, 'qu')).id);
    expect((await whole('qu')).roles).toEqual([]);
  });

  it('of the platform is confirmed by system, security or audit administrators alone', async () => {
    await person('xi');
    const own = await person('xi.office');
    await give('xi.office', 'org_admin');
    await security!.patch('/api/accounts/xi', { roles: ['admin'] });
    const office = await signIn(yutu, 'xi.office', SECRET);
    expect((await own.get('/api/session')).json.user).toBeNull();
    expect(await changesOf(office, 'xi')).toEqual([]);
    const { id, can } = await waitingOf(auditor!, 'xi');
    expect([can, told(await confirm(security!, id)), told(await confirm(office, id))]).toEqual([
      ['confirm', 'decline'],
      [403, 'own_change'],
      [404, 'account_change_not_found'],
    ]);
    expect((await confirm(auditor!, id)).status).toBe(200);
    // another of the maker's kind is not another kind
    await make(admin!, 'xi.made');
    const second = await signIn(yutu, 'xi', SECRET);
    const made = await waitingOf(security!, 'xi.made');
    expect(told(await confirm(second, made.id))).toEqual([403, 'same_office']);
  });
});

it('another organisation is entered once it is confirmed, by that organisation’s own too', async () => {
  const zhong = await person('zhong', { organisation: 'water' });
  await person('zhong.chief', { organisation: 'transport' });
  await give('zhong.chief', 'org_admin');
  const chief = await signIn(yutu, 'zhong.chief', SECRET);
  expect((await admin!.patch('/api/accounts/zhong', { organisation: 'transport' })).json).toMatchObject({
    organisation: { id: 'water' },
    waiting: ['move'],
  });
  expect((await zhong.get('/api/session')).json.user.organisation.id).toBe('water');
  expect(told(await admin!.patch('/api/accounts/zhong', { organisation: 'nowhere' }))).toEqual([400, 'parameter_invalid']);
  const change = await waitingOf(chief, 'zhong');
  expect((await confirm(chief, change.id)).status).toBe(200);
  expect((await zhong.get('/api/session')).json.user).toBeNull();
  expect((await (await signIn(yutu, 'zhong', SECRET)).get('/api/session')).json.user.organisation.id).toBe('transport');
});

describe('a reset', () => {
  it('does nothing until it is confirmed; its link is the confirmer’s to hand on', async () => {
    const tai = await person('tai');
    for (const [by, other, what] of [
      [admin!, security!, 'password'],
      [security!, admin!, 'factor'],
    ] as const) {
      const asked = await by.post('/api/accounts/tai/reset', { what });
      expect([asked.status, asked.json.mailed, asked.json.account.waiting]).toEqual([200, false, [`reset_${what}`]]);
      expect(asked.text).not.toContain('token');
      expect((await tai.get('/api/requests')).status).toBe(200);
      const { id } = await waitingOf(other, 'tai');
      expect(told(await confirm(by, id))).toEqual([403, 'own_change']);
      const { sheet } = (await confirm(other, id)).json;
      expect(sheet).toMatchObject({ username: 'tai', what, token: expect.stringMatching(/^[\w-]{32}$/) });
      if (what === 'password') expect((await setPassword(sheet.token, `${SECRET} again`)).status).toBe(200);
      Object.assign(tai.headers, (await signIn(yutu, 'tai', `${SECRET} again`)).headers);
    }
    expect((await tai.get('/api/session')).json.pending).toBe('renew');
  });

  it('on the command line waits as well, and prints no link', async () => {
    await person('tai.two');
    const said = yutuCommand(yutu, ['account', 'reset', 'tai.two', '--factor']);
    expect([said.status, said.said]).toEqual([0, expect.stringContaining('confirms')]);
    expect(said.said).not.toMatch(/reset#|code:/);
    const kinds = (await changesOf(security!, 'tai.two')).map(({ kind, office }: AccountChange) => [kind, office]);
    expect(kinds).toEqual([
      ['reset_password', 'machine'],
      ['reset_factor', 'machine'],
    ]);
    const made = yutuCommand(yutu, ['account', 'create', 'tai.three', '--organisation', 'planning', '--roles', 'steward']);
    expect([made.status, made.said]).toEqual([0, expect.not.stringContaining('reset#')]);
    expect(await confirmChanges(admin!, 'tai.three')).toEqual(expect.any(String));
  });
});

describe('mail', () => {
  const arrived = (to: string, count = 1) =>
    eventually(async () => {
      const found = mail.received.filter((one) => one.to === to);
      expect(found.length).toBeGreaterThanOrEqual(count);
      return found.at(-1)!;
    }, 20_000);
  const tokenIn = (text: string) => new RegExp(`${ORIGIN}/reset#([\\w-]{32})`).exec(text)![1]!;

  it('takes the link to its person, past everybody here; from then on resets need nobody else', async () => {
    const address = 'yue@city.example';
    await make(admin!, 'yue', { mail: address });
    const change = await waitingOf(security!, 'yue');
    expect([change.mail, change.link]).toEqual([address, 'mail']);
    const done = await confirm(security!, change.id);
    expect(done.json).toEqual({ username: 'yue', mailed: true, sheet: null });
    const first = await arrived(address);
    expect([first.from, first.text]).toEqual(['map@city.example', expect.stringMatching(/设置密码[\s\S]*Set the password/)]);
    expect((await setPassword(tokenIn(first.text))).status).toBe(200);

    const asked = await admin!.post('/api/accounts/yue/reset', { what: 'password' });
    expect([asked.status, asked.json.mailed, asked.json.account.waiting]).toEqual([200, true, []]);
    const second = await arrived(address, 2);
    expect(tokenIn(second.text)).not.toBe(tokenIn(first.text));
    expect(asked.text).not.toContain(tokenIn(second.text));

    // Another address is another's word until it is confirmed: links go to the one before.
    const moved = await admin!.patch('/api/accounts/yue', { mail: 'thief@city.example' });
    expect(moved.json).toMatchObject({ mail: address, waiting: ['mail'] });
    await admin!.post('/api/accounts/yue/reset', { what: 'password' });
    await arrived(address, 3);
    expect(mail.received.filter(({ to }) => to.startsWith('thief'))).toEqual([]);
    expect(told(await confirm(admin!, (await waitingOf(admin!, 'yue')).id))).toEqual([403, 'own_change']);
    // On a sheet instead, where the mailbox is lost: then it waits.
    const onSheet = await admin!.post('/api/accounts/yue/reset', { what: 'password', by: 'sheet' });
    expect([onSheet.json.mailed, onSheet.json.account.waiting]).toEqual([false, ['mail', 'reset_password']]);
    await make(admin!, 'yue.two');
    await confirmChanges(security!, 'yue.two');
    expect(told(await admin!.post('/api/accounts/yue.two/reset', { what: 'password', by: 'mail' }))).toEqual([
      400,
      'parameter_invalid',
    ]);
    for (const bad of ['no address', 'a@b.example\r\nBcc: c@d.example', `${'a'.repeat(300)}@b.example`])
      expect(told(await make(admin!, 'yue.three', { mail: bad }))).toEqual([400, 'parameter_invalid']);
  });

  it('is tried again until it is taken, given up when it is refused for good, and erased either way', async () => {
    for (const name of ['later', 'gone']) {
      await make(admin!, `min.${name}`, { mail: `${name}.min@city.example` });
      await confirmChanges(security!, `min.${name}`);
    }
    await arrived('later.min@city.example');
    expect(mail.tries.filter((one) => one.startsWith('later.min'))).toHaveLength(2);
    const entry = await eventually(async () => {
      const { entries } = (await auditor!.get('/api/audit?action=mail_failed&limit=1')).json;
      expect(entries).toHaveLength(1);
      return entries[0];
    });
    expect([entry.subject, entry.textZh]).toEqual(['min.gone', expect.stringContaining('min.gone')]);
    expect(mail.tries.filter((one) => one.startsWith('gone.min'))).toHaveLength(1);
    // Who confirmed it is told so where they did, until another letter has gone out; nobody else is.
    const unsent = async (by: Caller) => (await by.get('/api/account-changes')).json.unsent;
    expect(await unsent(security!)).toEqual([
      {
        username: 'min.gone',
        nameZh: 'min.gone',
        nameEn: 'min.gone',
        organisation: expect.objectContaining({ id: 'planning' }),
        address: 'gone.min@city.example',
        at: expect.any(String),
        until: expect.any(String),
        givenUp: true,
      },
    ]);
    await person('min.away', { organisation: 'water' });
    await give('min.away', 'org_admin');
    for (const by of [auditor!, await signIn(yutu, 'min.away', SECRET)]) expect(await unsent(by)).toEqual([]);
    const metrics = await anonymous(yutu).get('/metrics');
    expect(metrics.text).toMatch(/^yutu_mail_dead 1$/m);
    if (engine === 'postgis')
      await withDatabase(yutu.databaseUrl!, async (client) => {
        const { rows } = await client.query('select sealed, delivered_at is null as dead from yutu.outbox');
        expect(rows.length).toBeGreaterThanOrEqual(5);
        expect(rows.filter((row) => row.sealed !== null)).toEqual([]);
        expect(rows.filter((row) => row.dead)).toHaveLength(1);
      });
  });
});

it('the log tells who made and who confirmed, and holds no link', async () => {
  const { entries } = (await auditor!.get('/api/audit?limit=1000')).json;
  const of = (action: string) => entries.filter((e: { action: string }) => e.action === action);
  expect(of('account_confirmed')).toContainEqual(
    expect.objectContaining({ actor: 'security', subject: 'bei', detail: { kind: 'create', by: 'admin', link: 'sheet' } }),
  );
  expect(of('account_created')[0].textEn).toContain('to be confirmed by another administrator');
  expect(JSON.stringify(entries)).not.toMatch(/reset#|token/);
  const sent = mail.received.map(({ text }) => /reset#([\w-]{32})/.exec(text)![1]!);
  expect(sent.length).toBeGreaterThan(3);
  for (const token of sent) expect(JSON.stringify(entries)).not.toContain(token);
  expect((await auditor!.get('/api/audit/verify')).json.ok).toBe(true);
});
