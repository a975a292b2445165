import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../server/bin/prepare.js';

const bin = (path) => [process.execPath, join(root, 'node_modules', path)];
const tsc = (...args) => [...bin('typescript/bin/tsc'), ...args];

/**
 * Files of `test/api` about what the engine changes: how it starts, stops and is watched, migrates and copies, how its GEOS and its
 * collations compute, how it locks; and the story from end to end.
 */
export const changedByTheEngine = [
  ...['at-rest', 'borders', 'changes', 'commands', 'cql2', 'editing', 'incoming', 'lifecycle', 'opening', 'overlay'],
  ...['polygon-cost', 'races', 'replace', 'search', 'serving', 'snapshots', 'story', 'times', 'watchdog'],
];

/**
 * What there is to check, in order. A stage either runs programs (one check) or a vitest project (as many as it holds); `lacks` says why
 * it cannot. Where PostGIS runs the whole API suite, the embedded engine proves no more than
 * `changedByTheEngine`, unless `deep`.
 *
 * @param lacks why there is no PostGIS, GDAL, Chromium, or nothing
 */
export function stagesOf({ deep, lacks: { postgis, gdal, chromium } }) {
  const scope = deep ? 'all' : postgis ? '' : 'engine';
  const vitest = (project, engine, ...reasons) => ({
    name: `${project} on ${engine === 'postgis' ? 'PostGIS' : engine}`,
    kind: project,
    project,
    engine,
    scope: engine === 'embedded' || deep ? scope : '',
    lacks: engine === 'postgis' ? [...reasons, postgis] : reasons,
  });
  const static_ = (name, ...programs) => ({ name, kind: 'static', programs });
  return [
    static_('lint', bin('@biomejs/biome/bin/biome').concat('check', '--error-on-warnings', '.')),
    static_('types', tsc('-b', 'contract', 'tiles', 'server'), tsc('-p', 'web', '--noEmit'), tsc('-p', 'test')),
    static_('floors', [process.execPath, join(root, 'test/floors.js')]),
    static_('dependencies', [process.execPath, join(root, 'test/dependencies.js')]),
    { name: 'unit', kind: 'unit', project: 'unit' },
    vitest('api', 'embedded'),
    vitest('api', 'postgis'),
    vitest('robust', 'embedded'),
    vitest('robust', 'postgis'),
    vitest('clients', 'embedded', gdal),
    vitest('clients', 'postgis', gdal),
    vitest('browser', 'embedded', chromium),
    vitest('browser', 'postgis', chromium),
  ];
}

/** Which kinds of stage a file can change, by where it lies; the first that fits counts, and what fits nowhere reaches all. */
const reach = [
  [/^(docs\/|[^/]+\.md$)/, ['static', 'unit']],
  [/^web\//, ['static', 'unit', 'browser']],
  [/^test\/(api|oracle|model)\//, ['static', 'api']],
  [/^test\/(robust|clients|browser)\//, (kind) => ['static', kind]],
  [/^test\/bench/, ['static', 'unit']],
  [/\.test\.tsx?$/, ['static', 'unit']],
];
const everything = ['static', 'unit', 'api', 'robust', 'clients', 'browser'];

/** @param files paths from the root, with slashes */
export function reachedBy(files) {
  return new Set(
    files.flatMap((file) => {
      for (const [pattern, kinds] of reach) {
        const match = pattern.exec(file);
        if (match) return typeof kinds === 'function' ? kinds(match[1]) : kinds;
      }
      return everything;
    }),
  );
}

/** What differs from the main branch, committed or not. */
export function changedFiles() {
  const git = (...args) => spawnSync('git', args, { cwd: root, encoding: 'utf8' });
  const base = git('merge-base', 'HEAD', 'main').stdout.trim() || 'HEAD';
  const listed = [git('diff', '--name-only', base), git('ls-files', '--others', '--exclude-standard')];
  const broken = listed.find(({ status }) => status !== 0);
  if (broken) throw new Error(`--changed asks git what changed: ${broken.stderr ?? broken.error?.message}`);
  return listed.flatMap(({ stdout }) => stdout.split('\n').filter(Boolean));
}

/** What this machine lacks, with the remedy; nothing where nothing is lacking. */
export async function lacks() {
  return {
    postgis: await lacksPostgis(),
    gdal: lacksProgram('ogr2ogr', 'GDAL', 'apt-get install gdal-bin'),
    chromium: lacksChromium(),
  };
}

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

function lacksProgram(command, name, remedy) {
  return spawnSync(command, ['--version']).status === 0 ? undefined : `${name} is not installed: ${remedy}`;
}

function lacksChromium() {
  const path = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
  return existsSync(path) ? undefined : `no Chromium at ${path}: apt-get install chromium, or set CHROMIUM_PATH`;
}
