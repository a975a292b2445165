import type { GrantFacts } from './grants.js';

/** Stands for the id of a grant that is not given yet. */
export const DRAFTED = '00000000-0000-4000-8000-000000000000';

type Written = Omit<GrantFacts, 'jurisdiction'> & { jurisdiction: [string, { id: string; hash: string }][] | null };

/** A grant that is not given yet, as it is kept with a preview. */
export const writeDraft = ({ jurisdiction, ...grant }: GrantFacts): Written => ({
  ...grant,
  jurisdiction: jurisdiction && [...jurisdiction],
});

/** Reads what {@link writeDraft} wrote. */
export function draftOf(written: unknown): GrantFacts | null {
  if (written === null) return null;
  const { jurisdiction, ...grant } = written as Written;
  return { ...grant, jurisdiction: jurisdiction && new Map(jurisdiction) };
}
