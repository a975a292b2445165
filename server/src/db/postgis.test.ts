import { once } from 'node:events';
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from './database.js';
import { openPostgis } from './postgis.js';

// --- a server that speaks as much of PostgreSQL's protocol as these tests need ---

const message = (type: string, body = Buffer.alloc(0)): Buffer => {
  const head = Buffer.alloc(5);
  head.write(type, 'latin1');
  head.writeInt32BE(4 + body.length, 1);
  return Buffer.concat([head, body]);
};
const int32 = (n: number) => {
  const b = Buffer.alloc(4);
  b.writeInt32BE(n);
  return b;
};
const READY = message('Z', Buffer.from('I'));
const done = (tag: string) => Buffer.concat([message('C', Buffer.from(`${tag}\0`)), READY]);

/** Answers one statement. */
type Answer = (socket: net.Socket, sql: string) => Promise<void> | void;

function serve(answer: Answer): Promise<net.Server> {
  const server = net.createServer((socket) => {
    let rest = Buffer.alloc(0);
    let started = false;
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      rest = Buffer.concat([rest, chunk]);
      for (;;) {
        const at = started ? 1 : 0;
        if (rest.length < at + 4) return;
        const length = at + rest.readInt32BE(at);
        if (rest.length < length) return;
        const part = rest.subarray(0, length);
        rest = Buffer.from(rest.subarray(length));
        if (!started) {
          started = true;
          socket.write(Buffer.concat([message('R', int32(0)), READY]));
        } else if (part[0] === 0x51) void answer(socket, part.toString('utf8', 5, length - 1));
        else if (part[0] === 0x58) socket.end();
      }
    });
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

const COPY_OUT = message('H', Buffer.from([1, 0, 0]));
const piece = (text: string) => message('d', Buffer.from(text));
/** Longer than the limit of a statement and its grace. */
const LONG = 1_300;

let server: net.Server;
let db: Database;
const faults: unknown[] = [];
const asked: string[] = [];
const note = (error: unknown) => void faults.push(error);

beforeEach(async () => {
  faults.length = 0;
  asked.length = 0;
  process.on('uncaughtException', note);
  server = await serve(async (socket, sql) => {
    asked.push(sql);
    if (sql.startsWith('copy (long)')) {
      socket.write(Buffer.concat([COPY_OUT, piece('first ')]));
      await sleep(LONG);
      socket.write(Buffer.concat([piece('last'), message('c'), done('COPY 2')]));
    } else if (sql.startsWith('copy (cut)')) {
      socket.write(Buffer.concat([COPY_OUT, piece('first ')]));
      await sleep(50);
      socket.resetAndDestroy();
    } else if (sql === 'long') {
      await sleep(LONG);
      socket.write(done('SELECT 0'));
    } else if (sql === 'slow') {
      await sleep(200);
      socket.write(done('SELECT 0'));
    } else socket.write(done('OK'));
  });
  const { port } = server.address() as net.AddressInfo;
  db = openPostgis(`postgres://x@127.0.0.1:${port}/x?sslmode=disable`, { poolSize: 3, queryTimeoutMs: 100 });
});
afterEach(async () => {
  await db.close();
  server.close();
  await once(server, 'close');
  process.off('uncaughtException', note);
});

const copied = async (select: string): Promise<string> => {
  const parts: Uint8Array[] = [];
  for await (const chunk of db.copyOut(select, { column: 'fid', max: 1 })) parts.push(chunk);
  return Buffer.concat(parts).toString();
};

describe('a connection', () => {
  it('lets a COPY last longer than a statement may, and a statement of a transaction that asked for it', async () => {
    const [text, rows, late] = await Promise.all([
      copied('long'),
      db.tx((q) => q.query('long'), { timeoutMs: 60_000 }),
      sleep(10).then(() => db.query('select 1').catch((error) => error.code)),
    ]);
    expect(text).toBe('first last');
    expect(rows).toEqual([]);
    expect(late).toEqual([]);
    expect(faults).toEqual([]);
  });

  it('has a COPY end in the time it is given, and at once when it is not wanted any more', async () => {
    const limited = db.copyOut('long', null, { timeoutMs: 60_000 });
    for await (const _ of limited);
    expect(asked).toEqual([
      'set statement_timeout = 60000',
      'copy (long) to stdout (format binary)',
      'set statement_timeout = 100',
    ]);
    const gone = db.copyOut('long', null, { signal: AbortSignal.abort() });
    await expect(gone[Symbol.asyncIterator]().next()).rejects.toMatchObject({ name: 'AbortError' });
    expect(asked).toHaveLength(3);
  });

  it('that never answers is the database’s absence, soon', async () => {
    await expect(db.query('long')).rejects.toMatchObject({ code: 'database_unavailable' });
  });

  it('is waited for when all are busy; only beyond the line callers hear that there are too many', async () => {
    const { port } = server.address() as net.AddressInfo;
    const url = `postgres://x@127.0.0.1:${port}/x?sslmode=disable`;
    const narrow = openPostgis(url, { poolSize: 1, queryTimeoutMs: 100, line: { waiting: 3, patienceMs: 500 } });
    const slow = (): Promise<unknown> => narrow.query('slow').catch(({ code, more }) => [code, more.retryAfter]);
    const begun = performance.now();
    const refused = ['overloaded', 2];
    const beyond = [slow(), narrow.tx((q) => q.query('slow')), slow(), slow(), slow()];
    expect(await beyond[4]).toEqual(refused);
    expect(performance.now() - begun).toBeLessThan(150);
    expect(await Promise.all(beyond)).toEqual([[], [], [], refused, refused]);
    expect(await slow()).toEqual([]);
    await narrow.close();
  });

  it('that breaks within a COPY fails the COPY and not the process', async () => {
    await expect(copied('cut')).rejects.toMatchObject({ code: 'database_unavailable' });
    await sleep(20);
    expect(faults).toEqual([]);
    expect(await db.query('select 1')).toEqual([]);
  });
});
