import type { GrantFacts } from '../../server/src/access/grants.js';
import type { Organisation } from '../../server/src/catalogue/organisations.js';
import { exampleLayer } from '../../server/src/catalogue/testing.js';
import type { Role } from '../../server/src/identity/caller.js';
import type { AccountChange } from '../../server/src/identity/confirmation.js';
import type { Addressee } from '../../server/src/requests/grant.js';
import type { AgreementFacts } from '../../server/src/requests/rules.js';

/** A small world: two departments, the data authority, three layers and one of everything that gives sight. Plain data, so that equal states are merged. */
export interface Account {
  organisation: string;
  roles: Role[];
  confirmed: boolean;
  disabled: boolean;
  password: boolean;
  /** Whether a second factor is set up. */
  factor: boolean;
  /** The second factor was reset and is not set up anew. */
  resting: boolean;
  stamp: number;
}

export interface Key {
  organisation: string;
  holder: string | null;
  layers: string[] | null;
  stamp: number;
  offeredTo: string | null;
}

export type Grant = Pick<GrantFacts, 'layer' | 'subjectKind' | 'subject' | 'grantee' | 'actions' | 'fields'> & {
  to: Addressee;
  active: boolean;
  agreement: string | null;
};

export interface World {
  accounts: Record<string, Account>;
  changes: (AccountChange & { username: string })[];
  keys: Record<string, Key>;
  grants: Grant[];
  agreements: Record<string, Omit<AgreementFacts, 'to' | 'owners'>>;
  requests: Record<string, { layer: string; applicant: string; organisation: string; status: 'submitted' | 'decided' }>;
  delegations: { steward: string; delegate: string }[];
  /** Organisations that have drawn too much: `organisation layer`. */
  stopped: string[];
  /** What is in the actor's hands: passwords, second factors, links not yet used, keys whose present secret is known. */
  hands: { passwords: string[]; factors: string[]; links: string[]; factorLinks: string[]; secrets: string[] };
}

const organisation = (id: string, kind: Organisation['kind']): Organisation => ({
  id,
  kind,
  parent: null,
  titleZh: id,
  titleEn: id,
  division: null,
  line: null,
});
export const organisations = new Map(
  [organisation('alpha', 'department'), organisation('beta', 'department'), organisation('authority', 'authority')].map((o) => [
    o.id,
    o,
  ]),
);

/** One closed layer with a personal field, one that may not be discovered, and one of the other department. */
export const layers = [
  exampleLayer({ id: 'closed', owner: 'alpha' }),
  exampleLayer({ id: 'hidden', owner: 'alpha', discoverable: false }),
  exampleLayer({ id: 'rivers', owner: 'beta' }),
];
export const layerOf = (id: string) => layers.find((l) => l.id === id)!;

const account = (organisation: string, ...roles: Role[]): Account => ({
  organisation,
  roles,
  confirmed: true,
  disabled: false,
  password: true,
  factor: roles.some((role) => role !== 'planner'),
  resting: false,
  stamp: 0,
});

export const toOrganisation = (id: string): Addressee => ({ kind: 'organisation', id, grantee: id });
export const given = (layer: string, to: Addressee, fields: Grant['fields'], more: Partial<Grant> = {}): Grant => ({
  layer,
  to,
  subjectKind: to.kind,
  subject: to.id === null ? to.kind : `${to.kind}:${to.id}`,
  grantee: to.grantee,
  actions: ['view', 'query', 'download', 'api'],
  fields,
  active: true,
  agreement: null,
  ...more,
});

const code = [{ name: 'code', form: 'value' as const }];
const holder = { name: 'holder', form: 'value' as const };
const toKey = (id: string): Addressee => ({ kind: 'key', id, grantee: 'beta' });
const keyOf = (organisation: string, holder: string): Key => ({ organisation, holder, layers: null, stamp: 0, offeredTo: null });

export const start: World = {
  accounts: {
    'planner-a': account('alpha', 'planner'),
    'steward-a': account('alpha', 'steward'),
    'org-a': account('alpha', 'org_admin'),
    'planner-b': account('beta', 'planner'),
    'deputy-b': account('beta', 'planner'),
    'steward-b': account('beta', 'steward'),
    'org-b': account('beta', 'org_admin'),
    admin: account('authority', 'admin'),
    security: account('authority', 'security'),
    auditor: account('authority', 'auditor'),
  },
  changes: [],
  keys: {
    // The steward made it, and a grant names it: it shows more than its organisation sees.
    named: keyOf('beta', 'steward-b'),
    // Its holder was steward when it was made, and is no more.
    lost: keyOf('beta', 'planner-b'),
    // Its holder has gone to the other department since.
    former: keyOf('beta', 'planner-a'),
  },
  grants: [
    given('closed', toOrganisation('beta'), code),
    given('closed', toKey('named'), [...code, holder]),
    given('closed', toKey('lost'), [...code, holder]),
    given('hidden', toKey('lost'), code),
    given('closed', toOrganisation('authority'), code),
  ],
  agreements: {},
  requests: { theirs: { layer: 'closed', applicant: 'planner-b', organisation: 'beta', status: 'submitted' } },
  delegations: [{ steward: 'steward-b', delegate: 'deputy-b' }],
  stopped: ['authority closed'],
  hands: { passwords: [], factors: [], links: [], factorLinks: [], secrets: [] },
};

const each = <T extends object>(of: Record<string, T>): Record<string, T> =>
  Object.fromEntries(Object.entries(of).map(([name, one]) => [name, { ...one }]));

/** A world to be changed: its lists and records are new, what they hold is replaced as a whole. */
export const copy = (w: World): World => ({
  accounts: each(w.accounts),
  changes: [...w.changes],
  keys: each(w.keys),
  grants: [...w.grants],
  agreements: each(w.agreements),
  requests: each(w.requests),
  delegations: [...w.delegations],
  stopped: [...w.stopped],
  hands: {
    passwords: [...w.hands.passwords],
    factors: [...w.hands.factors],
    links: [...w.hands.links],
    factorLinks: [...w.hands.factorLinks],
    secrets: [...w.hands.secrets],
  },
});

/** The world with one person's own credentials in their hands, or one key alone. */
export const inHandsOf = (actor: string): World => {
  const world = copy(start);
  if (actor in world.keys) world.hands.secrets.push(actor);
  else {
    world.hands.passwords.push(actor);
    world.hands.factors.push(actor);
    // Who made a key was told its secret.
    for (const [id, { holder }] of Object.entries(world.keys)) if (holder === actor) world.hands.secrets.push(id);
  }
  return world;
};
export const actors = [...Object.keys(start.accounts), ...Object.keys(start.keys)];

/** Equal for worlds that differ in nothing that matters: order, and stamps but for whether a key is of the present one. */
export function nameOf({ accounts, keys, grants, ...rest }: World): string {
  const people = Object.entries(accounts).map(([name, { stamp: _, ...account }]) => [name, account]);
  const standing = Object.entries(keys).map(([id, { stamp, ...key }]) => [id, key, stamp === accounts[key.holder ?? '']?.stamp]);
  return JSON.stringify([people.sort(), standing.sort(), grants.map((g) => JSON.stringify(g)).sort(), rest]);
}
