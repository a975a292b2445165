import { describe, expect, it } from 'vitest';
import type { Catalogue } from '../catalogue/catalogue.js';
import type { LayerDefinition } from '../catalogue/definition.js';
import type { Layer } from '../catalogue/layers.js';
import { exampleLayer } from '../catalogue/testing.js';
import type { Bus, Message } from '../db/bus.js';
import type { Database } from '../db/database.js';
import { type IncomingFeature, importLayer } from './import.js';

/** Rooms over a database that keeps what is staged and tells which statements ran. */
function rooms(...layers: Layer[]) {
  const asked: string[] = [];
  const staged: { g: unknown; [column: string]: unknown }[] = [];
  const told: Message[] = [];
  const query = async (sql: string, params: readonly unknown[] = []) => {
    asked.push(sql.replace(/\s+/g, ' ').trim());
    if (sql.includes('json_to_recordset($1::json) as r(i')) staged.push(...JSON.parse(String(params[0])));
    if (sql.includes('max(fid)')) return [{ max: 41 }];
    if (sql.includes('returning version')) return [{ version: 2 }];
    if (sql.includes('audit_head for update')) return [{ seq: 0, hash: 'genesis', algorithm: 'sha256' }];
    return sql.startsWith('with input') ? [] : [];
  };
  const db = {
    query,
    tx: (work: (q: { query: typeof query }) => unknown, o: { timeoutMs?: number } = {}) =>
      work({ query: (sql, params) => query(`/* ${o.timeoutMs} ms */ ${sql}`, params) }),
  } as unknown as Database;
  const bus = { announce: async () => {}, deliver: async (m: Message) => void told.push(m) } as unknown as Bus;
  const catalogue = {
    layers: new Map(layers.map((l) => [l.id, l])),
    instance: { home: [105, 28, 111, 33] },
  } as unknown as Catalogue;
  return { house: { db, bus, catalogue }, asked, staged, told };
}
const feature = (geometry: unknown, properties: object | null = { code: 'A' }) =>
  ({ type: 'Feature', geometry, properties }) as IncomingFeature;
const square = {
  type: 'Polygon',
  coordinates: [
    [
      [106, 29],
      [107, 29],
      [107, 30],
      [106, 29],
    ],
  ],
};
const points = exampleLayer({ geometryType: 'point' });
const lines = exampleLayer({ geometryType: 'line' });
const parcels = exampleLayer();

async function bring(d: LayerDefinition, features: unknown[], house = rooms(), more: object = {}) {
  const report = await importLayer(house.house, d, features as IncomingFeature[], {
    actor: 'a',
    organisation: null,
    source: 'f',
    timezone: 'Asia/Shanghai',
    ...more,
  });
  return { report, ...house };
}

