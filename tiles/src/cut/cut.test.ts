import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Column, Value } from '../column.js';
import { clipSegment } from '../geometry/clip.js';
import { type DecodedFeature, decode, inspect, snapshotOf, type TestFeature, unitToLonLat } from '../testing/tiles.js';
import type { Position, TestGeometry } from '../testing/wkb.js';
import { tileCoord } from '../tile.js';
import { cutTile, prepareOverlay } from './cut.js';

const TILE = tileCoord(14, 13040, 6770);
const at = (x: number, y: number) => unitToLonLat(TILE, x, y);
const ring = (...units: [number, number][]): Position[] => [...units, units[0]!].map(([x, y]) => at(x, y));
const square = (x: number, y: number, size: number) => ring([x, y], [x + size, y], [x + size, y + size], [x, y + size]);
const polygon = (...rings: Position[][]): TestGeometry => ({ type: 'Polygon', coordinates: rings });
const line = (...units: [number, number][]): TestGeometry => ({
  type: 'LineString',
  coordinates: units.map(([x, y]) => at(x, y)),
});
const point = (x: number, y: number): TestGeometry => ({ type: 'Point', coordinates: at(x, y) });

function cut(features: TestFeature[], tile = TILE): DecodedFeature[] {
  return decode(cutTile(snapshotOf(features), tile, { layerName: 'layer' }).bytes);
}
const paths = (geometry: TestGeometry) => cut([{ fid: 1, geometry }])[0]?.paths;

/** Twice the signed area of a closed ring; positive is an exterior ring. */
const area = (path: readonly (readonly [number, number])[]) =>
  path.slice(1).reduce((sum, [x, y], i) => sum + path[i]![0] * y - x * path[i]![1], 0);

