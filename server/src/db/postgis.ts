import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { YutuError } from '../errors/fail.js';
import { rethrow } from './away.js';
import { cancelUntil } from './cancel.js';
import { ClientLeft, currentClient } from './client.js';
import type { Database, Queryable } from './database.js';
import { type Line, type Shares, Turns } from './turns.js';
import { valueParsers } from './values.js';

const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: string) =>
    (format !== 'binary' && valueParsers[oid]) || pg.types.getTypeParser(oid, format as 'text')) as never,
};

/** How much longer than the server's own limit we wait for its answer. */
const GRACE_MS = 1_000;
const KEEP_ALIVE = { keepAlive: true, keepAliveInitialDelayMillis: 10_000 };
/** How often the listening connection is heard, at least. */
const PULSE_MS = 10_000;
/** Without so many pulses it is opened anew. */
const MISSED = 3;

/** Who may wait for a connection, and for how long: a hundred readers at once are served, if slowly. */
const LINE: Line = { waiting: 500, patienceMs: 15_000 };

/**
 * PostgreSQL ≥ 15 with PostGIS ≥ 3.3 through `pg`. When all connections are busy, or all of a client's share, callers wait in a fair
 * queue; when it is too long or too slow, they hear `overloaded`. What a client that left waits for
 * is cancelled, but for a transaction that has begun.
 */
