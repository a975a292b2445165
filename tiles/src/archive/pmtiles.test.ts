import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { PMTiles, zxyToTileId } from 'pmtiles';
import { describe, expect, it } from 'vitest';
import { cutTile } from '../cut/cut.js';
import { snapshotOf, type TestFeature } from '../testing/tiles.js';
import { type LonLatBox, type TileCoord, tileCoord } from '../tile.js';
import { tileAtPlace, tileId } from './hilbert-id.js';
import { mayHold, occupiedTiles } from './occupied.js';
import { type ArchiveNote, PmtilesWriter } from './pmtiles.js';

const tools = {
  gzip: (bytes: Uint8Array) => gzipSync(bytes),
  digest: (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('base64'),
};
const note: ArchiveNote = { bounds: [105, 28, 110, 32], minZoom: 0, maxZoom: 9, metadata: { name: '地块' } };

/** An archive in memory, and the reference reader over it. */
function archive() {
  let bytes = new Uint8Array(0);
  const sink = {
    write(part: Uint8Array, position: number) {
      if (position + part.length > bytes.length) {
        const grown = new Uint8Array(position + part.length);
        grown.set(bytes);
        bytes = grown;
      }
      bytes.set(part, position);
    },
  };
  const reader = new PMTiles({
    getKey: () => 'memory',
    getBytes: async (offset, length) => ({ data: bytes.slice(offset, offset + length).buffer }),
  });
  return { writer: new PmtilesWriter(sink, tools), reader, size: () => bytes.length, raw: () => bytes };
}
const text = (tile: TileCoord) => new TextEncoder().encode(`tile ${tile.z}/${tile.x}/${tile.y}`);
const get = async (reader: PMTiles, { z, x, y }: TileCoord) => {
  const found = await reader.getZxy(z, x, y);
  return found && new Uint8Array(found.data);
};
const anyTile = fc
  .integer({ min: 0, max: 22 })
  .chain((z) => fc.tuple(fc.constant(z), fc.nat(2 ** z - 1), fc.nat(2 ** z - 1)))
  .map(([z, x, y]) => tileCoord(z, x, y));

describe('the id of a tile', () => {
  it('is the reference reader’s, and leads back', () => {
    fc.assert(
      fc.property(anyTile, (tile) => {
        const id = tileId(tile);
        expect(id).toBe(zxyToTileId(tile.z, tile.x, tile.y));
        expect(tileAtPlace(tile.z, id - (4 ** tile.z - 1) / 3)).toEqual(tile);
      }),
    );
  });
});

describe('a PMTiles archive', () => {
  it('gives every tile back, and none that was not added', async () => {
    const { writer, reader, size } = archive();
    const kept: TileCoord[] = [];
    for (let z = 0; z <= 7; z++)
      for (let place = 0; place < 4 ** z; place++) {
        const tile = tileAtPlace(z, place);
        if (z === 7 && (tile.x + tile.y) % 3 === 0) continue;
        kept.push(tile);
        writer.add(tile, text(tile));
      }
    const report = writer.finish({ ...note, maxZoom: 7 });
    expect(report).toEqual({ tiles: kept.length, contents: kept.length, bytes: size() });
    const header = await reader.getHeader();
    expect(header).toMatchObject({
      specVersion: 3,
      clustered: true,
      internalCompression: 2,
      tileCompression: 2,
      tileType: 1,
      minZoom: 0,
      maxZoom: 7,
      minLon: 105,
      minLat: 28,
      maxLon: 110,
      maxLat: 32,
      centerLon: 107.5,
      centerLat: 30,
      numAddressedTiles: kept.length,
      numTileContents: kept.length,
    });
    expect(header.rootDirectoryOffset + header.rootDirectoryLength).toBeLessThan(16_384);
    // more than fit into the root
    expect(header.leafDirectoryLength).toBeGreaterThan(0);
    expect(await reader.getMetadata()).toEqual({ name: '地块' });
    for (const [i, tile] of kept.entries()) if (i % 9 === 0) expect(await get(reader, tile)).toEqual(text(tile));
    expect(await get(reader, { z: 7, x: 1, y: 2 })).toBeUndefined();
    expect(await get(reader, { z: 8, x: 1, y: 2 })).toBeUndefined();
  });

  it('stores equal tiles once, and runs of them as one entry', async () => {
    const { writer, reader, raw } = archive();
    const [sea, land] = [text({ z: 1, x: 0, y: 0 }), text({ z: 9, x: 9, y: 9 })];
    for (let place = 0; place < 64; place++) writer.add(tileAtPlace(3, place), place === 20 || place === 50 ? land : sea);
    const report = writer.finish(note);
    const header = await reader.getHeader();
    expect([report.tiles, report.contents]).toEqual([64, 2]);
    expect([header.numAddressedTiles, header.numTileEntries, header.numTileContents]).toEqual([64, 5, 2]);
    expect(header.leafDirectoryLength).toBe(0);
    const bytes = raw().slice(header.tileDataOffset, header.tileDataOffset + header.tileDataLength!);
    expect(gunzipSync(bytes).toString()).toBe('tile 1/0/0tile 9/9/9');
    expect(await get(reader, tileAtPlace(3, 50))).toEqual(land);
    expect(await get(reader, tileAtPlace(3, 49))).toEqual(sea);
  });

  it('is readable whatever tiles are in it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(anyTile, { selector: tileId, minLength: 1, maxLength: 60 }), async (tiles) => {
        const { writer, reader } = archive();
        const ordered = [...tiles].sort((a, b) => tileId(a) - tileId(b));
        for (const tile of ordered) writer.add(tile, text({ ...tile, y: tile.y % 2 }));
        writer.finish({ ...note, maxZoom: 22 });
        for (const tile of ordered) expect(await get(reader, tile)).toEqual(text({ ...tile, y: tile.y % 2 }));
      }),
      { numRuns: 50 },
    );
  });

  it('takes tiles in their order, each once and with bytes, and is never empty', () => {
    const { writer } = archive();
    expect(() => writer.finish(note)).toThrow(/without tiles/);
    writer.add({ z: 1, x: 0, y: 0 }, text({ z: 1, x: 0, y: 0 }));
    expect(() => writer.add({ z: 1, x: 0, y: 0 }, new Uint8Array([1]))).toThrow(/order/);
    expect(() => writer.add({ z: 0, x: 0, y: 0 }, new Uint8Array([1]))).toThrow(/order/);
    expect(() => writer.add({ z: 1, x: 1, y: 1 }, new Uint8Array(0))).toThrow(/without bytes/);
  });
});

