import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anonymous, type Caller, makeKey, type Query, signIn, startYutu, underneath, withKey, type Yutu } from '../harness.js';
import { allItems, day, type Feature, inner, parcelsGift, parcelsWish, share, vertices } from '../story.js';
import { type Box, type TileCoord, type TileFeature, tile, tileAt, tileBox } from '../tile.js';

/**
 * Tile, items and the database agree. For a sample of callers × layers × tiles the features and fields in the tile are compared
 * with those of the items over the same buffered box and with brute-force SQL. The SQL knows what was granted only from this
 * test, which asked for it: nothing of the server's own reckoning takes part.
 */
interface Sight {
  caller: string;
  layer: string;
  /** What the caller may see, as this test arranged it; null: everything. */
  divisions: string[] | null;
  polygon: Box | null;
  fields: string[] | null;
}
interface Sample {
  sight: Sight;
  coord: TileCoord;
  box: Box;
  inTile: TileFeature[];
  inItems: Feature[];
}

const buffer = 64;
const redLine: Box = [106.5, 29.5, 106.62, 29.6];
const asPolygon = ([w, s, e, n]: Box) => ({
  type: 'Polygon' as const,
  coordinates: [
    [
      [w, s],
      [e, s],
      [e, n],
      [w, n],
      [w, s],
    ],
  ],
});
const hazardFields = ['code', 'kind', 'scale', 'stability', 'survey_date'];

const everything = (caller: string, layer: string): Sight => ({ caller, layer, divisions: null, polygon: null, fields: null });
const granted = (caller: string): Sight => ({
  caller,
  layer: 'parcels',
  divisions: [inner.yuzhong, inner.jiangbei],
  polygon: null,
  fields: parcelsGift.fields.map(({ name }) => name),
});
const sights: Sight[] = [
  ...['districts', 'townships', 'places', 'river_stations'].map((layer) => everything('anonymous', layer)),
  everything('planner', 'townships'),
  everything('planner', 'schools'),
  granted('planner'),
  granted('a key of transport'),
  { caller: 'planner', layer: 'hazard_points', divisions: null, polygon: redLine, fields: hazardFields },
  everything('steward', 'parcels'),
  everything('steward-emergency', 'hazard_points'),
];

let yutu: Yutu;
const samples: Sample[] = [];

beforeAll(async () => {
  yutu = await startYutu();
  const planner = await signIn(yutu, 'planner');
  const steward = await signIn(yutu, 'steward');
  const emergency = await signIn(yutu, 'steward-emergency');
  const callers: Record<string, Caller> = {
    anonymous: anonymous(yutu),
    planner,
    steward,
    'steward-emergency': emergency,
    'a key of transport': withKey(yutu, (await makeKey(planner, 'oracle')).key),
  };
  await share(planner, steward, parcelsWish, parcelsGift);
  await share(planner, steward, { layer: 'schools' });
  await share(planner, emergency, {
    layer: 'hazard_points',
    purpose: '边坡巡查',
    actions: ['view', 'query', 'api'],
    fields: hazardFields.map((name) => ({ name, form: 'value' })),
    area: { polygon: asPolygon(redLine), name: '巡查范围' },
    from: day(0),
    until: day(3),
  });

  const random = seeded(20261122);
  for (const sight of sights) {
    const caller = callers[sight.caller]!;
    for (const coord of await pickTiles(caller, sight.layer, random)) {
      const box = tileBox(coord, buffer);
      const inTile = await tile(caller, sight.layer, coord);
      const { features: inItems } = await allItems(
        caller,
        `/api/collections/${sight.layer}/items?limit=1000&bbox=${box.join(',')}`,
      );
      samples.push({ sight, coord, box, inTile, inItems });
    }
  }
  // the embedded engine serves one process: the SQL below runs after it has ended
  await yutu.stop();
}, 400_000);
afterAll(() => yutu?.remove());

const named = ({ sight, coord: { z, x, y } }: Sample) => `${sight.caller} ${sight.layer} ${z}/${x}/${y}`;

