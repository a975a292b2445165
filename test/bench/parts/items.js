import { connect } from '../database.js';
import { count, MB, ms, table } from '../format.js';
import { withInstances } from '../instance.js';
import { lacks, memoryOf, run } from '../programs.js';
import { median } from '../statistics.js';
import { narrowPages } from './narrow.js';

const LAYER = 'parcels';
const FEATURES = 10_000;

/** GeoJSON of ten thousand features beside psql, which has PostGIS write the same. */
export const items = {
  title: 'GeoJSON items',
  lacks: () => lacks('psql', 'apt-get install postgresql-client') ?? lacks('curl', 'apt-get install curl'),
  run: (bench) =>
    withInstances('postgis', async (house) => {
      bench.say('loading the demonstration');
      const yutu = await house.start();
      const steward = await house.signIn(yutu, 'steward');
      const path = `/api/collections/${LAYER}/items?limit=${FEATURES}`;
      const page = await steward.get(path);
      if (page.status !== 200 || page.json.features.length !== FEATURES)
        throw new Error(`${path} answered ${page.status} with ${page.json.features?.length} features`);
      const statement = await sameRows(yutu.databaseUrl, page.json.features[0].properties);
      const cookie = `cookie: ${steward.headers.cookie}`;
      const ours = () => run('curl', ['-sf', '-o', '/dev/null', '-H', cookie, `${yutu.url}${path}`]);
      const theirs = () => run('psql', ['-q', '-o', '/dev/null', '-c', statement, yutu.databaseUrl]);
      const took = { ours: [], theirs: [] };
      const before = memoryOf(yutu.process.pid).rss;
      const rounds = bench.quick ? 3 : 15;
      for (let round = 0; round <= rounds; round++) {
        const turns = { ours, theirs };
        for (const turn of round % 2 === 0 ? ['ours', 'theirs'] : ['theirs', 'ours']) {
          const { seconds } = await turns[turn]();
          if (round > 0) took[turn].push(1000 * seconds);
        }
      }
      const { rss, peak } = memoryOf(yutu.process.pid);
      const [mine, psql] = [median(took.ours), median(took.theirs)];
      await yutu.stop();
      bench.say('multiplying the parcels');
      const narrow = await narrowPages(bench, house, yutu.databaseUrl);
      return {
        verdicts: [
          ['GeoJSON items, 10 k features', '≥ 0.8 of psql’s rate', (psql / mine).toFixed(2), psql / mine >= 0.8],
          ...narrow.verdicts,
        ],
        body: [
          `${count(FEATURES)} features of \`${LAYER}\` (${MB(page.bytes.length)} MB) by curl, and by psql with \`ST_AsGeoJSON\` of the same rows and columns into the same void; ${rounds}
rounds in turns, medians, the start of the program included.`,
          table(
            ['', 'ms', 'features/s'],
            [
              ['Yutu', ms(mine), count((1000 * FEATURES) / mine)],
              ['psql', ms(psql), count((1000 * FEATURES) / psql)],
            ],
          ),
          `Memory of the server before ${MB(before)} MB, after ${MB(rss)} MB, most ever ${MB(peak)} MB.`,
          narrow.body,
        ].join('\n\n'),
      };
    }),
};

/** The statement that gives the same rows with the same properties. */
async function sameRows(url, properties) {
  const client = await connect(url);
  const { rows } = await client.query(
    `select f_table_schema as schema, f_geometry_column as geometry from geometry_columns where f_table_name = $1`,
    [LAYER],
  );
  const columns = await client.query('select column_name as name from information_schema.columns where table_name = $1', [LAYER]);
  await client.end();
  const [{ schema, geometry }] = rows;
  const shown = columns.rows.map(({ name }) => name).filter((name) => name in properties);
  const list = ['fid', geometry, ...shown].map((name) => `"${name}"`).join(', ');
  return `select st_asgeojson(t) from (select ${list} from "${schema}"."${LAYER}" order by fid limit ${FEATURES}) t`;
}
