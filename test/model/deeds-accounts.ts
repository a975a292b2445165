import { membershipOf } from '../../server/src/catalogue/subjects.js';
import type { Role } from '../../server/src/identity/caller.js';
import { type AccountChange, officeOf } from '../../server/src/identity/confirmation.js';
import type { AccountDeed } from '../../server/src/identity/roles.js';
import type { Deeds, Turn } from './deeds.js';
import { type Account, copy, organisations, type World } from './world.js';

const within = (organisation: string, of: string) => membershipOf(organisations, organisation).ancestors.includes(of);
const rolesMade: Role[][] = [['planner'], ['steward'], ['planner', 'org_admin']];
const rolesGiven: Role[][] = [['steward'], ['security']];
const PUPPET = 'puppet';
/** Accounts that a deed may be done to: one of each kind that matters, and what the actor made. */
const targets = ['planner-a', 'planner-b', 'org-b', 'admin', PUPPET];

const may = ({ rules, world, user }: Turn, name: string, deed: AccountDeed, account = world.accounts[name]): boolean =>
  account !== undefined &&
  rules.accountRefusal(
    user,
    deed,
    { username: name, demo: false, ...account },
    within(account.organisation, user.organisation),
  ) === null;

const nobody = (organisation: string, roles: Role[]): Account => ({
  organisation,
  roles,
  confirmed: false,
  disabled: false,
  password: false,
  factor: false,
  resting: false,
  stamp: 0,
});

/** Ends what the account's credentials were made under. */
const renew = (account: Account) => {
  account.stamp += 1;
};

/** Does a deed to an account at once, or has it wait for a second person, as the server's rules say. */
function done(
  turn: Turn,
  name: string,
  deed: AccountDeed,
  change: Partial<AccountChange> & Pick<AccountChange, 'kind'>,
): World | null {
  const { rules, world, user } = turn;
  const made = deed.kind === 'create' ? nobody(change.organisation!, [...change.roles!]) : undefined;
  if (!may(turn, name, deed, made ?? world.accounts[name])) return null;
  const next = copy(world);
  if (made) next.accounts[name] = made;
  const account = next.accounts[name]!;
  const full: AccountChange = { by: user.name, office: officeOf(user)!, roles: null, organisation: null, mail: null, ...change };
  if (deed.kind === 'reset_factor') {
    // At once: whoever lost a factor must not be let in by it.
    account.factor = false;
    account.resting = true;
  }
  if (rules.waits(deed, { ...account, mail: null }, false))
    next.changes = [...next.changes.filter((c) => c.username !== name || c.kind !== full.kind), { ...full, username: name }];
  else confirmed(turn, next, name, full);
  return next;
}

/** What the change sets; its link comes into the hands of who confirms it, when no mail carries it. */
function confirmed({ rules }: Turn, next: World, name: string, change: AccountChange): void {
  const before = next.accounts[name]!;
  const { account, link } = rules.afterConfirmation({ ...before, mail: null }, change);
  const stays = account.organisation === before.organisation && before.roles.every((role) => account.roles.includes(role));
  next.accounts[name] = {
    ...before,
    organisation: account.organisation,
    roles: [...account.roles],
    confirmed: account.confirmed,
    stamp: before.stamp + (stays ? 0 : 1),
  };
  if (link === 'password') next.hands.links.push(name);
  if (link === 'factor') next.hands.factorLinks.push(name);
}

export const accountDeeds: Deeds = {
  createAccount: (turn) =>
    ['alpha', 'beta'].flatMap((organisation) =>
      rolesMade.map((roles) => ({
        name: `make ${PUPPET} of ${organisation}, ${roles}`,
        next: () =>
          turn.world.accounts[PUPPET]
            ? null
            : done(turn, PUPPET, { kind: 'create', roles }, { kind: 'create', roles, organisation }),
      })),
    ),
  changeAccount: (turn) =>
    targets.flatMap((name) => [
      ...rolesGiven.map((roles) => ({
        name: `give ${name} ${roles}`,
        next: () => done(turn, name, { kind: 'roles', roles }, { kind: 'roles', roles }),
      })),
      ...['alpha', 'beta'].map((organisation) => ({
        name: `move ${name} to ${organisation}`,
        next: () =>
          done(
            turn,
            name,
            { kind: 'move', within: within(organisation, turn.user.organisation) },
            { kind: 'move', organisation },
          ),
      })),
      ...(name === 'planner-b' || name === PUPPET ? [true, false] : []).map((disabled) => ({
        name: `${disabled ? 'disable' : 'enable'} ${name}`,
        next: () => {
          if (!may(turn, name, { kind: disabled ? 'disable' : 'enable' })) return null;
          const next = copy(turn.world);
          next.accounts[name]!.disabled = disabled;
          renew(next.accounts[name]!);
          return next;
        },
      })),
    ]),
  resetAccount: (turn) =>
    targets.flatMap((name) =>
      (['reset_password', 'reset_factor'] as const).map((kind) => ({
        name: `${kind} of ${name}`,
        next: () => done(turn, name, { kind }, { kind }),
      })),
    ),
  confirmAccountChange: (turn) =>
    turn.world.changes.map((change) => ({
      name: `confirm ${change.kind} of ${change.username}`,
      next: () => {
        const account = turn.world.accounts[change.username]!;
        const to = change.organisation ?? account.organisation;
        const target = { username: change.username, roles: account.roles };
        if (turn.rules.confirmRefusal(turn.user, change, target, within(to, turn.user.organisation))) return null;
        const next = copy(turn.world);
        next.changes = next.changes.filter((c) => c.username !== change.username || c.kind !== change.kind);
        confirmed(turn, next, change.username, change);
        return next;
      },
    })),
  resetPassword: ({ world }) =>
    world.hands.links.map((name) => ({
      name: `set the password of ${name} by the link`,
      next: () => {
        const next = copy(world);
        next.hands.links = next.hands.links.filter((other) => other !== name);
        next.hands.passwords = [...new Set([...next.hands.passwords, name])].sort();
        next.accounts[name]!.password = true;
        renew(next.accounts[name]!);
        return next;
      },
    })),
  confirmFactor: ({ world }) =>
    world.hands.factorLinks
      .filter((name) => world.hands.passwords.includes(name))
      .map((name) => ({
        name: `set up the second factor of ${name} anew`,
        next: () => {
          const next = copy(world);
          next.hands.factorLinks = next.hands.factorLinks.filter((other) => other !== name);
          next.hands.factors = [...new Set([...next.hands.factors, name])].sort();
          Object.assign(next.accounts[name]!, { factor: true, resting: false });
          return next;
        },
      })),
  delegate: ({ world, user }) =>
    Object.keys(world.accounts)
      .filter((name) => {
        const { organisation, roles } = world.accounts[name]!;
        // Only who holds the office delegates it, to a colleague without one (`colleaguesOf`).
        return (
          world.accounts[user.name]!.roles.includes('steward') &&
          organisation === user.organisation &&
          name !== user.name &&
          roles.every((role) => role === 'planner' || role === 'org_admin')
        );
      })
      .map((delegate) => ({
        name: `delegate to ${delegate}`,
        next: () => ({ ...world, delegations: [...world.delegations, { steward: user.name, delegate }] }),
      })),
  endDelegation: ({ world, user }) =>
    world.delegations
      .filter((d) => d.steward === user.name)
      .map((d) => ({
        name: `end the delegation to ${d.delegate}`,
        next: () => ({ ...world, delegations: world.delegations.filter((other) => other !== d) }),
      })),
};
