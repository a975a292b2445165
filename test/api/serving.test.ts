import { readFileSync, rmSync } from 'node:fs';
import http from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { metric } from '../editing.js';
import { type Answer, anonymous, type Caller, eventually, signIn, startYutu, type Yutu } from '../harness.js';
import { parcelsGift, parcelsWish, share } from '../story.js';
import { datasetPath, decode, decodeAll, decodeAny, type TileCoord, tileAt, tilePath } from '../tile.js';

let yutu: Yutu;
let steward: Caller;
let planner: Caller;
const enter = async () => {
  steward = await signIn(yutu, 'steward');
  planner = await signIn(yutu, 'planner');
};

beforeAll(async () => {
  yutu = await startYutu();
  await enter();
  await share(planner, steward, parcelsWish, parcelsGift);
});
afterAll(() => yutu?.remove());

const centre = [106.55, 29.56] as const;
const byId = (features: { id: number }[]) => features.toSorted((a, b) => a.id - b.id);
const around = ({ z, x, y }: TileCoord, reach: number): TileCoord[] => {
  const steps = Array.from({ length: 2 * reach + 1 }, (_, i) => i - reach);
  return steps.flatMap((dx) => steps.map((dy) => ({ z, x: x + dx, y: y + dy })));
};

/** Settings pass from one start to the next: each begins with these. */
const DEFAULTS = {
  TILE_WORKERS: '2',
  TILE_QUEUE: '500',
  TILE_CACHE_MB: '128',
  MASK_CACHE_MB: '128',
  TILE_PROVISIONAL_MS: '60000',
};

/** Starts the instance again with other settings, without snapshots if so wished. */
async function again(env: Record<string, string>, snapshots = true) {
  await yutu.stop();
  if (!snapshots) rmSync(join(yutu.dataDir, 'snapshots'), { recursive: true, force: true });
  yutu = await yutu.again({ ...DEFAULTS, ...env }); // sessions outlive it
}

describe('a tile of a layer that is still being packed', () => {
  it('is made of its rows under the same rights, is not kept, and agrees with the later one from zoom 14 on', async () => {
    const tiles = [tileAt(...centre, 14), tileAt(...centre, 15), tileAt(106.57, 29.57, 14)];
    for (const who of ['steward', 'planner'] as const) {
      await again({ TILE_PROVISIONAL_MS: '0' }, false);
      const caller = who === 'steward' ? steward : planner;
      const early = await Promise.all(tiles.map((t) => caller.get(tilePath('parcels', t))));
      const made = early.filter(({ headers }) => headers['yutu-detail'] === 'provisional');
      expect(made.length).toBeGreaterThan(0);
      for (const { status, headers } of made)
        expect([status, headers['cache-control'], headers.etag]).toEqual([200, 'no-store', undefined]);
      const later = await eventually(async () => {
        const answers = await Promise.all(tiles.map((t) => caller.get(tilePath('parcels', t))));
        for (const { headers } of answers) expect(headers['yutu-detail']).toBeUndefined();
        return answers;
      }, 60_000);
      for (const [i, { bytes }] of later.entries()) {
        expect(decode(bytes, 'parcels').length).toBeGreaterThan(0);
        expect([who, i, byId(decode(early[i]!.bytes, 'parcels'))]).toEqual([who, i, byId(decode(bytes, 'parcels'))]);
      }
    }
  });

  it('shows nobody more than the later one, at no zoom, and is not empty', async () => {
    const tiles = [6, 9, 11, 13].map((z) => tileAt(...centre, z));
    await again({ TILE_PROVISIONAL_MS: '0' }, false);
    const early = await Promise.all(tiles.map((t) => planner.get(tilePath('parcels', t))));
    const all = (await planner.get('/api/collections/parcels/items?limit=10000')).json.features;
    const may = new Set(all.map((f: { id: number }) => f.id));
    expect(early.map(({ status, headers }) => [status, headers['yutu-detail']])).toContainEqual([200, 'provisional']);
    for (const [i, { bytes }] of early.entries()) {
      const features = decodeAny(bytes).get('parcels') ?? [];
      expect(features.length).toBeGreaterThan(0);
      for (const { id, properties } of features) {
        expect(Object.keys(properties)).not.toContain('right_type');
        // Below the counting zoom the planner, who may draw only so much, is not told which ones they are.
        if (tiles[i]!.z < 12) expect([id, Object.keys(properties)]).toEqual([undefined, ['land_use']]);
        else expect(may.has(id!)).toBe(true);
      }
    }
    const together = await anonymous(yutu).get(datasetPath(['districts'], tileAt(...centre, 8)));
    expect([...decodeAll(together.bytes).keys()]).toEqual(['districts']);
  });
});

