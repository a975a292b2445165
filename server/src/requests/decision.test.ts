import type { Decision } from '@yutu/contract';
import { describe, expect, it } from 'vitest';
import { today } from '../catalogue/calendar.js';
import { emptyInstance } from '../catalogue/catalogue.js';
import { exampleLayer } from '../catalogue/testing.js';
import type { Queryable } from '../db/database.js';
import type { Caller, Role } from '../identity/caller.js';
import { decideRequest } from './decision.js';
import type { RequestRow } from './load.js';
import type { RequestRooms } from './rooms.js';

const layer = exampleLayer();
const person = (organisation: string, ...roles: Role[]) =>
  ({ kind: 'user', name: 'someone', organisation, roles, scope: null, keyId: null }) satisfies Caller;
const steward = person('planning', 'steward');
const row = (wish: Partial<RequestRow> = {}) =>
  ({
    id: 'r',
    status: 'submitted',
    layer: 'parcels',
    organisation: 'transport',
    applicant: 'planner',
    actions: ['view', 'query'],
    fields: [{ name: 'code', form: 'value' }],
    areaId: null,
    from: null,
    until: '2999-12-31',
    submittedAt: '2026-11-01T00:00:00.000Z',
    clockFrom: null,
    ...wish,
  }) as RequestRow;

/** Rooms over a database that holds one request; `grants` gathers what is written as a grant. */
function rooms(present: RequestRow, locked: { status: string; by?: string; at?: string } = { status: 'submitted' }) {
  const grants: Record<string, unknown>[] = [];
  const q = {
    async query(sql: string, p: readonly unknown[] = []) {
      if (sql.includes('for update of r')) return [{ by: null, at: null, ...locked }];
      if (sql.includes('where r.id = $1::uuid')) return [present];
      if (sql.includes('audit_head for update')) return [{ seq: 0, hash: 'genesis', algorithm: 'sha256' }];
      if (sql.startsWith('select status'))
        return [{ status: 'granted', organisation: present.organisation, submittedAt: present.submittedAt }];
      if (sql.includes('into yutu.sharing_grant'))
        grants.push({ to: [p[2], p[3]], actions: p[6], fields: JSON.parse(String(p[7])), from: p[15], until: p[16] });
      return [];
    },
  } as unknown as Queryable;
  const house = {
    db: { ...q, tx: (work: (handle: Queryable) => unknown) => work(q) },
    bus: { announce: async () => {}, deliver: async () => {} },
    catalogue: {
      layers: new Map([['parcels', layer]]),
      instance: { ...emptyInstance, refusalReasons: [{ code: 'R1', titleZh: 'R1', titleEn: 'R1' }] },
      calendar: new Map(),
    },
    timezone: 'Asia/Shanghai',
  } as unknown as RequestRooms;
  return { house, grants };
}
const granted: Decision = { outcome: 'granted', reason: '符合条件' };
const narrower = (grant: object): Decision => ({
  outcome: 'narrower',
  reason: '部分同意',
  grant: { actions: ['view'], fields: [], area: null, until: '2999-01-01', ...grant } as never,
});
const ID = '2e8b41ce-ea3d-4f41-8123-d3f245c5de5e';
const decide = async (request: RequestRow, input: Decision, locked?: Parameters<typeof rooms>[1], seen = request) => {
  const { house, grants } = rooms({ ...request, id: ID }, locked);
  await decideRequest(house, steward, { ...seen, id: ID }, input);
  return grants[0];
};

describe('granting', () => {
  it('gives what was asked, from today', async () => {
    expect(await decide(row(), granted)).toEqual({
      to: ['organisation', 'transport'],
      actions: ['view', 'query'],
      fields: [{ name: 'code', form: 'value' }],
      from: today('Asia/Shanghai'),
      until: '2999-12-31',
    });
  });

  it('begins no sooner than asked', async () => {
    expect(await decide(row({ from: '2990-01-01' }), granted)).toMatchObject({ from: '2990-01-01' });
  });

  it('gives what is asked at the time of the decision, not what was on a screen before', async () => {
    const changed = row({ actions: ['view'], until: '2998-01-01' });
    expect(await decide(changed, granted, undefined, row())).toMatchObject({ actions: ['view'], until: '2998-01-01' });
  });

  it('cannot be for a term that is over', async () => {
    await expect(decide(row({ until: '2020-01-01' }), granted)).rejects.toMatchObject({
      code: 'parameter_invalid',
      more: { parameter: 'outcome' },
    });
  });

  it('of more than the conditions allow needs a reason', async () => {
    await expect(decide(row(), { outcome: 'granted' })).rejects.toMatchObject({
      code: 'parameter_invalid',
      more: { parameter: 'reason', allowed: ['area', 'term'] },
    });
  });

  it.each<[string, object, Partial<RequestRow>, string, string]>([
    ['an action more', { actions: ['view', 'download'] }, {}, 'wider_than_asked', 'grant.actions'],
    ['a field more', { fields: [{ name: 'area_m2', form: 'value' }] }, {}, 'wider_than_asked', 'grant.fields'],
    [
      'a name for a code',
      { fields: [{ name: 'holder', form: 'value' }] },
      { fields: [{ name: 'holder', form: 'code' }] },
      'wider_than_asked',
      'grant.fields',
    ],
    ['a later end', { until: '2999-12-31' }, { until: '2999-12-30' }, 'wider_than_asked', 'grant.until'],
    ['an earlier beginning', { from: '2989-12-31' }, { from: '2990-01-01' }, 'wider_than_asked', 'grant.from'],
    ['everywhere for an area', {}, { areaId: 'a' }, 'wider_than_asked', 'grant.area'],
    ['a term past', { until: '2020-01-01' }, {}, 'parameter_invalid', 'grant.until'],
    ['an end before its beginning', { from: '2998-01-01', until: '2997-01-01' }, {}, 'parameter_invalid', 'grant.from'],
    ['rows nobody can tell', { rows: 'colour = 3' }, {}, 'parameter_invalid', 'grant.rows'],
    ['a field never shared', { fields: [{ name: 'phone', form: 'value' }] }, {}, 'parameter_invalid', 'grant.fields'],
  ])('narrower is not %s', async (_what, grant, asked, code, parameter) => {
    await expect(decide(row(asked), narrower(grant))).rejects.toMatchObject({ code, more: { parameter } });
  });

  it('a second time tells who was first', async () => {
    const first = { status: 'granted', by: '陈立', at: '2026-11-20T01:00:00.000Z' };
    await expect(decide(row(), granted, first)).rejects.toMatchObject({ code: 'already_decided', values: { by: '陈立' } });
    await expect(decide(row(), granted, { status: 'withdrawn' })).rejects.toMatchObject({ code: 'wrong_state' });
  });
});

it.each<[Decision, string]>([
  [{ outcome: 'refused', reason: 'x' }, 'reasonCode'],
  [{ outcome: 'refused', reason: 'x', reasonCode: 'R9' }, 'reasonCode'],
  [{ outcome: 'refused', reasonCode: 'R1' }, 'reason'],
  [{ outcome: 'correction' }, 'reason'],
  [{ outcome: 'narrower', reason: 'x' }, 'grant'],
])('an answer says why: %j', async (input, parameter) => {
  await expect(decide(row(), input)).rejects.toMatchObject({ code: 'parameter_invalid', more: { parameter } });
});
