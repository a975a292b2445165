import { describe, expect, it } from 'vitest';
import { exampleLayer } from '../catalogue/testing.js';
import { anonymous, type Caller, type Role } from '../identity/caller.js';
import { decide, type LayerFacts } from './decide.js';
import type { GrantFacts } from './grants.js';

const NOW = Date.UTC(2026, 10, 22);
const DAY = 86_400_000;

const person = (organisation: string, ...roles: Role[]): Caller => ({
  kind: 'user',
  name: 'someone',
  organisation,
  roles,
  scope: null,
  keyId: null,
});
const keyOf = (organisation: string, scope: string[] | null = null): Caller => ({
  kind: 'key',
  name: 'key:gis',
  organisation,
  roles: [],
  scope,
  keyId: 'k',
});
const grant = (wish: Partial<GrantFacts> = {}): GrantFacts => ({
  id: 'g1',
  layer: 'parcels',
  subjectKind: 'organisation',
  subject: 'organisation:transport',
  jurisdiction: null,
  maxZoom: null,
  precision: null,
  hasQuota: false,
  grantee: 'transport',
  actions: ['view', 'query', 'api'],
  fields: [
    { name: 'code', form: 'value' },
    { name: 'holder', form: 'code' },
  ],
  rows: null,
  area: { id: 'a', hash: 'h' },
  from: NOW - DAY,
  until: NOW + DAY,
  ...wish,
});
const parcels = exampleLayer();
const asks = (caller: Caller, grants: GrantFacts[] = [], layer: LayerFacts = parcels, now = NOW) =>
  decide({ caller, grants }, layer, now);
const fieldsOf = (access: ReturnType<typeof asks>, action: 'view' | 'query' | 'download' = 'view') =>
  access.for(action).views.map((v) => Object.fromEntries(v.fields));

it('a grant to a person is to them in the organisation for which it was given', () => {
  const given = grant({ subjectKind: 'person', subject: 'person:li' });
  expect(asks(person('transport', 'planner'), [given]).can('view')).toBe(true);
  expect(asks(person('water', 'planner'), [given]).can('view')).toBe(false);
});

describe('a closed layer', () => {
  it.each([
    ['the public', anonymous],
    ['another department', person('transport', 'steward')],
    ['an auditor', person('data', 'auditor')],
    ['an administrator', person('data', 'admin')],
    ['another department’s key', keyOf('transport')],
  ])('is known to %s and shows nothing', (_who, caller) => {
    const access = asks(caller);
    expect(access.discover).toBe(true);
    expect(access.views).toEqual([]);
    for (const action of ['view', 'query', 'download', 'api', 'edit'] as const) expect(access.can(action)).toBe(false);
    expect(access.for('view').views).toEqual([]);
  });

  it('is its owner’s, personal fields and all; its stewards may edit', () => {
    const planner = asks(person('planning', 'planner'));
    expect(fieldsOf(planner)).toEqual([{ code: 'value', area_m2: 'value', term_end: 'value', holder: 'value', phone: 'value' }]);
    expect(['download', 'api', 'edit'].map((a) => planner.can(a as 'edit'))).toEqual([true, true, false]);
    expect(asks(person('planning', 'steward')).can('edit')).toBe(true);
  });
});

describe('a grant', () => {
  it('gives its actions, fields in their form, and area, to its grantee', () => {
    const access = asks(person('transport'), [grant()]);
    expect(['view', 'query', 'api', 'download'].map((a) => access.can(a as 'view'))).toEqual([true, true, true, false]);
    expect(fieldsOf(access)).toEqual([{ code: 'value', holder: 'code' }]);
    expect(access.for('view')).toMatchObject({ grants: ['g1'], views: [{ area: { hash: 'h' } }] });
  });

  it.each([
    ['another layer', { layer: 'schools' }],
    ['a term past', { until: NOW }],
    ['a term to come', { from: NOW + 1 }],
  ])('for %s gives nothing', (_what, wish) => {
    expect(asks(person('transport'), [grant(wish)]).views).toEqual([]);
  });

  it('begins and ends to the millisecond, and says when the answer changes', () => {
    const at = (now: number) => asks(person('transport'), [grant({ from: 1_000, until: 2_000 })], parcels, now);
    expect([999, 1_000, 1_999, 2_000].map((t) => at(t).can('view'))).toEqual([false, true, true, false]);
    expect([999, 1_000, 2_000].map((t) => at(t).changesAt)).toEqual([1_000, 2_000, Number.POSITIVE_INFINITY]);
  });

  it('never gives a field that the layer does not offer in that form, or no longer has', () => {
    const fields = (['phone', 'code', 'gone'] as const).map((name) => ({ name, form: 'value' as const }));
    expect(fieldsOf(asks(person('transport'), [grant({ fields })]))).toEqual([{ code: 'value' }]);
    const codeOfCode = grant({ fields: [{ name: 'code', form: 'code' }] });
    expect(fieldsOf(asks(person('transport'), [codeOfCode]))).toEqual([{}]);
  });

  it('does not lend its area to another’s action', () => {
    const east = grant({ id: 'east', actions: ['view', 'download'], area: { id: 'e', hash: 'east' } });
    const west = grant({ id: 'west', actions: ['view'], area: { id: 'w', hash: 'west' } });
    const access = asks(person('transport'), [east, west]);
    expect(
      access
        .for('view')
        .views.map((v) => v.area!.hash)
        .sort(),
    ).toEqual(['east', 'west']);
    expect(access.for('download')).toMatchObject({ grants: ['east'], views: [{ area: { hash: 'east' } }] });
  });

  it('of a withheld layer gives nothing, even were there one', () => {
    const withheld = exampleLayer({ sharingClass: 'withheld', disclosure: 'proactive' });
    expect(asks(person('transport'), [grant()], withheld).views).toEqual([]);
    expect(asks(person('planning'), [], withheld).can('view')).toBe(true);
  });
});

