import { once } from 'node:events';
import nodeHttp from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { count, ms, table } from '../format.js';
import { cityTiles, withInstances } from '../instance.js';
import { quantile } from '../statistics.js';

const CONNECTIONS = 200;
/** Times the quiet p95, or so many milliseconds more, whichever is more. */
const TIMES = 3;
const MORE_MS = 100;
/** An attack lasts so long at least, however fast somebody else is answered. */
const LASTS_MS = 8_000;
const MB = 1024 * 1024;

/** What somebody else waits for while one client asks for as much as it can over 200 connections. */
export const fairness = {
  title: 'One client against the others',
  run: (bench) =>
    withInstances('postgis', async (house) => {
      bench.say('loading the demonstration');
      const yutu = await house.start({ TILE_CACHE_MB: '1' });
      const asks = await victimOf(house, yutu);
      const rounds = bench.quick ? 8 : 60;
      await measure(asks, 5);
      const quiet = await measure(asks, rounds);
      const rows = [];
      for (const [name, requests] of await attacksOf(house, yutu)) {
        bench.say(`${name}, ${CONNECTIONS} connections`);
        rows.push({ name, ...(await under(yutu, requests, asks, rounds)) });
        await settle(asks, quiet);
      }
      return resultOf(quiet, rows);
    }),
};

/** What a planner of another department asks for. */
async function victimOf(house, yutu) {
  const { headers } = await house.signIn(yutu, 'planner');
  // as a browser, which keeps its connection
  const agent = new nodeHttp.Agent({ keepAlive: true, maxSockets: 1 });
  const get = (path) =>
    new Promise((resolve, reject) => {
      const request = nodeHttp.get(new URL(path, yutu.url), { headers, agent }, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk) => {
          text += chunk;
        });
        response.on('end', () => resolve({ status: response.statusCode, text }));
        response.on('error', reject);
      });
      request.on('error', reject);
    });
  const tiles = cityTiles(house, 'townships', [12, 13]);
  let n = 0;
  return {
    catalogue: () => get('/api/collections'),
    items: () => get('/api/collections/townships/items?limit=20'),
    tile: () => get(tiles[n++ % tiles.length]),
    request: () => get('/api/requests'),
  };
}

/** Ten ways to ask for a lot; each is a list of requests that are sent in turn. */
async function attacksOf(house, yutu) {
  const police = await house.signIn(yutu, 'steward-police');
  const steward = await house.signIn(yutu, 'steward');
  const json = { 'content-type': 'application/json' };
  const many = (times, make) => Array.from({ length: times }, (_, n) => make(n));
  const filter = (n) => `/api/collections/townships/items?limit=1&filter=${encodeURIComponent(`S_CROSSES(geom, ${zigzag(n)})`)}`;
  const large = JSON.stringify({ layer: 'parcels', purpose: 'x'.repeat(4 * MB) });
  const draft = heavyDraft();
  return [
    ['costly filters of the public, hung up on', many(500, (n) => ({ path: filter(n), hangUpMs: 500 }))],
    ['costly filters of a person', many(500, (n) => ({ path: filter(n), headers: police.headers }))],
    ['exports', [{ path: '/api/collections/parcels/export', headers: steward.headers }]],
    [
      'tiles of many layers',
      cityTiles(house, 'parcels', [13, 14]).map((path) => ({ path: dataset(path), headers: police.headers })),
    ],
    ['tiles of a large layer', cityTiles(house, 'parcels', [11, 14]).map((path) => ({ path, headers: steward.headers }))],
    ['the catalogue', [{ path: '/api/collections', headers: police.headers }]],
    [
      'sign-ins',
      many(500, (n) => ({
        method: 'POST',
        path: '/api/session',
        headers: json,
        body: `{"username":"nobody${n}","password":"wrong"}`,
      })),
    ],
    ['bodies of 4 MB', [{ method: 'POST', path: '/api/requests', headers: { ...police.headers, ...json }, body: large }]],
    ['drafts of 9 MB', [{ method: 'POST', path: '/api/drafts', headers: { ...police.headers, ...json }, body: draft }]],
    ['event streams', [{ path: '/api/events', headers: police.headers, hold: true }]],
  ];
}

