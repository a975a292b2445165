import { describe, expect, it } from 'vitest';
import { snapshotOf, unitToLonLat } from '../testing/tiles.js';
import { tileCoord } from '../tile.js';
import { cutTile } from './cut.js';
import { weighTile } from './weigh-tile.js';

const TILE = tileCoord(14, 13040, 6770);
const FAR = Number.POSITIVE_INFINITY;
const square = (x: number, y: number, size: number) => ({
  type: 'Polygon' as const,
  coordinates: [
    [
      [x, y],
      [x + size, y],
      [x + size, y + size],
      [x, y + size],
      [x, y],
    ].map(([a, b]) => unitToLonLat(TILE, a!, b!)),
  ],
});
/** So many squares in a row, 10 units apart. */
const row = (count: number, size = 5) =>
  snapshotOf(Array.from({ length: count }, (_, i) => ({ fid: i + 1, geometry: square(10 * i, 2_000, size) })));

describe('the weight of a tile', () => {
  it('grows with what is in it, and is nothing beside the data', () => {
    const one = weighTile(row(1), TILE, FAR);
    expect(one).toBeGreaterThan(0);
    expect(weighTile(row(10), TILE, FAR)).toBe(10 * one);
    expect(weighTile(row(10), tileCoord(14, 0, 0), FAR)).toBe(0);
    // Of 300 squares along 3,000 units the first quarter of the tile meets 1,024 + 16 units' worth.
    const quarter = weighTile(row(300), tileCoord(16, 4 * TILE.x, 4 * TILE.y + 1), FAR) / one;
    expect(quarter).toBe(cutTile(row(300), tileCoord(16, 4 * TILE.x, 4 * TILE.y + 1), { layerName: 'l' }).features);
  });

  it('is not counted further than asked', () => {
    const one = weighTile(row(1), TILE, FAR);
    expect(weighTile(row(300), TILE, 5 * one)).toBe(5 * one);
  });
});

describe('a cut tile', () => {
  it('tells how many of its features are not drawn as themselves', () => {
    const snapshot = row(100);
    expect(cutTile(snapshot, TILE, { layerName: 'l' })).toMatchObject({ features: 100, reduced: 0 });
    const far = cutTile(snapshot, tileCoord(8, TILE.x >> 6, TILE.y >> 6), { layerName: 'l' });
    expect(far.reduced).toBeGreaterThan(0);
    expect(far.reduced).toBe(far.features);
  });
});