export function openPostgis(
  url: string,
  options: { poolSize: number; queryTimeoutMs: number; listenGraceMs?: number; line?: Line; shares?: Shares },
): Database {
  const { queryTimeoutMs, poolSize } = options;
  const pulseMs = Math.min(PULSE_MS, (options.listenGraceMs ?? Number.POSITIVE_INFINITY) / MISSED);
  const turns = new Turns(poolSize, options.line ?? LINE, options.shares);
  const pool = new pg.Pool({
    connectionString: url,
    max: poolSize,
    connectionTimeoutMillis: 3_000, // to connect: nobody waits in the pool's own line
    statement_timeout: queryTimeoutMs,
    ...KEEP_ALIVE,
    application_name: 'yutu',
    types,
  });
  pool.on('error', () => {}); // an idle connection died: the next query opens another or says that the database is away

  const run = async <R>(
    client: pg.ClientBase,
    text: string,
    values?: readonly unknown[],
    timeoutMs = queryTimeoutMs,
    signal: AbortSignal | null = null,
  ): Promise<R[]> => {
    let cancelled: Promise<void> | null = null;
    let over: Promise<unknown> = Promise.resolve();
    const cancel = () => {
      cancelled = cancelUntil(client, over);
    };
    try {
      if (signal?.aborted) throw new ClientLeft();
      // The server's own limit says nothing when the server no longer answers. Set per statement: a COPY lasts as long as it lasts.
      const statement: pg.QueryConfig & { query_timeout: number } = {
        text,
        values: values as unknown[],
        query_timeout: timeoutMs + GRACE_MS,
      };
      const answer = client.query(statement);
      over = answer;
      signal?.addEventListener('abort', cancel);
      const result = await answer;
      return (Array.isArray(result) ? [] : result.rows) as R[];
    } catch (error) {
      if (cancelled) throw new ClientLeft();
      return rethrow(error, timeoutMs);
    } finally {
      signal?.removeEventListener('abort', cancel);
      // Before the connection's next statement, which it must not meet.
      await cancelled;
    }
  };
  /** A connection of one's own; `release` is told what broke it. */
  const connect = async () => {
    const leave = await turns.enter();
    const client = await pool.connect().catch(() => {
      leave();
      throw new YutuError('database_unavailable'); // for whatever reason there is no connection
    });
    const release = (broken?: Error | true) => {
      client.release(broken);
      leave();
    };
    return { client, release };
  };
  /** A connection for as long as `work` lasts. */
  const held = async <T>(work: (client: pg.PoolClient, note: (broken: Error) => void) => Promise<T>): Promise<T> => {
    const { client, release } = await connect();
    let broken: Error | undefined;
    const note = (error: Error) => {
      broken = error;
    };
    client.on('error', note); // the connection died under us: the statement rejects too, this keeps the process alive
    try {
      return await work(client, note);
    } finally {
      client.off('error', note);
      release(broken);
    }
  };
  let closed = false;
  const closers: (() => Promise<void>)[] = [];

  return {
    engine: 'postgis',
    query: (sql, params) => held((client) => run(client, sql, params, queryTimeoutMs, currentClient().signal)),
    tx: (work, { timeoutMs } = {}) =>
      held(async (client, note) => {
        const q: Queryable = { query: (sql, params) => run(client, sql, params, timeoutMs) };
        try {
          await q.query('begin');
          if (timeoutMs !== undefined) await q.query(`set local statement_timeout = ${Math.round(timeoutMs)}`);
          const value = await work(q);
          await q.query('commit');
          return value;
        } catch (error) {
          await run(client, 'rollback').catch(note);
          throw error;
        }
      }),
    async *copyOut(select, _key, { signal, timeoutMs = 0 } = {}) {
      const { client, release } = await connect();
      let done = false;
      const over = new AbortController();
      let cancelled: Promise<void> | undefined;
      const cancel = () => {
        cancelled = cancelUntil(client, once(over.signal, 'abort'));
      };
      const died = () => {}; // the COPY fails too, this keeps the process alive
      client.on('error', died);
      try {
        signal?.throwIfAborted();
        await run(client, `set statement_timeout = ${timeoutMs}`);
        signal?.addEventListener('abort', cancel);
        yield* client.query(copyTo(`copy (${select}) to stdout (format binary)`)) as AsyncIterable<Uint8Array>;
        await run(client, `set statement_timeout = ${queryTimeoutMs}`);
        done = cancelled === undefined;
      } catch (error) {
        signal?.throwIfAborted();
        rethrow(error, timeoutMs || queryTimeoutMs);
      } finally {
        signal?.removeEventListener('abort', cancel);
        over.abort();
        await cancelled;
        client.off('error', died);
        release(done ? undefined : true); // an unfinished COPY leaves the connection unusable
      }
    },
    async listen(channel, hear, beat) {
      // A channel of this node's own: what it tells itself there comes back only over a connection that is open, listens and is served.
      const pulse = `${channel}_pulse_${randomBytes(8).toString('hex')}`;
      const open = async (): Promise<void> => {
        const client = new pg.Client({
          connectionString: url,
          application_name: 'yutu-listen',
          connectionTimeoutMillis: 3_000,
          ...KEEP_ALIVE,
        });
        let timer: NodeJS.Timeout | undefined;
        let missed = 0;
        let gone = false;
        const again = async () => {
          if (gone) return;
          gone = true;
          clearInterval(timer);
          client.removeAllListeners('end');
          client.removeAllListeners('error');
          client.on('error', () => {});
          client.end().catch(() => {});
          for (let wait = 250; !closed; wait = Math.min(wait * 2, 5_000)) {
            await sleep(wait);
            try {
              await open();
              hear(''); // something may have been missed: the listener refreshes all
              return;
            } catch {}
          }
        };
        await client.connect();
        client.on('error', again);
        client.on('end', again);
        client.on('notification', (n) => {
          if (n.channel !== pulse) return hear(n.payload ?? '');
          missed = 0;
          beat?.();
        });
        const listening = [channel, pulse].map((name) => `listen ${pg.escapeIdentifier(name)}`).join('; ');
        await client.query(listening).catch((error) => {
          gone = true; // whoever opens it tries again
          client.end().catch(() => {});
          throw error;
        });
        // A connection that a firewall forgot, or that a pooler shares out, says nothing: a node would not hear of revocations.
        const speak = () => {
          if (missed++ >= MISSED) return void again();
          run(client, `notify ${pg.escapeIdentifier(pulse)}`, undefined, pulseMs).catch(again);
        };
        timer = setInterval(speak, pulseMs);
        timer.unref();
        speak();
        closers.push(() => {
          clearInterval(timer);
          return client.end();
        });
      };
      await open().catch((error) => rethrow(error, queryTimeoutMs));
    },
    async close() {
      closed = true;
      await Promise.allSettled(closers.map((c) => c()));
      await pool.end();
    },
  };
}
