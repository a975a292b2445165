import { describe, expect, it } from 'vitest';
import { checkPlace } from './place.js';

const HOME = [105, 28, 111, 33] as const;
const report = (...points: [number, number][]) => {
  const place = checkPlace(HOME, new Map());
  for (const [lon, lat] of points) place.see(lon, lat);
  return place.report().map(({ en }) => en);
};
const here: [number, number] = [106.5, 29.5];
const swapped: [number, number] = [29.5, 106.5];
const beijing: [number, number] = [116.4, 39.9];

describe('where coordinates lie', () => {
  it('in the city, or just beyond its border, is nothing to say', () => {
    expect(report(here, [104.1, 27.1], [111.9, 33.9])).toEqual([]);
    expect(report()).toEqual([]);
  });

  it('mostly elsewhere is said', () => {
    expect(report(beijing, beijing, here)).toEqual(['warning: most coordinates lie outside the city']);
  });

  it('mostly the other way round is said', () => {
    expect(report(swapped, swapped, here)).toEqual([expect.stringContaining('latitude and longitude seem to be swapped')]);
  });

  it('is no warning for a few strays', () => {
    expect(report(here, here, here, beijing)).toEqual([]);
    expect(report(here, here, here, swapped)).toEqual([]);
  });
});

describe('points that carry the names of known places', () => {
  const known: [number, number] = [106.55, 29.56];
  const landmarks = new Map([['解放碑', known]]);
  /** Some 500 m to the south-east: where GCJ-02 puts Chongqing. */
  const shifted: [number, number] = [known[0] + 0.0039, known[1] - 0.0028];
  const warned = (at: [number, number], name = '解放碑', times = 6) => {
    const place = checkPlace(HOME, landmarks);
    for (let i = 0; i < times; i++) {
      place.see(...at);
      place.name(...at, ['重庆', name, 7, null]);
    }
    return place.report().some(({ en }) => en.includes('GCJ-02'));
  };

  it('are said to be shifted when they lie where the shift puts them', () => {
    expect(warned(shifted)).toBe(true);
    expect(warned(known)).toBe(false);
  });

  it('say nothing when few, unknown, or of another place of the name', () => {
    expect(warned(shifted, '解放碑', 4)).toBe(false);
    expect(warned(shifted, '朝天门')).toBe(false);
    expect(warned([107.5, 30.5])).toBe(false);
  });
});
