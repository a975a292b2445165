/** Roles within an organisation (planner, steward, org_admin) and on the platform: the three administrators apart (system, security, audit). */
export const roles = ['planner', 'steward', 'org_admin', 'admin', 'security', 'auditor'] as const;
export type Role = (typeof roles)[number];

/** Who is asking. A key acts for its organisation, within its scope; an anonymous caller has no organisation. */
export type Caller =
  | { kind: 'anonymous'; name: null; organisation: null; roles: readonly Role[]; scope: null; keyId: null }
  | { kind: 'user'; name: string; organisation: string; roles: readonly Role[]; scope: null; keyId: null }
  | { kind: 'key'; name: string; organisation: string; roles: readonly Role[]; scope: readonly string[] | null; keyId: string };

export const anonymous: Caller = { kind: 'anonymous', name: null, organisation: null, roles: [], scope: null, keyId: null };

export const hasRole = (caller: Caller, ...any: Role[]): boolean => any.some((r) => caller.roles.includes(r));

/** True for a signed-in steward of the organisation. Keys decide nothing. */
export const isStewardOf = (caller: Caller, organisation: string): boolean =>
  caller.kind === 'user' && caller.organisation === organisation && caller.roles.includes('steward');

/** How the ledger names the way in. */
export const viaOf = (caller: Caller): 'session' | 'key' | 'anonymous' =>
  caller.kind === 'user' ? 'session' : caller.kind === 'key' ? 'key' : 'anonymous';
