import { describe, expect, it } from 'vitest';
import { decode, snapshotOf, unitToLonLat } from '../testing/tiles.js';
import type { Position } from '../testing/wkb.js';
import { tileCoord, tileWorldBox } from '../tile.js';
import { latToWorld, lonToWorld } from '../world.js';
import { cutTile } from './cut.js';

const middle = tileCoord(12, 3260, 1692);
const [west, south] = unitToLonLat(middle, 2048, 2048);

const square = (lon: number, lat: number, side: number): Position[] => [
  [lon, lat],
  [lon + side, lat],
  [lon + side, lat + side],
  [lon, lat + side],
  [lon, lat],
];

describe('a polygon with many holes', () => {
  const n = 30;
  const pitch = 0.4 / n;
  const holes = Array.from({ length: n * n }, (_, i) =>
    square(west + ((i % n) + 0.3) * pitch, south + (Math.floor(i / n) + 0.3) * pitch, pitch * 0.4),
  );
  const snapshot = snapshotOf([
    { fid: 7, geometry: { type: 'Point', coordinates: [west, south] } },
    { fid: 1, geometry: { type: 'Polygon', coordinates: [square(west, south, 0.4), ...holes] } },
  ]);

  it('has all holes of every tile', () => {
    expect(snapshot.band(14).page(0).manyFeature.length).toBe(1);
    let counted = 0;
    for (let x = 13042; x < 13060; x++)
      for (let y = 6752; y < 6770; y++) {
        const tile = tileCoord(14, x, y);
        const { minX, minY, maxX, maxY } = tileWorldBox(tile, 64);
        const inTile = holes.filter(
          ([a, , c]) =>
            lonToWorld(a![0]) < maxX && lonToWorld(c![0]) > minX && latToWorld(c![1]) < maxY && latToWorld(a![1]) > minY,
        ).length;
        const drawn = decode(cutTile(snapshot, tile, { layerName: 'layer', valid: false }).bytes).find(({ id }) => id === 1);
        expect([x, y, drawn!.paths.length]).toEqual([x, y, 1 + inTile]);
        counted += inTile;
      }
    expect(counted).toBeGreaterThan(500);
  });
});