describe('awkward geometries', () => {
  it('a polygon inside keeps its vertices, whatever its winding', () => {
    const expected = [
      [
        [10, 10],
        [110, 10],
        [110, 110],
        [10, 110],
        [10, 10],
      ],
    ];
    expect(paths(polygon(square(10, 10, 100)))).toEqual(expected);
    expect(paths(polygon([...square(10, 10, 100)].reverse()))).toEqual(expected);
  });

  it('holes wind the other way and leave with their exterior', () => {
    const [exterior, hole] = paths(polygon(square(0, 0, 100), square(10, 10, 20)))!;
    expect([Math.sign(area(exterior!)), Math.sign(area(hole!))]).toEqual([1, -1]);
    expect(paths(polygon(square(0, 0, 100), square(10, 10, 0.1)))!.length).toBe(1);
    // the exterior is outside, the hole (wrongly) inside
    expect(paths(polygon(square(9000, 0, 100), square(10, 10, 20)))).toBeUndefined();
  });

  it('a polygon over the edge is clipped to the buffer exactly', () => {
    expect(paths(polygon(square(-1000, 100, 2000)))).toEqual([
      [
        [-64, 100],
        [1000, 100],
        [1000, 2100],
        [-64, 2100],
        [-64, 100],
      ],
    ]);
    const [xs, ys] = [0, 1].map((i) => paths(polygon(square(-9000, -9000, 30_000)))![0]!.map((p) => p[i]!));
    expect([Math.min(...xs!), Math.max(...xs!), Math.min(...ys!), Math.max(...ys!)]).toEqual([-64, 4160, -64, 4160]);
  });

  it('a line is split where it leaves', () => {
    expect(paths(line([-100, 50], [200, 50], [200, -100], [400, -100], [400, 300]))).toEqual([
      [
        [-64, 50],
        [200, 50],
        [200, -64],
      ],
      [
        [400, -64],
        [400, 300],
      ],
    ]);
  });

  it('a line along the buffer edge is inside, one beyond is not', () => {
    expect(paths(line([-64, 10], [-64, 20]))).toEqual([
      [
        [-64, 10],
        [-64, 20],
      ],
    ]);
    expect(paths(line([-65, 10], [-65, 20]))).toBeUndefined();
  });

  it('points on the buffer edge are inside', () => {
    expect(paths(point(-64, 4160))).toEqual([[[-64, 4160]]]);
    expect(paths(point(-65, 0))).toBeUndefined();
    expect(paths({ type: 'MultiPoint', coordinates: [at(1, 1), at(9000, 1), at(2, 2)] })).toEqual([[[1, 1]], [[2, 2]]]);
  });

  it.each([
    ['a speck of a polygon', polygon(square(100.2, 100.2, 0.01)), 1],
    ['a needle of a polygon', polygon(ring([10, 10.1], [500, 10.2], [10, 10.3])), 1],
    ['a polygon smaller than the grid', polygon(square(100.2, 100.2, 1e-7)), 1],
    ['a polygon that is a point', polygon(square(4160, 4160, 0)), 1],
    ['a polygon with only its corner inside', polygon(ring([-64, -64], [-900, -64], [-64, -900])), 1],
    ['a bow tie', polygon(ring([10, 10], [20, 20], [20, 10], [10, 20])), 1],
    ['a speck of a line', line([100.2, 100.2], [100.21, 100.21]), 0],
    ['a line of one place', line([4160, 4160], [4160, 4160]), 0],
    ['a line that touches', line([-64, -64], [-200, -64]), 0],
  ])('%s is still there', (_, geometry, area2) => {
    const [mark] = paths(geometry)!;
    for (const [x, y] of mark!) expect(Math.min(x, y) >= -64 && Math.max(x, y) <= 4160).toBe(true);
    if (area2 > 0) expect(area(mark!)).toBeGreaterThan(0);
    else expect(mark!.length).toBe(2);
    expect(new Set(mark!.map(String)).size).toBeGreaterThan(1);
  });

  it('a polygon whose box meets the tile and whose body does not is absent', () => {
    expect(paths(polygon(ring([-3000, 2000], [2000, -3000], [-3000, -3000])))).toBeUndefined();
  });

  it('a polygon with the tile in its hole is absent, unless a ring passes through', () => {
    const outer = square(-9000, -9000, 30_000);
    expect(paths(polygon(outer, square(-900, -900, 9000)))).toBeUndefined();
    expect(paths(polygon(outer, square(-63.8, -900, 9000)))!.length).toBe(1);
    const two: TestGeometry = { type: 'MultiPolygon', coordinates: [[outer, square(-900, -900, 9000)], [square(10, 10, 20)]] };
    expect(paths(two)).toEqual([
      [
        [10, 10],
        [30, 10],
        [30, 30],
        [10, 30],
        [10, 10],
      ],
    ]);
    expect(
      cut([{ fid: 1, geometry: polygon(outer, square(-900, -900, 9000)) }], tileCoord(13, TILE.x >> 1, TILE.y >> 1)).length,
    ).toBe(1);
  });

  it('a polygon around the tile covers it', () => {
    const [cover] = paths(polygon(ring([-9000, 2000], [2000, -9000], [13_000, 2000], [2000, 13_000])))!;
    expect(area(cover!)).toBe(2 * 4224 ** 2);
  });

  it('a collection becomes a feature per kind', () => {
    const found = cut([
      {
        fid: 7,
        geometry: {
          type: 'GeometryCollection',
          geometries: [polygon(square(1, 1, 9)), point(5, 5), line([1, 1], [5, 5]), point(6, 6)],
        },
      },
    ]);
    expect(found.map(({ id, type }) => [id, type])).toEqual([
      [7, 1],
      [7, 2],
      [7, 3],
    ]);
    expect(found[0]!.paths.length).toBe(2);
  });

  it('what lies beyond 180° shows on the other side, and the buffer sees across', () => {
    const features = [
      { fid: 1, geometry: { type: 'Point', coordinates: [190, 10] } as const },
      { fid: 2, geometry: { type: 'Point', coordinates: [179.999, 10] } as const },
      {
        fid: 3,
        geometry: {
          type: 'LineString',
          coordinates: [
            [170, 0],
            [195, 0],
          ],
        } as const,
      },
    ];
    expect(
      cut(features, tileCoord(3, 0, 3))
        .map(({ id }) => id)
        .sort(),
    ).toEqual([1, 2, 3]);
    expect(
      cut(features, tileCoord(3, 7, 3))
        .map(({ id }) => id)
        .sort(),
    ).toEqual([2, 3]);
    expect(cut(features, tileCoord(3, 4, 3))).toEqual([]);
  });

  it('poles stay outside and do not throw', () => {
    const world = polygon([
      [-180, -90],
      [180, -90],
      [180, 90],
      [-180, 90],
      [-180, -90],
    ]);
    // The copies beside the world fill the buffer.
    const found = cut([{ fid: 1, geometry: world }], tileCoord(0, 0, 0));
    expect(found.map(({ paths: [path] }) => area(path!) / 2)).toEqual([64 * 4224, 4096 * 4224, 64 * 4224]);
    expect(cut([{ fid: 1, geometry: { type: 'Point', coordinates: [0, -90] } }], tileCoord(0, 0, 0))).toEqual([]);
  });
});

