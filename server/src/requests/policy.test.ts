import { describe, expect, it } from 'vitest';
import type { Area } from '../access/areas.js';
import { exampleLayer } from '../catalogue/testing.js';
import { type Asked, policyChecks, suggestion } from './policy.js';

const layer = exampleLayer({
  policy: {
    ...exampleLayer().policy,
    actions: ['view', 'query'],
    maxMonths: 6,
    conditionZh: '限本区',
    conditionEn: 'own district',
  },
});
const TODAY = '2026-11-22';
const area = { divisions: ['500101', '500102'], labelZh: '万州区、涪陵区', labelEn: 'Wanzhou, Fuling' } as Area;
const redLine = {
  divisions: null,
  name: '机场东路',
  labelZh: '机场东路 3 平方千米',
  labelEn: 'x',
  geometry: { type: 'MultiPolygon' },
} as Area;
const modest: Asked = {
  actions: ['view', 'query'],
  fields: [
    { name: 'code', form: 'value' },
    { name: 'holder', form: 'code' },
  ],
  area,
  from: null,
  until: '2027-05-22',
};
const free = { actions: null, subjects: null, maxMonths: null };
const over = (wish: Partial<Asked>) =>
  policyChecks(layer, { ...modest, ...wish }, TODAY, free)
    .filter((c) => c.ok === false)
    .map((c) => [c.item, c.excessEn]);

describe('what is asked beside what is allowed', () => {
  it('is within it to the last day', () => {
    expect(over({})).toEqual([]);
  });

  it.each<[string, Partial<Asked>, [string, string][]]>([
    ['everywhere', { area: null }, [['area', 'no area named']]],
    ['a day too long', { until: '2027-05-23' }, [['term', '1 days over']]],
    ['another action', { actions: ['view', 'download', 'api'] }, [['actions', 'beyond: download, API']]],
    ['a name where a code is offered', { fields: [{ name: 'holder', form: 'value' }] }, [['fields', '1 too many']]],
  ])('exceeds it: %s', (_what, wish, found) => {
    expect(over(wish)).toEqual(found);
  });

  it('is said in words, with the owner’s own condition', () => {
    const [where, , actions, term] = policyChecks(layer, modest, TODAY, free);
    expect(where).toMatchObject({
      askedZh: '2 个区县：万州区、涪陵区',
      askedEn: '2 districts: Wanzhou, Fuling',
      allowedZh: '限本区',
    });
    expect(actions).toMatchObject({ askedZh: '浏览、查询', allowedEn: 'view, query' });
    expect(term).toMatchObject({ askedZh: '至 2027-05-22', allowedEn: 'at most 6 months' });
    expect(policyChecks(layer, { ...modest, area: redLine }, TODAY, free)[0]).toMatchObject({
      askedZh: '机场东路 3 平方千米',
      // No rule here knows where the matter is.
      ok: null,
    });
  });

  it('of the security level is compared with what the level allows', () => {
    const caps = { actions: ['view' as const], subjects: null, maxMonths: 3 };
    const of = (wish: Partial<Asked>) => policyChecks(layer, { ...modest, ...wish }, TODAY, caps).at(-1)!;
    expect(of({})).toMatchObject({ ok: false, excessEn: 'beyond: query', allowedEn: 'view; at most 3 months' });
    expect(of({ actions: ['view'] })).toMatchObject({ ok: false, excessEn: '2027-02-22 at the latest' });
    expect(of({ actions: ['view'], until: '2027-02-22' })).toMatchObject({ ok: true, excessEn: null });
  });
});

describe('the suggestion', () => {
  it('is what was asked, where that is within the policy', () => {
    expect(suggestion(layer, modest, TODAY)).toEqual({
      actions: ['view', 'query'],
      fields: modest.fields,
      rows: null,
      area: { divisions: ['500101', '500102'] },
      from: TODAY,
      until: '2027-05-22',
    });
  });

  it('narrows what is not, and never widens', () => {
    const wide: Asked = {
      actions: ['view', 'download'],
      fields: [
        { name: 'holder', form: 'value' },
        { name: 'area_m2', form: 'value' },
      ],
      area: redLine,
      from: '2026-12-01',
      until: '2030-01-01',
    };
    expect(suggestion(layer, wide, TODAY)).toEqual({
      actions: ['view'],
      fields: [
        { name: 'holder', form: 'code' },
        { name: 'area_m2', form: 'value' },
      ],
      rows: null,
      area: { polygon: { type: 'MultiPolygon' }, name: '机场东路' },
      from: '2026-12-01',
      until: '2027-05-22',
    });
    expect(suggestion(layer, { ...modest, area: null, from: '2020-01-01' }, TODAY)).toMatchObject({ area: null, from: TODAY });
  });

  it('has nothing the checks would object to but an area nobody named', () => {
    const wide: Asked = {
      ...modest,
      actions: ['view', 'query', 'download', 'api'],
      fields: [{ name: 'holder', form: 'value' }],
      until: '2030-01-01',
    };
    const { actions, fields, from, until } = suggestion(layer, wide, TODAY);
    expect(over({ actions, fields: fields ?? [], from: from ?? null, until })).toEqual([]);
  });
});
