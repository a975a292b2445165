import type { Organisation, Subject, SubjectKind } from '../api/types';

/** `organisation:transport`, `public` …: how a subject is written in addresses and queries. */
export const subjectKey = ({ kind, id }: Subject): string => (id ? `${kind}:${id}` : kind);

/** Reads what `subjectKey` wrote; null for anything else. */
export function readSubject(text: string | undefined): Subject | null {
  const [, kind, id] = /^([a-z_]+)(?::(.+))?$/.exec(text ?? '') ?? [];
  if (!kind || !KINDS.includes(kind as SubjectKind)) return null;
  const subject = { kind: kind as SubjectKind, ...(id ? { id } : {}) };
  return isWhole(subject) ? subject : null;
}

export const KINDS: SubjectKind[] = ['organisation', 'subtree', 'line', 'any_organisation', 'role', 'person', 'key', 'public'];

/** Whether it says whom it means. */
export const isWhole = ({ kind, id }: Subject): boolean =>
  kind === 'public' || kind === 'any_organisation' || Boolean(id?.trim());

/** Lines of bureaus with one of each to know it by, and how many there are; the largest first. */
export function linesOf(organisations: Organisation[]): { line: string; first: Organisation; count: number }[] {
  const lines = new Map<string, Organisation[]>();
  for (const o of organisations) if (o.line) lines.set(o.line, [...(lines.get(o.line) ?? []), o]);
  return [...lines]
    .map(([line, all]) => ({ line, first: all[0]!, count: all.length }))
    .sort((a, b) => b.count - a.count || a.line.localeCompare(b.line));
}
