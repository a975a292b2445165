import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { create, holds, items, LAYER, metric, point, square, write } from '../editing.js';
import { anonymous, type Caller, eventually, signIn, startYutu, type Yutu, yutuCommand } from '../harness.js';
import { day, inner, parcelsGift, parcelsWish, share } from '../story.js';
import { decode, tile, tileAt, tileBox, tilePath } from '../tile.js';

let yutu: Yutu;
let steward: Caller;
let planner: Caller;
let nobody: Caller;
/** Sees parcels, those of one district exactly and the others as their cells. */
let coarse: Caller;

const enter = async () => {
  steward = await signIn(yutu, 'steward');
  planner = await signIn(yutu, 'planner');
  nobody = anonymous(yutu);
  coarse = await signIn(yutu, 'steward-emergency');
};

beforeAll(async () => {
  yutu = await startYutu();
  await enter();
  await share(planner, steward, parcelsWish, parcelsGift);
  const { id } = (await coarse.get('/api/session')).json.user.organisation;
  const given = { layers: ['parcels'], kind: 'single', subject: { kind: 'organisation', id }, reason: '粗略示意', fields: null };
  for (const content of [
    { area: null, precision: { kind: 'cell', metres: 150 } },
    { area: { divisions: [inner.yuzhong] }, precision: null },
    { area: { divisions: [inner.shapingba] }, precision: { kind: 'grid', metres: 80 } },
  ])
    expect((await steward.post('/api/grants', { ...given, actions: ['view', 'query'], until: day(1), ...content })).status).toBe(
      201,
    );
  for (const layer of ['places', 'parcels']) await tile(steward, layer, tileAt(106.55, 29.56, 14));
});
afterAll(() => yutu?.remove());

describe('the tile cache', () => {
  it('keeps the tiles that an edit did not touch, with their ETag', async () => {
    const far = tilePath(LAYER, tileAt(107.3, 30.2, 14));
    const near = tilePath('places', tileAt(106.55, 29.56, 12));
    const places = tilePath('places', tileAt(107.5, 29.8, 12));
    const first = await steward.get(places);
    await steward.get(far);
    await steward.get(near);
    const [hits, misses] = [
      await metric(nobody, 'yutu_tile_cache_hits_total'),
      await metric(nobody, 'yutu_tile_cache_misses_total'),
    ];
    await create(steward, point(106.55, 29.56, { name_zh: '缓存' }), 'places');
    const again = await steward.get(places);
    expect([again.status, again.headers.etag]).toEqual([first.status, first.headers.etag]);
    expect(await metric(nobody, 'yutu_tile_cache_hits_total')).toBe(hits + 1);
    expect(await metric(nobody, 'yutu_tile_cache_misses_total')).toBe(misses);
    expect((await steward.get(places, { 'if-none-match': first.headers.etag! })).status).toBe(304);
    await steward.get(near);
    expect(await metric(nobody, 'yutu_tile_cache_misses_total')).toBe(misses + 1);
  });
});

describe('the cache of a coarse view', () => {
  it('leaves only the tiles behind near which something changed; the coarse place is drawn anew', async () => {
    const z = 16;
    const near = tilePath('parcels', tileAt(106.52, 29.52, z));
    const far = tilePath('parcels', tileAt(106.45, 29.6, z));
    const shown = async () => (await tile(coarse, 'parcels', tileAt(106.52, 29.52, z))).map((f) => f.id);
    await create(steward, square(106.52, 29.52, 0.0001), 'parcels'); // what is edited is known from now on
    let before = await coarse.get(far);
    let misses = 0;
    // Tiles made from rows while the mask is under way are not kept.
    await eventually(async () => {
      misses = await metric(nobody, 'yutu_tile_cache_misses_total');
      before = await coarse.get(far);
      expect(await metric(nobody, 'yutu_tile_cache_misses_total')).toBe(misses);
    }, 60_000);
    await coarse.get(near);
    misses = await metric(nobody, 'yutu_tile_cache_misses_total');
    const made = await create(steward, square(106.5201, 29.5201, 0.0001, { code: 'C1' }), 'parcels');
    const again = await coarse.get(far);
    expect([again.status, again.headers.etag]).toEqual([before.status, before.headers.etag]);
    expect(await metric(nobody, 'yutu_tile_cache_misses_total')).toBe(misses);
    expect(await shown()).toContain(made.id);
    // A shape that lies in one tile is drawn as a cell that reaches into the next.
    const [first] = (await coarse.get(`${items('parcels')}/${made.id}`)).json.geometry.coordinates as number[][][][];
    const [west, south, east, north] = [0, 1, 2, 3].map((i) =>
      (i < 2 ? Math.min : Math.max)(...first![0]!.map((position) => position[i % 2]!)),
    ) as [number, number, number, number];
    expect(east - west).toBeGreaterThan(0.001);
    const seen = async () => {
      const corners = [tileAt(west, south, 18), tileAt(east, south, 18), tileAt(west, north, 18), tileAt(east, north, 18)];
      return Promise.all(corners.map(async (c) => (await tile(coarse, 'parcels', c)).some((f) => f.id === made.id)));
    };
    expect(await seen()).toEqual([true, true, true, true]);
    expect((await write(steward, 'DELETE', made.id, undefined, '*', 'parcels')).status).toBe(204);
    expect(await seen()).toEqual([false, false, false, false]);
    expect(await shown()).not.toContain(made.id);
  });
});

