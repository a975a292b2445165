import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, type Caller, root, scratch, signIn, startYutu, underneath, type Yutu } from '../harness.js';
import { ask, day, parcelsGift, parcelsWish } from '../story.js';

/** How an answer is due, extended and taken by the rule (Order 809), and what an open layer gives. */
const hours = join(mkdtempSync(join(scratch(), 'answers-')), 'hours');
let yutu: Yutu;
let planner: Caller;
let steward: Caller;
let security: Caller;
beforeAll(async () => {
  writeFileSync(hours, '0');
  yutu = await startYutu({
    env: {
      NODE_OPTIONS: `--import=${pathToFileURL(join(root, 'test/clock.mjs'))}`,
      CLOCK_HOURS: hours,
      SESSION_HOURS: '720',
    },
  });
  [planner, steward, security] = [await signIn(yutu, 'planner'), await signIn(yutu, 'steward'), await signIn(yutu, 'security')];
});
afterAll(() => yutu?.remove());

const told = ({ status, json }: Answer) => [status, json.code];
const decide = (by: Caller, id: string, decision: object) => by.post(`/api/requests/${id}/decision`, decision);
const extend = (by: Caller, id: string, body: object) => by.post(`/api/requests/${id}/extension`, body);
const answer = (by: Caller, id: string, body: object) => by.post(`/api/requests/${id}/extension/answer`, body);
const policyOf = async (layer: string) => (await planner.get(`/api/collections/${layer}`)).json.yutu.policy;

describe('the time to answer', () => {
  it('is one working day for what is shared unconditionally, ten for the rest, whatever is written', async () => {
    const { collections } = (await planner.get('/api/collections')).json;
    const days = new Map<string, Set<number>>();
    for (const { yutu: y } of collections as { yutu: { sharing: { class: string }; policy: { answerDays: number } } }[])
      days.set(y.sharing.class, (days.get(y.sharing.class) ?? new Set()).add(y.policy.answerDays));
    expect([days.get('unconditional'), days.get('conditional')]).toEqual([new Set([1]), new Set([10])]);
    // A layer registered before the rule was known.
    await yutu.stop();
    await underneath(yutu, (query) =>
      query(`update yutu.layer set policy = jsonb_set(policy, '{answerDays}', '45') where id in ('parcels', 'schools')`),
    );
    yutu = await yutu.again();
    [planner, steward, security] = [await signIn(yutu, 'planner'), await signIn(yutu, 'steward'), await signIn(yutu, 'security')];
    expect([(await policyOf('parcels')).answerDays, (await policyOf('schools')).answerDays]).toEqual([10, 1]);
    expect((await ask(planner, parcelsWish)).clock).toMatchObject({ days: 10, used: 0, left: 10 });
  });

  it('is extended once, by at most ten days, when the data authority agrees; the applicant reads it', async () => {
    const { id, clock } = await ask(planner, parcelsWish);
    for (const days of [0, 11, 2.5]) expect(told(await extend(steward, id, { days, reason: '会商' }))[0]).toBe(400);
    expect(told(await extend(steward, id, { days: 5, reason: ' ' }))).toEqual([400, 'parameter_invalid']);
    expect(told(await extend(planner, id, { days: 5, reason: '会商' }))).toEqual([403, 'role_required']);
    // Nothing of it is the data authority's to see before it is asked.
    expect(told(await security.get(`/api/requests/${id}`))).toEqual([404, 'request_not_found']);
    const asked = await extend(steward, id, { days: 10, reason: '涉及三个处室，正在会商' });
    expect([asked.status, asked.json.extension, asked.json.clock]).toEqual([
      200,
      expect.objectContaining({ days: 10, agreed: null, askedBy: 'steward', reason: '涉及三个处室，正在会商' }),
      clock, // as before
    ]);
    expect(told(await extend(steward, id, { days: 3, reason: '再' }))).toEqual([409, 'extension_once']);
    for (const by of [steward, planner]) expect(told(await answer(by, id, { agreed: true }))).toEqual([403, 'role_required']);

    const inbox = (await security.get('/api/requests?box=inbox')).json.requests;
    expect(inbox.map((r: { id: string; can: string[] }) => [r.id, r.can])).toEqual([[id, ['answer_extension']]]);
    expect((await security.get('/api/session')).json.inbox).toBe(1);
    expect(told(await answer(security, id, { agreed: false }))).toEqual([400, 'parameter_invalid']);
    expect((await answer(security, id, { agreed: false, reason: '无需会商' })).json.extension.agreed).toBe(false);
    expect((await planner.get(`/api/requests/${id}`)).json.clock).toEqual(clock);
    // What was not agreed to was none: it may be asked for anew.
    expect((await extend(steward, id, { days: 4, reason: '补充理由' })).status).toBe(200);
    expect((await answer(security, id, { agreed: true })).status).toBe(200);
    const seen = (await planner.get(`/api/requests/${id}`)).json;
    expect(seen.clock).toMatchObject({ days: 14, left: 14, used: 0 });
    expect(seen.clock.due > clock!.due).toBe(true);
    expect(seen.history.map((h: { event: string }) => h.event).slice(-4)).toEqual([
      'extension_asked',
      'extension_declined',
      'extension_asked',
      'extension_agreed',
    ]);
    expect(told(await extend(steward, id, { days: 1, reason: '再' }))).toEqual([409, 'extension_once']);
    expect(told(await answer(security, id, { agreed: true }))).toEqual([409, 'wrong_state']);
    const auditor = await signIn(yutu, 'auditor');
    const [entry] = (await auditor.get('/api/audit?action=extension_agreed&limit=1')).json.entries;
    expect([entry.subject, entry.textZh]).toEqual([id, expect.stringContaining('同意延长答复期限')]);
  });

  it('that is over is not extended any more', async () => {
    const { id } = await ask(planner, parcelsWish);
    writeFileSync(hours, String(40 * 24));
    yutu.process.kill('SIGUSR2');
    await sleep(300);
    expect(told(await extend(steward, id, { days: 5, reason: '会商' }))).toEqual([409, 'extension_late']);
    writeFileSync(hours, '0');
    yutu.process.kill('SIGUSR2');
    await sleep(300);
  });

  it('stands for one correction: all that is missing is told once', async () => {
    const { id } = await ask(planner, parcelsWish);
    expect((await steward.get(`/api/requests/${id}`)).json.can).toEqual(['decide', 'correct', 'extend']);
    expect((await decide(steward, id, { outcome: 'correction', reason: '请写明项目名称' })).status).toBe(200);
    expect((await planner.patch(`/api/requests/${id}`, { purpose: '沿江铁路', status: 'submitted' })).status).toBe(200);
    expect((await steward.get(`/api/requests/${id}`)).json.can).toEqual(['decide', 'extend']);
    const again = await decide(steward, id, { outcome: 'correction', reason: '还缺一份材料' });
    expect([...told(again), again.json.detail]).toEqual([409, 'correction_once', expect.stringContaining('told at once')]);
    expect((await decide(steward, id, { outcome: 'narrower', reason: '两个区', grant: parcelsGift })).status).toBe(200);
  });
});

