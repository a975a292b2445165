import { describe, expect, it } from 'vitest';
import type { Item } from '../store/items.js';
import { geojson, write, writerOf } from './writer.js';

const point = (id: number): Item => ({
  type: 'Feature',
  id,
  geometry: { type: 'Point', coordinates: [106.5, 29.5] },
  properties: { name: '"甲"\n' },
});

describe('GeoJSON', () => {
  it.each([0, 1, 3])('of %d features reads back as what went in, its own members first', (n) => {
    const items = Array.from({ length: n }, (_, i) => point(i));
    const text = write(geojson, { name: '图"层', numberReturned: n }, items);
    expect(JSON.parse(text)).toEqual({ type: 'FeatureCollection', name: '图"层', numberReturned: n, features: items });
    expect(text.indexOf('"numberReturned"')).toBeLessThan(text.indexOf('"features"'));
  });
  it('has a line a feature', () => {
    const lines = write(geojson, {}, [point(1), point(2)]).split('\n');
    expect(lines.slice(1, 3)).toEqual([`${JSON.stringify(point(1))},`, JSON.stringify(point(2))]);
  });
});

it('json is GeoJSON, and so is what is not said', () => {
  expect([writerOf('json'), writerOf(undefined), writerOf('geojson')]).toEqual([geojson, geojson, geojson]);
});
