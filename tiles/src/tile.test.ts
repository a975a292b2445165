import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_ZOOM, TileError, tileAt, tileCoord, tileLonLatBox, tileRange, tileWorldBox } from './tile.js';
import {
  eastingToWorld,
  GRID,
  latToWorld,
  lonToWorld,
  MAX_LATITUDE,
  MERCATOR_HALF_WIDTH,
  northingToWorld,
  worldToLat,
  worldToLon,
} from './world.js';

describe('tileCoord', () => {
  it.each([
    [-1, 0, 0],
    [MAX_ZOOM + 1, 0, 0],
    [1.5, 0, 0],
    [Number.NaN, 0, 0],
    [2, 4, 0],
    [2, 0, 4],
    [2, -1, 0],
    [2, 0, 0.5],
  ])('refuses %d/%d/%d', (z, x, y) => expect(() => tileCoord(z, x, y)).toThrow(TileError));

  it('takes the corners of every zoom', () => {
    for (let z = 0; z <= MAX_ZOOM; z++) expect(tileCoord(z, 2 ** z - 1, 2 ** z - 1)).toEqual({ z, x: 2 ** z - 1, y: 2 ** z - 1 });
  });
});

describe('boxes', () => {
  it('cover the world at zoom 0', () => {
    const [west, south, east, north] = tileLonLatBox(tileCoord(0, 0, 0));
    expect([west, east]).toEqual([-180, 180]);
    expect(south).toBeCloseTo(-MAX_LATITUDE, 10);
    expect(north).toBeCloseTo(MAX_LATITUDE, 10);
  });

  it('fit together and grow by the buffer', () => {
    const left = tileWorldBox(tileCoord(7, 100, 50));
    const right = tileWorldBox(tileCoord(7, 101, 50));
    expect(left.maxX).toBe(right.minX);
    const buffered = tileWorldBox(tileCoord(7, 100, 50), 64);
    expect(left.minX - buffered.minX).toBe((left.maxX - left.minX) / 64);
  });

  it('know Chongqing', () => {
    const [west, south, east, north] = tileLonLatBox(tileCoord(10, 815, 423));
    expect(west).toBeLessThan(106.55);
    expect(east).toBeGreaterThan(106.55);
    expect(south).toBeLessThan(29.56);
    expect(north).toBeGreaterThan(29.56);
  });
});

describe('tileRange', () => {
  const lon = fc.double({ min: -180, max: 180, noNaN: true });
  const lat = fc.double({ min: -85, max: 85, noNaN: true });

  it('holds just the tiles whose buffered box meets the box', () => {
    fc.assert(
      fc.property(fc.nat(6), lon, lon, lat, lat, fc.constantFrom(0, 64), (z, a, b, c, d, buffer) => {
        const box = [Math.min(a, b), Math.min(c, d), Math.max(a, b), Math.max(c, d)] as const;
        const range = tileRange(z, box, buffer);
        const n = 2 ** z;
        for (let i = 0; i < n * n; i += Math.max(1, (n * n) >> 8)) {
          const tile = tileCoord(z, i % n, Math.floor(i / n));
          const [west, south, east, north] = tileLonLatBox(tile, buffer);
          const margins = [box[2] - west, east - box[0], box[3] - south, north - box[1]];
          // Edges that touch to the last bit may round either way.
          if (margins.some((margin) => Math.abs(margin) < 1e-9)) continue;
          const meets = margins.every((margin) => margin > 0);
          const inside = tile.x >= range.minX && tile.x <= range.maxX && tile.y >= range.minY && tile.y <= range.maxY;
          expect(inside).toBe(meets);
        }
      }),
    );
  });

  it('and tileAt agree', () => {
    fc.assert(
      fc.property(fc.nat(MAX_ZOOM), lon, lat, (z, x, y) => {
        const { minX, minY, maxX, maxY } = tileRange(z, [x, y, x, y], 0);
        const tile = tileAt(z, x, y);
        expect(tile.x >= minX && tile.x <= maxX && tile.y >= minY && tile.y <= maxY).toBe(true);
      }),
    );
  });
});

describe('the world grid', () => {
  it('is its own inverse', () => {
    fc.assert(
      fc.property(fc.double({ min: -180, max: 180, noNaN: true }), fc.double({ min: -85, max: 85, noNaN: true }), (lon, lat) => {
        expect(worldToLon(lonToWorld(lon))).toBeCloseTo(lon, 9);
        expect(worldToLat(latToWorld(lat))).toBeCloseTo(lat, 9);
      }),
    );
  });

  it('agrees with metres of EPSG:3857', () => {
    expect(eastingToWorld(MERCATOR_HALF_WIDTH)).toBeCloseTo(GRID / 2, 5);
    expect(northingToWorld(MERCATOR_HALF_WIDTH)).toBeCloseTo(-GRID / 2, 5);
    // ST_Transform of (106.55, 29.56) from 4490 to 3857
    expect(eastingToWorld(11861091.744)).toBeCloseTo(lonToWorld(106.55), -1);
    expect(northingToWorld(3447116.405)).toBeCloseTo(latToWorld(29.56), -4);
  });

  it('projects latitudes as the formula does, to a hundredth of a unit', () => {
    fc.assert(
      fc.property(fc.double({ min: -85, max: 85, noNaN: true }), (lat) => {
        const y = -Math.asinh(Math.tan((lat * Math.PI) / 180)) * (GRID / 2 / Math.PI);
        expect(Math.abs(latToWorld(lat) - y)).toBeLessThan(0.01);
      }),
      { numRuns: 2_000 },
    );
  });

  it('holds the poles inside int32', () => {
    for (const lat of [90, -90, 89.9]) expect(Math.abs(latToWorld(lat))).toBeLessThanOrEqual(2 ** 31 - 1);
  });
});
