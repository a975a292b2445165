import { join } from 'node:path';
import { type ArithmeticOperator, compileFilter, type Filter, foldCase, type ScalarExpression } from '@yutu/tiles';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { filterToSql } from '../../server/src/access/filter-sql.js';
import { SqlParams } from '../../server/src/access/sql-params.js';
import { calculate } from '../../tiles/src/filter/arithmetic.js';
import { type Query, root, startYutu, underneath, type Yutu } from '../harness.js';
import { examinePlans } from './leaks/plans.js';
import { makeWorld, writeWorld } from './leaks/world.js';

/** A caller's expression raises for no row, and is computed for no row that the caller does not see. */
let yutu: Yutu;
let query: Query;
/** Lets the database go. */
let leave = () => {};
let left: Promise<unknown>;

beforeAll(async () => {
  yutu = await startYutu({ start: 'empty' });
  await yutu.stop();
  await new Promise<void>((opened) => {
    left = underneath(yutu, (q) => {
      query = q;
      opened();
      return new Promise<void>((resolve) => {
        leave = resolve;
      });
    });
  });
});
afterAll(async () => {
  leave();
  await left;
  await yutu?.remove();
});

describe('arithmetic in SQL', () => {
  const operators = ['+', '-', '*', '/', 'div', '%'] as const satisfies ArithmeticOperator[];
  const edges = [
    0,
    1,
    3,
    0.1,
    2 ** 53,
    2 ** 53 - 1,
    1e150,
    1e-140,
    2 ** 511,
    2 ** -537,
    1e290,
    2 ** 1023,
    2 ** -1022,
    2 ** -1073,
  ];
  const number = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.constantFrom(...edges, Number.MAX_VALUE, Number.MIN_VALUE, Number.EPSILON).chain((n) => fc.constantFrom(n, -n)),
    fc.integer(),
    fc.integer({ min: -1074, max: 1023 }).map((exponent) => 2 ** exponent),
    // near where products and quotients leave the doubles
    fc.tuple(fc.double({ min: 1, max: 2, noNaN: true }), fc.integer({ min: -1070, max: 1022 })).map(([m, e]) => m * 2 ** e),
  );

  it('gives for any two numbers what the evaluator gives, and never raises', async () => {
    const pairs = fc.sample(fc.tuple(number, number), { numRuns: 3_000, seed: 20261130 });
    // The second of a pair brings the result to the edge.
    for (const [x, y] of pairs.slice(0, 1_000))
      pairs.push([x, (2 ** 1023 / Math.abs(x)) * 2], [x, Math.abs(x) * 2 ** 537 * 2 ** 538], [x, (y < 0 ? -x : x) * 0.1]);
    const usable = pairs.filter((pair) => pair.every(Number.isFinite));
    const { sql } = arithmeticSql(operators);
    const rows = await query(sql, [usable.map(([x]) => x), usable.map(([, y]) => y)]);
    const different: unknown[] = [];
    rows.forEach((row, i) => {
      const [x, y] = usable[i]!;
      operators.forEach((op, k) => {
        const [told, due] = [row[`r${k}`], calculate(op, x, y)];
        if (told !== due && !(told === 0 && due === 0)) different.push([x, op, y, told, due]);
      });
    });
    expect(different).toEqual([]);
    expect(rows.length).toBeGreaterThan(4_000);
  });

  it('is null with what is no number', async () => {
    const { sql } = arithmeticSql(operators);
    const odd = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    const pairs = odd.flatMap((x) => [1, 0, -1e308, ...odd].flatMap((y) => [[x, y] as const, [y, x] as const]));
    const rows = await query(sql, [pairs.map(([x]) => x), pairs.map(([, y]) => y)]);
    for (const row of rows) expect(Object.values(row)).toEqual(operators.map(() => null));
  });
});

/** All operators on the n-th of two lists of numbers. */
function arithmeticSql(operators: readonly ArithmeticOperator[]) {
  const scope = { alias: 't', fields: new Map([['x', 'double'] as const, ['y', 'double'] as const]), geometry: null, srid: 4326 };
  const results = operators.map((op, k) => {
    const filter: Filter = { op: 'isNull', args: [{ op, args: [{ property: 'x' }, { property: 'y' }] }] };
    return `${/^\((.*) is null\)$/.exec(filterToSql(filter, scope, new SqlParams()))![1]} as r${k}`;
  });
  return { sql: `select ${results.join(', ')} from unnest($1::float8[], $2::float8[]) with ordinality as t(x, y, n) order by n` };
}

