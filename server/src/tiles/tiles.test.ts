import { SnapshotBuilder, tileAt } from '@yutu/tiles';
import { afterEach, describe, expect, it } from 'vitest';
import type { View, ViewSet } from '../access/view.js';
import type { Layer } from '../catalogue/layers.js';
import { exampleLayer } from '../catalogue/testing.js';
import type { Database } from '../db/database.js';
import { tileColumns } from './build.js';
import { unpack } from './encoding.js';
import type { Base } from './snapshots.js';
import { type TileOptions, Tiles } from './tiles.js';

const opened: Tiles[] = [];
afterEach(() => Promise.all(opened.splice(0).map((t) => t.close())));

const set: ViewSet = {
  key: 'k',
  grants: [],
  reach: 0,
  leftOut: 0,
  at: () => set,
  views: [
    {
      actions: new Set(['view']),
      fields: new Map([['code', 'value']]),
      rows: null,
      area: null,
      precision: null,
    } as unknown as View,
  ],
};
const TILE = tileAt(14, 106.501, 29.501);

function point(lon: number, lat: number): Uint8Array {
  const wkb = Buffer.alloc(21);
  wkb.writeUInt8(1, 0);
  wkb.writeUInt32LE(1, 1);
  wkb.writeDoubleLE(lon, 5);
  wkb.writeDoubleLE(lat, 13);
  return wkb;
}

function baseOf(layer: Layer, count = 40): Base {
  const columns = tileColumns(layer);
  const builder = new SnapshotBuilder({ columns, crs: 'lonlat' });
  for (let i = 1; i <= count; i++)
    builder.add(i, point(106.5 + i / 100_000, 29.5 + i / 100_000), [`${layer.id} ${i}`, ...columns.slice(1).map(() => null)]);
  const bytes = builder.finish();
  return { id: `${layer.id}@1-x`, version: 1, shape: 'x', bytes, file: '' } as Base;
}

/** Tiles over snapshots that are given, of layers without areas: no database is asked. */
function tilesOf(given: Record<string, () => Promise<Base>>, options: Partial<TileOptions> = {}) {
  const tiles = new Tiles({} as Database, {
    folder: '/nowhere',
    workers: 1,
    snapshotBytes: 1e9,
    cacheBytes: 1e6,
    maskBytes: 1e6,
    queue: 10,
    patienceMs: 1_000,
    provisionalMs: 60_000,
    wanted: () => true,
    ...options,
  });
  opened.push(tiles);
  const loaded = new Map<string, Promise<{ base: Base; overlay: null; exact: boolean }>>();
  tiles.snapshots.of = ({ id }) => {
    const known = loaded.get(id) ?? given[id]!().then((base) => ({ base, overlay: null, exact: true }));
    loaded.set(id, known);
    return known;
  };
  tiles.snapshots.damaged = async (id) => void loaded.delete(id);
  return tiles;
}
const layer = exampleLayer();
const other: Layer = { ...exampleLayer(), id: 'other' };
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');

