import { changeKinds, offices } from '@yutu/contract';
import { describe, expect, it } from 'vitest';
import type { Role } from './caller.js';
import {
  type AccountChange,
  type AccountState,
  afterConfirmation,
  afterSignIn,
  confirmRefusal,
  isBootstrap,
  type Office,
  officeOf,
  waits,
} from './confirmation.js';
import { refusal } from './roles.js';

const boss = (...roles: Role[]) => ({ name: 'boss', organisation: 'planning', roles });
const change = (office: Office, more: Partial<AccountChange> = {}): AccountChange => ({
  kind: 'create',
  by: 'maker',
  office,
  roles: null,
  organisation: null,
  mail: null,
  ...more,
});
const account: AccountState = { organisation: 'planning', roles: ['planner'], mail: null, confirmed: true, password: true };
const li = { username: 'li', roles: ['planner'] as Role[] };

describe('who confirms', () => {
  const asked: Record<string, [Role[], boolean]> = {
    admin: [['admin'], false],
    security: [['security'], false],
    auditor: [['auditor'], false],
    'org_admin here': [['planner', 'org_admin'], true],
    'org_admin elsewhere': [['org_admin'], false],
    steward: [['steward'], true],
  };
  const who = (one: AccountChange, target = li) =>
    Object.entries(asked)
      .filter(([, [roles, within]]) => confirmRefusal(boss(...roles), one, target, within) === null)
      .map(([name]) => name);

  it.each<[Office, string[]]>([
    ['admin', ['security', 'org_admin here']],
    ['security', ['admin', 'org_admin here']],
    ['org_admin', ['admin', 'security', 'org_admin here']],
    ['machine', ['admin', 'security', 'org_admin here']],
    ['service', ['admin', 'security', 'org_admin here']],
  ])('what was done as %s of a planner: %j', (office, expected) => {
    expect(who(change(office))).toEqual(expected);
  });

  it.each<[Office, string[]]>([
    ['admin', ['security', 'auditor']],
    ['security', ['admin', 'auditor']],
    ['machine', ['admin', 'security', 'auditor']],
    ['service', ['admin', 'security', 'auditor']],
  ])('what was done as %s of an administrator of the platform, or makes one: %j', (office, expected) => {
    expect(who(change(office), { ...li, roles: ['auditor'] })).toEqual(expected);
    expect(who(change(office, { kind: 'roles', roles: ['security'] }))).toEqual(expected);
  });

  it('is never who made it, nor the account itself, whatever they are', () => {
    for (const office of offices)
      for (const kind of changeKinds)
        for (const [roles, within] of Object.values(asked)) {
          expect(confirmRefusal(boss(...roles), change(office, { kind, by: 'boss' }), li, within)).not.toBeNull();
          expect(confirmRefusal(boss(...roles), change(office, { kind }), { ...li, username: 'boss' }, within)).not.toBeNull();
        }
  });

  it('says no more than that there is nothing to who may not know of it', () => {
    for (const roles of [['steward'], ['planner'], ['auditor'], []] as Role[][])
      expect(confirmRefusal(boss(...roles), change('admin'), li, true)).toBe('hidden');
    expect(confirmRefusal(boss('org_admin'), change('admin'), li, false)).toBe('hidden');
    expect(confirmRefusal(boss('admin'), change('admin'), li, false)).toBe('same_office');
  });
});

it('whoever may make a change may not confirm it, unless another of the organisation’s own made it', () => {
  for (const roles of [['admin'], ['security'], ['org_admin']] as Role[][]) {
    const by = boss(...roles);
    const target = { ...li, organisation: 'planning', demo: false, factor: true, confirmed: true };
    const office = officeOf(by)!;
    for (const kind of ['create', 'roles', 'reset_password', 'reset_factor'] as const) {
      const deed = kind === 'create' || kind === 'roles' ? { kind, roles: ['planner'] as Role[] } : { kind };
      if (refusal(by, deed, target, true) !== null) continue;
      const why = confirmRefusal({ ...by, name: 'colleague' }, change(office, { kind, by: by.name }), target, true);
      expect([roles, kind, why]).toEqual([roles, kind, office === 'org_admin' ? null : 'same_office']);
    }
  }
});

