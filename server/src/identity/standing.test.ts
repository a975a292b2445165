import { describe, expect, it } from 'vitest';
import { type Bond, type CredentialKind, type Ended, endedBy, type Person } from './standing.js';

const person: Person = {
  username: 'li',
  organisation: 'transport',
  roles: ['planner', 'steward'],
  demo: false,
  disabled: false,
  confirmed: true,
  resting: false,
  stamp: 7,
};
const kinds: CredentialKind[] = ['session', 'preview', 'key', 'certificate', 'signed', 'embed'];
const bond = (kind: CredentialKind, more: Partial<Bond> = {}): Bond => ({
  kind,
  organisation: kind === 'session' || kind === 'preview' ? null : 'transport',
  stamp: 7,
  everyLayer: false,
  ...more,
});

describe.each(kinds)('a %s', (kind) => {
  it('stands while the person behind it is as they were', () => {
    expect(endedBy(bond(kind), person, false)).toBeNull();
    expect(endedBy(bond(kind), { ...person, demo: true }, true)).toBeNull();
  });

  it.each<[Ended, Person | null]>([
    ['nobody', null],
    ['disabled', { ...person, disabled: true }],
    ['resting', { ...person, resting: true }],
    ['demonstration', { ...person, demo: true }],
    ['ended_by_person', { ...person, stamp: 8 }],
  ])('ends: %s', (why, now) => {
    expect(endedBy(bond(kind), now, false)).toBe(why);
  });

  it('of an office ends when the person has another; sessions and previews go where the person goes', () => {
    expect(endedBy(bond(kind), { ...person, organisation: 'water' }, false)).toBe(bond(kind).organisation && 'moved');
  });

  it('ends with the office where it is not limited to layers', () => {
    const planner = { ...person, roles: ['planner'] as const };
    const every = endedBy(bond(kind, { everyLayer: true }), planner, false);
    expect(every).toBe(kind === 'key' || kind === 'certificate' ? 'office_lost' : null);
    expect(endedBy(bond(kind), planner, false)).toBe(kind === 'certificate' ? 'office_lost' : null);
    expect(endedBy(bond(kind, { everyLayer: true }), { ...person, roles: ['org_admin'] }, false)).toBeNull();
  });
});