describe('a tile', () => {
  it('is cut once for all who wait and kept under its key', async () => {
    const tiles = tilesOf({ parcels: async () => baseOf(layer) });
    const one = tiles.cut([{ layer, set }], TILE, 'identity');
    const two = tiles.cut([{ layer, set }], TILE, 'identity');
    expect(two).toBe(one);
    const tile = (await one.promise)!;
    expect([tile.shares[0]!.features, tiles.counts.misses]).toEqual([40, 1]);
    expect(text(tile.bytes)).toContain('parcels 40');
    expect(tiles.peek(tiles.keyOf([{ layer, set }], TILE, 'identity'))).toBe(tile);
    const packed = (await tiles.cut([{ layer, set }], TILE, 'gzip').promise)!;
    expect([packed.encoding, packed.etag]).toEqual(['gzip', tile.etag]);
    expect(text(unpack(packed.bytes, 'gzip'))).toBe(text(tile.bytes));
  });

  it('that is light is cut in the turn it is asked for once snapshot and mask are there, and only then', async () => {
    const tiles = tilesOf({ parcels: async () => baseOf(layer), other: async () => baseOf(other, 2_000) });
    const parts = [{ layer, set }];
    const now = (of: typeof parts, tile = TILE) => tiles.now(tiles.keyOf(of, tile, 'identity'), of, tile, 'identity');
    expect(now(parts)).toBeUndefined();
    const tile = (await tiles.cut(parts, TILE, 'identity').promise)!;
    const packed = tiles.now(tiles.keyOf(parts, TILE, 'gzip'), parts, TILE, 'gzip')!;
    expect([packed.etag, packed.shares[0]!.features, text(unpack(packed.bytes, packed.encoding))]).toEqual([
      tile.etag,
      40,
      text(tile.bytes),
    ]);
    expect(tiles.peek(tiles.keyOf(parts, TILE, 'gzip'))).toBe(packed);
    expect(tiles.counts.misses).toBe(2);
    // a heavy one is a worker's, several layers wait for one another
    const heavy = [{ layer: other, set }];
    await tiles.cut(heavy, { ...TILE, x: TILE.x + 50 }, 'identity').promise; // light: nothing is there
    expect(now(heavy)).toBeUndefined();
    expect(now([...parts, ...parts])).toBeUndefined();
  });

  it('of a damaged snapshot is cut from the one that is built in its place', async () => {
    const bad = baseOf(layer);
    const { bytes } = bad;
    bytes![Math.floor(bytes!.length / 2)]! ^= 1;
    const bases = [bad, baseOf(layer)];
    const tiles = tilesOf({ parcels: async () => bases.shift()! });
    const tile = (await tiles.cut([{ layer, set }], TILE, 'identity').promise)!;
    expect([tile.shares[0]!.features, bases.length]).toEqual([40, 0]);
    const hopeless = tilesOf({ parcels: async () => bad });
    await expect(hopeless.cut([{ layer, set }], TILE, 'identity').promise).rejects.toThrow('damaged twice');
  });

  it('beyond the limit is refused while others are under way, and not afterwards', async () => {
    let ready: (base: Base) => void = () => {};
    const tiles = tilesOf({ parcels: () => new Promise((resolve) => (ready = resolve)) }, { queue: 1 });
    const first = tiles.cut([{ layer, set }], TILE, 'identity');
    const next = { ...TILE, x: TILE.x + 1 };
    expect(() => tiles.cut([{ layer, set }], next, 'identity')).toThrow(expect.objectContaining({ code: 'overloaded' }));
    expect([tiles.state.underWay, tiles.state.refused]).toEqual([1, 1]);
    ready(baseOf(layer));
    await first.promise;
    expect((await tiles.cut([{ layer, set }], next, 'identity').promise)!.status).toBe(204);
    expect(tiles.state.underWay).toBe(0);
  });

  it('of several layers is theirs one after the other', async () => {
    const tiles = tilesOf({ parcels: async () => baseOf(layer), other: async () => baseOf(other, 7) });
    const parts = [
      { layer: other, set },
      { layer, set },
    ];
    const tile = (await tiles.cut(parts, TILE, 'identity').promise)!;
    const alone = await Promise.all(parts.map((part) => tiles.cut([part], TILE, 'identity').promise));
    expect(text(tile.bytes)).toBe(alone.map((t) => text(t!.bytes)).join(''));
    expect(tile.shares.map((s) => s.features)).toEqual([7, 40]);
    expect(tiles.peek(tiles.keyOf(parts, TILE, 'identity'))).toBe(tile);
    expect(tiles.peek(tiles.keyOf(parts.toReversed(), TILE, 'identity'))).toBeUndefined();
  });

  it('leaves the cache when there is no room', async () => {
    const tiles = tilesOf({ parcels: async () => baseOf(layer) }, { cacheBytes: 10_000 });
    for (let z = 10; z <= 22; z++) await tiles.cut([{ layer, set }], tileAt(z, 106.5001, 29.5001), 'identity').promise;
    expect(tiles.state.cacheBytes).toBeLessThanOrEqual(10_000);
    expect(tiles.state.cacheTiles).toBeGreaterThan(1);
    expect(tiles.state.cacheTiles).toBeLessThan(13);
  });
});

describe('the counts of a layer’s zooms', () => {
  it('are told once its snapshot is in use, and add up', async () => {
    const tiles = tilesOf({ parcels: async () => baseOf(layer) });
    expect(await tiles.zoomCounts(layer)).toBeNull();
    await tiles.cut([{ layer, set }], TILE, 'identity').promise;
    const counts = (await tiles.zoomCounts(layer))!;
    expect(counts.map((c) => c.zoom)).toEqual(Array.from({ length: 14 }, (_, z) => z));
    for (const { full, reduced, hidden } of counts) expect(full + reduced + hidden).toBe(40);
  });
});
