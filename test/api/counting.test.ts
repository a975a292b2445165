import { beforeAll, describe, expect, it } from 'vitest';
import { type Caller, makeKey, signIn, withKey } from '../harness.js';
import { shared } from '../instance.js';
import { day, revoke } from '../story.js';
import { type Box, datasetPath, decodeAny, type TileCoord, tileAt, tilePath } from '../tile.js';

/**
 * What carries a feature's id or its own values is that feature drawn. Where a caller may draw only so much, tiles below the counting
 * zoom tell no feature apart, and from there on they count.
 */
const place = shared();
const zooms = [8, 9, 10, 11, 12, 13, 14, 15];
const centre = [106.55, 29.56] as const;
let planner: Caller;
let steward: Caller;
let auditor: Caller;
let health: Caller;

beforeAll(async () => {
  [planner, steward, auditor, health] = (await Promise.all(
    ['planner', 'steward', 'auditor', 'steward-health'].map((name) => signIn(place, name)),
  )) as [Caller, Caller, Caller, Caller];
});

const all = [
  'area_m2',
  'code',
  'district_code',
  'district_name',
  'holder',
  'land_use',
  'right_type',
  'simulated',
  'term_end',
  'town_name',
];
const fieldsOf = (names: readonly string[]) =>
  names.map((name) => ({ name, form: name === 'holder' ? ('code' as const) : ('value' as const) }));
const parcels = { layers: ['parcels'], fields: fieldsOf(all) };
const hospitals = { layers: ['hospitals'], fields: fieldsOf(['name', 'kind', 'grade', 'beds']) };

/** Lets the planner's organisation see a layer for a while, by a key of its own. */
async function granted(owner: Caller, what: object, work: (key: Caller) => Promise<void>): Promise<void> {
  const shared = await owner.post('/api/grants', {
    kind: 'single',
    reason: '核查用地',
    subject: { kind: 'organisation', id: 'transport' },
    actions: ['view', 'query', 'api'],
    area: null,
    until: day(3),
    ...what,
  });
  expect([shared.status, shared.text.slice(0, 300)]).toEqual([201, expect.any(String)]);
  const made = await makeKey(planner, `counting ${shared.json.grants[0].id}`);
  try {
    await work(withKey(place, made.key));
  } finally {
    for (const { id } of shared.json.grants) await revoke(owner, id);
    await planner.delete(`/api/keys/${made.id}`);
  }
}

/** What a tile tells: how many features, how many of them by their ids, and under which names values. */
function told(bytes: Buffer, layer: string) {
  const features = decodeAny(bytes).get(layer) ?? [];
  const names = new Set(features.flatMap(({ properties }) => Object.keys(properties)));
  return { features: features.length, named: features.filter(({ id }) => id !== undefined).length, names: [...names].sort() };
}
async function tellsAt(caller: Caller, layer: string, coord: TileCoord, more = '') {
  const answer = await caller.get(tilePath(layer, coord) + more);
  expect([coord.z, answer.status]).toEqual([coord.z, 200]);
  return told(answer.bytes, layer);
}

async function rowsDrawn(layer = 'parcels'): Promise<number> {
  const { extraction } = (await auditor.get('/api/governance/extraction')).json;
  return (
    extraction.find(
      (r: { layer: { id: string }; organisation: { id: string } }) => r.layer.id === layer && r.organisation.id === 'transport',
    )?.rows ?? 0
  );
}

describe('the whole city in tiles of zoom 11', () => {
  it('gives no id and no value beyond the class, and so is not counted', async () => {
    await granted(steward, parcels, async (key) => {
      const before = await rowsDrawn();
      const [west, south, east, north] = (await key.get('/api/collections/parcels')).json.extent.spatial.bbox[0] as Box;
      const [from, to] = [tileAt(west, north, 11), tileAt(east, south, 11)];
      let features = 0;
      const seen: object[] = [];
      for (let x = from.x; x <= to.x; x++)
        for (let y = from.y; y <= to.y; y++) {
          const answer = await key.get(tilePath('parcels', { z: 11, x, y }));
          if (answer.status === 204) continue;
          const { features: n, ...rest } = told(answer.bytes, 'parcels');
          features += n;
          seen.push(rest);
        }
      expect(features).toBeGreaterThan(30_000);
      for (const one of seen) expect(one).toEqual({ named: 0, names: ['land_use'] });
      expect(await rowsDrawn()).toBe(before);
      // One zoom further down they are features, and counted as such.
      const near = await tellsAt(key, 'parcels', tileAt(...centre, 12));
      expect(near.named).toBe(near.features);
      expect(near.names).toEqual(expect.arrayContaining(['area_m2', 'code', 'holder', 'land_use']));
      expect(await rowsDrawn()).toBeGreaterThanOrEqual(Math.max(before, near.features));
    });
  });
});

