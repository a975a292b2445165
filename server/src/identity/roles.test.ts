import { describe, expect, it } from 'vitest';
import type { Role } from './caller.js';
import { type AccountDeed, type Administered, compatible, inOrder, needsFactor, type Refusal, refusal } from './roles.js';

const by = (...roles: Role[]) => ({ name: 'boss', organisation: 'planning', roles });
const account = (more: Partial<Administered> = {}): Administered => ({
  username: 'li',
  organisation: 'planning',
  roles: ['planner'],
  demo: false,
  factor: false,
  confirmed: true,
  ...more,
});

/** Every deed, as the table names it. */
const deeds: Record<string, AccountDeed> = {
  look: { kind: 'look' },
  'create planner': { kind: 'create', roles: ['planner'] },
  'create steward': { kind: 'create', roles: ['steward'] },
  'create security': { kind: 'create', roles: ['security'] },
  rename: { kind: 'rename' },
  'move within': { kind: 'move', within: true },
  'move away': { kind: 'move', within: false },
  'set mail': { kind: 'mail' },
  'give steward': { kind: 'roles', roles: ['planner', 'steward'] },
  'give admin': { kind: 'roles', roles: ['admin'] },
  'give security': { kind: 'roles', roles: ['security'] },
  disable: { kind: 'disable' },
  enable: { kind: 'enable' },
  unlock: { kind: 'unlock' },
  'reset password': { kind: 'reset_password' },
  'reset factor': { kind: 'reset_factor' },
};

const no = 'not_yours_to_do';
const all = (why: Refusal | null) => Object.fromEntries(Object.keys(deeds).map((deed) => [deed, why]));

