import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FilterError, filterProperties, MAX_FILTER_DEPTH } from './ast.js';
import { parseCql2Json } from './json.js';
import { parseCql2Text } from './text.js';

/** The examples of OGC 21-065r2, as published in its repository: `<name>.txt` and, for most, the same filter as `<name>.json`. */
const FIXTURES = new URL('../../test-fixtures/cql2/', import.meta.url);
const names = readdirSync(FIXTURES)
  .filter((file) => file.endsWith('.txt'))
  .map((file) => file.slice(0, -4));

/** Examples this engine refuses, and why. */
const UNSUPPORTED: Record<string, RegExp> = {
  clause6_01: /unknown function: avg/,
  clause6_02b: /unknown function: avg/,
  clause7_15: /array operators/,
  clause7_18: /unknown function: Buffer/,
  example68: /unknown function: Foo/,
  example69: /unknown function: Bar/,
  example79: /array operators/,
  example80: /array operators/,
  example81: /array operators/,
  example82: /array operators/,
};

const text = (name: string) => readFileSync(new URL(`${name}.txt`, FIXTURES), 'utf8');
const json = (name: string) => JSON.parse(readFileSync(new URL(`${name.replace(/-alt\d+$/, '')}.json`, FIXTURES), 'utf8'));
/** Text and JSON of one example may write the same instant with and without a zero fraction. */
const sameInstants = (filter: unknown) => JSON.parse(JSON.stringify(filter).replaceAll('.000000Z', 'Z'));

describe('the examples of the standard', () => {
  it('are all here', () => expect(names.length).toBe(120));

  it.each(names.filter((name) => !UNSUPPORTED[name]))('%s: text and JSON give one AST', (name) => {
    expect(sameInstants(parseCql2Text(text(name)))).toEqual(parseCql2Json(json(name)));
  });

  it.each(Object.entries(UNSUPPORTED))('%s is refused', (name, reason) => {
    expect(() => parseCql2Text(text(name))).toThrow(reason);
    expect(() => parseCql2Json(json(name))).toThrow(FilterError);
  });
});

