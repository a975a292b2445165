import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';
import { undoing } from './cleanup.js';

/** A running Yutu, as the tests start it (test/harness.ts). */

const testFile = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const imported = async (path) => (await runnerImport(testFile(path), { configFile: false, logLevel: 'error' })).module;

export const CITY = { west: 106.2, south: 29.2, east: 106.9, north: 29.9 };

/**
 * Runs `work` with the tests' harness and tile addresses for one engine (`postgis` or `embedded`); what it starts with `start(env)` is
 * stopped and removed afterwards, the loaded demonstration too.
 */
export async function withInstances(engine, work) {
  process.env.YUTU_TEST_ENGINE = engine;
  delete process.env.YUTU_TEST_SCRATCH; // a folder and a seed of this call's own
  const harness = await imported('harness.ts');
  const tile = await imported('tile.ts');
  const started = [];
  const scratch = harness.scratch();
  const undo = async () => {
    for (const yutu of started) yutu.process.kill('SIGKILL');
    // also one that was being started
    const like = `yutu\\_test\\_${process.pid}\\_%`;
    await harness.withDatabase(process.env.TEST_DATABASE_URL, async (client) => {
      const { rows } = await client.query('select datname as name from pg_database where datname like $1', [like]);
      for (const { name } of rows) await client.query(`drop database if exists "${name}" with (force)`);
    });
    await harness.removeSeeds();
    rmSync(scratch, { recursive: true, force: true });
  };
  /** Starts an instance with the demonstration, or an empty one. */
  const start = async (env = {}, content = 'demo') => {
    const yutu = await harness.startYutu({ env, start: content });
    started.push(yutu);
    return yutu;
  };
  return undoing(undo, async () => {
    /** The same instance once more, after it was stopped. */
    const again = async (yutu) => {
      const next = await yutu.again();
      started[started.indexOf(yutu)] = next;
      return next;
    };
    const result = await work({ ...harness, ...tile, start, again, folder: scratch });
    const faults = started.flatMap((yutu) => yutu.said().match(/.*(unexpected fault|unhandled rejection).*/g) ?? []);
    if (faults.length > 0) throw new Error(`Yutu logged faults of its own:\n${faults.slice(0, 5).join('\n')}`);
    return result;
  });
}

/** Paths of all tiles of a layer over the middle of the city, from zoom to zoom. */
export function cityTiles({ tileAt, tilePath }, layer, [from, to]) {
  const paths = [];
  for (let z = from; z <= to; z++) {
    const [first, last] = [tileAt(CITY.west, CITY.north, z), tileAt(CITY.east, CITY.south, z)];
    for (let x = first.x; x <= last.x; x++) for (let y = first.y; y <= last.y; y++) paths.push(tilePath(layer, { z, x, y }));
  }
  return paths;
}

/** How many tiles the instance has cut so far. */
export async function misses(caller) {
  const { text } = await caller.get('/metrics');
  const found = /^yutu_tile_cache_misses_total (\d+)/m.exec(text);
  if (!found) throw new Error('/metrics does not tell the misses');
  return Number(found[1]);
}
