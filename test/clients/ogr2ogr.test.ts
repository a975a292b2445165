import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PMTiles } from 'pmtiles';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, makeKey, scratch, signIn, startYutu, withKey, type Yutu, yutuCommand } from '../harness.js';
import { allItems, inner, parcelsGift, parcelsWish, revoke, share, vertices } from '../story.js';
import { tileAt, tileBox, tilePath } from '../tile.js';

/** Debian's GDAL reads what was granted: all of it, nothing else, with a key only. */
let yutu: Yutu;
let steward: Caller;
let key: string;
let otherKey: string;
let grant: string;
let folder: string;

beforeAll(async () => {
  yutu = await startYutu();
  const planner = await signIn(yutu, 'planner');
  steward = await signIn(yutu, 'steward');
  grant = await share(planner, steward, parcelsWish, parcelsGift);
  key = (await makeKey(planner, 'gdal')).key;
  otherKey = (await makeKey(await signIn(yutu, 'steward-water'), 'gdal')).key;
  folder = mkdtempSync(join(scratch(), 'gdal-'));
});
afterAll(async () => {
  if (folder) rmSync(folder, { recursive: true });
  await yutu?.remove();
});

function gdal(program: 'ogr2ogr' | 'ogrinfo', args: string[], config: Record<string, string> = {}) {
  const { status, stdout, stderr } = spawnSync(
    program,
    [...args, ...Object.entries(config).flatMap(([name, value]) => ['--config', name, value])],
    {
      encoding: 'utf8',
      timeout: 120_000,
      maxBuffer: 64 * 1024 * 1024,
    },
  );
  return { status, stdout, stderr, said: stdout + stderr };
}
const bearer = (secret: string) => ({ GDAL_HTTP_HEADERS: `Authorization: Bearer ${secret}` });
const userpwd = (secret: string) => ({ GDAL_HTTP_AUTH: 'BASIC', GDAL_HTTP_USERPWD: `key:${secret}` });

it('tells whoever opens a page as a file that it is one', async () => {
  const { said } = gdal('ogrinfo', ['-ro', '-so', '-al', `GeoJSON:${yutu.url}/api/collections/places/items`]);
  expect(said).toContain('100 of 950 features');
});

/** Reads a layer into a file and returns its features. */
function read(layer: string, config: Record<string, string>, more: string[] = []) {
  const file = join(folder, `${layer}-${Math.random().toString(36).slice(2)}.geojson`);
  const { status, said } = gdal('ogr2ogr', ['-f', 'GeoJSON', file, `OAPIF:${yutu.url}/api`, layer, ...more], config);
  return {
    status,
    said,
    features:
      status === 0
        ? (JSON.parse(readFileSync(file, 'utf8')).features as { id: number; properties: Record<string, unknown> }[])
        : [],
  };
}

describe('ogr2ogr', () => {
  // GDAL asks for ten at a time unless told otherwise, and follows `next` to the end
  it.each([
    ['as bearer, ten at a time', bearer, []],
    ['as the password of Basic, a thousand at a time', userpwd, ['-oo', 'PAGE_SIZE=1000']],
  ])('with the key %s delivers exactly what the API counts', async (_how, credentials, more) => {
    const { features, numberMatched } = await allItems(withKey(yutu, key), '/api/collections/parcels/items?limit=1000');
    expect(numberMatched).toBeGreaterThan(100);
    const delivered = read('parcels', credentials(key), more);
    expect(delivered.said).not.toMatch(/ERROR/);
    expect(delivered.status).toBe(0);
    expect(delivered.features).toHaveLength(numberMatched);
    const codes = new Set(delivered.features.map(({ properties }) => properties.code));
    expect(features.filter(({ properties }) => !codes.has(properties.code))).toEqual([]);
    for (const { properties } of delivered.features) {
      expect(properties).not.toHaveProperty('right_type');
      expect(properties).not.toHaveProperty('holder');
    }
  });

  it('with a box delivers what lies in it', async () => {
    const box = [106.55, 29.55, 106.57, 29.57];
    const { numberMatched } = await allItems(
      withKey(yutu, key),
      `/api/collections/parcels/items?limit=1000&bbox=${box.join(',')}`,
    );
    expect(numberMatched).toBeGreaterThan(10);
    expect(read('parcels', bearer(key), ['-spat', ...box.map(String), '-oo', 'PAGE_SIZE=500']).features).toHaveLength(
      numberMatched,
    );
  });

  it('without a key reads the public layers, all their pages', () => {
    expect(read('townships', {}).features).toHaveLength(835);
    expect(read('districts', {}).features).toHaveLength(38);
  });

  it('without a key is refused with 401', () => {
    const { status, said } = read('parcels', {});
    expect(status).not.toBe(0);
    expect(said).toMatch(/401/);
  });

  it('with another department’s key is refused with 403 and told how to ask', async () => {
    const { status, said } = read('parcels', bearer(otherKey));
    expect(status).not.toBe(0);
    expect(said).toMatch(/403/);
    const { json } = await withKey(yutu, otherKey).get('/api/collections/parcels/items');
    expect(json.detail).toContain(yutu.url);
  });

  it('with a wrong key is refused with 401', () => {
    const { status, said } = read('districts', bearer('yt_wrong'));
    expect(status).not.toBe(0);
    expect(said).toMatch(/401/);
  });

  it('lists the layers', () => {
    const { status, said } = gdal('ogrinfo', ['-ro', `OAPIF:${yutu.url}/api`], bearer(key));
    expect(status).toBe(0);
    for (const layer of ['districts', 'parcels', 'places']) expect(said).toContain(layer);
    expect(said).not.toContain('petition_sites');
  });
});

