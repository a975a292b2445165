import { type Caller, hasRole, holdsOffice } from '../identity/caller.js';

/**
 * Why a person may not let an organisation draw on: the owner's steward in person answers for its layer, the security administrator for the platform, but for
 * the own organisation neither; an auditor only looks on.
 */
export function liftRefusal(user: Caller, owner: string, organisation: string): 'role' | 'gives_to_self' | null {
  if (!holdsOffice(user, owner) && !hasRole(user, 'security')) return 'role';
  return user.organisation === organisation ? 'gives_to_self' : null;
}
