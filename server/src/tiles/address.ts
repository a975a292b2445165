import { MAX_ZOOM, type TileCoord, TileError, tileCoord } from '@yutu/tiles';
import { fail } from '../errors/fail.js';

export interface TileAddress {
  layer: string;
  tile: TileCoord;
}

const PATTERN = /^\/api\/collections\/([^/]+)\/tiles\/WebMercatorQuad\/([^/]+)\/([^/]+)\/([^/]+)$/;

/**
 * Reads a tile's path (OGC API Tiles Part 1: tileMatrix/tileRow/tileCol = z/y/x). Null when the path is no tile's.
 * @throws `tile_out_of_range` for one that is none of the tile matrix set
 */
export function parseTilePath(path: string): TileAddress | null {
  const match = PATTERN.exec(path);
  if (!match) return null;
  const [, layer, z, y, x] = match as unknown as [string, string, string, string, string];
  try {
    if (![z, y, x].every((n) => /^\d{1,8}$/.test(n))) throw new TileError('not a number');
    return { layer: decodeURIComponent(layer), tile: tileCoord(Number(z), Number(x), Number(y)) };
  } catch (error) {
    if (error instanceof URIError) return null;
    fail('tile_out_of_range', { tile: `${z}/${y}/${x}`.slice(0, 60), maxZoom: MAX_ZOOM });
  }
}
