/**
 * `npm run attack [-- --minutes 10] [-- --out folder]`: sqlmap and wapiti (Debian packages) against an instance started for it, with the
 * addresses that its own OpenAPI document names. Not part of `npm test`: it takes minutes and its findings want reading. Reports go to
 * test/output/attack; exits with 1 when sqlmap says that something can be injected or wapiti found a vulnerability.
 * The instance runs on the embedded engine, or on DATABASE_URL, which must name a database that may be filled and thrown away.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { prepare, root } from '../../server/bin/prepare.js';

const { values: asked } = parseArgs({
  options: { minutes: { type: 'string', default: '10' }, out: { type: 'string', default: join(root, 'test/output/attack') } },
});
/** What wapiti misses and should: a header that browsers gave up, and one that belongs on https only. */
const EXPECTED = ['X-XSS-Protection is not set', 'Strict-Transport-Security is not set'];

const seconds = Math.max(1, Number(asked.minutes)) * 60;
const out = resolve(asked.out);
for (const tool of ['sqlmap', 'wapiti'])
  if (spawnSync(tool, ['--version']).error) {
    console.error(`${tool} is not installed: apt-get install sqlmap wapiti`);
    process.exit(2);
  }

await prepare((line) => console.log(line));
rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
const dataDir = mkdtempSync(join(tmpdir(), 'yutu-attack-'));
const port = await new Promise((done) => {
  const server = createServer().listen(0, '127.0.0.1', () => {
    const { port } = server.address();
    server.close(() => done(port));
  });
});
const base = `http://127.0.0.1:${port}`;
const yutu = spawn(process.execPath, [join(root, 'server/bin/yutu.js'), 'serve'], {
  cwd: dataDir,
  stdio: ['ignore', 'pipe', 'pipe'],
  env: { ...process.env, PORT: String(port), DATA_DIR: dataDir, DEMO: 'true' },
});
let said = '';
for (const stream of [yutu.stdout, yutu.stderr])
  stream.on('data', (chunk) => {
    said += chunk;
  });
const ended = new Promise((done) => yutu.on('close', done));

try {
  while (!said.includes('Yutu is ready')) {
    if (yutu.exitCode !== null) throw new Error(`Yutu ended before it was ready:\n${said}`);
    await sleep(100);
  }
  const cookie = await signIn('steward');
  const addresses = await addressesOf();
  writeFileSync(join(out, 'addresses.txt'), `${addresses.join('\n')}\n`);
  console.log(`${addresses.length} addresses at ${base}`);
  const injectable = await sqlmap(addresses, cookie, seconds * 0.7);
  const vulnerabilities = await wapiti(cookie, seconds * 0.3);
  const faults = said.split('\n').filter((line) => /unexpected fault|unhandled rejection/.test(line));
  writeFileSync(join(out, 'server.log'), said);
  const summary = [
    `sqlmap: ${injectable.length === 0 ? 'nothing can be injected' : injectable.join('; ')}`,
    `wapiti: ${vulnerabilities.length === 0 ? 'no vulnerability' : vulnerabilities.join('; ')}`,
    `server: ${faults.length} unexpected faults`,
  ];
  writeFileSync(join(out, 'summary.txt'), `${summary.join('\n')}\n`);
  console.log(summary.join('\n'));
  process.exitCode = injectable.length + vulnerabilities.length + faults.length === 0 ? 0 : 1;
} finally {
  yutu.kill('SIGTERM');
  await ended;
  rmSync(dataDir, { recursive: true, force: true });
}

