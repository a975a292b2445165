import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { items, metric, square, write } from '../editing.js';
import { anonymous, type Caller, scratch, signIn, startYutu, type Yutu, yutuCommand } from '../harness.js';
import { allItems, day, type Feature, inner } from '../story.js';
import { decode, tile, tileAt, tilePath } from '../tile.js';

/** What others rely on survives a delivery: copies, cached tiles, masks, links, checks, the history of edits. */
const LAYER = 'lots';
let yutu: Yutu;
let folder: string;
let steward: Caller;
/** Another organisation, with one district of it. */
let other: Caller;

/** A square whose corners an answer gives digit by digit. */
function lot(lon: number, lat: number, size: number, properties: object) {
  const made = square(lon, lat, size, properties);
  const [ring] = made.geometry.coordinates;
  return { ...made, geometry: { ...made.geometry, coordinates: [ring!.map((at) => at.map((c) => Number(c.toFixed(6))))] } };
}
/** A grid of lots over the inner city. */
const lots = Array.from({ length: 1_600 }, (_, i) =>
  lot(106.5 + (i % 40) * 0.0025, 29.53 + Math.floor(i / 40) * 0.0015, 0.001, { code: `L${i}`, use: '07', size: i % 7 }),
);
const at = (i: number) => [106.5005 + (i % 40) * 0.0025, 29.5305 + Math.floor(i / 40) * 0.0015] as const;

function bring(features: object[], ...more: string[]) {
  const file = join(folder, 'lots.geojson');
  writeFileSync(file, JSON.stringify({ type: 'FeatureCollection', features }));
  const { status, said } = yutuCommand(yutu, ['import', file, '--layer', LAYER, ...more]);
  expect([status, said]).toEqual([0, expect.any(String)]);
  return said;
}

const feed = `/api/collections/${LAYER}/changes`;
const nextOf = ({ json }: { json: { links: { rel: string; href: string }[] } }) => {
  const { href } = json.links.find(({ rel }) => rel === 'next')!;
  return href.slice(new URL(href).origin.length);
};
const told = async (caller: Caller, path: string) => {
  const { status, json, text } = await caller.get(path);
  expect([status, status === 200 ? '' : text]).toEqual([200, '']);
  return { ids: json.features.map((f: Feature) => f.id).sort(by), gone: json.gone.sort(by), more: json.more };
};
const by = (a: number, b: number) => a - b;
const enter = async () => {
  [steward, other] = [await signIn(yutu, 'steward'), await signIn(yutu, 'steward-emergency')];
};

beforeAll(async () => {
  yutu = await startYutu();
  folder = mkdtempSync(join(scratch(), 'copies-'));
  await enter();
  bring(lots, '--owner', 'planning', '--key', 'code');
  const answer = await steward.post('/api/grants', {
    ...{ layers: [LAYER], kind: 'single', subject: { kind: 'organisation', id: 'emergency' }, reason: '核对' },
    ...{ actions: ['view', 'query', 'verify'], until: day(1), fields: null, precision: null },
    area: { divisions: [inner.yuzhong, inner.jiangbei] },
  });
  expect([answer.status, answer.status === 201 ? '' : answer.text]).toEqual([201, '']);
});
afterAll(async () => {
  if (folder) rmSync(folder, { recursive: true });
  await yutu?.remove();
});

/** Three that differ (value, place, value), one that is gone, one that is new, around the middle of the grid. */
let edited: number[];
function delivery(seen: Feature[]) {
  const rows = lots.filter((_, i) => seen.some(({ properties }) => properties.code === `L${i}`));
  expect(rows.length).toBe(seen.length);
  const [a, b, c, gone] = edited.map((i) => `L${i}`);
  const moved = at(edited[1]!);
  return lots
    .filter(({ properties }) => (properties as { code: string }).code !== gone)
    .map((one) => {
      const { code } = one.properties as { code: string };
      if (code === a || code === c) return { ...one, properties: { ...one.properties, use: '05' } };
      return code === b ? lot(moved[0] - 0.0003, moved[1] - 0.0003, 0.0012, one.properties) : one;
    })
    .concat([lot(moved[0] + 0.0006, moved[1], 0.0004, { code: 'NEW', use: '07', size: 1 })])
    .reverse(); // nothing depends on the order of the file
}

