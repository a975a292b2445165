import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Column } from '../column.js';
import { type Filter, FilterError } from '../filter/ast.js';
import { compileFilter } from '../filter/compile.js';
import { decode, snapshotOf, unitToLonLat } from '../testing/tiles.js';
import { tileCoord } from '../tile.js';
import { cutTile } from './cut.js';
import { FidIndex } from './fid-index.js';
import { type Mask, MaskError, prepareMask, preparePatch } from './mask.js';

const TILE = tileCoord(15, 26080, 13540);
const COLUMNS: Column[] = [
  { name: 'a', type: 'integer' },
  { name: 'b', type: 'text' },
  { name: 'c', type: 'double' },
];
const N = 40;
const ROWS = Array.from({ length: N }, (_, fid) => [fid % 3 === 2 ? null : fid % 3, `b${fid % 5}`, fid / 2] as const);
const BASE = snapshotOf(
  ROWS.map((values, fid) => ({
    fid: fid * 1e9,
    geometry: { type: 'Point', coordinates: unitToLonLat(TILE, 100 * fid, 10) },
    values,
  })),
  COLUMNS,
);
/** Clipped geometries stand at y = 20 instead of 10, so that a test sees which was drawn. */
const CUT = snapshotOf(
  ROWS.map((values, fid) => ({
    fid: fid * 1e9,
    geometry: { type: 'Point', coordinates: unitToLonLat(TILE, 100 * fid, 20) },
    values,
  })),
  COLUMNS,
);

const filter: fc.Arbitrary<Filter | null> = fc.option(
  fc.oneof(
    fc.integer({ min: 0, max: 2 }).map((n): Filter => ({ op: '=', args: [{ property: 'a' }, n] })),
    fc.integer({ min: 0, max: 4 }).map((n): Filter => ({ op: 'not', args: [{ op: '=', args: [{ property: 'b' }, `b${n}`] }] })),
    fc.integer({ min: 0, max: 20 }).map((n): Filter => ({ op: '<', args: [{ property: 'c' }, n] })),
    fc
      .integer({ min: 0, max: 20 })
      .map((n): Filter => ({ op: '<', args: [{ property: 'a' }, { op: '-', args: [{ property: 'c' }, n] }] })),
  ),
);
const view = fc.record({
  columns: fc.option(fc.subarray([0, 1, 2])),
  rows: filter,
  limited: fc.boolean(),
  anonymous: fc.option(fc.record({ below: fc.constantFrom(TILE.z, TILE.z + 1), columns: fc.subarray([0, 1, 2]) })),
});

