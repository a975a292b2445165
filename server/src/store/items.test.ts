import { describe, expect, it } from 'vitest';
import { viewSet } from '../access/canonical.js';
import type { View, ViewSet } from '../access/view.js';
import { exampleLayer } from '../catalogue/testing.js';
import type { Queryable } from '../db/database.js';
import { countItems, queryItems, summaryOf } from './items.js';

/** A database that gives these rows to whatever it is asked. */
function database(rows: object[]) {
  const asked: { sql: string; params: readonly unknown[] }[] = [];
  const q = {
    async query(sql: string, params: readonly unknown[] = []) {
      asked.push({ sql: sql.replace(/\s+/g, ' '), params });
      return rows;
    },
  } as unknown as Queryable;
  return { q, asked };
}
const view = (fields: Record<string, 'value' | 'code'>, wish: Partial<View> = {}): View => ({
  actions: new Set(['query']),
  fields: new Map(Object.entries(fields)),
  rows: null,
  area: null,
  maxZoom: null,
  precision: null,
  counted: null,
  source: 'grant',
  grant: 'g',
  until: null,
  ...wish,
});
const set = (...views: View[]): ViewSet => ({ ...viewSet(views), views });
const east = { area: { id: 'east', hash: 'east' } };

describe('items', () => {
  it('have the fields of the views that show them, in the better form', async () => {
    const both = set(view({ code: 'value', holder: 'code' }), view({ holder: 'value' }, east));
    const rows = [1, 2, 3].map((bits) => ({ fid: bits, geometry: null, bits, c0: 'A', c1: '张三', c2: 'R-1' }));
    const items = await queryItems(database(rows).q, exampleLayer(), both, { limit: 9 });
    expect(items.map((i) => ({ ...i.properties }))).toEqual([
      { code: 'A', holder: 'R-1' },
      { holder: '张三' },
      { code: 'A', holder: '张三' },
    ]);
  });

  it('keep a field called like one of JavaScript’s own', async () => {
    const fields = ['constructor', 'toString', '__proto__'].map((name) => ({ name, titleZh: 'x', titleEn: 'x', type: 'text' }));
    const layer = exampleLayer({ fields: fields as never });
    const one = set({ ...view({}), fields: new Map(fields.map((f) => [f.name, 'value' as const])) });
    const [item] = await queryItems(database([{ fid: 1, geometry: null, bits: 1, c0: 'a', c1: 'b', c2: 'c' }]).q, layer, one, {
      limit: 1,
    });
    expect(JSON.stringify(item!.properties)).toBe('{"constructor":"a","toString":"b","__proto__":"c"}');
  });

  it('are asked for a page at a time, in the box as the caller sees it', async () => {
    const { q, asked } = database([]);
    await queryItems(q, exampleLayer(), set(view({ code: 'value' }, east)), { limit: 11, after: 5, bbox: [106, 29, 107, 30] });
    expect(asked[0]!.sql).toMatch(
      /from \(select t\.\* from "org_planning"\."parcels" t where .* t\.fid > \$3::bigint order by t\.fid offset 0\) t where st_intersects\(\(case when .* limit \$4::int$/,
    );
    expect(asked[0]!.params).toEqual([expect.stringContaining('MultiPolygon'), 'east', 5, 11]);
    expect(asked[0]!.sql).not.toContain('"holder"');
  });

  it('cannot be filtered by what is hidden, masked, or shown by one view only', async () => {
    const ask = (property: string, ...views: View[]) =>
      queryItems(database([]).q, exampleLayer(), set(...views), { limit: 1, filter: { op: 'isNull', args: [{ property }] } });
    await expect(ask('code', view({ code: 'value' }))).resolves.toEqual([]);
    for (const [property, ...views] of [
      ['phone', view({ code: 'value' })],
      ['holder', view({ holder: 'code' })],
      ['code', view({ code: 'value' }), view({ holder: 'value' })],
      ['nothing', view({ code: 'value' })],
    ] as [string, ...View[]][])
      await expect(ask(property, ...views)).rejects.toThrow(`unknown property: "${property}"`);
  });
});

describe('how many and where', () => {
  const layer = exampleLayer({ featureCount: 5 });
  it('is known of the whole layer, and asked of its parts', async () => {
    const { q, asked } = database([{ features: 3, box: [106, 29, 106.5, 30] }]);
    expect(await summaryOf(q, layer, set(view({})))).toEqual({ features: 5, box: [106, 29, 107, 30] });
    expect(asked).toEqual([]);
    expect(await summaryOf(q, layer, set(view({}, east)))).toEqual({ features: 3, box: [106, 29, 106.5, 30] });
    expect(asked[0]!.sql).toContain('st_extent((case when'); // of what is cut, not of what it was cut from
  });

  it('is asked of coarse geometries as they are shown: the true box would tell where in their cells they lie', async () => {
    const { q, asked } = database([{ features: 5, box: [106, 29, 107, 30] }]);
    await summaryOf(q, layer, set(view({}, { precision: { kind: 'point', metres: 100 } })));
    expect(asked[0]!.sql).toMatch(/st_extent\(.*yutu\.coarse/);
  });

  it('is nothing where rows are left out', async () => {
    const { q, asked } = database([{ features: 0, box: null, n: 0 }]);
    expect(await countItems(q, layer, set(view({}, { rows: false })), {})).toBe(0);
    expect(await summaryOf(q, layer, set(view({}, { rows: false })))).toMatchObject({ features: 0, box: null });
    expect(asked).toHaveLength(2);
  });
});
