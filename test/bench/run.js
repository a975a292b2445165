/**
 * `npm run bench`: cold tiles beside the SQL that other servers send, building, and answers over HTTP; on a generated city, in a
 * database of its own on the server that TEST_DATABASE_URL names. Prints a report in Markdown and fails when it measured nothing.
 *
 *   npm run bench                        300,000 parcels, some twenty minutes on two cores
 *   npm run bench -- --quick             30,000 parcels and fewer tiles: whether it works, not how fast
 *   npm run bench -- --parcels 3000000   another size
 *   npm run bench -- --zooms 8-14 --tiles 200 --seconds 60    which zooms, tiles of each, and how long a zoom may last
 *   npm run bench -- --no-http           without the part that needs wrk
 *   npm run bench -- --write             also writes docs/performance.md
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { prepare, root } from '../../server/bin/prepare.js';

const { values: asked } = parseArgs({
  options: {
    parcels: { type: 'string' },
    zooms: { type: 'string', default: '0-16' },
    tiles: { type: 'string' },
    seconds: { type: 'string' },
    quick: { type: 'boolean', default: false },
    http: { type: 'boolean', default: true },
    write: { type: 'boolean', default: false },
  },
  allowNegative: true,
});
const parcels = Number(asked.parcels ?? (asked.quick ? 30_000 : 300_000));
const tiles = Number(asked.tiles ?? (asked.quick ? 30 : 200));
const seconds = Number(asked.seconds ?? (asked.quick ? 5 : 30));
const [firstZoom, lastZoom] = asked.zooms.split('-').map(Number);
if (![parcels, tiles, seconds].every((n) => n > 0) || !(lastZoom >= firstZoom)) {
  console.error('--parcels, --tiles and --seconds take numbers above 0, --zooms takes from-to');
  process.exit(2);
}
const server = process.env.TEST_DATABASE_URL;
if (!server) {
  console.error('TEST_DATABASE_URL must name a PostgreSQL with PostGIS whose user may create databases.');
  process.exit(2);
}

const started = performance.now();
const say = (line) => console.error(`[${((performance.now() - started) / 1000).toFixed(0).padStart(4)} s] ${line}`);
const loadBefore = os.loadavg()[0];
await prepare(say);
// what is compiled is there only now
const { openSnapshot } = await import('@yutu/tiles');
const { cityOf } = await import('./city.js');
const { sideBySide } = await import('./cut.js');
const { connect, fill, withDatabase } = await import('./database.js');
const { hasWrk, overHttp } = await import('./http.js');
const { keptPart, report, versionsOf } = await import('./report.js');

const folder = mkdtempSync(join(os.tmpdir(), 'yutu-bench-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(130));

const { layers, versions } = await withDatabase(server, async (url) => {
  const client = await connect(url);
  try {
    await client.query('create extension postgis');
    await client.query('set jit = off');
    const measured = [];
    for (const layer of cityOf(parcels)) measured.push(await measure(client, url, layer));
    return { layers: measured, versions: await versionsOf(client) };
  } finally {
    await client.end();
  }
});

const withoutHttp = !asked.http ? 'left out by --no-http' : hasWrk() ? null : 'wrk is not installed: apt-get install wrk';
const http = withoutHttp ? null : await overHttp({ seconds: asked.quick ? 3 : 10, say });
const text = report({
  command: ['npm run bench', ...(process.argv.length > 2 ? ['--', ...process.argv.slice(2)] : [])].join(' '),
  load: [loadBefore, os.loadavg()[0]],
  ...{ versions, parcels, layers, http, withoutHttp },
});
console.log(text);
if (asked.write) {
  const file = join(root, 'docs/performance.md');
  const line = '<!-- From here on written by `npm run bench -- --write`. -->\n';
  writeFileSync(file, `${keptPart(file, line)}${line}\n${text}`);
  say(`written to ${file}`);
}

/** Loads a layer, packs it, and cuts its tiles zoom by zoom. */
async function measure(client, url, layer) {
  const took = await fill(client, layer);
  say(`${layer.name}: ${layer.features} features in the database (${took.toFixed(1)} s)`);
  const file = join(folder, `${layer.name}.snapshot`);
  const pack = await packed(url, layer, file);
  say(`${layer.name}: packed, ${(pack.vertices / pack.seconds / 1e6).toFixed(2)} M vertices/s`);
  const stored = readFileSync(file);
  const bytes = new Uint8Array(new SharedArrayBuffer(stored.length));
  bytes.set(stored);
  const snapshot = openSnapshot(bytes);
  const zooms = [];
  for (let zoom = firstZoom; zoom <= lastZoom; zoom++) {
    const result = await sideBySide(client, layer, snapshot, zoom, { tiles, seconds });
    zooms.push(result);
    const { sql, cut, ratio } = result;
    say(
      `${layer.name} z${zoom}: ${result.tiles} tiles, SQL ${sql.p50.toFixed(2)} ms, cut ${cut.p50.toFixed(3)} ms, ${ratio.toFixed(0)} ×`,
    );
  }
  rmSync(file);
  return { name: layer.name, pack, zooms };
}

function packed(url, { name, columns }, file) {
  const program = fileURLToPath(new URL('./pack.js', import.meta.url));
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, url, JSON.stringify({ name, columns }), file], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let text = '';
    child.stdout.on('data', (chunk) => {
      text += chunk;
    });
    child.on('error', reject);
    child.on('close', (code) => {
      const result = code === 0 ? JSON.parse(text) : null;
      if (result && result.features > 0) resolve(result);
      else reject(new Error(`packing ${name} failed (exit ${code})`));
    });
  });
}