describe('the layer', () => {
  const columns: Column[] = [
    { name: 'name', type: 'text' },
    { name: 'n', type: 'integer' },
    { name: 'x', type: 'double' },
    { name: 'ok', type: 'boolean' },
    { name: 'big', type: 'bigint' },
    { name: 'day', type: 'date' },
  ];
  const rows: Value[][] = [
    ['渝中区', 5, 2.5, true, 2 ** 40, '2024-02-29'],
    ['渝中区', -5, 5, false, null, null],
    [null, null, null, null, null, null],
    ['5', 5, null, null, '-9007199254740993', null],
    ['x'.repeat(300), 2 ** 31, Number.NaN, null, 0, null],
  ];
  const features = rows.map((values, i) => ({ fid: i, geometry: point(100 * i, 9), values }));

  it('carries values in their types and leaves nulls out', () => {
    const { bytes, features: n } = cutTile(snapshotOf(features, columns), TILE, { layerName: 'layer' });
    const found = decode(bytes).sort((a, b) => a.id - b.id);
    expect(n).toBe(5);
    expect(found.map(({ properties }) => properties)).toEqual([
      { name: '渝中区', n: 5, x: 2.5, ok: true, big: 2 ** 40, day: '2024-02-29' },
      { name: '渝中区', n: -5, x: 5, ok: false },
      {},
      { name: '5', n: 5, big: -9007199254740992 },
      { name: 'x'.repeat(300), n: 2 ** 31, x: Number.NaN, big: 0 },
    ]);
  });

  it('follows the specification to the byte: name, version, no unused or double keys and values', () => {
    const snapshot = snapshotOf(features, columns);
    const check = (tile = TILE) => {
      const layer = inspect(cutTile(snapshot, tile, { layerName: '规划:地块' }).bytes);
      expect([layer.name, layer.version, layer.extent]).toEqual(['规划:地块', 2, 4096]);
      expect(new Set(layer.keys).size).toBe(layer.keys.length);
      expect(new Set(layer.values).size).toBe(layer.values.length);
      const tags = layer.features.flat();
      expect(new Set(tags.filter((_, i) => i % 2 === 0)).size).toBe(layer.keys.length);
      expect(new Set(tags.filter((_, i) => i % 2 === 1)).size).toBe(layer.values.length);
      return layer;
    };
    check();
    check(tileCoord(22, TILE.x * 256, TILE.y * 256));
    expect(check().keys.length).toBe(6);
  });

  it('gives no bytes without features and the same bytes twice', () => {
    const snapshot = snapshotOf(features, columns);
    expect(cutTile(snapshot, tileCoord(14, 0, 0), { layerName: 'layer' })).toEqual({
      bytes: new Uint8Array(0),
      features: 0,
      named: 0,
      reduced: 0,
    });
    const first = cutTile(snapshot, TILE, { layerName: 'layer' }).bytes;
    cutTile(snapshot, tileCoord(3, 6, 3), { layerName: 'layer' });
    expect(cutTile(snapshot, TILE, { layerName: 'layer' }).bytes).toEqual(first);
  });

  it('shows pending edits in place of what they hide, without repeating values', () => {
    const snapshot = snapshotOf(features, columns);
    const extra = snapshotOf(
      [
        { fid: 1, geometry: point(7, 7), values: ['渝中区', 6, null, null, null, null] },
        { fid: 99, geometry: point(8, 8), values: ['new', 5, null, null, null, null] },
      ],
      columns,
    );
    const overlay = prepareOverlay(snapshot, { hide: Float64Array.of(1, 2), extra });
    const { bytes } = cutTile(snapshot, TILE, { layerName: 'layer', overlay });
    const found = decode(bytes).sort((a, b) => a.id - b.id);
    expect(found.map(({ id }) => id)).toEqual([0, 1, 3, 4, 99]);
    expect(found[1]).toMatchObject({ properties: { name: '渝中区', n: 6 }, paths: [[[7, 7]]] });
    const { values } = inspect(bytes);
    expect(new Set(values).size).toBe(values.length);
    expect(() => prepareOverlay(snapshot, { hide: new Float64Array(), extra: snapshotOf([]) })).toThrow(/columns/);
  });
});

