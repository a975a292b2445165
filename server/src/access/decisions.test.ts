import { describe, expect, it } from 'vitest';
import { exampleLayer } from '../catalogue/testing.js';
import { anonymous, type Caller } from '../identity/caller.js';
import { Decisions } from './decisions.js';
import type { GrantBook, GrantFacts } from './grants.js';
import { noCity } from './testing.js';

const HOUR = 3_600_000;
const transport: Caller = { kind: 'user', name: 'li', organisation: 'transport', roles: ['planner'], scope: null, keyId: null };
const key = (scope: string[] | null): Caller => ({ ...transport, kind: 'key', name: 'key:x', roles: [], scope, keyId: 'k' });

/** A book whose grants and version a test can change, and which counts how often it is opened. */
function book() {
  const grant: GrantFacts = {
    id: 'g',
    layer: 'parcels',
    subjectKind: 'organisation',
    subject: 'organisation:transport',
    jurisdiction: null,
    maxZoom: null,
    precision: null,
    hasQuota: false,
    grantee: 'transport',
    actions: ['view', 'api'],
    fields: [],
    rows: null,
    area: null,
    from: 0,
    until: Date.now() + HOUR,
  };
  const grants = {
    version: 1,
    list: [grant],
    opened: 0,
    mentions: (subject: string) => subject === 'organisation:transport',
    of(subjects: readonly string[]) {
      grants.opened++;
      return subjects.includes('organisation:transport') ? grants.list : [];
    },
  };
  return { grants, decisions: new Decisions(grants as unknown as GrantBook, noCity()) };
}
const layer = exampleLayer();

describe('a decision', () => {
  it('is taken once for all who are alike', () => {
    const { grants, decisions } = book();
    const first = decisions.of(transport, layer);
    expect(decisions.of({ ...transport, name: 'wang' }, layer)).toBe(first);
    expect(grants.opened).toBe(1);
  });

  it('is taken anew when a grant is revoked', () => {
    const { grants, decisions } = book();
    expect(decisions.of(transport, layer).can('view')).toBe(true);
    Object.assign(grants, { list: [], version: 2 });
    expect(decisions.of(transport, layer).can('view')).toBe(false);
  });

  it('is taken anew when a term ends, though nothing was told', () => {
    const { decisions } = book();
    expect(decisions.of(transport, layer).can('view')).toBe(true);
    expect(decisions.of(transport, layer, Date.now() + 2 * HOUR).can('view')).toBe(false);
  });

  it('is taken anew for another state of the layer', () => {
    const { decisions } = book();
    expect(decisions.of(transport, layer).can('view')).toBe(true);
    expect(decisions.of(transport, exampleLayer({ sharingClass: 'withheld' })).can('view')).toBe(false);
  });

  it.each<[string, Caller, Caller]>([
    ['organisations', transport, { ...transport, organisation: 'police' } as Caller],
    ['a person and the public', transport, anonymous],
    [
      'a person and a key without use',
      { ...transport, organisation: 'planning' } as Caller,
      { ...key([]), organisation: 'planning' } as Caller,
    ],
    ['scopes', key(['parcels']), key(['schools'])],
    ['no scope and one that names no layer', key(null), key(['*'])],
    ['an empty scope and one of an empty name', key(null), key([''])],
    ['one name and two', key(['parcels', 'schools']), key(['parcels,schools'])],
  ])('of one is not that of the other: %s', (_what, may, mayNot) => {
    for (const order of [
      [may, mayNot],
      [mayNot, may],
    ]) {
      const { decisions } = book();
      const answers = new Map(order.map((caller) => [caller, decisions.of(caller, layer).can('view')]));
      expect([answers.get(may), answers.get(mayNot)]).toEqual([true, false]);
    }
  });

  it('of a steward is not that of a colleague', () => {
    const { decisions } = book();
    const planner: Caller = { ...transport, organisation: 'planning' };
    expect(decisions.of(planner, layer).can('edit')).toBe(false);
    expect(decisions.of({ ...planner, roles: ['steward'] }, layer).can('edit')).toBe(true);
  });
});
