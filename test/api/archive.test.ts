import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PMTiles } from 'pmtiles';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  anonymous,
  type Caller,
  eventually,
  makeKey,
  scratch,
  signIn,
  startYutu,
  withKey,
  type Yutu,
  yutuCommand,
  yutuProcess,
} from '../harness.js';
import { day, inner, revoke, share } from '../story.js';
import { decode, decodeAny, type TileCoord, tilePath } from '../tile.js';

/** `npx yutu tiles export`: the archive holds the tiles that are served, under the same rights, and leaves no half of itself. */
let yutu: Yutu;
let steward: Caller;
let planner: Caller;
let folder: string;

beforeAll(async () => {
  yutu = await startYutu();
  steward = await signIn(yutu, 'steward-police');
  planner = await signIn(yutu, 'planner');
  folder = mkdtempSync(join(scratch(), 'archives-'));
});
afterAll(async () => {
  if (folder) rmSync(folder, { recursive: true });
  await yutu?.remove();
});

const exported = (layer: string, out: string, ...more: string[]) =>
  yutuCommand(yutu, ['tiles', 'export', layer, '--out', join(folder, out), ...more]);

/** The reference reader over a file. */
function open(name: string): PMTiles {
  const bytes = readFileSync(join(folder, name));
  return new PMTiles({
    getKey: () => name,
    getBytes: async (offset, length) => ({ data: Uint8Array.from(bytes.subarray(offset, offset + length)).buffer }),
  });
}

async function tileOf(archive: PMTiles, { z, x, y }: TileCoord): Promise<Buffer> {
  const found = await archive.getZxy(z, x, y);
  return Buffer.from(found?.data ?? new ArrayBuffer(0));
}

/** Tiles of these zooms in a frame around a box. */
function* around([west, south, east, north]: readonly number[], zooms: number[]): Generator<TileCoord> {
  const row = (lat: number, z: number) => {
    const sin = Math.sin((lat * Math.PI) / 180);
    return Math.floor((0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI)) * 2 ** z);
  };
  for (const z of zooms)
    for (let x = Math.floor(((west! + 180) / 360) * 2 ** z) - 1; x <= ((east! + 180) / 360) * 2 ** z + 1; x++)
      for (let y = row(north!, z) - 1; y <= row(south!, z) + 1; y++)
        if (x >= 0 && y >= 0 && x < 2 ** z && y < 2 ** z) yield { z, x, y };
}

/** Every tile of the frame is in the archive as it is served; one that is served empty is not in it. Returns how many hold something. */
async function compare(archive: PMTiles, caller: Caller, layer: string, tiles: Iterable<TileCoord>): Promise<number> {
  let held = 0;
  for (const tile of tiles) {
    const served = await caller.get(tilePath(layer, tile));
    expect([200, 204]).toContain(served.status);
    const own = await tileOf(archive, tile);
    expect([tile, own.equals(served.bytes)]).toEqual([tile, true]);
    if (own.length > 0) held++;
  }
  return held;
}

const wish = (actions: ('view' | 'query' | 'download' | 'api')[]) => ({
  layer: 'town_population',
  purpose: '站点服务人口分析',
  actions,
  fields: ['name_zh', 'population', 'district_code'].map((name) => ({ name, form: 'value' as const })),
  area: { divisions: [inner.yuzhong, inner.jiangbei] },
  from: day(0),
  until: day(3),
});

