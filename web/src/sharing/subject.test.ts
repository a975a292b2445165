import { describe, expect, it } from 'vitest';
import type { Organisation } from '../api/types';
import { isWhole, linesOf, readSubject, subjectKey } from './subject';

describe('a subject', () => {
  it('is written and read back', () => {
    for (const text of ['public', 'any_organisation', 'organisation:transport', 'role:planner@transport', 'line:规划自然资源'])
      expect(subjectKey(readSubject(text)!)).toBe(text);
  });

  it('is nothing when it says nobody', () => {
    expect(['', 'organisation', 'person:', 'neighbour:x', 'public organisation'].map(readSubject)).toEqual([
      null,
      null,
      null,
      null,
      null,
    ]);
    expect(readSubject(undefined)).toBeNull();
    expect(isWhole({ kind: 'person', id: ' ' })).toBe(false);
  });

  it('knows the lines and how many they are', () => {
    const organisation = (id: string, line: string | null) => ({ id, line }) as Organisation;
    expect(linesOf([organisation('a', 'x'), organisation('b', 'y'), organisation('c', 'y'), organisation('d', null)])).toEqual([
      { line: 'y', first: organisation('b', 'y'), count: 2 },
      { line: 'x', first: organisation('a', 'x'), count: 1 },
    ]);
  });
});
