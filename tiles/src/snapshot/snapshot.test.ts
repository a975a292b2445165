import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Column, Value } from '../column.js';
import { snapshotOf } from '../testing/tiles.js';
import { writeWkb } from '../testing/wkb.js';
import { SnapshotBuilder } from './builder.js';
import { SnapshotError } from './format.js';
import { openSnapshot, type Snapshot } from './snapshot.js';

const COLUMNS: Column[] = [
  { name: '名称', type: 'text' },
  { name: 'n', type: 'integer' },
  { name: 'big', type: 'bigint' },
  { name: 'x', type: 'double' },
  { name: 'ok', type: 'boolean' },
  { name: 'day', type: 'date' },
];
const fidsOf = (snapshot: Snapshot) => [...snapshot.rows()].map(({ page, index }) => page.fid[index]!);
const point = (lon: number, lat: number) => writeWkb({ type: 'Point', coordinates: [lon, lat] });

describe('a snapshot', () => {
  it('gives back its values', () => {
    const value = fc.tuple(
      fc.option(fc.string({ unit: 'grapheme' })),
      fc.option(fc.maxSafeInteger()),
      fc.option(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String)),
      fc.option(fc.double().filter((x) => !Object.is(x, -0))),
      fc.option(fc.boolean()),
      fc.option(fc.constantFrom('2024-02-29', '0001-01-01')),
    );
    fc.assert(
      fc.property(fc.array(value, { maxLength: 30 }), (rows) => {
        const builder = new SnapshotBuilder({ columns: COLUMNS, crs: 'lonlat' });
        rows.forEach((row, fid) => void builder.add(fid, point(fid, fid), row));
        const snapshot = openSnapshot(builder.finish());
        expect(snapshot.count).toBe(rows.length);
        for (const row of snapshot.rows()) {
          const expected = rows[row.page.fid[row.index]!]!.map((v, i) =>
            i === 2 && v !== null && Number.isSafeInteger(Number(v)) ? Number(v) : v,
          );
          expect(COLUMNS.map((_, column) => snapshot.value(row, column))).toEqual(expected);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('lies in shared memory and opens without a copy', () => {
    const builder = new SnapshotBuilder({ columns: [], crs: 'lonlat' });
    builder.add(1, point(106, 29), []);
    const bytes = builder.finish();
    expect(bytes.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(openSnapshot(bytes).band(22).page(0).fid.buffer).toBe(bytes.buffer);
    const unaligned = new Uint8Array(bytes.length + 3);
    unaligned.set(bytes, 3);
    expect(fidsOf(openSnapshot(unaligned.subarray(3)))).toEqual([1]);
  });

  it('counts what it leaves out', () => {
    const builder = new SnapshotBuilder({ columns: [], crs: 'lonlat' });
    const curve = writeWkb({
      type: 'LineString',
      coordinates: [
        [0, 0],
        [1, 1],
      ],
    });
    curve[1] = 13;
    builder.add(1, null, []);
    builder.add(2, writeWkb({ type: 'Point', coordinates: [] }), []);
    builder.add(
      3,
      writeWkb({
        type: 'LineString',
        coordinates: [
          [0, 0],
          [Number.POSITIVE_INFINITY, 1],
        ],
      }),
      [],
    );
    builder.add(4, curve, []);
    builder.add(5, writeWkb({ type: 'Point', coordinates: [3, 4] }), []);
    builder.add(6, point(1e9, 0), []);
    expect(builder.report).toEqual({ features: 1, vertices: 1, empty: 2, outOfRange: 2, unsupported: 1 });
    const snapshot = openSnapshot(builder.finish());
    expect(fidsOf(snapshot)).toEqual([5]);
    expect(snapshot.extent!.map((x) => Math.round(x * 1e5) / 1e5)).toEqual([3, 4, 3, 4]);
  });

  it('may be empty', () => {
    const snapshot = snapshotOf([]);
    expect([snapshot.count, snapshot.extent]).toEqual([0, null]);
  });

  it('refuses rows that do not fit and stays usable', () => {
    const builder = new SnapshotBuilder({ columns: COLUMNS, crs: 'lonlat' });
    const nulls: Value[] = COLUMNS.map(() => null);
    const wrong = (column: number, value: Value) => nulls.map((v, i) => (i === column ? value : v));
    for (const [column, value] of [
      [0, 1],
      [1, 1.5],
      [1, '1'],
      [2, 'x'],
      [2, '9223372036854775808'],
      [3, '1'],
      [4, 1],
      [5, 5],
    ] as const) {
      expect(() => builder.add(1, point(1, 1), wrong(column, value))).toThrow(COLUMNS[column]!.name);
    }
    expect(() => builder.add(-1, point(1, 1), nulls)).toThrow(SnapshotError);
    expect(() => builder.add(1.5, point(1, 1), nulls)).toThrow(SnapshotError);
    expect(() => builder.add(1, point(1, 1), [])).toThrow(SnapshotError);
    expect(() => builder.add(1, Uint8Array.of(1, 2), nulls)).toThrow();
    builder.add(2 ** 53 - 1, point(7, 7), nulls);
    const snapshot = openSnapshot(builder.finish());
    expect(fidsOf(snapshot)).toEqual([2 ** 53 - 1]);
    expect(snapshot.extent![0]).toBeCloseTo(7, 6);
    expect(() => builder.add(1, null, nulls)).toThrow(SnapshotError);
    expect(() => new SnapshotBuilder({ columns: [COLUMNS[0]!, COLUMNS[0]!], crs: 'lonlat' })).toThrow(SnapshotError);
  });
});

describe('openSnapshot', () => {
  const builder = new SnapshotBuilder({ columns: COLUMNS.slice(0, 1), crs: 'lonlat' });
  for (let fid = 0; fid < 20; fid++) builder.add(fid, point(fid, fid), [`feature ${fid}`]);
  const good = Uint8Array.from(builder.finish());

  it('refuses every truncation and extension', () => {
    for (let n = 0; n < good.length; n += 7) expect(() => openSnapshot(good.slice(0, n))).toThrow(SnapshotError);
    expect(() => openSnapshot(Uint8Array.from([...good, 0]))).toThrow(SnapshotError);
  });

  it('refuses every flipped bit', () => {
    for (let i = 0; i < good.length; i++) {
      const bad = good.slice();
      bad[i]! ^= 1 << (i % 8);
      expect(() => openSnapshot(bad)).toThrow(SnapshotError);
    }
  });

  it('refuses other formats, and says so', () => {
    const other = good.slice();
    other[8] = 99;
    expect(() => openSnapshot(other)).toThrow(/format 99/);
    expect(() => openSnapshot(new TextEncoder().encode('PK'.repeat(50)))).toThrow(/not a snapshot/);
  });
});
