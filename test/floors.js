/**
 * Checks that the code keeps to its floors (.dependency-cruiser.cjs), and that no surface decides for itself (surfaces.js). A cruise that saw next to nothing proves nothing, so
 * that is a failure too. `node test/floors.js [folder]` checks another tree: the planted faults of floors.test.ts.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { surfaces } from './surfaces.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const tree = resolve(process.argv[2] ?? root);
const fewest = Number(process.argv[3] ?? 50);
const sources = ['contract/src', 'tiles/src', 'server/src', 'web/src'].filter((path) => existsSync(join(tree, path)));

const cruise = spawnSync(
  process.execPath,
  [
    join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs'),
    '--config',
    join(root, '.dependency-cruiser.cjs'),
    '-T',
    'json',
    ...sources,
  ],
  { cwd: tree, encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 },
);

let summary;
try {
  summary = JSON.parse(cruise.stdout).summary;
} catch {
  console.error(`dependency-cruiser did not run:\n${cruise.stderr || cruise.stdout}`);
  process.exit(1);
}

const faults = summary.violations.map(({ rule, from, to, cycle }) => {
  const path = cycle?.length ? cycle.map((step) => step.name ?? step).join(' → ') : to;
  return `${rule.name}: ${from} → ${path}`;
});
faults.push(...sources.flatMap(catchAlls).map((folder) => `no-catch-all-folders: ${folder}`));
const { faults: own, reads, masked } = surfaces(tree);
faults.push(...own);
if (summary.totalCruised < fewest)
  faults.push(`cruised only ${summary.totalCruised} modules of at least ${fewest}: the check itself is broken`);
if (reads < Math.floor(fewest / 10)) faults.push(`found only ${reads} reads of layers' tables: the check itself is broken`);

for (const fault of faults) console.error(fault);
console.log(`${reads} reads of layers' tables, ${masked} of them under the access predicate, the others with their reason`);
console.log(`${summary.totalCruised} modules, ${summary.totalDependenciesCruised} imports, ${faults.length} against the floors`);
process.exit(faults.length === 0 ? 0 : 1);

/** Folders whose name says nothing of what is in them. */
function catchAlls(path) {
  return readdirSync(join(tree, path), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap((entry) => {
      const folder = `${path}/${entry.name}`;
      return [...(/^(utils?|common|shared|helpers?|lib)$/.test(entry.name) ? [folder] : []), ...catchAlls(folder)];
    });
}