describe('an unconditional layer', () => {
  const given = async (wish: object) => {
    const answered = await planner.post('/api/requests', { layer: 'schools', ...wish });
    return answered.status === 201 ? answered.json.grant : [...told(answered), answered.json.parameter];
  };
  it('gives what is asked for and no more; all of it to who names nothing', async () => {
    const whole = await given({});
    expect(whole.actions.length).toBeGreaterThan(2);
    expect(await given({ actions: ['view', 'query'] })).toMatchObject({ actions: ['view', 'query'], fields: whole.fields });
    const [field] = whole.fields;
    expect(
      await given({ actions: ['view'], fields: [field], from: day(0), until: day(1), area: { divisions: ['500103'] } }),
    ).toMatchObject({
      actions: ['view'],
      fields: [field],
      until: day(1),
      area: { divisions: ['500103'] },
    });
  });

  it('says what it does not give instead of giving something else', async () => {
    expect(await given({ actions: ['view', 'verify'] })).toEqual([400, 'parameter_invalid', 'actions']);
    expect(await given({ until: day(120) })).toEqual([400, 'parameter_invalid', 'until']);
    expect(await given({ until: day(0, -1) })).toEqual([400, 'parameter_invalid', 'until']);
  });
});

it('a layer is withheld on the ground of a law, a regulation or a decision of the State Council, which it names', async () => {
  expect((await planner.get('/api/collections/pipelines')).json.yutu.sharing).toMatchObject({ groundKind: 'law' });
  await yutu.stop();
  await underneath(yutu, async (query) => {
    await query(
      `update yutu.layer set ground_kind = null, withheld_confirmed_at = null, withheld_confirmed_by = null where id = 'pipelines'`,
    );
  });
  yutu = await yutu.again();
  security = await signIn(yutu, 'security');
  expect(told(await security.post('/api/collections/pipelines/confirm-withheld', {}))).toEqual([409, 'ground_missing']);
});
