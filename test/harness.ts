import { type ChildProcess, type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import { basename, join } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import pg from 'pg';

/**
 * The real Yutu as a child process, and callers that speak HTTP to it. Nothing here imports the server.
 *
 * A loaded demonstration is made once per engine and copied: a data folder for the embedded engine, a template
 * database for PostGIS. So an instance of one's own costs seconds.
 */
export type Engine = 'embedded' | 'postgis';

export const root = fileURLToPath(new URL('..', import.meta.url));
export const output = join(root, 'test/output');
/** What is tested; a copy of it where one is broken on purpose. */
const program = process.env.YUTU_TEST_PROGRAM ?? join(root, 'server/bin/yutu.js');
/** Seals secrets on all nodes of a test alike. */
const secretKey = Buffer.alloc(32, 7).toString('base64');

/** The engine of this stage, from `npm test` or by hand: `YUTU_TEST_ENGINE=postgis npx vitest run --project api`. */
export const engine: Engine = process.env.YUTU_TEST_ENGINE === 'postgis' ? 'postgis' : 'embedded';

/** What a child needs to know to find an instance: plain data, so that it can be handed from the global setup to the tests. */
export interface Place {
  engine: Engine;
  url: string;
  port: number;
  dataDir: string;
  databaseUrl: string | null;
}

export interface Yutu extends Place {
  readonly process: ChildProcess;
  /** Everything it printed so far. */
  said(): string;
  /** Ends it (SIGTERM unless told otherwise) and waits; returns the exit code, null when killed. Its data stay. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
  /** Starts the program again on the same data and port; `by` names another copy of it. */
  again(env?: Record<string, string>, by?: string): Promise<Yutu>;
  /** Stops it and removes its data; throws when it ended by itself or logged faults of its own. */
  remove(): Promise<void>;
  /** The same for one that is broken on purpose: nobody asks how it fared. */
  discard(): Promise<void>;
}

export interface Wish {
  /** `demo`: a copy of the loaded demonstration (default). `empty`: nothing, and no demonstration is loaded. */
  start?: 'demo' | 'empty';
  env?: Record<string, string>;
  /** Reach the database through this address instead (a proxy that can fail). */
  through?: (databaseUrl: string) => string;
}

/** Where the stages of one run share what is dear to make. */
export function scratch(): string {
  process.env.YUTU_TEST_SCRATCH ||= mkdtempSync(join('/tmp', 'yutu-test-'));
  return process.env.YUTU_TEST_SCRATCH;
}

/** Starts an instance of one's own and waits until it is ready. */
export async function startYutu({ start = 'demo', env = {}, through }: Wish = {}): Promise<Yutu> {
  if (start === 'demo') await makeSeed();
  mkdirSync(scratch(), { recursive: true });
  const dataDir = mkdtempSync(join(scratch(), `${engine}-`));
  let databaseUrl: string | null = null;
  if (start === 'demo') cpSync(seedFolder(), dataDir, { recursive: true });
  if (engine === 'postgis') databaseUrl = await createDatabase(start === 'demo' ? seedDatabase() : undefined);
  const place = { engine, dataDir, databaseUrl, port: await freePort() };
  return launch({ ...place, url: `http://127.0.0.1:${place.port}` }, { DEMO: String(start === 'demo'), ...env }, through);
}

/** Runs the program on a place and waits for the line that says it is ready. */
async function launch(place: Place, env: Record<string, string>, through?: Wish['through'], by?: string): Promise<Yutu> {
  const { child, said, exited } = spawnServe(place, env, through, by);
  const ready = `Yutu is ready: ${env.BASE_URL ?? `${env.TLS_CERT ? 'https' : 'http'}://localhost:${place.port}`}`;
  const patience = Date.now() + 240_000;
  while (!said().split('\n').includes(ready)) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`Yutu ended before it was ready:\n${said()}`);
    if (Date.now() > patience) {
      child.kill('SIGKILL');
      throw new Error(`Yutu was not ready in time:\n${said()}`);
    }
    await sleep(50);
  }
  const yutu: Yutu = {
    ...place,
    process: child,
    said,
    async stop(signal = 'SIGTERM') {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill(signal);
        let late = false;
        const patience = setTimeout(() => {
          late = true;
          child.kill('SIGKILL');
        }, 20_000);
        await exited;
        clearTimeout(patience);
        if (late) throw new Error(`Yutu did not end within 20 s of ${signal}:\n${said().slice(-3000)}`);
      }
      return child.exitCode;
    },
    again: (more = {}, other = by) => launch(place, { ...env, ...more }, through, other),
    async discard() {
      await yutu.stop();
      rmSync(place.dataDir, { recursive: true, force: true });
      if (place.databaseUrl) await dropDatabase(place.databaseUrl);
    },
    async remove() {
      const code = await yutu.stop();
      await yutu.discard();
      if (code !== 0 && code !== null) throw new Error(`Yutu ended by itself (exit ${code}):\n${said().slice(-3000)}`);
      const faults = said()
        .split('\n')
        .filter((line) => /unexpected fault|unhandled rejection/.test(line));
      if (faults.length > 0) throw new Error(`Yutu logged faults of its own:\n${faults.join('\n')}`);
    },
  };
  return yutu;
}

