import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeTile } from './encode.js';
import { tileIds } from './tile-ids.js';

const point = (id: number) => ({ id, type: 1 as const, paths: [[id % 4096, 7]], properties: [['名', `n${id}`] as const] });

describe('the ids in a tile', () => {
  it('are those of the layer that is asked for, whatever stands beside it', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(2 ** 52)), fc.uniqueArray(fc.nat(1e6)), (mine, others) => {
        const bytes = Buffer.concat([
          encodeTile('other', others.map(point)),
          encodeTile('地块', mine.map(point)),
          encodeTile('parcels', others.map(point)),
        ]);
        expect(tileIds(bytes, '地块')).toEqual(mine);
        expect(tileIds(bytes, 'other')).toEqual(others);
        expect(tileIds(bytes, 'none')).toEqual([]);
      }),
    );
  });

  it('of a tile that is cut short are refused', () => {
    const bytes = encodeTile('parcels', [point(1), point(300)]);
    expect(() => tileIds(bytes.subarray(0, bytes.length - 3), 'parcels')).toThrow(RangeError);
    expect(tileIds(new Uint8Array(0), 'parcels')).toEqual([]);
  });
});
