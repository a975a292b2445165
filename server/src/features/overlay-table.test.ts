import { describe, expect, it } from 'vitest';
import type { Part } from '../store/analyse.js';
import { areaAmount, overlayTable, share } from './overlay-table.js';

const part = (value: string, features: number, size: number | null = features * 10_000): Part => ({
  value,
  features,
  size,
  own: null,
});
const values = (table: { classes: { value: unknown }[] }) => table.classes.map((c) => c.value);

describe('amounts', () => {
  it('of area are to a hundredth of a hectare, and fifteen mu to the hectare', () => {
    expect(areaAmount(123_456)).toEqual({ squareMetres: 123_500, hectares: 12.35, mu: 185.25 });
    expect(areaAmount(49)).toEqual({ squareMetres: 0, hectares: 0, mu: 0 });
  });

  it('as shares tell no more than the rounded areas do, and never more than all', () => {
    expect(share(49, 1_000)).toBe(0);
    expect(share(333_333, 1_000_000)).toBe(0.3333);
    expect(share(1_000_020, 1_000_000)).toBe(1);
    expect(share(0, 0)).toBe(0);
  });
});

describe('the table of an overlay', () => {
  it('has every class, and their sum', () => {
    expect(overlayTable([part('a', 3), part('b', 1)], 'polygon', 1)).toEqual({
      total: { features: 4, squareMetres: 40_000, hectares: 4, mu: 60 },
      classes: [
        { value: 'a', features: 3, squareMetres: 30_000, hectares: 3, mu: 45 },
        { value: 'b', features: 1, squareMetres: 10_000, hectares: 1, mu: 15 },
      ],
      other: null,
    });
    expect(overlayTable([part('a', 3, 1_234)], 'line', 1).total).toEqual({ features: 3, kilometres: 1.23 });
    expect(overlayTable([part('a', 3, null)], 'point', 1).total).toEqual({ features: 3 });
    expect(overlayTable([part('a', 3, null)], 'polygon', 1).total).toEqual({ features: 3 });
    expect(overlayTable([], 'polygon', 1)).toMatchObject({ total: { features: 0 }, classes: [], other: null });
  });

  it('puts small classes together', () => {
    const table = overlayTable([part('a', 9), part('b', 2), part('c', 3)], 'polygon', 5);
    expect(values(table)).toEqual(['a']);
    expect(table.other).toMatchObject({ features: 5, hectares: 5 });
  });

  it('adds the next class to what would be told by the difference to the total', () => {
    const table = overlayTable([part('a', 20), part('b', 6), part('c', 1)], 'polygon', 5);
    expect(values(table)).toEqual(['a']);
    expect(table.other).toMatchObject({ features: 7 });
  });

  it('tells of none what it tells of fewer features than that', () => {
    const nothing = { total: null, classes: [], other: null };
    expect(overlayTable([part('a', 2), part('b', 2)], 'polygon', 5)).toEqual(nothing);
    expect(overlayTable([], 'polygon', 5)).toEqual(nothing);
  });

  it('has at most a hundred classes, the largest', () => {
    const parts = Array.from({ length: 130 }, (_, i) => part(`c${i}`, 200 - i));
    const table = overlayTable(parts, 'polygon', 1);
    expect(table.classes).toHaveLength(100);
    expect(table.classes[0]!.value).toBe('c0');
    expect(table.other!.features + table.classes.reduce((sum, c) => sum + c.features, 0)).toBe(table.total!.features);
  });
});
