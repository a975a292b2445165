import type { Organisation } from './organisations.js';

export type { SubjectKind } from '@yutu/contract';

/** What decisions need to know of the caller's organisation. */
export interface Membership {
  /** The organisation and those above it, nearest first. */
  ancestors: readonly string[];
  line: string | null;
  /** Code of the division it answers for: its own, or that of the nearest organisation above that has one. */
  division: string | null;
}

const NOBODY: Membership = { ancestors: [], line: null, division: null };

/** Where an organisation stands in the tree. A ring of parents ends where it began. */
export function membershipOf(organisations: ReadonlyMap<string, Organisation>, id: string | null): Membership {
  if (id === null) return NOBODY;
  const ancestors: string[] = [];
  let division: string | null = null;
  for (let at: string | null = id; at !== null && !ancestors.includes(at); at = organisations.get(at)?.parent ?? null) {
    ancestors.push(at);
    division ??= organisations.get(at)?.division ?? null;
  }
  return { ancestors, division, line: organisations.get(id)?.line ?? null };
}
