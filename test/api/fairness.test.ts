import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anonymous, type Caller, eventually, signIn, withDatabase } from '../harness.js';
import { shared } from '../instance.js';
import { tileAt } from '../tile.js';

/**
 * One client cannot starve the others: while it asks for as much as it can, somebody else is answered in time. The bounds are generous, for
 * the machine is busy; without fair queues each of these waits for the whole attack.
 */
let victim: Caller;
let attacker: Caller;
beforeAll(async () => {
  victim = await signIn(shared(), 'planner');
  attacker = await signIn(shared(), 'steward-police');
});
afterAll(async () => {
  for (const one of await drafts(attacker)) await attacker.delete(`/api/drafts/${one.id}`);
});
const drafts = async (caller: Caller): Promise<{ id: string }[]> => (await caller.get('/api/drafts')).json.drafts;

/** A line that crosses itself at hundreds of places: what takes long to compare with anything. */
const zigzag = (corners: number, turn: number) =>
  `LINESTRING(${Array.from({ length: corners }, (_, i) => `${(105.3 + i * 0.04 + turn / 1e4).toFixed(4)} ${(28.2 + (i % 2) * 3.9).toFixed(1)}`).join(',')})`;
const costly = (turn: number) =>
  `/api/collections/townships/items?limit=1&filter=${encodeURIComponent(`S_CROSSES(geom, ${zigzag(95, turn)})`)}`;

/** Requests that are under way until `stop` hangs up, each begun anew when it is answered. */
function attack(connections: number, headers: Record<string, string>, path: (n: number) => string) {
  let n = 0;
  let stopped = false;
  const open = new Set<http.ClientRequest>();
  const statuses: Record<number, number> = {};
  const begin = () => {
    if (stopped) return;
    const request = http.get(new URL(path(n++), shared().url), { headers, agent: false }, (response) => {
      statuses[response.statusCode!] = (statuses[response.statusCode!] ?? 0) + 1;
      response.resume();
    });
    open.add(request);
    request.on('error', () => {});
    request.on('close', () => {
      open.delete(request);
      setTimeout(begin, 5);
    });
  };
  for (let i = 0; i < connections; i++) begin();
  return {
    statuses,
    stop() {
      stopped = true;
      for (const request of open) request.destroy();
    },
  };
}

/** The slowest answer, in ms, to what somebody else asks for meanwhile. */
async function slowest(ask: () => Promise<{ status: number; text: string }>, times = 5): Promise<number> {
  const took: number[] = [];
  for (let i = 0; i < times; i++) {
    const begun = performance.now();
    const { status, text } = await ask();
    expect([200, 201, 204], text.slice(0, 200)).toContain(status);
    took.push(performance.now() - begun);
  }
  return Math.max(...took);
}
const BOUND = shared().engine === 'postgis' ? 3_000 : 10_000;

