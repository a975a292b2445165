import { describe, expect, it } from 'vitest';
import { meridianOf, zoneFor } from './zone.js';

const here = {
  type: 'Polygon' as const,
  coordinates: [
    [
      [106.55, 29.56],
      [106.56, 29.56],
      [106.56, 29.57],
      [106.55, 29.56],
    ],
  ],
};

describe('a zone', () => {
  it.each([
    [4544, 105],
    [4545, 108],
    [4546, 111],
    [4523, 105],
    [4524, 108],
    [4525, 111],
    [4496, 105],
    [4507, 105],
    [4490, null],
    [4555, null],
  ])('EPSG:%i has its central meridian', (epsg, meridian) => {
    expect(meridianOf(epsg)).toBe(meridian);
  });

  it('is the one that is named, else the one that the layer is kept in, else none', () => {
    expect(zoneFor(4544, 4490, here)).toBe(4544);
    expect(zoneFor(undefined, 4545, here)).toBe(4545);
    expect(zoneFor(undefined, 4490, here)).toBeNull();
    expect(zoneFor(undefined, 3857, here)).toBeNull();
  });

  it('may be the neighbour’s, and not one far away', () => {
    expect(zoneFor(4546, 4490, here)).toBe(4546); // 111° E: 4.45° off
    for (const wrong of [4547, 4543 - 1, 3857, 4490, 0]) expect(() => zoneFor(wrong, 4490, here)).toThrow(/zone|meridian/);
  });
});
