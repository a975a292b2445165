import { describe, expect, it } from 'vitest';
import type { Queryable } from '../db/database.js';
import { freezeDivisions, freezePolygon } from './areas.js';

/** Answers the statements in order and keeps them. */
function database(...answers: object[][]) {
  const asked: { sql: string; params: readonly unknown[] }[] = [];
  const q = {
    async query(sql: string, params: readonly unknown[] = []) {
      asked.push({ sql: sql.replace(/\s+/g, ' '), params });
      return answers[asked.length - 1] ?? [];
    },
  } as unknown as Queryable;
  return { q, asked };
}
const line = { type: 'Polygon', coordinates: [] };

describe('a red line', () => {
  it('is frozen without heights, which the column does not take, and only where it has an area', async () => {
    const { q, asked } = database([{ km2: 12.3456 }], [{ id: 'new' }]);
    expect(await freezePolygon(q, line, null)).toBe('new');
    expect(asked[1]!.sql).toContain(
      'st_multi(st_collectionextract(st_makevalid(st_setsrid(st_force2d(st_geomfromgeojson($7)), 4490)), 3))',
    );
    expect(asked[1]!.sql).toContain('where not st_isempty(g.geom)');
    expect(asked[1]!.params.slice(1)).toEqual([
      null,
      null,
      null,
      '红线范围 12.3 平方千米',
      'Red line 12.3 km²',
      JSON.stringify(line),
    ]);
  });

  it('is called what its applicant calls it', async () => {
    const { q, asked } = database([{ km2: 1234.5 }], [{ id: 'new' }]);
    await freezePolygon(q, line, '机场东路');
    expect(asked[1]!.params.slice(3, 6)).toEqual(['机场东路', '机场东路 1235 平方千米', '机场东路 1235 km²']);
  });

  it('of no area is none', async () => {
    expect(await freezePolygon(database([{ km2: 0 }], []).q, line, null)).toBeNull();
  });
});

describe('divisions', () => {
  const found = [
    { code: '500101', edition: '2023', nameZh: '万州区', nameEn: 'Wanzhou' },
    { code: '500102', edition: '2023', nameZh: '涪陵区', nameEn: null },
  ];
  it('are frozen as their union, with the edition they are of', async () => {
    const { q, asked } = database(found, [{ id: 'new' }]);
    expect(await freezeDivisions(q, ['500102', '500101', '500102'])).toBe('new');
    expect(asked[1]!.params.slice(1)).toEqual([['500101', '500102'], '2023', null, '万州区、涪陵区', 'Wanzhou, 涪陵区']);
  });

  it('with a code that does not exist are none, and nothing is written', async () => {
    const { q, asked } = database(found);
    expect(await freezeDivisions(q, ['500101', '500102', '999999'])).toBeNull();
    expect(asked).toHaveLength(1);
  });
});