describe('CQL2 text', () => {
  it.each([
    ['Chinese names', '用地性质 = \'住宅\' AND "容积 率" > 2', ['用地性质', '容积 率']],
    ['names past the basic plane', "𠀀𠀁 = '𠮷'", ['𠀀𠀁']],
    ['keywords in any case', 'a iS NoT nUlL aNd b = tRuE', ['a', 'b']],
    [
      'words that are keywords only before a parenthesis',
      "date = 'x' AND point = 1 AND interval = 2",
      ['date', 'point', 'interval'],
    ],
    ['quotes in names', '"a""b" = 1', ['a"b']],
  ])('reads %s', (_, filter, properties) => {
    expect([...filterProperties(parseCql2Text(filter))]).toEqual(properties);
  });

  it('reads escapes in text literals', () => {
    expect(parseCql2Text(String.raw`a LIKE 'it''s \'100\%'`)).toEqual({
      op: 'like',
      args: [{ property: 'a' }, String.raw`it's '100\%`],
    });
  });

  it('binds NOT, AND and OR in this order', () => {
    expect(parseCql2Text('NOT a = 1 AND b = 2 OR c = 3')).toEqual(parseCql2Text('((NOT (a = 1)) AND (b = 2)) OR (c = 3)'));
  });

  it('reads signs, powers and old multipoints', () => {
    expect(parseCql2Text('a = -2^-b')).toEqual({
      op: '=',
      args: [{ property: 'a' }, { op: '^', args: [-2, { op: '*', args: [-1, { property: 'b' }] }] }],
    });
    expect(parseCql2Text('S_WITHIN(g, MULTIPOINT(1 2, (3 4)))')).toMatchObject({
      args: [
        {},
        {
          coordinates: [
            [1, 2],
            [3, 4],
          ],
        },
      ],
    });
  });

  it.each([
    ['', 0],
    ['a =', 3],
    ['a = 1 b', 6],
    ["a = 'open", 4],
    ['"open = 1', 0],
    ['a = 1 AND', 9],
    ['a NOT = 1', 6],
    ['(a = 1', 6],
    ['a = #', 4],
    ['f(a) = 1', 0],
    ['a IN ()', 6],
    ['and = 1', 0],
    ['a = 1e999', 4],
  ])('says where %j is wrong', (filter, position) => {
    let caught: unknown;
    try {
      parseCql2Text(filter);
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(FilterError);
    expect((caught as FilterError).position).toBe(position);
  });

  it.each([
    ['a condition as a value', '(a = 1) = true'],
    ['a value as a condition', 'a + 1'],
    ['a bare property', 'a'],
    ['a date that is none', "a = DATE('2023-02-29')"],
    ['a timestamp outside UTC', "a = TIMESTAMP('2023-02-28T00:00:00+08:00')"],
    ['a line with one position', 'S_INTERSECTS(g, LINESTRING(1 2))'],
    ['a box with five numbers', 'S_INTERSECTS(g, BBOX(1,2,3,4,5))'],
    ['a property as a pattern', 'a LIKE b'],
  ])('refuses %s', (_, filter) => {
    expect(() => parseCql2Text(filter)).toThrow(FilterError);
  });

  it.each([
    ['parentheses', `${'('.repeat(50_000)}a = 1${')'.repeat(50_000)}`],
    ['unclosed parentheses', '('.repeat(50_000)],
    ['NOTs', `${'NOT '.repeat(50_000)}a = 1`],
    ['signs', `a = ${'-'.repeat(50_000)}1`],
    ['sums', `a = 1${' + 1'.repeat(50_000)}`],
    ['sums within the node limit', `a = 1${' + 1'.repeat(500)}`],
    ['terms', Array.from({ length: 50_000 }, () => 'a = 1').join(' AND ')],
    ['list items', `a IN (${Array.from({ length: 50_000 }, (_, i) => i).join()})`],
    ['positions', `S_WITHIN(g, LINESTRING(${Array.from({ length: 50_000 }, (_, i) => `${i} 1`).join()}))`],
    ['collections', `S_WITHIN(g, ${'GEOMETRYCOLLECTION('.repeat(50_000)}`],
    ['bytes', `a = '${'x'.repeat(2_000_000)}'`],
  ])('refuses too many %s at once', (_, filter) => {
    const start = performance.now();
    expect(() => parseCql2Text(filter)).toThrow(FilterError);
    expect(performance.now() - start).toBeLessThan(2_000);
  });

  it('accepts what is just within the limits', () => {
    const depth = MAX_FILTER_DEPTH - 2;
    expect(parseCql2Text(`${'NOT '.repeat(depth)}a = 1`)).toMatchObject({ op: 'not' });
    expect(parseCql2Text(`a IN (${Array.from({ length: 1_900 }, (_, i) => i).join()})`)).toMatchObject({ op: 'in' });
  });
});

describe('CQL2 JSON', () => {
  it('keeps nothing but the AST', () => {
    const hostile = JSON.parse('{"op":"=","args":[{"property":"__proto__","x":1},1],"__proto__":{"polluted":1},"extra":2}');
    expect(JSON.stringify(parseCql2Json(hostile))).toBe('{"op":"=","args":[{"property":"__proto__"},1]}');
  });

  it('refuses nesting without overflowing', () => {
    let filter: unknown = true;
    for (let i = 0; i < 50_000; i++) filter = { op: 'not', args: [filter] };
    expect(() => parseCql2Json(filter)).toThrow(/64 levels/);
    let list: unknown = [];
    for (let i = 0; i < 50_000; i++) list = [list];
    expect(() => parseCql2Json({ op: 's_within', args: [{ property: 'g' }, { type: 'Polygon', coordinates: list }] })).toThrow(
      FilterError,
    );
    expect(() => parseCql2Json({ op: '=', args: [list, 1] })).toThrow(FilterError);
  });

  it.each([
    null,
    1,
    'a',
    [],
    {},
    { op: 'and', args: [true] },
    { op: '=', args: [1] },
    { op: '=', args: [1, NaN] },
    { op: '=', args: [1, null] },
    { op: 'in', args: [{ property: 'a' }, []] },
    { op: 'toString', args: [] },
    { op: '=', args: [{ property: '' }, 1] },
    { op: 's_within', args: [{ property: 'a' }, { type: 'constructor', coordinates: [] }] },
  ])('refuses %j', (filter) => {
    expect(() => parseCql2Json(filter)).toThrow(FilterError);
  });
});

it('a whole number that would be rounded is refused with its place; fractions and powers are not', () => {
  for (const digits of ['9007199254740993', '500101000000000000237'])
    for (const filter of [`code = ${digits}`, `code IN (1, ${digits})`, `code = -${digits}`])
      expect(() => parseCql2Text(filter)).toThrow(`${digits} has more digits`);
  expect(parseCql2Text('code = 9007199254740991')).toEqual({ op: '=', args: [{ property: 'code' }, 9007199254740991] });
  expect(parseCql2Text('area < 1e30')).toEqual({ op: '<', args: [{ property: 'area' }, 1e30] });
  expect(parseCql2Text('area < 106.55012345678901234')).toEqual({ op: '<', args: [{ property: 'area' }, 106.55012345678901] });
});
