import { expect, test } from 'vitest';
import { contains, insidePoint } from './shape';

const square = (x: number, y: number, size: number): GeoJSON.Position[] => [
  [x, y],
  [x + size, y],
  [x + size, y + size],
  [x, y + size],
  [x, y],
];

test('a hole is outside', () => {
  const ring: GeoJSON.Polygon = { type: 'Polygon', coordinates: [square(0, 0, 10), square(4, 4, 2)] };
  expect(contains(ring, [1, 1])).toBe(true);
  expect(contains(ring, [5, 5])).toBe(false);
});

test('a name is written inside its own outline, on the largest part', () => {
  const parts: GeoJSON.MultiPolygon = { type: 'MultiPolygon', coordinates: [[square(106, 29, 0.1)], [square(108, 30, 2)]] };
  expect(insidePoint(parts)).toEqual([expect.closeTo(109), expect.closeTo(31)]);
});

test('a horseshoe is named on one of its arms or its bow', () => {
  const shoe: GeoJSON.Polygon = {
    type: 'Polygon',
    coordinates: [
      [
        [0, 0],
        [10, 0],
        [10, 10],
        [8, 10],
        [8, 2],
        [2, 2],
        [2, 10],
        [0, 10],
        [0, 0],
      ],
    ],
  };
  expect(contains(shoe, insidePoint(shoe))).toBe(true);
});
