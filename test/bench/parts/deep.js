import { join } from 'node:path';
import { sideBySide, together, zoomTable } from '../beside.js';
import { realLayers } from '../data/real.js';
import { fill, withDatabase } from '../database.js';
import { opened, packed } from '../engine.js';
import { count, ms, times } from '../format.js';
import { peer } from '../peer.js';
import { tilesAt } from '../sample.js';
import { seeded } from '../statistics.js';

const ZOOMS = [8, 10, 12, 14];
const CANDIDATES = 2_000;

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
      const largest = await client.query('select fid, country, st_npoints(geom) as vertices from land order by 3 desc limit 1');
      const { fid, country, vertices } = largest.rows[0];
      const spots = await inside(client, fid);
      const zooms = [];
      for (const zoom of ZOOMS) {
        const tiles = await within(client, fid, tilesAt(spots, zoom, 4 * bench.tiles), bench.tiles);
        if (tiles.length === 0) continue;
        zooms.push(await sideBySide(peer(client, layer), layer, snapshot, tiles, bench));
        const { sql, cut, ratio } = zooms.at(-1);
        bench.say(
          `inside ${country} z${zoom}: ${tiles.length} tiles, SQL ${ms(sql.p50)} ms, cut ${ms(cut.p50)} ms, ${times(ratio)}`,
        );
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

/** Points inside a feature, [lon, lat]. */
async function inside(client, fid) {
  const random = seeded(fid);
  const draw = Array.from({ length: CANDIDATES }, random);
  const { rows } = await client.query(
    `with box as (select geom, geom::box2d as b from land where fid = $1),
     points as (select st_setsrid(st_point(st_xmin(b) + u * (st_xmax(b) - st_xmin(b)), st_ymin(b) + v * (st_ymax(b) - st_ymin(b))), 4490) as p
       from box, unnest($2::float8[], $3::float8[]) as pick(u, v))
     select st_x(p) as lon, st_y(p) as lat from points join land on fid = $1 and st_contains(geom, p)`,
    [fid, draw, Array.from({ length: CANDIDATES }, random)],
  );
  return rows.map(({ lon, lat }) => [lon, lat]);
}

/** Those of the tiles that lie wholly inside, `wanted` at most. */
async function within(client, fid, tiles, wanted) {
  const axis = (name) => tiles.map((tile) => tile[name]);
  const { rows } = await client.query(
    `select nth from unnest($2::int[], $3::int[], $4::int[]) with ordinality as tile(z, x, y, nth)
     join land on fid = $1 and st_contains(geom, st_transform(st_tileenvelope(z, x, y, margin => 0.02), 4490)) order by nth limit $5`,
    [fid, axis('z'), axis('x'), axis('y'), wanted],
  );
  return rows.map(({ nth }) => tiles[nth - 1]);
}
