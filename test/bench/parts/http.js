import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { undoing } from '../cleanup.js';
import { count, kB, ms, percent, table } from '../format.js';
import { cityTiles, misses, withInstances } from '../instance.js';
import { CONNECTIONS, lacksWrk, shuffled, tried, wrk } from '../load.js';

const ROUNDS = 3;
/** As a browser asks. */
const BROWSER = { 'accept-encoding': 'gzip, deflate, br' };
const MISSED = 0.9;
const bare = fileURLToPath(new URL('../bare.js', import.meta.url));

/** Answers a second over HTTP: cached, restricted, by signed addresses, 304, uncached, several layers in one tile, and a bare node:http beside them. */
export const http = {
  title: 'Over HTTP',
  lacks: lacksWrk,
  run: (bench) =>
    withInstances('postgis', async (house) => {
      bench.say('loading the demonstration');
      const yutu = await house.start();
      const small = await house.start({ TILE_CACHE_MB: '1' }); // the smallest tile cache there is
      const cases = await casesOf(house, yutu, small);
      return withBare(cases[0].bytes, async (place) => {
        const requests = [{ path: '/', headers: BROWSER }];
        const all = [...cases, { name: 'bare `node:http`, one answer', place, requests, bytes: cases[0].bytes }];
        return resultOf(await inTurns(house, all, bench));
      });
    }),
};

/** What is asked of which instance; each request was answered once before. */
async function casesOf(house, yutu, small) {
  const steward = await house.signIn(small, 'steward');
  const police = await house.signIn(yutu, 'steward-police');
  const anyone = house.anonymous(yutu);
  const ask = async (name, place, caller, paths, more = {}) => {
    const { requests, bytes } = await tried(caller.get, shuffled(paths), { ...BROWSER, ...caller.headers }, more);
    return { name, place, caller, requests, bytes, ...more };
  };
  const open = await ask('cached, public', yutu, anyone, cityTiles(house, 'townships', [11, 14]));
  const closed = await ask('cached, restricted', yutu, police, cityTiles(house, 'town_population', [11, 14]));
  const signed = await ask(
    'cached, signed address',
    yutu,
    anyone,
    await signedTiles(police, cityTiles(house, 'town_population', [11, 14])),
  );
  const unchanged = {
    ...open,
    name: '304, public',
    bytes: 0,
    requests: open.requests.map(({ path, headers, etag }) => ({ path, headers: { ...headers, 'if-none-match': etag } })),
  };
  const deep = (layer) => cityTiles(house, layer, [14, 14]); // more than its cache holds
  const few = await ask('uncached z14, townships', small, house.anonymous(small), deep('townships'), { uncached: true });
  const filled = await ask('uncached z14, parcels', small, steward, deep('parcels'), { uncached: true });
  const cases = [open, closed, signed, unchanged, few, filled];
  const several = cityTiles(house, 'townships', [11, 14]).map(datasetPath);
  const probe = await anyone.get(several[0]);
  if (probe.status !== 404) cases.push(await ask('cached, three layers in one tile', yutu, anyone, several));
  return cases;
}

/** The paths as somebody with a signed address asks for them, who is nobody otherwise: a signature is checked with every request. */
async function signedTiles(caller, paths) {
  const answer = await caller.post('/api/collections/town_population/signed-tiles', { hours: 2 });
  if (answer.status !== 201) throw new Error(`signing was answered ${answer.status}: ${answer.text.slice(0, 300)}`);
  const { search } = new URL(answer.json.tiles);
  return paths.map((path) => path + search);
}

const datasetPath = (path) => `${path.replace(/collections\/[^/]+\//, '')}?collections=townships,districts,places`;

