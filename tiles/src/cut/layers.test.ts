import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decode, snapshotOf } from '../testing/tiles.js';
import { areaOf, faultOf } from '../testing/validity.js';
import type { Position, TestGeometry } from '../testing/wkb.js';
import { TILE_BUFFER, TILE_EXTENT, type TileCoord, tileAt } from '../tile.js';
import { cutTile } from './cut.js';

const HIGH = TILE_EXTENT + TILE_BUFFER;

/** Polygons of a tile and what is wrong with them. Larger ones are left to PostGIS (test/oracle). */
function judge(snapshot: ReturnType<typeof snapshotOf>, tile: TileCoord, most = 250): { polygons: number; wrong: string[] } {
  const wrong: string[] = [];
  let polygons = 0;
  for (const { id, type, paths } of decode(cutTile(snapshot, tile, { layerName: 'layer' }).bytes)) {
    const vertices = paths.flat();
    if (vertices.some(([x, y]) => x < -TILE_BUFFER || y < -TILE_BUFFER || x > HIGH || y > HIGH))
      wrong.push(`${id} leaves the buffer`);
    if (type !== 3) continue;
    if (areaOf(paths[0]!) <= 0) wrong.push(`${id} does not begin with an exterior ring`);
    if (vertices.length > most) continue;
    polygons++;
    const fault = faultOf(paths);
    if (fault) wrong.push(`${tile.z}/${tile.x}/${tile.y}: ${id}: ${fault}`);
  }
  return { polygons, wrong };
}

describe.each(['districts', 'townships', 'provinces'])('%s of the demonstration', (layer) => {
  const file = new URL(`../../../data/chongqing/base/${layer}.geojson`, import.meta.url);
  const { features } = JSON.parse(readFileSync(file, 'utf8')) as { features: { geometry: TestGeometry }[] };
  const snapshot = snapshotOf(features.map(({ geometry }, fid) => ({ fid, geometry })));
  const vertices = features.flatMap(({ geometry }) =>
    geometry.type === 'Polygon' ? geometry.coordinates.flat() : (geometry as { coordinates: Position[][][] }).coordinates.flat(2),
  );

  it('has valid polygons only, at every zoom', () => {
    let polygons = 0;
    const wrong: string[] = [];
    for (let zoom = 0; zoom <= 16; zoom++) {
      const seen = new Set<string>();
      for (let i = 0; i < 40; i++) {
        const [lon, lat] = vertices[(i * 7919 + zoom * 104_729) % vertices.length]!;
        const tile = tileAt(zoom, lon, lat);
        if (seen.has(`${tile.x}/${tile.y}`)) continue;
        seen.add(`${tile.x}/${tile.y}`);
        const found = judge(snapshot, tile);
        polygons += found.polygons;
        wrong.push(...found.wrong);
      }
    }
    expect(wrong).toEqual([]);
    expect(polygons).toBeGreaterThan(500);
  });
});

describe('random polygons', () => {
  const CENTRE: Position = [106.55, 29.56];
  const offset = fc.integer({ min: -2_000, max: 2_000 });
  const ring = fc.array(fc.tuple(offset, offset), { minLength: 3, maxLength: 12 });
  const polygon = fc.array(ring, { minLength: 1, maxLength: 3 });
  const scale = fc.constantFrom(1e-6, 1e-5, 1e-4, 1e-3);

  it('are valid in every tile, whatever they were', () => {
    let polygons = 0;
    fc.assert(
      fc.property(
        fc.array(polygon, { minLength: 1, maxLength: 3 }),
        scale,
        fc.integer({ min: 0, max: 18 }),
        (parts, step, zoom) => {
          const coordinates = parts.map((rings) =>
            rings.map((points) =>
              [...points, points[0]!].map(([u, v]): Position => [CENTRE[0] + u * step, CENTRE[1] + v * step]),
            ),
          );
          const snapshot = snapshotOf([{ fid: 1, geometry: { type: 'MultiPolygon', coordinates } }]);
          for (const [u, v] of [[0, 0], parts[0]![0]![0]!, parts.at(-1)!.at(-1)!.at(-1)!] as [number, number][]) {
            const found = judge(snapshot, tileAt(zoom, CENTRE[0] + u * step, CENTRE[1] + v * step));
            expect(found.wrong).toEqual([]);
            polygons += found.polygons;
          }
        },
      ),
      { numRuns: 800 },
    );
    expect(polygons).toBeGreaterThan(500);
  });
});
