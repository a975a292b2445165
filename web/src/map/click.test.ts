import { describe, expect, it } from 'vitest';
import type { Collection } from '../api/types';
import { clicked, opens } from './click';

const layers = new Map(
  ['districts', 'places', 'parcels'].map((id) => [id, { id, yutu: { fields: [{ name: 'code' }] } } as Collection]),
);
const feature = (layer: string, sourceLayer: string, properties = {}) =>
  ({ id: 1, layer: { id: layer }, source: '', sourceLayer, properties }) as never as Parameters<typeof opens>[0][number];

describe('a click on the map', () => {
  const parcel = feature('layer:parcels', 'parcels');
  const place = feature('base-places', 'places');
  const land = feature('base-land', 'districts', { code: '500103' });
  const name = (code: string) => feature('base-district-labels', '', { code });

  it('means the data before the map under them', () => {
    expect(clicked([place, parcel, land], layers)).toEqual([parcel]);
  });
  it('means a place, or the district whose name it hit', () => {
    expect(clicked([place, land], layers)).toEqual([place]);
    expect(clicked([name('500103'), land], layers)).toEqual([land]);
    expect(clicked([name('500105'), land], layers)).toEqual([]);
  });
  it('means nothing on bare ground', () => {
    expect(clicked([land], layers)).toEqual([]);
    expect(opens([land])).toBe(false);
    expect(opens([name('500103')])).toBe(true);
  });
});
