import { type Caller, hasRole, isStewardOf, namesOf, ownRoles, type Role } from '../identity/caller.js';
import { answersForData } from '../identity/standing.js';
import type { Addressee } from './grant.js';
import { isAmong, isSamePerson, isToOneself, type Ties } from './persons.js';

type User = Extract<Caller, { kind: 'user' }>;

/**
 * Who may give and decide: the one place where this is decided, pure over what is given. What nobody may do alone takes two persons,
 * and who gives what is not their organisation's own is never among those who get.
 *
 * | | who | who not |
 * |---|---|---|
 * | share | stewards of the layers' owner | to oneself: person, stand-in, own key |
 * | open an emergency | who is on duty for every layer | who is among those who get, with the whole organisation |
 * | open it again | who did not open one that waits, or that nobody confirmed (`emergency.ts`) | the opener, a stand-in |
 * | confirm it in time | who is on duty for one of its layers | the opener, a stand-in; who is among those who get |
 * | review it | auditor, security | opener, confirmer, a stand-in of either |
 * | sign a pair | stewards of the other side | who made it, a stand-in |
 * | end an agreement | stewards of a party, security | – |
 * | edit and submit a request | its applicant, a delegate in that place | – |
 * | withdraw it | these; once submitted the organisation's stewards and administrators | – |
 * | decide a request, ask for an extension | stewards of the layer's owner | the applicant, a stand-in, the applicant's organisation |
 * | agree to an extension | the data authority: security | who asked, a stand-in; the owner's and the applicant's organisation |
 */
export type Refusal = 'role' | 'not_on_duty' | 'gives_to_self' | 'same_person' | 'state';

/** Whom the instance names as on duty: `person:<name>`, `role:<role>` or `role:<role>@<organisation>`. */
export type Duty = readonly string[];

/**
 * Whether a person may give this owner's layers in an emergency. A steward's duty is the organisation's own layers, anybody else's every
 * layer. Who acts in another's place is on no duty.
 */
export function isOnDuty(user: User, duty: Duty, owner: string): boolean {
  const named = (role: Role) => duty.includes(`role:${role}`) || duty.includes(`role:${role}@${user.organisation}`);
  if (user.actingFor !== undefined) return false;
  if (duty.includes(`person:${user.name}`)) return true;
  return ownRoles(user).some((role) => named(role) && (role !== 'steward' || user.organisation === owner));
}

/** Why a person may not give layers of these owners. */
export function giverRefusal(user: User, kind: string, owners: readonly string[], duty: Duty): Refusal | null {
  if (kind === 'emergency') return owners.every((owner) => isOnDuty(user, duty, owner)) ? null : 'not_on_duty';
  return owners.every((owner) => isStewardOf(user, owner)) ? null : 'role';
}

/** Why a person who may give may not give to these: an emergency to nobody near, one's own layers to nobody who is oneself. */
export const getterRefusal = (user: User, kind: string, to: Addressee, ties: Ties): Refusal | null =>
  (kind === 'emergency' ? isAmong : isToOneself)(user, ties, to) ? 'gives_to_self' : null;

export type Step = 'sign' | 'confirm' | 'review' | 'end';

/** An agreement as its next steps depend on it. */
export interface AgreementFacts {
  kind: 'base' | 'theme' | 'pair' | 'emergency';
  partyA: string;
  partyB: string | null;
  madeBy: string;
  signedAt: string | null;
  endedAt: string | null;
  /** Until when an emergency must be confirmed; null: it needs no confirmation. */
  confirmBy: string | null;
  confirmedBy: string | null;
  reviewedAt: string | null;
  /** Whom its grants address, and who owns their layers. */
  to: readonly Addressee[];
  owners: readonly string[];
}

/** Whether an emergency ended because nobody confirmed it in time. @param now ms since the epoch */
export const hasLapsed = (a: Pick<AgreementFacts, 'confirmBy' | 'confirmedBy'>, now: number): boolean =>
  a.confirmBy !== null && a.confirmedBy === null && Date.parse(a.confirmBy) <= now;

/** Why a person may not take the next step of an agreement. @param now ms since the epoch */
export function stepRefusal(step: Step, a: AgreementFacts, user: User, ties: Ties, duty: Duty, now: number): Refusal | null {
  const over = a.endedAt !== null || hasLapsed(a, now);
  switch (step) {
    case 'sign':
      if (a.kind !== 'pair' || a.signedAt !== null || over) return 'state';
      if (!isStewardOf(user, a.partyB!)) return 'role';
      return isSamePerson(user, ties, a.madeBy) ? 'same_person' : null;
    case 'confirm':
      if (a.kind !== 'emergency' || a.confirmBy === null || a.confirmedBy !== null || over) return 'state';
      if (!a.owners.some((owner) => isOnDuty(user, duty, owner))) return 'not_on_duty';
      if (isSamePerson(user, ties, a.madeBy)) return 'same_person';
      return a.to.some((to) => isAmong(user, ties, to)) ? 'gives_to_self' : null;
    case 'review':
      if (a.kind !== 'emergency' || a.reviewedAt !== null) return 'state';
      if (!hasRole(user, 'auditor', 'security')) return 'role';
      return isSamePerson(user, ties, a.madeBy) || isSamePerson(user, ties, a.confirmedBy) ? 'same_person' : null;
    case 'end':
      if (over) return 'state';
      return [a.partyA, a.partyB].some((o) => o !== null && isStewardOf(user, o)) || hasRole(user, 'security') ? null : 'role';
  }
}

/** Why a person may not change a request of their organisation: what is asked is its applicant's, or who acts in that person's place. */
export function changeRefusal(
  user: User,
  deed: 'edit' | 'submit' | 'withdraw',
  request: { applicant: string; organisation: string; submittedAt: string | null },
): Refusal | null {
  if (request.organisation !== user.organisation) return 'role';
  if (namesOf(user).includes(request.applicant)) return null;
  return deed === 'withdraw' && request.submittedAt !== null && answersForData(ownRoles(user)) ? null : 'role';
}

/** Why a person may not decide a request for a layer of this owner. */
export function decisionRefusal(
  user: User,
  request: { applicant: string; organisation: string },
  owner: string,
  ties: Pick<Ties, 'standIns'>,
): Refusal | null {
  if (!isStewardOf(user, owner)) return 'role';
  return request.organisation === user.organisation || isSamePerson(user, ties, request.applicant) ? 'same_person' : null;
}

/** Why a person may not answer for the data authority whether the time to answer a request is extended. */
export function extensionRefusal(
  user: User,
  request: { applicant: string; organisation: string; askedBy: string },
  owner: string,
  ties: Pick<Ties, 'standIns'>,
): Refusal | null {
  if (!hasRole(user, 'security')) return 'role';
  if (user.organisation === owner || user.organisation === request.organisation) return 'same_person';
  return [request.askedBy, request.applicant].some((one) => isSamePerson(user, ties, one)) ? 'same_person' : null;
}