describe('more tiles than can be cut', () => {
  it('are refused at once, the others come, and soon all do again', async () => {
    await again({ TILE_WORKERS: '1', TILE_QUEUE: '3', TILE_CACHE_MB: '1' });
    await steward.get(tilePath('parcels', tileAt(...centre, 9)));
    const tiles = [...around(tileAt(...centre, 11), 3), ...around(tileAt(...centre, 10), 2)];
    const answers: Answer[] = await Promise.all(tiles.map((t) => steward.get(tilePath('parcels', t))));
    const refused = answers.filter((a) => a.status === 503);
    expect(refused.length).toBeGreaterThan(0);
    expect(answers.filter((a) => a.status === 200).length).toBeGreaterThan(0);
    for (const { headers, json } of refused) {
      expect([headers['content-type'], json.code]).toEqual(['application/problem+json; charset=utf-8', 'overloaded']);
      expect([headers['retry-after'], headers['cache-control'], headers.etag]).toEqual(['1', 'no-store', undefined]);
    }
    expect(await metric(steward, 'yutu_tiles_refused_total')).toBe(refused.length);
    for (const t of tiles.slice(0, 10)) expect([200, 204]).toContain((await steward.get(tilePath('parcels', t))).status);
    expect(await metric(steward, 'yutu_tiles_under_way')).toBe(0);
  });
});

describe('memory', () => {
  it('of finished tiles and of masks keeps within its settings', async () => {
    await again({ TILE_CACHE_MB: '1', MASK_CACHE_MB: '1' });
    for (const t of [...around(tileAt(...centre, 12), 4), ...around(tileAt(...centre, 13), 3)])
      for (const caller of [steward, planner]) await caller.get(tilePath('parcels', t), { 'accept-encoding': 'identity' });
    expect(await metric(steward, 'yutu_tile_cache_tiles')).toBeGreaterThan(10);
    for (const name of ['yutu_tile_cache_bytes', 'yutu_mask_bytes']) {
      const bytes = await metric(steward, name);
      expect([name, bytes > 10_000, bytes <= 1024 * 1024]).toEqual([name, true, true]);
    }
  });

  it('does not grow with random and hostile addresses, and each is answered in words', async () => {
    await again({ TILE_PATIENCE_MS: '60000' }); // a slow machine is no fault of theirs
    const agent = new http.Agent({ keepAlive: true, maxSockets: 16 });
    const { port } = yutu;
    const ask = (path: string) =>
      new Promise<number>((resolve, reject) => {
        http
          .get({ port, path, agent, headers: { 'accept-encoding': 'gzip' } }, (res) => {
            res
              .on('error', reject)
              .on('end', () => resolve(res.statusCode!))
              .resume();
          })
          .on('error', reject);
      });
    let seed = 7;
    const random = () => {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
      return seed / 2 ** 32;
    };
    const pick = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)]!;
    const odd = [
      '-1',
      '1e3',
      '0x1',
      '%00',
      '..',
      '%2e%2e',
      'NaN',
      '9'.repeat(300),
      '%E0%A4%A',
      "'",
      '1.5',
      ' '.replace(' ', '%20'),
      encodeURIComponent('٣'),
    ];
    const layers = [
      'districts',
      'townships',
      'nosuch',
      '__proto__',
      'constructor',
      '%2Fetc',
      'a%27--',
      '瓦片'.replace(/./g, encodeURIComponent),
    ];
    const address = () => {
      const z = Math.floor(random() * 23);
      const part = (n: number) => (random() < 0.15 ? pick(odd) : String(Math.floor(random() * n * 1.1)));
      const zyx = `${random() < 0.1 ? pick(odd) : z}/${part(2 ** z)}/${part(2 ** z)}`;
      return random() < 0.2
        ? `/api/tiles/WebMercatorQuad/${zyx}?collections=${pick(layers)},${pick(layers)}`
        : `/api/collections/${pick(layers)}/tiles/WebMercatorQuad/${zyx}${random() < 0.1 ? `?${pick(odd)}=1` : ''}`;
    };
    const rss = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${yutu.process.pid}/status`, 'utf8'))![1]) / 1024;
    const seen = new Map<number, number>();
    const round = async (count: number) => {
      for (let i = 0; i < count; i += 500)
        for (const status of await Promise.all(Array.from({ length: 500 }, () => ask(address()))))
          seen.set(status, (seen.get(status) ?? 0) + 1);
    };
    await round(3_000);
    const before = rss();
    await round(7_000);
    agent.destroy();
    expect([...seen.keys()].filter((status) => ![200, 204, 400, 404].includes(status))).toEqual([]);
    expect(Math.min(...[204, 400, 404].map((status) => seen.get(status) ?? 0))).toBeGreaterThan(100);
    expect(rss() - before).toBeLessThan(100);
  });
});
