import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, signIn, startYutu, underneath, type Yutu } from '../harness.js';
import { confirmChanges, day } from '../story.js';

/**
 * What one person of an organisation was given, keeps or asks for, as the colleagues see it: of a layer that they may not discover they
 * are told nothing, in no list, by no id, neither while it holds nor afterwards.
 */
let yutu: Yutu;
let person: Caller;
let owner: Caller;
let colleagues: Record<string, Caller>;
const hidden = 'petition_sites';
const reason = '信访点位，只给本人核对';

beforeAll(async () => {
  yutu = await startYutu({ env: { SECOND_FACTOR: 'off' } });
  await yutu.stop();
  await underneath(yutu, async (query) => {
    for (const [username, role] of [
      ['lin.person', 'planner'],
      ['lin.planner', 'planner'],
      ['lin.mover', 'planner'],
      ['lin.steward', 'steward'],
      ['lin.chief', 'org_admin'],
    ])
      await query(
        `insert into yutu.account (username, name_zh, name_en, organisation, roles, password_hash, confirmed_at)
         select $1, $1, $1, 'transport', array[$2], password_hash, now() from yutu.account where username = 'planner'`,
        [username, role],
      );
  });
  yutu = await yutu.again();
  owner = await signIn(yutu, 'steward-civil');
  person = await signIn(yutu, 'lin.person');
  colleagues = {
    planner: await signIn(yutu, 'lin.planner'),
    steward: await signIn(yutu, 'lin.steward'),
    administrator: await signIn(yutu, 'lin.chief'),
  };
});
afterAll(() => yutu?.remove());

const everybody = ['planner', 'steward', 'administrator'];
const lists = [
  '/api/grants',
  `/api/grants?layer=${hidden}`,
  '/api/requests',
  '/api/requests?box=mine',
  `/api/requests?layer=${hidden}`,
  '/api/agreements',
  '/api/keys',
  '/api/signed-tiles',
  '/api/embeds',
  '/api/session',
  '/api/account',
  '/api/collections',
  '/api/organisations',
];
/** What is told to each of the colleagues, and what to the person it is about: which of the lists name the layer. */
async function naming(by: Caller, more: readonly string[] = []): Promise<string[]> {
  const named: string[] = [];
  for (const path of [...lists, ...more]) {
    const { status, text } = await by.get(path);
    if (/petition|信访/.test(text.replaceAll(`layer=${hidden}`, ''))) named.push(`${status} ${path}`);
  }
  return named;
}

