import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import type { Column } from '../column.js';
import { cutTile } from '../cut/cut.js';
import { decode, inspect, type TestFeature, unitToLonLat } from '../testing/tiles.js';
import { type Position, type TestGeometry, writeWkb } from '../testing/wkb.js';
import { type TileCoord, tileCoord } from '../tile.js';
import { type BuildPhase, SnapshotBuilder, type SnapshotOptions } from './builder.js';
import { SnapshotError } from './format.js';
import { openSnapshot, openSnapshotFile, type Snapshot } from './snapshot.js';
import { PageCache } from './source.js';

const folder = mkdtempSync(join(tmpdir(), 'builder-'));
afterAll(() => rmSync(folder, { recursive: true }));
let used = 0;
const fresh = (name: string) => join(folder, `${name}-${used++}`);

const COLUMNS: Column[] = [
  { name: 'kind', type: 'text' },
  { name: 'n', type: 'integer' },
];
/** A town that spreads over a tile of zoom 10: parcels that share borders, streets, points and mixed collections. */
const TILE = tileCoord(10, 815, 423);
const at = (x: number, y: number): Position => unitToLonLat(TILE, x, y);
function geometryOf(n: number): TestGeometry {
  const [x, y] = [(n % 40) * 90 + 0.7 * (n % 7), Math.floor(n / 40) * 80];
  const ring = [at(x, y), at(x + 45, y + 3 + (n % 5)), at(x + 90, y), at(x + 90, y + 80), at(x, y + 80), at(x, y)];
  if (n % 11 === 3) return { type: 'LineString', coordinates: ring.slice(0, 4) };
  if (n % 13 === 5) return { type: 'Point', coordinates: at(x, y) };
  if (n % 17 === 1)
    return {
      type: 'GeometryCollection',
      geometries: [
        { type: 'Point', coordinates: at(x + 45, y + 40) },
        { type: 'Polygon', coordinates: [ring] },
      ],
    };
  return { type: 'Polygon', coordinates: [ring] };
}
const town = (count: number): TestFeature[] =>
  Array.from({ length: count }, (_, fid) => ({ fid, geometry: geometryOf(fid), values: [`kind ${fid % 9}`, fid % 5 || null] }));

/** Small enough that a town of a few hundred goes to disk in many runs. */
const TINY = 16_000;

function build(features: readonly TestFeature[], options: Partial<SnapshotOptions> = {}): Uint8Array {
  const builder = new SnapshotBuilder({ columns: COLUMNS, crs: 'lonlat', ...options });
  for (const { fid, geometry, values = [] } of features) builder.add(fid, geometry && writeWkb(geometry), values);
  return builder.finish();
}

/** Builds until `killed` throws in a phase; what is in the scratch folder then is all that is left. */
function buildUntil(phase: BuildPhase, features: readonly TestFeature[], scratch: string): void {
  const progress = (now: { phase: BuildPhase }) => {
    if (now.phase === phase) throw new Error('killed');
  };
  expect(() => build(features, { scratch, memory: TINY, progress })).toThrow('killed');
}

