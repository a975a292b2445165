import { type Role, roles } from './caller.js';

/** The three administrators (三员): system, security, audit. */
export const administrators = ['admin', 'security', 'auditor'] as const satisfies readonly Role[];
/** What an organisation's administrator may give. */
export const organisationRoles = ['planner', 'steward', 'org_admin'] as const satisfies readonly Role[];

const isOneOf = (of: readonly Role[], role: Role) => of.includes(role);
const onlyOf = (of: readonly Role[], held: readonly Role[]) => held.every((role) => isOneOf(of, role));

/** Whether one account may hold these together: one of the three administrators holds that role and no other. */
export const compatible = (held: readonly Role[]): boolean =>
  held.length > 0 && new Set(held).size === held.length && (onlyOf(organisationRoles, held) || held.length === 1);

/** Roles in the order of their list, each once. */
export const inOrder = (held: readonly Role[]): Role[] => roles.filter((role) => held.includes(role));

/** Whose sign-in needs a second factor. */
export type FactorPolicy = 'off' | 'deciders' | 'all';

/** Whether an account must give a code. Demonstration accounts have public passwords: a code would protect nothing. */
export const needsFactor = (policy: FactorPolicy, account: { roles: readonly Role[]; demo: boolean }): boolean =>
  !account.demo && (policy === 'all' || (policy === 'deciders' && account.roles.some((role) => role !== 'planner')));

export interface Administrator {
  name: string;
  organisation: string;
  roles: readonly Role[];
}

export interface Administered {
  username: string;
  organisation: string;
  roles: readonly Role[];
  demo: boolean;
  /** Whether a second factor is confirmed. */
  factor: boolean;
  /** Whether a second person has confirmed the account. */
  confirmed: boolean;
}

export type AccountDeed =
  | { kind: 'look' }
  | { kind: 'create'; roles: readonly Role[] }
  | { kind: 'rename' }
  /** To another organisation; `within`: whether that lies in the administrator's subtree, too. */
  | { kind: 'move'; within: boolean }
  | { kind: 'mail' }
  | { kind: 'roles'; roles: readonly Role[] }
  | { kind: 'disable' }
  | { kind: 'enable' }
  | { kind: 'unlock' }
  | { kind: 'reset_password' }
  | { kind: 'reset_factor' };

/** Why somebody may not do something to an account; `hidden`: they may not know of it. */
export type Refusal =
  | 'hidden'
  | 'own_account'
  | 'demo_account'
  | 'roles_exclude'
  | 'not_yours_to_do'
  | 'role_not_given'
  | 'needs_factor'
  /** The account itself waits to be confirmed. */
  | 'unconfirmed'
  /** Of a confirmation: one's own deed, or that of one's own kind. */
  | 'own_change'
  | 'same_office';

/** What is not done to an account before it is confirmed: there would be two changes to judge, and one to see. */
const settled = ['move', 'mail', 'roles', 'reset_password', 'reset_factor'] as const satisfies readonly AccountDeed['kind'][];
const needsConfirmed = (deed: AccountDeed) => (settled as readonly string[]).includes(deed.kind);

/**
 * Who may do what to whose account: the one place where this is decided. Nobody can give themselves rights, and nobody alone can get into
 * another's account with a second factor: the password is reset by one administrator, the factor by another. What gives rights or a way
 * in takes effect once somebody else has confirmed it: `confirmation.ts`.
 *
 * | | system (admin) | security | organisation's (org_admin), in its subtree |
 * |---|---|---|---|
 * | create | planner | – | planner, steward, org_admin |
 * | roles | – | any | planner, steward, org_admin, of who holds no other |
 * | rename, move, address of mail, disable, enable, unlock, reset the password | yes | – | of who holds no other role than those; moves within it |
 * | reset the second factor | – | yes | – |
 *
 * @param within whether the target's organisation lies in the subtree of the administrator's
 */
export const refusal = (by: Administrator, deed: AccountDeed, target: Administered, within: boolean): Refusal | null =>
  notAllowed(by, deed, target, within) ?? (!target.confirmed && needsConfirmed(deed) ? 'unconfirmed' : null);

function notAllowed(by: Administrator, deed: AccountDeed, target: Administered, within: boolean): Refusal | null {
  const own = by.roles.includes('org_admin') && within;
  if (!by.roles.includes('admin') && !by.roles.includes('security') && !own) return 'hidden';
  if (deed.kind === 'look') return null;
  if (by.name === target.username) return 'own_account';
  if (target.demo) return 'demo_account';
  if ((deed.kind === 'roles' || deed.kind === 'create') && !compatible(deed.roles)) return 'roles_exclude';
  if (by.roles.includes('security')) return deed.kind === 'roles' || deed.kind === 'reset_factor' ? null : 'not_yours_to_do';
  if (deed.kind === 'reset_factor') return 'not_yours_to_do';
  if (by.roles.includes('admin')) {
    if (deed.kind === 'roles') return 'not_yours_to_do';
    if (deed.kind === 'create') return onlyOf(['planner'], deed.roles) ? null : 'role_not_given';
    // Without a second factor the link alone would open an account that gives rights or reads the log.
    const guarded = target.roles.some((role) => role === 'security' || role === 'auditor');
    return deed.kind === 'reset_password' && guarded && !target.factor ? 'needs_factor' : null;
  }
  const given = deed.kind === 'roles' || deed.kind === 'create' ? deed.roles : [];
  if (deed.kind !== 'create' && !onlyOf(organisationRoles, target.roles)) return 'not_yours_to_do';
  if (deed.kind === 'move' && !deed.within) return 'not_yours_to_do';
  return onlyOf(organisationRoles, given) ? null : 'role_not_given';
}
