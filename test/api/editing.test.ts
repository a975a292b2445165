import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { create, holds, items, LAYER, point, square, write } from '../editing.js';
import { anonymous, type Caller, makeKey, signIn, startYutu, withKey, type Yutu } from '../harness.js';
import { inner, parcelsGift, parcelsWish, share } from '../story.js';
import { tile, tileAt, tilePath } from '../tile.js';

let yutu: Yutu;
let steward: Caller;
let second: Caller;
let planner: Caller;
let nobody: Caller;

const enter = async () => {
  steward = await signIn(yutu, 'steward');
  second = await signIn(yutu, 'steward-planning');
  planner = await signIn(yutu, 'planner');
  nobody = anonymous(yutu);
};

beforeAll(async () => {
  yutu = await startYutu();
  await enter();
  for (const layer of [LAYER, 'places', 'parcels']) await tile(steward, layer, tileAt(106.55, 29.56, 14));
});
afterAll(() => yutu?.remove());

const about = async (layer = LAYER) => (await steward.get(`/api/collections/${layer}`)).json;

describe('a feature that its steward', () => {
  it('creates is in items, in the count and in the next tiles', async () => {
    const before = await about();
    await holds(steward, 0, 106.6, 29.5, 14);
    const { id, answer } = await create(steward, point(106.6, 29.5, { name_zh: '<b>新</b>', kind: 'river_port', elev_m: '300' }));
    const started = performance.now();
    const deep = await holds(steward, id, 106.6, 29.5, 14);
    const ms = performance.now() - started;
    const wide = await holds(steward, id, 106.6, 29.5, 10);
    console.log(`created → in the z14 tile: ${ms.toFixed(0)} ms, z10 too: ${(performance.now() - started).toFixed(0)} ms`);
    expect(ms).toBeLessThan(2000);
    expect(deep?.properties).toMatchObject({ name_zh: '<b>新</b>', elev_m: 300 });
    expect(wide?.id).toBe(id);
    expect(answer.headers.location).toBe(`${yutu.url}${items()}/${id}`);
    const got = await nobody.get(answer.headers.location!);
    expect([got.status, got.headers.etag]).toEqual([200, answer.headers.etag]);
    expect(got.json.properties.name_zh).toBe('<b>新</b>');
    expect((await nobody.get(`${items()}/${id}`, { 'if-none-match': got.headers.etag! })).status).toBe(304);
    const after = await about();
    expect(after.yutu.featureCount).toBe(before.yutu.featureCount + 1);
    expect(after.yutu.version).toBe(before.yutu.version + 1);
    expect((await nobody.get(items())).json.numberMatched).toBe(after.yutu.featureCount);
  });

  it('replaces, changes, moves and deletes follows at once, and the log says so', async () => {
    const { id, tag } = await create(steward, point(106.61, 29.51, { name_zh: '甲', kind: 'river_port', elev_m: 5 }));
    const put = await write(steward, 'PUT', id, point(106.61, 29.51, { name_zh: '乙', kind: 'river_port' }), tag);
    expect([put.status, put.json.properties.elev_m]).toEqual([200, null]);
    const patch = await write(steward, 'PATCH', id, { properties: { elev_m: 7 } }, put.headers.etag!);
    expect([patch.status, patch.json.properties]).toEqual([200, expect.objectContaining({ name_zh: '乙', elev_m: 7 })]);
    expect((await holds(steward, id, 106.61, 29.51, 14))?.properties.elev_m).toBe(7);
    const moved = await write(
      steward,
      'PATCH',
      id,
      { geometry: { type: 'Point', coordinates: [106.9, 29.9] } },
      patch.headers.etag!,
    );
    expect(moved.status).toBe(200);
    expect(await holds(steward, id, 106.61, 29.51, 14)).toBeUndefined();
    expect((await holds(steward, id, 106.9, 29.9, 14))?.id).toBe(id);
    expect((await write(steward, 'DELETE', id, undefined, moved.headers.etag!)).status).toBe(204);
    expect(await holds(steward, id, 106.9, 29.9, 14)).toBeUndefined();
    expect((await nobody.get(`${items()}/${id}`)).status).toBe(404);
    const { entries } = (await (await signIn(yutu, 'auditor')).get(`/api/audit?layer=${LAYER}`)).json;
    expect(entries.map((e: { action: string }) => e.action)).toEqual(
      expect.arrayContaining(['feature_created', 'feature_replaced', 'feature_updated', 'feature_deleted']),
    );
    const again = await create(steward, point(106.61, 29.51));
    expect(again.id).toBeGreaterThan(id);
  });

  it('moves beyond the edge takes the extent along and back', async () => {
    const before = (await about()).extent.spatial.bbox[0];
    const { id, tag } = await create(steward, point(100, 20));
    expect((await about()).extent.spatial.bbox[0].slice(0, 2)).toEqual([100, 20]);
    expect((await write(steward, 'DELETE', id, undefined, tag)).status).toBe(204);
    expect((await about()).extent.spatial.bbox[0]).toEqual(before);
  });
});

