import http from 'node:http';
import type { Place } from './harness.js';

/** What attackers send, and how their shots are judged. */

/** Seconds that `pg_sleep` is asked for: an answer that takes nearly as long has run it. */
export const SLEEP = 5;

/** Texts that mean something to SQL, a shell, a template, a path, HTML, a header or JavaScript. */
export const texts: readonly string[] = [
  "'",
  "''",
  '"',
  '\\',
  "\\'",
  "'--",
  "' or '1'='1",
  "1' or 1=1 -- ",
  '1) or (1=1',
  `';select pg_sleep(${SLEEP})--`,
  `1;select pg_sleep(${SLEEP})`,
  `1 and 1=(select 1 from pg_sleep(${SLEEP}))`,
  `'||(select 1 from pg_sleep(${SLEEP}))||'`,
  `"||pg_sleep(${SLEEP})||"`,
  "' union select secret from account--",
  "'; drop table parcels; --",
  "E'\\x27'",
  '$$;$$',
  '$1',
  'ʼ or 1=1--',
  '＇ or 1=1--',
  '__proto__',
  'constructor',
  'prototype.x',
  'toString',
  'hasOwnProperty',
  '{"$ne":null}',
  '[]',
  '-1',
  '0x10',
  '1e309',
  '9'.repeat(400),
  '9007199254740993',
  '\0',
  'a\0b',
  '\u2028',
  '\u202eabc',
  '\u{1f5fa}'.repeat(200),
  'e\u0301'.repeat(200),
  'x'.repeat(6000),
  '%',
  '%25%27',
  '_%',
  '../../../../etc/passwd',
  '..\\..\\windows\\win.ini',
  'file:///etc/passwd',
  'http://169.254.169.254/latest/meta-data/',
  '$' + '{7*7}',
  '{{7*7}}',
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  'javascript:alert(1)',
  'x\r\nx-injected: 1',
  '`id`',
  '| id',
  '*',
  ',',
  ';',
  ' ',
  '',
];

/** Values of other kinds, for bodies. */
export const values: readonly unknown[] = [
  null,
  true,
  -1,
  0.5,
  1e308,
  Number.MAX_SAFE_INTEGER,
  [],
  {},
  [[[[[]]]]],
  { op: 'or', args: [] },
  { toString: 1, valueOf: 1, length: 1 },
  '\ud800',
  'x\udfff',
];

/** What no answer may tell: SQL, paths, stacks, the database's own words. */
const SECRETS =
  /SQLSTATE|syntax error at|PGlite|pg_catalog|relation "|column "|does not exist|invalid input syntax|unterminated|invalid byte sequence|out of range for type|function \w+\(|\bat .{1,200}\.(?:ts|js|mjs):\d+|node_modules|\/server\/(?:src|dist)\/|TypeError|RangeError|ReferenceError|SyntaxError|Unexpected token|ENOENT|Maximum call stack|Cannot read prop|\[object Object\]|\byutu\.\w+|\borg_\w+\.|\bundefined\b|password_hash|argon2/;

export interface Shot {
  method: string;
  /** As it goes on the wire: nothing is normalised. */
  path: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
}

export interface Hit {
  status: number;
  headers: http.IncomingHttpHeaders;
  text: string;
  ms: number;
}

const agent = new http.Agent({ keepAlive: true, maxSockets: 8 });

/** Sends it as it is. A stream of events is left as soon as it begins. */
export function shoot(place: Place, { method, path, headers = {}, body }: Shot): Promise<Hit> {
  const started = performance.now();
  return new Promise((resolve, reject) => {
    const request = http.request(
      {
        host: '127.0.0.1',
        port: place.port,
        method,
        path,
        agent,
        headers: {
          'accept-language': 'en',
          ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
          ...headers,
        },
      },
      (response) => {
        const chunks: Buffer[] = [];
        const done = () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text: Buffer.concat(chunks).toString('utf8'),
            ms: performance.now() - started,
          });
        if (response.headers['content-type']?.startsWith('text/event-stream')) {
          done();
          request.destroy();
          return;
        }
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', done);
      },
    );
    request.on('error', reject);
    request.setTimeout(30_000, () => request.destroy(new Error(`${method} ${path.slice(0, 200)} had no answer in 30 s`)));
    request.end(body);
  });
}

/** What is wrong with an answer to a hostile request; empty when all is well. */
export function faultsOf({ status, headers, text, ms }: Hit): string[] {
  const faults: string[] = [];
  if (status >= 500) faults.push(`status ${status}`);
  if (ms > SLEEP * 1000 * 0.8) faults.push(`took ${ms.toFixed(0)} ms`);
  if (headers['x-injected'] !== undefined) faults.push('a header of the attacker’s');
  if (status < 400) return faults;
  if (!headers['content-type']?.startsWith('application/problem+json')) faults.push(`a fault as ${headers['content-type']}`);
  const told = SECRETS.exec(text);
  if (told) faults.push(`tells “${text.slice(Math.max(0, told.index - 60), told.index + 80)}”`);
  return faults;
}

/** Fires all shots, eight at a time. @returns what went wrong, each with its shot */
export async function barrage(
  place: Place,
  shots: Iterable<Shot>,
): Promise<{ faults: string[]; fired: number; statuses: Map<number, number> }> {
  const left = shots[Symbol.iterator]();
  const faults: string[] = [];
  const statuses = new Map<number, number>();
  let fired = 0;
  const gun = async () => {
    for (let next = left.next(); !next.done; next = left.next()) {
      const shot = next.value;
      fired++;
      const name = `${shot.method} ${shot.path.slice(0, 300)} ${JSON.stringify(shot.headers ?? {}).slice(0, 200)} ${String(shot.body ?? '').slice(0, 300)}`;
      try {
        const hit = await shoot(place, shot);
        statuses.set(hit.status, (statuses.get(hit.status) ?? 0) + 1);
        for (const fault of faultsOf(hit)) faults.push(`${fault} ← ${name}`);
      } catch (error) {
        faults.push(`${(error as Error).message} ← ${name}`);
      }
    }
  };
  await Promise.all(Array.from({ length: 8 }, gun));
  return { faults, fired, statuses };
}