describe('the vector tile', () => {
  it('is one for GDAL too: same features, in their place', async () => {
    const { features } = await allItems(
      withKey(yutu, key),
      `/api/collections/parcels/items?limit=1000&district_code=${inner.yuzhong}`,
    );
    const [lon, lat] = vertices(features[Math.floor(features.length / 2)]!)[0]!;
    const coord = tileAt(lon, lat, 14);
    const file = join(folder, 'one.mvt');
    writeFileSync(file, (await withKey(yutu, key).get(tilePath('parcels', coord))).bytes);
    const place = Object.entries(coord).flatMap(([name, value]) => ['-oo', `${name.toUpperCase()}=${value}`]);
    const { status, stdout, stderr } = gdal('ogrinfo', ['-ro', '-al', '-so', file, ...place]);
    expect([status, stderr]).toEqual([0, '']);
    const box = tileBox(coord, 64);
    const there = await allItems(withKey(yutu, key), `/api/collections/parcels/items?limit=1000&bbox=${box.join(',')}`);
    const count = Number(/Feature Count: (\d+)/.exec(stdout)?.[1]);
    expect(stdout).toMatch(/Layer name: parcels/);
    expect(Math.abs(count - there.numberMatched)).toBeLessThanOrEqual(Math.ceil(there.numberMatched / 50));
    expect(stdout).toMatch(/land_use/);
    expect(stdout).not.toMatch(/right_type|holder/);
  });
});

describe('an archive of tiles', () => {
  const inTile = (file: string, coord: { z: number; x: number; y: number }) => {
    const out = join(folder, `${Math.random().toString(36).slice(2)}.geojson`);
    const place = Object.entries(coord).flatMap(([name, value]) => ['-oo', `${name.toUpperCase()}=${value}`]);
    const { status, stderr } = gdal('ogr2ogr', [
      '-f',
      'GeoJSON',
      '-t_srs',
      'EPSG:4326',
      '-lco',
      'COORDINATE_PRECISION=9',
      out,
      file,
      ...place,
    ]);
    expect([status, stderr]).toEqual([0, '']);
    return JSON.parse(readFileSync(out, 'utf8')).features as { properties: Record<string, unknown>; geometry: never }[];
  };

  it('gives GDAL the features of the API, with their values, each vertex in its place', async () => {
    const archive = join(folder, 'parcels.pmtiles');
    const box = [106.53, 29.53, 106.58, 29.58];
    const args = ['tiles', 'export', 'parcels', '--as', 'steward', '--zooms', '14', '--bbox', box.join(','), '--out', archive];
    expect(yutuCommand(yutu, args)).toMatchObject({ status: 0 });
    const bytes = readFileSync(archive);
    const reader = new PMTiles({
      getKey: () => archive,
      getBytes: async (offset, length) => ({ data: Uint8Array.from(bytes.subarray(offset, offset + length)).buffer }),
    });
    const coord = tileAt(106.55, 29.56, 14);
    const file = join(folder, 'archived.mvt');
    writeFileSync(file, Buffer.from((await reader.getZxy(coord.z, coord.x, coord.y))!.data));
    const drawn = inTile(file, coord);
    const there = await allItems(steward, `/api/collections/parcels/items?limit=1000&bbox=${tileBox(coord, -8).join(',')}`);
    const byCode = new Map(drawn.map((f) => [f.properties.code, f]));
    const [west, south, east, north] = tileBox(coord);
    let compared = 0;
    for (const item of there.features) {
      const found = byCode.get(item.properties.code as string);
      expect([item.properties.code, found !== undefined]).toEqual([item.properties.code, true]);
      expect(found!.properties).toMatchObject({ land_use: item.properties.land_use, area_m2: item.properties.area_m2 });
      // what the tile's edge cuts has other vertices there
      if (vertices(item).some(([x, y]) => x < west || x > east || y < south || y > north)) continue;
      const corners = vertices(found!);
      for (const [x, y] of vertices(item)) {
        const nearest = Math.min(...corners.map(([a, b]) => Math.max(Math.abs(a - x), Math.abs(b - y))));
        // a unit of the tile is 5.4e-6 degrees
        expect([item.properties.code, nearest < 6e-6]).toEqual([item.properties.code, true]);
      }
      compared++;
    }
    expect(compared).toBeGreaterThan(10);
  });

  // GDAL reads the archive itself from 3.8 on; Debian 12 has 3.6
  if (/PMTiles/.test(spawnSync('ogrinfo', ['--formats'], { encoding: 'utf8' }).stdout ?? ''))
    it('is one for GDAL itself', () => {
      const { status, stdout } = gdal('ogrinfo', ['-ro', '-al', '-so', join(folder, 'parcels.pmtiles')]);
      expect([status, stdout]).toEqual([0, expect.stringMatching(/Layer name: parcels[\s\S]*Feature Count: [1-9]/)]);
    });
});

describe('after revocation', () => {
  it('the key delivers nothing any more', async () => {
    await revoke(steward, grant);
    const { status, said } = read('parcels', bearer(key));
    expect(status).not.toBe(0);
    expect(said).toMatch(/403/);
  });
});
