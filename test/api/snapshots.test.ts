import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { metric } from '../editing.js';
import { anonymous, type Caller, eventually, signIn, startYutu, type Yutu } from '../harness.js';
import { tileAt, tilePath } from '../tile.js';

let yutu: Yutu;
beforeAll(async () => {
  yutu = await startYutu({ env: { TILE_PROVISIONAL_MS: '600000' } });
});
afterAll(() => yutu?.remove());

const coords = [7, 9, 11, 12, 13, 14, 15].flatMap((z) => {
  const { x, y } = tileAt(106.55, 29.56, z);
  return [
    { z, x, y },
    { z, x: x + 1, y },
  ];
});

/** The ETags of some tiles of the largest layers: they name the content. */
async function picture(steward: Caller): Promise<string[]> {
  const asked = ['parcels', 'districts'].flatMap((layer) => coords.map((c) => tilePath(layer, c)));
  return Promise.all(
    asked.map(async (path) => {
      const answer = await steward.get(path, { 'accept-encoding': 'gzip' });
      expect([200, 204]).toContain(answer.status);
      return `${path} ${answer.status} ${answer.headers.etag}`;
    }),
  );
}
const inMemory = () => metric(anonymous(yutu), 'yutu_snapshot_bytes');

describe('a snapshot', () => {
  it('built with little memory and read from its file gives the same tiles; so does one mended after damage', async () => {
    const expected = await picture(await signIn(yutu, 'steward'));
    expect(expected.filter((line) => line.includes(' 200 ')).length).toBeGreaterThan(12);
    expect(await inMemory()).toBeGreaterThan(1_000_000);
    const folder = join(yutu.dataDir, 'snapshots');

    await yutu.stop();
    rmSync(folder, { recursive: true });
    yutu = await yutu.again({ SNAPSHOT_MEMORY_MB: '0', TILE_PROVISIONAL_MS: '600000' });
    expect(await picture(await signIn(yutu, 'steward'))).toEqual(expected);
    expect(await inMemory()).toBe(0);

    for (const memory of ['0', '1024']) {
      await yutu.stop();
      for (const name of readdirSync(folder)) {
        if (!name.startsWith('parcels@')) continue;
        const bytes = readFileSync(join(folder, name));
        for (let at = 5_000; at < bytes.length * 0.95; at += 9_000) bytes[at]! ^= 1;
        writeFileSync(join(folder, name), bytes);
      }
      yutu = await yutu.again({ SNAPSHOT_MEMORY_MB: memory, TILE_PROVISIONAL_MS: '600000' });
      expect(await picture(await signIn(yutu, 'steward'))).toEqual(expected);
    }
    // other layers may still be packed behind the map
    await eventually(async () => expect(readdirSync(folder).filter((name) => name.includes('.part'))).toEqual([]), 60_000);
  }, 240_000);
});
