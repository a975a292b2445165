import { MAX_ZOOM, type TileCoord, TileError, tileCoord } from '@yutu/tiles';
import { fail } from '../errors/fail.js';

export interface TileAddress {
  /** The layer; null in the address of a dataset tile, which holds several. */
  layer: string | null;
  tile: TileCoord;
}

const COLLECTIONS = '/api/collections/';
const DATASET = '/api/tiles/WebMercatorQuad/';
const LAYER = '/tiles/WebMercatorQuad/';

/**
 * Reads a tile's path (OGC API Tiles Part 1: tileMatrix/tileRow/tileCol = z/y/x), of a layer or of the dataset. Null when the path
 * is no tile's. By hand, for every request goes through here.
 * @throws `tile_out_of_range` for one that is none of the tile matrix set
 */
export function parseTilePath(path: string): TileAddress | null {
  if (path.startsWith(DATASET)) {
    const tile = coordOf(path, DATASET.length);
    return tile && { layer: null, tile };
  }
  if (!path.startsWith(COLLECTIONS)) return null;
  const end = path.indexOf('/', COLLECTIONS.length);
  if (end <= COLLECTIONS.length || !path.startsWith(LAYER, end)) return null;
  let layer = path.slice(COLLECTIONS.length, end);
  if (layer.includes('%')) {
    try {
      layer = decodeURIComponent(layer);
    } catch {
      return null;
    }
  }
  const tile = coordOf(path, end + LAYER.length);
  return tile && { layer, tile };
}

/** The tile named by the three parts that follow; null when there are more, fewer or empty ones. */
function coordOf(path: string, from: number): TileCoord | null {
  const row = path.indexOf('/', from) + 1;
  const col = row === 0 ? 0 : path.indexOf('/', row) + 1;
  if (col === 0 || row === from + 1 || col === row + 1 || col === path.length || path.includes('/', col)) return null;
  const [z, y, x] = [digits(path, from, row - 1), digits(path, row, col - 1), digits(path, col, path.length)];
  try {
    return tileCoord(z, x, y);
  } catch (error) {
    if (!(error instanceof TileError)) throw error;
    return fail('tile_out_of_range', { tile: path.slice(from, from + 60), maxZoom: MAX_ZOOM });
  }
}

/** Digits are all a tile's numbers are made of, and eight are enough for the deepest zoom. */
const MOST_DIGITS = 8;
const ZERO = 48;

/** The whole number that stands there; NaN when it is none or too long. */
function digits(path: string, from: number, to: number): number {
  if (to - from > MOST_DIGITS) return Number.NaN;
  let value = 0;
  for (let i = from; i < to; i++) {
    const digit = path.charCodeAt(i) - ZERO;
    if (!(digit >= 0 && digit <= 9)) return Number.NaN;
    value = 10 * value + digit;
  }
  return value;
}