describe('a builder', () => {
  it('makes the same bytes in whatever order rows come', () => {
    const features = town(300);
    const expected = build(features);
    fc.assert(
      fc.property(fc.shuffledSubarray(features, { minLength: 300 }), (shuffled) => {
        expect(Buffer.compare(build(shuffled), expected)).toBe(0);
      }),
      { numRuns: 5 },
    );
  });

  it('makes the same bytes from sorted runs on disk as in memory, and clears up', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 900 }), fc.integer({ min: 4_000, max: 60_000 }), (count, memory) => {
        const features = town(count);
        const scratch = fresh('scratch');
        let phases = new Set<BuildPhase>();
        const streamed = build(features, { scratch, memory, progress: ({ phase }) => (phases = phases.add(phase)) });
        expect(Buffer.compare(streamed, build(features))).toBe(0);
        expect(existsSync(scratch)).toBe(false);
        if (count > 0) expect([...phases]).toEqual(['rows', 'merge', 'share', 'detail', 'pages']);
      }),
      { numRuns: 12 },
    );
  });

  it('leaves shared points to the disk, though the rows fit into memory', () => {
    const zigzag = (y: number): TestFeature => ({
      fid: y,
      geometry: { type: 'LineString', coordinates: Array.from({ length: 500 }, (_, i) => at(8 * i, y + 90 * (i % 2))) },
      values: ['way', y],
    });
    const ways = [zigzag(0), zigzag(90)];
    const scratch = fresh('points');
    const files = new Set<string>();
    const progress = ({ phase }: { phase: BuildPhase }) => {
      if (phase === 'share') for (const name of readdirSync(scratch)) files.add(name);
    };
    expect(build(ways, { scratch, memory: TINY, progress })).toEqual(build(ways));
    expect([...files].sort()).toEqual(['points-0', 'points-1', 'points-2', 'points-3']);
    expect(existsSync(scratch)).toBe(false);
  });

  it('writes nothing to disk below its memory', () => {
    const scratch = fresh('scratch');
    const builder = new SnapshotBuilder({ columns: COLUMNS, crs: 'lonlat', scratch });
    for (const { fid, geometry, values } of town(50)) builder.add(fid, writeWkb(geometry!), values!);
    builder.finish();
    expect(existsSync(scratch)).toBe(false);
  });

  it('goes on after a kill, wherever it came', () => {
    const features = town(800);
    const expected = build(features);
    for (const phase of ['merge', 'share', 'detail', 'pages'] as const) {
      const scratch = fresh('scratch');
      buildUntil(phase, features, scratch);
      const builder = new SnapshotBuilder({ columns: COLUMNS, crs: 'lonlat', scratch, memory: TINY });
      const after = builder.resumeAfter;
      if (phase === 'merge') expect(after).toBe(799);
      else expect(after).toBe(Number.POSITIVE_INFINITY);
      expect(builder.report.features).toBe(800);
      expect(Buffer.compare(builder.finish(), expected)).toBe(0);
      expect(existsSync(scratch)).toBe(false);
    }
  });

  it('goes on after a kill among the rows, with those that are not on disk yet', () => {
    const features = town(800);
    const scratch = fresh('scratch');
    const first = new SnapshotBuilder({ columns: COLUMNS, crs: 'lonlat', scratch, memory: TINY });
    for (const { fid, geometry, values } of features.slice(0, 500)) first.add(fid, writeWkb(geometry!), values!);
    const second = new SnapshotBuilder({ columns: COLUMNS, crs: 'lonlat', scratch, memory: TINY });
    const after = second.resumeAfter;
    expect(after).toBeGreaterThan(300);
    expect(after).toBeLessThan(500);
    for (const { fid, geometry, values } of features) if (fid > after) second.add(fid, writeWkb(geometry!), values!);
    expect(second.report.features).toBe(800);
    expect(Buffer.compare(second.finish(), build(features))).toBe(0);
  });

  it('begins anew over a folder that does not fit or cannot be resumed', () => {
    const features = town(300);
    const scratch = fresh('scratch');
    buildUntil('merge', features, scratch);
    const others = new SnapshotBuilder({ columns: COLUMNS.slice(1), crs: 'lonlat', scratch });
    expect([others.resumeAfter, existsSync(scratch)]).toEqual([-1, false]);
    buildUntil('merge', [...features].reverse(), scratch);
    expect(new SnapshotBuilder({ columns: COLUMNS, crs: 'lonlat', scratch }).resumeAfter).toBe(-1);
    buildUntil('merge', features, scratch);
    writeFileSync(join(scratch, 'manifest.json'), '{"runs":');
    expect(Buffer.compare(build(features, { scratch, memory: TINY }), build(features))).toBe(0);
  });

  it('stops when it is told to, and leaves nothing', () => {
    const scratch = fresh('scratch');
    const signal = { aborted: false };
    const progress = ({ phase }: { phase: BuildPhase }) => {
      if (phase === 'merge') signal.aborted = true;
    };
    expect(() => build(town(5_000), { scratch, memory: TINY, signal, progress })).toThrow(/cancelled/);
    expect(existsSync(scratch)).toBe(false);
  });

  it('writes a file that is no snapshot before it is whole', () => {
    const features = town(700);
    const [whole, half] = [fresh('whole'), fresh('half')];
    const finish = (file: string, fail: boolean) => {
      const progress = ({ phase }: { phase: BuildPhase }) => {
        if (fail && phase === 'pages') throw new Error('killed');
      };
      const builder = new SnapshotBuilder({ columns: COLUMNS, crs: 'lonlat', progress });
      for (const { fid, geometry, values } of features) builder.add(fid, writeWkb(geometry!), values!);
      builder.finishFile(file);
    };
    finish(whole, false);
    expect(Buffer.compare(readFileSync(whole), build(features))).toBe(0);
    expect(() => finish(half, true)).toThrow('killed');
    expect(() => openSnapshotFile(half, new PageCache(1e6))).toThrow(SnapshotError);
  });
});

/** Tiles of all zooms around the town. */
const tiles = Array.from({ length: 17 }, (_, z) => {
  const shift = 2 ** (z - 10);
  return [0, 0.3, 0.9].map((d) => tileCoord(z, Math.floor((815 + d) * shift), Math.floor((423 + d) * shift)));
}).flat();
/** A tile's bytes as text: much faster to compare. */
const cut = (snapshot: Snapshot, tile: TileCoord) =>
  Buffer.from(cutTile(snapshot, tile, { layerName: 'layer' }).bytes).toString('latin1');
const cutAll = (snapshot: Snapshot) => tiles.map((tile) => cut(snapshot, tile));

