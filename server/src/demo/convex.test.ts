import { describe, expect, it } from 'vitest';
import { area, convexParts, distanceTo, inset, longAxis, type Ring, split } from './convex.js';
import { createRandom } from './random.js';

const ring = (...corners: [number, number][]): Ring => corners.map(([x, y]) => ({ x, y, street: 10 }));
const square = ring([0, 0], [100, 0], [100, 100], [0, 100]);

describe('split', () => {
  it('parts a square into two halves with the very same cut points', () => {
    const [right, left] = split(square, { x: 40, y: 0 }, 1, 0, 5);
    expect([area(right), area(left)]).toEqual([6000, 4000]);
    const cut = (r: Ring) => r.filter((c) => c.x === 40).map((c) => `${c.x} ${c.y}`);
    expect(cut(right).sort()).toEqual(cut(left).sort());
    expect(right.filter((c) => c.street === 5)).toHaveLength(1);
  });

  it('goes through a corner that it passes within a metre', () => {
    const [front, back] = split(square, { x: 0.4, y: 0 }, Math.SQRT1_2, -Math.SQRT1_2, 5);
    expect([front.length, back.length]).toEqual([3, 3]);
  });
});

describe('inset', () => {
  it('draws every edge in by its own street', () => {
    expect(area(inset(square))).toBeCloseTo(80 * 80);
    expect(area(inset(square.map((c, i) => ({ ...c, street: i === 0 ? 20 : 0 }))))).toBeCloseTo(100 * 80);
  });

  it('is empty when the streets leave nothing', () => {
    expect(inset(square.map((c) => ({ ...c, street: 60 })))).toEqual([]);
  });
});

describe('convexParts', () => {
  const turns = (r: Ring) =>
    r.map((b, i) => {
      const a = r[(i + r.length - 1) % r.length]!;
      const c = r[(i + 1) % r.length]!;
      const [ux, uy, vx, vy] = [b.x - a.x, b.y - a.y, c.x - b.x, c.y - b.y];
      return (ux * vy - uy * vx) / (Math.hypot(ux, uy) * Math.hypot(vx, vy));
    });

  it.each([
    ['an L', ring([0, 0], [200, 0], [200, 100], [100, 100], [100, 200], [0, 200])],
    [
      'a comb',
      ring(
        [0, 0],
        [500, 0],
        [500, 300],
        [400, 300],
        [400, 50],
        [300, 50],
        [300, 300],
        [200, 300],
        [200, 50],
        [100, 50],
        [100, 300],
        [0, 300],
      ),
    ],
    ['a star', star(9, 31)],
    ['a ragged outline', star(60, 7)],
  ])('cuts %s into convex pieces without losing land', (_, outline) => {
    const parts = convexParts(outline, 5);
    expect(parts.reduce((sum, p) => sum + area(p), 0)).toBeCloseTo(area(outline), 3);
    for (const part of parts) expect(Math.min(...turns(part))).toBeGreaterThan(-0.0021);
  });

  function star(points: number, seed: number): Ring {
    const random = createRandom(seed);
    return Array.from({ length: points * 2 }, (_, i) => {
      const r = random.between(...((i % 2 ? [300, 600] : [900, 1500]) as [number, number]));
      const at = (Math.PI * i) / points;
      return { x: r * Math.cos(at), y: r * Math.sin(at), street: 20 };
    });
  }
});

describe('longAxis and distanceTo', () => {
  it('finds the long side of a turned rectangle', () => {
    const c = Math.cos(0.5);
    const s = Math.sin(0.5);
    const turned = ring([0, 0], [200 * c, 200 * s], [200 * c - 50 * s, 200 * s + 50 * c], [-50 * s, 50 * c]);
    const axis = longAxis(turned);
    expect([axis.long, axis.short]).toEqual([expect.closeTo(200), expect.closeTo(50)]);
    expect(Math.abs(axis.x * c + axis.y * s)).toBeCloseTo(1);
  });

  it('is nought inside and metres outside', () => {
    expect(distanceTo(square, { x: 50, y: 50 })).toBe(0);
    expect(distanceTo(square, { x: 103, y: 104 })).toBeCloseTo(5);
  });
});
