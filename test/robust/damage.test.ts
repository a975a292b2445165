import { readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
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
  ['cut within its header', cutTo(() => 20)],
  ['cut in half', cutTo((size) => Math.floor(size / 2))],
  ['without its last byte', cutTo((size) => size - 1)],
  ['longer than it says', (path) => writeFileSync(path, Buffer.concat([readFileSync(path), Buffer.alloc(4096)]))],
  ['with a bit flipped in its first byte', flipAt(0)],
  ['with a bit flipped in its format version', flipAt(8)],
  ['with a bit flipped in a length', flipAt(13)],
  ['with a bit flipped in its meta', flipAt(60)],
  ['with a bit flipped near its beginning', flip(0.03)],
  ['with a bit flipped in the middle', flip(0.5)],
  ['with a bit flipped near its end', flip(0.97)],
  ['with a bit flipped in its last byte', flipAt(-1)],
  ['replaced by something else', (path) => writeFileSync(path, '<html>not found</html>')],
  ['overwritten with zeroes', (path) => writeFileSync(path, Buffer.alloc(readFileSync(path).length))],
];

describe('a snapshot file', () => {
  it.each(damages)('%s is found, and the tiles are right all the same', async (_how, damage) => {
    await yutu.stop();
    damage(file());
    const found = yutuCommand(yutu, ['snapshot', 'verify', layer]);
    expect([found.status, found.said]).toEqual([1, expect.stringMatching(/parcels@\S+: damaged \(.+\)/)]);
    yutu = await yutu.again();
    const again = await drawn(await steward(yutu));
    for (const [tile, bytes] of right) expect([tile, again.get(tile)!.equals(bytes)]).toEqual([tile, true]);
    await eventually(async () => filesHold(yutu), 60_000);
  });

  it('is told of in words that name the file and leak nothing else', async () => {
    const { said } = yutuCommand(yutu, ['snapshot', 'verify']);
    expect(said).toMatch(/parcels@\S+\.snapshot: whole/);
    expect(said).not.toMatch(/\n\s+at /);
    logHolds(yutu);
  });
});