/** The bare process, for tests of a start that must fail. */
export function spawnServe(
  place: Place,
  env: Record<string, string> = {},
  through: Wish['through'] = (url) => url,
  by = program,
) {
  const child = spawn(process.execPath, [by, 'serve'], {
    cwd: place.dataDir,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...inherited(),
      PORT: String(place.port),
      DATA_DIR: place.dataDir,
      SECRET_KEYS: secretKey,
      ...(place.databaseUrl ? { DATABASE_URL: through(place.databaseUrl) } : {}),
      LEDGER_SECONDS: '1',
      CHECK_ANSWERS: 'true',
      ...env,
    },
  });
  return watched(child);
}

/** Runs another node on the same PostgreSQL beside an instance, as long as `work` lasts. */
export async function withSecondNode(
  yutu: Place,
  work: (second: Place, child: ChildProcess) => Promise<void>,
  env: Record<string, string> = {},
): Promise<void> {
  const port = await freePort();
  const second = { ...yutu, port, url: `http://127.0.0.1:${port}`, dataDir: mkdtempSync(join(scratch(), 'second-')) };
  const { child, said, exited } = spawnServe(second, env);
  try {
    await eventually(async () => {
      if (!said().includes('Yutu is ready')) throw new Error(`the second node is not ready: ${said()}`);
    }, 60_000);
    await work(second, child);
  } finally {
    child.kill('SIGTERM');
    await exited;
  }
}

/** What a child says, and how it ends. */
function watched(child: ChildProcessByStdio<null, Readable, Readable>) {
  let text = '';
  child.stdout.on('data', (chunk) => {
    text += chunk;
  });
  child.stderr.on('data', (chunk) => {
    text += chunk;
  });
  const exited = new Promise<number | null>((resolve) => child.on('close', (code) => resolve(code)));
  return { child, said: () => text, exited };
}

/** The environment without settings of Yutu: neither those of whoever runs the tests nor those the test runner makes up. */
function inherited(): NodeJS.ProcessEnv {
  const settings: string[] = readFileSync(join(root, '.env.example'), 'utf8').match(/^[A-Z_]+(?==)/gm) ?? [];
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !settings.includes(name)));
}

/** `npx yutu …` beside or without a running server. @param by how the program is run, when not as it is */
export function yutuCommand(
  place: Place,
  args: string[],
  env: Record<string, string> = {},
  by: readonly [string, ...string[]] = [process.execPath, program],
) {
  const { status, stdout, stderr } = spawnSync(by[0], [...by.slice(1), ...args], {
    cwd: place.dataDir,
    encoding: 'utf8',
    timeout: 120_000,
    env: { ...commandEnv(place), ...env },
  });
  return { status, stdout, stderr, said: stdout + stderr };
}

/** What a command of an instance runs under. */
export const commandEnv = (place: Place) => ({
  ...inherited(),
  LC_ALL: 'C.UTF-8',
  PORT: String(place.port),
  DATA_DIR: place.dataDir,
  SECRET_KEYS: secretKey,
  ...(place.databaseUrl ? { DATABASE_URL: place.databaseUrl } : {}),
});

/** A command that is still running: to be interrupted, or watched. */
export function yutuProcess(place: Place, args: string[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [program, ...args], {
    cwd: place.dataDir,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...commandEnv(place), ...env },
  });
  return watched(child);
}

// --- the demonstration, loaded once per engine ---

const seedFolder = () => join(scratch(), `seed-${engine}`);
const seedDatabase = () => `yutu_test_seed_${basename(scratch()).replace(/\W/g, '_').toLowerCase()}`;

/**
 * Loads the demonstration into the seed of this engine, unless another stage of this run has; waits for one that is at it
 * (its lane runs beside ours). Returns how long it took.
 */
export async function makeSeed(): Promise<number> {
  const building = `${seedFolder()}-building`;
  mkdirSync(scratch(), { recursive: true });
  while (!existsSync(seedFolder())) {
    try {
      mkdirSync(building);
    } catch {
      await sleep(200);
      continue;
    }
    try {
      return await buildSeed(building);
    } finally {
      rmSync(building, { recursive: true, force: true });
    }
  }
  return 0;
}