async function signIn(username) {
  const answer = await fetch(`${base}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username, password: 'yutu-demo' }),
  });
  if (!answer.ok) throw new Error(`${username} could not sign in: ${answer.status}`);
  return answer.headers.getSetCookie()[0].split(';')[0];
}

/** Every GET with parameters; `*` marks those of a path for sqlmap. */
async function addressesOf() {
  const document = await (await fetch(`${base}/api/openapi.json`)).json();
  const of = (p) =>
    p.$ref
      ? p.$ref
          .slice(2)
          .split('/')
          .reduce((at, key) => at[key], document)
      : p;
  return Object.entries(document.paths).flatMap(([path, item]) => {
    if (!item.get || /events|metrics|export|conformance/.test(path)) return [];
    const parameters = (item.get.parameters ?? []).map(of);
    const example = (p) => encodeURIComponent(String(p.example ?? p.schema?.default ?? p.schema?.enum?.[0] ?? 'x'));
    const filled = path.replace(/\{(\w+)\}/g, (_, name) => `${example(parameters.find((p) => p.name === name))}*`);
    const query = parameters.filter((p) => p.in === 'query' && !['f', 'filter-lang', 'filter-crs'].includes(p.name));
    if (query.length > 0)
      return [`${base}/api${filled.replaceAll('*', '')}?${query.map((p) => `${p.name}=${example(p)}`).join('&')}`];
    return filled.includes('*') ? [`${base}/api${filled}`] : [];
  });
}

/** @returns what sqlmap says can be injected */
async function sqlmap(addresses, cookie, budget) {
  const list = join(out, 'sqlmap-addresses.txt');
  writeFileSync(list, addresses.join('\n'));
  const folder = join(out, 'sqlmap');
  const text = await run(
    'sqlmap',
    [
      ...[
        '-m',
        list,
        '--batch',
        '--level',
        '2',
        '--risk',
        '1',
        '--dbms',
        'PostgreSQL',
        '--cookie',
        cookie,
        '--output-dir',
        folder,
      ],
      // the session's own cookie is no parameter to break
      ...['--param-exclude', 'yutu_session', '--threads', '2', '--time-sec', '2', '--timeout', '10', '--retries', '1'],
      ...['--disable-coloring', '--ignore-code', '401', '--flush-session', '--keep-alive'],
    ],
    budget,
    'sqlmap.txt',
  );
  const tested = new Set(text.match(/testing if \S+ parameter '[^']+'|testing URL '[^']+'/g) ?? []);
  console.log(`sqlmap looked at ${tested.size} addresses and parameters`);
  const logs = filesBelow(folder).filter((file) => /[\\/]log$/.test(file) && statSync(file).size > 0);
  return [...logs, ...(text.match(/parameter '[^']+' is vulnerable[^\n]*/g) ?? [])];
}

/** @returns what wapiti holds for vulnerabilities, by kind */
async function wapiti(cookie, budget) {
  const report = join(out, 'wapiti.json');
  await run(
    'wapiti',
    [
      ...[
        '-u',
        `${base}/`,
        '-s',
        `${base}/api/search?q=a`,
        '-s',
        `${base}/api/collections/parcels/items?limit=1&filter=area_m2>1`,
      ],
      ...['-s', `${base}/api/requests?box=mine&layer=parcels`, '-s', `${base}/api/grants?layer=parcels`, '--scope', 'folder'],
      ...[
        '-H',
        `Cookie: ${cookie}`,
        '--max-scan-time',
        String(Math.floor(budget * 0.8)),
        '--store-session',
        join(out, 'wapiti-session'),
      ],
      ...['--flush-session', '-m', 'common,-ssrf', '-f', 'json', '-o', report, '--no-bugreport'],
    ],
    budget,
    'wapiti.txt',
  );
  const { vulnerabilities = {} } = JSON.parse(readFileSync(report, 'utf8'));
  // its module for SSRF asks a server of its own elsewhere; that the server asks nobody is read from the sources (test/surfaces.js)
  return Object.entries(vulnerabilities).flatMap(([kind, found]) =>
    found
      .filter((v) => !EXPECTED.some((info) => v.info.includes(info)))
      .map((v) => `${kind}: ${v.method} ${v.path} ${v.parameter ?? ''} ${v.info}`),
  );
}

/** Runs a tool for so many seconds at most; what it says goes into a file. */
async function run(command, args, budget, file) {
  const started = Date.now();
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      text += chunk;
    });
  const over = setTimeout(() => process.kill(-child.pid, 'SIGINT'), budget * 1000);
  const dead = setTimeout(() => process.kill(-child.pid, 'SIGKILL'), budget * 1000 + 15_000);
  await new Promise((done) => child.on('close', done));
  clearTimeout(over);
  clearTimeout(dead);
  writeFileSync(join(out, file), text);
  console.log(`${command}: ${((Date.now() - started) / 1000).toFixed(0)} s`);
  return text;
}

function filesBelow(folder) {
  try {
    return readdirSync(folder, { recursive: true }).map((file) => join(folder, String(file)));
  } catch {
    return [];
  }
}