it('a small delivery is told to copies as what it is, and leaves the tiles elsewhere', async () => {
  const seen = (await allItems(other, `${items(LAYER)}?limit=1000`)).features;
  expect(seen.length).toBeGreaterThan(50);
  expect(seen.length).toBeLessThan(1_500);
  // Four neighbours that the other organisation sees, and one far from them.
  edited = seen.slice(10, 14).map(({ properties }) => Number(String(properties.code).slice(1)));
  const far = Number(String(seen.at(-1)!.properties.code).slice(1));
  const idOf = (i: number) => i + 1;
  const path = { here: tilePath(LAYER, tileAt(...at(edited[0]!), 16)), far: tilePath(LAYER, tileAt(...at(far), 16)) };
  const before = { here: await other.get(path.here), far: await other.get(path.far), all: await steward.get(path.far) };
  expect([before.here.status, before.far.status]).toEqual([200, 200]);
  const marks = [nextOf(await steward.get(feed)), nextOf(await other.get(feed))];
  const said = bring(delivery(seen), '--replace');
  expect(said).toMatch(/1599 kept, 1 new, 1 gone, by "code" \(declared\)/);
  expect(said).toMatch(/3 differ/);
  const expected = { ids: [...edited.slice(0, 3).map(idOf), 1_601].sort(by), gone: [idOf(edited[3]!)], more: false };
  expect(await told(steward, marks[0]!)).toEqual(expected);
  expect(await told(other, marks[1]!)).toEqual(expected);
  const misses = () => metric(anonymous(yutu), 'yutu_tile_cache_misses_total');
  const cut = await misses();
  const after = await other.get(path.far);
  expect([after.status, after.headers.etag]).toEqual([200, before.far.headers.etag]);
  expect((await other.get(path.far, { 'if-none-match': before.far.headers.etag! })).status).toBe(304);
  expect((await steward.get(path.far)).headers.etag).toBe(before.all.headers.etag);
  expect(await misses()).toBe(cut);
  expect((await other.get(path.here)).headers.etag).not.toBe(before.here.headers.etag);
  expect(await metric(anonymous(yutu), 'yutu_pending_edits')).toBe(5);
});

it('tiles, masks and a restart give what a fresh server gives', async () => {
  const coords = [...edited.map((i) => at(i)), at(0), at(799)].flatMap(([lon, lat]) =>
    [14, 15, 16].map((z) => tileAt(lon, lat, z)),
  );
  const picture = async (caller: Caller) => {
    const tiles: string[] = [];
    for (const coord of coords) {
      const { status, bytes } = await caller.get(tilePath(LAYER, coord), { 'accept-encoding': 'gzip' });
      expect([200, 204]).toContain(status);
      tiles.push(JSON.stringify(decode(bytes, LAYER).sort((a, b) => a.id - b.id)));
    }
    return tiles;
  };
  const drawn = [await picture(steward), await picture(other)];
  expect(drawn[0]!.join()).toContain('NEW');
  expect(drawn[0]).not.toEqual(drawn[1]);
  await yutu.stop();
  yutu = await yutu.again();
  await enter();
  expect([await picture(steward), await picture(other)]).toEqual(drawn);
  expect(await metric(anonymous(yutu), 'yutu_pending_edits')).toBe(5);
  await yutu.stop();
  rmSync(join(yutu.dataDir, 'snapshots'), { recursive: true, force: true });
  yutu = await yutu.again();
  await enter();
  expect([await picture(steward), await picture(other)]).toEqual(drawn);
  expect(await metric(anonymous(yutu), 'yutu_pending_edits')).toBe(0);
});

