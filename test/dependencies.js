/**
 * Checks what `npm ci` would install to run: from the lock file alone that every package comes from the registry, unchanged and without
 * programs that run at install; and, where the registry answers, that no advisory of `moderate` or worse is open on it.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const THRESHOLD = 'moderate';
/** Licences that ask for nothing but their text. */
const PERMISSIVE =
  /^(MIT|MIT-0|ISC|BSD-2-Clause|BSD-3-Clause|0BSD|EDL-1\.0|Apache-2\.0|BlueOak-1\.0\.0|PostgreSQL|Unlicense|CC0-1\.0|Python-2\.0|OFL-1\.1|Zlib|WTFPL)$/;

/** Licences read in the package itself, where its description names none or misspells it. */
const READ = { '@mapbox/jsonlint-lines-primitives': 'MIT', arc: 'BSD-3-Clause', 'splaytree-ts': 'BSD-3-Clause' };

const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
const faults = [];
let count = 0;
for (const [path, { resolved, integrity, hasInstallScript, license, dev, link, deprecated }] of Object.entries(packages)) {
  if (!path.includes('node_modules/') || link || dev) continue;
  count++;
  if (resolved !== undefined && !resolved.startsWith('https://registry.npmjs.org/'))
    faults.push(`${path} comes from ${resolved}`);
  if (!integrity?.startsWith('sha512-')) faults.push(`${path} has no SHA-512`);
  if (hasInstallScript) faults.push(`${path} runs a program when it is installed`);
  if (deprecated) faults.push(`${path} is given up: ${deprecated}`);
  const alternatives = (READ[path.split('node_modules/').at(-1)] ?? license ?? '').replace(/[()]/g, '').split(/ OR /);
  if (!alternatives.some((one) => one.split(/ AND /).every((part) => PERMISSIVE.test(part.trim()))))
    faults.push(`${path} has the licence “${license}”`);
}
if (count < 50) faults.push(`only ${count} packages found in the lock file: the check itself is broken`);
for (const manifest of [
  'package.json',
  'contract/package.json',
  'server/package.json',
  'tiles/package.json',
  'web/package.json',
]) {
  const { dependencies = {}, devDependencies = {} } = JSON.parse(readFileSync(join(root, manifest), 'utf8'));
  for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies }))
    if (!/^\d+\.\d+\.\d+$/.test(version) && !name.startsWith('@yutu/'))
      faults.push(`${manifest} names ${name} as ${version}, no exact version`);
}

const audit = spawnSync(
  'npm',
  ['audit', '--omit=dev', '--json', `--audit-level=${THRESHOLD}`, '--fetch-retries=0', '--fetch-timeout=15000'],
  {
    cwd: root,
    encoding: 'utf8',
  },
);
let advisories = 'the registry did not answer, so advisories were not asked for';
try {
  const { metadata, vulnerabilities } = JSON.parse(audit.stdout);
  const { moderate, high, critical } = metadata.vulnerabilities;
  advisories = `${moderate + high + critical} advisories`;
  for (const { name, severity } of Object.values(vulnerabilities))
    if (['moderate', 'high', 'critical'].includes(severity)) faults.push(`${name}: an open advisory, ${severity}`);
} catch {
  // no report: offline, or a mirror without advisories
}

for (const fault of faults) console.error(fault);
console.log(`${count} packages to run, ${faults.length} against the rules; ${advisories}`);
process.exit(faults.length === 0 ? 0 : 1);
