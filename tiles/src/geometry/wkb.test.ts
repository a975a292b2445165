import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Position, type TestGeometry, writeWkb } from '../testing/wkb.js';
import { readWkb, UnsupportedGeometryError, WkbError } from './wkb.js';

function paths(bytes: Uint8Array) {
  const found: { kind: number; hole: boolean; xy: number[][] }[] = [];
  readWkb(bytes, {
    beginPath: (kind, hole) => void found.push({ kind, hole, xy: [] }),
    vertex: (x, y) => void found.at(-1)!.xy.push([x, y]),
    endPath: () => {},
  });
  return found;
}

const ring = [
  [0, 0],
  [9, 0],
  [9, 9],
  [0, 0],
] as const;
const line = [
  [1, 2],
  [3, 4],
] as const;

const GEOMETRIES: Record<string, [TestGeometry, string]> = {
  point: [{ type: 'Point', coordinates: [1, 2] }, '1'],
  'empty point': [{ type: 'Point', coordinates: [] }, ''],
  line: [{ type: 'LineString', coordinates: line }, '2'],
  'empty line': [{ type: 'LineString', coordinates: [] }, ''],
  polygon: [{ type: 'Polygon', coordinates: [ring, ring] }, '3,3h'],
  'empty polygon': [{ type: 'Polygon', coordinates: [] }, ''],
  points: [{ type: 'MultiPoint', coordinates: line }, '1,1'],
  lines: [{ type: 'MultiLineString', coordinates: [line, line] }, '2,2'],
  polygons: [{ type: 'MultiPolygon', coordinates: [[ring, ring], [ring]] }, '3,3h,3'],
  'empty polygons': [{ type: 'MultiPolygon', coordinates: [[], []] }, ''],
  collection: [
    {
      type: 'GeometryCollection',
      geometries: [
        { type: 'Point', coordinates: [1, 2] },
        { type: 'GeometryCollection', geometries: [{ type: 'LineString', coordinates: line }] },
      ],
    },
    '1,2',
  ],
};

const arc = {
  type: 'CircularString',
  coordinates: [
    [0, 0],
    [1, 1],
    [2, 0],
  ],
} as const;
const back = {
  type: 'LineString',
  coordinates: [
    [2, 0],
    [0, 0],
  ],
} as const;
const half = { type: 'CompoundCurve', geometries: [arc, back] } as const;
const circle = {
  type: 'CircularString',
  coordinates: [
    [0.5, 0.3],
    [1.5, 0.3],
    [0.5, 0.3],
  ],
} as const;
const face = (x: number): TestGeometry => ({
  type: 'Polygon',
  coordinates: [
    [
      [x, 0, 1],
      [x + 1, 0, 2],
      [x, 1, 3],
      [x, 0, 1],
    ],
  ],
});
const triangle: TestGeometry = {
  type: 'Triangle',
  coordinates: [
    [
      [0, 0],
      [1, 0],
      [0, 1],
      [0, 0],
    ],
  ],
};
Object.assign(GEOMETRIES, {
  'circular string': [arc, '2'],
  'empty circular string': [{ type: 'CircularString', coordinates: [] }, ''],
  'compound curve': [half, '2'],
  'empty compound curve': [{ type: 'CompoundCurve', geometries: [] }, ''],
  'curve polygon': [{ type: 'CurvePolygon', geometries: [half, circle] }, '3,3h'],
  'empty curve polygon': [{ type: 'CurvePolygon', geometries: [] }, ''],
  'multi curve': [{ type: 'MultiCurve', geometries: [arc, back, half] }, '2,2,2'],
  'multi surface': [{ type: 'MultiSurface', geometries: [face(0), { type: 'CurvePolygon', geometries: [half] }] }, '3,3'],
  'polyhedral surface': [{ type: 'PolyhedralSurface', geometries: [face(0), face(1)] }, '3,3'],
  tin: [{ type: 'TIN', geometries: [triangle, triangle] }, '3,3'],
  triangle: [triangle, '3'],
  'collection of curves': [
    { type: 'GeometryCollection', geometries: [arc, { type: 'MultiSurface', geometries: [triangle] }] },
    '2,3',
  ],
} satisfies Record<string, [TestGeometry, string]>);

const OPTIONS = [
  {},
  { littleEndian: false },
  { srid: 4490 },
  { z: true },
  { m: true },
  { z: true, m: true },
  { z: true, m: true, flags: true, srid: 4326, littleEndian: false },
];