describe('a layer that is given to one person', () => {
  const ids: Record<'grant' | 'theme' | 'request' | 'key' | 'address', string> = {
    ...{ grant: '', theme: '', request: '', key: '', address: '' },
  };
  const single = () => [`/api/grants/${ids.grant}`, `/api/requests/${ids.request}`, `/api/agreements/${ids.theme}`];

  beforeAll(async () => {
    const gift = {
      layers: [hidden],
      subject: { kind: 'person', id: 'lin.person' },
      actions: ['view', 'query', 'api'],
      fields: null,
      area: null,
      until: day(2),
      reason,
    };
    const made = await owner.post('/api/grants', { ...gift, kind: 'single' });
    expect([made.status, made.text.includes(hidden)]).toEqual([201, true]);
    ids.grant = made.json.grants[0].id;
    const theme = await owner.post('/api/grants', { ...gift, kind: 'theme', title: '信访专题' });
    expect(theme.status).toBe(201);
    ids.theme = theme.json.agreement.id;
    const asked = await person.post('/api/requests', {
      layer: hidden,
      purpose: '核对信访点位',
      actions: ['view'],
      fields: [{ name: (await person.get(`/api/collections/${hidden}`)).json.yutu.fields[0].name, form: 'value' }],
      until: day(1),
    });
    expect([asked.status, asked.json.status]).toEqual([201, 'submitted']);
    ids.request = asked.json.id;
    const key = await person.post('/api/keys', { name: 'a narrow system', layers: ['districts', hidden] });
    const address = await person.post(`/api/collections/${hidden}/signed-tiles`, { hours: 1 });
    expect([key.status, address.status]).toEqual([201, 201]);
    [ids.key, ids.address] = [key.json.id, address.json.id];
  });

  it.each(everybody)('is told to no colleague: the %s', async (who) => {
    const by = colleagues[who]!;
    expect((await by.get(`/api/collections/${hidden}`)).status).toBe(404);
    expect(await naming(by, single())).toEqual([]);
    for (const [path, code] of [
      [`/api/grants/${ids.grant}`, 'grant_not_found'],
      [`/api/requests/${ids.request}`, 'request_not_found'],
      [`/api/agreements/${ids.theme}`, 'agreement_not_found'],
    ])
      expect([path, (await by.get(path!)).json.code]).toEqual([path, code]);
    for (const [path, code] of [
      [`/api/signed-tiles/${ids.address}`, 'signed_not_found'],
      [`/api/grants/${ids.grant}?reason=x`, 'grant_not_found'],
    ])
      expect([path, (await by.delete(path!)).json.code]).toEqual([path, code]);
    expect((await by.patch(`/api/requests/${ids.request}`, { status: 'withdrawn' })).json.code).toBe('request_not_found');
    expect((await by.get('/api/session')).json.mine).toBe(0);
  });

  it.each(everybody)('answers in lists as one that does not exist: the %s', async (who) => {
    for (const path of ['/api/grants', '/api/requests']) {
      const [one, other] = [
        await colleagues[who]!.get(`${path}?layer=${hidden}`),
        await colleagues[who]!.get(`${path}?layer=petition_sitez`),
      ];
      expect([one.status, one.text]).toEqual([other.status, other.text]);
    }
  });

  it('is told, with what a colleague’s key may use beside it, as no more than that there is something', async () => {
    const { keys } = (await colleagues.administrator!.get('/api/keys')).json;
    const key = keys.find(({ id }: { id: string }) => id === ids.key);
    expect(key).toMatchObject({ layers: ['districts'], layersHidden: true, holder: 'lin.person' });
    expect(key.can).toContain('revoke');
  });

  it('is told to the person, the owner’s stewards, and who oversees', async () => {
    expect(await naming(person, single())).toEqual(
      [
        ...['/api/grants', `/api/grants?layer=${hidden}`, '/api/requests', '/api/requests?box=mine'],
        ...[`/api/requests?layer=${hidden}`, '/api/agreements', '/api/keys', '/api/signed-tiles'],
        ...['/api/collections', ...single()],
      ].map((path) => `200 ${path}`),
    );
    const key = (await person.get('/api/keys')).json.keys.find(({ id }: { id: string }) => id === ids.key);
    expect([key.layers, key.layersHidden]).toEqual([['districts', hidden], undefined]);
    expect(await naming(owner, single())).toEqual(
      expect.arrayContaining(['200 /api/grants', ...single().map((path) => `200 ${path}`)]),
    );
    for (const role of ['auditor', 'security'])
      expect((await naming(await signIn(yutu, role), [])).slice(0, 2)).toEqual([
        '200 /api/grants',
        `200 /api/grants?layer=${hidden}`,
      ]);
  });

  it('is told to no colleague afterwards either, and to the person still', async () => {
    const { grants } = (await owner.get(`/api/grants?layer=${hidden}`)).json;
    for (const { id, subject } of grants)
      if (subject.id === 'lin.person') expect((await owner.delete(`/api/grants/${id}`, { reason })).status).toBe(200);
    for (const who of everybody) expect([who, await naming(colleagues[who]!, single())]).toEqual([who, []]);
    expect(await naming(person, [`/api/grants/${ids.grant}`])).toEqual(
      expect.arrayContaining(['200 /api/grants', '200 /api/requests', `200 /api/grants/${ids.grant}`]),
    );
  });
});

it('what a whole organisation was given all its people may read, while it holds', async () => {
  const gift = {
    layers: [hidden],
    subject: { kind: 'organisation', id: 'transport' },
    actions: ['view'],
    fields: null,
    area: null,
  };
  const made = await owner.post('/api/grants', { ...gift, kind: 'single', until: day(2), reason });
  const { id } = made.json.grants[0];
  for (const who of everybody) expect([who, (await colleagues[who]!.get(`/api/grants/${id}`)).status]).toEqual([who, 200]);
  await owner.delete(`/api/grants/${id}`, { reason });
  for (const who of everybody) expect([who, (await colleagues[who]!.get(`/api/grants/${id}`)).status]).toEqual([who, 404]);
});

