import { Worker } from 'node:worker_threads';
import { YutuError } from '../errors/fail.js';
import { runForAll } from './client.js';
import type { Database, Queryable } from './database.js';
import type { EngineReply, EngineRequest } from './embedded-worker.js';
import { type Line, Turns } from './turns.js';

type Unsent = EngineRequest extends infer R ? (R extends { id: number } ? Omit<R, 'id'> : never) : never;

/** Keys per COPY slice: the engine delivers a COPY whole, this bounds what is held at once. */
const COPY_SLICE = 20_000;

/** Who may wait: as long as it takes, for the watchdog ends what takes too long. */
const LINE: Line = { waiting: 2_000, patienceMs: Number.POSITIVE_INFINITY };

/**
 * PGlite with PostGIS in a worker thread. One connection: callers wait in a fair queue, and leave it when their client does. A statement that outlives the watchdog
 * costs the engine's thread, which is terminated and reopened (about two seconds); its data is safe, its statement is not run.
 */
export async function openEmbedded(dataDir: string, options: { queryTimeoutMs: number }): Promise<Database> {
  const listeners = new Map<string, (payload: string) => void>();
  const waiting = new Map<number, { resolve: (r: EngineReply) => void; reject: (e: Error) => void }>();
  let nextId = 1;
  let closed = false;
  let worker: Worker;
  let opening: Promise<void>;

  function start(): Promise<void> {
    const fresh = new Worker(new URL('./embedded-worker.js', import.meta.url), { workerData: { dataDir } });
    worker = fresh;
    return new Promise((resolve, reject) => {
      fresh.on('message', (reply: EngineReply) => {
        if (reply.ready) return resolve();
        if (reply.channel !== undefined) return listeners.get(reply.channel)?.(reply.payload ?? '');
        const call = waiting.get(reply.id!);
        waiting.delete(reply.id!);
        if (reply.error) call?.reject(Object.assign(new Error(reply.error.message), { code: reply.error.code }));
        else call?.resolve(reply);
      });
      const gone = (error: Error) => {
        reject(error);
        if (worker !== fresh || closed) return;
        failAll(new YutuError('database_unavailable'));
        opening = runForAll(reopen);
        opening.catch(() => {});
      };
      fresh.on('error', gone);
      fresh.on('exit', () => gone(new Error('the embedded database stopped')));
    });
  }
  function failAll(error: Error): void {
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  }
  async function reopen(): Promise<void> {
    await start();
    for (const channel of listeners.keys()) await send({ op: 'listen', channel });
    for (const hear of listeners.values()) hear('');
  }

  const send = (request: Unsent, timeoutMs = options.queryTimeoutMs): Promise<EngineReply> =>
    new Promise((resolve, reject) => {
      const id = nextId++;
      const watchdog = setTimeout(() => {
        const slow = worker;
        worker = undefined as never; // its exit is ours, not a crash
        waiting.delete(id);
        reject(new YutuError('query_timeout', { seconds: Number((timeoutMs / 1000).toPrecision(2)) }));
        failAll(new YutuError('database_unavailable'));
        opening = runForAll(() => slow.terminate().then(reopen));
        opening.catch(() => {});
      }, timeoutMs);
      const done =
        <T>(settle: (value: T) => void) =>
        (value: T) => {
          clearTimeout(watchdog);
          settle(value);
        };
      waiting.set(id, { resolve: done(resolve), reject: done(reject) });
      worker.postMessage({ ...request, id });
    });

  // One connection: whoever holds the turn owns it.
  const turns = new Turns(1, LINE);
  const inTurn = <T>(work: () => Promise<T>): Promise<T> =>
    turns.take(async () => {
      if (closed) throw new YutuError('database_unavailable');
      await opening.catch(() => {
        throw new YutuError('database_unavailable');
      });
      return work();
    });
  const ask = async <R>(sql: string, params: readonly unknown[] = [], timeoutMs?: number): Promise<R[]> =>
    (await send({ op: 'query', sql, params }, timeoutMs)).rows as R[];

  opening = start();
  await opening;

  return {
    engine: 'embedded',
    query: (sql, params) => inTurn(() => ask(sql, params)),
    tx: (work, { timeoutMs } = {}) =>
      inTurn(async () => {
        const mine = worker;
        const q: Queryable = {
          query: (sql, params) => {
            if (worker !== mine) throw new YutuError('database_unavailable'); // the transaction died with its engine
            return ask(sql, params, timeoutMs);
          },
        };
        await ask('begin');
        try {
          const value = await work(q);
          await q.query('commit');
          return value;
        } catch (error) {
          if (worker === mine) await ask('rollback').catch(() => {});
          throw error;
        }
      }),
    async *copyOut(select, key, { signal, timeoutMs = Number.POSITIVE_INFINITY } = {}) {
      const end = Date.now() + timeoutMs;
      for (let from = 0; from <= (key?.max ?? 0); from += COPY_SLICE) {
        signal?.throwIfAborted();
        if (Date.now() >= end) throw new YutuError('query_timeout', { seconds: timeoutMs / 1000 });
        const slice = key
          ? `select * from (${select}) s where s.${key.column} > ${from} and s.${key.column} <= ${from + COPY_SLICE}`
          : select;
        const { blob } = await inTurn(() => send({ op: 'copy', sql: `copy (${slice}) to '/dev/blob' (format binary)` }, 120_000));
        yield new Uint8Array(blob!);
      }
    },
    async listen(channel, hear) {
      listeners.set(channel, hear);
      await inTurn(() => send({ op: 'listen', channel }));
    },
    async close() {
      await runForAll(() => turns.take(async () => {}));
      closed = true;
      await send({ op: 'close' }).catch(() => {});
      await worker.terminate();
    },
  };
}
