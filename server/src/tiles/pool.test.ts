import { afterEach, describe, expect, it } from 'vitest';
import { type Client, runFor } from '../db/client.js';
import type { Work } from './cut-worker.js';
import type { Held } from './cutter.js';
import { Abandoned, Cutting } from './cutting.js';
import { CutPool, type PoolOptions } from './pool.js';

/** A worker that does as the layer's name says and answers with what it holds. */
const program = new URL(
  `data:text/javascript,${encodeURIComponent(`
    import { parentPort } from 'node:worker_threads';
    const slots = new Map();
    let sent = 0;
    const wait = (ms) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
    parentPort.on('message', (order) => {
      if ('hold' in order) { sent++; return slots.set(order.hold.slot, order.hold.id); }
      if ('forget' in order) return slots.delete(order.forget);
      const { layer, mask } = order.work.plan;
      if (layer === 'crash') process.exit(3);
      if (layer === 'hang') wait(60_000);
      if (layer === 'slow') wait(150);
      if (layer === 'fault') return parentPort.postMessage({ job: order.job, error: new Error('a fault') });
      const etag = mask === null ? '' : String(slots.get(mask));
      parentPort.postMessage({ job: order.job, done: { bytes: new Uint8Array(0), encoding: 'identity', etag, features: sent, cutMs: 0, packMs: 0 } });
    });`)}`,
);

const pools: CutPool[] = [];
afterEach(() => Promise.all(pools.splice(0).map((p) => p.close())));
function poolOf(options: Partial<PoolOptions> = {}): CutPool {
  const pool = new CutPool({ workers: 1, queue: 100, patienceMs: 5_000, program, ...options });
  pools.push(pool);
  return pool;
}
const cut = (layer: string, mask: string | null = null): Work => ({
  kind: 'cut',
  plan: { layer, tile: { z: 0, x: 0, y: 0 }, snapshot: 's', overlay: null, mask, patch: null },
  encoding: 'identity',
});
const held = (slot: string, id: string): Held => ({ slot, id, kind: 'snapshot', data: { bytes: null, file: '' } });

describe('the pool', () => {
  it('sends data once, again when they changed, and again after they were forgotten', async () => {
    const pool = poolOf();
    const seen = async (id: string) => {
      const { etag, features } = await pool.run(cut('quick', 'm'), [held('s', '1'), held('m', id)]);
      return [etag, features];
    };
    expect(await seen('a')).toEqual(['a', 2]);
    expect(await seen('a')).toEqual(['a', 2]);
    expect(await seen('b')).toEqual(['b', 3]);
    pool.forget('m');
    expect((await pool.run(cut('quick', 'm'), [])).etag).toBe('undefined');
    expect(await seen('b')).toEqual(['b', 4]);
  });

  it('refuses at once what is beyond its queue, and serves again when there is room', async () => {
    const pool = poolOf({ queue: 3 });
    const jobs = Array.from({ length: 10 }, () => pool.run(cut('slow'), []));
    const begun = performance.now();
    const answers = await Promise.allSettled(jobs.slice(5));
    expect(performance.now() - begun).toBeLessThan(140);
    expect(answers.map((a) => (a as PromiseRejectedResult).reason.code)).toEqual(Array(5).fill('overloaded'));
    expect(pool.counts.refused).toBe(5);
    // Two in the worker's hands and three that waited.
    expect((await Promise.allSettled(jobs.slice(0, 5))).map((a) => a.status)).toEqual(Array(5).fill('fulfilled'));
    await pool.run(cut('quick'), []);
  });

  it('refuses what has waited too long', async () => {
    const pool = poolOf({ patienceMs: 100 });
    const hung = pool.run(cut('hang'), []);
    hung.catch(() => {});
    void pool.run(cut('quick'), []).catch(() => {});
    const begun = performance.now();
    await expect(pool.run(cut('quick'), [])).rejects.toMatchObject({ code: 'overloaded', more: { retryAfter: 1 } });
    expect(performance.now() - begun).toBeLessThan(1_000);
  });

  it('takes a job that nobody waits for out of its queue', async () => {
    const pool = poolOf();
    const busy = [pool.run(cut('slow'), []), pool.run(cut('slow'), [])];
    const cutting = new Cutting((wanted) => pool.run(cut('quick'), [], wanted)).join();
    expect(pool.waiting).toBe(1);
    cutting.leave();
    expect(pool.waiting).toBe(0);
    await expect(cutting.promise).rejects.toBeInstanceOf(Abandoned);
    await Promise.all(busy);
  });

  it('outlives its workers: the tile they died over fails, the others do not', async () => {
    const pool = poolOf({ workers: 2 });
    const jobs = ['quick', 'crash', 'slow', 'quick', 'quick', 'quick'].map((layer) => pool.run(cut(layer), []));
    const answers = await Promise.allSettled(jobs);
    expect(answers.map((a) => a.status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled', 'fulfilled', 'fulfilled']);
    expect(pool.counts.died).toBe(2);
    await expect(pool.run(cut('fault'), [])).rejects.toThrow('a fault');
    await pool.run(cut('quick'), []);
  });

  it('replaces a worker that hangs', async () => {
    const pool = poolOf({ hungMs: 2_000 });
    await expect(pool.run(cut('hang'), [])).rejects.toThrow('two workers died');
    await pool.run(cut('quick'), []);
  }, 20_000);
});

describe('the pool, among clients', () => {
  const person = (id: string): Client => ({ id, anonymous: false, signal: null });
  const stranger = (id: string): Client => ({ id, anonymous: true, signal: null });

  it('serves them in turns, those who are anonymous as one', async () => {
    const pool = poolOf();
    const done: string[] = [];
    const ask = (client: Client, times: number) =>
      Array.from({ length: times }, () => runFor(client, () => pool.run(cut('quick'), [])).then(() => void done.push(client.id)));
    const busy = [pool.run(cut('slow'), []), pool.run(cut('slow'), [])];
    const all = [...ask(stranger('-1'), 4), ...ask(stranger('-2'), 2), ...ask(person('greedy'), 4), ...ask(person('li'), 1)];
    await Promise.all([...busy, ...all]);
    expect(done.slice(0, 6)).toEqual(['-1', 'greedy', 'li', '-2', 'greedy', '-1']);
  });

  it('refuses whoever has most waiting when the queue is full', async () => {
    const pool = poolOf({ queue: 4 });
    const busy = [pool.run(cut('slow'), []), pool.run(cut('slow'), [])];
    const greedy = Array.from({ length: 4 }, () => runFor(person('greedy'), () => pool.run(cut('quick'), [])));
    const li = runFor(person('li'), () => pool.run(cut('quick'), []));
    await expect(greedy[3]).rejects.toMatchObject({ code: 'overloaded' });
    await Promise.all([...busy, ...greedy.slice(0, 3), li]);
  });

  it('does a tile at the turn of whoever waits for it and is next', async () => {
    const pool = poolOf();
    const done: string[] = [];
    const note = (what: string) => () => void done.push(what);
    const busy = [pool.run(cut('slow'), []), pool.run(cut('slow'), [])];
    const greedy = [1, 2, 3].map((n) => runFor(person('greedy'), () => pool.run(cut('quick'), [])).then(note(`greedy ${n}`)));
    const both = runFor(person('greedy'), () => new Cutting((wanted) => pool.run(cut('quick'), [], wanted)).join());
    runFor(person('li'), () => both.join());
    await Promise.all([...busy, ...greedy, both.promise.then(note('both'))]);
    expect(done).toEqual(['greedy 1', 'both', 'greedy 2', 'greedy 3']);
  });
});
