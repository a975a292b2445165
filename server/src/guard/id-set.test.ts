import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IdSet } from './id-set.js';

/** Ids that fall together into chunks, and far apart. */
const ids = fc.array(
  fc.oneof(
    fc.nat(3_000),
    fc.nat(200_000),
    fc.nat(2 ** 40).map((n) => n * 8_000),
  ),
  { maxLength: 3_000 },
);
const sorted = (set: Iterable<number>) => [...set].sort((a, b) => a - b);

describe('a set of ids', () => {
  it('holds what was added, once, also after it was written and read', () => {
    fc.assert(
      fc.property(ids, ids, (one, two) => {
        const set = new IdSet();
        const truth = new Set<number>();
        for (const id of one) {
          expect(set.add(id)).toBe(!truth.has(id));
          truth.add(id);
        }
        expect(set.size).toBe(truth.size);
        expect(sorted(set)).toEqual(sorted(truth));
        for (const id of two) expect(set.has(id)).toBe(truth.has(id));
        const read = new IdSet().addBytes(set.toBytes());
        expect(sorted(read)).toEqual(sorted(truth));
        read.addBytes(IdSet.of(two).toBytes());
        expect(sorted(read)).toEqual(sorted(new Set([...one, ...two])));
      }),
      { numRuns: 60 },
    );
  });

  it('takes little room where ids stand close, and holds the last bit of a word and a chunk', () => {
    const many = IdSet.of(Array.from({ length: 1_000_000 }, (_, i) => i));
    expect(many.size).toBe(1_000_000);
    expect(many.toBytes().length).toBeLessThan(140_000);
    expect(new IdSet().addBytes(many.toBytes()).size).toBe(1_000_000);
    const full = IdSet.of(Array.from({ length: 65_536 }, (_, i) => 65_536 + i));
    expect(sorted(new IdSet().addBytes(full.toBytes())).at(-1)).toBe(131_071);
    expect([full.has(65_535), full.has(65_536 + 31), full.has(131_071), full.has(131_072)]).toEqual([false, true, true, false]);
    expect(sorted(IdSet.of([2 ** 53 - 1, 0]))).toEqual([0, 2 ** 53 - 1]);
  });

  it('that was cut short is refused', () => {
    const bytes = IdSet.of([1, 2, 3]).toBytes();
    expect(() => new IdSet().addBytes(bytes.subarray(0, bytes.length - 1))).toThrow(RangeError);
  });
});
