import type { Filter } from '@yutu/tiles';
import { describe, expect, it } from 'vitest';
import { type FieldDefinition, fieldDefinition } from '../catalogue/definition.js';
import { exampleLayer } from '../catalogue/testing.js';
import { accessSql, shownSql } from './predicate.js';
import { SqlParams } from './sql-params.js';
import type { View } from './view.js';

const layer = exampleLayer();
const small: Filter = { op: '<', args: [{ property: 'area_m2' }, 500] };
const view = (wish: Partial<View> = {}): View => ({
  actions: new Set(['view']),
  fields: new Map(),
  rows: null,
  area: null,
  maxZoom: null,
  precision: null,
  counted: null,
  source: 'grant',
  grant: 'g',
  until: null,
  ...wish,
});
const area = (name: string) => ({ id: name, hash: name });
const compile = (views: View[], of = layer) => {
  const params = new SqlParams();
  return { ...accessSql(of, views, params), values: params.values };
};
const AREA = '(select a.geom from yutu.area a where a.id = $1::uuid)';
const WITHIN = `st_contains(${AREA}, t.geom)`;
const INSIDE = `t.geom && ${AREA} and st_intersects(t.geom, ${AREA}) and (${WITHIN} or st_relate(t.geom, ${AREA}, 'T********'))`;

