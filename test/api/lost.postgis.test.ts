import net from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anonymous, type Caller, eventually, signIn, startYutu, withDatabase, type Yutu } from '../harness.js';
import { tileAt, tilePath } from '../tile.js';

/**
 * A way to the database that can be cut (connections reset and refused) or blocked (nothing comes back); deaf: the connection that listens is
 * blocked, the others work.
 */
class Way {
  readonly #sockets = new Set<net.Socket>();
  readonly #server: net.Server;
  #state: 'open' | 'cut' | 'blocked' | 'deaf' = 'open';

  constructor(target: URL) {
    this.#server = net.createServer((near) => {
      if (this.#state === 'cut') return near.destroy();
      const far = net.connect(Number(target.port), target.hostname);
      let listens = false; // its name stands in its first packet
      near.once('data', (chunk) => {
        listens = chunk.includes('yutu-listen');
      });
      const passes = () => this.#state !== 'blocked' && !(this.#state === 'deaf' && listens);
      for (const [one, other] of [
        [near, far],
        [far, near],
      ] as const) {
        this.#sockets.add(one);
        one.on('data', (chunk) => passes() && other.write(chunk));
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
  become(state: 'open' | 'cut' | 'blocked' | 'deaf'): this {
    this.#state = state;
    if (state === 'open' || state === 'cut') for (const socket of this.#sockets) socket.destroy();
    return this;
  }
}

/** An instance that reaches its database over a way of its own. */
async function startBehind(env: Record<string, string>): Promise<{ way: Way; yutu: Yutu }> {
  const way = new Way(new URL(process.env.TEST_DATABASE_URL!));
  const port = await way.open();
  const yutu = await startYutu({
    env,
    through: (databaseUrl) => {
      const url = new URL(databaseUrl);
      url.hostname = '127.0.0.1';
      url.port = String(port);
      return url.href;
    },
  });
  return { way, yutu };
}

let way: Way;
let yutu: Yutu;
let planner: Caller;

beforeAll(async () => {
  ({ way, yutu } = await startBehind({ QUERY_TIMEOUT_MS: '3000' }));
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

it('a database that refuses connections is answered with 503 and Retry-After, on every surface', async () => {
  const name = new URL(yutu.databaseUrl!).pathname.slice(1);
  await withDatabase(process.env.TEST_DATABASE_URL!, async (admin) => {
    await admin.query(`alter database ${name} with allow_connections false`);
    try {
      await admin.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [name]);
      const fresh = await Promise.all([
        ...asked.map((path) => planner.get(path)),
        planner.get('/api/search?q=zz'),
        planner.post('/api/requests', { layer: 'schools' }),
        anonymous(yutu).post('/api/session', { username: 'planner', password: 'yutu-demo' }),
        anonymous(yutu).get('/api/session', { cookie: 'yutu_session=of-nobody' }),
        anonymous(yutu).get('/api/collections/districts/items?limit=9', { authorization: 'Bearer yutu_of_nobody' }),
      ]);
      for (const { status, headers, json } of fresh)
        expect([status, json.code, headers['retry-after']]).toEqual([503, 'database_unavailable', '2']);
      const ready = await anonymous(yutu).get('/readyz');
      expect([ready.status, ready.text]).toEqual([503, 'not ready: the database does not answer\n']);
    } finally {
      await admin.query(`alter database ${name} with allow_connections true`);
    }
  });
  await eventually(async () => expect((await anonymous(yutu).get('/readyz')).status).toBe(200), 20_000);
});

describe('a node that cannot hear the database', () => {
  let way: Way;
  let yutu: Yutu;
  beforeAll(async () => {
    ({ way, yutu } = await startBehind({ LISTEN_GRACE_SECONDS: '3' }));
  });
  afterAll(async () => {
    way?.become('open');
    await yutu?.remove();
    way?.close();
  });
  const tile = tilePath('parcels', tileAt(106.55, 29.56, 14));
  const open = tilePath('districts', tileAt(106.5, 29.5, 8));

  it('gives closed layers for the seconds that were set and then to nobody, public ones on; then what holds by now', async () => {
    const [owner, housing, left] = await Promise.all(['steward', 'steward-housing', 'auditor'].map((name) => signIn(yutu, name)));
    const closed = ['/api/collections/parcels/items?limit=2', '/api/collections/parcels/statistics?by=land_use', tile];
    for (const path of closed) expect([path, (await owner!.get(path)).status]).toEqual([path, 200]);
    const narrow = await housing!.get('/api/collections/parcels/items?limit=2');
    expect(narrow.status).toBe(200);

    way.become('deaf');
    const started = Date.now();
    // Another node revokes and ends sessions meanwhile.
    await withDatabase(yutu.databaseUrl!, async (client) => {
      const { rowCount } = await client.query(
        "update yutu.sharing_grant set revoked_at = now() where layer = 'parcels' and revoked_at is null",
      );
      expect(rowCount).toBeGreaterThan(0);
      await client.query("delete from yutu.session where username = 'auditor'");
    });
    await eventually(async () => expect((await owner!.get(tile)).status).toBe(503), 15_000);
    expect(Date.now() - started).toBeGreaterThan(1_500);
    for (const who of [owner!, housing!])
      for (const path of closed) {
        const { status, headers, json } = await who.get(path);
        expect([path, status, json.code, headers['retry-after']]).toEqual([path, 503, 'rights_unknown', '5']);
      }
    for (const who of [anonymous(yutu), owner!]) {
      expect((await who.get(open)).status).toBe(200);
      expect((await who.get('/api/collections/districts/items?limit=3')).status).toBe(200);
    }
    const ready = await anonymous(yutu).get('/readyz');
    expect([ready.status, ready.text]).toEqual([503, expect.stringContaining('is not heard')]);
    expect((await left!.get('/api/session')).json.user).toBeNull();
    // Its owner can still take back.
    expect((await owner!.get('/api/requests?box=inbox')).status).toBe(200);

    way.become('open');
    await eventually(async () => expect((await anonymous(yutu).get('/readyz')).status).toBe(200), 20_000);
    for (const path of closed) expect([path, (await owner!.get(path)).status]).toEqual([path, 200]);
    for (const path of closed) expect([path, (await housing!.get(path)).status]).toEqual([path, 403]);
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
