/** Runs SQL. Rows come with JavaScript values as `db/values.ts` says: bigint → number, date → 'YYYY-MM-DD', timestamptz → ISO. */
export interface Queryable {
  query<R = Record<string, unknown>>(sql: string, params?: readonly unknown[]): Promise<R[]>;
}

/** What ends a COPY before it is done. */
export interface CopyLimits {
  /** Its result is wanted no more. */
  signal?: AbortSignal;
  /** In all; without it a COPY lasts as long as it lasts. */
  timeoutMs?: number;
}

/**
 * The one interface to the system of record; two implementations (`postgis.ts`, `embedded.ts`).
 * Inside `tx` use the handle it passes, never the outer one: the embedded engine has one connection.
 */
export interface Database extends Queryable {
  readonly engine: 'embedded' | 'postgis';
  /** Runs `work` in one transaction; rolls back when it throws. `timeoutMs` replaces the watchdog's default for its statements. */
  tx<T>(work: (q: Queryable) => Promise<T>, options?: { timeoutMs?: number }): Promise<T>;
  /**
   * Streams `select` in PostgreSQL's binary COPY format, in one or several pieces, each with its own header.
   * `key` is a column of the result by which the embedded engine slices, as it delivers a COPY whole; null for a small result.
   * The embedded engine looks at the limits between two slices.
   */
  copyOut(select: string, key: { column: string; max: number } | null, limits?: CopyLimits): AsyncIterable<Uint8Array>;
  /**
   * Calls `hear` for every NOTIFY on `channel`, also after a reconnection: then with '' first, for what may have been missed. `beat` is called
   * as often as the connection has proved that it hears; never by the embedded engine, which is alone with its data.
   */
  listen(channel: string, hear: (payload: string) => void, beat?: () => void): Promise<void>;
  close(): Promise<void>;
}

/** Whether a text may stand where the database expects a uuid. */
export const isUuid = (text: string): boolean => /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(text);

/** Quotes an identifier: the only place where names enter SQL text. */
export function ident(name: string): string {
  if (name.includes('\0')) throw new Error('an identifier may not contain NUL');
  return `"${name.replaceAll('"', '""')}"`;
}

/** Quotes a literal for the few statements that take no parameters (COPY, NOTIFY). */
export function literal(value: string): string {
  if (value.includes('\0')) throw new Error('a literal may not contain NUL');
  const escaped = value.replaceAll("'", "''");
  return value.includes('\\') ? ` E'${escaped.replaceAll('\\', '\\\\')}'` : `'${escaped}'`;
}
