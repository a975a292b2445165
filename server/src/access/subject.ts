import type { Membership, SubjectKind } from '../catalogue/subjects.js';
import { type Caller, ownRoles } from '../identity/caller.js';

/** Names a subject of grants: its kind and, but for `public` and `any_organisation`, which one. */
export const subjectKey = (kind: SubjectKind, subject: string | null): string => (subject === null ? kind : `${kind}:${subject}`);

/**
 * All subjects that a caller is: grants to any of them are the caller's. A key acts for its organisation, in no role and as no person.
 */
export function subjectsOf(caller: Caller, membership: Membership): string[] {
  const keys = [subjectKey('public', null)];
  if (caller.kind === 'anonymous') return keys;
  const { organisation } = caller;
  keys.push(subjectKey('any_organisation', null), subjectKey('organisation', organisation));
  for (const above of membership.ancestors) keys.push(subjectKey('subtree', above));
  if (membership.line !== null) keys.push(subjectKey('line', membership.line));
  if (caller.kind === 'key') return [...keys, subjectKey('key', caller.keyId)];
  for (const role of ownRoles(caller)) keys.push(subjectKey('role', role), subjectKey('role', `${role}@${organisation}`));
  return [...keys, subjectKey('person', caller.name)];
}
