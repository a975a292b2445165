import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTilePath } from './address.js';

const at = (rest: string) => parseTilePath(`/api/collections/${rest}`);

describe('a tile’s path', () => {
  it('is matrix, row and column: z, y, x', () => {
    expect(at('parcels/tiles/WebMercatorQuad/3/2/5')).toEqual({ layer: 'parcels', tile: { z: 3, x: 5, y: 2 } });
    expect(parseTilePath('/api/tiles/WebMercatorQuad/3/2/5')).toEqual({ layer: null, tile: { z: 3, x: 5, y: 2 } });
    expect(at('parcels/tiles/WebMercatorQuad/0/0/0')).toEqual({ layer: 'parcels', tile: { z: 0, x: 0, y: 0 } });
  });

  it('of every tile that is gives it back', () => {
    const tile = fc.integer({ min: 0, max: 20 }).chain((z) => fc.tuple(fc.constant(z), fc.nat(2 ** z - 1), fc.nat(2 ** z - 1)));
    fc.assert(
      fc.property(tile, ([z, x, y]) => {
        expect(at(`a/tiles/WebMercatorQuad/${z}/${y}/${x}`)!.tile).toEqual({ z, x, y });
      }),
    );
  });

  it.each([
    'parcels/tiles/WebMercatorQuad',
    'parcels/tiles/WebMercatorQuad/3/2',
    'parcels/tiles/WebMercatorQuad/3/2/5/1',
    'parcels/tiles/WebMercatorQuad/3/2/',
    'parcels/tiles/Other/3/2/5',
    'parcels/items/3',
    '/tiles/WebMercatorQuad/3/2/5',
    '%E0%A4%A/tiles/WebMercatorQuad/3/2/5',
  ])('is not %s', (rest) => {
    expect(at(rest)).toBeNull();
  });

  it.each([
    ['beyond the last column', '3/2/8'],
    ['beyond the last row', '3/8/2'],
    ['beyond the last zoom', '99/0/0'],
    ['negative', '3/-1/2'],
    ['a fraction', '3/1.5/2'],
    ['with an ending', '3/2/5.mvt'],
    ['in hexadecimal', '0x3/2/5'],
    ['no number', 'z/y/x'],
    ['far too long', `3/2/${'9'.repeat(400)}`],
  ])('%s is out of range, said briefly', (_what, tile) => {
    const parse = () => at(`parcels/tiles/WebMercatorQuad/${tile}`);
    expect(parse).toThrow(
      expect.objectContaining({ code: 'tile_out_of_range', values: expect.objectContaining({ tile: tile.slice(0, 60) }) }),
    );
  });

  it('may spell its layer in escapes: the layer that is asked for is the one that is decided on', () => {
    expect(at('%70arcels/tiles/WebMercatorQuad/0/0/0')!.layer).toBe('parcels');
    expect(at('a%2Fb/tiles/WebMercatorQuad/0/0/0')!.layer).toBe('a/b');
  });
});
