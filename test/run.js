/**
 * `npm test`: everything there is to check, stage by stage, on this machine.
 *
 *   npm test                      all stages; what a bare machine lacks is named as `not run`
 *   npm test -- --only unit,api   only the stages whose names begin so
 *   npm test -- --strict          a stage that cannot run, or a skipped test, is a failure (CI)
 *
 * TEST_DATABASE_URL names a PostgreSQL with PostGIS whose user may create databases: the same tests run there too.
 * The last line is `N passed, N failed`; the exit code is 0 only if something passed and nothing failed.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs, stripVTControlCharacters } from 'node:util';
import { prepare, root, Unprepared } from '../server/bin/prepare.js';

const { values: asked } = parseArgs({ options: { strict: { type: 'boolean', default: false }, only: { type: 'string' } } });
const bin = (path) => [process.execPath, join(root, 'node_modules', path)];
const tsc = (...args) => [...bin('typescript/bin/tsc'), ...args];

try {
  await prepare((line) => console.log(line));
} catch (error) {
  if (!(error instanceof Unprepared)) throw error;
  console.error(error.message);
  console.log('0 passed, 1 failed');
  process.exit(1);
}

const postgis = await lacksPostgis();
const gdal = lacksProgram('ogr2ogr', 'GDAL', 'apt-get install gdal-bin');
const chromium = lacksChromium();

/** A stage either runs programs (one check) or a vitest project (as many as it holds); `lacks` says why it cannot. */
const stages = [
  { name: 'lint', programs: [bin('@biomejs/biome/bin/biome').concat('check', '--error-on-warnings', '.')] },
  { name: 'types', programs: [tsc('-b', 'contract', 'tiles', 'server'), tsc('-p', 'web', '--noEmit'), tsc('-p', 'test')] },
  { name: 'floors', programs: [[process.execPath, join(root, 'test/floors.js')]] },
  { name: 'dependencies', programs: [[process.execPath, join(root, 'test/dependencies.js')]] },
  { name: 'unit', project: 'unit' },
  { name: 'api on embedded', project: 'api', engine: 'embedded' },
  { name: 'api on PostGIS', project: 'api', engine: 'postgis', lacks: [postgis] },
  { name: 'robust on embedded', project: 'robust', engine: 'embedded' },
  { name: 'robust on PostGIS', project: 'robust', engine: 'postgis', lacks: [postgis] },
  { name: 'clients on embedded', project: 'clients', engine: 'embedded', lacks: [gdal] },
  { name: 'clients on PostGIS', project: 'clients', engine: 'postgis', lacks: [gdal, postgis] },
  { name: 'browser on embedded', project: 'browser', engine: 'embedded', lacks: [chromium] },
  { name: 'browser on PostGIS', project: 'browser', engine: 'postgis', lacks: [chromium, postgis] },
];
const wanted = asked.only?.split(',').map((name) => name.trim().toLowerCase());
const chosen = stages.filter(({ name }) => !wanted || wanted.some((begin) => name.toLowerCase().startsWith(begin)));

// shared by the stages: a loaded demonstration of each engine, made once and copied (test/harness.ts)
const scratch = mkdtempSync(join(tmpdir(), 'yutu-test-'));
const output = join(root, 'test/output');
mkdirSync(output, { recursive: true });

const total = { passed: 0, failed: 0 };
const remarks = [];
/** Names of what failed with the first lines of why, told once more at the end, where they are found. */
const failures = [];
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(130));

// What needs no Yutu goes first, alone. Then the engines side by side, for each of them mostly waits; the browser and the clients go where
// there is time left, as the embedded engine is the slower one.
const slow = ({ engine, project }) => engine === 'embedded' && (project === 'api' || project === 'robust');
const lanes = [chosen.filter(slow), chosen.filter((stage) => stage.engine && !slow(stage))];
for (const stage of chosen.filter(({ engine }) => !engine)) await runStage(stage, null);
await Promise.all(
  lanes.map(async (lane, i) => {
    const alone = lanes[1 - i].length === 0;
    for (const stage of lane) await runStage(stage, alone ? null : `${stage.engine} | `);
  }),
);

await dropSeed();
if (chosen.length === 0)
  console.error(`No stage begins with ${asked.only}; there are: ${stages.map(({ name }) => name).join(', ')}`);
for (const line of [...remarks, ...failures]) console.log(line);
if (asked.strict && remarks.length > 0) console.log('--strict: what could not run counts as failed');
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed === 0 && total.passed > 0 ? 0 : 1);

/** Runs one stage and counts it; `prefix` is put before each of its lines. */
async function runStage(stage, prefix) {
  const heading = `[${chosen.indexOf(stage) + 1}/${chosen.length}] ${stage.name}`;
  const reason = stage.lacks?.find(Boolean);
  if (reason) {
    remarks.push(`not run: ${stage.name} (${reason})`);
    console.log(`${heading}: not run (${reason})`);
    if (asked.strict) total.failed += 1;
    return;
  }
  console.log(`${heading} …`);
  const started = Date.now();
  const { passed, failed, skipped, why = [] } = stage.project ? await vitest(stage, prefix) : await programs(stage);
  for (const reason of why) failures.push(`failed: ${stage.name}: ${reason}`);
  total.passed += passed;
  total.failed += failed;
  for (const name of skipped) remarks.push(`not run: ${stage.name}: ${name}`);
  if (asked.strict) total.failed += skipped.length;
  const counted = [`${passed} passed`, `${failed} failed`, ...(skipped.length ? [`${skipped.length} not run`] : [])].join(', ');
  console.log(`${heading}: ${counted} (${((Date.now() - started) / 1000).toFixed(0)} s)`);
}