describe('an archive for the public', () => {
  it('holds every tile that is served, byte for byte, and no other', async () => {
    const { status, said } = exported('districts', 'districts.pmtiles', '--zooms', '0-9');
    expect([status, said]).toEqual([0, expect.stringMatching(/districts\.pmtiles: \d+ tiles of zooms 0-9/)]);
    const archive = open('districts.pmtiles');
    const header = await archive.getHeader();
    const layer = (await anonymous(yutu).get('/api/collections/districts')).json;
    const [box] = layer.extent.spatial.bbox;
    expect(header).toMatchObject({ minZoom: 0, maxZoom: 9, clustered: true, tileType: 1 });
    [header.minLon, header.minLat, header.maxLon, header.maxLat].forEach((v, i) => void expect(v).toBeCloseTo(box[i], 5));
    const held = await compare(archive, anonymous(yutu), 'districts', around(box, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]));
    expect(held).toBe(header.numAddressedTiles);
    expect(held).toBeGreaterThan(60);
    expect(said).toContain(`${held} tiles`);
  });

  it('says what is in it and where it comes from', async () => {
    // biome-ignore lint/suspicious/noExplicitAny: JSON of the archive
    const metadata = (await open('districts.pmtiles').getMetadata()) as any;
    const served = (await anonymous(yutu).get('/api/collections/districts/tilejson')).json;
    expect(metadata.vector_layers).toHaveLength(1);
    expect(Object.keys(metadata.vector_layers[0].fields).sort()).toEqual(Object.keys(served.vector_layers[0].fields).sort());
    expect(metadata).toMatchObject({
      vector_layers: [{ id: 'districts', minzoom: 0, maxzoom: 9 }],
      yutu: { layer: 'districts', exportedBy: 'public', grants: [], version: 1 },
    });
    expect(metadata.attribution ?? null).toEqual(served.attribution ?? null);
  });

  it('may be cut to a box, written again, and is refused with a sentence where it may not be had', async () => {
    const before = readFileSync(join(folder, 'districts.pmtiles')).length;
    const { status } = exported('districts', 'districts.pmtiles', '--zooms', '8-9', '--bbox', '106.4,29.4,106.7,29.7');
    expect(status).toBe(0);
    expect(readFileSync(join(folder, 'districts.pmtiles')).length).toBeLessThan(before);
    const archive = open('districts.pmtiles');
    expect(await archive.getHeader()).toMatchObject({ minZoom: 8, maxZoom: 9, minLon: 106.4, maxLat: 29.7 });
    // exactly the tiles that meet the box
    expect(await compare(archive, anonymous(yutu), 'districts', [{ z: 9, x: 407, y: 211 }])).toBe(1);
    expect((await tileOf(archive, { z: 9, x: 400, y: 211 })).length).toBe(0);
    const closed = exported('parcels', 'closed.pmtiles');
    expect([closed.status, closed.said]).toEqual([1, expect.stringMatching(/"Land parcels" is not public/)]);
    const unknown = exported('no_such', 'closed.pmtiles');
    expect([unknown.status, unknown.said]).toEqual([1, expect.stringMatching(/no layer named "no_such"/)]);
    const nothing = exported('districts', 'closed.pmtiles', '--bbox', '0,0,1,1');
    expect([nothing.status, nothing.said]).toEqual([1, expect.stringMatching(/no file was written/)]);
    expect(readdirSync(folder)).toEqual(['districts.pmtiles']);
  });

  it.each([
    [['--zooms', '5-3'], /--zooms is a zoom or two/],
    [['--zooms', '0-23'], /--zooms/],
    [['--zooms', 'all'], /--zooms/],
    [['--bbox', '1,2,3'], /--bbox is west,south,east,north/],
    [['--bbox', '107,29,106,30'], /--bbox/],
    [['--as', 'nobody'], /no account and no living key "nobody"/],
    [['--fast'], /--fast/],
  ])('is not asked for with %j', (more, words) => {
    const { status, said } = exported('districts', 'bad.pmtiles', ...more);
    expect([status, said]).toEqual([2, expect.stringMatching(words)]);
    expect(said).toMatch(/Usage: yutu tiles export/);
    expect(existsSync(join(folder, 'bad.pmtiles'))).toBe(false);
  });

  it('is not written where nothing can be written', () => {
    const { status, said } = exported('districts', 'no/such/folder.pmtiles');
    expect([status, said]).toEqual([1, expect.stringMatching(/cannot be written\. Check the folder/)]);
  });
});

