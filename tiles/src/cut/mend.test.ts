import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { areaOf, faultOf, windingOf } from '../testing/validity.js';
import { mend } from './mend.js';
import { isValid, type Rings } from './valid.js';

type Position = [number, number];

/** Rings as a tile has them: without double points, exterior rings with positive area and holes with negative. */
function ringsOf(list: readonly { ring: readonly Position[]; hole: boolean }[]): Rings {
  const units: number[] = [];
  const ends: number[] = [];
  const holes: boolean[] = [];
  for (const { ring, hole } of list) {
    let open = ring.filter((p, i) => String(p) !== String(ring.at(i - 1)));
    while (open.length > 1 && String(open[0]) === String(open.at(-1))) open = open.slice(1);
    const area = areaOf(open);
    const asHole = hole && ends.length > 0;
    if (open.length < 3 || area === 0) continue;
    if (area > 0 === asHole) open = open.toReversed();
    units.push(...open.flat());
    ends.push(units.length);
    holes.push(asHole);
  }
  return { units: Int32Array.from(units), ends, holes };
}

function pathsOf({ units, ends }: Rings): Position[][] {
  return ends.map((end, i) =>
    Array.from({ length: (end - (ends[i - 1] ?? 0)) / 2 }, (_, v): Position => {
      const at = (ends[i - 1] ?? 0) + 2 * v;
      return [units[at]!, units[at + 1]!];
    }),
  );
}

const position = (most: number) => fc.tuple(fc.integer({ min: -most, max: most }), fc.integer({ min: -most, max: most }));
const polygons = (most: number, length: number) =>
  fc
    .array(fc.record({ ring: fc.array(position(most), { minLength: 3, maxLength: length }), hole: fc.boolean() }), {
      minLength: 1,
      maxLength: 5,
    })
    .map(ringsOf)
    .filter(({ ends }) => ends.length > 0);
const any = fc.oneof(polygons(4, 8), polygons(12, 10), polygons(60, 30), polygons(4160, 40));

/** Regular rings that rarely meet: what is drawn most of the time. */
const circle = fc
  .record({
    x: fc.integer({ min: -60, max: 60 }),
    y: fc.integer({ min: -60, max: 60 }),
    r: fc.integer({ min: 4, max: 60 }),
    n: fc.integer({ min: 3, max: 20 }),
    hole: fc.boolean(),
  })
  .map(({ x, y, r, n, hole }) => ({
    ring: Array.from(
      { length: n },
      (_, i): Position => [
        Math.round(x + r * Math.cos((2 * Math.PI * i) / n)),
        Math.round(y + r * Math.sin((2 * Math.PI * i) / n)),
      ],
    ),
    hole,
  }));
const circles = fc
  .array(circle, { minLength: 1, maxLength: 8 })
  .map(ringsOf)
  .filter(({ ends }) => ends.length > 0);

describe('isValid', () => {
  it('lets nothing pass that is wrong', () => {
    let passed = 0;
    fc.assert(
      fc.property(fc.oneof(circles, any), (rings) => {
        if (!isValid(rings)) return;
        passed++;
        expect(faultOf(pathsOf(rings))).toBeNull();
      }),
      { numRuns: 4_000 },
    );
    expect(passed).toBeGreaterThan(300);
  });

  it('holds up nothing that is right and touches nothing', () => {
    const touching = (rings: Position[][]) =>
      rings.some((ring, r) =>
        ring.some((p, i) =>
          rings.some((other, s) =>
            other.some((b, j) => {
              const a = other.at(j - 1)!;
              if (r === s && (i === j || p === a)) return false;
              const turn = (b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0]);
              return turn === 0 && (p[0] - a[0]) * (p[0] - b[0]) + (p[1] - a[1]) * (p[1] - b[1]) <= 0;
            }),
          ),
        ),
      );
    let right = 0;
    fc.assert(
      fc.property(fc.oneof(circles, any), (rings) => {
        const paths = pathsOf(rings);
        if (faultOf(paths) !== null || touching(paths)) return;
        right++;
        expect(isValid(rings)).toBe(true);
      }),
      { numRuns: 4_000 },
    );
    expect(right).toBeGreaterThan(300);
  });
});

