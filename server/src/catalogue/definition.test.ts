import { expect, it } from 'vitest';
import { layerDefinition } from './definition.js';

const definition = (rank: string) => ({
  id: 'places',
  titleZh: '地名',
  titleEn: 'Places',
  kind: 'base',
  theme: 'base',
  owner: 'planning',
  sharingClass: 'unconditional',
  disclosure: 'proactive',
  geometryType: 'point',
  fields: [
    { name: 'name', titleZh: '名称', titleEn: 'Name', type: 'text', class: 'unconditional' },
    { name: 'population', titleZh: '人口', titleEn: 'Population', type: 'integer', class: 'unconditional' },
    { name: 'income', titleZh: '收入', titleEn: 'Income', type: 'double', class: 'conditional', sensitivity: 'personal' },
  ],
  zooms: { min: 0, max: 14, rank },
});

it('ranks by a number field that everyone may know', () => {
  expect(layerDefinition.parse(definition('population')).zooms.rank).toBe('population');
  for (const rank of ['name', 'income', 'nothing']) {
    const { error } = layerDefinition.safeParse(definition(rank));
    expect(error?.issues.map(({ path }) => path.join('.'))).toEqual(['zooms.rank']);
  }
});

it('counts points only, under a name that no field has', () => {
  const counting = (more: object) => layerDefinition.safeParse({ ...definition('population'), ...more });
  const zooms = { min: 0, max: 14, counts: true };
  expect(counting({ zooms }).success).toBe(true);
  const field = { name: 'point_count', titleZh: '数', titleEn: 'N', type: 'integer', class: 'unconditional' };
  for (const more of [{ geometryType: 'polygon' }, { fields: [field] }])
    expect(counting({ zooms, ...more }).error?.issues.map(({ path }) => path.join('.'))).toEqual(['zooms.counts']);
});
