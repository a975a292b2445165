import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { create, LAYER, point, write } from '../editing.js';
import {
  type Answer,
  anonymous,
  type Caller,
  makeKey,
  scratch,
  signIn,
  startYutu,
  withKey,
  type Yutu,
  yutuProcess,
} from '../harness.js';
import { inner, parcelsGift, parcelsWish, revoke, share } from '../story.js';
import { tileAt, tilePath } from '../tile.js';
import { agrees, filesHold, logHolds } from './whole.js';

/**
 * Mixed load: readers with several rights, editors, grants that come and go, exports. `node test/soak.js --minutes 120` runs it for
 * long, the suite for a minute.
 */
const MINUTES = Number(process.env.SOAK_MINUTES ?? 1);
/** What a minute's noise may add: garbage not collected yet. Over long runs the slope says more. */
const NOISE_BYTES = 60e6;
const SLOPE_BYTES_PER_HOUR = 40e6;

let yutu: Yutu;
let editor: Caller;
let key: string;
beforeAll(async () => {
  // Caches that are full and a heap that is collected within the first third: what grows after that is a leak.
  yutu = await startYutu({ env: { TILE_CACHE_MB: '16', NODE_OPTIONS: '--max-old-space-size=256' } });
  editor = await signIn(yutu, 'steward');
  key = (await makeKey(editor, 'soak')).key;
});
afterAll(() => yutu?.remove());

it(`${MINUTES} minutes of mixed load: no fault, memory stays flat, tiles agree with the database`, {
  timeout: MINUTES * 60_000 + 300_000,
}, async () => {
  const until = Date.now() + MINUTES * 60_000;
  const busy = () => Date.now() < until;
  const counts = new Map<string, number>();
  const faults: string[] = [];
  /** Counts an answer; anything but the expected statuses and 503 is a fault. */
  const seen = (what: string, answer: Answer, ...right: number[]) => {
    counts.set(`${what} ${answer.status}`, (counts.get(`${what} ${answer.status}`) ?? 0) + 1);
    if (!right.includes(answer.status) && answer.status !== 503)
      faults.push(`${what}: ${answer.status} ${answer.text.slice(0, 200)}`);
    return answer;
  };
  const anywhere = (z: number) => tileAt(106.2 + Math.random() * 0.8, 29.3 + Math.random() * 0.5, z);
  const depth = () => 6 + Math.floor(Math.random() * 11);

  const reader =
    (who: Caller, layers: string[], ...right: number[]) =>
    async () => {
      const etags = new Map<string, string>();
      while (busy()) {
        const path = tilePath(layers[Math.floor(Math.random() * layers.length)]!, anywhere(depth()));
        const etag = etags.get(path);
        const encoding = Math.random() < 0.5 ? 'br' : 'gzip';
        const answer = seen(
          'tile',
          await who.get(path, { 'accept-encoding': encoding, ...(etag ? { 'if-none-match': etag } : {}) }),
          200,
          204,
          304,
          ...right,
        );
        if (answer.headers.etag) etags.set(path, answer.headers.etag);
        if (etags.size > 500) etags.clear();
        if (Math.random() < 0.02)
          seen('items', await who.get(`/api/collections/${layers[0]}/items?limit=50&bbox=106.4,29.4,106.6,29.6`), 200, ...right);
      }
    };
  const kept: { id: number; lon: number; lat: number }[] = [];
  const writer = async () => {
    while (busy()) {
      const [lon, lat] = [106.3 + Math.random() * 0.1, 29.3 + Math.random() * 0.1];
      const { id, tag } = await create(editor, point(lon, lat, { name_zh: '耐久' }));
      if (Math.random() < 0.5) kept.push({ id, lon, lat });
      else seen('delete', await write(editor, 'DELETE', id, undefined, tag), 204);
      await sleep(120);
    }
  };
  const granter = async () => {
    const planner = await signIn(yutu, 'planner');
    const path = tilePath('parcels', tileAt(106.55, 29.56, 13));
    while (busy()) {
      const grant = await share(planner, editor, parcelsWish, { ...parcelsGift, area: { divisions: [inner.yuzhong] } });
      seen('granted', await planner.get(path), 200, 204);
      await sleep(1_500);
      await revoke(editor, grant);
      // answered "revoked": nothing of it leaves any more
      seen('revoked', await planner.get(path), 403);
      await sleep(500);
    }
  };
  const exporter = async () => {
    for (let n = 0; busy(); n++) {
      seen('export', await editor.get('/api/collections/districts/export'), 200);
      const { said, exited } = yutuProcess(yutu, [
        'tiles',
        'export',
        n % 2 ? LAYER : 'places',
        '--zooms',
        '0-9',
        '--out',
        join(scratch(), 'soak.pmtiles'),
      ]);
      const code = await exited;
      counts.set(`archive ${code}`, (counts.get(`archive ${code}`) ?? 0) + 1);
      if (code !== 0) faults.push(`tiles export: ${said()}`);
      await sleep(3_000);
    }
  };
  const memory: { at: number; bytes: number }[] = [];
  const watcher = async () => {
    while (busy()) {
      const status = readFileSync(`/proc/${yutu.process.pid}/status`, 'utf8');
      memory.push({ at: Date.now(), bytes: 1024 * Number(/VmRSS:\s+(\d+)/.exec(status)![1]) });
      await sleep(1_000);
    }
  };
  const open = ['districts', 'places', 'rivers', LAYER];
  await Promise.all([
    reader(anonymous(yutu), open)(),
    reader(anonymous(yutu), open)(),
    reader(editor, ['parcels', ...open])(),
    reader(withKey(yutu, key), ['parcels', LAYER])(),
    reader(await signIn(yutu, 'planner'), ['parcels', 'districts'], 403)(),
    writer(),
    granter(),
    exporter(),
    watcher(),
  ]);

  console.log(`${[...counts].map(([what, n]) => `${what}: ${n}`).join(', ')}; RSS ${Math.round(memory.at(-1)!.bytes / 1e6)} MB`);
  expect(faults.slice(0, 10)).toEqual([]);
  for (const what of ['tile 200', 'delete 204', 'granted 200', 'revoked 403', 'export 200', 'archive 0'])
    expect([what, counts.get(what) ?? 0]).toEqual([what, expect.toSatisfy((n: number) => n > 0)]);

  // After the first third everything has been loaded and compiled once.
  const warm = memory.slice(Math.floor(memory.length / 3));
  const median = (list: { bytes: number }[]) => list.map((m) => m.bytes).sort((a, b) => a - b)[Math.floor(list.length / 2)]!;
  const [early, late] = [median(warm.slice(0, Math.ceil(warm.length / 4))), median(warm.slice(-Math.ceil(warm.length / 4)))];
  const hours = (warm.at(-1)!.at - warm[0]!.at) / 3_600_000;
  expect(late - early).toBeLessThan(NOISE_BYTES + SLOPE_BYTES_PER_HOUR * hours);

  logHolds(yutu);
  filesHold(yutu);
  const places = new Map(kept.slice(-200).map(({ lon, lat }) => [JSON.stringify(tileAt(lon, lat, 14)), tileAt(lon, lat, 14)]));
  expect(await agrees(yutu, LAYER, 'base', [...places.values()].slice(0, 40))).toBeGreaterThan(10);
});
