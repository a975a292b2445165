import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { anonymous, type Caller, type Place, signIn, underneath, type Yutu, yutuCommand } from '../harness.js';
import { decode, type TileCoord, tileBox, tilePath } from '../tile.js';

/** What must hold of a Yutu that was treated badly. */

/** Points in a row, as a file to import. */
export function pointsFile(file: string, count: number, name: string): string {
  const features = Array.from({ length: count }, (_, i) => ({
    type: 'Feature',
    properties: { name: `${name} ${i}`, number: i },
    geometry: { type: 'Point', coordinates: [106.3 + (i % 200) / 400, 29.3 + Math.floor(i / 200) / 400] },
  }));
  writeFileSync(file, JSON.stringify({ type: 'FeatureCollection', features }));
  return file;
}

/** The log's chain holds. */
export function logHolds(place: Place): void {
  const { status, said } = yutuCommand(place, ['audit', 'verify']);
  expect([status, said]).toEqual([0, expect.stringMatching(/The log is whole/)]);
}

/** Every snapshot file reads whole, and nothing half lies beside them. */
export function filesHold(place: Place): void {
  const { status, said } = yutuCommand(place, ['snapshot', 'verify']);
  expect([status, said]).toEqual([0, expect.not.stringMatching(/damaged/)]);
  expect(leftovers(place)).toEqual([]);
}

/** What lies in the snapshots' folder and is no snapshot: files half written, rows of builds. */
export function leftovers(place: Place): string[] {
  const folder = join(place.dataDir, 'snapshots');
  if (!existsSync(folder)) return [];
  const scratch = join(folder, 'scratch');
  const rows = existsSync(scratch) ? readdirSync(scratch) : [];
  return [...readdirSync(folder).filter((f) => !f.endsWith('.snapshot') && f !== 'scratch'), ...rows];
}

/** Fetches a tile's bytes; empty for 204. */
export async function bytesOf(caller: Caller, layer: string, coord: TileCoord): Promise<Buffer> {
  const answer = await caller.get(tilePath(layer, coord));
  expect([layer, coord, answer.status === 204 ? 200 : answer.status]).toEqual([layer, coord, 200]);
  return answer.bytes;
}

/**
 * Tiles of a zoom that shows everything hold exactly what the database holds there, but for what lies within two units of the
 * buffer's edge. Ends the server: the embedded engine serves one process.
 */
export async function agrees(
  yutu: Yutu,
  layer: string,
  schema: string,
  tiles: readonly TileCoord[],
  caller?: Caller,
): Promise<number> {
  const who = caller ?? anonymous(yutu);
  const drawn: number[][] = [];
  for (const tile of tiles) drawn.push(decode(await bytesOf(who, layer, tile), layer).map(({ id }) => id));
  expect(await yutu.stop()).toBe(0);
  let compared = 0;
  await underneath(yutu, async (query) => {
    for (const [i, tile] of tiles.entries()) {
      expect(tile.z).toBeGreaterThanOrEqual(14);
      const within = async (units: number) => {
        const [west, south, east, north] = tileBox(tile, units);
        const rows = await query(
          `select fid::int from ${schema}.${layer} t
           where st_intersects(t.geom, st_setsrid(st_makeenvelope($1, $2, $3, $4), st_srid(t.geom))) order by fid`,
          [west, south, east, north],
        );
        return rows.map((row) => row.fid as number);
      };
      const [must, may] = [await within(62), new Set(await within(66))];
      const ids = new Set(drawn[i]);
      expect([tile, must.filter((fid) => !ids.has(fid))]).toEqual([tile, []]);
      expect([tile, [...ids].filter((fid) => !may.has(fid))]).toEqual([tile, []]);
      compared += must.length;
    }
  });
  return compared;
}

/** The steward of the demonstration's planning bureau. */
export const steward = (place: Place) => signIn(place, 'steward');
