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
    const zyx = coordinates(path, DATASET.length);
    return zyx && { layer: null, tile: coordOf(zyx) };
  }
  if (!path.startsWith(COLLECTIONS)) return null;
  const end = path.indexOf('/', COLLECTIONS.length);
  if (end <= COLLECTIONS.length || !path.startsWith(LAYER, end)) return null;
  const zyx = coordinates(path, end + LAYER.length);
  if (!zyx) return null;
  let layer = path.slice(COLLECTIONS.length, end);
  if (layer.includes('%')) {
    try {
      layer = decodeURIComponent(layer);
    } catch {
      return null;
    }
  }
  return { layer, tile: coordOf(zyx) };
}

/** The three parts that follow; null when there are more, fewer or empty ones. */
function coordinates(path: string, from: number): string[] | null {
  const zyx = path.slice(from).split('/');
  return zyx.length === 3 && !zyx.includes('') ? zyx : null;
}

const NUMBER = /^\d{1,8}$/;

function coordOf(zyx: string[]): TileCoord {
  const [z, y, x] = zyx as [string, string, string];
  try {
    if (!NUMBER.test(z) || !NUMBER.test(y) || !NUMBER.test(x)) throw new TileError('not a number');
    return tileCoord(Number(z), Number(x), Number(y));
  } catch {
    return fail('tile_out_of_range', { tile: `${z}/${y}/${x}`.slice(0, 60), maxZoom: MAX_ZOOM });
  }
}