async function buildSeed(building: string): Promise<number> {
  const started = Date.now();
  const databaseUrl = engine === 'postgis' ? await createDatabase(undefined, seedDatabase()) : null;
  const port = await freePort();
  const yutu = await launch({ engine, dataDir: building, databaseUrl, port, url: `http://127.0.0.1:${port}` }, { DEMO: 'true' });
  const code = await yutu.stop();
  if (code !== 0) throw new Error(`Yutu did not end cleanly (exit ${code}):\n${yutu.said()}`);
  renameSync(building, seedFolder());
  return Date.now() - started;
}

/** Removes what `makeSeed` made. */
export async function removeSeeds(): Promise<void> {
  if (process.env.TEST_DATABASE_URL)
    await onServer((client) => client.query(`drop database if exists ${seedDatabase()} with (force)`));
  rmSync(scratch(), { recursive: true, force: true });
}

// --- databases ---

function testServer(): string {
  const url = process.env.TEST_DATABASE_URL;
  if (!url) throw new Error('TEST_DATABASE_URL is not set');
  return url;
}

async function onServer<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
  return withDatabase(testServer(), work);
}

/** A connection of the test's own, beside the server's. */
export async function withDatabase<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

let databases = 0;

async function createDatabase(
  template?: string,
  name = `yutu_test_${process.pid}_${Date.now().toString(36)}_${++databases}`,
): Promise<string> {
  await onServer(async (client) => {
    await client.query(`drop database if exists ${name} with (force)`);
    await client.query(`create database ${name} ${template ? `template ${template}` : ''}`);
  });
  const url = new URL(testServer());
  url.pathname = `/${name}`;
  return url.href;
}

export async function dropDatabase(url: string): Promise<void> {
  await onServer((client) => client.query(`drop database if exists ${new URL(url).pathname.slice(1)} with (force)`));
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as net.AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

// --- callers ---

export interface Answer {
  status: number;
  headers: http.IncomingHttpHeaders;
  /** The body, decompressed. */
  bytes: Buffer;
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  json: any;
}

type Headers = Record<string, string>;
type Body = object | string | Buffer | undefined;

/** Somebody who speaks HTTP: anonymous, with a cookie, or with a key. Sends nothing but the headers it was given. */
export class Caller {
  constructor(
    readonly base: string,
    readonly headers: Headers = {},
  ) {}

  get = (path: string, headers: Headers = {}) => this.send('GET', path, undefined, headers);
  head = (path: string, headers: Headers = {}) => this.send('HEAD', path, undefined, headers);
  post = (path: string, body?: Body, headers: Headers = {}) => this.send('POST', path, body, headers);
  patch = (path: string, body: Body, headers: Headers = {}) => this.send('PATCH', path, body, headers);
  delete = (path: string, body?: Body, headers: Headers = {}) => this.send('DELETE', path, body, headers);

  /** The same caller with more headers. */
  with = (headers: Headers) => new Caller(this.base, { ...this.headers, ...headers });

  send(method: string, path: string, body?: Body, headers: Headers = {}): Promise<Answer> {
    const raw = body === undefined || typeof body === 'string' || Buffer.isBuffer(body);
    const payload = raw ? body : JSON.stringify(body);
    const all: Headers = { 'accept-language': 'en', ...this.headers, ...headers };
    if (payload !== undefined) {
      all['content-type'] ??= 'application/json';
      all['content-length'] = String(Buffer.byteLength(payload));
    }
    return new Promise((resolve, reject) => {
      const request = http.request(new URL(path, this.base), { method, headers: all, agent: false }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const sent = Buffer.concat(chunks);
          const encoding = response.headers['content-encoding'];
          const bytes =
            sent.length === 0
              ? sent
              : encoding === 'gzip'
                ? gunzipSync(sent)
                : encoding === 'br'
                  ? brotliDecompressSync(sent)
                  : sent;
          const text = bytes.toString('utf8');
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            bytes,
            text,
            get json() {
              return JSON.parse(text);
            },
          });
        });
      });
      request.on('error', reject);
      request.setTimeout(60_000, () => request.destroy(new Error(`${method} ${path} had no answer in 60 s`)));
      request.end(payload);
    });
  }

  /** Opens the event stream; `next` waits for an event of a kind. */
  async events(headers: Headers = {}): Promise<EventStream> {
    return new Promise((resolve, reject) => {
      const request = http.get(
        new URL('/api/events', this.base),
        { headers: { ...this.headers, accept: 'text/event-stream', ...headers }, agent: false },
        (response) => {
          if (response.statusCode !== 200) {
            request.destroy();
            return reject(new Error(`/api/events answered ${response.statusCode}`));
          }
          resolve(new EventStream(request, response));
        },
      );
      request.on('error', reject);
    });
  }
}

