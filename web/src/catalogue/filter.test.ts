import { describe, expect, it } from 'vitest';
import type { Collection } from '../api/types';
import { filterLayers, stateOf } from './filter';

const layer = (id: string, more: Record<string, unknown> = {}) =>
  ({
    id,
    yutu: {
      titleZh: `${id}层`,
      titleEn: id,
      descriptionZh: '',
      descriptionEn: '',
      theme: 'land',
      owner: { id: 'planning', titleZh: '市规划和自然资源局', titleEn: 'Planning' },
      sharing: { class: 'conditional' },
      overdueDays: 0,
      fields: [{ name: 'code', titleZh: '宗地代码', titleEn: 'Parcel code' }],
      access: { actions: ['discover'] },
      request: null,
      ...more,
    },
  }) as unknown as Collection;

const parcels = layer('parcels');
const schools = layer('schools', {
  theme: 'people',
  access: { actions: ['discover', 'view'] },
  overdueDays: 47,
  sharing: { class: 'unconditional' },
});
const people = layer('people', { sharing: { class: 'withheld' }, fields: [] });
const asked = layer('asked', { request: { id: 'r', status: 'submitted' }, fields: [] });
const all = [parcels, schools, people, asked];
const ids = (layers: Collection[]) => layers.map((l) => l.id);

describe('the catalogue', () => {
  it('says how each layer stands for the reader', () => {
    expect(all.map(stateOf)).toEqual(['askable', 'usable', 'closed', 'waiting']);
  });
  it('finds words anywhere, all of them', () => {
    expect(ids(filterLayers(all, { q: '宗地' }))).toEqual(['parcels', 'schools']);
    expect(ids(filterLayers(all, { q: 'planning PARCELS' }))).toEqual(['parcels']);
    expect(ids(filterLayers(all, { q: ' ' }))).toEqual(ids(all));
  });
  it('narrows by theme, class and state together', () => {
    expect(ids(filterLayers(all, { theme: 'people' }))).toEqual(['schools']);
    expect(ids(filterLayers(all, { class: 'withheld' }))).toEqual(['people']);
    expect(ids(filterLayers(all, { state: 'overdue' }))).toEqual(['schools']);
    expect(ids(filterLayers(all, { state: 'askable', class: 'unconditional' }))).toEqual([]);
  });
});