describe('an archive for one caller', () => {
  it('needs the right to download: to look is not enough', async () => {
    const grant = await share(planner, steward, wish(['view', 'query', 'api']));
    const { status, said } = exported('town_population', 'towns.pmtiles', '--as', 'planner');
    expect([status, said]).toEqual([1, expect.stringMatching(/download/)]);
    expect(existsSync(join(folder, 'towns.pmtiles'))).toBe(false);
    await revoke(steward, grant);
  });

  it('holds the fields, rows and area that were granted, as its tiles do', async () => {
    const grant = await share(planner, steward, wish(['view', 'query', 'download', 'api']));
    const { status, said } = exported('town_population', 'towns.pmtiles', '--as', 'planner', '--zooms', '6-13');
    expect([status, said]).toEqual([0, expect.stringMatching(/tiles of zooms 6-13/)]);
    const archive = open('towns.pmtiles');
    const header = await archive.getHeader();
    const box = [header.minLon, header.minLat, header.maxLon, header.maxLat];
    const held = await compare(archive, planner, 'town_population', around(box, [6, 9, 11, 13]));
    expect(held).toBeGreaterThan(10);
    // The planner may draw only so much: in small zooms nothing is told apart, and the style's field was not granted.
    const small = decodeAny(await tileOf(archive, { z: 9, x: 407, y: 211 })).get('town_population')!;
    expect(small.length).toBeGreaterThan(2);
    for (const { id, properties } of small) expect([id, properties]).toEqual([undefined, {}]);
    const features = [];
    for (const tile of around(box, [12])) features.push(...decode(await tileOf(archive, tile), 'town_population'));
    expect(features.length).toBeGreaterThan(2);
    for (const { properties } of features) {
      expect(Object.keys(properties).filter((name) => !['name_zh', 'population', 'district_code'].includes(name))).toEqual([]);
      expect([inner.yuzhong, inner.jiangbei]).toContain(properties.district_code);
    }
    // biome-ignore lint/suspicious/noExplicitAny: JSON of the archive
    const metadata = (await archive.getMetadata()) as any;
    expect(metadata.yutu).toMatchObject({ exportedBy: 'planner', grants: [grant] });
    expect(Object.keys(metadata.vector_layers[0].fields).sort()).toEqual(['district_code', 'name_zh', 'population']);
    expect(metadata.vector_layers[0].reduced).toEqual({ maxzoom: 11, ids: false, fields: [] });
    const { entries } = (await (await signIn(yutu, 'auditor')).get('/api/audit?limit=50')).json;
    const entry = entries.find((e: { action: string; layer: string }) => e.action === 'export' && e.layer === 'town_population');
    expect(entry).toMatchObject({
      actor: 'command line',
      subject: grant,
      detail: { format: 'pmtiles', as: 'planner', zooms: '6-13' },
    });
    await eventually(async () => {
      const rows = (await (await signIn(yutu, 'auditor')).get('/api/audit?limit=50')).json.entries;
      expect(rows).toContainEqual(
        expect.objectContaining({ action: 'access', actor: 'planner', detail: expect.objectContaining({ surface: 'export' }) }),
      );
    });
    await revoke(steward, grant);
    expect(exported('town_population', 'after.pmtiles', '--as', 'planner').status).toBe(1);
    expect(existsSync(join(folder, 'after.pmtiles'))).toBe(false);
  });

  it('may be a key, by name or by id, within its scope', async () => {
    const own = await makeKey(steward, 'archive job');
    const narrow = await makeKey(steward, 'narrow job', { layers: ['districts'] });
    for (const name of ['archive job', own.id]) {
      const { status, said } = exported('town_population', 'key.pmtiles', '--as', name, '--zooms', '8');
      expect([status, said]).toEqual([0, expect.stringMatching(/tiles of zooms 8-8/)]);
    }
    const { minLon, minLat, maxLon, maxLat } = await open('key.pmtiles').getHeader();
    expect(
      await compare(
        open('key.pmtiles'),
        withKey(yutu, own.key),
        'town_population',
        around([minLon, minLat, maxLon, maxLat], [8]),
      ),
    ).toBeGreaterThan(3);
    expect(exported('town_population', 'narrow.pmtiles', '--as', narrow.id).said).toMatch(/key/);
    await makeKey(steward, 'archive job');
    expect(exported('town_population', 'two.pmtiles', '--as', 'archive job').said).toMatch(/name of several/);
    expect(readdirSync(folder)).not.toEqual(expect.arrayContaining([expect.stringMatching(/narrow|two|part/)]));
  });
});

