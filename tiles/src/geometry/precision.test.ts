import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutTile } from '../cut/cut.js';
import { decode, snapshotOf } from '../testing/tiles.js';
import { type Position, type TestGeometry, writeWkb } from '../testing/wkb.js';
import { TILE_EXTENT, tileAt, tileCoord, tileWorldBox } from '../tile.js';
import { GRID, latToWorld, lonToWorld, MERCATOR_HALF_WIDTH, worldToLat, worldToLon } from '../world.js';
import { bestPrecision, cellSize, type Precision, readCoarse } from './precision.js';

function pathsOf(geometry: TestGeometry, precision: Precision) {
  const found: { kind: number; xy: [number, number][] }[] = [];
  const sink = {
    beginPath: (kind: number) => void found.push({ kind, xy: [] }),
    vertex: (x: number, y: number) => void found.at(-1)!.xy.push([x, y]),
    endPath: () => {},
  };
  readCoarse(writeWkb(geometry), sink, precision, 'lonlat');
  return found;
}

const lon = fc.integer({ min: -179_000_000, max: 179_000_000 }).map((n) => n / 1e6);
const lat = fc.integer({ min: -80_000_000, max: 80_000_000 }).map((n) => n / 1e6);
const place = fc.tuple(lon, lat);
const precision = (kind: Precision['kind']) =>
  fc.integer({ min: 1, max: 200_000 }).map((metres): Precision => ({ kind, metres }));

/** Metres on the ground of so many units of the world grid. */
const ground = (units: number, latitude: number) =>
  ((units * 2 * MERCATOR_HALF_WIDTH) / GRID) * Math.cos((latitude * Math.PI) / 180);
/** How far a coordinate is from the next multiple of a cell, in units of the world grid. */
const off = (value: number, cell: number) => Math.abs(value / cell - Math.round(value / cell)) * cell;

describe('cells', () => {
  it('measure as much as asked for, and less than twice that', () => {
    fc.assert(
      fc.property(lat, fc.integer({ min: 1, max: 200_000 }), (latitude, metres) => {
        const side = ground(cellSize(metres, latToWorld(latitude)), latitude);
        expect(side).toBeGreaterThanOrEqual(metres * (1 - 1e-9));
        expect(side).toBeLessThan(2 * metres);
      }),
    );
  });
});

describe('a grid', () => {
  it('holds every vertex on a corner of a cell, within a cell of where it was', () => {
    fc.assert(
      fc.property(fc.array(place, { minLength: 2, maxLength: 6 }), precision('grid'), (coordinates, grid) => {
        const [line] = pathsOf({ type: 'LineString', coordinates }, grid);
        expect(line!.xy.length).toBe(coordinates.length);
        line!.xy.forEach(([x, y], i) => {
          const cell = cellSize(grid.metres, latToWorld(coordinates[i]![1]));
          expect(off(lonToWorld(x), cell)).toBeLessThan(0.01);
          expect(off(latToWorld(y), cell)).toBeLessThan(0.01);
          expect(Math.abs(lonToWorld(x) - lonToWorld(coordinates[i]![0]))).toBeLessThanOrEqual(cell / 2 + 0.01);
          expect(Math.abs(latToWorld(y) - latToWorld(coordinates[i]![1]))).toBeLessThanOrEqual(cell / 2 + 0.01);
        });
      }),
    );
  });
});

describe('a point', () => {
  it('is the middle of a cell, the same for all that lies in it', () => {
    fc.assert(
      fc.property(
        place,
        fc.array(fc.tuple(fc.double({ min: 0.01, max: 0.99, noNaN: true }), fc.double({ min: 0.01, max: 0.99, noNaN: true })), {
          minLength: 1,
          maxLength: 5,
        }),
        precision('point'),
        ([x, y], parts, point) => {
          const cell = cellSize(point.metres, latToWorld(y));
          const corner = [Math.floor(lonToWorld(x) / cell) * cell, Math.floor(latToWorld(y) / cell) * cell];
          const middle = [worldToLon(corner[0]! + cell / 2), worldToLat(corner[1]! + cell / 2)];
          // Where cells change size the smaller ones are others.
          if (cellSize(point.metres, corner[1]!) !== cell || cellSize(point.metres, corner[1]! + cell) !== cell) return;
          const inside = parts.map(([u, v]): Position => [worldToLon(corner[0]! + u * cell), worldToLat(corner[1]! + v * cell)]);
          for (const geometry of [
            { type: 'MultiPoint', coordinates: inside },
            { type: 'LineString', coordinates: inside },
            { type: 'Polygon', coordinates: [[...inside, inside[0]!]] },
          ] as TestGeometry[]) {
            const found = pathsOf(geometry, point);
            expect(found.map(({ kind, xy }) => [kind, xy.length])).toEqual([[1, 1]]);
            expect(found[0]!.xy[0]![0]).toBeCloseTo(middle[0]!, 9);
            expect(found[0]!.xy[0]![1]).toBeCloseTo(middle[1]!, 6);
          }
        },
      ),
    );
  });

  it('stands for the area, holes taken off', () => {
    const square = (x: number, y: number, side: number): Position[] => [
      [x, y],
      [x + side, y],
      [x + side, y + side],
      [x, y + side],
      [x, y],
    ];
    // A square degree at 0.5 less a quarter in the west: the middle of what is left is east of the middle.
    const hollow: TestGeometry = { type: 'Polygon', coordinates: [square(0, 0, 1), square(0, 0.25, 0.5)] };
    const [[x, y]] = pathsOf(hollow, { kind: 'point', metres: 1 })[0]!.xy as [[number, number]];
    expect(x).toBeCloseTo((0.5 - 0.25 * 0.25) / 0.75, 4);
    expect(y).toBeCloseTo(0.5, 3);
  });

  it('is nothing for what is empty', () => {
    expect(pathsOf({ type: 'MultiPolygon', coordinates: [] }, { kind: 'point', metres: 10 })).toEqual([]);
  });
});

