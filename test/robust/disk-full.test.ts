import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engine, type Place, scratch, startYutu, underneath, type Yutu, yutuCommand } from '../harness.js';
import { tileAt } from '../tile.js';
import { bytesOf, filesHold, logHolds, pointsFile, steward } from './whole.js';

/**
 * A disk without room. Where this process may mount one, a small file system holds the snapshots or the archive; elsewhere
 * (`unshare`, containers without that right) a limit on the size of files stands in for it.
 */
let yutu: Yutu;
let folder: string;
const mounted: string[] = [];

beforeAll(async () => {
  yutu = await startYutu();
  folder = mkdtempSync(join(scratch(), 'full-'));
});
afterAll(async () => {
  await yutu?.stop();
  for (const path of mounted) spawnSync('umount', ['-l', path]);
  if (folder) rmSync(folder, { recursive: true });
  await yutu?.remove();
});

/** A file system of so many kB at this place, or nothing when it may not be. */
function mount(path: string, kilobytes: number): boolean {
  mkdirSync(path, { recursive: true });
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${kilobytes}k`, 'tmpfs', path]);
  if (status === 0) mounted.push(path);
  return status === 0;
}

/** Takes what room there is but for so many bytes. */
function fill(path: string, leave = 0): void {
  const { bavail, bsize } = statfsSync(path);
  writeFileSync(join(path, 'ballast'), Buffer.alloc(Math.max(0, bavail * bsize - leave)));
}

/** A command whose files may not grow past so many kB. */
function limited(place: Place, kilobytes: number, args: string[]) {
  const program = join(import.meta.dirname, '../../server/bin/yutu.js');
  return yutuCommand(place, args, {}, ['bash', '-c', `ulimit -f ${kilobytes}; exec "$@"`, 'limited', process.execPath, program]);
}

const at = tileAt(106.55, 29.56, 13);

describe('a full disk', () => {
  it('while a snapshot is written costs the file, not the map', async () => {
    const right = await bytesOf(await steward(yutu), 'parcels', at);
    expect(right.length).toBeGreaterThan(500);
    await yutu.stop();
    const snapshots = join(yutu.dataDir, 'snapshots');
    rmSync(snapshots, { recursive: true });
    if (!mount(snapshots, 512)) return; // not ours to mount: the archive below is limited in another way
    fill(snapshots, 64 * 1024);
    yutu = await yutu.again();
    // the parcels' snapshot has some 8 MB
    expect((await bytesOf(await steward(yutu), 'parcels', at)).equals(right)).toBe(true);
    expect(readdirSync(snapshots).filter((f) => f.startsWith('parcels'))).toEqual([]);
    expect(yutuCommand(yutu, ['snapshot', 'verify']).status).toBe(0);
    // and when there is room again, it is written again
    await yutu.stop();
    spawnSync('umount', ['-l', snapshots]);
    yutu = await yutu.again();
    expect((await bytesOf(await steward(yutu), 'parcels', at)).equals(right)).toBe(true);
    filesHold(yutu);
  });

  it('while an archive is written is said in words, and leaves no half of it', async () => {
    await yutu.stop();
    const small = join(folder, 'small');
    const args = ['tiles', 'export', 'places', '--zooms', '0-14', '--out', join(small, 'places.pmtiles')];
    const full = mount(small, 128) ? yutuCommand(yutu, args) : limited(yutu, 128, args);
    expect([full.status, full.said]).toEqual([1, expect.stringMatching(/disk is full/)]);
    expect(full.said).not.toMatch(/\n\s+at /);
    expect(existsSync(small) ? readdirSync(small) : []).toEqual([]);
    yutu = await yutu.again();
    logHolds(yutu);
  });

  // PostgreSQL's disk is not this test's to fill; and without a file system of its own there is no room to run out of
  if (engine === 'embedded' && mayMount())
    it('while importing is said in words, and leaves layer, table and log as they were', async () => {
      const first = pointsFile(join(folder, 'first.geojson'), 1_000, '前');
      expect(yutuCommand(yutu, ['import', first, '--layer', 'crowded', '--owner', 'transport']).status).toBe(0);
      await yutu.stop();
      const dataDir = join(folder, 'data');
      const [kilobytes] = spawnSync('du', ['-sk', yutu.dataDir], { encoding: 'utf8' }).stdout.split('\t');
      // the table alone would need some 8 MB
      mount(dataDir, Number(kilobytes) + 6 * 1024);
      cpSync(yutu.dataDir, dataDir, { recursive: true });
      const second = pointsFile(join(folder, 'second.geojson'), 60_000, '后');
      const place = { ...yutu, dataDir };
      const full = yutuCommand(place, ['import', second, '--layer', 'crowded', '--replace']);
      expect([full.status, full.said]).toEqual([1, expect.stringMatching(/disk is full; nothing was written/)]);
      expect(full.said).not.toMatch(/\n\s+at /);
      logHolds(place);
      await underneath(place, async (query) => {
        const [layer] = await query(`select version::int, feature_count::int from yutu.layer where id = 'crowded'`);
        expect(layer).toEqual({ version: 1, feature_count: 1_000 });
        expect(await query('select count(*)::int as rows from org_transport.crowded')).toEqual([{ rows: 1_000 }]);
        expect(await query(`select table_name from information_schema.tables where table_name like 'import\\_%'`)).toEqual([]);
      });
      yutu = await yutu.again();
    });
});

/** Whether this process may mount a file system. */
function mayMount(): boolean {
  const path = mkdtempSync(join(tmpdir(), 'yutu-mount-'));
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', path]);
  if (status === 0) spawnSync('umount', [path]);
  rmdirSync(path);
  return status === 0;
}