describe('what waits', () => {
  const mailed = { ...account, mail: 'li@city.example' };
  it.each<[string, Parameters<typeof waits>, boolean]>([
    ['a new account', [{ kind: 'create', roles: ['planner'] }, account, true], true],
    ['another organisation', [{ kind: 'move', within: true }, account, true], true],
    ['another address', [{ kind: 'mail' }, mailed, true], true],
    ['a role more', [{ kind: 'roles', roles: ['planner', 'steward'] }, account, false], true],
    ['another role instead', [{ kind: 'roles', roles: ['admin'] }, account, false], true],
    ['a role less', [{ kind: 'roles', roles: ['planner'] }, { ...account, roles: ['planner', 'steward'] }, false], false],
    ['a reset without mail', [{ kind: 'reset_password' }, account, true], true],
    ['a reset by mail', [{ kind: 'reset_password' }, mailed, true], false],
    ['a factor’s reset by mail', [{ kind: 'reset_factor' }, mailed, true], false],
    ['a reset on a sheet', [{ kind: 'reset_factor' }, mailed, false], true],
    ['a reset by mail to an address nobody confirmed', [{ kind: 'reset_password' }, { ...mailed, confirmed: false }, true], true],
    ['shutting out', [{ kind: 'disable' }, account, false], false],
    ['unlocking', [{ kind: 'unlock' }, account, false], false],
  ])('%s', (_what, given, expected) => {
    expect(waits(...given)).toBe(expected);
  });
});

it('a confirmation sets what was read, and gives the link that belongs to it', () => {
  const made = { ...account, confirmed: false, password: false };
  expect(afterConfirmation(made, change('admin'))).toEqual({ account: { ...made, confirmed: true }, link: 'password' });
  // who comes by the sign-in service needs no password
  expect(afterConfirmation({ ...made, password: true }, change('service')).link).toBeNull();
  expect(afterConfirmation(account, change('security', { kind: 'roles', roles: ['steward'] }))).toEqual({
    account: { ...account, roles: ['steward'] },
    link: null,
  });
  expect(afterConfirmation(account, change('admin', { kind: 'move', organisation: 'water' })).account.organisation).toBe('water');
  expect(afterConfirmation({ ...account, mail: 'a@b.example' }, change('admin', { kind: 'mail' })).account.mail).toBeNull();
  expect(afterConfirmation(account, change('admin', { kind: 'reset_password' })).link).toBe('password');
  expect(afterConfirmation(account, change('security', { kind: 'reset_factor' })).link).toBe('factor');
  // a reset admits nobody
  expect(afterConfirmation(made, change('admin', { kind: 'reset_password' })).account.confirmed).toBe(false);
});

it('the sign-in service takes away at once; what it gives waits, and who it moves waits as a whole', () => {
  const both: AccountState = { ...account, roles: ['planner', 'steward'] };
  const said = (organisation: string, ...roles: Role[]) => ({ organisation, roles });
  expect(afterSignIn(both, said('planning', 'steward', 'planner'))).toEqual({ account: both, waits: null });
  expect(afterSignIn(both, said('planning', 'planner'))).toEqual({ account, waits: null });
  expect(afterSignIn(both, said('planning', 'planner', 'org_admin'))).toEqual({ account, waits: 'roles' });
  expect(afterSignIn(both, said('planning', 'security'))).toEqual({
    account: { ...both, roles: ['security'], confirmed: false },
    waits: 'move',
  });
  expect(afterSignIn(both, said('water', 'planner'))).toEqual({
    account: { ...account, organisation: 'water', confirmed: false },
    waits: 'move',
  });
  expect(afterSignIn({ ...both, confirmed: false }, said('water', 'planner')).waits).toBe('create');
});

it('the three administrators are made without a second person until all three have signed in, and nobody else ever', () => {
  expect(isBootstrap(['admin'], [])).toBe(true);
  expect(isBootstrap(['auditor'], ['admin', 'security', 'planner'])).toBe(true);
  expect(isBootstrap(['admin'], ['admin', 'security', 'auditor'])).toBe(false);
  expect(isBootstrap(['planner'], [])).toBe(false);
  expect(isBootstrap(['org_admin', 'steward'], ['admin'])).toBe(false);
});