describe('CASEI', () => {
  it('folds every character as the evaluator does', async () => {
    const points = Array.from({ length: 0x1fffe }, (_, i) => i + 1).filter(
      (cp) => (cp < 0xd800 || cp > 0xdfff) && cp !== 0xfeff, // what brings it here takes a byte order mark away
    );
    const rows = await query('select n, yutu.casefold(chr(n)) as folded from unnest($1::int[]) n', [points]);
    const different = rows.filter((row) => row.folded !== foldCase(String.fromCodePoint(row.n as number)));
    expect(different).toEqual([]);
    expect(rows).toHaveLength(points.length);
  });

  it('holds beyond ASCII, and leaves what has no case', async () => {
    const pairs = [
      ['ÀÉÎÕÜ', 'àéîõü'],
      ['ΣΊΣΥΦΟΣ', 'σίσυφος'],
      ['ЖЁЛТЫЙ', 'жёлтый'],
      ['Ⅲ号线Ａ', 'ⅲ号线ａ'],
      ['K', 'k'],
      ['ẞ', 'ß'],
      ['重庆𠮷', '重庆𠮷'],
      ['DŽ', 'Dž'],
    ];
    for (const [a, b] of pairs) {
      expect(foldCase(a!)).toBe(foldCase(b!));
      const [row] = await query('select yutu.casefold($1::text) = yutu.casefold($2::text) as same', [a, b]);
      expect([a, row!.same]).toEqual([a, true]);
    }
    expect(foldCase('ß')).not.toBe(foldCase('SS'));
  });
});

// --- whole filters, over rows that nobody would wish for ---

const columns = [
  { name: 'name', type: 'text' },
  { name: 'floors', type: 'integer' },
  { name: 'long', type: 'bigint' },
  { name: 'area', type: 'double' },
  { name: 'open', type: 'boolean' },
  { name: 'built', type: 'date' },
  { name: 'seen', type: 'timestamp' },
] as const;
const sqlTypes = {
  text: 'text',
  integer: 'int',
  bigint: 'bigint',
  double: 'float8',
  boolean: 'bool',
  date: 'date',
  timestamp: 'timestamptz',
};
type Cell = string | number | boolean | null;
const hostile: Cell[][] = [
  [null, null, null, null, null, null, null],
  ['', 0, '0', 0, false, '1970-01-01', '1970-01-01T00:00:00Z'],
  ['%_\\', 2_147_483_647, '9223372036854775807', 1.7976931348623157e308, true, '9999-12-31', '9999-12-31T23:59:59.999999Z'],
  ['\\', -2_147_483_648, '-9223372036854775808', -1.7976931348623157e308, true, '0001-01-01', '0001-01-01T00:00:00Z'],
  ['İı', 1, '9007199254740993', 5e-324, false, '2024-02-29', '2024-02-29T12:00:00Z'],
  ['🏠号', -1, '-9007199254740993', -5e-324, null, '2026-11-30', '2026-11-30T00:00:00Z'],
  ["'; --", 7, '1000000007', 0.1, true, '2026-12-01', '2026-11-30T16:00:00Z'],
  ['a%', 3, '3', 1e-200, false, null, '2026-11-30T00:00:00.000001Z'],
];
/** No value of JavaScript's says what these are: they must not raise, and that is all. */
const beyond = [
  ['z', 1, '1', 'NaN', true, 'infinity', 'infinity'],
  ['z', 1, '1', 'Infinity', true, '-infinity', '-infinity'],
  ['z', 1, '1', '-Infinity', true, '5874897-12-31', '294276-12-31T23:59:59Z'],
];

const numbers = fc.oneof(
  fc.constantFrom(
    0,
    1,
    -1,
    0.1,
    3,
    1e308,
    -1e308,
    1e-308,
    5e-324,
    2 ** 53,
    2 ** 53 + 2,
    2 ** 63,
    -(2 ** 63),
    2_147_483_647,
    1e200,
  ),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);
