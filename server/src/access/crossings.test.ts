import { expect, it } from 'vitest';
import { checkFolds, crossingsOf } from './crossings.js';

type Ring = [number, number][];
const square = (x: number, y: number, side = 1): Ring => [
  [x, y],
  [x + side, y],
  [x + side, y + side],
  [x, y + side],
  [x, y],
];
const comb = (teeth: number): Ring => [
  [0, 0],
  ...Array.from({ length: 2 * teeth - 1 }, (_, i): [number, number] => [i + 1, i % 2 ? 1 : 100]),
  [2 * teeth, 0],
  [0, 0],
];
const turned = (ring: Ring): Ring => ring.map(([x, y]) => [x - y, x + y]);
const circle = (corners: number): Ring =>
  Array.from({ length: corners + 1 }, (_, i) => [
    Math.cos((2 * Math.PI * (i % corners)) / corners),
    Math.sin((2 * Math.PI * (i % corners)) / corners),
  ]);
const fault = (rings: Ring[], use: 'area' | 'overlay' = 'area') => {
  try {
    checkFolds(rings, 'geometry', use);
    return null;
  } catch (error) {
    return error as { code: string; more: { parameter: string; allowed: object }; message: string };
  }
};

it('a line through a polygon meets its border: through each hole and part twice more', () => {
  expect(crossingsOf([square(0, 0)])).toBe(2);
  expect(crossingsOf([circle(500)])).toBe(2);
  expect(crossingsOf([square(0, 0, 10), square(2, 2)])).toBe(4);
  expect(crossingsOf([square(0, 0), square(2, 0)])).toBe(4);
  expect(crossingsOf([square(0, 0), square(2, 2)])).toBe(2);
});

it('teeth are counted however the comb is turned, and with whatever lies far from it', () => {
  expect(crossingsOf([comb(50)])).toBe(100);
  expect(crossingsOf([comb(50).map(([x, y]): [number, number] => [y, x])])).toBe(100);
  expect(crossingsOf([turned(comb(50))])).toBeGreaterThan(80);
  expect(crossingsOf([comb(50), square(1e6, 1e6)])).toBe(100);
});

it('what lies along a border is taken with many corners, also in many parts; what is folded is not, with few', () => {
  const parts = Array.from({ length: 400 }, (_, i) => square(2 * (i % 20), 2 * Math.floor(i / 20)));
  for (const rings of [[circle(20_000)], parts, [comb(50)]]) expect(fault(rings)).toBeNull();
  expect(fault([comb(51)])).toMatchObject({
    code: 'parameter_invalid',
    more: { parameter: 'geometry', allowed: { crossings: 100, positionsTimesCrossings: 400_000 } },
    message: expect.stringContaining('has 104 positions, and a horizontal or vertical line crosses its border 102 times'),
  });
  expect(fault([circle(20_000)], 'overlay')).toBeNull();
  expect(fault(parts, 'overlay')?.more.allowed).toBeUndefined();
  const fine = comb(40).flatMap((corner, i, all) => {
    const [x, y] = all[i - 1] ?? corner;
    return Array.from({ length: 100 }, (_, k): [number, number] => [
      x + ((corner[0] - x) * (k + 1)) / 100,
      y + ((corner[1] - y) * (k + 1)) / 100,
    ]);
  });
  expect(fault([fine])?.message).toContain('crosses its border 80 times');
});
