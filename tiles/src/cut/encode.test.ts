import { describe, expect, it } from 'vitest';
import { decode, inspect } from '../testing/tiles.js';
import { encodeTile, type TileFeature } from './encode.js';

const feature = (more: Partial<TileFeature>): TileFeature => ({ id: 1, type: 1, paths: [[5, 7]], properties: [], ...more });
const one = (more: Partial<TileFeature>) => decode(encodeTile('layer', [feature(more)]))[0];

describe('features that are cut already', () => {
  it('come out as they went in: points, lines, polygons with holes', () => {
    expect(one({ paths: [[5, 7, -60, 4100]] })).toEqual({
      id: 1,
      type: 1,
      properties: {},
      paths: [[[5, 7]], [[-60, 4100]]],
    });
    expect(
      one({
        type: 2,
        paths: [
          [0, 0, 10, 0, 10, 10],
          [20, 20, 30, 30],
        ],
      })!.paths,
    ).toEqual([
      [
        [0, 0],
        [10, 0],
        [10, 10],
      ],
      [
        [20, 20],
        [30, 30],
      ],
    ]);
    const rings = [
      [0, 0, 100, 0, 100, 100, 0, 100, 0, 0],
      [10, 10, 10, 20, 20, 20, 20, 10, 10, 10],
    ];
    expect(one({ type: 3, paths: rings })!.paths.map((ring) => ring.flat())).toEqual(rings);
  });

  it('keep their values: whole numbers, fractions, negative, large, true, 文字', () => {
    const properties = { a: 3, b: -3, c: 0.5, d: -0, e: 2 ** 52, f: true, g: '文字', h: '', i: 1e300 };
    expect(one({ properties: Object.entries(properties) })!.properties).toEqual({ ...properties, d: 0 });
  });

  it('share keys and values; 1, "1" and true are three values', () => {
    const properties: [string, string | number | boolean][] = [
      ['a', 1],
      ['b', '1'],
      ['c', true],
      ['d', 1],
    ];
    const layer = inspect(encodeTile('draft', [feature({ properties }), feature({ id: 2, properties })]));
    expect(layer).toMatchObject({ name: 'draft', version: 2, extent: 4096, keys: ['a', 'b', 'c', 'd'] });
    expect(layer.values).toHaveLength(3);
    expect(layer.features).toEqual([
      [0, 0, 1, 1, 2, 2, 3, 0],
      [0, 0, 1, 1, 2, 2, 3, 0],
    ]);
  });

  it('that shrank to nothing are left out; none left is no tile', () => {
    expect(one({ type: 2, paths: [[5, 5, 5, 5]] })).toBeUndefined();
    expect(one({ type: 3, paths: [[0, 0, 4, 0, 0, 0]] })).toBeUndefined();
    expect(encodeTile('layer', [])).toHaveLength(0);
    expect(encodeTile('layer', [feature({ type: 3, paths: [[1, 1]] })])).toHaveLength(0);
  });
});
