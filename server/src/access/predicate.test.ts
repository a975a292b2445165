import type { Filter } from '@yutu/tiles';
import { describe, expect, it } from 'vitest';
import { exampleLayer } from '../catalogue/testing.js';
import { accessSql, codeSql } from './predicate.js';
import { SqlParams } from './sql-params.js';
import type { View } from './view.js';

const layer = exampleLayer();
const small: Filter = { op: '<', args: [{ property: 'area_m2' }, 500] };
const view = (wish: Partial<View> = {}): View => ({
  actions: new Set(['view']),
  fields: new Map(),
  rows: null,
  area: null,
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
const INSIDE = `t.geom && ${AREA} and st_intersects(t.geom, ${AREA}) and st_relate(t.geom, ${AREA}, 'T********')`;
const WITHIN = `st_coveredby(t.geom, ${AREA}) and st_relate(t.geom, ${AREA}, 'T********')`;

describe('the access predicate', () => {
  it('of all is no condition', () => {
    expect(compile([view()])).toEqual({ where: 'true', bits: '1', whole: 'true', geometry: 't.geom', values: [] });
  });

  it('of some rows leaves their geometry whole', () => {
    const rows = '(t."area_m2" < $1::float8)';
    expect(compile([view({ rows: small })])).toEqual({
      where: rows,
      bits: '1',
      whole: 'true',
      geometry: 't.geom',
      values: [500],
    });
  });

  it('of an area takes interiors that meet and cuts at its border', () => {
    expect(compile([view({ area: area('east') })])).toEqual({
      where: `(${INSIDE})`,
      bits: '1',
      whole: `(${WITHIN})`,
      geometry: `(case when (${WITHIN}) then t.geom else st_collectionextract(st_intersection(t.geom, ${AREA}), 3) end)`,
      values: ['east'],
    });
  });

  it('holds a row filter together with its area', () => {
    const { where, whole, values } = compile([view({ area: area('east'), rows: small })]);
    expect(where).toMatch(/^\(\(t\."area_m2" < \$1::float8\) and t\.geom && .*\)$/);
    expect(whole).toMatch(/^\(\(t\."area_m2" < \$1::float8\) and st_coveredby.*\)$/);
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
      `(case when ${whole} then t.geom else st_collectionextract(st_intersection(t.geom, (select st_union(u.g) from unnest(array[`,
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

describe('a code in a value’s place', () => {
  it('is a digest with the layer’s salt, and nothing where there is no value', () => {
    expect(codeSql({ codeSalt: 'abc' }, { name: 'holder' })).toBe(
      `(case when t."holder" is not null then 'R-' || substr(encode(sha256(convert_to('abc' || t."holder"::text, 'UTF8')), 'hex'), 1, 10) end)`,
    );
  });

  it('cannot be led astray by a name or a salt', () => {
    const sql = codeSql({ codeSalt: `a' || (select 1) || '\\` }, { name: 'x" or true --' });
    expect(sql).toContain(`E'a'' || (select 1) || ''\\\\'`);
    expect(sql).toContain('t."x"" or true --"');
  });
});