describe('many edits', () => {
  it('end in a new base, built behind the map; the map holds them all the while', async () => {
    const at = tileAt(106.7, 29.6, 14);
    const ids: number[] = [];
    for (let i = 0; i < 520; i += 10)
      ids.push(
        ...(await Promise.all(Array.from({ length: 10 }, (_, k) => create(steward, point(106.7 + (i + k) * 1e-6, 29.6))))).map(
          (c) => c.id,
        ),
      );
    const seen = async () => (await tile(steward, LAYER, at)).filter((f) => ids.includes(f.id)).length;
    expect(await seen()).toBe(ids.length);
    await eventually(async () => {
      expect(await seen()).toBe(ids.length);
      expect(await metric(nobody, 'yutu_pending_edits')).toBeLessThan(100);
    }, 20_000);
  }, 120_000);
});

describe('an import', () => {
  it('takes the place of what was edited; ids of deleted features are not given again', async () => {
    const file = join(yutu.dataDir, 'stops.geojson');
    const bring = (n: number, ...more: string[]) => {
      const features = Array.from({ length: n }, (_, i) => point(106.8 + i / 1e4, 29.7, { name: `s${i}` }));
      writeFileSync(file, JSON.stringify({ type: 'FeatureCollection', features }));
      return yutuCommand(yutu, ['import', file, '--layer', 'edit_stops', '--owner', 'planning', ...more]).status;
    };
    expect(bring(3)).toBe(0);
    const last = await create(steward, point(106.8, 29.7, { name: 'mine' }), 'edit_stops');
    expect((await holds(steward, last.id, 106.8, 29.7, 14, 'edit_stops'))?.properties.name).toBe('mine');
    expect((await write(steward, 'DELETE', last.id, undefined, last.tag, 'edit_stops')).status).toBe(204);
    expect(bring(2, '--replace', '--key', 'none')).toBe(0);
    const found = await tile(steward, 'edit_stops', tileAt(106.8, 29.7, 14));
    expect(found.map((f) => f.id).sort()).toEqual([last.id + 1, last.id + 2]);
    const { id } = await create(steward, point(106.8, 29.7, { name: 'after' }), 'edit_stops');
    expect(id).toBe(last.id + 3);
    expect((await holds(steward, id, 106.8, 29.7, 14, 'edit_stops'))?.properties.name).toBe('after');
  });
});

describe('a random sequence of edits', () => {
  it('gives the tiles that a rebuilt snapshot gives; a restart keeps them', async () => {
    let seed = 42;
    const random = () => {
      seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
      return seed / 2 ** 32;
    };
    const place = () => [106.5 + random() * 0.1, 29.5 + random() * 0.1] as const;
    const { features } = (await steward.get(`${items('parcels')}?bbox=106.5,29.5,106.6,29.6&limit=40`)).json;
    const own: number[] = features.map((f: { id: number }) => f.id);
    for (let i = 0; i < 60; i++) {
      const [lon, lat] = place();
      const shape = square(lon, lat, 0.0002 + random() * 0.004, { code: `R${i}`, area_m2: Math.round(random() * 1e5) });
      const id = own[Math.floor(random() * own.length)]!;
      const dice = random();
      const answer =
        dice < 0.4
          ? await steward.post(items('parcels'), shape)
          : dice < 0.6
            ? await write(steward, 'PUT', id, shape, '*', 'parcels')
            : dice < 0.8
              ? await write(steward, 'PATCH', id, { properties: { area_m2: i } }, '*', 'parcels')
              : await write(steward, 'DELETE', id, undefined, '*', 'parcels');
      expect(answer.status).toBeLessThan(300);
      if (answer.status === 201) own.push(answer.json.id);
      if (answer.status === 204) own.splice(own.indexOf(id), 1);
    }
    const coords = [14, 15, 16].flatMap((z) => Array.from({ length: 12 }, () => tileAt(...place(), z)));
    const picture = async (caller: Caller) =>
      Promise.all(
        coords.map(async (c) => {
          const { status, bytes } = await caller.get(tilePath('parcels', c), { 'accept-encoding': 'gzip' });
          expect([200, 204]).toContain(status);
          return JSON.stringify(
            decode(bytes, 'parcels').sort((a, b) => a.id - b.id || (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
          );
        }),
      );
    const [drawn, limited, rough] = [await picture(steward), await picture(planner), await picture(coarse)];
    expect(rough).not.toEqual(drawn);
    expect(drawn.some((t) => t.includes('"R'))).toBe(true);
    // What the tiles hold is what SQL holds.
    for (const c of coords.slice(0, 6)) {
      const box = tileBox(c).join(',');
      const held = (await steward.get(`${items('parcels')}?bbox=${box}&limit=10000`)).json.features.map(
        (f: { id: number }) => f.id,
      );
      const ids = new Set((await tile(steward, 'parcels', c)).map((f) => f.id));
      expect(held.filter((id: number) => !ids.has(id))).toEqual([]);
    }
    await yutu.stop();
    yutu = await yutu.again();
    await enter();
    expect(await picture(steward)).toEqual(drawn);
    expect(await picture(planner)).toEqual(limited);
    expect(await picture(coarse)).toEqual(rough);
    expect(await metric(nobody, 'yutu_pending_edits')).toBeGreaterThan(20);
    await yutu.stop();
    rmSync(join(yutu.dataDir, 'snapshots'), { recursive: true, force: true });
    yutu = await yutu.again();
    await enter();
    expect(await picture(steward)).toEqual(drawn);
    expect(await picture(planner)).toEqual(limited);
    expect(await picture(coarse)).toEqual(rough);
    await eventually(async () => expect(await metric(nobody, 'yutu_pending_edits')).toBe(0));
    const { id } = await create(steward, square(106.55, 29.55, 0.001), 'parcels');
    expect((await holds(steward, id, 106.5505, 29.5505, 14, 'parcels'))?.id).toBe(id);
  }, 180_000);
});
