import type { changeKinds, offices } from '@yutu/contract';
import { roles as every, type Role } from './caller.js';
import { type AccountDeed, type Administered, type Administrator, administrators, type Refusal } from './roles.js';

export type Office = (typeof offices)[number];
export type ChangeKind = (typeof changeKinds)[number];

/** A change of an account that waits for a second person, or that one confirms. */
export interface AccountChange {
  kind: ChangeKind;
  /** Who made it, and as what. */
  by: string;
  office: Office;
  /** What it sets, of its kind; null: nothing of that. */
  roles: readonly Role[] | null;
  organisation: string | null;
  mail: string | null;
}

/** What a confirmation can change of an account. */
export interface AccountState {
  organisation: string;
  roles: readonly Role[];
  mail: string | null;
  confirmed: boolean;
  /** Whether it has a password, or comes by the sign-in service. */
  password: boolean;
}

/**
 * When a change that nobody confirmed has lapsed: what was meant long ago is no longer what is meant now.
 * @param at when it was made
 * @returns ms since the epoch
 */
export const lapsesAt = (at: string, days: number): number => Date.parse(at) + days * 86_400_000;

const holds = (held: readonly Role[], role: Role) => held.includes(role);
const isOffice = (role: Role) => holds(administrators, role);

/** The kind of administrator that somebody is; null: none. */
export const officeOf = (by: Pick<Administrator, 'roles'>): Office | null =>
  (['admin', 'security', 'org_admin'] as const).find((role) => holds(by.roles, role)) ?? null;

/**
 * Whether what somebody does to an account waits for a second person. Rights that are taken away never wait, and neither does a
 * reset whose link goes to the address that was confirmed before: whoever made it gets nothing into their hands.
 * @param mailed whether the link goes there by mail
 */
export function waits(deed: AccountDeed, target: Pick<AccountState, 'roles' | 'mail' | 'confirmed'>, mailed: boolean): boolean {
  switch (deed.kind) {
    case 'create':
    case 'move':
    case 'mail':
      return true;
    case 'roles':
      return deed.roles.some((role) => !holds(target.roles, role));
    case 'reset_password':
    case 'reset_factor':
      return !(mailed && target.mail !== null && target.confirmed);
    default:
      return false;
  }
}

/**
 * Who may confirm or decline a change that waits: somebody who neither made it nor is its account, and is of another kind than its maker,
 * or the organisation's own.
 *
 * | made as | confirmed by |
 * |---|---|
 * | system (admin) | security, org_admin |
 * | security | system, org_admin |
 * | org_admin | system, security, another org_admin |
 * | the command line, the sign-in service | system, security, org_admin |
 *
 * An org_admin confirms within its subtree (that into which somebody moves), and nothing of who holds or gets an administrator's
 * role of the platform; there the auditor may, beside system and security.
 *
 * @param within whether the organisation that the account will be in lies in the subtree of the confirmer's
 * @returns why not, null when they may; `hidden`: they may not know of it
 */
export function confirmRefusal(
  by: Administrator,
  change: AccountChange,
  target: Pick<Administered, 'username' | 'roles'>,
  within: boolean,
): Refusal | null {
  const ofPlatform = [...target.roles, ...(change.roles ?? [])].some(isOffice);
  const kind = (['admin', 'security', 'auditor', 'org_admin'] as const).find(
    (role) => holds(by.roles, role) && (role === 'auditor' ? ofPlatform : role === 'org_admin' ? within && !ofPlatform : true),
  );
  if (kind === undefined) return 'hidden';
  if (by.name === target.username) return 'own_account';
  if (by.name === change.by) return 'own_change';
  return kind === change.office && kind !== 'org_admin' ? 'same_office' : null;
}

/** The account as a confirmed change leaves it, and the link that its person gets now. */
export function afterConfirmation(
  account: AccountState,
  change: AccountChange,
): { account: AccountState; link: 'password' | 'factor' | null } {
  const admits = change.kind === 'create' || change.kind === 'roles' || change.kind === 'move';
  return {
    account: {
      ...account,
      organisation: change.organisation ?? account.organisation,
      roles: change.roles ?? account.roles,
      mail: change.kind === 'mail' ? change.mail : account.mail,
      confirmed: account.confirmed || admits,
    },
    link:
      change.kind === 'reset_factor'
        ? 'factor'
        : change.kind === 'reset_password' || (change.kind === 'create' && change.office !== 'service' && !account.password)
          ? 'password'
          : null,
  };
}

/** What the sign-in service says of somebody. */
export type Said = Pick<AccountState, 'organisation' | 'roles'>;

/**
 * An account as the sign-in service's word leaves it: what it takes away is gone at once, a role that it gives waits, and who is
 * moved waits as a whole: the former organisation's rights would be nobody's to keep.
 * @returns the account, and the kind of what waits; null: nothing does
 */
export function afterSignIn<A extends Pick<AccountState, 'organisation' | 'roles' | 'confirmed'>>(
  account: A,
  said: Said,
): { account: A; waits: 'create' | 'move' | 'roles' | null } {
  const roles = every.filter((role) => holds(said.roles, role));
  const moved = account.organisation !== said.organisation;
  if (!account.confirmed) return { account: { ...account, ...said, roles }, waits: 'create' };
  if (moved) return { account: { ...account, ...said, roles, confirmed: false }, waits: 'move' };
  const kept = roles.filter((role) => holds(account.roles, role));
  if (kept.length === roles.length) return { account: { ...account, roles }, waits: null };
  return kept.length > 0
    ? { account: { ...account, roles: kept }, waits: 'roles' }
    : { account: { ...account, roles, confirmed: false }, waits: 'move' };
}

/**
 * Whether the machine makes and resets an account without a second person: the three administrators themselves, until all three are
 * there and have signed in. Before that nobody could confirm.
 * @param signedIn the offices whose holders have signed in
 */
export const isBootstrap = (roles: readonly Role[], signedIn: readonly Role[]): boolean =>
  roles.every(isOffice) && administrators.some((role) => !holds(signedIn, role));
