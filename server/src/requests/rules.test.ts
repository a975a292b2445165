import { describe, expect, it } from 'vitest';
import { type Caller, memberOf, type Role } from '../identity/caller.js';
import type { Addressee } from './grant.js';
import type { Ties } from './persons.js';
import {
  type AgreementFacts,
  changeRefusal,
  decisionRefusal,
  getterRefusal,
  giverRefusal,
  isOnDuty,
  stepRefusal,
} from './rules.js';
import { reviewDay } from './share.js';

type User = Extract<Caller, { kind: 'user' }>;
const person = (name: string, organisation: string, roles: Role[], more: Partial<User> = {}): User => ({
  ...memberOf(organisation, roles),
  name,
  ...more,
});
const to = (kind: Addressee['kind'], id: string | null, grantee: string | null = null): Addressee => ({ kind, id, grantee });
const membership = { ancestors: ['authority', 'city'], line: 'data', division: null };
const alone: Ties = { membership, standIns: [], keys: [] };
const duty = ['role:security', 'role:steward', 'person:officer'];

const security = person('security', 'authority', ['security']);
const owner = person('owner', 'planning', ['steward']);
const deputy = person('deputy', 'planning', ['planner', 'steward'], { actingFor: 'owner' });

describe('an emergency', () => {
  it('is for people on duty: stewards for own layers, others for all, nobody in another’s place', () => {
    expect(isOnDuty(security, duty, 'planning')).toBe(true);
    expect(isOnDuty(owner, duty, 'planning')).toBe(true);
    expect(isOnDuty(owner, duty, 'transport')).toBe(false);
    expect(isOnDuty(deputy, duty, 'planning')).toBe(false);
    expect(isOnDuty(person('officer', 'emergency', ['planner']), duty, 'planning')).toBe(true);
    expect(isOnDuty(person('other', 'emergency', ['planner']), duty, 'planning')).toBe(false);
    expect(isOnDuty(security, ['role:security@other', 'role:steward'], 'planning')).toBe(false);
    expect(giverRefusal(owner, 'emergency', ['planning', 'transport'], duty)).toBe('not_on_duty');
    expect(giverRefusal(security, 'single', ['planning'], duty)).toBe('role');
  });

  it.each<[Addressee, string | null]>([
    [to('public', null), 'gives_to_self'],
    [to('any_organisation', null), 'gives_to_self'],
    [to('organisation', 'authority', 'authority'), 'gives_to_self'],
    [to('organisation', 'emergency', 'emergency'), null],
    [to('subtree', 'city', 'city'), 'gives_to_self'],
    [to('subtree', 'emergency', 'emergency'), null],
    [to('line', 'data'), 'gives_to_self'],
    [to('line', 'water'), null],
    [to('role', 'planner'), 'gives_to_self'],
    [to('role', 'planner@authority', 'authority'), 'gives_to_self'],
    [to('role', 'planner@emergency', 'emergency'), null],
    [to('person', 'security', 'authority'), 'gives_to_self'],
    [to('person', 'colleague', 'authority'), 'gives_to_self'],
    [to('person', 'standin', 'elsewhere'), 'gives_to_self'],
    [to('person', 'officer', 'emergency'), null],
    [to('key', 'k1', 'elsewhere'), 'gives_to_self'],
    [to('key', 'k2', 'emergency'), null],
  ])('to %j', (subject, refusal) => {
    expect(getterRefusal(security, 'emergency', subject, { membership, standIns: ['standin'], keys: ['k1'] })).toBe(refusal);
  });

  const facts: AgreementFacts = {
    kind: 'emergency',
    partyA: 'authority',
    partyB: null,
    madeBy: 'security',
    signedAt: null,
    endedAt: null,
    confirmBy: '2026-12-01T04:00:00Z',
    confirmedBy: null,
    reviewedAt: null,
    to: [to('organisation', 'emergency', 'emergency')],
    owners: ['planning'],
  };
  const now = Date.parse('2026-12-01T02:00:00Z');
  it('is confirmed by a second person on duty, in time', () => {
    const confirm = (user: User, more: Partial<AgreementFacts> = {}, at = now, ties = alone) =>
      stepRefusal('confirm', { ...facts, ...more }, user, ties, duty, at);
    expect(confirm(owner)).toBeNull();
    expect(confirm(security)).toBe('same_person');
    expect(confirm(owner, {}, now, { ...alone, standIns: ['security'] })).toBe('same_person');
    expect(confirm(deputy)).toBe('not_on_duty');
    expect(confirm(owner, { to: [to('organisation', 'planning', 'planning')] })).toBe('gives_to_self');
    expect(confirm(owner, {}, now + 7_200_000)).toBe('state');
    expect(confirm(owner, { confirmedBy: 'other' })).toBe('state');
    expect(confirm(owner, { endedAt: '2026-12-01T01:00:00Z' })).toBe('state');
  });

  it('is reviewed by a third, while it is in force', () => {
    const review = (user: User) => stepRefusal('review', { ...facts, confirmedBy: 'security2' }, user, alone, duty, now);
    expect(review(person('auditor', 'authority', ['auditor']))).toBeNull();
    expect(review(security)).toBe('same_person');
    expect(review(person('security2', 'authority', ['security']))).toBe('same_person');
    expect(review(owner)).toBe('role');
    expect([reviewDay('2026-12-01', '2026-12-02'), reviewDay('2026-12-01', '2026-12-06')]).toEqual(['2026-12-02', '2026-12-04']);
    expect(reviewDay('2026-12-01', '2026-12-30')).toBe('2026-12-11');
  });
});

