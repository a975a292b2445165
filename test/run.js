/**
 * `npm test`: everything there is to check, stage by stage, on this machine.
 *
 *   npm test                      all stages; what a bare machine lacks is named as `not run`
 *   npm test -- --only unit,api   only the stages whose names begin so
 *   npm test -- --changed         only the stages that what differs from the main branch can reach
 *   npm test -- --strict          a stage that cannot run, or a skipped test, is a failure (CI)
 *   npm run deep                  everything on both engines, strictly, and the random ones for long
 *
 * TEST_DATABASE_URL names a PostgreSQL with PostGIS whose user may create databases: the same tests run there too.
 * The last line is `N passed, N failed`; the exit code is 0 only if something passed and nothing failed.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, relative } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs, stripVTControlCharacters } from 'node:util';
import { prepare, root, Unprepared } from '../server/bin/prepare.js';
import { changedFiles, lacks, reachedBy, stagesOf } from './stages.js';

const flag = { type: 'boolean', default: false };
const { values: asked } = parseArgs({ options: { strict: flag, deep: flag, changed: flag, only: { type: 'string' } } });
const vitestProgram = join(root, 'node_modules/vitest/vitest.mjs');
/** What bounds the random runs, and what they are let do in `npm run deep`. */
const long = asked.deep ? { SOAK_MINUTES: '10', MODEL_SEQUENCES: '10000' } : {};

try {
  await prepare((line) => console.log(line));
} catch (error) {
  if (!(error instanceof Unprepared)) throw error;
  console.error(error.message);
  console.log('0 passed, 1 failed');
  process.exit(1);
}

const stages = stagesOf({ deep: asked.deep, lacks: await lacks() });
const wanted = asked.only?.split(',').map((name) => name.trim().toLowerCase());
const reached = asked.changed ? reachedBy(changedFiles()) : null;
const chosen = stages.filter(
  ({ name, kind }) =>
    (!wanted || wanted.some((begin) => name.toLowerCase().startsWith(begin))) && (!reached || reached.has(kind)),
);
if (reached) console.log(`What changed is reached by: ${[...reached].join(', ') || 'no test'}`);

// shared by the stages: a loaded demonstration of each engine, made once and copied (test/harness.ts)
const scratch = mkdtempSync(join(tmpdir(), 'yutu-test-'));
const output = join(root, 'test/output');
mkdirSync(output, { recursive: true });

const total = { passed: 0, failed: 0 };
const remarks = [];
/** Names of what failed with the first lines of why, told once more at the end, where they are found. */
const failures = [];
/** How long each file of each stage took: `[seconds, stage, file]`. */
const times = [];
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(130));

// What needs no Yutu goes first, alone. Then two lanes, for most of what is done is waiting: each takes the longest stage that is left.
for (const stage of chosen.filter(({ engine }) => !engine)) await runStage(stage, null);
const longest = ['api on PostGIS', 'api on embedded', 'browser on PostGIS', 'robust on embedded', 'robust on PostGIS'];
const rank = ({ name }) => (longest.includes(name) ? longest.indexOf(name) : longest.length);
const waiting = chosen.filter(({ engine }) => engine).sort((a, b) => rank(a) - rank(b));
const alone = waiting.length === 1;
const lane = async () => {
  for (let stage = waiting.shift(); stage; stage = waiting.shift()) await runStage(stage, alone ? null : `${stage.name} | `);
};
await Promise.all([lane(), lane()]);

await dropSeed();
if (chosen.length === 0)
  console.error(`No stage begins with ${asked.only}; there are: ${stages.map(({ name }) => name).join(', ')}`);
const slowest = times.sort(([a], [b]) => b - a).slice(0, 10);
if (slowest.length > 0) console.log('The slowest files:');
for (const [seconds, ...where] of slowest) console.log(`${seconds.toFixed(0).padStart(6)} s  ${where.join(': ')}`);
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
async function vitest({ name: stage, project, engine, scope }, prefix) {
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
    process.execPath,
    [vitestProgram, ...args],
    {
      ...long,
      YUTU_TEST_ENGINE: engine ?? '',
      YUTU_TEST_SCOPE: scope ?? '',
      YUTU_TEST_SCRATCH: scratch,
      ...(prefix ? { FORCE_COLOR: '0' } : {}),
    },
    prefix,
  );
  if (!existsSync(report)) return { passed: 0, failed: 1, skipped: [], why: [`ended with ${code} and left no report`] };
  const files = JSON.parse(readFileSync(report, 'utf8')).testResults;
  const tests = files.flatMap((file) => file.assertionResults);
  for (const { startTime, endTime, name } of files) times.push([(endTime - startTime) / 1000, stage, relative(root, name)]);
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

/** The template database of this run (test/harness.ts). */
async function dropSeed() {
  if (!chosen.some(({ engine, lacks }) => engine === 'postgis' && !lacks.some(Boolean))) return;
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: process.env.TEST_DATABASE_URL });
  await client.connect();
  await client.query(
    `drop database if exists yutu_test_seed_${basename(scratch).replace(/\W/g, '_').toLowerCase()} with (force)`,
  );
  await client.end();
}
