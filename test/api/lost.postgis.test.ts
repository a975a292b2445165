import net from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anonymous, type Caller, eventually, signIn, startYutu, withDatabase, type Yutu } from '../harness.js';
import { tileAt, tilePath } from '../tile.js';

/** A way to the database that can be cut (connections reset and refused) or blocked (nothing comes back). */
class Way {
  readonly #sockets = new Set<net.Socket>();
  readonly #server: net.Server;
  #state: 'open' | 'cut' | 'blocked' = 'open';

  constructor(target: URL) {
    this.#server = net.createServer((near) => {
      if (this.#state === 'cut') return near.destroy();
      const far = net.connect(Number(target.port), target.hostname);
      for (const [one, other] of [
        [near, far],
        [far, near],
      ] as const) {
        this.#sockets.add(one);
        one.on('data', (chunk) => this.#state !== 'blocked' && other.write(chunk));
        one.on('error', () => {});
        one.on('close', () => {
          this.#sockets.delete(one);
          other.destroy();
        });
      }
    });
  }

  open = () =>
    new Promise<number>((resolve) =>
      this.#server.listen(0, '127.0.0.1', () => resolve((this.#server.address() as net.AddressInfo).port)),
    );
  close = () => this.become('cut').#server.close();
  become(state: 'open' | 'cut' | 'blocked'): this {
    this.#state = state;
    if (state !== 'blocked') for (const socket of this.#sockets) socket.destroy();
    return this;
  }
}

let way: Way;
let yutu: Yutu;
let planner: Caller;

beforeAll(async () => {
  way = new Way(new URL(process.env.TEST_DATABASE_URL!));
  const port = await way.open();
  yutu = await startYutu({
    env: { QUERY_TIMEOUT_MS: '3000' },
    through: (databaseUrl) => {
      const url = new URL(databaseUrl);
      url.hostname = '127.0.0.1';
      url.port = String(port);
      return url.href;
    },
  });
  planner = await signIn(yutu, 'planner');
});
afterAll(async () => {
  way?.become('open');
  await yutu?.remove();
  way?.close();
});

const asked = ['/api/collections/places/items?limit=37', '/api/requests?box=mine'];

describe.each([
  ['cut', 2_000],
  ['blocked', 8_000],
] as const)('a database that is %s', (state, patience) => {
  it('is answered with 503 soon, the process lives and recovers by itself', async () => {
    const fresh = 20 + Math.floor(Math.random() * 900);
    way.become(state);
    for (const path of [...asked, `/api/collections/places/items?limit=3&bbox=106,29,107,29.${fresh}`]) {
      const started = Date.now();
      const { status, headers, json } = await planner.get(path);
      expect([path, status, json.code]).toEqual([path, 503, expect.stringMatching(/^(database_unavailable|query_timeout)$/)]);
      expect(headers['content-type']).toContain('application/problem+json');
      expect(Date.now() - started).toBeLessThan(patience);
    }
    expect((await anonymous(yutu).get('/healthz')).status).toBe(200);
    expect((await anonymous(yutu).get('/readyz')).status).toBe(503);
    expect(yutu.process.exitCode).toBeNull();
    // what needs no database goes on: a public tile that was cut before or is in its snapshot
    expect((await anonymous(yutu).get(tilePath('districts', tileAt(106.5, 29.5, 8)))).status).toBe(200);

    way.become('open');
    await eventually(async () => {
      for (const path of asked) expect((await planner.get(path)).status).toBe(200);
      expect((await anonymous(yutu).get('/readyz')).status).toBe(200);
    }, 20_000);
  });
});

it('that comes back is listened to again: a decision still reaches the open map', async () => {
  const events = await planner.events();
  way.become('cut');
  await eventually(async () => expect((await anonymous(yutu).get('/readyz')).status).toBe(503));
  way.become('open');
  await eventually(async () => expect((await anonymous(yutu).get('/readyz')).status).toBe(200), 20_000);
  const from = events.heard.length;
  await eventually(async () => expect((await planner.post('/api/requests', { layer: 'schools' })).status).toBe(201));
  await events.next('access', ({ layers }) => layers.includes('schools'), from, 10_000);
  events.close();
});

it('a query that runs too long is stopped with 503, and holds up nobody else', async () => {
  await withDatabase(yutu.databaseUrl!, async (client) => {
    await client.query('begin');
    await client.query(`lock table "${await schemaOf(client, 'places')}".places in access exclusive mode`);
    const started = Date.now();
    const [slow, other] = await Promise.all([
      planner.get('/api/collections/places/items?limit=41'),
      planner.get('/api/collections/districts/items?limit=41'),
    ]);
    expect([slow.status, slow.json.code, other.status]).toEqual([503, 'query_timeout', 200]);
    expect(slow.json.detail).toMatch(/3 seconds/);
    expect(Date.now() - started).toBeLessThan(6_000);
    await client.query('rollback');
  });
  expect((await planner.get('/api/collections/places/items?limit=41')).status).toBe(200);
});

async function schemaOf(
  client: { query(sql: string, params: unknown[]): Promise<{ rows: { schema_name: string }[] }> },
  layer: string,
): Promise<string> {
  return (await client.query('select schema_name from yutu.layer where id = $1', [layer])).rows[0]!.schema_name;
}