describe('a colleague’s request', () => {
  const wish = {
    layer: 'hazard_points',
    purpose: '公路边坡巡查',
    actions: ['view'],
    fields: [{ name: 'kind', form: 'value' }],
    until: day(2),
  };
  const mine = async (by: Caller) =>
    (await by.get('/api/requests?box=mine')).json.requests.map(({ id }: { id: string }) => id) as string[];

  it.each(everybody)('is nothing to anybody while it is a draft: the %s', async (who) => {
    const by = colleagues[who]!;
    const before = (await by.get('/api/session')).json.mine;
    const { id } = (await person.post('/api/requests', { ...wish, draft: true })).json;
    expect([await mine(by), (await by.get('/api/session')).json.mine]).toEqual([expect.not.arrayContaining([id]), before]);
    expect(await mine(person)).toContain(id);
    for (const change of [{ purpose: 'something else' }, { status: 'submitted' }, { status: 'withdrawn' }])
      expect((await by.patch(`/api/requests/${id}`, change)).json.code).toBe('request_not_found');
    const own = (await person.get(`/api/requests/${id}`)).json;
    expect([own.purpose, own.status, own.can]).toEqual([wish.purpose, 'draft', ['edit', 'submit', 'withdraw']]);
    // Nor when it was withdrawn without having been submitted.
    expect((await person.patch(`/api/requests/${id}`, { status: 'withdrawn' })).json.status).toBe('withdrawn');
    expect((await by.get(`/api/requests/${id}`)).status).toBe(404);
  });

  it('is read once it was submitted, and changed by its applicant alone; who answers for the data withdraws it', async () => {
    const { id } = (await person.post('/api/requests', wish)).json;
    const emergency = await signIn(yutu, 'steward-emergency');
    const back = await emergency.post(`/api/requests/${id}/decision`, { outcome: 'correction', reason: '请写明项目' });
    expect(back.json.status).toBe('correction');
    for (const who of everybody) {
      const by = colleagues[who]!;
      const seen = (await by.get(`/api/requests/${id}`)).json;
      expect([who, seen.status, seen.can]).toEqual([who, 'correction', who === 'planner' ? [] : ['withdraw']]);
      for (const change of [{ purpose: 'something else' }, { status: 'submitted' }]) {
        const refused = await by.patch(`/api/requests/${id}`, change);
        expect([refused.status, refused.json.code]).toEqual([403, 'request_not_yours']);
      }
    }
    const refused = await colleagues.planner!.patch(`/api/requests/${id}`, { status: 'withdrawn' });
    expect([refused.status, refused.json.code]).toEqual([403, 'request_not_yours']);
    expect((await person.get(`/api/requests/${id}`)).json).toMatchObject({ purpose: wish.purpose, status: 'correction' });
    expect((await colleagues.administrator!.patch(`/api/requests/${id}`, { status: 'withdrawn' })).json.status).toBe('withdrawn');
    expect((await person.get(`/api/requests/${id}`)).json.history.at(-1)).toMatchObject({
      by: 'lin.chief',
      event: 'request_withdrawn',
    });
  });

  it('is rewritten by who acts in the applicant’s place, and the history says so', async () => {
    const steward = colleagues.steward!;
    const { id } = (await steward.post('/api/requests', { ...wish, draft: true })).json;
    const today = day(0);
    const given = await steward.post('/api/account/delegations', { delegate: 'lin.planner', from: today, until: today });
    expect(given.status).toBe(201);
    const edited = await colleagues.planner!.patch(`/api/requests/${id}`, { purpose: 'in the steward’s place' });
    expect([edited.status, edited.json.purpose]).toEqual([200, 'in the steward’s place']);
    expect(edited.json.history.map(({ by, event }: { by: string; event: string }) => [by, event])).toEqual([
      ['lin.steward', 'created'],
      ['lin.planner', 'request_edited'],
    ]);
    expect((await steward.delete(`/api/account/delegations/${given.json.id}`)).status).toBe(204);
    expect((await colleagues.planner!.get(`/api/requests/${id}`)).status).toBe(404);
  });
});

it('what a person was given does not go with them into another organisation, nor come back with them', async () => {
  const [admin, security] = [await signIn(yutu, 'admin'), await signIn(yutu, 'security')];
  let mover = await signIn(yutu, 'lin.mover');
  const gift = { layers: [hidden], subject: { kind: 'person', id: 'lin.mover' }, actions: ['view'], fields: null, area: null };
  const { id } = (await owner.post('/api/grants', { ...gift, kind: 'single', until: day(2), reason })).json.grants[0];
  const listed = async () => {
    const grant = (await owner.get(`/api/grants?layer=${hidden}`)).json.grants.find((one: { id: string }) => one.id === id);
    return [grant.status, grant.can, grant.grantee.id];
  };
  const seen = async () => (await mover.get(`/api/collections/${hidden}`)).status;
  expect([await seen(), await listed()]).toEqual([200, ['active', ['revoke'], 'transport']]);

  expect((await admin.patch('/api/accounts/lin.mover', { organisation: 'water' })).status).toBe(200);
  // Until it is confirmed the person is where they were.
  expect([await seen(), await listed()]).toEqual([200, ['active', ['revoke'], 'transport']]);
  await confirmChanges(security, 'lin.mover', 'move');
  mover = await signIn(yutu, 'lin.mover');
  expect((await mover.get('/api/session')).json.user.organisation.id).toBe('water');
  expect([await seen(), await listed()]).toEqual([404, ['moved', [], 'transport']]);
  expect((await mover.get(`/api/grants/${id}`)).json.status).toBe('moved');

  expect((await admin.patch('/api/accounts/lin.mover', { organisation: 'transport' })).status).toBe(200);
  await confirmChanges(security, 'lin.mover', 'move');
  mover = await signIn(yutu, 'lin.mover');
  expect((await mover.get('/api/session')).json.user.organisation.id).toBe('transport');
  expect([await seen(), await listed()]).toEqual([404, ['moved', [], 'transport']]);
  // Given anew, it holds.
  const anew = await owner.post('/api/grants', { ...gift, kind: 'single', until: day(2), reason });
  expect([anew.status, await seen()]).toEqual([201, 200]);
  await owner.delete(`/api/grants/${anew.json.grants[0].id}`, { reason });
});