describe('readWkb', () => {
  it.each(Object.entries(GEOMETRIES))('reads a %s in every dialect', (_, [geometry, expected]) => {
    const plain = paths(writeWkb(geometry));
    expect(plain.map(({ kind, hole }) => `${kind}${hole ? 'h' : ''}`).join()).toBe(expected);
    for (const options of OPTIONS) expect(paths(writeWkb(geometry, options))).toEqual(plain);
  });

  it('refuses every truncation, trailing bytes and forged counts', () => {
    const bytes = writeWkb(GEOMETRIES.polygons![0]);
    for (let n = 0; n < bytes.length; n++) expect(() => paths(bytes.subarray(0, n))).toThrow(WkbError);
    expect(() => paths(Uint8Array.from([...bytes, 0]))).toThrow(/follow/);
    const forged = writeWkb(GEOMETRIES.line![0]);
    forged.fill(255, 5, 9);
    expect(() => paths(forged)).toThrow(WkbError);
  });

  it('refuses deep nesting and holes without exterior', () => {
    let nested: TestGeometry = { type: 'Point', coordinates: [1, 2] };
    for (let i = 0; i < 40; i++) nested = { type: 'GeometryCollection', geometries: [nested] };
    expect(() => paths(writeWkb(nested))).toThrow(/deeply/);
    expect(() => paths(writeWkb({ type: 'Polygon', coordinates: [[], ring] }))).toThrow(/exterior/);
  });

  it('makes arcs of segments that stay close to the circle, alike in both directions', () => {
    const coordinate = fc.integer({ min: -180_000, max: 180_000 }).map((n) => n / 1_000);
    const point = fc.tuple(coordinate, coordinate);
    let arcs = 0;
    fc.assert(
      fc.property(point, point, point, (a, b, c) => {
        const [forth, reverse] = [
          [a, b, c],
          [c, b, a],
        ].map((coordinates) => paths(writeWkb({ type: 'CircularString', coordinates: coordinates as Position[] }))[0]!.xy) as [
          number[][],
          number[][],
        ];
        expect(reverse.toReversed()).toEqual(forth);
        expect([forth[0], forth.at(-1)]).toEqual([a, c]);
        if (forth.length < 4) return;
        arcs++;
        const [cx, cy, r] = circleThrough(a, b, c);
        // A circle through points nearly in line is known as exactly as they are.
        const slack = 1e-9 * (1 + r * r);
        for (const [x, y] of forth) expect(Math.abs(Math.hypot(x! - cx, y! - cy) - r)).toBeLessThan(slack);
        expect(forth.length).toBeLessThanOrEqual(129);
        for (let i = 1; i < forth.length; i++) {
          const [mx, my] = [0, 1].map((k) => (forth[i]![k]! + forth[i - 1]![k]!) / 2) as [number, number];
          expect(r - Math.hypot(mx - cx, my - cy)).toBeLessThan(r / 3_300 + slack);
        }
        // The point between is on the way.
        expect(Math.min(...forth.map(([x, y]) => Math.hypot(x! - b[0], y! - b[1])))).toBeLessThan(r * 0.03 + slack);
      }),
      { numRuns: 1_000 },
    );
    expect(arcs).toBeGreaterThan(500);
  });

  it('takes an arc that ends where it began for a circle, and one that does not bend for a line', () => {
    const circled = paths(writeWkb(circle))[0]!.xy;
    expect(circled.length).toBe(129);
    for (const [x, y] of circled) expect(Math.hypot(x! - 1, y! - 0.3)).toBeCloseTo(0.5, 12);
    const straight = (coordinates: Position[]) => paths(writeWkb({ type: 'CircularString', coordinates }))[0]!.xy;
    expect(
      straight([
        [0, 0],
        [1, 1],
        [2, 2],
      ]),
    ).toEqual([
      [0, 0],
      [1, 1],
      [2, 2],
    ]);
    expect(
      straight([
        [3, 3],
        [3, 3],
        [3, 3],
      ]),
    ).toEqual([
      [3, 3],
      [3, 3],
      [3, 3],
    ]);
    expect(
      straight([
        [0, 0],
        [1, 1],
      ]),
    ).toEqual([
      [0, 0],
      [1, 1],
    ]);
  });

  it('refuses curves made of what is none', () => {
    const point: TestGeometry = { type: 'Point', coordinates: [0, 0] };
    for (const type of ['CompoundCurve', 'CurvePolygon'] as const)
      expect(() => paths(writeWkb({ type, geometries: [point] }))).toThrow(/no curve/);
    expect(() => paths(writeWkb({ type: 'CompoundCurve', geometries: [half] }))).toThrow(/no curve/);
    const hollow: TestGeometry = { type: 'CurvePolygon', geometries: [{ type: 'LineString', coordinates: [] }, circle] };
    expect(() => paths(writeWkb(hollow))).toThrow(/exterior/);
  });

  it('names the kinds it does not draw', () => {
    for (const type of [0, 13, 14, 18, 99]) {
      const curve = writeWkb({ type: 'LineString', coordinates: line });
      curve[1] = type;
      expect(() => paths(curve)).toThrow(UnsupportedGeometryError);
      expect(() => paths(curve)).toThrow(/unknown geometry type/);
    }
  });

  it('never fails otherwise than with WkbError', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        bytes[0] = 1;
        try {
          paths(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(WkbError);
        }
      }),
    );
  });
});

/** Centre and radius of the circle through three points. */
function circleThrough([ax, ay]: number[], [bx, by]: number[], [cx, cy]: number[]): [number, number, number] {
  const d = 2 * (ax! * (by! - cy!) + bx! * (cy! - ay!) + cx! * (ay! - by!));
  const [a, b, c] = [ax! ** 2 + ay! ** 2, bx! ** 2 + by! ** 2, cx! ** 2 + cy! ** 2];
  const x = (a * (by! - cy!) + b * (cy! - ay!) + c * (ay! - by!)) / d;
  const y = (a * (cx! - bx!) + b * (ax! - cx!) + c * (bx! - ax!)) / d;
  return [x, y, Math.hypot(ax! - x, ay! - y)];
}
