import { join } from 'node:path';
import { sideBySide, together, zoomTable } from '../beside.js';
import { insideOf } from '../data/inside.js';
import { realLayers } from '../data/real.js';
import { fill, withDatabase } from '../database.js';
import { opened, packed, tileLonLatBox } from '../engine.js';
import { count, ms, times } from '../format.js';
import { peer } from '../peer.js';
import { tilesAt } from '../sample.js';
import { seeded } from '../statistics.js';

const ZOOMS = [8, 10, 12, 14];
const CANDIDATES = 20_000;
const MARGIN = 0.02;

/** Tiles that lie wholly inside the feature with the most vertices: all of it is asked for, one square is drawn. */
export const deep = {
  title: 'Deep inside a polygon of 1.4 M vertices',
  run: (bench) =>
    withDatabase(bench.server, async (url, client) => {
      const layer = realLayers(bench.say).land;
      await fill(client, layer, bench.say);
      const file = join(bench.folder, 'land.snapshot');
      await packed(url, layer, file);
      const snapshot = opened(file);
      const { country, vertices, inside, spots } = await largest(client);
      bench.say(`${country}: ${count(vertices)} vertices`);
      const zooms = [];
      for (const zoom of ZOOMS) {
        const tiles = tilesAt(spots, zoom, CANDIDATES).filter(inside).slice(0, bench.tiles);
        if (tiles.length === 0) continue;
        zooms.push(await sideBySide(peer(client, layer), layer, snapshot, tiles, bench));
        const { sql, cut, ratio } = zooms.at(-1);
        bench.say(`inside z${zoom}: ${tiles.length} tiles, SQL ${ms(sql.p50)} ms, cut ${ms(cut.p50)} ms, ${times(ratio)}`);
      }
      bench.remove(file);
      if (zooms.length === 0) throw new Error('no tile lies inside');
      const { slowest, tiles, ratio } = together(zooms);
      return {
        verdicts: [
          [
            `cold tile deep inside a polygon of ${count(vertices)} vertices`,
            '≤ 0.5 ms',
            `${ms(slowest)} ms (p95 of the worst zoom), ${tiles} tiles, ${times(ratio)} SQL`,
            slowest <= 0.5,
          ],
        ],
        body: `Layer \`land\` (${layer.title}), the feature ${country}. Measured as the cold tiles above.\n\n${zoomTable(zooms)}`,
      };
    }),
};

/** The feature with the most vertices, points [lon, lat] in its box, and whether a tile lies wholly inside it. */
async function largest(client) {
  const { rows } = await client.query(
    `select country, st_npoints(geom) as vertices, st_asgeojson(geom) as geojson from land order by st_npoints(geom) desc limit 1`,
  );
  const { country, vertices, geojson } = rows[0];
  const rings = JSON.parse(geojson).coordinates.flat();
  const covers = insideOf(rings);
  const random = seeded(vertices);
  const all = rings.flat();
  const spots = Array.from({ length: CANDIDATES }, () => {
    const [[lon], [, lat]] = [all[Math.floor(all.length * random())], all[Math.floor(all.length * random())]];
    return [lon, lat];
  });
  const inside = (tile) => {
    const [west, south, east, north] = tileLonLatBox(tile);
    const [dx, dy] = [MARGIN * (east - west), MARGIN * (north - south)];
    return covers(west - dx, south - dy, east + dx, north + dy);
  };
  return { country, vertices, inside, spots };
}
