import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';
import { seeded } from './city.js';

const testFile = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const imported = async (path) => (await runnerImport(testFile(path), { configFile: false, logLevel: 'error' })).module;
const CONNECTIONS = 64;
const ROUNDS = 3;
const CITY = { west: 106.2, south: 29.2, east: 106.9, north: 29.9 };

export const hasWrk = () => spawnSync('wrk', ['-v']).error === undefined;

/**
 * Tiles over HTTP from a Yutu with the demonstration on PostGIS, asked by wrk: one thread, 64 connections. The server's processor time is
 * read from /proc, so that its rate per core can be told though wrk works beside it.
 */
export async function overHttp({ seconds, say }) {
  process.env.YUTU_TEST_ENGINE = 'postgis';
  const harness = await imported('harness.ts');
  const { tileAt, tilePath } = await imported('tile.ts');
  const folder = mkdtempSync(join(harness.scratch(), 'wrk-'));
  say('loading the demonstration');
  // the smallest tile cache there is
  const small = await harness.startYutu({ env: { TILE_CACHE_MB: '1' } });
  const yutu = await harness.startYutu();
  const measured = [];
  try {
    const police = await harness.signIn(yutu, 'steward-police');
    const middle = tileAt(106.55, 29.56, 9);
    const asked = (name, place, path, headers, more = {}) => ({
      name,
      place,
      paths: [path].flat(),
      headers: { 'accept-encoding': 'gzip', ...headers },
      ...more,
    });
    const open = tilePath('townships', middle);
    const closed = tilePath('town_population', middle);
    const { headers } = await harness.anonymous(yutu).get(open, { 'accept-encoding': 'gzip' });
    const steward = await harness.signIn(small, 'steward');
    const cases = [
      asked('cached, public', yutu, open, {}),
      asked('cached, restricted', yutu, closed, police.headers),
      asked('304, public', yutu, open, { 'if-none-match': headers.etag }, { status: 304 }),
      asked('uncached z14, restricted', small, deepTiles(tileAt, tilePath, 'parcels'), steward.headers, { uncached: true }),
    ];
    // in turns, so that what else the machine does meets all alike; the first round warms up
    const rounds = cases.map(() => []);
    for (let round = 0; round <= ROUNDS; round++)
      for (const [i, one] of cases.entries()) {
        say(`${one.name}, ${round === 0 ? 'warming up' : `round ${round} of ${ROUNDS}`}`);
        const result = await load(harness, one, folder, round === 0 ? 2 : seconds);
        if (round > 0) rounds[i].push(result);
      }
    for (const results of rounds) measured.push(results.toSorted((x, y) => x.perCore - y.perCore)[Math.floor(ROUNDS / 2)]);
  } finally {
    await yutu.remove();
    await small.remove();
    rmSync(folder, { recursive: true, force: true });
    await harness.removeSeeds();
  }
  return measured;
}

/** All tiles of zoom 14 over the middle of the city, in random order: many times what the small cache holds. */
function deepTiles(tileAt, tilePath, layer) {
  const [first, last] = [tileAt(CITY.west, CITY.north, 14), tileAt(CITY.east, CITY.south, 14)];
  const paths = [];
  for (let x = first.x; x <= last.x; x++) for (let y = first.y; y <= last.y; y++) paths.push(tilePath(layer, { z: 14, x, y }));
  const random = seeded(14);
  return paths
    .map((path) => [random(), path])
    .sort(([a], [b]) => a - b)
    .map(([, path]) => path);
}

async function load(harness, { name, place, paths, headers, status = 200, uncached = false }, folder, seconds) {
  const caller = new harness.Caller(place.url, headers);
  let bytes = 0;
  const filled = [];
  for (const path of paths) {
    const answer = await caller.get(path);
    if (answer.status === 204) continue;
    if (answer.status !== status) throw new Error(`${path} answered ${answer.status}: ${answer.text.slice(0, 200)}`);
    bytes += Number(answer.headers['content-length'] ?? 0);
    filled.push(path);
  }
  const script = join(folder, 'wrk.lua');
  writeFileSync(script, wrkScript(filled, headers));
  const missed = await misses(caller);
  const cpu = cpuSeconds(place.process.pid);
  const printed = await wrk(place.url, script, seconds);
  const used = cpuSeconds(place.process.pid) - cpu;
  const found = /RESULT (\d+) (\d+) (\d+) (\d+) (\d+) ([\d.]+) ([\d.]+) ([\d.]+)/.exec(printed);
  if (!found) throw new Error(`wrk said nothing of use:\n${printed}`);
  const [requests, micros, , errors, refused, p50, p95, p99] = found.slice(1).map(Number);
  if (used === 0) throw new Error(`${name}: the server used no processor time`);
  if (requests === 0 || errors > 0 || refused > 0)
    throw new Error(`${name}: ${requests} answers, ${errors} lost, ${refused} refused\n${printed}`);
  const missShare = ((await misses(caller)) - missed) / requests;
  if (uncached && missShare < 0.9) throw new Error(`${name}: only ${Math.round(100 * missShare)} % of the tiles were cut`);
  return {
    name,
    perSecond: (requests / micros) * 1e6,
    perCore: requests / used,
    cores: (used / micros) * 1e6,
    p50,
    p95,
    p99,
    tiles: filled.length,
    tileBytes: bytes / filled.length,
    missShare,
  };
}

function wrkScript(paths, headers) {
  const lines = Object.entries(headers).map(([name, value]) => `wrk.headers[${JSON.stringify(name)}] = ${JSON.stringify(value)}`);
  return `${lines.join('\n')}
local paths = { ${paths.map((path) => JSON.stringify(path)).join(', ')} }
local next = 0
request = function()
  next = next % #paths + 1
  return wrk.format("GET", paths[next])
end
done = function(summary, latency)
  local e = summary.errors
  print(string.format("RESULT %d %d %d %d %d %.3f %.3f %.3f", summary.requests, summary.duration, summary.bytes,
    e.connect + e.read + e.write + e.timeout, e.status, latency:percentile(50) / 1000, latency:percentile(95) / 1000, latency:percentile(99) / 1000))
end
`;
}

function wrk(url, script, seconds) {
  return new Promise((resolve, reject) => {
    const child = spawn('wrk', ['-t1', `-c${CONNECTIONS}`, `-d${seconds}s`, '-s', script, url]);
    let text = '';
    child.stdout.on('data', (chunk) => {
      text += chunk;
    });
    child.stderr.on('data', (chunk) => {
      text += chunk;
    });
    child.on('error', reject);
    child.on('close', () => resolve(text));
  });
}

/** Processor time a process has used, user and system, in seconds. */
function cpuSeconds(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

async function misses(caller) {
  const { text } = await caller.get('/metrics');
  return Number(/^yutu_tile_cache_misses_total (\d+)/m.exec(text)?.[1] ?? Number.NaN);
}