describe('the sample', () => {
  it('is worth looking at', () => {
    expect(samples.length).toBeGreaterThan(150);
    expect(samples.filter(({ coord }) => coord.z >= 14).length).toBeGreaterThan(100);
    expect(samples.filter(({ inTile }) => inTile.length > 0).length).toBeGreaterThan(100);
    for (const sight of sights)
      expect([sight.layer, samples.some((one) => one.sight === sight && one.inTile.length > 0)]).toEqual([sight.layer, true]);
  });
});

describe('the tile', () => {
  it('holds no feature and no field that the items do not, and equal values', () => {
    let compared = 0;
    for (const sample of samples) {
      const items = new Map(sample.inItems.map((feature) => [feature.id, feature]));
      for (const { id, properties } of sample.inTile) {
        // quantised, a feature just outside the buffered box may touch it: then the items need not have it
        const item = items.get(id);
        if (!item) continue;
        compared += 1;
        expect([named(sample), id, properties]).toEqual([named(sample), id, withoutNulls(item.properties)]);
      }
      expect([named(sample), new Set(sample.inTile.map(({ id }) => id)).size]).toEqual([named(sample), sample.inTile.length]);
    }
    expect(compared).toBeGreaterThan(2_000);
  });
});

describe('brute-force SQL', () => {
  it('finds exactly the items', async () => {
    let features = 0;
    await underneath(yutu, async (query) => {
      for (const sample of samples) {
        const expected = await bruteForce(query, sample, sample.box);
        features += expected.length;
        expect([named(sample), sorted(sample.inItems)]).toEqual([named(sample), expected.map(({ fid }) => Number(fid))]);
        const byId = new Map(sample.inItems.map((feature) => [feature.id, feature]));
        for (const { fid, fields } of expected)
          expect([named(sample), fid, byId.get(Number(fid))!.properties]).toEqual([named(sample), fid, fields]);
      }
    });
    expect(features).toBeGreaterThan(2_000);
  });

  it('finds the features of the tile at zoom 14 and beyond, and none too many at any zoom', async () => {
    let sure = 0;
    let doubtful = 0;
    await underneath(yutu, async (query) => {
      for (const sample of samples) {
        const { sight, coord, inTile } = sample;
        const got = new Set(sorted(inTile));
        // one unit more or less at the edge of the box is a matter of rounding to the tile's grid
        const possible = new Set((await bruteForce(query, sample, tileBox(coord, buffer + 1))).map(({ fid }) => Number(fid)));
        expect([named(sample), [...got].filter((id) => !possible.has(id))]).toEqual([named(sample), []]);
        if (coord.z < 14) continue;
        const certain = (await bruteForce(query, sample, tileBox(coord, buffer - 1), 16)).map(({ fid }) => Number(fid));
        expect([named(sample), certain.filter((id) => !got.has(id))]).toEqual([named(sample), []]);
        sure += certain.length;
        doubtful += possible.size - certain.length;
        expect(sight.layer).not.toBe('');
      }
    });
    expect(sure).toBeGreaterThan(1_000);
    expect(doubtful).toBeLessThan(sure / 5);
  });

  it('finds nothing drawn beyond the granted area', async () => {
    let looked = 0;
    await underneath(yutu, async (query) => {
      for (const sample of samples.filter(
        ({ sight, inTile, coord }) => (sight.divisions || sight.polygon) && inTile.length && coord.z >= 14,
      )) {
        const unit = 360 / 2 ** sample.coord.z / 4096;
        const points = sample.inTile.flatMap(({ rings }) => rings.flat()).map(({ x, y }) => lonLat(sample.coord, x, y));
        const [{ out }] = await query(
          `select count(*)::int as out from (select (st_dump(st_setsrid(st_geomfromgeojson($1), 4490))).geom) as point, (${areaSql(sample.sight)}) as area
           where st_distance(point.geom, area.geom) > $2`,
          [JSON.stringify({ type: 'MultiPoint', coordinates: points }), 2 * unit],
        );
        expect([named(sample), out]).toEqual([named(sample), 0]);
        looked += points.length;
      }
    });
    expect(looked).toBeGreaterThan(2_000);
  });
});

