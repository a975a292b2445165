import { describe, expect, it } from 'vitest';
import { exampleLayer } from '../catalogue/testing.js';
import { anonymous, type Caller } from '../identity/caller.js';
import { viewSet } from './canonical.js';
import { decide, type Facts, type LayerFacts } from './decide.js';
import type { GrantFacts } from './grants.js';
import { styledFields } from './visible.js';

/** What counts as drawn is decided with the view: for whom, from which zoom on, and what tiles below may show. */
const person = (organisation: string): Caller => ({
  kind: 'user',
  name: 'someone',
  organisation,
  roles: [],
  scope: null,
  keyId: null,
});
const grant = (wish: Partial<GrantFacts> = {}): GrantFacts => ({
  id: 'g1',
  layer: 'parcels',
  subjectKind: 'any_organisation',
  subject: 'any_organisation',
  jurisdiction: null,
  maxZoom: null,
  precision: null,
  hasQuota: false,
  grantee: null,
  actions: ['view', 'query', 'api', 'download', 'embed'],
  fields: null,
  rows: null,
  area: null,
  from: 0,
  until: 10,
  ...wish,
});
const style = { role: 'thematic', type: 'categories', field: 'code', label: 'holder' } satisfies LayerFacts['style'];
const closed = exampleLayer({ style });
const counting = (caller: Caller, grants: GrantFacts[], limited: boolean, layer: LayerFacts = closed) => {
  const facts: Facts = { caller, grants, counting: { zoom: 11, limited } };
  return decide(facts, layer, 5);
};
const countedIn = (...asked: Parameters<typeof counting>) => counting(...asked).views.map((view) => [view.source, view.counted]);
const small = { zoom: 11, fields: ['code'] };

describe('what a view shows counts as drawn', () => {
  it('for another organisation where a limit is set, and under a quota for anybody; for the owner never', () => {
    expect(countedIn(person('transport'), [grant()], true)).toEqual([['grant', small]]);
    expect(countedIn(person('transport'), [grant()], false)).toEqual([['grant', null]]);
    expect(countedIn(person('transport'), [grant({ hasQuota: true })], false)).toEqual([['grant', small]]);
    expect(countedIn(anonymous, [grant({ hasQuota: true })], true)).toEqual([['grant', small]]);
    expect(countedIn(anonymous, [grant()], true)).toEqual([['grant', null]]);
    expect(countedIn(person('planning'), [grant()], true)).toEqual([
      ['own', null],
      ['grant', null],
    ]);
  });

  it('where a rule of the platform shows it to every organisation, not where it shows it to the public', () => {
    const base = exampleLayer({
      kind: 'base',
      style,
      fields: [{ name: 'code', titleZh: 'x', titleEn: 'x', type: 'text' }] as never,
    });
    expect(countedIn(person('transport'), [], true, base)).toEqual([['base', small]]);
    const open = exampleLayer({ disclosure: 'proactive', style });
    expect(countedIn(person('transport'), [grant({ hasQuota: true })], false, open)).toEqual([
      ['public', null],
      ['grant', small],
    ]);
  });

  it('in tiles, embeds and archives, and nowhere else', () => {
    const access = counting(person('transport'), [grant()], true);
    for (const action of ['view', 'embed', 'download'] as const)
      expect([action, access.for(action).views[0]!.counted]).toEqual([action, small]);
    expect([access.for('query').views[0]!.counted, access.outline!.views[0]!.counted]).toEqual([null, null]);
    expect(access.for('query').key).toBe(counting(person('transport'), [grant()], false).for('query').key);
  });

  it('and is another view than one that is not counted: neither takes the other’s place, but the better one', () => {
    const [view] = counting(person('transport'), [grant()], true).views;
    const free = { ...view!, counted: null };
    expect(viewSet([view!]).key).not.toBe(viewSet([free]).key);
    expect(viewSet([view!, free]).key).toBe(viewSet([free]).key);
    const narrow = { ...free, area: { id: 'a', hash: 'a' } };
    expect(viewSet([view!, narrow]).views).toHaveLength(2);
  });
});

describe('the fields that a style needs', () => {
  const graduated = { style: { ...style, type: 'graduated' as const, field: 'area_m2' } };
  it.each([
    ['the class and the label, as values', { style }, { code: 'value', holder: 'value', area_m2: 'value' }, ['code', 'holder']],
    ['no codes, which tell features apart', { style }, { code: 'code', holder: 'code' }, []],
    ['no masked label', { style }, { code: 'masked', holder: 'masked' }, []],
    ['rounded numbers, which fall into classes', graduated, { area_m2: 'masked' }, ['area_m2']],
    ['nothing for one colour', { style: { ...style, type: 'single' as const } }, { code: 'value' }, []],
  ] as const)('are %s', (_, layer, fields, expected) => {
    expect(styledFields(layer as never, new Map(Object.entries(fields)) as never)).toEqual(expected);
  });
});
