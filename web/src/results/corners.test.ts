import { describe, expect, it } from 'vitest';
import { type Corner, isCorner, ringOf, sketchOf } from './corners';

const three: Corner[] = [
  [106.5, 29.5],
  [106.6, 29.5],
  [106.6, 29.6],
];

describe('a ring drawn corner by corner', () => {
  it('closes where it began', () => {
    expect(ringOf(three).coordinates).toEqual([[...three, three[0]]]);
  });
  it('takes the second click of a double click for none', () => {
    expect(isCorner([], three[0]!)).toBe(true);
    expect(isCorner(three, [106.6 + 1e-8, 29.6])).toBe(false);
    expect(isCorner(three, [106.6001, 29.6])).toBe(true);
  });
  it('shows corners, then a line, then the area', () => {
    const kinds = (n: number) => sketchOf(three.slice(0, n)).features.map((f) => f.geometry.type);
    expect(kinds(0)).toEqual([]);
    expect(kinds(1)).toEqual(['Point']);
    expect(kinds(2)).toEqual(['LineString', 'Point', 'Point']);
    expect(kinds(3)).toEqual(['Polygon', 'Point', 'Point', 'Point']);
  });
});
