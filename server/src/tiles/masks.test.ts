import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { View, ViewSet } from '../access/view.js';
import { exampleLayer } from '../catalogue/testing.js';
import type { CopyLimits, Database } from '../db/database.js';
import { Masks } from './masks.js';
import { Outdated } from './snapshots.js';

const MEMBERS = 1_000;
/** A binary COPY of members (fid, bits, whole), all whole. */
function members(): Buffer {
  const parts = [Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1'), Buffer.alloc(8)];
  for (let fid = 1; fid <= MEMBERS; fid++) {
    const row = Buffer.alloc(2 + 12 + 8 + 5);
    row.writeInt16BE(3, 0);
    row.writeInt32BE(8, 2);
    row.writeBigInt64BE(BigInt(fid), 6);
    row.writeInt32BE(4, 14);
    row.writeInt32BE(1, 18);
    row.writeInt32BE(1, 22);
    row.writeInt8(1, 26);
    parts.push(row);
  }
  return Buffer.concat([...parts, Buffer.from([0xff, 0xff])]);
}

const layer = exampleLayer();
const setOf = (key: string, area = true, grants: string[] = []): ViewSet => ({
  key,
  grants,
  reach: 0,
  leftOut: 0,
  at: () => setOf(key, area),
  views: [
    {
      actions: new Set(['view']),
      fields: new Map(),
      rows: null,
      area: area ? { id: key, hash: key } : null,
      precision: null,
    } as unknown as View,
  ],
});

function masksOf(bytes: number, wanted: (set: ViewSet) => boolean = () => true) {
  const state = {
    running: 0,
    copyMs: 5,
    most: 0,
    copies: 0,
    version: 1,
    edits: true,
    asked: [] as string[],
    limits: [] as unknown[],
    forgotten: [] as string[],
  };
  const edit = (version: number) => ({ version, fid: 7, oldBox: null, newBox: null });
  const db = {
    query: async (sql: string, [, from, to]: number[] = []) => {
      if (sql.includes('max(fid)')) return [{ max: MEMBERS }];
      if (!sql.includes('.change')) return [{ version: state.version }];
      return state.edits ? Array.from({ length: to! - from! }, (_, i) => edit(from! + 1 + i)) : [];
    },
    async *copyOut(sql: string, _key: unknown, { signal, timeoutMs }: CopyLimits = {}) {
      state.limits.push(timeoutMs);
      state.copies++;
      state.asked.push(sql);
      state.most = Math.max(state.most, ++state.running);
      await sleep(state.copyMs, null, { signal }).finally(() => state.running--);
      yield members();
    },
  } as unknown as Database;
  const forget = (id: string) => void state.forgotten.push(id.slice(id.indexOf('/') + 1));
  return { masks: new Masks(db, { bytes, threads: 3, forget, wanted }), state };
}
/** 13 bytes a member shared, 16 on each of three threads, and 2,000 for itself. */
const SIZE = 2_000 + MEMBERS * (13 + 3 * 16);

describe('masks', () => {
  it('keep within their bytes: the one used longest ago goes, on all threads, and is made again', async () => {
    const { masks, state } = masksOf(3 * SIZE);
    for (const key of ['a', 'b', 'c']) await masks.of(layer, setOf(key));
    expect([masks.bytes, state.copies, state.forgotten]).toEqual([3 * SIZE, 3, []]);
    const a = masks.of(layer, setOf('a'));
    expect(masks.of(layer, setOf('a'))).toBe(a);
    await masks.of(layer, setOf('d'));
    expect([masks.bytes, state.copies, state.forgotten]).toEqual([3 * SIZE, 4, ['b']]);
    expect((await masks.of(layer, setOf('b'))).mask.members!.fids.length).toBe(MEMBERS);
    expect([state.copies, state.forgotten]).toEqual([5, ['b', 'c']]);
  });

  it('larger than all their bytes are kept alone, not made for every tile', async () => {
    const { masks, state } = masksOf(SIZE / 2);
    for (let i = 0; i < 5; i++) await masks.of(layer, setOf('a'));
    expect([state.copies, masks.bytes]).toEqual([1, SIZE / 2]);
    await masks.of(layer, setOf('b'));
    expect([state.copies, state.forgotten]).toEqual([2, ['a']]);
  });

  it('are made two at a time, each once for all who ask; without an area they wait for nobody', async () => {
    const { masks, state } = masksOf(1e9);
    const asked = ['a', 'b', 'c', 'd', 'e', 'a', 'b'].map((key) => masks.of(layer, setOf(key)));
    expect((await masks.of(layer, setOf('open', false))).mask.members).toBeNull();
    expect(state.copies).toBeLessThan(5);
    await Promise.all(asked);
    expect([state.copies, state.most]).toEqual([5, 2]);
    expect(new Set(state.limits)).toEqual(new Set([300_000]));
  });

  it('after an edit ask for the edited features only, and are made anew after an import', async () => {
    const { masks, state } = masksOf(1e9);
    const at = async (version: number) => {
      state.version = version;
      return masks.of({ ...layer, version }, setOf('a'));
    };
    const first = await at(1);
    expect(first.patch).toBeNull();
    const edited = await at(3);
    expect(edited.mask).toBe(first.mask);
    expect([...edited.patch!.edited]).toEqual([7]);
    expect([edited.version, state.copies]).toEqual([1, 2]);
    expect(state.asked[0]).not.toContain('c.version');
    expect(state.asked[1]).toMatch(/t\.fid in \(select .* c\.version > 1 and c\.version <= 3/s);
    state.edits = false;
    const anew = await at(4);
    expect([anew.version, anew.patch, state.copies]).toEqual([4, null, 3]);
    expect(masks.baseVersion({ ...layer, version: 4 }, setOf('a'))).toBe(4);
  });

  it('made while edits come in are not used for the old state, and not made again for the new one', async () => {
    const { masks, state } = masksOf(1e9);
    state.version = 2;
    await expect(masks.of(layer, setOf('a'))).rejects.toThrow(Outdated);
    const { version, patch } = await masks.of({ ...layer, version: 2 }, setOf('a'));
    expect([version, [...patch!.edited]]).toEqual([1, [7]]);
    expect(state.asked[1]).toContain('c.version > 1');
  });

  it('that nobody may have any more are given up, running or waiting; who waits is to ask again', async () => {
    const revoked = new Set<string>();
    const { masks, state } = masksOf(1e9, ({ grants }) => grants.every((id) => !revoked.has(id)));
    state.copyMs = 60_000;
    const asked = ['a', 'b', 'c'].map((key) => masks.of(layer, setOf(key, true, [key])));
    await sleep(20);
    expect([state.running, state.copies]).toEqual([2, 2]);
    for (const key of ['a', 'b', 'c']) revoked.add(key);
    for (const answer of asked) await expect(answer).rejects.toThrow(Outdated);
    expect([state.running, state.copies]).toEqual([0, 2]);
  });

  it('are made on for others who have the same by a grant that stands', async () => {
    const revoked = new Set<string>();
    const { masks, state } = masksOf(1e9, ({ grants }) => grants.every((id) => !revoked.has(id)));
    state.copyMs = 1_500;
    const one = masks.of(layer, setOf('a', true, ['first']));
    const other = masks.of(layer, setOf('a', true, ['second']));
    revoked.add('first');
    expect((await other).mask.members!.fids.length).toBe(MEMBERS);
    expect([await one, state.copies]).toEqual([await other, 1]);
  });
});