describe('a snapshot in a file', () => {
  const bytes = build(town(1_500));
  const file = fresh('snapshot');
  writeFileSync(file, bytes);
  const expected = cutAll(openSnapshot(bytes));

  it.each([0, 20_000, 1e9])('gives the same tiles as in memory, with a cache of %i bytes', (budget) => {
    const cache = new PageCache(budget);
    const [one, other] = [openSnapshotFile(file, cache), openSnapshotFile(file, cache)];
    for (let round = 0; round < 2; round++) {
      expect(cutAll(one)).toEqual(expected);
      expect(cutAll(other)).toEqual(expected);
      const largest = Math.max(...[...one.rows()].map(({ page }) => page.bytes.length));
      expect(cache.bytes).toBeGreaterThan(0);
      expect(cache.bytes).toBeLessThanOrEqual(Math.max(budget, largest));
    }
    one.close();
    other.close();
    expect(cache.bytes).toBe(0);
  });

  it('is read on when the file is replaced', () => {
    const name = fresh('replaced');
    writeFileSync(name, bytes);
    const snapshot = openSnapshotFile(name, new PageCache(0));
    rmSync(name);
    expect(cutAll(snapshot)).toEqual(expected);
    snapshot.close();
    expect(() => openSnapshotFile(name, new PageCache(0))).toThrow(SnapshotError);
  });

  it('says which page is damaged when that page is read, and draws the others', () => {
    const number = Math.floor(openSnapshot(bytes).band(14).pages / 2);
    const { byteOffset, length } = openSnapshot(bytes).band(14).page(number).bytes;
    const damaged = Uint8Array.from(bytes);
    damaged[byteOffset - bytes.byteOffset + Math.floor(length / 2)]! ^= 4;
    const name = fresh('damaged');
    writeFileSync(name, damaged);
    expect(() => openSnapshot(damaged)).toThrow(SnapshotError);
    for (const snapshot of [openSnapshot(damaged, { verify: false }), openSnapshotFile(name, new PageCache(1e9))]) {
      expect(() => snapshot.verify()).toThrow(SnapshotError);
      let thrown = 0;
      tiles.forEach((tile, i) => {
        try {
          expect(cut(snapshot, tile)).toBe(expected[i]);
        } catch (error) {
          expect(error).toBeInstanceOf(SnapshotError);
          thrown++;
        }
      });
      expect(thrown).toBeGreaterThan(0);
      expect(thrown).toBeLessThan(tiles.length);
    }
  });

  it('is refused when any part of its index is damaged', () => {
    const damaged = Uint8Array.from(bytes);
    const pages = openSnapshot(bytes).bands.flatMap((band) => Array.from({ length: band.pages }, (_, i) => band.page(i).bytes));
    const end = Math.max(...pages.map(({ byteOffset, length }) => byteOffset + length)) - bytes.byteOffset;
    expect(damaged.length - end).toBeGreaterThan(1_000);
    for (let i = damaged.length - 1; i >= end; i -= 3) {
      damaged[i]! ^= 1;
      expect(() => openSnapshot(damaged, { verify: false })).toThrow(SnapshotError);
      damaged[i]! ^= 1;
    }
  });
});

describe('a column of very many values', () => {
  const columns: Column[] = [
    { name: 'name', type: 'text' },
    { name: 'kind', type: 'text' },
    { name: 'other', type: 'text' },
  ];
  const count = 80_000;
  const near = tileCoord(15, 26080, 13540);
  const builder = (options: Partial<SnapshotOptions> = {}) => {
    const made = new SnapshotBuilder({ columns, crs: 'lonlat', ...options });
    for (let fid = 0; fid < count; fid++) {
      const [lon, lat] = unitToLonLat(near, (fid % 300) * 100, Math.floor(fid / 300) * 100);
      // every second name repeats elsewhere, under another column too
      const wkb = writeWkb({ type: 'Point', coordinates: [lon, lat] });
      made.add(fid, wkb, [fid % 7 === 0 ? null : `name ${fid}`, `kind ${fid % 3}`, `name ${fid - (fid % 2)}`]);
    }
    return made;
  };

  it('keeps its values in the pages, and a tile holds each once', () => {
    const bytes = builder().finish();
    const snapshot = openSnapshot(bytes);
    expect([...snapshot.local]).toEqual([1, 0, 0]);
    const tile = cutTile(snapshot, near, { layerName: 'layer' }).bytes;
    const features = decode(tile);
    expect(features.length).toBeGreaterThan(1_500);
    for (const { id, properties } of features) {
      const name = id % 7 === 0 ? {} : { name: `name ${id}` };
      expect(properties).toEqual({ ...name, kind: `kind ${id % 3}`, other: `name ${id - (id % 2)}` });
    }
    const { values } = inspect(tile);
    expect(new Set(values).size).toBe(values.length);
    expect(Buffer.compare(builder({ scratch: fresh('scratch'), memory: 1_000_000 }).finish(), bytes)).toBe(0);
  });
});
