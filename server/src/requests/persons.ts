import type { Membership } from '../catalogue/subjects.js';
import type { Caller } from '../identity/caller.js';
import type { Addressee } from './grant.js';

type User = Extract<Caller, { kind: 'user' }>;

/** What binds a person to what is given: where the organisation stands, who acts in whose place, and the keys in those hands. */
export interface Ties {
  membership: Membership;
  /** Persons in whose place this one acts, or who act in this one's, now or from a day to come. */
  standIns: readonly string[];
  /** Ids of the keys that this person or a stand-in answers for. */
  keys: readonly string[];
}

/** Whether they are one person as far as two are needed: the same account, or one that stands in for the other. */
export const isSamePerson = (user: User, { standIns }: Pick<Ties, 'standIns'>, other: string | null): boolean =>
  other !== null && (other === user.name || other === user.actingFor || standIns.includes(other));

/** Whether a grant would be to the giver in person: the account, a stand-in, or a key of either. */
export const isToOneself = (user: User, ties: Ties, to: Addressee): boolean =>
  (to.kind === 'person' && isSamePerson(user, ties, to.id)) || (to.kind === 'key' && ties.keys.includes(to.id!));

/** Whether the giver, the giver's organisation or anything in either's hands is among those who would get. */
export function isAmong(user: User, ties: Ties, to: Addressee): boolean {
  const { membership } = ties;
  switch (to.kind) {
    case 'public':
    case 'any_organisation':
      return true;
    case 'subtree':
      return membership.ancestors.includes(to.id!);
    case 'line':
      return membership.line === to.id;
    case 'role':
      return to.grantee === null || to.grantee === user.organisation;
    case 'organisation':
    case 'person':
    case 'key':
      return to.grantee === user.organisation || isToOneself(user, ties, to);
  }
}
