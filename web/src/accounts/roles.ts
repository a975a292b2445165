import type { Role } from '../api/types';

export const ROLES: Role[] = ['planner', 'steward', 'org_admin', 'admin', 'security', 'auditor'];
const OF_ORGANISATIONS: Role[] = ['planner', 'steward', 'org_admin'];

/** What somebody with these roles may give; the server has the last word. */
export function givable(own: readonly Role[], creating: boolean): Role[] {
  if (own.includes('security')) return creating ? [] : ROLES;
  if (own.includes('admin')) return creating ? ['planner'] : [];
  return own.includes('org_admin') ? OF_ORGANISATIONS : [];
}

/** The roles after one is ticked or unticked: each of the three administrators stands alone. */
export function toggled(held: readonly Role[], role: Role): Role[] {
  if (held.includes(role)) return held.filter((r) => r !== role);
  if (!OF_ORGANISATIONS.includes(role)) return [role];
  return ROLES.filter((r) => OF_ORGANISATIONS.includes(r) && (r === role || held.includes(r)));
}