describe('preconditions', () => {
  it('are asked for, and a state seen too early is refused with who was first', async () => {
    const { id, tag } = await create(steward, point(106.62, 29.52, { name_zh: '丙' }));
    for (const [method, body] of [
      ['PUT', point(106.62, 29.52)],
      ['PATCH', { properties: {} }],
      ['DELETE', undefined],
    ] as const) {
      const answer = await write(steward, method, id, body, null);
      expect([method, answer.status, answer.json.code]).toEqual([method, 428, 'precondition_required']);
    }
    expect((await write(second, 'PATCH', id, { properties: { name_zh: '丁' } }, tag)).status).toBe(200);
    const late = await write(steward, 'PATCH', id, { properties: { name_zh: '戊' } }, tag);
    expect([late.status, late.json.code]).toEqual([412, 'precondition_failed']);
    expect(late.json.detail).toContain('steward-planning');
    expect((await nobody.get(`${items()}/${id}`)).json.properties.name_zh).toBe('丁');
    expect((await write(steward, 'DELETE', 999999999, undefined, '*')).status).toBe(404);
    expect((await write(steward, 'DELETE', id, undefined, `"other", *`)).status).toBe(204);
  });

  it('let one of two writers through; versions have no gaps', async () => {
    const { id, tag } = await create(steward, point(106.63, 29.53));
    const { version } = (await about()).yutu;
    const both = await Promise.all(
      [steward, second].map((who, i) => write(who, 'PATCH', id, { properties: { elev_m: i + 1 } }, tag)),
    );
    expect(both.map((a) => a.status).sort()).toEqual([200, 412]);
    const many = await Promise.all(
      Array.from({ length: 8 }, (_, i) => (i % 2 ? steward : second).post(items(), point(106.64 + i / 1000, 29.53))),
    );
    expect(many.map((a) => a.status)).toEqual(Array(8).fill(201));
    expect((await about()).yutu.version).toBe(version + 9);
  });
});

describe('nobody else', () => {
  it('edits: another department’s steward, a planner, a key, the anonymous; a layer one may not know is none', async () => {
    const { id, tag } = await create(steward, point(106.65, 29.54));
    const { version } = (await about()).yutu;
    const key = withKey(yutu, (await makeKey(steward, 'editing')).key);
    const other = await signIn(yutu, 'steward-transport');
    for (const [caller, status, layer] of [
      [other, 403, LAYER],
      [planner, 403, LAYER],
      [key, 403, LAYER],
      [nobody, 401, LAYER],
      [other, 404, 'petition_sites'],
      [nobody, 404, 'petition_sites'],
      [planner, 403, 'pipelines'],
    ] as const) {
      const answers = [
        await caller.post(items(layer), point(106.65, 29.54)),
        await write(caller, 'PUT', id, point(106.65, 29.54), tag, layer),
        await write(caller, 'PATCH', id, { properties: {} }, tag, layer),
        await write(caller, 'DELETE', id, undefined, tag, layer),
      ];
      expect([layer, ...answers.map((a) => a.status)]).toEqual([layer, status, status, status, status]);
    }
    expect((await about()).yutu.version).toBe(version);
  });
});