it('a pair is signed by somebody else than who made it, nor a stand-in', () => {
  const pair: AgreementFacts = {
    kind: 'pair',
    partyA: 'transport',
    partyB: 'planning',
    madeBy: 'moved',
    signedAt: null,
    endedAt: null,
    confirmBy: null,
    confirmedBy: null,
    reviewedAt: null,
    to: [],
    owners: [],
  };
  const sign = (user: User, standIns: string[] = []) => stepRefusal('sign', pair, user, { ...alone, standIns }, duty, 0);
  expect(sign(owner)).toBeNull();
  expect(sign(person('moved', 'planning', ['steward']))).toBe('same_person');
  expect(sign(owner, ['moved'])).toBe('same_person');
  expect(sign(person('t', 'transport', ['steward']))).toBe('role');
});

it('a request is changed by its applicant or in that place, and withdrawn by who answers for the organisation’s data', () => {
  const request = { applicant: 'planner', organisation: 'transport', submittedAt: '2026-11-01T00:00:00Z' };
  const may = (user: User, asked: Parameters<typeof changeRefusal>[2] = request) =>
    (['edit', 'submit', 'withdraw'] as const).filter((deed) => changeRefusal(user, deed, asked) === null);
  expect(may(person('planner', 'transport', ['planner']))).toEqual(['edit', 'submit', 'withdraw']);
  expect(may(person('deputy', 'transport', ['steward'], { actingFor: 'planner' }))).toEqual(['edit', 'submit', 'withdraw']);
  expect(may(person('planner', 'water', ['planner']))).toEqual([]);
  expect(may(person('other', 'transport', ['planner']))).toEqual([]);
  expect(may(person('deputy', 'transport', ['steward'], { actingFor: 'another' }))).toEqual([]);
  for (const role of ['steward', 'org_admin'] as const) {
    expect(may(person('chief', 'transport', [role]))).toEqual(['withdraw']);
    expect(may(person('chief', 'transport', [role]), { ...request, submittedAt: null })).toEqual([]);
    expect(may(person('chief', 'water', [role]))).toEqual([]);
  }
});

it('a request is not decided by its applicant, a stand-in or the applicant’s organisation', () => {
  const request = { applicant: 'planner', organisation: 'transport' };
  const decide = (user: User, standIns: string[] = [], asked = request) => decisionRefusal(user, asked, 'planning', { standIns });
  expect(decide(owner)).toBeNull();
  expect(decide(deputy)).toBeNull();
  expect(decide(person('planner', 'planning', ['steward']))).toBe('same_person');
  expect(decide(owner, ['planner'])).toBe('same_person');
  expect(decide({ ...deputy, actingFor: 'planner' })).toBe('same_person');
  expect(decide(owner, [], { applicant: 'gone', organisation: 'planning' })).toBe('same_person');
  expect(decide(person('s', 'transport', ['steward']))).toBe('role');
});

it('own layers are given to nobody who is oneself: the person, a stand-in, a key of either', () => {
  const ties = { ...alone, standIns: ['owner'], keys: ['k1'] };
  for (const subject of [to('person', 'deputy', 'planning'), to('person', 'owner', 'planning'), to('key', 'k1', 'transport')])
    expect(getterRefusal(deputy, 'single', subject, ties)).toBe('gives_to_self');
  for (const subject of [to('public', null), to('key', 'k2', 'transport'), to('person', 'planner', 'transport')])
    expect(getterRefusal(deputy, 'single', subject, ties)).toBeNull();
});