describe('an import', () => {
  it('stages geometry and values in the layer’s order, publishes, and tells', async () => {
    const { report, staged, told, asked } = await bring(parcels, [
      feature(square, { area_m2: '12.5', code: 'A' }),
      feature(null),
    ]);
    expect(staged).toEqual([
      { i: 0, g: square, c0: 'A', c1: 12.5, c2: null, c3: null, c4: null },
      { i: 1, g: null, c0: 'A', c1: null, c2: null, c3: null, c4: null },
    ]);
    expect(report).toMatchObject({ layer: 'parcels', version: 2, features: 2, repaired: 0, notes: [] });
    expect(told).toEqual([{ kind: 'layer', layer: 'parcels', version: 2 }]);
    expect(asked.some((sql) => sql.startsWith('drop table'))).toBe(false);
    expect(asked.find((sql) => sql.includes('create index'))).toMatch(/^\/\* 600000 ms/); // it may take its time
  });

  it('takes no property that a feature does not have for one of JavaScript’s own', async () => {
    const odd = exampleLayer({ fields: [{ name: 'constructor', titleZh: 'x', titleEn: 'x', type: 'text' }] as never });
    const { staged } = await bring(odd, [feature(null, {}), feature(null, null), feature(null, { constructor: '建工' })]);
    expect(staged.map((r) => r.c0)).toEqual([null, null, '建工']);
  });

  it.each<[string, LayerDefinition, unknown, RegExp]>([
    ['another type of geometry', points, feature(square), /Feature 2 is a Polygon; expected Point/],
    ['a collection', parcels, feature({ type: 'GeometryCollection', geometries: [] }), /is a GeometryCollection/],
    ['a type of JavaScript’s own', parcels, feature({ type: 'constructor' }), /is a constructor/],
    ['too few levels', lines, feature({ type: 'LineString', coordinates: [106, 29] }), /broken coordinates/],
    ['no coordinates', lines, feature({ type: 'LineString' }), /broken coordinates/],
    ['half a position', points, feature({ type: 'Point', coordinates: [106] }), /coordinates that are no numbers/],
    ['coordinates as text', points, feature({ type: 'Point', coordinates: ['106', '29'] }), /coordinates that are no numbers/],
    [
      'swapped axes',
      points,
      feature({ type: 'Point', coordinates: [29.5, 106.5] }),
      /29.5, 106.5: latitude and longitude seem to be swapped/,
    ],
    [
      'metres',
      points,
      feature({ type: 'Point', coordinates: [360000, 3280000] }),
      /not longitude and latitude; convert them first/,
    ],
    [
      'a value of the wrong type',
      points,
      feature(null, { area_m2: 'large' }),
      /Feature 2: "area_m2" is "large", expected double/,
    ],
    ['no feature', points, { type: 'Point', coordinates: [106, 29] }, /is not a GeoJSON feature/],
    ['nothing at all', points, null, /is not a GeoJSON feature/],
  ])('with %s is refused with the feature’s number, and leaves nothing behind', async (_what, d, bad, why) => {
    const house = rooms();
    const bringing = bring(d, [feature(null), bad], house);
    await expect(bringing).rejects.toMatchObject({ code: 'import_invalid' });
    await expect(bringing).rejects.toThrow(why);
    expect(house.asked.at(-1)).toMatch(/^drop table if exists "org_planning"."import_/);
    expect(house.told).toEqual([]);
  });

  it('of coordinates elsewhere says so', async () => {
    const { report } = await bring(points, [feature({ type: 'Point', coordinates: [116.4, 39.9] })]);
    expect(report.notes).toEqual([{ zh: expect.any(String), en: 'warning: most coordinates lie outside the city' }]);
  });

  it('of an empty file, or one that is cancelled, is none', async () => {
    await expect(bring(points, [])).rejects.toThrow('The file holds no features');
    await expect(bring(points, [feature(null)], rooms(), { signal: AbortSignal.abort() })).rejects.toThrow('cancelled');
  });
});

describe('a layer that is there already', () => {
  it('is replaced only when told to, and no id is used again', async () => {
    await expect(bring(parcels, [feature(null)], rooms(parcels))).rejects.toMatchObject({ code: 'exists' });
    const { asked } = await bring(parcels, [feature(null)], rooms(parcels), { replace: true });
    expect(asked.find((sql) => sql.startsWith('create table'))).toContain('identity (start with 42)');
  });

  it.each<[string, Partial<Layer>]>([
    ['fields', { fields: parcels.fields.slice(1) }],
    ['types', { fields: parcels.fields.map((f) => ({ ...f, type: 'text' as const })) }],
    ['geometry', { geometryType: 'point' }],
    ['coordinates', { srid: 4545 }],
  ])('does not silently get other %s than it is registered with', async (_what, wish) => {
    const house = rooms(parcels);
    await expect(bring({ ...parcels, ...wish }, [feature(null)], house, { replace: true })).rejects.toMatchObject({
      code: 'import_invalid',
    });
    expect(house.asked).toEqual([]);
  });
});
