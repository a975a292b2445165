import { createWriteStream, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { cityOf } from '../data/city.js';
import { connect } from '../database.js';
import { count, table } from '../format.js';
import { withInstances } from '../instance.js';
import { lacks, run } from '../programs.js';

const program = fileURLToPath(new URL('../../../server/bin/yutu.js', import.meta.url));

/** A million addresses as a GeoJSON file into PostGIS: `yutu import` beside `ogr2ogr`. */
export const load = {
  title: 'Import',
  lacks: () => lacks('ogr2ogr', 'apt-get install gdal-bin'),
  run: (bench) =>
    withInstances('postgis', async (house) => {
      const features = bench.quick ? 20_000 : 1_000_000;
      bench.say('loading the demonstration');
      const yutu = await house.start();
      await yutu.stop();
      const file = join(bench.folder, 'addresses.geojsonl');
      await pipeline(Readable.from(lines(features)), createWriteStream(file));
      const env = { ...house.commandEnv(yutu), DEMO: 'false' };
      const arguments_ = ['import', file, '--layer', 'addresses', '--owner', 'planning', '--title', '门牌'];
      bench.say(`yutu import of ${count(features)} features`);
      const ours = await run(process.execPath, [program, ...arguments_], { env });
      const [url, options] = [
        new URL(yutu.databaseUrl),
        ['-f', 'PostgreSQL', '-nln', 'addresses_ogr', '-lco', 'GEOMETRY_NAME=geom'],
      ];
      const target = `PG:host=${url.hostname} port=${url.port || 5432} dbname=${url.pathname.slice(1)} user=${url.username || 'postgres'}`;
      bench.say('ogr2ogr of the same');
      const password = url.password ? { PGPASSWORD: decodeURIComponent(url.password) } : {};
      const theirs = await run('ogr2ogr', [...options, '-a_srs', 'EPSG:4490', target, file], {
        env: { ...process.env, ...password, PG_USE_COPY: 'YES' },
      });
      rmSync(file);
      await check(yutu.databaseUrl, features);
      const ratio = theirs.seconds / ours.seconds;
      return {
        verdicts: [[`import of ${count(features)} features`, '≥ 1 × ogr2ogr', `${ratio.toFixed(2)} ×`, ratio >= 1]],
        body: [
          `${count(features)} points with three properties, newline-delimited GeoJSON, each into an empty table of the same database with a spatial index; ogr2ogr with
\`PG_USE_COPY=YES\`. Yutu checks every feature and every value, writes the log, and swaps the layer in whole; the start of the program is included.`,
          table(
            ['', 'seconds', 'features/s'],
            [
              ['yutu import', ours.seconds.toFixed(1), count(features / ours.seconds)],
              ['ogr2ogr', theirs.seconds.toFixed(1), count(features / theirs.seconds)],
            ],
          ),
        ].join('\n\n'),
      };
    }),
};

/** Newline-delimited GeoJSON of the generated city's addresses. */
function* lines(features) {
  const layer = cityOf(features).find(({ name }) => name === 'addresses');
  let text = '';
  for (const [fid, geometry, ...values] of layer.rows()) {
    const coordinates = [geometry.readDoubleLE(9), geometry.readDoubleLE(17)];
    const properties = Object.fromEntries(layer.columns.map(({ name }, i) => [name, values[i]]));
    text += `${JSON.stringify({ type: 'Feature', id: fid, geometry: { type: 'Point', coordinates }, properties })}\n`;
    if (text.length > 65_536) {
      yield text;
      text = '';
    }
  }
  yield text;
}

/** Both have brought everything in. */
async function check(url, features) {
  const client = await connect(url);
  const { rows } = await client.query(
    "select f_table_schema as s, f_table_name as t from geometry_columns where f_table_name like 'addresses%'",
  );
  const counts = [];
  for (const { s, t } of rows) counts.push(Number((await client.query(`select count(*) from "${s}"."${t}"`)).rows[0].count));
  await client.end();
  if (counts.length !== 2 || counts.some((n) => n !== features))
    throw new Error(`imported ${counts.join(' and ')} of ${features} features`);
}