it('refuses what is no length', () => {
  for (const metres of [0, -1, Number.NaN, Number.POSITIVE_INFINITY])
    expect(() => pathsOf({ type: 'Point', coordinates: [1, 1] }, { kind: 'grid', metres })).toThrow(RangeError);
});

describe('a snapshot of coarse geometries', () => {
  const CENTRE: Position = [106.55, 29.56];
  const spread = fc.tuple(fc.integer({ min: -800, max: 800 }), fc.integer({ min: -800, max: 800 }));
  const feature = fc.record({
    kind: fc.constantFrom('grid', 'point'),
    metres: fc.constantFrom(50, 100, 300, 5_000),
    ring: fc.array(spread, { minLength: 3, maxLength: 5 }),
  });

  it('betrays no more in any tile: not by a vertex, not by being there', () => {
    let seen = 0;
    fc.assert(
      fc.property(fc.array(feature, { minLength: 1, maxLength: 4 }), fc.constantFrom(8, 12, 14, 15), (features, zoom) => {
        const all = features.map(({ kind, metres, ring }, fid) => {
          const points = ring.map(([u, v]): Position => [CENTRE[0] + u * 1e-5, CENTRE[1] + v * 1e-5]);
          const precision: Precision = { kind: kind as Precision['kind'], metres };
          return { fid, precision, geometry: { type: 'Polygon', coordinates: [[...points, points[0]!]] } as TestGeometry };
        });
        // What may be known: the coarse geometries, packed as if they were all there is.
        const coarse = all.map(({ fid, precision, geometry }) => {
          const [path] = pathsOf(geometry, precision);
          const xy = path!.xy as Position[];
          const known: TestGeometry =
            path!.kind === 1 ? { type: 'Point', coordinates: xy[0]! } : { type: 'Polygon', coordinates: [xy] };
          return { fid, geometry: known };
        });
        const packed = snapshotOf(all);
        const expected = snapshotOf(coarse);
        const { x, y } = tileAt(zoom, CENTRE[0], CENTRE[1]);
        for (const tile of [tileCoord(zoom, x, y), tileCoord(zoom, x + 1, y), tileCoord(zoom, x, y - 1)]) {
          const { bytes } = cutTile(packed, tile, { layerName: 'layer' });
          expect(Buffer.from(bytes).equals(cutTile(expected, tile, { layerName: 'layer' }).bytes)).toBe(true);
          const { minX, minY, maxX } = tileWorldBox(tile);
          const unit = (maxX - minX) / TILE_EXTENT;
          for (const { id, type, paths } of decode(bytes)) {
            if (type !== 3 || zoom < 14) continue;
            const { metres, ring } = features[id]!;
            // Longer rings cross themselves, and have vertices there; one without area is a mark where it meets the tile.
            const xs = paths.flat().map(([px]) => px);
            if (ring.length > 3 || Math.max(...xs) - Math.min(...xs) < 2) continue;
            for (const [px, py] of paths.flat()) {
              if (px <= -64 || py <= -64 || px >= TILE_EXTENT + 64 || py >= TILE_EXTENT + 64) continue;
              const cell = cellSize(metres, minY + py * unit);
              expect(off(minX + px * unit, cell)).toBeLessThanOrEqual(unit);
              expect(off(minY + py * unit, cell)).toBeLessThanOrEqual(unit);
              seen++;
            }
          }
        }
      }),
      { numRuns: 150 },
    );
    expect(seen).toBeGreaterThan(30);
  });
});

describe('bestPrecision', () => {
  const grid = (metres: number): Precision => ({ kind: 'grid', metres });
  const point = (metres: number): Precision => ({ kind: 'point', metres });
  it.each([
    [[grid(100), null, grid(10)], null],
    [[grid(100), grid(10)], grid(10)],
    [[point(10), grid(100)], point(10)],
    [[point(10), grid(10)], grid(10)],
    [[grid(10), point(10)], grid(10)],
    [[point(100)], point(100)],
  ] as [(Precision | null)[], Precision | null][])('of %j is %j', (all, best) => expect(bestPrecision(all)).toEqual(best));
});
