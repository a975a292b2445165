import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Answer, type Caller, signIn } from '../harness.js';
import { shared } from '../instance.js';
import { addressOf, type Operation, operationsOf } from '../operations.js';

/** Bodies of every kind but the right one, for every operation that takes one. */
let operations: Operation[];
let steward: Caller;
beforeAll(async () => {
  operations = (await operationsOf(shared())).filter((o) => o.mediaType !== null);
  steward = await signIn(shared(), 'steward');
});

/** A refusal in words: neither a success nor a fault of the server's own. */
const isRefusal = ({ status, headers, text }: Answer) =>
  status >= 400 &&
  status < 500 &&
  /^application\/problem\+json/.test(headers['content-type'] ?? '') &&
  typeof JSON.parse(text).detail === 'string' &&
  !/ at .*:\d+:\d+|node_modules|\/server\//.test(text);

const send = (operation: Operation, body: string | Buffer, headers: Record<string, string>) =>
  steward.send(
    operation.method,
    addressOf(operation, (_, example) => encodeURIComponent(example)),
    body,
    headers,
  );

describe('a body', () => {
  it.each<[what: string, type: string, body: () => string | Buffer]>([
    ['of text', 'text/plain', () => 'hello'],
    ['that is a form', 'application/x-www-form-urlencoded', () => 'a=1&b[]=2&__proto__[x]=1'],
    [
      'in parts',
      'multipart/form-data; boundary=x',
      () => '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--x--\r\n',
    ],
    ['of XML', 'application/xml', () => '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'],
    ['of bytes', 'application/octet-stream', () => Buffer.from([0, 255, 254, 1])],
    ['that breaks off', 'application/json', () => '{"a":'],
    ['in an encoding nobody knows', 'application/json; charset=nonsense', () => '{}'],
    ['that is no object', 'application/json', () => '"text"'],
    ['nested 50,000 deep', 'application/json', () => '['.repeat(50_000) + ']'.repeat(50_000)],
    [
      'of 10,000 members that nobody knows',
      'application/json',
      () => JSON.stringify(Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`k${i}`, i]))),
    ],
  ])('%s is refused in words by every operation', async (_, type, body) => {
    const different: string[] = [];
    for (const operation of operations) {
      const answer = await send(operation, body(), { 'content-type': type });
      if (!isRefusal(answer)) different.push(`${operation.id}: ${answer.status} ${answer.text.slice(0, 120)}`);
    }
    expect(operations.length).toBeGreaterThan(30);
    expect(different).toEqual([]);
  });

  it.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ] as const)('that grows from kilobytes to 200 MB (%s) is refused before it is unpacked', async (encoding, pack) => {
    const bomb = pack(Buffer.from(`{"name":"${' '.repeat(200e6)}"}`));
    expect(bomb.length).toBeLessThan(300e3);
    const started = Date.now();
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => steward.post('/api/keys', bomb, { 'content-encoding': encoding })),
    );
    for (const answer of answers) expect([answer.status, isRefusal(answer)]).toEqual([413, true]);
    // unpacking eight of them takes seconds and gigabytes
    expect(Date.now() - started).toBeLessThan(20_000);
  });

  it('in an unknown compression, or that is not what it says, is refused', async () => {
    const unknown = await steward.post('/api/keys', '{}', { 'content-encoding': 'zstd-2' });
    const wrong = await steward.post('/api/keys', '{}', { 'content-encoding': 'gzip' });
    expect([unknown, wrong].map(isRefusal)).toEqual([true, true]);
  });

  it('of more than five megabytes is refused', async () => {
    const answer = await steward.post('/api/keys', JSON.stringify({ name: 'x'.repeat(6e6) }));
    expect([answer.status, answer.json.code]).toEqual([413, 'body_too_large']);
  });
});