describe('who may do what to whose account', () => {
  const table: [who: string, as: Role[], of: Partial<Administered>, within: boolean, Record<string, Refusal | null>][] = [
    [
      'a system administrator, of a planner',
      ['admin'],
      {},
      false,
      {
        ...all(null),
        'create steward': 'role_not_given',
        'create security': 'role_not_given',
        'give steward': no,
        'give admin': no,
        'give security': no,
        'reset factor': no,
      },
    ],
    [
      'a system administrator, of a security administrator without a second factor',
      ['admin'],
      { roles: ['security'] },
      false,
      {
        ...all(null),
        'create steward': 'role_not_given',
        'create security': 'role_not_given',
        'give steward': no,
        'give admin': no,
        'give security': no,
        'reset factor': no,
        'reset password': 'needs_factor',
      },
    ],
    [
      'a system administrator, of an auditor with one',
      ['admin'],
      { roles: ['auditor'], factor: true },
      false,
      {
        ...all(null),
        'create steward': 'role_not_given',
        'create security': 'role_not_given',
        'give steward': no,
        'give admin': no,
        'give security': no,
        'reset factor': no,
      },
    ],
    [
      'a system administrator, of an account that nobody has confirmed',
      ['admin'],
      { confirmed: false },
      false,
      {
        ...all(null),
        'create steward': 'role_not_given',
        'create security': 'role_not_given',
        'give steward': no,
        'give admin': no,
        'give security': no,
        'reset factor': no,
        'move within': 'unconfirmed',
        'move away': 'unconfirmed',
        'set mail': 'unconfirmed',
        'reset password': 'unconfirmed',
      },
    ],
    [
      'a security administrator, of anybody',
      ['security'],
      { roles: ['admin'] },
      false,
      { ...all(no), look: null, 'give steward': null, 'give admin': null, 'give security': null, 'reset factor': null },
    ],
    [
      'an organisation’s administrator, of a planner below',
      ['planner', 'org_admin'],
      {},
      true,
      {
        ...all(null),
        'move away': no,
        'create security': 'role_not_given',
        'give admin': 'role_not_given',
        'give security': 'role_not_given',
        'reset factor': no,
      },
    ],
    [
      'an organisation’s administrator, of an auditor below',
      ['org_admin'],
      { roles: ['auditor'] },
      true,
      { ...all(no), look: null, 'create planner': null, 'create steward': null, 'create security': 'role_not_given' },
    ],
    ['an organisation’s administrator, of anybody elsewhere', ['org_admin'], {}, false, all('hidden')],
    ['an auditor', ['auditor'], {}, true, all('hidden')],
    ['a steward', ['steward'], {}, true, all('hidden')],
    ['nobody in particular', [], {}, true, all('hidden')],
    [
      'a system administrator, of a demonstration account',
      ['admin'],
      { demo: true },
      false,
      { ...all('demo_account'), look: null },
    ],
    [
      'a system administrator, of their own',
      ['admin'],
      { username: 'boss', roles: ['admin'] },
      true,
      { ...all('own_account'), look: null },
    ],
    [
      'a security administrator, of their own',
      ['security'],
      { username: 'boss', roles: ['security'] },
      true,
      { ...all('own_account'), look: null },
    ],
    [
      'an organisation’s administrator, of their own',
      ['org_admin'],
      { username: 'boss', roles: ['org_admin'] },
      true,
      { ...all('own_account'), look: null },
    ],
  ];
  it.each(table)('%s', (_who, as, of, within, expected) => {
    const found = Object.entries(deeds).map(([name, deed]) => [name, refusal(by(...as), deed, account(of), within)]);
    expect(Object.fromEntries(found)).toEqual(expected);
  });

  it('gives nobody roles that exclude one another', () => {
    for (const held of [['admin', 'auditor'], ['security', 'planner'], [], ['planner', 'planner']] as Role[][])
      for (const as of ['security', 'org_admin'] as const)
        expect(refusal(by(as), { kind: 'roles', roles: held }, account(), true)).toBe('roles_exclude');
  });

  it('leaves no way for one alone into an account that has both password and second factor', () => {
    const both = account({ roles: ['security'], factor: true });
    for (const as of ['admin', 'security', 'auditor', 'org_admin', 'steward', 'planner'] as const) {
      const opens = (['reset_password', 'reset_factor'] as const).every((kind) => refusal(by(as), { kind }, both, true) === null);
      expect([as, opens]).toEqual([as, false]);
    }
  });

  it('lets nobody both make an account and give it an administrator’s role', () => {
    for (const as of ['admin', 'security', 'auditor', 'org_admin'] as const) {
      const makes = refusal(by(as), { kind: 'create', roles: ['planner'] }, account(), true) === null;
      const raises = refusal(by(as), { kind: 'roles', roles: ['security'] }, account(), true) === null;
      expect([as, makes && raises]).toEqual([as, false]);
    }
  });
});

it('roles of one account: the three administrators stand alone', () => {
  expect(compatible(['planner', 'steward', 'org_admin'])).toBe(true);
  for (const one of ['admin', 'security', 'auditor'] as const) {
    expect(compatible([one])).toBe(true);
    for (const other of ['planner', 'steward', 'org_admin', 'admin', 'security', 'auditor'] as const)
      expect([one, other, compatible([one, other])]).toEqual([one, other, false]);
  }
  expect(inOrder(['steward', 'planner', 'steward'])).toEqual(['planner', 'steward']);
});

it.each<[Parameters<typeof needsFactor>[0], Role[], boolean, boolean]>([
  ['off', ['security'], false, false],
  ['deciders', ['planner'], false, false],
  ['deciders', ['planner', 'steward'], false, true],
  ['deciders', ['org_admin'], false, true],
  ['deciders', ['admin'], false, true],
  ['deciders', ['admin'], true, false],
  ['all', ['planner'], false, true],
  ['all', ['planner'], true, false],
])('a second factor with SECOND_FACTOR=%s for %j (demonstration: %s): %s', (policy, roles, demo, needed) => {
  expect(needsFactor(policy, { roles, demo })).toBe(needed);
});
