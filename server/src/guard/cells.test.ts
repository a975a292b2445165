import { describe, expect, it } from 'vitest';
import { around, boxOf, cellsOf, cellsOfTile, km2OfBox, km2OfCell, km2OfTile } from './cells.js';

const set = (cells: Iterable<number>) => new Set(cells);
/** The tile of zoom 14 at a place, as everyone computes it. */
const cell = (lon: number, lat: number) => {
  const n = 2 ** 14;
  const rad = (lat * Math.PI) / 180;
  return Math.floor(((1 - Math.asinh(Math.tan(rad)) / Math.PI) / 2) * n) * n + Math.floor(((lon + 180) / 360) * n);
};

describe('surface', () => {
  it('of the world’s tiles is the earth’s up to Mercator’s end, and of a tile that of the four in it', () => {
    expect(km2OfTile({ z: 0, y: 0 })).toBeCloseTo(510_065_622 * Math.sin((85.0511287798 * Math.PI) / 180), -3);
    for (const [z, y] of [
      [3, 2],
      [12, 1697],
      [13, 3393],
    ] as const)
      expect(2 * km2OfTile({ z: z + 1, y: 2 * y }) + 2 * km2OfTile({ z: z + 1, y: 2 * y + 1 })).toBeCloseTo(
        km2OfTile({ z, y }),
        6,
      );
    // A tile of zoom 14 at Chongqing is 2.13 km wide and high, within a hundredth.
    expect(km2OfCell(cell(106.55, 29.56))).toBeCloseTo(4.52, 1);
    expect(km2OfBox([106, 29, 107, 30])).toBeCloseTo(10_760, -2);
    expect(km2OfBox([106, 29, 106, 29])).toBe(0);
  });
});

describe('cells', () => {
  it('of a tile are those in it, or the one it lies in', () => {
    const at = { z: 14, x: 13041, y: 6785 };
    expect([...cellsOfTile(at)]).toEqual([6785 * 16384 + 13041]);
    expect([...cellsOfTile({ z: 12, x: 3260, y: 1696 })]).toHaveLength(16);
    expect(set(cellsOfTile({ z: 12, x: 3260, y: 1696 })).has(6785 * 16384 + 13041)).toBe(true);
    expect([...cellsOfTile({ z: 17, x: 13041 * 8 + 5, y: 6785 * 8 + 7 })]).toEqual([6785 * 16384 + 13041]);
  });

  it('of points are theirs; of lines those along them, not their whole box; of polygons those under them', () => {
    const [a, b, c] = [
      [106.5, 29.5],
      [106.6, 29.5],
      [106.6, 29.6],
    ] as const;
    expect(set(cellsOf({ type: 'Point', coordinates: a }))).toEqual(set([cell(...a)]));
    expect(set(cellsOf({ type: 'MultiPoint', coordinates: [a, c] }))).toEqual(set([cell(...a), cell(...c)]));
    const line = set(cellsOf({ type: 'MultiLineString', coordinates: [[a, b, c]] }));
    expect([line.has(cell(...a)), line.has(cell(106.55, 29.5)), line.has(cell(...c))]).toEqual([true, true, true]);
    expect(line.has(cell(106.5, 29.6))).toBe(false);
    const polygon = set(cellsOf({ type: 'Polygon', coordinates: [[a, b, c, a]] }));
    expect([polygon.has(cell(...a)), polygon.has(cell(106.58, 29.55))]).toEqual([true, true]);
    expect(set(cellsOf({ type: 'MultiPolygon', coordinates: [[[a, b, c, a]]] }))).toEqual(polygon);
  });

  it('of nothing are none, and those of a world are bounded', () => {
    for (const none of [null, {}, { type: 'Polygon', coordinates: [] }, { type: 'Nothing', coordinates: [1, 2] }])
      expect([...cellsOf(none)]).toEqual([]);
    const world = {
      type: 'Polygon',
      coordinates: [
        [
          [-180, -89],
          [180, -89],
          [180, 89],
          [-180, 89],
          [-180, -89],
        ],
      ],
    };
    let n = 0;
    for (const _ of cellsOf(world)) n++;
    expect(n).toBe(250_000);
  });

  it('and boxes of geometries', () => {
    expect(
      boxOf({
        type: 'LineString',
        coordinates: [
          [1, 5],
          [3, 2],
        ],
      }),
    ).toEqual([1, 2, 3, 5]);
    expect(boxOf({ type: 'MultiPolygon', coordinates: [] })).toBeNull();
    expect(around([0, 0, 1, 1], [2, -1, 3, 0])).toEqual([0, -1, 3, 1]);
    expect(around(null, [2, -1, 3, 0])).toEqual([2, -1, 3, 0]);
  });
});