/** Tiles where the caller has features: at zoom 14 mostly, some deeper and some lower, and one where there is nothing. */
async function pickTiles(caller: Caller, layer: string, random: () => number): Promise<TileCoord[]> {
  const { features } = await allItems(caller, `/api/collections/${layer}/items?limit=1000`);
  expect([layer, features.length > 0]).toEqual([layer, true]);
  const zooms =
    layer === 'parcels' ? [14, 14, 14, 14, 14, 14, 15, 15, 16, 16, 12, 11] : [14, 14, 14, 14, 14, 14, 14, 14, 12, 10, 8, 6];
  // further up, tiles of who is under a limit tell no feature apart (test/api/counting.test.ts looks at those)
  const [told] = (await caller.get(`/api/collections/${layer}/tilejson`)).json.vector_layers;
  const least = (told.reduced?.maxzoom ?? -1) + 1;
  const wanted = (layer === 'parcels' ? [...zooms, ...zooms] : zooms).map((z) => Math.max(z, least));
  const tiles = wanted.map((z) => {
    const corners = vertices(features[Math.floor(random() * features.length)]!);
    return tileAt(...corners[Math.floor(random() * corners.length)]!, z);
  });
  return [...tiles, tileAt(100.1, 20.1, 14)];
}

/** The geometry a sight is limited to, from this test's own words. */
function areaSql({ divisions, polygon }: Sight): string {
  if (divisions)
    return `select st_union(geom) as geom from yutu.division where code in (${divisions.map((code) => `'${code}'`).join(', ')})`;
  if (polygon) return `select st_makeenvelope(${polygon.join(', ')}, 4490) as geom`;
  return 'select null::geometry as geom';
}

/**
 * Features whose visible part meets the box, with the visible fields, in order of their id. With `atLeast`, only those whose part
 * in the box is surely not lost by rounding to the tile's grid: wider than so many units in the square, or as long.
 */
async function bruteForce(
  query: Query,
  { sight, coord }: Sample,
  box: Box,
  atLeast = 0,
): Promise<{ fid: number; fields: Record<string, unknown> }[]> {
  const [{ schema_name, table_name }] = await query('select schema_name, table_name from yutu.layer where id = $1', [
    sight.layer,
  ]);
  const columns: { name: string }[] = await query('select name from yutu.field where layer = $1 order by position', [
    sight.layer,
  ]);
  const fields = columns.map(({ name }) => name).filter((name) => !sight.fields || sight.fields.includes(name));
  const unit = 360 / 2 ** coord.z / 4096;
  const limited = sight.divisions !== null || sight.polygon !== null;
  const rows = await query(
    `with area as (${areaSql(sight)}),
     visible as (
       select t.*, ${limited ? 'st_collectionextract(st_intersection(t.geom, area.geom), st_dimension(t.geom) + 1)' : 't.geom'} as part
       from "${schema_name}"."${table_name}" t, area
       where ${limited ? "st_relate(t.geom, area.geom, 'T********')" : 'true'} and t.geom && st_makeenvelope(${box.join(', ')}, 4490)
     )
     select fid, to_jsonb(visible) - 'geom' - 'part' as fields from visible
     where st_intersects(part, st_makeenvelope(${box.join(', ')}, 4490))
       and case ${atLeast > 0 ? 'st_dimension(part)' : '-1'}
         when 2 then st_area(st_buffer(st_intersection(part, st_makeenvelope(${box.join(', ')}, 4490)), ${-unit * Math.sqrt(atLeast) * 0.5})) > 0
         when 1 then st_length(st_intersection(part, st_makeenvelope(${box.join(', ')}, 4490))) > ${unit * atLeast}
         else true end
     order by fid`,
  );
  return rows.map((row) => {
    const all = typeof row.fields === 'string' ? JSON.parse(row.fields) : row.fields;
    return { fid: row.fid, fields: Object.fromEntries(fields.map((name) => [name, all[name] ?? null])) };
  });
}

const sorted = (features: { id: number }[]) => features.map(({ id }) => id).sort((a, b) => a - b);
const withoutNulls = (properties: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== null));

function lonLat({ z, x, y }: TileCoord, px: number, py: number): [number, number] {
  const worldX = (x + px / 4096) / 2 ** z;
  const worldY = (y + py / 4096) / 2 ** z;
  return [worldX * 360 - 180, (Math.atan(Math.sinh(Math.PI * (1 - 2 * worldY))) * 180) / Math.PI];
}

/** mulberry32: the same sample every time. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
