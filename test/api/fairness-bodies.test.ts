import net from 'node:net';
import { beforeAll, expect, it } from 'vitest';
import { type Caller, signIn } from '../harness.js';
import { shared } from '../instance.js';
import { addressOf, type Operation, operationsOf } from '../operations.js';

/** Whoever may not send a body is told so before any of it is read: here only the headers are sent, and the answer must come. */
let operations: Operation[];
let planner: Caller;
beforeAll(async () => {
  operations = (await operationsOf(shared())).filter((o) => o.mediaType !== null);
  planner = await signIn(shared(), 'planner');
});

/** Status of the answer to headers that announce a body which does not come; null when nothing comes in time. */
function announce({ method, mediaType }: Operation, path: string, headers: Record<string, string> = {}): Promise<number | null> {
  const { hostname, port } = new URL(shared().url);
  return new Promise((resolve, reject) => {
    const socket = net.connect(Number(port), hostname);
    const late = setTimeout(() => done(null), 3_000);
    const done = (status: number | null) => {
      clearTimeout(late);
      socket.destroy();
      resolve(status);
    };
    socket.on('error', reject);
    socket.on('data', (data) => done(Number(data.toString('latin1').slice(9, 12))));
    const all = { host: `${hostname}:${port}`, 'content-type': mediaType!, 'content-length': '5000000', ...headers };
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.write(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`);
  });
}
const addressed = (operation: Operation, layer?: string) =>
  addressOf(operation, (name, example) => encodeURIComponent(name === 'layer' && layer ? layer : example));

it('the public is refused by the headers alone, wherever it has nothing to say', async () => {
  // who signs in, or comes with a token of its own, is known by the body only
  const open = ['/api/session', '/api/session/factor', '/api/account/reset'];
  const closed = operations.filter(({ path }) => !open.includes(path));
  const answers = await Promise.all(
    closed.map(async (operation) => [operation.id, await announce(operation, addressed(operation, 'parcels'))]),
  );
  expect(answers.length).toBeGreaterThan(25);
  expect(answers.filter(([, status]) => ![401, 403, 404].includes(status as number))).toEqual([]);
});

it('a person without the right is refused by the headers alone', async () => {
  const needed = operations.filter(({ path }) =>
    /\/items|\/accounts|\/analyse|\/verify|\/certificates|\/embeds$|\/(rotate|hand-over|accept)$/.test(path),
  );
  expect(needed.length).toBeGreaterThan(8);
  const answers = await Promise.all(
    needed.map(async (operation) => [operation.id, await announce(operation, addressed(operation, 'parcels'), planner.headers)]),
  );
  expect(answers.filter(([, status]) => ![403, 404].includes(status as number))).toEqual([]);
});

it('who asks before sending is told to go on only if the body is wanted', async () => {
  const keys = operations.find(({ path, method }) => path === '/api/keys' && method === 'POST')!;
  const asking = { expect: '100-continue' };
  expect(await announce(keys, '/api/keys', asking)).toBe(401);
  expect(await announce(keys, '/api/keys', { ...planner.headers, ...asking })).toBe(100);
});

it('large bodies are parsed so many in a while, for they hold up the thread that answers all', async () => {
  const police = await signIn(shared(), 'steward-police');
  const large = JSON.stringify({ layer: 'parcels', purpose: 'x'.repeat(4e6) });
  const codes: string[] = [];
  for (let i = 0; i < 6; i++) codes.push((await police.post('/api/requests', large)).json.code);
  expect([codes[0], codes.at(-1)]).toEqual(['parameter_invalid', 'asked_too_often']);
  // small ones, and other people's, are not held back
  expect((await police.post('/api/requests', { layer: 'parcels' })).json.code).toBe('parameter_invalid');
  expect((await planner.post('/api/requests', large)).json.code).toBe('parameter_invalid');
});
