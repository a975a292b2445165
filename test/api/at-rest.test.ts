import { chmodSync, lstatSync, mkdirSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { anonymous, signIn, startYutu, type Yutu, yutuCommand } from '../harness.js';
import { tileAt, tilePath } from '../tile.js';

/** What lies on the disk is its user's alone: a snapshot holds petitioners' telephone numbers, the database all there is. */
let yutu: Yutu;
beforeAll(async () => {
  yutu = await startYutu();
});
afterAll(() => yutu?.remove());

/** Every file and folder below, with what anybody else may do with it; links are looked at themselves. */
function openToOthers(folder: string): string[] {
  const found: string[] = [];
  const walk = (path: string) => {
    const { mode } = lstatSync(path);
    if (lstatSync(path).isSymbolicLink()) return;
    if ((mode & 0o077) !== 0) found.push(`${(mode & 0o777).toString(8)} ${path.slice(folder.length)}`);
    if (lstatSync(path).isDirectory()) for (const name of readdirSync(path)) walk(join(path, name));
  };
  walk(folder);
  return found;
}

const mode = (path: string) => (statSync(path).mode & 0o777).toString(8);

/** Uses what writes: snapshots, the log's anchors, archives, a new layer. */
async function use(): Promise<void> {
  const steward = await signIn(yutu, 'steward-housing');
  await steward.get('/api/collections/parcels/items?limit=1');
  for (const layer of ['districts', 'schools']) await anonymous(yutu).get(tilePath(layer, tileAt(106.5, 29.5, 9)));
  const archive = join(yutu.dataDir, 'districts.pmtiles');
  const commands = [
    ['tiles', 'export', 'districts', '--out', archive],
    ['audit', 'seal'],
  ];
  for (const args of commands) {
    const { status, said } = yutuCommand(yutu, args);
    expect([args, status, said]).toEqual([args, 0, expect.any(String)]);
  }
  expect(mode(archive)).toBe('600');
}

it('nothing that was written can be read by another user of the machine', async () => {
  await use();
  expect(readdirSync(yutu.dataDir)).toContain('snapshots');
  expect(openToOthers(yutu.dataDir)).toEqual([]);
});

it('what an older version or a backup left open is closed at the next start, and nothing beyond what is ours', async () => {
  await yutu.stop();
  const open = (path: string) => {
    const folder = statSync(path).isDirectory();
    if (folder) for (const name of readdirSync(path)) open(join(path, name));
    chmodSync(path, folder ? 0o755 : 0o644);
  };
  open(yutu.dataDir);
  const elsewhere = `${yutu.dataDir}-elsewhere`;
  mkdirSync(elsewhere);
  try {
    const strange = join(elsewhere, 'strange');
    writeFileSync(strange, 'not ours');
    symlinkSync(strange, join(yutu.dataDir, 'snapshots', 'strange'));
    const notes = join(yutu.dataDir, 'notes.txt');
    writeFileSync(notes, 'of the operator');
    for (const path of [strange, notes]) chmodSync(path, 0o644);
    expect(openToOthers(yutu.dataDir).length).toBeGreaterThan(5);

    yutu = await yutu.again();
    expect(openToOthers(yutu.dataDir)).toEqual(['644 /districts.pmtiles', '644 /notes.txt']);
    expect([mode(yutu.dataDir), mode(strange)]).toEqual(['700', '644']);
  } finally {
    rmSync(elsewhere, { recursive: true });
  }
  expect((await anonymous(yutu).get(tilePath('districts', tileAt(106.5, 29.5, 9)))).status).toBe(200);
});