describe('what cannot be', () => {
  it('is refused in words and writes nothing', async () => {
    const { version, featureCount } = (await about('parcels')).yutu;
    const bow = square(106.55, 29.56, 0.001);
    bow.geometry.coordinates[0] = [
      [106.55, 29.56],
      [106.551, 29.561],
      [106.551, 29.56],
      [106.55, 29.561],
      [106.55, 29.56],
    ];
    const open = square(106.55, 29.56, 0.001);
    open.geometry.coordinates[0]!.pop();
    const wrong: [object, string, RegExp][] = [
      [bow, 'geometry', /106\.5505\d*, 29\.5605/],
      [open, 'geometry', /not closed/],
      [{ ...bow, geometry: { type: 'Point', coordinates: [1, 2] } }, 'geometry', /expected Polygon/],
      [square(29.56, 106.55, 0.001), 'geometry', /swapped/],
      [square(500, 29, 1), 'geometry', /not longitude/],
      [{ ...bow, geometry: { type: 'Polygon', coordinates: [] } }, 'geometry', /empty/],
      [{ ...bow, geometry: { type: 'Polygon', coordinates: 'x' } }, 'geometry', /broken/],
      [square(106.55, 29.56, 0.001, { nosuch: 1 }), 'properties.nosuch', /no such field/],
      [square(106.55, 29.56, 0.001, { area_m2: 'wide' }), 'properties.area_m2', /double/],
      [square(106.55, 29.56, 0.001, { term_end: '2026-02-30' }), 'properties.term_end', /date/],
      [square(106.55, 29.56, 0.001, { land_use: 'nosuch' }), 'properties.land_use', /code list/],
    ];
    for (const [feature, parameter, words] of wrong) {
      const answer = await steward.post(items('parcels'), feature);
      expect([answer.status, answer.json.parameter, answer.json.detail]).toEqual([400, parameter, expect.stringMatching(words)]);
    }
    expect((await steward.post(items('parcels'), '{"type":')).status).toBe(400);
    expect((await steward.post(items('parcels'), 'x', { 'content-type': 'text/plain' })).status).toBe(415);
    const after = (await about('parcels')).yutu;
    expect([after.version, after.featureCount]).toEqual([version, featureCount]);
  });
});

describe('open viewers', () => {
  it('hear of an edit within a second', async () => {
    const stream = await nobody.events();
    const from = stream.heard.length;
    const started = performance.now();
    await create(steward, point(106.66, 29.55));
    await stream.next('layer', (d) => d.layer === LAYER, from, 1000);
    console.log(`edit → heard by an open viewer: ${(performance.now() - started).toFixed(0)} ms`);
    stream.close();
  });
});

describe('a caller with an area', () => {
  it('sees an edit only inside it, and no trace of one outside', async () => {
    await share(planner, steward, parcelsWish, parcelsGift);
    const list = (await planner.get(`${items('parcels')}?limit=1`)).json.features[0];
    const path = `${items('parcels')}/${list.id}`;
    const inside = await planner.get(`/api/collections/parcels/items?limit=1`);
    const ring = inside.json.features[0].geometry.coordinates.flat(2)[0] as [number, number];
    const at = tileAt(ring[0], ring[1], 14);
    const before = await planner.get(path);
    const tileBefore = await planner.get(tilePath('parcels', at));
    // Jiulongpo was not granted.
    const outside = await create(
      steward,
      square(106.51, 29.5, 0.0004, { code: '外', district_code: inner.jiulongpo }),
      'parcels',
    );
    expect((await planner.get(`${items('parcels')}/${outside.id}`)).status).toBe(404);
    expect(await holds(planner, outside.id, 106.5102, 29.5002, 14, 'parcels')).toBeUndefined();
    expect((await holds(steward, outside.id, 106.5102, 29.5002, 14, 'parcels'))?.id).toBe(outside.id);
    expect((await planner.get(path)).headers.etag).toBe(before.headers.etag);
    expect((await planner.get(tilePath('parcels', at))).headers.etag).toBe(tileBefore.headers.etag);
    const within = await create(steward, square(ring[0], ring[1], 0.0003, { code: '内', right_type: null }), 'parcels');
    const seen = await planner.get(`${items('parcels')}/${within.id}`);
    expect([seen.status, Object.keys(seen.json.properties)]).toEqual([200, expect.not.arrayContaining(['holder', 'right_type'])]);
    expect((await holds(planner, within.id, ring[0], ring[1], 14, 'parcels'))?.properties.code).toBe('内');
    // Carried out of the area it is gone, and what happens to it there leaves no trace either.
    const away = square(106.51, 29.5, 0.0004).geometry;
    const moved = await write(steward, 'PATCH', within.id, { geometry: away }, within.tag, 'parcels');
    expect(moved.status).toBe(200);
    expect(await holds(planner, within.id, ring[0], ring[1], 14, 'parcels')).toBeUndefined();
    expect(await holds(planner, within.id, 106.5102, 29.5002, 14, 'parcels')).toBeUndefined();
    expect((await planner.get(`${items('parcels')}/${within.id}`)).status).toBe(404);
    expect((await planner.get(tilePath('parcels', at))).headers.etag).toBe(tileBefore.headers.etag);
  });
});
