import { type Filter, FilterError, parseCql2Text } from '@yutu/tiles';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ColumnType } from '../catalogue/definition.js';
import { bboxPolygon, filterToSql, inStorage, literalsSql, toLonLat } from './filter-sql.js';
import { SqlParams } from './sql-params.js';

const fields = new Map<string, ColumnType>([
  ['name', 'text'],
  ['floors', 'integer'],
  ['area', 'double'],
  ['long', 'bigint'],
  ['open', 'boolean'],
  ['built', 'date'],
  ['seen', 'timestamp'],
  ['we"ird', 'text'],
]);

function compile(filter: string | Filter, geometry: string | null = 't.geom', srid = 4490) {
  const params = new SqlParams();
  const ast = typeof filter === 'string' ? parseCql2Text(filter) : filter;
  return { sql: filterToSql(ast, { alias: 't', fields, geometry, srid }, params), values: params.values };
}
const T = '::text collate "C"';

describe('a filter in SQL', () => {
  it.each<[string, string, unknown[]]>([
    ["name = '学校'", `(t."name" collate "C" = $1${T})`, ['学校']],
    ['floors >= 3 AND open = TRUE', `((t."floors" >= $1::float8) and (t."open" = $2::boolean))`, [3, true]],
    ['NOT (floors = 1 OR floors = 2)', `(not ((t."floors" = $1::float8) or (t."floors" = $2::float8)))`, [1, 2]],
    [
      'floors = 1 OR floors = 2 AND area > 5',
      `((t."floors" = $1::float8) or ((t."floors" = $2::float8) and (t."area" > $3::float8)))`,
      [1, 2, 5],
    ],
    ['floors BETWEEN 2 AND 4', `((t."floors" >= $1::float8) and (t."floors" <= $2::float8))`, [2, 4]],
    ["name IN ('a','b')", `((t."name" collate "C" = $1${T}) or (t."name" collate "C" = $2${T}))`, ['a', 'b']],
    ['name IS NOT NULL', `(not (t."name" collate "C" is null))`, []],
    ["name LIKE '万%'", `(t."name" collate "C" like $1${T})`, ['万%']],
    [
      "CASEI(name) LIKE CASEI('a%')",
      `((yutu.casefold(t."name" collate "C") collate "C") like yutu.casefold($1${T}) collate "C")`,
      ['a%'],
    ],
    ['area / floors > 2', `(yutu.quotient((t."area")::float8, (t."floors")::float8) > $1::float8)`, [2]],
    ['area div 2 = 1', `(trunc(yutu.quotient((t."area")::float8, ($1::float8)::float8)) = $2::float8)`, [2, 1]],
    ['area - 1 = 0', `(yutu.plus((t."area")::float8, -(($1::float8)::float8)) = $2::float8)`, [1, 0]],
    ['long > 5', `(t."long" > $1::numeric)`, [5]],
  ])('%s', (text, sql, values) => {
    expect(compile(text)).toEqual({ sql, values });
  });

  it.each<[string, string, unknown[]]>([
    ["built < DATE('2026-01-01')", `(t."built" < $1::date)`, ['2026-01-01']],
    ["built < '2026-01-01'", `(t."built" < $1::date)`, ['2026-01-01']],
    ["seen > '2026-01-01T08:00:00+08:00'", `(t."seen" > $1::timestamptz)`, ['2026-01-01T08:00:00+08:00']],
    ["seen > '2026-01-01T00:00:00'", `(t."seen" > $1::timestamptz)`, ['2026-01-01T00:00:00Z']],
    ["seen > '2026-01-01T00:00:00.1234567Z'", `(t."seen" > $1::timestamptz)`, ['2026-01-01T00:00:00.123456Z']],
    ["seen > '2026-01-01'", `((t."seen" at time zone 'UTC') > $1::date)`, ['2026-01-01']],
    ['built < seen', `(t."built" < (t."seen" at time zone 'UTC'))`, []],
  ])('takes %s for the instant the evaluator takes it for, in any session’s zone', (text, sql, values) => {
    expect(compile(text)).toEqual({ sql, values });
  });

  it('uses every parameter it sends: PostgreSQL refuses one that is not', () => {
    for (const text of [
      "built < '2026-01-01'",
      "seen > '2026-01-01T00:00:00' AND name = '2026-01-01'",
      "'2026-01-01' <= built",
    ]) {
      const { sql, values } = compile(text);
      expect([...sql.matchAll(/\$(\d+)/g)].map((m) => Number(m[1])).sort()).toEqual(values.map((_, i) => i + 1));
    }
  });

  it('an empty list of terms is what logic says', () => {
    expect(compile({ op: 'and', args: [] }).sql).toBe('true');
    expect(compile({ op: 'or', args: [] }).sql).toBe('false');
    expect(compile(true).sql).toBe('true');
  });

  it.each([
    ['a\\', 'a\\\\'],
    ['a\\\\', 'a\\\\'],
    ['a\\\\\\', 'a\\\\\\\\'],
    ['\\%', '\\%'],
  ])('a pattern %j ends as the evaluator reads it: a last backslash stands for itself', (given, sent) => {
    expect(compile({ op: 'like', args: [{ property: 'name' }, given] }).values).toEqual([sent]);
  });

  it('compares geometry as the caller sees it, never another', () => {
    const { sql, values } = compile('S_INTERSECTS(geometry, POINT(106.5 29.5))', 'CUT');
    expect(sql).toBe('st_intersects(CUT, st_setsrid(st_setsrid(st_geomfromgeojson($1::text), 4326), 4490))');
    expect(JSON.parse(String(values[0]))).toEqual({ type: 'Point', coordinates: [106.5, 29.5] });
  });

  it('meets a collection where it meets one of its parts', () => {
    const parts = 'GEOMETRYCOLLECTION(POINT(1 1), LINESTRING(1 1, 2 2))';
    const meets = compile(`S_INTERSECTS(geometry, ${parts})`);
    expect(meets.sql).toMatch(/^\(st_intersects\(t\.geom, .*\$1.*\) or st_intersects\(t\.geom, .*\$2.*\)\)$/);
    expect(compile(`S_DISJOINT(geometry, ${parts})`)).toEqual({ sql: `(not ${meets.sql})`, values: meets.values });
  });

  it('takes a box without width for a line, and one without height, too, for a point', () => {
    const kinds = [
      [1, 1, 1, 1],
      [1, 1, 1, 2],
      [1, 1, 2, 2],
    ].map((bbox) => {
      const { values } = compile({ op: 's_intersects', args: [{ property: 'geometry' }, { bbox }] });
      return JSON.parse(String(values[0])).type;
    });
    expect(kinds).toEqual(['Point', 'LineString', 'MultiPolygon']);
  });

  it('asks first whether every geometry in the filter can be compared, whatever the rows', () => {
    const literals = (text: string) => literalsSql(parseCql2Text(text), 4545, new SqlParams());
    expect(literals('floors > 1')).toBeNull();
    const sql = literals(
      'NOT S_WITHIN(geometry, POINT(1 1)) OR S_INTERSECTS(geometry, GEOMETRYCOLLECTION(POINT(1 1), POINT(2 2)))',
    );
    expect(sql!.match(/st_isvalid\(st_transform\(/g)).toHaveLength(3);
  });
});

describe('what is refused', () => {
  it.each([
    ["secret = 'x'", 'unknown property: "secret"'],
    ["fid = 'x'", 'unknown property'],
    ['name = 3', 'a text cannot be compared with a number'],
    ['open = 1', 'a boolean cannot be compared with a number'],
    ["built = 'yesterday'", 'not a date or timestamp'],
    ["built = '2026-02-30'", 'not a date or timestamp'],
    ["seen > '1'", 'not a date or timestamp'],
    ["built = '0000-02-01'", 'not a date or timestamp'],
    ["seen = '2026-01-01T24:00:01Z'", 'not a date or timestamp'],
    ["seen = '2026-01-01T00:00:00+16:00'", 'not a date or timestamp'],
    ['S_TOUCHES(geometry, GEOMETRYCOLLECTION(POINT(1 1)))', '"s_touches" takes no GeometryCollection'],
    ["floors LIKE '1%'", '"like" needs a text'],
    ['CASEI(floors) = CASEI(floors)', '"casei" needs a text'],
    ['name + 1 > 2', '"+" needs numbers'],
    ['floors ^ 2 > 4', 'not offered here'],
    ["ACCENTI(name) = 'a'", 'not offered here'],
    ["T_AFTER(built, DATE('2026-01-01'))", 'not offered here'],
    ['S_INTERSECTS(name, POINT(1 1))', 'unknown property'],
  ])('%s', (text, why) => {
    expect(() => compile(text)).toThrow(FilterError);
    expect(() => compile(text)).toThrow(why);
  });

  it('geometry where it may not be compared', () => {
    expect(() => compile('S_INTERSECTS(geometry, POINT(1 1))', null)).toThrow('geometry cannot be compared here');
  });
});

describe('whatever is typed', () => {
  const PLAIN = /^[a-z0-9_ ".,():$<>=+*/%-]*$/i;
  it('no value enters the text of the statement', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.double({ noNaN: true, noDefaultInfinity: true }), (text, number) => {
        const { sql, values } = compile({
          op: 'or',
          args: [
            { op: '=', args: [{ property: 'name' }, `'; drop table x; --${text}`] },
            { op: 'like', args: [{ op: 'casei', args: [{ property: 'name' }] }, `${text}%`] },
            { op: '>', args: [{ op: '*', args: [{ property: 'area' }, number] }, number] },
          ],
        });
        expect(sql).toMatch(PLAIN);
        expect(sql).not.toContain('drop');
        expect(values).toEqual([`'; drop table x; --${text}`, `${text}%`, number, number]);
      }),
    );
  });

  it('a name enters it only as it stands in the list, quoted', () => {
    fc.assert(
      fc.property(fc.string(), (name) => {
        const filter: Filter = { op: 'isNull', args: [{ property: name }] };
        if (fields.has(name)) return;
        expect(() => compile(filter)).toThrow(FilterError);
      }),
    );
    expect(compile({ op: 'isNull', args: [{ property: 'we"ird' }] }).sql).toBe('(t."we""ird" collate "C" is null)');
  });
});

describe('coordinates', () => {
  it('of 4490 are taken as they are, others are transformed', () => {
    expect(inStorage('g', 4490)).toBe('st_setsrid(g, 4490)');
    expect(inStorage('g', 4545)).toBe('st_transform(g, 4545)');
    expect([4326, 4490, 4545].map((srid) => toLonLat('g', srid))).toEqual(['g', 'st_setsrid(g, 4326)', 'st_transform(g, 4326)']);
  });

  it('of a box across the antimeridian are two boxes', () => {
    const xs = (bbox: number[]) => bboxPolygon(bbox).coordinates.map((p) => p[0]!.map(([x]) => x));
    expect(xs([106, 29, 107, 30])).toEqual([[106, 107, 107, 106, 106]]);
    expect(xs([170, -5, -170, 5])).toEqual([
      [170, 180, 180, 170, 170],
      [-180, -170, -170, -180, -180],
    ]);
    expect(bboxPolygon([106, 29, -1, 107, 30, 1])).toEqual(bboxPolygon([106, 29, 107, 30]));
  });
});
