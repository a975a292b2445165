import { type Role, roles } from '@yutu/contract';

export { type Role, roles };

/** A layer as somebody else would see it. */
export interface Preview {
  layer: string;
  as: Caller;
  /** A grant that is not given yet, as `access` wrote it down. */
  draft: unknown;
}

/** Who is asking. A key or certificate acts for its organisation, within its scope; an anonymous caller has no organisation. */
export type Caller =
  | { kind: 'anonymous'; name: null; organisation: null; roles: readonly Role[]; scope: null; keyId: null }
  | {
      kind: 'user';
      name: string;
      organisation: string;
      roles: readonly Role[];
      scope: null;
      keyId: null;
      /** Looks at one of the own organisation's layers as somebody else would. */
      preview?: Preview;
      /** The absent steward in whose place the person acts. */
      actingFor?: string;
    }
  | {
      /** A department system, by its key or its certificate. */
      kind: 'key';
      name: string;
      organisation: string;
      roles: readonly Role[];
      scope: readonly string[] | null;
      /** What it may be used for; absent or null: whatever its organisation may do. */
      actions?: readonly string[] | null;
      keyId: string;
      /** The person who answers for it. */
      holder?: string;
      certificate?: true;
    };

export const anonymous: Caller = { kind: 'anonymous', name: null, organisation: null, roles: [], scope: null, keyId: null };

export const hasRole = (caller: Caller, ...any: Role[]): boolean => any.some((r) => caller.roles.includes(r));

/**
 * The roles that are the caller's own. Who acts for an absent steward decides, revokes and shares in that steward's place, and no more:
 * editing, declared updates, lifted limits, keys, certificates and grants to stewards stay with those who hold the office.
 */
export const ownRoles = (caller: Caller): readonly Role[] =>
  caller.kind === 'user' && caller.actingFor !== undefined ? caller.roles.filter((role) => role !== 'steward') : caller.roles;

/** The names in which a person acts: their own, and the absent steward's. */
export const namesOf = (user: Extract<Caller, { kind: 'user' }>): string[] => [
  user.name,
  ...(user.actingFor === undefined ? [] : [user.actingFor]),
];

/** True for a signed-in steward of the organisation. Keys decide nothing. */
export const isStewardOf = (caller: Caller, organisation: string): boolean =>
  caller.kind === 'user' && caller.organisation === organisation && caller.roles.includes('steward');

/** True for a steward of the organisation in person: what a delegation does not pass on. */
export const holdsOffice = (caller: Caller, organisation: string): boolean =>
  isStewardOf(caller, organisation) && ownRoles(caller).includes('steward');

/** For the log, of a steward's deed: in whose place it was done, if in somebody's. */
export const mandateOf = (caller: Caller): { for?: string } =>
  caller.kind === 'user' && caller.actingFor !== undefined ? { for: caller.actingFor } : {};

/** How the ledger names the way in. */
export function viaOf(caller: Caller): 'session' | 'key' | 'certificate' | 'anonymous' {
  if (caller.kind === 'key') return caller.certificate ? 'certificate' : 'key';
  return caller.kind === 'user' ? 'session' : 'anonymous';
}

/** Any signed-in member of an organisation in these roles, as far as decisions go: nobody in person. */
export const memberOf = (organisation: string, roles: Role[] = []): Extract<Caller, { kind: 'user' }> => ({
  kind: 'user',
  name: '',
  organisation,
  roles,
  scope: null,
  keyId: null,
});