/** In turns, so that what else the machine does meets all alike; the first round warms up; of the others the middle one stands. */
async function inTurns(house, cases, { quick, say }) {
  const rounds = cases.map(() => []);
  const asked = cases.map(() => 0);
  for (let round = 0; round <= ROUNDS; round++)
    for (const [i, one] of cases.entries()) {
      say(`${one.name}, ${round === 0 ? 'warming up' : `round ${round} of ${ROUNDS}`}`);
      const cutBefore = one.caller ? await misses(one.caller) : 0;
      const seconds = round === 0 || quick ? 2 : 10;
      const result = await wrk(one.place.url, one.requests, {
        folder: house.folder,
        seconds,
        pid: one.place.process.pid,
        from: asked[i],
      });
      asked[i] += result.answers;
      const missed = one.caller ? (await misses(one.caller)) - cutBefore : 0;
      if (one.uncached && missed / result.answers < MISSED)
        throw new Error(`${one.name}: only ${percent(missed / result.answers)} of the tiles were cut`);
      if (round > 0) rounds[i].push(result);
    }
  return cases.map(({ name, requests, bytes }, i) => ({
    ...{ name, bytes, tiles: requests.length },
    ...rounds[i].toSorted((a, b) => a.perCore - b.perCore)[Math.floor(ROUNDS / 2)],
  }));
}

async function withBare(bytes, work) {
  const child = spawn(process.execPath, [bare, String(Math.round(bytes))], { stdio: ['ignore', 'pipe', 'inherit'] });
  return undoing(
    () => child.kill(),
    async () => {
      const [port] = await once(child.stdout, 'data');
      return work({ url: `http://127.0.0.1:${Number(port)}`, process: child });
    },
  );
}

function resultOf(measured) {
  const [open, closed, signed, , few, filled] = measured;
  const plain = measured.at(-1);
  const share = (one) => one.perCore / open.perCore;
  const sized = ({ bytes }) => `${kB(bytes)} kB on average`;
  const rate = ({ perSecond, perCore }) => `${count(perCore)}/s of processor time (${count(perSecond)}/s as it ran)`;
  return {
    verdicts: [
      ['cached tile', '≥ 40,000/s on one core', rate(open), open.perCore >= 40_000],
      ['cached tile', `p99 ≤ 5 ms at ${CONNECTIONS} connections`, `${ms(open.p99)} ms`, open.p99 <= 5],
      ['cached tile of a restricted layer', '≥ 0.9 of the public rate', share(closed).toFixed(2), share(closed) >= 0.9],
      ['cached tile by a signed address', '≥ 0.9 of the public rate', share(signed).toFixed(2), share(signed) >= 0.9],
      [`uncached tile z14, ${sized(few)}`, '≥ 10,000/s per core', rate(few), few.perCore >= 10_000],
      [`uncached tile z14, ${sized(filled)}, compressed`, '≥ 10,000/s per core', rate(filled), filled.perCore >= 10_000],
    ],
    body: [
      notes,
      table(
        ['answer', 'tiles', 'mean kB', 'per second', 'cores used', 'per core', 'of bare', 'p50 ms', 'p95', 'p99', 'cores of wrk'],
        measured.map((h) => [
          h.name,
          count(h.tiles),
          kB(h.bytes),
          count(h.perSecond),
          h.cores.toFixed(2),
          count(h.perCore),
          percent(h.perCore / plain.perCore),
          ...[h.p50, h.p95, h.p99].map(ms),
          h.generator.toFixed(2),
        ]),
      ),
    ].join('\n\n'),
  };
}

const notes = `The demonstration on PostGIS, asked as a browser asks (\`${BROWSER['accept-encoding']}\`) by wrk with one thread and ${CONNECTIONS} connections on the
same machine, many different tiles in turn; of three rounds in turns the one in the middle. "Per core" is answers per second of
processor time of the server process, its worker threads included: what it would do with a core of its own while wrk has another.
Uncached tiles of \`townships\` are about as small as the 150 bytes for which Martin tells its rate; those of \`parcels\` are full of them.
"Of bare" compares that with a \`node:http\` server that sends the same ready bytes to everybody.`;