describe('while one client asks for as much as it can, another is answered:', () => {
  it.each([
    ['costly filters of the public', () => ({}), costly],
    ['costly filters of a person', () => attacker.headers, costly],
    ['the whole catalogue', () => attacker.headers, () => '/api/collections'],
    [
      'tiles of many layers',
      () => attacker.headers,
      (n: number) => {
        const { z, x, y } = tileAt(106 + (n % 97) / 100, 29 + (Math.floor(n / 97) % 97) / 100, 13);
        return `/api/tiles/WebMercatorQuad/${z}/${y}/${x}`;
      },
    ],
  ])('%s', async (_what, headers, path) => {
    const under = attack(shared().engine === 'postgis' ? 60 : 15, headers(), path);
    try {
      await sleep(500);
      expect(await slowest(() => victim.get('/api/requests'))).toBeLessThan(BOUND);
      expect(await slowest(() => victim.get('/api/collections/townships/items?limit=5'))).toBeLessThan(BOUND);
      expect(await slowest(() => victim.get(`/api/collections/townships/tiles/WebMercatorQuad/12/1696/3260`))).toBeLessThan(
        BOUND,
      );
    } finally {
      under.stop();
    }
  });

  it('a heavy draft, another’s is a point', async () => {
    const ring = (i: number) =>
      Array.from({ length: 40 }, (_, k) => [
        106 + (i % 100) / 100 + Math.cos(k / 6.4) / 300,
        29 + i / 1e4 + Math.sin(k / 6.4) / 300,
      ]);
    const heavy = JSON.stringify({
      type: 'FeatureCollection',
      features: Array.from({ length: 5_000 }, (_, i) => {
        const open = ring(i);
        return { type: 'Feature', properties: { i }, geometry: { type: 'Polygon', coordinates: [[...open, open[0]]] } };
      }),
    });
    const media = { 'content-type': 'application/geo+json' };
    const sent = [1, 2, 3].map(() => attacker.post('/api/drafts', heavy, media));
    // a fourth at once is refused before it is read
    const fourth = await eventually(async () => {
      const answer = await attacker.post('/api/drafts', heavy, media);
      expect(answer.status).toBe(429);
      return answer;
    }, 5_000).catch(() => null);
    const point = { type: 'Point', coordinates: [106.5, 29.5] };
    expect(await slowest(() => victim.post('/api/drafts', point, media), 3)).toBeLessThan(BOUND);
    expect((await Promise.all(sent)).map((one) => one.status)).toEqual([201, 201, 201]);
    if (fourth) expect(fourth.json.code).toBe('asked_too_often');
    for (const one of await drafts(victim)) await victim.delete(`/api/drafts/${one.id}`);
  });
});

it('an event stream more than one may have is refused in words; others have theirs', async () => {
  const streams = await Promise.all(Array.from({ length: 50 }, () => attacker.events()));
  try {
    const refused = await attacker.get('/api/events');
    expect([refused.status, refused.json.code, refused.headers['retry-after']]).toEqual([429, 'too_many_streams', '60']);
    (await victim.events()).close();
  } finally {
    for (const stream of streams) stream.close();
  }
});

it('a filter that would take too long is refused, and told what it may cost', async () => {
  const ask = (corners: number, name = 'S_CROSSES') =>
    anonymous(shared()).get(
      `/api/collections/townships/items?limit=1&filter=${encodeURIComponent(`${name}(geom, ${zigzag(corners, 0)})`)}`,
    );
  const refused = await ask(101);
  expect([refused.status, refused.json.code, refused.json.parameter, refused.json.allowed]).toEqual([
    400,
    'parameter_invalid',
    'filter',
    { maximum: 1_000 },
  ]);
  expect(refused.json.detail).toContain('1010');
  expect((await ask(101, 'S_INTERSECTS')).status).toBe(200);
});

it('what a client that hung up had asked for is given up', async () => {
  const { engine, databaseUrl } = shared();
  const under = attack(30, {}, (n) => costly(n + 500));
  await sleep(700);
  under.stop();
  if (engine === 'postgis')
    await withDatabase(databaseUrl!, (client) =>
      eventually(async () => {
        const { rows } = await client.query(
          `select query from pg_stat_activity where datname = current_database() and state = 'active' and query ilike '%st_crosses%' and pid <> pg_backend_pid()`,
        );
        expect(rows).toEqual([]);
      }, 3_000),
    );
  // nothing of it is waited for by whoever comes next, its own client included
  const begun = performance.now();
  expect((await anonymous(shared()).get('/api/collections/rivers/items?limit=1')).status).toBe(200);
  expect(performance.now() - begun).toBeLessThan(BOUND);
});

it('a question that two ask is answered to the one who stays', async () => {
  const path = costly(999);
  const first = attack(1, {}, () => path);
  await sleep(150);
  const second = victim.get(path);
  await sleep(50);
  first.stop();
  expect((await second).status).toBe(200);
});
