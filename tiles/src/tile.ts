import { GRID, latToWorld, lonToWorld, worldToLat, worldToLon } from './world.js';

/** Deepest zoom a tile can be asked for: there a tile is about 10 m wide and the grid still resolves 1/512 of it. */
export const MAX_ZOOM = 22;
/** Units along one side of a tile (MVT `extent`). */
export const TILE_EXTENT = 4096;
/** Units a tile carries beyond each side, so that strokes and outlines do not break at the seams. */
export const TILE_BUFFER = 64;

/** A tile of the Web Mercator quad tree (OGC WebMercatorQuad; y counts from the north). */
export interface TileCoord {
  readonly z: number;
  readonly x: number;
  readonly y: number;
}

/** A tile coordinate that no tile matrix has. */
export class TileError extends Error {
  override name = 'TileError';
}

/** [west, south, east, north] in degrees. */
export type LonLatBox = readonly [west: number, south: number, east: number, north: number];

/** minX, minY, maxX, maxY on the world grid; y grows southwards. */
export interface WorldBox {
  readonly minX: number;
  readonly minY: number;
  readonly maxX: number;
  readonly maxY: number;
}

/**
 * The checked constructor: z in 0…MAX_ZOOM, x and y in 0…2^z − 1, all integers.
 * @throws TileError otherwise
 */
export function tileCoord(z: number, x: number, y: number): TileCoord {
  if (!Number.isInteger(z) || z < 0 || z > MAX_ZOOM) throw new TileError(`zoom must be an integer from 0 to ${MAX_ZOOM}`);
  const n = 2 ** z;
  if (!Number.isInteger(x) || x < 0 || x >= n)
    throw new TileError(`tile column must be an integer from 0 to ${n - 1} at zoom ${z}`);
  if (!Number.isInteger(y) || y < 0 || y >= n) throw new TileError(`tile row must be an integer from 0 to ${n - 1} at zoom ${z}`);
  return { z, x, y };
}

/** The tile's box on the world grid, widened by `buffer` units of `extent` on each side (default: no buffer). */
export function tileWorldBox(tile: TileCoord, buffer = 0, extent = TILE_EXTENT): WorldBox {
  const size = GRID / 2 ** tile.z;
  const margin = (size * buffer) / extent;
  const west = tile.x * size - GRID / 2;
  const north = tile.y * size - GRID / 2;
  return { minX: west - margin, minY: north - margin, maxX: west + size + margin, maxY: north + size + margin };
}

/**
 * The tile's box in degrees, widened by `buffer` units of `extent` on each side (default: no buffer). The west or east edge of a
 * buffered tile at the antimeridian lies beyond ±180.
 */
export function tileLonLatBox(tile: TileCoord, buffer = 0, extent = TILE_EXTENT): LonLatBox {
  return worldToLonLatBox(tileWorldBox(tile, buffer, extent));
}

/** A world-grid box in degrees. */
export function worldToLonLatBox(box: WorldBox): LonLatBox {
  return [worldToLon(box.minX), worldToLat(box.maxY), worldToLon(box.maxX), worldToLat(box.minY)];
}

/** The tile of a zoom that holds a point in degrees; points beside the map count with the nearest tile. */
export function tileAt(zoom: number, lon: number, lat: number): TileCoord {
  const last = 2 ** zoom - 1;
  const place = (world: number) => Math.max(0, Math.min(last, Math.floor((world / GRID + 0.5) * 2 ** zoom)));
  return tileCoord(zoom, place(lonToWorld(lon)), place(latToWorld(lat)));
}

/** Columns and rows of tiles, ends included. */
export interface TileRange {
  readonly z: number;
  readonly minX: number;
  readonly minY: number;
  readonly maxX: number;
  readonly maxY: number;
}

/**
 * The tiles of a zoom whose box, widened by `buffer` units of 4,096, meets a box in degrees: those that an edit inside that box may
 * change. Boxes past ±180° are cut off there.
 */
export function tileRange(zoom: number, box: LonLatBox, buffer = TILE_BUFFER): TileRange {
  const [west, south, east, north] = box;
  const last = 2 ** zoom - 1;
  const margin = buffer / TILE_EXTENT;
  const place = (world: number) => (world / GRID + 0.5) * 2 ** zoom;
  const clamp = (at: number) => Math.max(0, Math.min(last, at));
  return {
    z: zoom,
    minX: clamp(Math.ceil(place(lonToWorld(west)) - margin) - 1),
    minY: clamp(Math.ceil(place(latToWorld(north)) - margin) - 1),
    maxX: clamp(Math.floor(place(lonToWorld(east)) + margin)),
    maxY: clamp(Math.floor(place(latToWorld(south)) + margin)),
  };
}
