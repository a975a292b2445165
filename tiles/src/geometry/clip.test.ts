import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Coords, clipRing, clipSegment, segment } from './clip.js';

const BOX = { minX: 0, minY: 0, maxX: 100, maxY: 100 };
const coordinate = fc.integer({ min: -150, max: 250 });
const vertex = fc.tuple(coordinate, coordinate);

function clipped(ring: readonly (readonly [number, number])[]): [number, number][] {
  const source = new Coords();
  const coords = new Coords();
  for (const [x, y] of ring) source.push(x, y);
  clipRing(source, BOX, coords);
  return Array.from({ length: coords.length / 2 }, (_, i) => [coords.data[2 * i]!, coords.data[2 * i + 1]!]);
}

/** How often the ring winds around a point that is on no edge. */
function winding(ring: readonly (readonly [number, number])[], x: number, y: number): number {
  let turns = 0;
  ring.forEach(([x1, y1], i) => {
    const [x0, y0] = ring.at(i - 1)!;
    if (y0 <= y === y1 <= y) return;
    if (x < x0 + ((y - y0) * (x1 - x0)) / (y1 - y0)) turns += y1 > y0 ? 1 : -1;
  });
  return turns;
}

describe('clipRing', () => {
  it('keeps what is inside: same winding number around every inner point, none outside', () => {
    fc.assert(
      fc.property(
        fc.array(vertex, { minLength: 3, maxLength: 12 }),
        fc.array(vertex, { minLength: 20, maxLength: 20 }),
        (ring, probes) => {
          const result = clipped(ring);
          for (const [x, y] of result) expect(x >= 0 && x <= 100 && y >= 0 && y <= 100).toBe(true);
          for (const [px, py] of probes) {
            // Off the integer grid, so that probes do not lie on edges.
            const x = px + 0.3217;
            const y = py + 0.4713;
            const inside = x > 0 && x < 100 && y > 0 && y < 100;
            expect(winding(result, x, y)).toBe(inside ? winding(ring, x, y) : 0);
          }
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it.each([
    [
      'around the box',
      [
        [-10, -10],
        [110, -10],
        [110, 110],
        [-10, 110],
      ],
      4,
    ],
    [
      'beside the box',
      [
        [200, 0],
        [300, 0],
        [300, 100],
      ],
      0,
    ],
    [
      'inside',
      [
        [1, 1],
        [2, 1],
        [2, 2],
      ],
      3,
    ],
  ] as const)('clips a ring %s', (_, ring, n) => expect(clipped(ring).length).toBe(n));
});

describe('clipSegment', () => {
  it('agrees with sampling', () => {
    fc.assert(
      fc.property(vertex, vertex, ([x0, y0], [x1, y1]) => {
        const hit = clipSegment(x0, y0, x1, y1, BOX);
        const samples = Array.from({ length: 201 }, (_, i) => [x0 + ((x1 - x0) * i) / 200, y0 + ((y1 - y0) * i) / 200] as const);
        const inside = samples.filter(([x, y]) => x >= 0 && x <= 100 && y >= 0 && y <= 100);
        if (inside.length > 0) expect(hit).toBe(true);
        if (!hit) return;
        const [ax, ay, bx, by] = segment as unknown as [number, number, number, number];
        for (const v of [ax, ay, bx, by]) expect(v >= 0 && v <= 100).toBe(true);
        for (const [x, y] of inside) {
          expect(x).toBeGreaterThanOrEqual(Math.min(ax, bx) - 1e-9);
          expect(x).toBeLessThanOrEqual(Math.max(ax, bx) + 1e-9);
          expect(y).toBeGreaterThanOrEqual(Math.min(ay, by) - 1e-9);
          expect(y).toBeLessThanOrEqual(Math.max(ay, by) + 1e-9);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('counts a touch as a hit', () => {
    expect(clipSegment(-10, 0, 0, 0, BOX)).toBe(true);
    expect(clipSegment(-10, 10, 10, -10, BOX)).toBe(true);
    expect(clipSegment(100, 100, 100, 100, BOX)).toBe(true);
    expect(clipSegment(101, 101, 101, 101, BOX)).toBe(false);
  });
});
