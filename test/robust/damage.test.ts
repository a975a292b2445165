import { closeSync, openSync, readdirSync, readFileSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, eventually, startYutu, type Yutu, yutuCommand } from '../harness.js';
import { type TileCoord, tileAt } from '../tile.js';
import { bytesOf, filesHold, logHolds, steward } from './whole.js';

/** Snapshot files are derived: one that is damaged is found, built anew and served around. */
let yutu: Yutu;
let right: Map<TileCoord, Buffer>;
const layer = 'parcels';
const tiles = [tileAt(106.55, 29.56, 14), tileAt(106.5, 29.55, 12), tileAt(106.6, 29.6, 9), tileAt(106.55, 29.56, 6)];
const folder = () => join(yutu.dataDir, 'snapshots');
const file = () => join(folder(), readdirSync(folder()).find((f) => f.startsWith(`${layer}@`) && f.endsWith('.snapshot'))!);

async function drawn(caller: Caller) {
  const found = new Map<TileCoord, Buffer>();
  for (const tile of tiles) found.set(tile, await bytesOf(caller, layer, tile));
  return found;
}

beforeAll(async () => {
  yutu = await startYutu();
  right = await drawn(await steward(yutu));
  for (const bytes of right.values()) expect(bytes.length).toBeGreaterThan(200);
  await eventually(async () => expect(file()).toBeDefined(), 60_000);
});
afterAll(() => yutu?.remove());

/** A bit at a share of the file's length. */
const flip =
  (share: number, bit = 4) =>
  (path: string) => {
    const bytes = readFileSync(path);
    bytes[Math.min(bytes.length - 1, Math.floor(share * bytes.length))]! ^= 1 << bit;
    writeFileSync(path, bytes);
  };
const flipAt = (at: number) => (path: string) => {
  const bytes = readFileSync(path);
  bytes[at < 0 ? bytes.length + at : at]! ^= 1;
  writeFileSync(path, bytes);
};
const cutTo = (length: (size: number) => number) => (path: string) => truncateSync(path, length(readFileSync(path).length));

const damages: [string, (path: string) => void][] = [
  ['emptied', cutTo(() => 0)],
  ['cut in half', cutTo((size) => Math.floor(size / 2))],
  ['longer than it says', (path) => writeFileSync(path, Buffer.concat([readFileSync(path), Buffer.alloc(4096)]))],
  ['with a bit flipped in its format version', flipAt(8)],
  ['with a bit flipped in the middle', flip(0.5)],
  ['with a bit flipped near its end', flip(0.97)],
  ['overwritten with zeroes', (path) => writeFileSync(path, Buffer.alloc(readFileSync(path).length))],
];

/** Everything a layer of the city shows in full: every page is read. */
const everywhere = function* () {
  for (let x = 3255; x <= 3263; x++) for (let y = 1690; y <= 1699; y++) yield { z: 12, x, y };
};

/** Each costs two starts: small snapshots are tried with all, one read page by page with those that differ there. */
const runs: [string, string, string, (path: string) => void][] = [
  ...damages.map(([how, damage]): [string, string, string, (path: string) => void] => [how, 'in memory', '1024', damage]),
  ...damages
    .filter(([how]) => /half|middle/.test(how))
    .map(([how, damage]): [string, string, string, (path: string) => void] => [how, 'read page by page', '1', damage]),
];

describe('a snapshot file', () => {
  it.each(runs)('%s (%s) is found, and the tiles are right all the same', async (_how, _where, memory, damage) => {
    await yutu.stop();
    damage(file());
    const found = yutuCommand(yutu, ['snapshot', 'verify', layer]);
    expect([found.status, found.said]).toEqual([1, expect.stringMatching(/parcels@\S+: damaged \(.+\)/)]);
    yutu = await yutu.again({ SNAPSHOT_MEMORY_MB: memory, TILE_PROVISIONAL_MS: '600000' });
    const again = await drawn(await steward(yutu));
    for (const [tile, bytes] of right) expect([tile, again.get(tile)!.equals(bytes)]).toEqual([tile, true]);
    // a damaged page is found when a tile needs it; until then the file stays as it is
    if (yutuCommand(yutu, ['snapshot', 'verify', layer]).status !== 0)
      expect(yutuCommand(yutu, ['snapshot', 'rebuild', layer]).status).toBe(0);
    await eventually(async () => filesHold(yutu), 60_000);
  });
});

describe('a damage', () => {
  it('that comes while the file is in use is met by a tile, and mended by it', async () => {
    await yutu.stop();
    yutu = await yutu.again({ SNAPSHOT_MEMORY_MB: '1' });
    const caller = await steward(yutu);
    // opened, but few of its pages read
    expect((await bytesOf(caller, layer, tiles[3]!)).equals(right.get(tiles[3]!)!)).toBe(true);
    const path = file();
    const bytes = readFileSync(path);
    const before = bytes.length;
    // in place: the worker has this very file open. The head and the index at the end stay whole.
    for (let at = Math.floor(before * 0.3); at < before * 0.9; at += 997) bytes[at]! ^= 16;
    const handle = openSync(path, 'r+');
    writeSync(handle, bytes, 0, before, 0);
    closeSync(handle);
    for (const tile of everywhere()) await bytesOf(caller, layer, tile);
    for (const [tile, wanted] of right) expect([tile, (await bytesOf(caller, layer, tile)).equals(wanted)]).toEqual([tile, true]);
    expect(yutuCommand(yutu, ['snapshot', 'verify', layer]).status).toBe(0);
  });

  it('is told of in words that name the file and leak nothing else', async () => {
    const { said } = yutuCommand(yutu, ['snapshot', 'verify']);
    expect(said).toMatch(/parcels@\S+: whole/);
    expect(said).not.toMatch(/\n\s+at /);
    logHolds(yutu);
  });
});
