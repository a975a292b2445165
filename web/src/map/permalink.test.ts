import { expect, test } from 'vitest';
import { readLayers, readView, writeLayers, writeView } from './permalink';

const first = [{ id: 'districts', hidden: false, opacity: null }];
const base = new Set(['districts', 'rivers']);

test('a map survives its link', () => {
  const slots = [
    { id: 'hazard_points', hidden: false, opacity: null },
    { id: 'town_population', hidden: true, opacity: 0.55 },
    { id: 'rivers', hidden: false, opacity: null },
  ];
  expect(writeLayers(slots, base)).toBe('hazard_points,!town_population:55,rivers');
  expect(readLayers(writeLayers(slots, base), [{ id: 'rivers', hidden: false, opacity: null }])).toEqual(slots);
});

test('a link without base layers brings the base map, unless it says none', () => {
  const schools = { id: 'schools', hidden: false, opacity: null };
  expect(readLayers('schools', first)).toEqual([schools, ...first]);
  expect(readLayers(writeLayers([schools], base), first)).toEqual([schools]);
  expect(readLayers(undefined, first)).toEqual(first);
  expect(readLayers(writeLayers([], base), first)).toEqual([]);
});

test('a broken link is a link without the broken part', () => {
  expect(readLayers('schools,<script>,:3', first)).toEqual([{ id: 'schools', hidden: false, opacity: null }, ...first]);
  expect(readView('9/abc')).toBeNull();
  expect(readView('9/95/106')).toBeNull();
});

test('a view is kept to 11 metres', () => {
  expect(readView(writeView({ zoom: 8.4321, lat: 29.56301, lng: 106.55156 }))).toEqual({
    zoom: 8.43,
    lat: 29.563,
    lng: 106.5516,
  });
});
