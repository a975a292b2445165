import { subjectsOf } from '../../server/src/access/subject.js';
import { emptyInstance } from '../../server/src/catalogue/catalogue.js';
import { membershipOf } from '../../server/src/catalogue/subjects.js';
import { anonymous, type Caller } from '../../server/src/identity/caller.js';
import { callerOfSession } from '../../server/src/identity/sessions.js';
import type { Person } from '../../server/src/identity/standing.js';
import type { Ties } from '../../server/src/requests/persons.js';
import type { Rules } from './rules.js';
import { type Key, layers, organisations, type World } from './world.js';

export type User = Extract<Caller, { kind: 'user' }>;

/** The steward in whose place somebody acts (the query of `accountOfSession`, in short). */
export function stewardFor(world: World, name: string): string | null {
  const own = world.accounts[name]!;
  if (!own.roles.every((role) => role === 'planner' || role === 'org_admin')) return null;
  const found = world.delegations.find((d) => {
    const steward = world.accounts[d.steward]!;
    return (
      d.delegate === name && !steward.disabled && steward.roles.includes('steward') && steward.organisation === own.organisation
    );
  });
  return found?.steward ?? null;
}

/** The person behind a credential, as the server's rules take them. */
const personOf = (world: World, name: string | null): Person | null => {
  const account = name === null ? undefined : world.accounts[name];
  return account ? { username: name!, demo: false, ...account } : null;
};

/** Who somebody is once signed in; null when the actor cannot sign in as them, or the account waits for a second person. */
export function signedIn(rules: Rules, world: World, name: string): User | null {
  const account = world.accounts[name]!;
  if (!world.hands.passwords.includes(name) || !account.confirmed) return null;
  const factor = account.factor && !world.hands.factors.includes(name);
  // A factor that is not set up yet is set up by whoever comes first.
  if (factor && rules.needsFactor('deciders', { ...account, demo: false })) return null;
  const session = { kind: 'session', organisation: null, stamp: account.stamp, everyLayer: false } as const;
  if (rules.endedBy(session, personOf(world, name), false)) return null;
  const actingFor = stewardFor(world, name);
  const roles = actingFor === null ? account.roles : [...account.roles, 'steward' as const];
  const { organisation } = account;
  const row = { username: name, organisation, roles, actingFor, demo: false, until: 0 };
  return callerOfSession(row) as User;
}

const keyCaller = (id: string, key: Key): Caller => ({
  kind: 'key',
  name: `key:${id}`,
  organisation: key.organisation,
  roles: [],
  scope: key.layers,
  actions: null,
  keyId: id,
});

/** Everybody as whom the actor can come: the public, accounts and keys in hand. */
export function callersOf(rules: Rules, world: World): Caller[] {
  const people = world.hands.passwords.map((name) => signedIn(rules, world, name));
  const keys = Object.entries(world.keys).map(([id, key]) => {
    const { organisation, stamp, layers, holder } = key;
    const ended = rules.endedBy(
      { kind: 'key', organisation, stamp, everyLayer: layers === null },
      personOf(world, holder),
      false,
    );
    return world.hands.secrets.includes(id) && ended === null ? keyCaller(id, key) : null;
  });
  return [anonymous, ...people, ...keys].filter((caller) => caller !== null);
}

/** The server's decision for a caller of this world. */
export function accessOf(rules: Rules, world: World, caller: Caller, layer: (typeof layers)[number]) {
  const membership = membershipOf(organisations, caller.organisation);
  const subjects = subjectsOf(caller, membership);
  const grants = world.grants.flatMap((g, i) =>
    g.active && subjects.includes(g.subject)
      ? [
          {
            ...g,
            id: String(i),
            rows: null,
            area: null,
            jurisdiction: null,
            maxZoom: null,
            precision: null,
            hasQuota: false,
            from: 0,
            until: Number.POSITIVE_INFINITY,
          },
        ]
      : [],
  );
  const holds = {
    version: 0,
    deaf: false,
    exhausted: () => false,
    extraction: (o: string, l: string) => (world.stopped.includes(`${o} ${l}`) ? ('stop' as const) : ('none' as const)),
  };
  return rules.decide({ caller, grants, caps: emptyInstance.levels[layer.securityLevel], holds }, layer, 1);
}

/** What a steward's share, decision and confirmation are tied to (the query of `tiesOf`, in short). */
export function tiesOf(world: World, user: User): Ties {
  const standIns = world.delegations.flatMap(({ steward, delegate }) =>
    steward === user.name ? [delegate] : delegate === user.name ? [steward] : [],
  );
  const keys = Object.entries(world.keys).flatMap(([id, { holder }]) =>
    holder !== null && [user.name, ...standIns].includes(holder) ? [id] : [],
  );
  return { membership: membershipOf(organisations, user.organisation), standIns, keys };
}

/** All that the actor sees with anything in hand: `layer` for its features, `layer.field form` for each field. */
export function sightOf(rules: Rules, world: World): Set<string> {
  const seen = new Set<string>();
  for (const caller of callersOf(rules, world))
    for (const layer of layers)
      for (const view of accessOf(rules, world, caller, layer).views) {
        seen.add(layer.id);
        // Who sees a value sees its code and its mask in it.
        for (const [field, form] of view.fields)
          for (const seenAs of form === 'value' ? ['value', 'masked', 'code'] : [form])
            seen.add(`${layer.id}.${field} ${seenAs}`);
      }
  return seen;
}