describe('the access predicate', () => {
  it('of all is no condition', () => {
    expect(compile([view()])).toEqual({ where: 'true', bits: '1', whole: 'true', geometry: 't.geom', reach: 0, values: [] });
  });

  it('of some rows leaves their geometry whole', () => {
    const rows = '(t."area_m2" < $1::float8)';
    expect(compile([view({ rows: small })])).toEqual({
      where: rows,
      bits: '1',
      whole: 'true',
      geometry: 't.geom',
      reach: 0,
      values: [500],
    });
  });

  it('of an area takes interiors that meet and cuts at its border', () => {
    expect(compile([view({ area: area('east') })])).toEqual({
      where: `(${INSIDE})`,
      bits: '1',
      whole: `(${WITHIN})`,
      geometry: `(case when (${WITHIN}) then t.geom else st_collectionextract(st_intersection(t.geom, ${AREA}, 1e-9), 3) end)`,
      reach: 0,
      values: ['east'],
    });
  });

  it('of several areas that count as one holds what meets any, and is whole in one of them', () => {
    const second = AREA.replace('$1', '$2');
    const both = compile([view({ area: { id: 'east', hash: 'both', more: ['west'] } })]);
    expect(both.where).toBe(`((${INSIDE}) or (${INSIDE.replaceAll(AREA, second)}))`);
    expect(both.whole).toBe(`((${WITHIN}) or (${WITHIN.replaceAll(AREA, second)}))`);
    expect(both.geometry).toContain(
      `st_union(u.g, 1e-9) from unnest(array[case when (${INSIDE}) then ${AREA} end, case when (${INSIDE.replaceAll(AREA, second)}) then ${second} end])`,
    );
    expect([both.bits, both.values]).toEqual(['1', ['east', 'west']]);
  });

  it('holds a row filter together with its area', () => {
    const { where, whole, values } = compile([view({ area: area('east'), rows: small })]);
    expect(where).toMatch(/^\(\(t\."area_m2" < \$1::float8\) and t\.geom && .*\)$/);
    expect(whole).toMatch(/^\(\(t\."area_m2" < \$1::float8\) and st_contains.*\)$/);
    expect(values).toEqual([500, 'east']);
  });

  it('of several views is any of them, a bit each in their order', () => {
    const { where, bits, whole, geometry } = compile([
      view({ area: area('east') }),
      view({ rows: small }),
      view({ area: area('west') }),
    ]);
    const members = where.slice(1, -1).split(/ or (?=\()/);
    expect(members).toHaveLength(3);
    expect(bits).toBe(`(${members.map((m, i) => `(case when ${m} then ${2 ** i} else 0 end)`).join(' + ')})`);
    expect(geometry).toContain(
      `(case when ${whole} then t.geom else st_collectionextract(st_intersection(t.geom, (select st_union(u.g, 1e-9) from unnest(array[`,
    );
    // Each area cuts only where its own view shows the feature.
    for (const [i, member] of members.entries())
      expect(geometry.includes(`case when ${member} then (select a.geom`)).toBe(i !== 1);
  });

  it('has no third answer to “whole”: an unknown row filter would be neither whole nor cut', () => {
    const { whole } = compile([view({ area: area('east') }), view({ area: area('west'), rows: small })]);
    expect(whole).toMatch(/^\(\(.*\) is true\)$/);
  });

  it.each([
    ['point', 1],
    ['line', 2],
    ['polygon', 3],
  ] as const)('keeps of a cut %s what has its dimension', (geometryType, dimension) => {
    const { geometry } = compile([view({ area: area('east') })], exampleLayer({ geometryType }));
    expect(geometry).toContain(`, ${dimension}) end)`);
  });

  it('brings an area to the layer’s own coordinates', () => {
    const { where } = compile([view({ area: area('east') })], exampleLayer({ srid: 4545 }));
    expect(where).toContain('(select st_transform(a.geom, 4545) from yutu.area a where a.id = $1::uuid)');
  });

  it('lets owners filter by any field, and by no geometry', () => {
    expect(compile([view({ rows: { op: 'isNull', args: [{ property: 'phone' }] } })]).where).toBe(
      '(t."phone" collate "C" is null)',
    );
    const near: Filter = { op: 's_intersects', args: [{ property: 'geometry' }, { bbox: [1, 1, 2, 2] }] };
    expect(() => compile([view({ rows: near })])).toThrow('geometry cannot be compared here');
  });
});

const named = (name: string, wish: object = {}): FieldDefinition => ({
  ...fieldDefinition.parse({ name: 'x', titleZh: 'x', titleEn: 'x', type: 'text', ...wish }),
  name,
});

describe('a mask in a value’s place', () => {
  const masked = (type: string, mask: object) => shownSql(layer, named('v', { type, mask, forms: ['masked'] }), 'masked');
  it('keeps the ends of a text and does not tell its length', () => {
    expect(masked('text', { kind: 'text', keepStart: 1 })).toBe(
      `(case when length(t."v") <= 1 then '**' else left(t."v", 1) || '**' || right(t."v", 0) end)`,
    );
  });
  it('keeps the step below a number, and the year or month of a day', () => {
    expect(masked('double', { kind: 'round', step: 100 })).toBe('yutu.times(floor(yutu.quotient(t."v", 100)), 100)');
    expect(masked('integer', { kind: 'round', step: 5 })).toBe('(floor(t."v" / 5::numeric) * 5::numeric)::bigint');
    expect(masked('date', { kind: 'date', to: 'year' })).toBe(`date_trunc('year', t."v"::timestamp)::date`);
  });
});

describe('precision', () => {
  const grid = { kind: 'grid', metres: 100 } as const;
  it('shows no feature whole, and the geometry made coarse', () => {
    expect(compile([view({ precision: grid })])).toMatchObject({
      where: 'true',
      whole: 'false',
      geometry: `(case when false then t.geom else st_setsrid(yutu.coarse(st_setsrid(t.geom, 4326), 'grid', 100), 4490) end)`,
    });
  });
  it('is the best of those that match: the exact ones first, each cut to its own areas', () => {
    const { geometry, whole } = compile([view({ precision: grid }), view({ area: area('east') })]);
    expect(whole).toBe(`((false or (${WITHIN})) is true)`);
    expect(geometry).toBe(
      `(case when ${whole} then t.geom when (${INSIDE}) then st_collectionextract(st_intersection(t.geom, ${AREA}, 1e-9), 3) ` +
        `else st_setsrid(yutu.coarse(st_setsrid(t.geom, 4326), 'grid', 100), 4490) end)`,
    );
  });
});

describe('a code in a value’s place', () => {
  it('is a digest with the layer’s salt, and nothing where there is no value', () => {
    const sql = shownSql({ codeSalt: 'abc' }, named('holder'), 'code');
    expect(sql).toMatch(/^\(select 'R-' \|\| substr\(.*, \(get_byte\(h\.digest, 12\) & 31\) \+ 1, 1\) from /);
    expect(sql).toContain(`from (select sha256(convert_to('abc' || t."holder"::text, 'UTF8')) as digest offset 0) h)`);
  });

  it('cannot be led astray by a name or a salt', () => {
    const sql = shownSql({ codeSalt: `a' || (select 1) || '\\` }, named('x" or true --'), 'code');
    expect(sql).toContain(`E'a'' || (select 1) || ''\\\\'`);
    expect(sql).toContain('t."x"" or true --"');
  });
});
