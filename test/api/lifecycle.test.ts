import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { anonymous, engine, freePort, makeKey, signIn, spawnServe, startYutu, withKey, type Yutu } from '../harness.js';
import { ask, parcelsGift, parcelsWish, share } from '../story.js';

let yutu: Yutu;
let key: string;
let matched: number;

beforeAll(async () => {
  yutu = await startYutu();
  const planner = await signIn(yutu, 'planner');
  await share(planner, await signIn(yutu, 'steward'), parcelsWish, parcelsGift);
  key = (await makeKey(planner, 'lifecycle')).key;
  matched = (await withKey(yutu, key).get('/api/collections/parcels/items?limit=1')).json.numberMatched;
});
beforeEach(async () => {
  // a test that failed half-way must not take the next ones with it
  if (yutu.process.exitCode !== null || yutu.process.signalCode !== null) yutu = await yutu.again();
});
afterAll(() => yutu?.remove());

const stillThere = async () => (await withKey(yutu, key).get('/api/collections/parcels/items?limit=1')).json.numberMatched;

describe('data', () => {
  it('are kept across a restart, which is quick and loads nothing again', async () => {
    const cookie = await signIn(yutu, 'planner');
    expect(await yutu.stop()).toBe(0);
    const started = Date.now();
    yutu = await yutu.again();
    const took = Date.now() - started;
    expect(await stillThere()).toBe(matched);
    expect((await cookie.get('/api/session')).json.user.username).toBe('planner');
    expect((await anonymous(yutu).get('/api/collections/districts')).json.yutu.version).toBe(1);
    // ten seconds is the promise on a machine of its own; a busy one gets more
    expect(took).toBeLessThan(40_000);
  });

  it('that were committed survive kill -9, also in the middle of writing', async () => {
    const planner = await signIn(yutu, 'planner');
    const acknowledged: string[] = [];
    let writing = true;
    const writer = (async () => {
      while (writing) {
        try {
          acknowledged.push((await ask(planner, { ...parcelsWish, purpose: `第 ${acknowledged.length} 次` })).id);
        } catch {
          return;
        }
      }
    })();
    while (acknowledged.length < 8) await sleep(20);
    await yutu.stop('SIGKILL');
    writing = false;
    await writer;
    yutu = await yutu.again();
    const again = await signIn(yutu, 'planner');
    const kept = new Set((await again.get('/api/requests?box=mine')).json.requests.map(({ id }: { id: string }) => id));
    expect(acknowledged.filter((id) => !kept.has(id))).toEqual([]);
    expect(await stillThere()).toBe(matched);
  });

  it('derived from layers may be thrown away', async () => {
    expect((await anonymous(yutu).get('/api/collections/districts/tiles/WebMercatorQuad/8/105/203')).status).toBe(200);
    await yutu.stop();
    const snapshots = join(yutu.dataDir, 'snapshots');
    expect(existsSync(snapshots)).toBe(true);
    rmSync(snapshots, { recursive: true });
    yutu = await yutu.again();
    expect((await anonymous(yutu).get('/api/collections/districts/tiles/WebMercatorQuad/8/105/203')).status).toBe(200);
    expect(await stillThere()).toBe(matched);
  });
});

describe('a start that cannot be', () => {
  const ends = async (env: Record<string, string>) => {
    const { child, said, exited } = spawnServe({ ...yutu, port: await freePort() }, env);
    const late = setTimeout(() => child.kill('SIGKILL'), 30_000);
    const code = await exited;
    clearTimeout(late);
    return { code, said: said() };
  };

  if (engine === 'embedded') {
    it('is a second process on the same data folder: told in a plain sentence, and the first goes on', async () => {
      const { code, said } = await ends({});
      expect(code).toBe(1);
      expect(said).toMatch(/in use by another Yutu process/);
      expect(said).toContain(yutu.dataDir);
      expect(said).not.toMatch(/\n\s+at /);
      expect(await stillThere()).toBe(matched);
    });
  } else {
    it('is a database that is not there: told in a plain sentence', async () => {
      const { code, said } = await ends({ DATABASE_URL: 'postgresql://postgres@127.0.0.1:1/none' });
      expect(code).toBe(1);
      expect(said).toMatch(/database|PostgreSQL/i);
      expect(said).not.toMatch(/\n\s+at /);
    });
  }

  it('is a port in use: told in a plain sentence', async () => {
    const { code, said } = await ends({ PORT: String(yutu.port), DATA_DIR: `${yutu.dataDir}-second` });
    expect(code).toBe(1);
    expect(said).toMatch(new RegExp(`port ${yutu.port}`, 'i'));
    expect(said).not.toMatch(/\n\s+at /);
    rmSync(`${yutu.dataDir}-second`, { recursive: true, force: true });
  });

  it('is a wrong setting: every fault is named at once', async () => {
    const { code, said } = await ends({ PORT: 'eighty', DEMO: 'maybe', BASE_URL: 'somewhere' });
    expect(code).toBe(1);
    for (const name of ['PORT', 'DEMO', 'BASE_URL']) expect(said).toContain(name);
    expect(said).not.toMatch(/\n\s+at /);
  });
});

describe('while it starts', () => {
  it('/healthz is up and /readyz is 503 until everything is loaded', async () => {
    await yutu.stop();
    const { child, said, exited } = spawnServe(yutu, { DEMO: 'true' });
    const seen: number[] = [];
    let alive = false;
    const until = Date.now() + 60_000;
    while (!said().includes('Yutu is ready') && child.exitCode === null && Date.now() < until) {
      try {
        seen.push((await anonymous(yutu).get('/readyz')).status);
        alive ||= (await anonymous(yutu).get('/healthz')).status === 200;
      } catch {
        // not listening yet
      }
      await sleep(10);
    }
    const ready = (await anonymous(yutu).get('/readyz')).status;
    child.kill();
    await exited;
    expect(new Set(seen.filter((status) => status !== 200))).toEqual(new Set([503]));
    expect(alive).toBe(true);
    expect(ready).toBe(200);
    yutu = await yutu.again();
  });
});

describe('the demonstration’s accounts', () => {
  it('cannot sign in when it is no demonstration', async () => {
    const session = await signIn(yutu, 'planner');
    await yutu.stop();
    yutu = await yutu.again({ DEMO: 'false' });
    const answer = await anonymous(yutu).post('/api/session', { username: 'planner', password: 'yutu-demo' });
    expect([answer.status, answer.json.code]).toEqual([401, 'sign_in_failed']);
    expect((await session.get('/api/session')).json.user).toBeNull();
    const instance = (await anonymous(yutu).get('/api/instance')).json;
    expect([instance.demo, instance.demoAccounts]).toEqual([false, []]);
  });
});