export interface HeardEvent {
  id: string | null;
  kind: string;
  // biome-ignore lint/suspicious/noExplicitAny: one shape per kind
  data: any;
}

export class EventStream {
  readonly heard: HeardEvent[] = [];
  readonly contentType: string | undefined;
  #rest = '';
  #request: http.ClientRequest;

  constructor(request: http.ClientRequest, response: http.IncomingMessage) {
    this.#request = request;
    this.contentType = response.headers['content-type'];
    request.on('error', () => {});
    response.on('error', () => {});
    response.setEncoding('utf8');
    response.on('data', (chunk: string) => this.#take(chunk));
  }

  #take(chunk: string) {
    this.#rest += chunk;
    const blocks = this.#rest.split('\n\n');
    this.#rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const lines = block.split('\n');
      const of = (name: string) =>
        lines.filter((line) => line.startsWith(`${name}:`)).map((line) => line.slice(name.length + 1).trim());
      const data = of('data').join('\n');
      if (data) this.heard.push({ id: of('id')[0] ?? null, kind: of('event')[0] ?? 'message', data: JSON.parse(data) });
    }
  }

  /** Waits until an event of this kind (and shape) has come; events heard before count unless `from` says otherwise. */
  async next(
    kind: string,
    wanted: (data: HeardEvent['data']) => boolean = () => true,
    from = 0,
    ms = 10_000,
  ): Promise<HeardEvent> {
    const until = Date.now() + ms;
    for (;;) {
      const found = this.heard.slice(from).find((event) => event.kind === kind && wanted(event.data));
      if (found) return found;
      if (Date.now() > until) throw new Error(`no ${kind} event in ${ms} ms; heard ${JSON.stringify(this.heard)}`);
      await sleep(20);
    }
  }

  close() {
    this.#request.destroy();
  }
}

export const demoPassword = 'yutu-demo';

export const anonymous = (place: Place) => new Caller(place.url);

/** Signs in; throws when refused. */
export async function signIn(place: Place, username: string, password = demoPassword): Promise<Caller> {
  const answer = await anonymous(place).post('/api/session', { username, password });
  if (answer.status !== 200) throw new Error(`${username} could not sign in: ${answer.status} ${answer.text}`);
  return new Caller(place.url, { cookie: cookieOf(answer) });
}

/** The cookie an answer sets, as a browser would send it back. */
export function cookieOf(answer: Answer): string {
  return (answer.headers['set-cookie'] ?? []).map((cookie) => cookie.split(';')[0]).join('; ');
}

export const withKey = (place: Place, key: string) => new Caller(place.url, { authorization: `Bearer ${key}` });
export const basic = (user: string, password: string) => ({
  authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
});

/** Makes a key for the caller's organisation. */
export async function makeKey(caller: Caller, name: string, more: object = {}): Promise<{ id: string; key: string }> {
  let answer = await caller.post('/api/keys', { name, ...more });
  if (answer.status === 400 && answer.json.parameter === 'layers') {
    // who is a planner only has to name the layers: all of them
    const layers = (await caller.get('/api/collections')).json.collections.map(({ id }: { id: string }) => id);
    answer = await caller.post('/api/keys', { name, layers, ...more });
  }
  if (answer.status !== 201) throw new Error(`no key: ${answer.status} ${answer.text}`);
  return answer.json;
}

/** Tries until it holds, at most `ms`; the last failure is told. */
export async function eventually<T>(look: () => Promise<T>, ms = 10_000): Promise<T> {
  const until = Date.now() + ms;
  for (;;) {
    try {
      return await look();
    } catch (error) {
      if (Date.now() > until) throw error;
      await sleep(50);
    }
  }
}

/** Runs SQL on an instance's data past the program. The embedded engine must be stopped: it serves one process. */
export async function underneath<T>(place: Place, work: (query: Query) => Promise<T>): Promise<T> {
  if (place.databaseUrl) {
    return withDatabase(place.databaseUrl, (client) =>
      work(async (sql, params = []) => (await client.query(sql, params as unknown[])).rows),
    );
  }
  const { PGlite } = await import('@electric-sql/pglite');
  const { postgis } = await import('@electric-sql/pglite-postgis');
  const db = await PGlite.create({ dataDir: join(place.dataDir, 'database'), extensions: { postgis } });
  try {
    return await work(async (sql, params = []) => (await db.query(sql, params as unknown[])).rows as never);
  } finally {
    await db.close();
  }
}

// biome-ignore lint/suspicious/noExplicitAny: rows of whatever was selected
export type Query = (sql: string, params?: readonly unknown[]) => Promise<any[]>;