describe('mend', () => {
  it('makes anything valid', () => {
    fc.assert(
      fc.property(fc.oneof(circles, any), (rings) => {
        const mended = mend(rings);
        if (mended.ends.length > 0) expect(faultOf(pathsOf(mended))).toBeNull();
      }),
      { numRuns: 2_000 },
    );
  });

  it('covers what is in more exterior rings than holes', () => {
    const probe = fc.tuple(fc.integer({ min: -64, max: 64 }), fc.integer({ min: -64, max: 64 }));
    let inside = 0;
    fc.assert(
      fc.property(fc.oneof(circles, polygons(60, 12)), fc.array(probe, { minLength: 10, maxLength: 10 }), (rings, probes) => {
        const before = pathsOf(rings);
        const after = pathsOf(mend(rings));
        for (const [px, py] of probes) {
          const x = px + 0.31;
          const y = py + 0.47;
          // Snapping moves edges by up to a pixel's half diagonal.
          if (before.some((ring) => distance(ring, x, y) < 0.8)) continue;
          const turns = (hole: boolean) =>
            before.reduce((sum, ring, i) => sum + (rings.holes[i] === hole ? windingOf(ring, x, y) : 0), 0);
          const expected = Math.abs(turns(false)) > Math.abs(turns(true));
          if (expected) inside++;
          expect(after.reduce((sum, ring) => sum + windingOf(ring, x, y), 0)).toBe(expected ? 1 : 0);
        }
      }),
      { numRuns: 2_000 },
    );
    expect(inside).toBeGreaterThan(1_000);
  });

  const square = (x: number, y: number, side: number): Position[] => [
    [x, y],
    [x + side, y],
    [x + side, y + side],
    [x, y + side],
  ];
  const only = (...rings: Position[][]) => ringsOf(rings.map((ring, i) => ({ ring, hole: i > 0 })));
  const total = (rings: Rings) => pathsOf(rings).reduce((sum, ring) => sum + areaOf(ring) / 2, 0);

  it.each([
    [
      'a bow tie',
      ringsOf([
        {
          ring: [
            [0, 0],
            [20, 20],
            [20, 0],
            [0, 20],
            [-1, 10],
          ],
          hole: false,
        },
      ]),
      2,
      null,
    ],
    [
      'a hole that touches the exterior ring at a point',
      only(square(0, 0, 20), [
        [0, 10],
        [5, 5],
        [5, 15],
      ]),
      2,
      375,
    ],
    ['a hole that shares a stretch with it', only(square(0, 0, 20), square(0, 5, 5)), 1, 375],
    ['a hole outside', only(square(0, 0, 20), square(30, 0, 5)), 1, 400],
    ['a hole that covers all', only(square(0, 0, 20), square(-5, -5, 30)), 0, 0],
    [
      'a hole from side to side',
      only(square(0, 0, 20), [
        [0, 10],
        [10, 5],
        [20, 10],
        [10, 15],
      ]),
      2,
      300,
    ],
    [
      'two parts joined along an edge',
      only([
        [0, 0],
        [10, 0],
        [10, 5],
        [0, 5],
        [0, 10],
        [10, 10],
        [10, 15],
        [0, 15],
      ]),
      2,
      100,
    ],
    [
      'a spike',
      only([
        [0, 0],
        [10, 0],
        [10, 5],
        [20, 5],
        [10, 5],
        [10, 10],
        [0, 10],
      ]),
      1,
      100,
    ],
  ] as [string, Rings, number, number | null][])('mends %s', (_, rings, count, area) => {
    const mended = mend(rings);
    expect(mended.ends.length).toBe(count);
    if (count > 0) expect(faultOf(pathsOf(mended))).toBeNull();
    if (area !== null) expect(total(mended)).toBe(area);
  });

  it('gives equal rings for equal rings, and leaves what touches nothing as it was', () => {
    fc.assert(
      fc.property(circles, (rings) => {
        const once = mend(rings);
        expect(mend(rings)).toEqual(once);
        const alone = ringsOf([{ ring: pathsOf(rings)[0]!, hole: false }]);
        if (isValid(alone)) expect(total(mend(alone))).toBe(total(alone));
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ['a zigzag over the whole tile', (i: number): Position => [[-64, 4160, 2000][i % 3]!, ((i * 7919) % 4225) - 64]],
    ['a scribble', (i: number): Position => [((i * 7919) % 4225) - 64, ((i * 104_729) % 4225) - 64]],
  ])('gives up %s in bounded time, and is valid still', (_, at) => {
    const rings = ringsOf([{ ring: Array.from({ length: 60_000 }, (__, i) => at(i)), hole: false }]);
    const begun = performance.now();
    expect(isValid(rings)).toBe(false);
    const mended = mend(rings);
    // Half a second on a machine of one's own.
    expect(performance.now() - begun).toBeLessThan(10_000);
    expect(isValid(mended)).toBe(true);
  });
});

/** From a point to the nearest edge of a ring. */
function distance(ring: readonly Position[], x: number, y: number): number {
  return Math.min(
    ...ring.map(([x1, y1], i) => {
      const [x0, y0] = ring.at(i - 1)!;
      const [dx, dy] = [x1 - x0, y1 - y0];
      const t = Math.max(0, Math.min(1, ((x - x0) * dx + (y - y0) * dy) / (dx * dx + dy * dy)));
      return Math.hypot(x - x0 - t * dx, y - y0 - t * dy);
    }),
  );
}
