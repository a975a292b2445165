import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SnapshotBuilder, type SnapshotOptions } from '../snapshot/builder.js';
import { openSnapshot } from '../snapshot/snapshot.js';
import { decode } from '../testing/tiles.js';
import { faultOf, windingOf } from '../testing/validity.js';
import { type TestGeometry, type WkbOptions, writeWkb } from '../testing/wkb.js';
import { TILE_EXTENT, tileAt, tileWorldBox } from '../tile.js';
import { latToWorld, lonToWorld } from '../world.js';
import { cutTile } from './cut.js';

/** An awkward geometry, and places in degrees that its tiles must show and must not show, at every zoom. */
interface Fixture {
  about: string;
  geometry: TestGeometry;
  wkb?: WkbOptions;
  options?: Partial<SnapshotOptions>;
  covers?: [number, number][];
  leaves?: [number, number][];
  passes?: [number, number][];
  avoids?: [number, number][];
}

const FOLDER = new URL('../../test-fixtures/geometry/', import.meta.url);
const fixtures = readdirSync(FOLDER).map((file): [string, Fixture] => [
  file.replace('.json', ''),
  JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')),
]);
const ZOOMS = [0, 3, 5, 6, 8, 10, 13, 14, 16];

describe.each(fixtures)('%s', (_, { geometry, wkb, options, covers = [], leaves = [], passes = [], avoids = [] }) => {
  const builder = new SnapshotBuilder({ columns: [], crs: 'lonlat', ...options });
  builder.add(1, writeWkb(geometry, wkb), []);
  const snapshot = openSnapshot(builder.finish());

  /** What the tile at a place shows there: the winding of its rings, and the distance to its lines and points in units. */
  function look(zoom: number, lon: number, lat: number) {
    const tile = tileAt(zoom, lon, lat);
    const { minX, minY, maxX } = tileWorldBox(tile);
    const unit = (maxX - minX) / TILE_EXTENT;
    const [x, y] = [(lonToWorld(lon) - minX) / unit, (latToWorld(lat) - minY) / unit];
    let winding = 0;
    let distance = Number.POSITIVE_INFINITY;
    for (const { type, paths } of decode(cutTile(snapshot, tile, { layerName: 'layer' }).bytes)) {
      if (type === 3) {
        expect(faultOf(paths)).toBeNull();
        winding += paths.reduce((sum, ring) => sum + windingOf(ring, x + 1e-3, y + 1e-3), 0);
      } else for (const path of paths) distance = Math.min(distance, distanceTo(path, x, y));
    }
    return { winding, distance };
  }

  it.each(ZOOMS)('is valid and in its place at zoom %i', (zoom) => {
    expect(builder.report).toMatchObject({ features: 1, unsupported: 0, outOfRange: 0 });
    // At zoom 0 half a degree is six units.
    for (const [lon, lat] of covers) expect([lon, lat, look(zoom, lon, lat).winding]).toEqual([lon, lat, 1]);
    for (const [lon, lat] of leaves) expect([lon, lat, look(zoom, lon, lat).winding]).toEqual([lon, lat, 0]);
    for (const [lon, lat] of passes) expect(look(zoom, lon, lat).distance).toBeLessThan(3);
    for (const [lon, lat] of avoids) expect(look(zoom, lon, lat).distance).toBeGreaterThan(zoom < 3 ? 0.5 : 3);
  });
});

function distanceTo(path: readonly (readonly [number, number])[], x: number, y: number): number {
  return Math.min(
    ...path.map(([x1, y1], i) => {
      const [x0, y0] = path[Math.max(0, i - 1)]!;
      const [dx, dy] = [x1 - x0, y1 - y0];
      const squared = dx * dx + dy * dy;
      const t = squared === 0 ? 0 : Math.max(0, Math.min(1, ((x - x0) * dx + (y - y0) * dy) / squared));
      return Math.hypot(x - x0 - t * dx, y - y0 - t * dy);
    }),
  );
}

it('shows a feature near the antimeridian on both sides of the one tile of zoom 0, with one id', () => {
  const builder = new SnapshotBuilder({ columns: [], crs: 'lonlat' });
  const { geometry } = fixtures.find(([name]) => name === 'past_the_antimeridian')![1];
  builder.add(7, writeWkb(geometry), []);
  const found = decode(cutTile(openSnapshot(builder.finish()), tileAt(0, 0, 0), { layerName: 'layer' }).bytes);
  expect(found.map(({ id }) => id)).toEqual([7, 7]);
  const sides = found.map(({ paths }) => Math.sign(paths[0]![0]![0] - TILE_EXTENT / 2));
  expect(sides.sort()).toEqual([-1, 1]);
});