const dataset = (path) => path.replace(/collections\/[^/]+\//, '');

/** A line across the city that crosses itself again and again; another one each time. */
const zigzag = (n) =>
  `LINESTRING(${Array.from({ length: 95 }, (_, i) => `${(105.3 + i * 0.04 + n / 1e4).toFixed(4)} ${(28.2 + (i % 2) * 3.9).toFixed(1)}`).join(',')})`;

function heavyDraft() {
  const ring = (i) => {
    const [x, y] = [106 + (i % 100) / 100, 29 + Math.floor(i / 100) / 200];
    const open = Array.from({ length: 60 }, (_, k) => [x + Math.cos(k / 9.6) / 300, y + Math.sin(k / 9.6) / 300]);
    return [...open, open[0]];
  };
  const features = [];
  for (let size = 0, i = 0; size < 9 * MB; i++) {
    const feature = JSON.stringify({ type: 'Feature', properties: { i }, geometry: { type: 'Polygon', coordinates: [ring(i)] } });
    features.push(feature);
    size += feature.length + 1;
  }
  return `{"type":"FeatureCollection","features":[${features.join(',')}]}`;
}

/** p95 in ms of each question, asked one after the other. */
async function measure(asks, rounds, lastsMs = 0) {
  const took = Object.fromEntries(Object.keys(asks).map((what) => [what, []]));
  const end = performance.now() + lastsMs;
  for (let round = 0; round < rounds || performance.now() < end; round++)
    for (const [what, ask] of Object.entries(asks)) {
      const begun = performance.now();
      const { status, text } = await ask();
      if (status !== 200 && status !== 204) throw new Error(`${what} was answered ${status}: ${text.slice(0, 200)}`);
      took[what].push(performance.now() - begun);
    }
  return Object.fromEntries(Object.entries(took).map(([what, times]) => [what, quantile(times, 0.95)]));
}

async function under(yutu, requests, asks, rounds) {
  const worker = new Worker(new URL('../crowd.js', import.meta.url), {
    workerData: { url: yutu.url, connections: CONNECTIONS, requests },
  });
  try {
    await sleep(1_000);
    const p95 = await measure(asks, rounds, LASTS_MS);
    worker.postMessage('stop');
    const [statuses] = await once(worker, 'message');
    return { p95, statuses };
  } finally {
    await worker.terminate();
  }
}

/** Waits until nothing of an attack is left over. */
async function settle(asks, quiet) {
  for (let turn = 0; turn < 20; turn++) {
    await sleep(500);
    const now = await measure(asks, 2);
    if (Object.entries(now).every(([what, took]) => took <= bound(quiet[what]))) return;
  }
}

const bound = (quiet) => Math.max(TIMES * quiet, quiet + MORE_MS);

function resultOf(quiet, rows) {
  const whats = Object.keys(quiet);
  const within = ({ p95 }) => whats.every((what) => p95[what] <= bound(quiet[what]));
  return {
    verdicts: rows.map((row) => [
      `another person, while one sends ${row.name}`,
      `p95 ≤ ${TIMES} × its quiet value or + ${MORE_MS} ms`,
      whats.map((what) => `${what} ${ms(row.p95[what])}`).join(', '),
      within(row),
    ]),
    body: [
      `The demonstration on PostGIS with the smallest tile cache. One client asks over ${CONNECTIONS} connections, each anew when it was answered, from a
thread of its own on the same machine; meanwhile a planner of another department asks for the catalogue, items, a tile and the requests, one after
the other. p95 in ms.`,
      table(
        ['one client sends', ...whats, 'its own answers by status'],
        [
          ['(quiet)', ...whats.map((what) => ms(quiet[what])), ''],
          ...rows.map(({ name, p95, statuses }) => [
            name,
            ...whats.map((what) => ms(p95[what])),
            Object.entries(statuses)
              .map(([status, n]) => `${status}: ${count(n)}`)
              .join(', '),
          ]),
        ],
      ),
    ].join('\n\n'),
  };
}
