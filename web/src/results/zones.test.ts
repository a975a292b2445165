import { expect, it } from 'vitest';
import { meridianOf, zonesOf } from './zones';

it('a city has the zones that it reaches into', () => {
  expect(zonesOf([105.2, 28, 110.2, 32.3])).toEqual([
    { zone: 35, meridian: 105, epsg: 4544 },
    { zone: 36, meridian: 108, epsg: 4545 },
    { zone: 37, meridian: 111, epsg: 4546 },
  ]);
});

it('a zone has its central meridian, with its number before the easting or without', () => {
  expect([4544, 4523, 4507, 4496, null].map(meridianOf)).toEqual([105, 105, 105, 105, '']);
});
