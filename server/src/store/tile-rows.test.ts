import { describe, expect, it } from 'vitest';
import type { View } from '../access/view.js';
import { exampleLayer } from '../catalogue/testing.js';
import { rowsSelect, withinBox } from './tile-rows.js';

const whole = [106, 29, 107, 30] as const;
const view = { fields: new Map(), rows: null, area: null, precision: null } as unknown as View;

describe('the rows of a tile', () => {
  it('are all of its box while these are few, and every n-th of the layer when they are many', () => {
    const few = exampleLayer({ featureCount: 100_000 });
    const many = exampleLayer({ featureCount: 12_000_000 });
    expect(withinBox(few, whole, 20_000, 100_000)).toEqual({
      condition: 't.geom && (select st_setsrid(st_makeenvelope(106, 29, 107, 30, 4326), 4490))',
      sampled: false,
    });
    expect(withinBox(many, whole, 20_000, 12_000_007)).toEqual({
      condition: expect.stringMatching(/^t\.fid in \(select generate_series\(1, 12000007, 150\)\) and t\.geom && /),
      sampled: true,
    });
    // A hundredth of the extent may hold 120,000 of them.
    const part = withinBox(many, [106, 29, 106.1, 29.1], 20_000, 12_000_007);
    expect([part.sampled, part.condition]).toEqual([false, expect.not.stringContaining('generate_series')]);
  });

  it('of a layer in another reference system are found along the bent edges of the box', () => {
    const { condition } = withinBox(exampleLayer({ srid: 4545 }), whole, 20_000, 5);
    expect(condition).toBe(
      't.geom && (select st_transform(st_segmentize(st_makeenvelope(106, 29, 107, 30, 4326), 0.0625), 4545))',
    );
  });

  it('begin with the largest, of points with any, and never go beyond the views', () => {
    const few: View = { ...view, rows: { op: '<', args: [{ property: 'area_m2' }, 500] } };
    const polygons = rowsSelect(exampleLayer(), [few], 'W', 7);
    expect(polygons).toMatch(/ where \(t\."area_m2" < \(500\)::float8\) and W order by .*st_xmax.* desc, t\.fid limit 7$/);
    expect(rowsSelect(exampleLayer({ geometryType: 'point' }), [view], 'W', 7)).toMatch(
      / where true and W order by hashint8\(t\.fid\), t\.fid limit 7$/,
    );
  });
});
