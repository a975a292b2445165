import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Answer, type Caller, signIn, startYutu, underneath, type Yutu } from '../harness.js';
import { day } from '../story.js';

/** An update is what the steward declares; an edited cell makes no stale layer fresh. */
let yutu: Yutu;
let steward: Caller;
beforeAll(async () => {
  yutu = await startYutu();
  await yutu.stop();
  await underneath(yutu, (query) =>
    query(
      `update yutu.layer set update_frequency = 'monthly', last_update = current_date - 76, last_edit = null where id = 'parcels'`,
    ),
  );
  yutu = await yutu.again();
  steward = await signIn(yutu, 'steward');
});
afterAll(() => yutu?.remove());

const told = ({ status, json }: Answer) => [status, json.code];
const stands = async () => {
  const { lastUpdate, lastUpdateKind, lastEdit, overdueDays } = (await steward.get('/api/collections/parcels')).json.yutu;
  return { lastUpdate, lastUpdateKind, lastEdit, overdueDays };
};
const declare = (by: Caller, body: object, layer = 'parcels') => by.post(`/api/collections/${layer}/updates`, body);

it('an edit is shown beside the update, and the layer stays late', async () => {
  const before = await stands();
  expect([before.overdueDays >= 44, before.lastEdit]).toEqual([true, null]);
  const item = await steward.get('/api/collections/parcels/items/1');
  const edited = await steward.send(
    'PATCH',
    '/api/collections/parcels/items/1',
    { properties: { land_use: '05' } },
    { 'if-match': item.headers.etag!, 'content-type': 'application/merge-patch+json' },
  );
  expect([edited.status, edited.status < 300 ? '' : edited.text]).toEqual([expect.any(Number), '']);
  expect(await stands()).toEqual({ ...before, lastEdit: day(0) });
});

it('what the steward declares is an update: a delivery, or that nothing has changed', async () => {
  const { version } = (await steward.get('/api/collections/parcels')).json.yutu;
  for (const kind of ['no_change', 'delivery']) {
    expect((await declare(steward, { kind, note: '四季度' })).status).toBe(204);
    expect(await stands()).toMatchObject({ lastUpdate: day(0), lastUpdateKind: kind, overdueDays: 0 });
  }
  // Nothing of the features has changed by it.
  expect((await steward.get('/api/collections/parcels')).json.yutu.version).toBe(version);
  const [entry] = (await (await signIn(yutu, 'auditor')).get('/api/audit?action=update_delivery&limit=1')).json.entries;
  expect(entry).toMatchObject({ actor: 'steward', layer: 'parcels', detail: { text: '四季度' } });
});

it('nobody else declares it', async () => {
  for (const name of ['planner', 'steward-water', 'security', 'admin'])
    expect([name, ...told(await declare(await signIn(yutu, name), { kind: 'delivery' }))]).toEqual([name, 403, 'role_required']);
  expect(told(await declare(steward, { kind: 'edited' }))).toEqual([400, 'parameter_invalid']);
  const away = await signIn(yutu, 'steward-water');
  const [hidden, absent] = [
    await declare(away, { kind: 'delivery' }, 'petition_sites'),
    await declare(away, { kind: 'delivery' }, 'nosuch'),
  ];
  expect([hidden.status, hidden.text.replaceAll('petition_sites', '?')]).toEqual([404, absent.text.replaceAll('nosuch', '?')]);
});
