import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Part } from '../store/analyse.js';
import { apportion, areaAmount, overlayTable, partAmounts, share } from './overlay-table.js';

const part = (value: string, features: number, size: number | null = features * 10_000): Part => ({
  value,
  features,
  size,
  own: null,
});
const values = (table: { classes: { value: unknown }[] }) => table.classes.map((c) => c.value);

describe('amounts', () => {
  it('of area are to a square metre, which is four places of a hectare, with mu to two', () => {
    expect(areaAmount(123_456.4)).toEqual({ squareMetres: 123_456, hectares: 12.3456, mu: 185.18 });
    expect(areaAmount(49)).toEqual({ squareMetres: 49, hectares: 0.0049, mu: 0.07 });
    expect(areaAmount(0)).toEqual({ squareMetres: 0, hectares: 0, mu: 0 });
  });

  it('that are less than the least are told as such, not as nothing', () => {
    expect(areaAmount(0.3)).toEqual({ squareMetres: 0, hectares: 0, mu: 0, below: true });
    expect(partAmounts([1_000, 0.2]).parts[1]).toEqual({ squareMetres: 0, hectares: 0, mu: 0, below: true });
  });

  it('of parts sum to the whole as both are printed', () => {
    // A third each: rounded one by one, a metre and a hundredth of a mu would be missing.
    const { total, parts } = partAmounts([33.4, 33.4, 33.4]);
    expect([total.squareMetres, parts.map((p) => p.squareMetres)]).toEqual([100, [34, 33, 33]]);
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1e7, noNaN: true }), { minLength: 1, maxLength: 40 }), (exact) => {
        const { total, parts } = partAmounts(exact);
        const add = (of: number[], digits: number) => Number(of.reduce((a, b) => a + b, 0).toFixed(digits));
        expect(
          add(
            parts.map((p) => p.squareMetres),
            0,
          ),
        ).toBe(total.squareMetres);
        expect(
          add(
            parts.map((p) => p.hectares),
            4,
          ),
        ).toBe(total.hectares);
        expect(
          add(
            parts.map((p) => p.mu),
            2,
          ),
        ).toBe(total.mu);
        for (const [i, p] of parts.entries()) {
          expect(Math.abs(p.squareMetres - exact[i]!)).toBeLessThan(1.000001);
          expect(Math.abs(p.mu - p.squareMetres * 0.0015)).toBeLessThan(0.010001);
        }
      }),
    );
    expect(apportion([], 0)).toEqual([]);
  });

  it('as shares tell no more than the rounded areas do, and never more than all', () => {
    expect(share(49, 1_000)).toBe(0.049);
    expect(share(0.3, 1_000)).toBe(0);
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
    const plane = overlayTable(
      [
        { ...part('a', 3), plane: 30_014.6 },
        { ...part('b', 1), plane: 10_004.9 },
      ],
      'polygon',
      1,
    );
    expect(plane.total!.plane).toEqual({ squareMetres: 40_020, hectares: 4.002, mu: 60.03 });
    expect(plane.classes.map((c) => c.plane!.squareMetres)).toEqual([30_015, 10_005]);
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