describe('an open layer', () => {
  const field = (wish: object) => ({ titleZh: 'x', titleEn: 'x', type: 'text', ...wish });
  const fields = [
    field({ name: 'name' }),
    field({ name: 'phone', sensitivity: 'personal' }),
    field({ name: 'value', class: 'conditional' }),
    field({ name: 'owner', forms: ['code'] }),
    field({ name: 'never', forms: [] }),
    field({ name: 'size', type: 'double', forms: ['masked', 'value'], mask: { kind: 'round', step: 10 } }),
    field({ name: 'chief', forms: ['code', 'value'] }),
  ] as never;

  it('shows the public what is neither personal, conditional, nor kept as a code, in the form offered first', () => {
    const open = exampleLayer({ disclosure: 'proactive', fields });
    expect(fieldsOf(asks(anonymous, [], open))).toEqual([{ name: 'value', size: 'masked' }]);
    expect(asks(anonymous, [], open).can('download')).toBe(true);
    expect(asks(keyOf('transport', []), [], open).can('view')).toBe(true);
  });

  it('of the base is every organisation’s, not the public’s', () => {
    const base = exampleLayer({ kind: 'base', fields });
    expect(fieldsOf(asks(person('transport'), [], base))).toEqual([{ name: 'value', size: 'masked' }]);
    expect(asks(anonymous, [], base).views).toEqual([]);
  });
});

describe('a key', () => {
  it('of some actions does no others, whatever its organisation may', () => {
    const looks = { ...keyOf('transport'), actions: ['view'] } as Caller;
    const access = asks(looks, [grant({ actions: ['view', 'query', 'download', 'api'] })]);
    expect([access.can('view'), access.can('query'), access.can('download')]).toEqual([true, false, false]);
  });

  it('uses only what its organisation may use by machine', () => {
    expect(asks(keyOf('transport'), [grant()]).can('view')).toBe(true);
    const byHand = asks(keyOf('transport'), [grant({ actions: ['view', 'query'] })]);
    expect(byHand).toMatchObject({ views: [], outOfScope: false, discover: true });
  });

  it('keeps to its scope, and says that this is why', () => {
    expect(asks(keyOf('transport', ['parcels']), [grant()])).toMatchObject({ outOfScope: false });
    expect(asks(keyOf('transport', ['schools']), [grant()])).toMatchObject({ outOfScope: true, views: [], discover: true });
    expect(asks(keyOf('transport', ['schools']))).toMatchObject({ outOfScope: false, views: [] });
  });

  it('of the owner edits nothing', () => {
    const own = asks(keyOf('planning'));
    expect([own.can('view'), own.can('edit')]).toEqual([true, false]);
  });
});

describe('an undiscoverable layer', () => {
  const hidden = exampleLayer({ discoverable: false });
  it.each<[string, Caller, GrantFacts[], boolean]>([
    ['the public', anonymous, [], false],
    ['another department', person('transport', 'steward'), [], false],
    ['its owner', person('planning'), [], true],
    ['a grantee', person('transport'), [grant()], true],
    ['a grantee whose term is over', person('transport'), [grant({ until: NOW })], false],
    ['its owner’s key', keyOf('planning'), [], true],
    ['a grantee’s key', keyOf('transport', ['parcels']), [grant({ actions: ['view'] })], true],
    ['a key of its owner for other layers', keyOf('planning', ['schools']), [], false],
    ['a grantee’s key for other layers', keyOf('transport', ['schools']), [grant()], false],
  ])('for %s', (_who, caller, grants, discover) => {
    expect(asks(caller, grants, hidden).discover).toBe(discover);
  });
});