describe('cutTile', () => {
  const unit = fc.integer({ min: -3000, max: 7000 });
  const position = fc.tuple(unit, unit).map(([x, y]) => at(x, y));
  const geometry: fc.Arbitrary<TestGeometry> = fc.oneof(
    position.map((coordinates): TestGeometry => ({ type: 'Point', coordinates })),
    fc.array(position, { minLength: 2, maxLength: 6 }).map((coordinates): TestGeometry => ({ type: 'LineString', coordinates })),
    fc
      .array(position, { minLength: 3, maxLength: 6 })
      .map((p): TestGeometry => ({ type: 'Polygon', coordinates: [[...p, p[0]!]] })),
  );

  it('is valid whatever comes, and children hold what their parent holds', () => {
    fc.assert(
      fc.property(fc.array(geometry, { maxLength: 20 }), (geometries) => {
        const snapshot = snapshotOf(geometries.map((g, fid) => ({ fid, geometry: g })));
        const ids = new Set<number>();
        for (let i = 0; i < 4; i++) {
          const child = tileCoord(15, 2 * TILE.x + (i & 1), 2 * TILE.y + (i >> 1));
          for (const feature of decode(cutTile(snapshot, child, { layerName: 'layer' }).bytes)) {
            ids.add(feature.id);
            expect(feature.paths.length).toBeGreaterThan(0);
            for (const path of feature.paths) {
              for (const [x, y] of path) expect(x >= -64 && x <= 4160 && y >= -64 && y <= 4160).toBe(true);
              if (feature.type === 2) expect(path.length).toBeGreaterThan(1);
              if (feature.type === 3) expect(area(path)).not.toBe(0);
              for (let k = 1; k < path.length; k++) expect(path[k]).not.toEqual(path[k - 1]);
            }
            if (feature.type === 3) expect(area(feature.paths[0]!)).toBeGreaterThan(0);
          }
        }
        // The parent without buffer is the union of its children without buffer.
        const bare = { layerName: 'layer', buffer: 0 };
        const union = new Set<number>();
        for (let i = 0; i < 4; i++) {
          const child = tileCoord(15, 2 * TILE.x + (i & 1), 2 * TILE.y + (i >> 1));
          for (const { id } of decode(cutTile(snapshot, child, bare).bytes)) union.add(id);
        }
        const parent = decode(cutTile(snapshot, TILE, bare).bytes).map(({ id }) => id);
        expect(new Set(parent)).toEqual(union);
      }),
      { numRuns: 150 },
    );
  });

  it('holds a polygon from zoom 14 on just if its rings pass through the tile or it covers the middle', () => {
    const low = -64;
    const high = 4160;
    const shape = fc.record({
      x: fc.integer({ min: -9000, max: 13_000 }),
      y: fc.integer({ min: -9000, max: 13_000 }),
      r: fc.constantFrom(0.3, 40, 3000, 9000),
      hole: fc.option(fc.double({ min: 0.1, max: 0.95, noNaN: true })),
      corners: fc.integer({ min: 3, max: 7 }),
      turn: fc.double({ min: 0, max: 6, noNaN: true }),
    });
    type Units = [number, number][];
    const passes = (units: Units) =>
      units.some(([x1, y1], i) => {
        const [x0, y0] = units.at(i - 1)!;
        return clipSegment(x0, y0, x1, y1, { minX: low, minY: low, maxX: high, maxY: high });
      });
    const covers = (units: Units) =>
      units.filter(([x1, y1], i) => {
        const [x0, y0] = units.at(i - 1)!;
        return y0 > 2048 !== y1 > 2048 && 2048.5 < x0 + ((2048 - y0) * (x1 - x0)) / (y1 - y0);
      }).length %
        2 ===
      1;
    fc.assert(
      fc.property(shape, ({ x, y, r, hole, corners, turn }) => {
        const circle = (radius: number): Units =>
          Array.from({ length: corners }, (_, i) => {
            const angle = turn + (i * 2 * Math.PI) / corners;
            return [x + radius * Math.cos(angle), y + radius * Math.sin(angle)];
          });
        const rings = hole === null ? [circle(r)] : [circle(r), circle(r * hole)];
        const expected = rings.some(passes) || rings.filter(covers).length === 1;
        expect(paths(polygon(...rings.map((units) => ring(...units)))) !== undefined).toBe(expected);
      }),
      { numRuns: 1_000 },
    );
  });
});
