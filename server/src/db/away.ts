import { isCancelled } from '../errors/cancelled.js';
import { YutuError } from '../errors/fail.js';

/** What `pg` itself says of a connection that is gone or never came about. */
const SAID =
  /Connection terminated|Query read timeout|timeout exceeded when trying to connect|connection error and is not queryable|was closed and is not queryable|does not support SSL|after calling end on the pool|SASL|SCRAM/;
/** Classes of SQLSTATE: connection exceptions, operator intervention but for a cancelled query. */
const CLASSES = /^(08|57P)/;
/** A standby took over, or a session's time was up. */
const CODES = new Set(['25006', '25P03', '53300']);

/**
 * Whether the database is away: the connection broke or was refused, whatever the reason. The request was not wrong, and will do later. What ends a
 * session (FATAL: too many connections, a role or database that is shut, a shutdown) counts by its severity, faults of the network by theirs.
 */
export function isAway(error: unknown): boolean {
  const e = error as { code?: unknown; severity?: string; syscall?: string; message?: string } | null;
  const code = typeof e?.code === 'string' ? e.code : '';
  return (
    e?.severity === 'FATAL' ||
    e?.severity === 'PANIC' ||
    CLASSES.test(code) ||
    CODES.has(code) ||
    /^(E[A-Z]+|ERR_(TLS|SSL)_\w+|[A-Z_]*CERT[A-Z_]*)$/.test(code) ||
    SAID.test(e?.message ?? '')
  );
}

/** What a statement's fault means to whoever asked. @throws `database_unavailable`, `query_timeout`, else the error itself */
export function rethrow(error: unknown, timeoutMs: number): never {
  if (error instanceof YutuError) throw error;
  if (isAway(error)) throw new YutuError('database_unavailable');
  if (isCancelled(error)) throw new YutuError('query_timeout', { seconds: Number((timeoutMs / 1000).toPrecision(2)) });
  throw error;
}
