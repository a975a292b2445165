import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Answer, type Caller, signIn, startYutu, underneath, type Yutu } from '../harness.js';
import { day, inner } from '../story.js';

/** One person on duty keeps no emergency open alone: neither by opening it twice, nor by opening it again. */
let yutu: Yutu;
let steward: Caller;
let colleague: Caller;
let security: Caller;
const enter = async () => {
  [steward, colleague, security] = (await Promise.all(
    ['steward', 'steward-planning', 'security'].map((name) => signIn(yutu, name)),
  )) as [Caller, Caller, Caller];
};
beforeAll(async () => {
  yutu = await startYutu();
  await enter();
});
afterAll(() => yutu?.remove());

const open = (by: Caller, more: object = {}) =>
  by.post('/api/grants', {
    layers: ['parcels'],
    kind: 'emergency',
    subject: { kind: 'organisation', id: 'transport' },
    reason: '滑坡',
    actions: ['view', 'query'],
    fields: null,
    area: { divisions: [inner.yuzhong] },
    until: day(0, 5),
    ...more,
  });
const told = ({ status, json }: Answer) => [status, json.code];
const made = [201, undefined];
const unconfirmed = [409, 'emergency_unconfirmed'];
const lapsed = [409, 'emergency_lapsed'];
const idOf = ({ json }: Answer): string => json.agreement.id;
const step = async (by: Caller, id: string, what: 'confirm' | 'end') => {
  const { status, text } = await by.post(`/api/agreements/${id}/${what}`, what === 'end' ? { reason: '误发' } : {});
  expect([what, status, status === 200 ? '' : text]).toEqual([what, 200, '']);
};
/** Time goes by: all that was done, and what was to be done by an hour, lies so much further back. */
const pass = async (interval: string) => {
  await yutu.stop();
  await underneath(yutu, async (query) => {
    for (const [table, columns] of Object.entries({ agreement: ['made_at', 'confirm_by'], sharing_grant: ['revoked_at'] }))
      for (const column of columns) await query(`update yutu.${table} set ${column} = ${column} - $1::interval`, [interval]);
  });
  yutu = await yutu.again();
  await enter();
};
const water = { subject: { kind: 'organisation', id: 'water' } };

it('of six at once, and while it waits for its second person, there is one for its layer and subject', async () => {
  const six = await Promise.all(Array.from({ length: 6 }, () => open(steward)));
  expect(six.map(told).sort()).toEqual([made, ...Array(5).fill(unconfirmed)]);
  const again = await open(steward, { layers: ['places', 'parcels'] });
  expect(told(again)).toEqual(unconfirmed);
  expect(again.json.detail).toContain('"Land parcels"');
  expect(again.json.detail).toContain('Have another person on duty confirm it');
  expect(
    (await steward.get('/api/grants?layer=places')).json.grants.filter((g: { kind: string }) => g.kind === 'emergency'),
  ).toEqual([]);
  // To somebody else, and by somebody else, there may be another.
  expect([told(await open(steward, water)), told(await open(security))]).toEqual([made, made]);
  // Confirmed it stands in nobody's way; nor does one that was taken back by mistake.
  await step(colleague, idOf(six.find(({ status }) => status === 201)!), 'confirm');
  const next = await open(steward);
  expect(told(next)).toEqual(made);
  await step(steward, idOf(next), 'end');
  expect(told(await open(steward))).toEqual(made);
});

it('who let one lapse opens none for that layer, until somebody else’s was confirmed', async () => {
  await pass('5 hours');
  const refused = await open(steward);
  expect(told(refused)).toEqual(lapsed);
  expect(refused.json.detail).toContain('another person on duty must open it');
  const seven = { subject: { kind: 'organisation', id: 'health' } };
  expect([told(await open(steward, seven)), told(await open(steward, { layers: ['places', 'parcels'] }))]).toEqual([
    lapsed,
    lapsed,
  ]);
  expect(told(await open(security, water))).toEqual(lapsed);
  expect(told(await open(steward, { layers: ['places'] }))).toEqual(made);
  const other = await open(colleague);
  expect([told(other), told(await open(steward))]).toEqual([made, lapsed]);
  await step(steward, idOf(other), 'confirm');
  expect(told(await open(steward))).toEqual(made);
});

it('nor does who ended one before it lapsed, unless the next was confirmed; after thirty days it is forgotten', async () => {
  const first = await open(colleague, water);
  await step(colleague, idOf(first), 'end');
  const second = await open(colleague, water);
  await step(colleague, idOf(second), 'end');
  const third = await open(colleague, { ...water, layers: ['places'] });
  await step(colleague, idOf(third), 'end');
  await step(steward, idOf(await open(colleague, { ...water, layers: ['places'] })), 'confirm');
  await pass('29 days');
  expect([told(await open(colleague)), told(await open(colleague, { ...water, layers: ['places'] }))]).toEqual([lapsed, made]);
  await pass('2 days');
  expect([told(await open(colleague)), told(await open(steward))]).toEqual([made, made]);
});
