import { spawn, spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { undoing } from '../cleanup.js';
import { connect } from '../database.js';
import { count, kB, ms, table, times } from '../format.js';
import { cityTiles, withInstances } from '../instance.js';
import { lacksWrk, shuffled, tried, wrk } from '../load.js';
import { median } from '../statistics.js';

const LAYER = 'parcels';
const ROUNDS = 3;
const PATIENCE_MS = 180_000;
const HOW = 'cargo install martin --version 1.14.0 --locked --no-default-features --features postgres';
const GZIP = { 'accept-encoding': 'gzip' };
const PLAIN = { 'accept-encoding': 'identity' };

/** The same table and the same z14 tiles from Yutu and from Martin, both over HTTP, both gzip. */
export const martin = {
  title: 'Beside Martin',
  lacks: () =>
    process.env.MARTIN_BIN || process.env.MARTIN_URL
      ? lacksWrk()
      : `neither MARTIN_BIN (a program: ${HOW}) nor MARTIN_URL (one that runs, or will when the bench says how) is set`,
  run: (bench) =>
    withInstances('postgis', async (house) => {
      bench.say('loading the demonstration');
      const small = await house.start({ TILE_CACHE_MB: '1' });
      const yutu = await house.start();
      const name = await tableOf(small.databaseUrl);
      return withMartin(bench, house, small.databaseUrl, name, async (peers) => {
        const paths = shuffled(cityTiles(house, LAYER, [14, 14]));
        const ours = async (title, place, encoding = GZIP) => {
          const caller = await house.signIn(place, 'steward');
          return { title, place, ...(await tried(caller.get, paths, { ...encoding, ...caller.headers })) };
        };
        const theirs = async ({ title, url, pid }, encoding = GZIP) => {
          const martinPath = (path) => path.replace(/.*\/(\d+)\/(\d+)\/(\d+)$/, `/${name}/$1/$3/$2`);
          const place = { url, process: { pid } };
          return { title, place, ...(await tried(new house.Caller(url).get, paths.map(martinPath), encoding)) };
        };
        const all = [await ours('Yutu, uncached', small)];
        for (const peer of peers) all.push(await theirs(peer));
        all.push(await ours('Yutu, cached', yutu), await ours('Yutu, cached, not compressed', yutu, PLAIN));
        if (peers[1]) all.push(await theirs({ ...peers[1], title: 'Martin, cached, not compressed' }, PLAIN));
        return resultOf(await inTurns(all, bench, house.folder));
      });
    }),
};

/** The layer's table as schema and name; Martin calls the source by the name. */
async function tableOf(url) {
  const client = await connect(url);
  const { rows } = await client.query('select f_table_name as name from geometry_columns where f_table_name = $1', [LAYER]);
  await client.end();
  if (rows.length !== 1) throw new Error(`${rows.length} tables are called ${LAYER}`);
  return rows[0].name;
}

const argumentsOf = (url, port, cache) => [
  '--listen-addresses',
  `127.0.0.1:${port}`,
  ...(cache ? [] : ['--cache-size', '0']),
  url,
];

/** Martin without a cache, and with one when the bench starts it itself. */
async function withMartin(bench, house, url, name, work) {
  if (process.env.MARTIN_URL) {
    const at = new URL(process.env.MARTIN_URL);
    bench.say(`start Martin now: martin ${argumentsOf(url, at.port || 3000, false).join(' ')}`);
    await answers(at.origin, name);
    return work([{ title: 'Martin, uncached', url: at.origin, pid: null }]);
  }
  const children = [];
  const peers = [];
  return undoing(
    () => {
      for (const child of children) child.kill();
    },
    async () => {
      for (const cache of [false, true]) {
        const port = await house.freePort();
        const child = spawn(process.env.MARTIN_BIN, argumentsOf(url, port, cache), { stdio: 'ignore' });
        child.on('error', (error) => bench.say(error.message));
        children.push(child);
        peers.push({ title: cache ? 'Martin, cached' : 'Martin, uncached', url: `http://127.0.0.1:${port}`, pid: child.pid });
      }
      for (const peer of peers) await answers(peer.url, name);
      return work(peers);
    },
  );
}

/** What the program calls itself. */
function version() {
  if (!process.env.MARTIN_BIN) return '';
  return `${spawnSync(process.env.MARTIN_BIN, ['--version'], { encoding: 'utf8' }).stdout.trim()}. `;
}

async function answers(url, name) {
  for (const until = performance.now() + PATIENCE_MS; performance.now() < until; await sleep(200)) {
    const { catalog } = await look(`${url}/catalog`);
    if (catalog) return;
  }
  throw new Error(`no Martin with ${name} answered at ${url}`);

  async function look(address) {
    const text = await fetch(address).then(
      (answer) => answer.text(),
      () => '',
    );
    return { catalog: text.includes(`"${name}"`) };
  }
}

async function inTurns(all, { quick, say }, folder) {
  const rounds = all.map(() => []);
  const asked = all.map(() => 0);
  for (let round = 0; round <= ROUNDS; round++)
    for (const [i, { title, place, requests }] of all.entries()) {
      say(`${title}, ${round === 0 ? 'warming up' : `round ${round} of ${ROUNDS}`}`);
      const seconds = round === 0 || quick ? 2 : 10;
      const result = await wrk(place.url, requests, { folder, seconds, pid: place.process.pid, from: asked[i] });
      asked[i] += result.answers;
      if (round > 0) rounds[i].push(result);
    }
  return all.map(({ title, requests, bytes }, i) => {
    const middle = (key) => median(rounds[i].map((result) => result[key]));
    return {
      title,
      tiles: requests.length,
      bytes,
      ...Object.fromEntries(['perSecond', 'cores', 'perCore', 'p50', 'p99', 'generator'].map((key) => [key, middle(key)])),
    };
  });
}

function resultOf(measured) {
  const of = (title) => measured.find((one) => one.title === title);
  const ratio = of('Yutu, uncached').perSecond / of('Martin, uncached').perSecond;
  const against = (title) => of(`Martin, ${title}`) && of(`Yutu, ${title}`).perSecond / of(`Martin, ${title}`).perSecond;
  const [cached, plain] = [against('cached'), against('cached, not compressed')];
  return {
    verdicts: [
      ['uncached tile z14 over HTTP', '≥ 20 × Martin without its cache', times(ratio), ratio >= 20],
      [
        'cached tile',
        '≥ Martin’s cached rate',
        cached ? `${times(cached)} gzip, ${times(plain)} not compressed` : 'MARTIN_BIN is needed',
        cached ? Math.min(cached, plain) >= 1 : null,
      ],
    ],
    body: [
      `The demonstration's table \`${LAYER}\` in the same PostgreSQL, the same z14 tiles, gzip, wrk with one thread and 64 connections; three rounds in
turns, medians. ${version()}Martin's pool is at its default, and it sends the table's columns as they are; Yutu decides who may see what
for each request (a signed-in steward). Rates are as it ran, on a machine that wrk and PostgreSQL share; "per core" is of the server's process alone, without PostgreSQL.`,
      table(
        ['server', 'tiles', 'mean kB', 'per second', 'cores used', 'per core', 'p50 ms', 'p99', 'cores of wrk'],
        measured.map((one) => [
          one.title,
          count(one.tiles),
          kB(one.bytes),
          count(one.perSecond),
          one.cores ? one.cores.toFixed(2) : '–',
          one.perCore ? count(one.perCore) : '–',
          ...[one.p50, one.p99].map(ms),
          one.generator.toFixed(2),
        ]),
      ),
      `To have it beside: \`MARTIN_BIN=…/martin npm run bench -- --only martin\` (\`${HOW}\`), or \`MARTIN_URL=http://127.0.0.1:3000\` and start it when the
bench prints how.`,
    ].join('\n\n'),
  };
}
