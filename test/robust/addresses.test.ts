import http from 'node:http';
import { describe, expect, it } from 'vitest';
import { anonymous } from '../harness.js';
import { shared } from '../instance.js';

/** Ten thousand tile addresses that are random, hostile or both, all from one seed. */
const COUNT = 10_000;
const SEED = 20261122;

function random(seed: number) {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
const next = random(SEED);
const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)]!;
const whole = (below: number) => Math.floor(next() * below);

const oddNumbers: (() => string)[] = [
  () => String(-whole(100)),
  () => String(whole(2 ** 31)),
  () => '9'.repeat(1 + whole(400)),
  () => `${whole(20)}.${whole(100)}`,
  () => `${whole(9)}e${whole(9)}`,
  () => `1e${whole(400)}`,
  () => `0x${whole(255).toString(16)}`,
  () => `0${whole(9)}`,
  () => `%20${whole(9)}`,
  () => `${whole(9)}%00`,
  () => '%00',
  () => '%2e%2e',
  () => '..',
  () => '%2F..%2F..%2Fetc%2Fpasswd',
  () => '%E4%B8%80', // 一
  () => '%EF%BC%93', // ３
  () => '%D9%A3', // ٣
  () => '%E0%A4%A',
  () => '%',
  () => '%ZZ',
  () => 'NaN',
  () => 'Infinity',
  () => 'null',
  () => '__proto__',
  () => 'constructor',
  () => "1'%20or%20'1'='1",
  () => '1;select%20pg_sleep(5)',
  () => '%3Cscript%3E',
  () => '{z}',
  () => '',
  () => `${whole(9)}.mvt`,
  () => 'a'.repeat(whole(3000)),
  () => '%F0%9F%97%BA'.repeat(1 + whole(100)),
];
const layers = [
  'districts',
  'districts',
  'places',
  'rivers',
  'parcels',
  'petition_sites',
  'no_such',
  'DISTRICTS',
  'districts%00',
  'districts%2F..%2Fparcels',
  '..',
  '%2e%2e%2fparcels',
  "districts'--",
  '__proto__',
  'constructor',
  'districts@1',
  '%E5%8C%BA',
  'x'.repeat(2000),
];
const matrices = ['WebMercatorQuad', 'WebMercatorQuad', 'WebMercatorQuad', 'webmercatorquad', 'WorldCRS84Quad', '', '..', '%00'];
const queries = [
  '',
  '',
  '',
  '',
  '?f=mvt',
  '?f=xml',
  '?f=',
  '?f=mvt&f=json',
  '?bbox=1,2,3,4',
  '?%00',
  '?__proto__=1',
  '?f=%FF',
  `?${'a='.repeat(500)}`,
];

/** Where the demonstration is. */
const real = () => {
  const z = whole(17);
  return `${z}/${Math.floor((0.4125 + next() / 500) * 2 ** z)}/${Math.floor((0.795 + next() / 500) * 2 ** z)}`;
};

function address(): string {
  if (next() < 0.1) return `/api/collections/${pick(layers.slice(0, 5))}/tiles/WebMercatorQuad/${real()}`;
  const n = () => (next() < 0.45 ? pick(oddNumbers)() : String(whole(2 ** whole(14))));
  const z = next() < 0.3 ? pick(oddNumbers)() : String(whole(24));
  return `/api/collections/${pick(layers)}/tiles/${pick(matrices)}/${z}/${n()}/${n()}${pick(queries)}`;
}

const agent = new http.Agent({ keepAlive: true, maxSockets: 8 });
const get = (base: string, path: string) =>
  new Promise<{ status: number; type: string; body: Buffer }>((resolve, reject) => {
    const { hostname, port } = new URL(base);
    const request = http.get({ hostname, port, path, agent, headers: { 'accept-language': 'en' } }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () =>
        resolve({
          status: response.statusCode!,
          type: String(response.headers['content-type'] ?? ''),
          body: Buffer.concat(chunks),
        }),
      );
    });
    request.on('error', reject);
    request.setTimeout(20_000, () => request.destroy(new Error(`no answer: ${path.slice(0, 200)}`)));
  });

const resident = async () =>
  Number(/^process_resident_memory_bytes (\S+)$/m.exec((await anonymous(shared()).get('/metrics')).text)![1]);

describe('tile addresses that are random or hostile', () => {
  it(`${COUNT} of them are answered with a tile, nothing, or a sentence, and memory stays flat`, async () => {
    const { url } = shared();
    const statuses = new Map<number, number>();
    const wrong: string[] = [];
    let half = 0;
    let asked = 0;
    const ask = async () => {
      while (asked < COUNT) {
        if (asked++ === COUNT / 2) half = await resident();
        const path = address();
        const { status, type, body } = await get(url, path);
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
        const text = body.toString('utf8');
        const fine =
          status === 200
            ? /vector-tile|json/.test(type)
            : status === 204
              ? body.length === 0
              : [400, 401, 404].includes(status) &&
                type.includes('application/problem+json') &&
                JSON.parse(text).status === status &&
                text.length < 2_000 &&
                !/select |\/tmp\/|node_modules|\bat .*:\d+:\d+/.test(text);
        if (!fine) wrong.push(`${status} ${type} ${path.slice(0, 300)} ${text.slice(0, 200)}`);
      }
    };
    await Promise.all(Array.from({ length: 8 }, ask));
    agent.destroy();
    expect(wrong.slice(0, 10)).toEqual([]);
    // all kinds of answers were seen
    for (const status of [200, 204, 400, 404]) expect(statuses.get(status) ?? 0).toBeGreaterThan(20);
    // a wild address costs nothing that stays
    expect((await resident()) - half).toBeLessThan(80e6);
    expect((await anonymous(shared()).get('/readyz')).status).toBe(200);
  });
});
