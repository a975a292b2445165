import type { Role } from './caller.js';

/** The person behind a credential, as they are now. */
export interface Person {
  username: string;
  organisation: string;
  roles: readonly Role[];
  demo: boolean;
  disabled: boolean;
  /** A second person has confirmed the account. */
  confirmed: boolean;
  /** The second factor was reset and is not set up anew: the account has no rights until then. */
  resting: boolean;
  /** The account's security stamp: it rises whenever what the person holds must end, also when they leave the organisation or an office. */
  stamp: number;
}

export type CredentialKind = 'session' | 'preview' | 'key' | 'certificate' | 'signed' | 'embed';

/** What a credential says of who is behind it. */
export interface Bond {
  kind: CredentialKind;
  /** The office for which it was made; null: whichever the person has (sessions, previews). */
  organisation: string | null;
  /** The person's security stamp when it was made, or last confirmed. */
  stamp: number;
  /** Limited to no layers: only those who answer for their organisation's data hold such keys. */
  everyLayer: boolean;
}

/** Why a credential has ended though it was neither revoked nor is over. */
export type Ended =
  | 'nobody'
  | 'disabled'
  | 'unconfirmed'
  | 'resting'
  | 'demonstration'
  | 'ended_by_person'
  | 'moved'
  | 'office_lost';

/** Whether these roles answer for their organisation's data. */
export const answersForData = (roles: readonly Role[]): boolean => roles.includes('steward') || roles.includes('org_admin');

/**
 * Whether a credential still stands: judged by the present state of the person and the office behind it, on every use and for every kind.
 * The one place where this is decided; docs/security.md has the table.
 * @param person null: there is none
 * @param demo whether the instance runs as a demonstration
 * @returns null while it stands
 */
export function endedBy(bond: Bond, person: Person | null, demo: boolean): Ended | null {
  if (!person) return 'nobody';
  if (person.disabled) return 'disabled';
  // A session says that it waits for it (`accountOfSession`).
  if (!person.confirmed && bond.kind !== 'session') return 'unconfirmed';
  if (person.resting) return 'resting';
  if (person.demo && !demo) return 'demonstration';
  if (bond.organisation !== null && person.organisation !== bond.organisation) return 'moved';
  const office = bond.kind === 'certificate' || (bond.kind === 'key' && bond.everyLayer);
  if (office && !answersForData(person.roles)) return 'office_lost';
  // Last, for the others say why it rose, as long as that lasts.
  return person.stamp === bond.stamp ? null : 'ended_by_person';
}

/** The person of an account in SQL, as one JSON value; null where the left join found none. @param a the account's alias */
export const personSql = (a: string): string => `case when ${a}.username is not null then jsonb_build_object(
  'username', ${a}.username, 'organisation', ${a}.organisation, 'roles', to_jsonb(${a}.roles), 'demo', ${a}.demo,
  'disabled', ${a}.disabled, 'confirmed', ${a}.confirmed_at is not null, 'resting', ${a}.factor_link_hash is not null, 'stamp', ${a}.security_stamp) end`;

/** The person who answers for a credential and the stamp it was made under, as columns. @param c the alias of its table */
export const bondColumns = (c: string): string =>
  `${c}.holder, ${c}.stamp, (select ${personSql('a')} from yutu.account a where a.username = ${c}.holder) as person`;

/** What a credential was made under, in SQL: the present stamp of an account. @param name the parameter that holds its name */
export const stampOf = (name: string): string => `(select security_stamp from yutu.account where username = ${name})`;