describe('a mask', () => {
  it('shows what an oracle shows: presence, geometry, ids and fields', () => {
    const member = fc.record({ fid: fc.nat(N - 1), bits: fc.nat(0xffff), whole: fc.boolean() });
    fc.assert(
      fc.property(
        fc.array(view, { maxLength: 8 }),
        fc.option(fc.uniqueArray(member, { selector: ({ fid }) => fid })),
        fc.boolean(),
        (views, memberList, withCut) => {
          const sorted = memberList?.sort((a, b) => a.fid - b.fid);
          const mask: Mask = {
            views,
            members: sorted
              ? {
                  fids: Float64Array.from(sorted, ({ fid }) => fid * 1e9),
                  bits: Uint32Array.from(sorted, ({ bits }) => bits),
                  whole: Uint8Array.from(sorted, ({ whole }) => Number(whole)),
                }
              : null,
            cut: withCut ? CUT : null,
          };
          const expected: unknown[] = [];
          ROWS.forEach((row, fid) => {
            const found = sorted?.find((candidate) => candidate.fid === fid);
            const open = views.filter((v) => !v.limited && (v.rows === null || compileFilter(v.rows, COLUMNS)(row) === true));
            const held = views.filter((v, i) => v.limited && found && found.bits & (1 << i));
            if (open.length + held.length === 0) return;
            const whole = open.length > 0 || found!.whole;
            if (!whole && !withCut) return;
            const nameless = (v: (typeof views)[number]) => v.anonymous !== null && TILE.z < v.anonymous.below;
            const columnsOf = (v: (typeof views)[number]) => (nameless(v) ? v.anonymous!.columns : (v.columns ?? [0, 1, 2]));
            const shown = new Set([...open, ...held].flatMap(columnsOf));
            const id = [...open, ...held].every(nameless) ? undefined : fid * 1e9;
            const properties = Object.fromEntries(
              COLUMNS.flatMap(({ name }, i) => (shown.has(i) && row[i] !== null ? [[name, row[i]]] : [])),
            );
            expected.push({ id, type: 1, properties, paths: [[[100 * fid, whole ? 10 : 20]]] });
          });
          const { bytes, features, named } = cutTile(BASE, TILE, { layerName: 'layer', mask: prepareMask(BASE, mask) });
          const drawn = decode(bytes).sort((a, b) => a.paths[0]![0]![0] - b.paths[0]![0]![0]);
          expect(drawn).toEqual(expected);
          expect([features, named]).toEqual([drawn.length, drawn.filter(({ id }) => id !== undefined).length]);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('with a patch shows what one made anew shows', () => {
    const held = fc.record({
      bits: fc.nat(3),
      whole: fc.boolean(),
      edited: fc.boolean(),
      now: fc.nat(3),
      wholeNow: fc.boolean(),
    });
    const membersOf = (list: { fid: number; bits: number; whole: boolean }[]) => ({
      fids: Float64Array.from(list, ({ fid }) => fid * 1e9),
      bits: Uint32Array.from(list, ({ bits }) => bits),
      whole: Uint8Array.from(list, ({ whole }) => Number(whole)),
    });
    const cutOf = (list: { fid: number; whole: boolean }[], y: (fid: number) => number) =>
      snapshotOf(
        list
          .filter(({ whole }) => !whole)
          .map(({ fid }) => ({
            fid: fid * 1e9,
            geometry: { type: 'Point', coordinates: unitToLonLat(TILE, 100 * fid, y(fid)) },
            values: ROWS[fid]!,
          })),
        COLUMNS,
      );
    const views = [
      { columns: [0, 1], rows: null, limited: true },
      { columns: [2], rows: null, limited: true },
    ];
    fc.assert(
      fc.property(fc.array(held, { minLength: N, maxLength: N }), (features) => {
        const all = features.map((f, fid) => ({ ...f, fid }));
        const before = all.filter((f) => f.bits > 0);
        const edited = all.filter((f) => f.edited);
        const anew = (f: (typeof all)[number]) => ({ fid: f.fid, bits: f.now, whole: f.wholeNow });
        const since = edited.map(anew).filter((f) => f.bits > 0);
        const now = all.map((f) => (f.edited ? anew(f) : f)).filter((f) => f.bits > 0);
        const mask = prepareMask(BASE, { views, members: membersOf(before), cut: cutOf(before, () => 20) });
        const patch = preparePatch(BASE, {
          edited: Float64Array.from(edited, ({ fid }) => fid * 1e9),
          members: membersOf(since),
          cut: cutOf(since, () => 30),
        });
        const rebuilt = prepareMask(BASE, {
          views,
          members: membersOf(now),
          cut: cutOf(now, (fid) => (all[fid]!.edited ? 30 : 20)),
        });
        const shown = (options: object) =>
          decode(cutTile(BASE, TILE, { layerName: 'layer', ...options }).bytes).sort((a, b) => a.id - b.id);
        expect(shown({ mask, patch })).toEqual(shown({ mask: rebuilt }));
      }),
      { numRuns: 200 },
    );
  });

  it('without views shows nothing', () => {
    const mask = prepareMask(BASE, { views: [], members: null, cut: CUT });
    expect(cutTile(BASE, TILE, { layerName: 'layer', mask }).features).toBe(0);
  });

  it('leaves no trace of hidden columns', () => {
    const mask = prepareMask(BASE, { views: [{ columns: [0], rows: null, limited: false }], members: null, cut: null });
    const text = Buffer.from(cutTile(BASE, TILE, { layerName: 'layer', mask }).bytes).toString('latin1');
    expect(text).not.toMatch(/b\d/);
  });

  it.each([
    [
      'too many views',
      { views: Array.from({ length: 32 }, () => ({ columns: null, rows: null, limited: false })), members: null, cut: null },
    ],
    [
      'an unknown column of small zooms',
      {
        views: [{ columns: null, rows: null, limited: false, anonymous: { below: 12, columns: [3] } }],
        members: null,
        cut: null,
      },
    ],
    ['an unknown column', { views: [{ columns: [3], rows: null, limited: false }], members: null, cut: null }],
    [
      'unsorted members',
      { views: [], members: { fids: Float64Array.of(2, 1), bits: new Uint32Array(2), whole: new Uint8Array(2) }, cut: null },
    ],
    [
      'uneven members',
      { views: [], members: { fids: Float64Array.of(2), bits: new Uint32Array(2), whole: new Uint8Array(2) }, cut: null },
    ],
    ['a cut with other columns', { views: [], members: null, cut: snapshotOf([]) }],
  ] satisfies [string, Mask][])('refuses %s', (_, mask) => expect(() => prepareMask(BASE, mask)).toThrow(MaskError));

  it('refuses a filter that does not fit, before any tile', () => {
    const views = [{ columns: null, rows: { op: '=', args: [{ property: 'secret' }, 1] } as Filter, limited: false }];
    expect(() => prepareMask(BASE, { views, members: null, cut: null })).toThrow(FilterError);
  });
});

describe('FidIndex', () => {
  it('finds what is there and nothing else', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(2 ** 53 - 1)), fc.nat(2 ** 53 - 1), (fids, other) => {
        const index = new FidIndex(Float64Array.from(fids));
        fids.forEach((fid, i) => void expect(index.find(fid)).toBe(i));
        expect(index.find(other)).toBe(fids.indexOf(other));
      }),
    );
  });
});

describe('columns that share a key', () => {
  const columns: Column[] = [
    { name: 'holder', type: 'text' },
    { name: 'holder (code)', type: 'text', property: 'holder' },
  ];
  const snapshot = snapshotOf(
    [{ fid: 1, geometry: { type: 'Point', coordinates: unitToLonLat(TILE, 10, 10) }, values: ['Zhang', 'R-1'] }],
    columns,
  );
  const properties = (...views: (number[] | null)[]) => {
    const mask = { views: views.map((shown) => ({ columns: shown, rows: null, limited: false })), members: null, cut: null };
    const { bytes } = cutTile(snapshot, TILE, { layerName: 'layer', mask: prepareMask(snapshot, mask) });
    return decode(bytes).map((feature) => feature.properties);
  };

  it('are written once under it: the code alone, the value before the code', () => {
    expect(properties([1])).toEqual([{ holder: 'R-1' }]);
    expect(properties([0])).toEqual([{ holder: 'Zhang' }]);
    expect(properties([1], [0])).toEqual([{ holder: 'Zhang' }]);
    expect(properties(null)).toEqual([{ holder: 'Zhang' }]);
    expect(decode(cutTile(snapshot, TILE, { layerName: 'layer' }).bytes)[0]!.properties).toEqual({ holder: 'Zhang' });
  });
});