const { filter } = fc.letrec<{
  numeric: ScalarExpression;
  textual: ScalarExpression;
  filter: Filter;
}>((tie) => ({
  numeric: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom<ScalarExpression>({ property: 'floors' }, { property: 'area' }, { property: 'long' }),
    numbers,
    fc.record({
      op: fc.constantFrom('+', '-', '*', '/', 'div', '%'),
      args: fc.tuple(tie('numeric'), tie('numeric')),
    }) as fc.Arbitrary<ScalarExpression>,
  ),
  textual: fc.oneof(
    { depthSize: 'small' },
    fc.constant({ property: 'name' }),
    fc.constantFrom('', '%', '\\', '🏠号', "'; --", 'a%', 'İI', 'ÉÀé', 'ΣΑς', 'Ⅲ号Ａ'),
    fc.record({ op: fc.constant('casei' as const), args: fc.tuple(tie('textual')) }),
  ),
  filter: fc.oneof(
    { depthSize: 'small' },
    fc.record({
      op: fc.constantFrom('=', '<>', '<', '>', '<=', '>='),
      args: fc.tuple(tie('numeric'), tie('numeric')),
    }) as fc.Arbitrary<Filter>,
    fc.record({
      op: fc.constantFrom('=', '<>', '<', '>'),
      args: fc.tuple(tie('textual'), tie('textual')),
    }) as fc.Arbitrary<Filter>,
    fc.record({ op: fc.constant('isNull'), args: fc.tuple(tie('numeric')) }) as fc.Arbitrary<Filter>,
    fc.record({
      op: fc.constant('in'),
      args: fc.tuple(tie('numeric'), fc.array(tie('numeric'), { maxLength: 3 })),
    }) as fc.Arbitrary<Filter>,
    fc.record({
      op: fc.constant('between'),
      args: fc.tuple(tie('numeric'), tie('numeric'), tie('numeric')),
    }) as fc.Arbitrary<Filter>,
    fc.record({
      op: fc.constant('like'),
      args: fc.tuple(
        tie('textual'),
        fc.oneof(fc.constantFrom('%', '_', '\\', 'a\\', '\\\\', '%\\%%', '__', '%号', '%_%_%'), fc.string()),
      ),
    }) as fc.Arbitrary<Filter>,
    fc.record({
      op: fc.constantFrom('=', '<>', '<', '>', '<=', '>='),
      args: fc.tuple(
        fc.constantFrom({ property: 'built' }, { property: 'seen' }),
        fc.constantFrom(
          { property: 'seen' },
          { property: 'built' },
          { date: '9999-12-31' },
          { date: '0001-01-01' },
          { timestamp: '2026-11-30T00:00:00Z' },
          '2026-11-30',
          '2026-11-30T23:59:60Z',
          '2026-11-30T24:00:00',
          '2026-11-30T00:00:00.0000019Z',
          '0001-01-01T15:59:00+15:59',
          '9999-12-31T08:00:59.999999-15:59',
        ),
      ),
    }) as fc.Arbitrary<Filter>,
    fc.record({ op: fc.constantFrom('and', 'or'), args: fc.array(tie('filter'), { maxLength: 3 }) }) as fc.Arbitrary<Filter>,
    fc.record({ op: fc.constant('not'), args: fc.tuple(tie('filter')) }) as fc.Arbitrary<Filter>,
  ),
}));

describe('a filter over hostile rows', () => {
  it('raises for none, and says of each what the evaluator says', async () => {
    const filters = fc.sample(filter, { numRuns: 500, seed: 20261130 });
    const fields = new Map(columns.map(({ name, type }) => [name, type]));
    const differences: unknown[] = [];
    let agreed = 0;
    await query(
      `create temp table hostile (n int, ${columns.map(({ name, type }) => `"${name}" ${sqlTypes[type]}`).join(', ')})`,
    );
    for (const [n, row] of [...hostile, ...beyond].entries())
      await query(`insert into hostile values ($1, ${columns.map(({ type }, i) => `$${i + 2}::${sqlTypes[type]}`).join(', ')})`, [
        n,
        ...row,
      ]);
    for (const one of filters) {
      const params = new SqlParams();
      const sql = filterToSql(one, { alias: 't', fields, geometry: null, srid: 4326 }, params);
      const rows = await query(`select n, ${sql} as truth from hostile t order by n`, params.values).catch((error: Error) => {
        differences.push([JSON.stringify(one), error.message]);
        return [];
      });
      const evaluate = compileFilter(one, columns);
      for (const { n, truth } of rows.slice(0, hostile.length)) {
        const due = evaluate(hostile[n]!);
        if (truth === due) agreed++;
        else differences.push([JSON.stringify(one), n, truth, due]);
      }
    }
    expect(differences.slice(0, 5)).toEqual([]);
    expect(agreed).toBe(filters.length * hostile.length);
  });
});

describe('the plan of every read', () => {
  it('computes nothing of the caller’s beside or below the access predicate', async () => {
    const world = makeWorld();
    world.layers = world.layers.filter((l) => l.set === 'polygon' && l.srid === 4490).slice(0, 1);
    Object.assign(world, { grants: [], callers: [] });
    await writeWorld(query, world, new Map());
    leave();
    await left;
    const { findings, plans } = await examinePlans(yutu, join(root, 'server'));
    expect(findings).toEqual([]);
    expect(plans).toBeGreaterThan(50);
  });
});
