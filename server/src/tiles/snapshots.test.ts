import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cutTile, openSnapshot, SnapshotError, tileAt } from '@yutu/tiles';
import { afterAll, describe, expect, it } from 'vitest';
import type { Layer } from '../catalogue/layers.js';
import { exampleLayer } from '../catalogue/testing.js';
import type { Database } from '../db/database.js';
import { SnapshotFiles } from './files.js';
import { openBase } from './opened.js';
import { Snapshots, snapshotId } from './snapshots.js';

const root = mkdtempSync(join(tmpdir(), 'snapshots-'));
afterAll(() => rmSync(root, { recursive: true }));
let used = 0;
const folder = () => join(root, String(used++));
/** No process has it. */
const DEAD = 99_999_999;

/** A binary COPY of points (fid, wkb, six columns of which the first is filled). */
function copyOf(fids: readonly number[]): Buffer {
  const parts = [Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1'), Buffer.alloc(8)];
  for (const fid of fids) {
    const head = Buffer.alloc(2 + 4 + 8 + 4 + 21);
    head.writeInt16BE(8, 0);
    head.writeInt32BE(8, 2);
    head.writeBigInt64BE(BigInt(fid), 6);
    head.writeInt32BE(21, 14);
    head.writeUInt8(1, 18);
    head.writeUInt32LE(1, 19);
    head.writeDoubleLE(106.5 + (fid % 50) / 1000, 23);
    head.writeDoubleLE(29.5 + Math.floor(fid / 50) / 1000, 31);
    const text = Buffer.from(`code ${fid}`);
    const size = Buffer.alloc(4);
    size.writeInt32BE(text.length);
    parts.push(head, size, text, Buffer.alloc(5 * 4, 0xff));
  }
  return Buffer.concat([...parts, Buffer.from([0xff, 0xff])]);
}

/** A layer of points in a database that counts how often it is copied. */
function makeCity(id = 'parcels', version = 1) {
  const layer: Layer = { ...exampleLayer({ version }), id };
  const fids = Array.from({ length: 800 }, (_, i) => i + 1);
  const copies: string[] = [];
  const db = {
    query: async (sql: string) => {
      if (sql.includes('max(fid)')) return [{ max: fids.length }];
      if (sql.includes('from yutu.layer')) return [{ version: layer.version }];
      return [];
    },
    async *copyOut(select: string) {
      copies.push(select);
      yield copyOf(fids);
    },
  } as unknown as Database;
  return { layer, db, copies };
}

const TILE = tileAt(14, 106.51, 29.505);
const drawn = (layer: Layer, base: Parameters<typeof openBase>[1]) =>
  Buffer.from(cutTile(openBase(layer.id, base), TILE, { layerName: 'layer' }).bytes).toString('latin1');

describe('the snapshots', () => {
  it('are built once, stored, and read by the next process', async () => {
    const { layer, db, copies } = makeCity();
    const place = folder();
    const { base } = await new Snapshots(db, place).of(layer);
    expect(base).toMatchObject({ id: snapshotId(layer), version: 1, stored: true, size: base.bytes!.length });
    expect(copies.length).toBe(1);
    expect(copies[0]).toMatch(/where t\.fid > -1 order by t\.fid$/);
    const again = await new Snapshots(db, place).of(layer);
    expect(copies.length).toBe(1);
    expect(Buffer.compare(again.base.bytes!, base.bytes!)).toBe(0);
    expect(readdirSync(place).sort()).toEqual([`${base.id}.snapshot`]);
  });

  it('of a new version take the place of the old', async () => {
    const { layer, db } = makeCity();
    const place = folder();
    const snapshots = new Snapshots(db, place);
    await snapshots.of(layer);
    layer.version = 2;
    await snapshots.of(layer);
    expect(readdirSync(place).filter((f) => f.includes('@'))).toEqual([`${snapshotId(layer)}.snapshot`]);
  });

  it('beyond the memory stay in their files, those asked for last in memory', async () => {
    const cities = ['a', 'b', 'c'].map((id) => makeCity(id));
    const place = folder();
    const size = (await new Snapshots(cities[0]!.db, folder()).of(cities[0]!.layer)).base.size;
    const snapshots = new Snapshots(cities[0]!.db, place, 2.5 * size);
    for (const { layer } of cities) await snapshots.of(layer);
    const held = async () => (await snapshots.status()).flatMap((s) => (s.inMemory ? [s.layer] : [])).sort();
    expect(await held()).toEqual(['b', 'c']);
    expect((await snapshots.sizes()).bytes).toBe(2 * size);
    const inFile = await snapshots.of(cities[0]!.layer);
    expect(inFile.base.bytes).toBeNull();
    const inMemory = await snapshots.of(cities[1]!.layer);
    const expected = drawn(cities[1]!.layer, inMemory.base);
    expect(expected.length).toBeGreaterThan(1_000);
    expect(drawn(cities[0]!.layer, inFile.base)).toBe(expected);
  });

  it('larger than the memory are read page by page from the start', async () => {
    const { layer, db, copies } = makeCity();
    const place = folder();
    const first = (await new Snapshots(db, place, 0).of(layer)).base;
    const second = (await new Snapshots(db, place, 0).of(layer)).base;
    expect([first.bytes, second.bytes, copies.length]).toEqual([null, null, 1]);
    expect(drawn(layer, second)).toContain('code 1');
  });

  it('on a disk that takes nothing are kept in memory', async () => {
    const { layer, db } = makeCity();
    const place = folder();
    writeFileSync(place, 'no folder');
    const { base } = await new Snapshots(db, place, 0).of(layer);
    expect([base.stored, base.bytes === null]).toEqual([false, false]);
    expect(drawn(layer, base)).toContain('code 1');
  });

  it.each([0, 1e9])('that turn out damaged when a page is read are built anew, with %i bytes of memory', async (memory) => {
    const { layer, db, copies } = makeCity();
    const place = folder();
    const expected = drawn(layer, (await new Snapshots(db, place).of(layer)).base);
    const file = join(place, `${snapshotId(layer)}.snapshot`);
    const bytes = new Uint8Array(readFileSync(file));
    const page = openSnapshot(bytes).band(14).page(0).bytes;
    page[page.length / 2]! ^= 1;
    writeFileSync(file, bytes);
    const snapshots = new Snapshots(db, place, memory);
    const { base } = await snapshots.of(layer);
    expect(copies.length).toBe(1);
    // as another base: this thread has the good one open
    expect(() => drawn({ ...layer, id: `other ${memory}` }, base)).toThrow(SnapshotError);
    await snapshots.damaged(layer.id, base.id);
    const mended = (await snapshots.of(layer)).base;
    expect(copies.length).toBe(2);
    expect(drawn({ ...layer, id: `mended ${memory}` }, mended)).toBe(expected);
    // late word of damage that is mended already changes nothing
    await snapshots.damaged(layer.id, 'parcels@0-00');
    expect((await snapshots.of(layer)).base.id).toBe(mended.id);
  });

  it('that are cut off or changed in their header or index are built anew', async () => {
    const { layer, db, copies } = makeCity();
    const place = folder();
    await new Snapshots(db, place).of(layer);
    const file = join(place, `${snapshotId(layer)}.snapshot`);
    const whole = readFileSync(file);
    let builds = 1;
    for (const spoil of [
      () => truncateSync(file, whole.length - 100),
      () => truncateSync(file, 0),
      () =>
        writeFileSync(
          file,
          whole.map((byte, i) => (i === 9 ? byte ^ 1 : byte)),
        ),
      () =>
        writeFileSync(
          file,
          whole.map((byte, i) => (i === whole.length - 50 ? byte ^ 1 : byte)),
        ),
    ]) {
      for (const memory of [0, 1e9]) {
        spoil();
        await new Snapshots(db, place, memory).of(layer);
        expect(copies.length).toBe(++builds);
        expect(Buffer.compare(readFileSync(file), whole)).toBe(0);
      }
    }
  });
});

describe('the folder of snapshots', () => {
  it('is rid of what killed processes and gone layers left, and keeps the rest', async () => {
    const place = folder();
    const files = new SnapshotFiles(place);
    mkdirSync(join(place, 'scratch', `gone@1-ab.${DEAD}`), { recursive: true });
    mkdirSync(join(place, 'scratch', `kept@1-ab.${DEAD}`));
    mkdirSync(join(place, 'scratch', `gone@1-ab.${process.ppid}`));
    const parts = [DEAD, process.pid, process.ppid].map((pid) => `kept@2-ab.snapshot.${pid}.part`);
    for (const name of ['gone@1-ab.snapshot', 'kept@1-ab.snapshot', ...parts]) writeFileSync(join(place, name), '');
    await files.sweep(new Set(['kept']));
    expect(readdirSync(place).sort()).toEqual(['kept@1-ab.snapshot', parts[2], 'scratch']);
    expect(readdirSync(join(place, 'scratch')).sort()).toEqual([`gone@1-ab.${process.ppid}`, `kept@1-ab.${DEAD}`].sort());
  });

  it('hands on the rows a killed build had sorted, if their version will do', async () => {
    const place = folder();
    const files = new SnapshotFiles(place);
    const left = (name: string) => join(place, 'scratch', name);
    mkdirSync(left(`a@3-ab.${DEAD}`), { recursive: true });
    mkdirSync(left(`a@3-cd.${DEAD}`));
    mkdirSync(left(`b@3-ab.${DEAD}`));
    const found = await files.scratch({ layer: 'a', version: 5, shape: 'ab' }, async (version) => version === 3);
    expect(found).toEqual({ folder: left(`a@3-ab.${process.pid}`), version: 3 });
    expect(readdirSync(join(place, 'scratch')).sort()).toEqual([`a@3-ab.${process.pid}`, `b@3-ab.${DEAD}`]);
    const anew = await files.scratch({ layer: 'a', version: 6, shape: 'ab' }, async () => false);
    expect(anew).toEqual({ folder: left(`a@6-ab.${process.pid}`), version: 6 });
    expect(existsSync(found.folder)).toBe(false);
  });
});