describe('an archive under way', () => {
  it('shows edits that are not in the base yet', async () => {
    const owner = await signIn(yutu, 'steward');
    const made = await owner.post('/api/collections/transport_nodes/items', {
      type: 'Feature',
      geometry: { type: 'Point', coordinates: [95.5, 40.5] },
      properties: {},
    });
    expect(made.status).toBe(201);
    expect(exported('transport_nodes', 'edited.pmtiles', '--zooms', '0-6').status).toBe(0);
    const archive = open('edited.pmtiles');
    const there = decode(await tileOf(archive, { z: 6, x: 48, y: 24 }), 'transport_nodes');
    expect(there.map(({ id }) => id)).toEqual([made.json.id]);
    await compare(archive, anonymous(yutu), 'transport_nodes', around([95, 28, 111, 41], [0, 3, 5, 6]));
  });

  it('is cancelled by Ctrl-C and leaves nothing, not even half', async () => {
    const { child, said, exited } = yutuProcess(yutu, [
      'tiles',
      'export',
      'parcels',
      '--as',
      'steward',
      '--zooms',
      '0-18',
      '--out',
      join(folder, 'large.pmtiles'),
    ]);
    await eventually(async () => expect(existsSync(join(folder, 'large.pmtiles.part'))).toBe(true), 30_000);
    await eventually(async () => expect(said()).toMatch(/\d+ of \d+ tiles, \d+ %, about \d+ s left/), 60_000);
    child.kill('SIGINT');
    expect(await exited).not.toBe(0);
    await eventually(async () => expect(readdirSync(folder).filter((f) => f.startsWith('large'))).toEqual([]));
    const { entries } = (await (await signIn(yutu, 'auditor')).get('/api/audit?limit=50')).json;
    expect(entries.filter((e: { action: string; layer: string }) => e.action === 'export' && e.layer === 'parcels')).toEqual([]);
  });

  it('is stopped when what it takes is revoked meanwhile', async () => {
    const keyOf = await makeKey(await signIn(yutu, 'steward'), 'dying key');
    const running = yutuProcess(yutu, [
      'tiles',
      'export',
      'parcels',
      '--as',
      keyOf.id,
      '--zooms',
      '0-18',
      '--out',
      join(folder, 'dying.pmtiles'),
    ]);
    await eventually(async () => expect(existsSync(join(folder, 'dying.pmtiles.part'))).toBe(true), 30_000);
    expect(yutuCommand(yutu, ['key', 'revoke', keyOf.id]).status).toBe(0);
    expect(await running.exited).not.toBe(0);
    expect(running.said()).toMatch(/no living key/);
    expect(readdirSync(folder).filter((f) => f.startsWith('dying'))).toEqual([]);
  });

  it('does not write where another is writing, but over what a dead one left', async () => {
    const beside = join(folder, 'busy.pmtiles.part');
    writeFileSync(beside, 'somebody else’s');
    const busy = exported('districts', 'busy.pmtiles', '--zooms', '5');
    expect([busy.status, busy.said]).toEqual([1, expect.stringMatching(/Another export is writing/)]);
    expect(readFileSync(beside, 'utf8')).toBe('somebody else’s');
    utimesSync(beside, new Date(Date.now() - 120_000), new Date(Date.now() - 120_000));
    expect(exported('districts', 'busy.pmtiles', '--zooms', '5').status).toBe(0);
    expect(existsSync(beside)).toBe(false);
  });
});
