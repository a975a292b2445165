/**
 * What has to be true before Yutu can run from a clone: the right Node, the packages of the lock file, compiled sources.
 * Shared by `npm start` and `npm test`; needs nothing but Node itself, and does nothing that is already done.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

const oldestNode = [20, 19];
const at = (...parts) => join(root, ...parts);
const stampFile = at('node_modules', '.cache', 'yutu-build.json');

/** A fault that is told in one plain sentence, without a stack. */
export class Unprepared extends Error {}

/** Throws `Unprepared` on a Node that is too old. */
export function checkNode(version = process.versions.node) {
  const [major, minor] = version.split('.').map(Number);
  if (major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1])) return;
  throw new Unprepared(
    `Yutu needs Node ${oldestNode.join('.')} or newer; this is Node ${version}. Install a newer one from https://nodejs.org.`,
  );
}

/**
 * Whether node_modules holds what package-lock.json asks for. npm writes node_modules/.package-lock.json last, so an
 * interrupted install counts as none. Packages for other machines are optional and may be absent.
 */
export function isInstalled() {
  const installed = at('node_modules', '.package-lock.json');
  if (!existsSync(installed)) return false;
  const wanted = JSON.parse(readFileSync(at('package-lock.json'), 'utf8')).packages;
  const present = JSON.parse(readFileSync(installed, 'utf8')).packages;
  return Object.entries(wanted).every(
    ([path, one]) => path === '' || one.optional || one.devOptional || (path in present && present[path].version === one.version),
  );
}

/** `npm ci`, unless node_modules is what the lock file asks for. Returns whether it installed. */
export async function install(say = () => {}) {
  if (isInstalled()) return false;
  const started = Date.now();
  say('Installing packages (about a minute) …');
  const npm = process.env.npm_execpath;
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund'];
  if (npm?.endsWith('.js')) await run(process.execPath, [npm, ...args], root);
  else await run(process.platform === 'win32' ? 'npm.cmd' : 'npm', args, root);
  say(`Packages installed in ${seconds(started)} s.`);
  return true;
}

/** Compiles what changed since the last build: the tiles package and the server with tsc, the viewer with vite. */
export async function build(say = () => {}) {
  const done = readStamps();
  const code = fingerprint(
    ['contract', 'tiles', 'server']
      .flatMap((p) => [`${p}/src`, `${p}/tsconfig.json`, `${p}/package.json`])
      .concat('tsconfig.base.json'),
  );
  const viewer = fingerprint(['web', 'contract/src', 'tiles/src', 'package-lock.json']);
  const compiled = ['contract/dist/index.js', 'tiles/dist/index.js', 'server/dist/cli/main.js'].every((file) =>
    existsSync(at(file)),
  );
  const codeIsOld = done.code !== code || !compiled;
  const viewerIsOld = done.viewer !== viewer || !existsSync(at('web/dist/index.html'));
  if (!codeIsOld && !viewerIsOld) return false;

  const started = Date.now();
  say(`Building ${[codeIsOld && 'the server', viewerIsOld && 'the viewer'].filter(Boolean).join(' and ')} …`);
  const jobs = [];
  if (codeIsOld) {
    // tsc trusts its own record and would not write again what somebody deleted from dist/
    const force = compiled ? [] : ['--force'];
    const tsc = at('node_modules/typescript/bin/tsc');
    await run(process.execPath, [tsc, '-b', ...force, 'contract', 'tiles'], root);
    jobs.push(run(process.execPath, [tsc, '-b', ...force, 'server'], root).then(() => writeStamp({ code })));
  }
  if (viewerIsOld) {
    jobs.push(
      run(process.execPath, [at('node_modules/vite/bin/vite.js'), 'build', '--logLevel', 'warn'], at('web')).then(() =>
        writeStamp({ viewer }),
      ),
    );
  }
  const failed = (await Promise.allSettled(jobs)).find((job) => job.status === 'rejected');
  if (failed) throw failed.reason;
  say(`Built in ${seconds(started)} s.`);
  return true;
}

/** Everything above, in order. */
export async function prepare(say = () => {}) {
  checkNode();
  await install(say);
  await build(say);
}

/** Runs a program to its end; its output is shown only when it fails. */
function run(command, args, cwd) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'], shell: command.endsWith('.cmd') });
    const output = [];
    const stop = (signal) => {
      child.kill(signal);
      process.exit(signal === 'SIGINT' ? 130 : 143);
    };
    const done = () => process.off('SIGINT', stop).off('SIGTERM', stop);
    process.on('SIGINT', stop).on('SIGTERM', stop);
    child.stdout.on('data', (chunk) => output.push(chunk));
    child.stderr.on('data', (chunk) => output.push(chunk));
    child.on('error', (error) => {
      done();
      reject(new Unprepared(`Cannot run ${command}: ${error.message}`));
    });
    child.on('close', (code) => {
      done();
      if (code === 0) return resolve();
      process.stderr.write(Buffer.concat(output));
      const shown = [command === process.execPath ? 'node' : command, ...args.map((arg) => arg.replace(root, ''))].join(' ');
      reject(new Unprepared(`${shown} failed (exit ${code}); its output is above.`));
    });
  });
}

/** A hash over names and contents, so that a fresh clone, a touched file and a changed file are told apart rightly. */
function fingerprint(paths) {
  const hash = createHash('sha256').update(process.versions.node.split('.')[0]);
  for (const path of paths)
    for (const file of filesUnder(path))
      hash
        .update(`${file}\0`)
        .update(readFileSync(at(file)))
        .update('\0');
  return hash.digest('hex');
}

function filesUnder(path) {
  if (!existsSync(at(path))) return [];
  const skip = new Set(['node_modules', 'dist']);
  try {
    return readdirSync(at(path), { withFileTypes: true })
      .filter((entry) => !skip.has(entry.name) && !/\.(tsbuildinfo|test\.tsx?)$/.test(entry.name))
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .flatMap((entry) => (entry.isDirectory() ? filesUnder(`${path}/${entry.name}`) : [`${path}/${entry.name}`]));
  } catch (error) {
    if (error.code === 'ENOTDIR') return [path];
    throw error;
  }
}

function readStamps() {
  try {
    return JSON.parse(readFileSync(stampFile, 'utf8'));
  } catch {
    return {};
  }
}

function writeStamp(stamp) {
  mkdirSync(join(stampFile, '..'), { recursive: true });
  writeFileSync(stampFile, JSON.stringify({ ...readStamps(), ...stamp }));
}

const seconds = (since) => Math.round((Date.now() - since) / 1000);
