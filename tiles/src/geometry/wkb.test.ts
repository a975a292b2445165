import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type TestGeometry, writeWkb } from '../testing/wkb.js';
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

  it('names the kinds it does not draw', () => {
    const curve = writeWkb({ type: 'LineString', coordinates: line });
    curve[1] = 8;
    expect(() => paths(curve)).toThrow(UnsupportedGeometryError);
    curve[1] = 99;
    expect(() => paths(curve)).toThrow(/unknown geometry type/);
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