/** Runs programs one after the other; together they are one check. */
async function programs({ programs: list }) {
  for (const [command, ...args] of list) {
    if ((await run(command, args)) !== 0)
      return {
        passed: 0,
        failed: 1,
        skipped: [],
        why: [`${basename(args[0] ?? command)} ${args.slice(1).join(' ')}: see above`],
      };
  }
  return { passed: 1, failed: 0, skipped: [] };
}

/** Runs a vitest project and counts from its report. A file that did not load, a crash and a stray error count as failures. */
async function vitest({ project, engine }, prefix) {
  const report = join(scratch, `${project}-${engine ?? 'all'}.json`);
  const args = [
    'run',
    '--project',
    project,
    '--reporter',
    process.env.CI || prefix ? 'default' : 'dot',
    '--reporter',
    'json',
    '--outputFile.json',
    report,
  ];
  const code = await run(
    ...bin('vitest/vitest.mjs').slice(0, 1),
    [...bin('vitest/vitest.mjs').slice(1), ...args],
    {
      YUTU_TEST_ENGINE: engine ?? '',
      YUTU_TEST_SCRATCH: scratch,
      ...(prefix ? { FORCE_COLOR: '0' } : {}),
    },
    prefix,
  );
  if (!existsSync(report)) return { passed: 0, failed: 1, skipped: [], why: [`ended with ${code} and left no report`] };
  const files = JSON.parse(readFileSync(report, 'utf8')).testResults;
  const tests = files.flatMap((file) => file.assertionResults);
  const passed = tests.filter(({ status }) => status === 'passed').length;
  const broken = files.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some(({ status }) => status === 'failed'),
  ).length;
  const failed = tests.filter(({ status }) => status === 'failed').length + broken;
  const why = [
    ...tests.filter(({ status }) => status === 'failed').map((t) => `${t.fullName}: ${firstLines(t.failureMessages?.[0])}`),
    ...files.filter(({ status, message }) => status === 'failed' && message).map((f) => `${f.name}: ${firstLines(f.message)}`),
  ];
  const skipped = tests.filter(({ status }) => status !== 'passed' && status !== 'failed').map(({ fullName }) => fullName);
  const stray = failed === 0 && (code !== 0 || passed === 0);
  if (stray) why.push(`no test failed, but it ended with ${code} after ${passed}`);
  return { passed, failed: stray ? 1 : failed, skipped: broken ? [] : skipped, why };
}

/** What a report says of a failure, in short. */
function firstLines(message = '') {
  const lines = stripVTControlCharacters(message)
    .split('\n')
    .filter((line) => line.trim() && !/^\s+at /.test(line));
  return lines.slice(0, 12).join('\n    ').slice(0, 1200);
}

function run(command, args, env = {}, prefix = null) {
  return new Promise((resolve) => {
    const out = prefix === null ? 'inherit' : 'pipe';
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', out, out], env: { ...process.env, ...env } });
    if (prefix !== null)
      for (const stream of [child.stdout, child.stderr])
        createInterface({ input: stream }).on('line', (line) => console.log(prefix + line));
    const stop = (signal) => child.kill(signal);
    process.on('SIGINT', stop).on('SIGTERM', stop);
    child.on('error', (error) => {
      console.error(error.message);
      resolve(1);
    });
    child.on('close', (code) => {
      process.off('SIGINT', stop).off('SIGTERM', stop);
      resolve(code ?? 1);
    });
  });
}

/** Why the PostGIS stages cannot run, or nothing. */
async function lacksPostgis() {
  const url = process.env.TEST_DATABASE_URL;
  if (!url) return 'TEST_DATABASE_URL is not set';
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000 });
  try {
    await client.connect();
    const { rows } = await client.query(
      "select (select default_version from pg_available_extensions where name = 'postgis') postgis, rolcreatedb or rolsuper makes from pg_roles where rolname = current_user",
    );
    if (!rows[0].postgis) return 'the server of TEST_DATABASE_URL has no PostGIS';
    if (!rows[0].makes) return 'the user of TEST_DATABASE_URL may not create databases';
  } catch (error) {
    return `TEST_DATABASE_URL cannot be reached: ${error.message || error.code}`;
  } finally {
    await client.end().catch(() => {});
  }
}

/** The template database of this run (test/harness.ts). */
async function dropSeed() {
  if (!process.env.TEST_DATABASE_URL || postgis) return;
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: process.env.TEST_DATABASE_URL });
  await client.connect();
  await client.query(
    `drop database if exists yutu_test_seed_${basename(scratch).replace(/\W/g, '_').toLowerCase()} with (force)`,
  );
  await client.end();
}

function lacksProgram(command, name, remedy) {
  return spawnSync(command, ['--version']).status === 0 ? undefined : `${name} is not installed: ${remedy}`;
}

function lacksChromium() {
  const path = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
  return existsSync(path) ? undefined : `no Chromium at ${path}: apt-get install chromium, or set CHROMIUM_PATH`;
}