describe('the tiles that hold something', () => {
  const point = (fid: number, lon: number, lat: number): TestFeature => ({
    fid,
    geometry: { type: 'Point', coordinates: [lon, lat] },
  });
  const box = (fid: number, [w, s, e, n]: LonLatBox): TestFeature => ({
    fid,
    geometry: {
      type: 'Polygon',
      coordinates: [
        [
          [w, s],
          [e, s],
          [e, n],
          [w, n],
          [w, s],
        ],
      ],
    },
  });
  const lon = fc.double({ min: -180, max: 180, noNaN: true });
  const lat = fc.double({ min: -85, max: 85, noNaN: true });

  it('are all there and in order, also for what is left out at low zooms and across the antimeridian', () => {
    const features = fc.array(
      fc.oneof(
        fc.tuple(lon, lat).map(([x, y]) => point(1, x, y)),
        fc
          .tuple(lon, lat, fc.double({ min: 1e-7, max: 40, noNaN: true }))
          .map(([x, y, size]) => box(1, [x, y, x + size, Math.min(89, y + size / 2)])),
      ),
      { minLength: 1, maxLength: 8 },
    );
    fc.assert(
      fc.property(features, (list) => {
        const snapshot = snapshotOf(list.map((feature, i) => ({ ...feature, fid: i + 1 })));
        for (let z = 0; z <= 4; z++) {
          const found = [...occupiedTiles((tile) => mayHold(snapshot, tile), z)].map(tileId);
          expect(found).toEqual([...found].sort((a, b) => a - b));
          const listed = new Set(found);
          for (let place = 0; place < 4 ** z; place++) {
            const tile = tileAtPlace(z, place);
            if (cutTile(snapshot, tile, { layerName: 'layer' }).features > 0) expect(listed).toContain(tileId(tile));
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it('are few where little is: the descent does not walk the whole world', () => {
    const snapshot = snapshotOf([point(1, 106.55, 29.56), point(2, 106.56, 29.57)]);
    let asked = 0;
    const holds = (tile: TileCoord) => {
      asked++;
      return mayHold(snapshot, tile);
    };
    expect([...occupiedTiles(holds, 16)].length).toBeLessThan(20);
    expect(asked).toBeLessThan(300);
  });

  it('keep to a box', () => {
    const snapshot = snapshotOf([box(1, [100, 20, 110, 30])]);
    const inside = [...occupiedTiles((tile) => mayHold(snapshot, tile), 8, [103, 24, 104, 25])];
    expect(inside.map(({ x, y }) => `${x}/${y}`).sort()).toEqual(['201/109', '201/110']);
  });
});
