import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { create, square, write } from '../editing.js';
import { anonymous, type Caller, signIn, startYutu, type Yutu } from '../harness.js';
import { allItems, day, type Feature, inner } from '../story.js';
import { decodeAny, tileAt, tilePath } from '../tile.js';

/**
 * Edits of what a caller does not see change no byte of the caller's tiles, at any zoom: of hidden fields, outside the area, within a cell, of
 * rows that the caller is not shown. Edits that it sees show, whatever else is edited.
 */
let yutu: Yutu;
let steward: Caller;
let callers: Record<string, Caller>;
let inside: Feature[];
let outside: Feature[];

const LAYER = 'parcels';
const ZOOMS = [6, 9, 11, 13, 14, 15];

beforeAll(async () => {
  yutu = await startYutu({ env: { TILE_PROVISIONAL_MS: '600000' } });
  steward = await signIn(yutu, 'steward');
  const give = async (organisation: string, more: object) => {
    const answer = await steward.post('/api/grants', {
      layers: [LAYER],
      kind: 'single',
      subject: { kind: 'organisation', id: organisation },
      reason: '核对',
      actions: ['view', 'query'],
      fields: ['code', 'land_use', 'district_code'].map((name) => ({ name, form: 'value' })),
      area: null,
      until: day(3),
      ...more,
    });
    expect([answer.status, answer.status === 201 ? '' : answer.text]).toEqual([201, '']);
  };
  await give('transport', { area: { divisions: [inner.yuzhong] } });
  await give('water', { rows: `district_code = '${inner.yuzhong}'` });
  await give('health', { area: { divisions: [inner.yuzhong] }, precision: { kind: 'cell', metres: 150 } });
  callers = {
    area: await signIn(yutu, 'planner'),
    rows: await signIn(yutu, 'steward-water'),
    coarse: await signIn(yutu, 'steward-health'),
  };
  const of = async (district: string) =>
    (await allItems(steward, `/api/collections/${LAYER}/items?limit=1000&district_code=${district}`)).features;
  [inside, outside] = [await of(inner.yuzhong), await of(inner.jiulongpo)];
});
afterAll(() => yutu?.remove());

const corner = ({ geometry }: Feature) => (geometry as { coordinates: number[][][][] }).coordinates[0]![0]![0]!;
/** Every caller's tiles over a feature, as they leave: mark and bytes. */
async function seen(over: Feature) {
  const [lon, lat] = corner(over) as [number, number];
  const told: Record<string, unknown> = {};
  for (const [name, caller] of Object.entries(callers))
    for (const z of ZOOMS) {
      const answer = await caller.get(tilePath(LAYER, tileAt(lon, lat, z)));
      expect(answer.status === 200 || answer.status === 204, `${name} ${z} ${answer.status}`).toBe(true);
      told[`${name} ${z}`] = [answer.headers.etag ?? null, answer.bytes.toString('base64')];
    }
  return told;
}
const tagOf = async (id: number) => (await steward.get(`/api/collections/${LAYER}/items/${id}`)).headers.etag!;
async function patch(id: number, body: object) {
  const answer = await write(steward, 'PATCH', id, body, await tagOf(id), LAYER);
  expect([answer.status, answer.status === 200 ? '' : answer.text]).toEqual([200, '']);
}
const moved = ({ geometry }: Feature, by: number) => ({
  geometry: JSON.parse(JSON.stringify(geometry), (_, v) =>
    Array.isArray(v) && typeof v[0] === 'number' ? [v[0] + by, v[1]] : v,
  ),
});

describe('an edit that a caller does not see', () => {
  it('of hidden fields changes no byte and no mark of its tiles', async () => {
    const before = await seen(inside[5]!);
    expect(new Set(Object.values(before).map(String)).size).toBeGreaterThan(ZOOMS.length);
    for (const { id } of [5, 6, 40, 41].map((i) => inside[i]!)) await patch(id, { properties: { holder: `某人 ${id}` } });
    expect(await seen(inside[5]!)).toEqual(before);
  });

  it('of rows that it is not shown changes none either, nor what it is shown of other edits', async () => {
    const before = await seen(inside[5]!);
    for (const i of [0, 1, 2]) await patch(outside[i]!.id, moved(outside[i]!, 0.0004));
    const [lon, lat] = corner(outside[10]!) as [number, number];
    for (let i = 0; i < 4; i++)
      await create(steward, square(lon + i / 5_000, lat, 0.0001, { code: `新 ${i}`, district_code: inner.jiulongpo }), LAYER);
    expect((await write(steward, 'DELETE', outside[3]!.id, undefined, await tagOf(outside[3]!.id), LAYER)).status).toBe(204);
    expect(await seen(inside[5]!)).toEqual(before);
  });

  it('and those that it sees show at once, in the place of what was there', async () => {
    const { id } = inside[7]!;
    const [lon, lat] = corner(inside[7]!) as [number, number];
    const look = async () => {
      const { bytes } = await callers.area!.get(tilePath(LAYER, tileAt(lon, lat, 15)));
      return decodeAny(bytes).get(LAYER)!;
    };
    const before = await look();
    const land_use = inside.map((f) => f.properties.land_use).find((use) => use !== inside[7]!.properties.land_use);
    await patch(id, { properties: { land_use } });
    const after = await look();
    expect(after.map((f) => f.id)).toEqual(before.map((f) => f.id));
    expect(after.find((f) => f.id === id)!.properties.land_use).toBe(land_use);
    expect(before.find((f) => f.id === id)!.properties.land_use).not.toBe(land_use);
  });
});

it('a closed layer tells nobody where its rows lie', async () => {
  const nobody = anonymous(yutu);
  const { home } = (await nobody.get('/api/instance')).json;
  const [document, tilejson, tileset, found] = await Promise.all(
    ['', '/tilejson', '/tiles/WebMercatorQuad'].map(async (path) => (await nobody.get(`/api/collections/${LAYER}${path}`)).json),
  ).then(async (known) => [...known, (await nobody.get(`/api/search?q=${LAYER}`)).json]);
  const { lowerLeft, upperRight } = tileset.boundingBox;
  const result = found.results.find((r: { id: string }) => r.id === LAYER);
  expect([document.extent.spatial.bbox[0], tilejson.bounds, [...lowerLeft, ...upperRight], result.bbox]).toEqual(
    Array(4).fill(home),
  );
  const own = (await steward.get(`/api/collections/${LAYER}`)).json.extent.spatial.bbox[0];
  expect(own).not.toEqual(home);
});