it('links, checks and the history of edits survive', async () => {
  const path = `${items(LAYER)}/501`;
  const old = await steward.get(path);
  expect(old.json.properties.code).toBe('L500');
  expect((await write(steward, 'PATCH', 501, { properties: { size: 99 } }, old.headers.etag!, LAYER)).status).toBe(200);
  const present = (await allItems(steward, `${items(LAYER)}?limit=1000`)).features;
  const again = present.map(({ geometry, properties }) => ({ type: 'Feature', geometry, properties }));
  (again[0]!.properties as { size: number }).size = 77;
  expect(bring(again, '--replace')).toMatch(/1600 kept, 0 new, 0 gone, by "code" \(declared\); 1 differ/);
  expect((await steward.get(path)).json.properties).toMatchObject({ code: 'L500', size: 99 });
  const [first] = (await other.get(`${items(LAYER)}?limit=1`)).json.features;
  const claim = { id: first.id, claims: { use: first.properties.use } };
  expect((await other.post(`/api/collections/${LAYER}/verify`, claim)).text).toBe('{"matches":true}');
  const stale = await write(steward, 'PATCH', 501, { properties: { size: 1 } }, old.headers.etag!, LAYER);
  expect([stale.status, stale.text]).toEqual([412, expect.stringMatching(/was changed first by steward at/)]);
  const changed = await write(steward, 'PATCH', present[0]!.id, { properties: { size: 1 } }, '"other"', LAYER);
  expect([changed.status, changed.text]).toEqual([412, expect.stringMatching(/by command line at/)]);
});

it('a large delivery is read anew, and its tiles are right', async () => {
  const mark = nextOf(await steward.get(feed));
  const all = lots.map((one) => ({ ...one, properties: { ...one.properties, use: '12' } }));
  expect(bring(all, '--replace')).toMatch(/1599 kept, 1 new, 1 gone/);
  expect((await steward.get(mark)).json).toMatchObject({ status: 410, code: 'changes_unknown' });
  const found = await tile(other, LAYER, tileAt(...at(edited[0]!), 16));
  expect(found.map(({ properties }) => properties.use)).toEqual(found.map(() => '12'));
  expect(found.length).toBeGreaterThan(0);
});

it('a delivery of many counts as many edits: a part ends before it', async () => {
  const mark = nextOf(await steward.get(feed));
  const edit = (size: number) => write(steward, 'PATCH', 1, { properties: { size } }, '*', LAYER);
  expect((await edit(1_000)).status).toBe(200);
  const present = (await allItems(steward, `${items(LAYER)}?limit=1000`)).features;
  const sized = present.map(({ geometry, properties }, i) => ({
    ...{ type: 'Feature', geometry },
    properties: i < 40 ? { ...properties, use: '01' } : properties,
  }));
  expect(bring(sized, '--replace')).toMatch(/40 differ/);
  expect((await edit(2_000)).status).toBe(200);
  const parts: [number, boolean][] = [];
  for (let path = `${mark}&limit=10`; ; ) {
    const answer = await steward.get(path);
    parts.push([answer.json.features.length, answer.json.more]);
    if (!answer.json.more) break;
    path = nextOf(answer);
  }
  expect(parts).toEqual([
    [1, true],
    [40, true],
    [1, false],
  ]);
});

it('the demonstration loaded anew keeps every id that has a code, and its versions', async () => {
  const ids = async (layer: string) =>
    Object.fromEntries(
      (await allItems(steward, `${items(layer)}?limit=10000`)).features.map(({ id, properties }) => [properties.code, id]),
    );
  const before = [await ids('parcels'), await ids('districts')];
  const [first] = (await steward.get(`${items('parcels')}?limit=1`)).json.features;
  const changed = await write(steward, 'PATCH', first.id, { properties: { area_m2: 1.5 } }, '*', 'parcels');
  expect(changed.status).toBe(200);
  const { version } = (await steward.get('/api/collections/parcels')).json.yutu;
  const { status, said } = yutuCommand(yutu, ['demo', '--replace']);
  expect([status, said]).toEqual([0, expect.stringMatching(/35891 kept, 0 new, 0 gone, by "code" \(declared\)/)]);
  expect(said).toMatch(/nothing differs/);
  expect([await ids('parcels'), await ids('districts')]).toEqual(before);
  expect((await steward.get('/api/collections/parcels')).json.yutu.version).toBe(version + 1);
  expect((await steward.get('/api/collections/districts')).json.yutu).toMatchObject({ version: 1, lastUpdateKind: null });
  const again = (await steward.get(`${items('parcels')}/${first.id}`)).json;
  expect(again.properties).toEqual(first.properties);
}, 180_000);