describe('tiles of zooms 8 to 15', () => {
  it('of one under a limit on extraction tell features apart from the counting zoom on; those of the owner always', async () => {
    await granted(steward, parcels, async (key) => {
      for (const z of zooms) {
        const coord = tileAt(...centre, z);
        const [one, own] = [await tellsAt(key, 'parcels', coord), await tellsAt(steward, 'parcels', coord)];
        expect(one.features, `zoom ${z}`).toBe(own.features);
        expect([z, own.named]).toEqual([z, own.features]);
        if (z < 12) expect([z, one.named, one.names]).toEqual([z, 0, ['land_use']]);
        else expect([z, one.named, one.names]).toEqual([z, one.features, all]);
      }
    });
  });

  it('of one under a quota alike, where nothing else is counted; those of others are as they were', async () => {
    const coords = zooms.map((z) => tileAt(...centre, z));
    await granted(health, hospitals, async (free) => {
      const before = await Promise.all(coords.map(async (coord) => (await free.get(tilePath('hospitals', coord))).bytes));
      for (const [i, bytes] of before.entries()) {
        const own = await tellsAt(health, 'hospitals', coords[i]!);
        const { features, named, names } = told(bytes, 'hospitals');
        expect([coords[i]!.z, features, named]).toEqual([coords[i]!.z, own.features, own.features]);
        expect(names.filter((name) => name !== 'point_count')).toEqual(['beds', 'grade', 'kind', 'name']);
      }
    });
    await granted(health, { ...hospitals, quota: { featuresPerDay: 10 } }, async (key) => {
      for (const coord of coords.slice(0, 4)) {
        // As often as one likes: the home view is nobody's feature.
        for (let i = 0; i < 3; i++) {
          const { features, named, names } = await tellsAt(key, 'hospitals', coord);
          expect([features > 0, named]).toEqual([true, 0]);
          expect(names.filter((name) => name !== 'point_count')).toEqual(['kind', 'name']);
        }
      }
      // From the counting zoom on they are used up: with the tile that reaches ten, however often it was asked for.
      const counted = await tellsAt(key, 'hospitals', tileAt(...centre, 12));
      expect([counted.features > 0, counted.named]).toEqual([true, counted.features]);
      for (let left = 10 - counted.features; left > 0; left -= counted.features)
        await tellsAt(key, 'hospitals', tileAt(...centre, 12));
      for (const z of [8, 12])
        expect((await key.get(tilePath('hospitals', tileAt(...centre, z)))).json.code).toBe('quota_exceeded');
    });
  });

  it('tell no more where they come in another way: of several layers, by a signed address, as a steward’s preview', async () => {
    await granted(steward, parcels, async (key) => {
      const coord = tileAt(...centre, 11);
      const small = { named: 0, names: ['land_use'] };
      const together = await key.get(datasetPath(['parcels', 'districts'], coord));
      expect(told(together.bytes, 'parcels')).toMatchObject(small);
      const districts = told(together.bytes, 'districts');
      expect([districts.named, districts.features > 0]).toEqual([districts.features, true]);
      const { tiles } = (await key.post('/api/collections/parcels/signed-tiles', { hours: 1 })).json;
      const url = new URL(tiles.replace('{z}', '11').replace('{x}', String(coord.x)).replace('{y}', String(coord.y)));
      const nobody = new (key.constructor as typeof Caller)(place.url);
      expect(told((await nobody.get(url.pathname + url.search)).bytes, 'parcels')).toMatchObject(small);
      const opened = await steward.post('/api/access/preview', { layer: 'parcels', as: 'organisation:transport' });
      expect(await tellsAt(steward, 'parcels', coord, `?preview=${opened.json.token}`)).toMatchObject(small);
    });
  });

  it('are told truly beforehand: which fields they hold, and which of them in small zooms', async () => {
    await granted(steward, parcels, async (key) => {
      const [mine, own] = await Promise.all([key, steward].map((c) => c.get('/api/collections/parcels/tilejson')));
      const small = { maxzoom: 11, ids: false, fields: ['land_use'] };
      expect(mine!.json.vector_layers[0]).toMatchObject({ reduced: small });
      expect(Object.keys(mine!.json.vector_layers[0].fields).sort()).toEqual(all);
      expect(own!.json.vector_layers[0]).not.toHaveProperty('reduced');
      const tileset = await key.get('/api/collections/parcels/tiles/WebMercatorQuad');
      expect(tileset.json.layers[0]).toMatchObject({ reduced: { maxTileMatrix: '11', ids: false, properties: ['land_use'] } });
    });
  });
});
