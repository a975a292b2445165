import type { Snapshot } from '../snapshot/snapshot.js';
import { type LonLatBox, MAX_ZOOM, TILE_BUFFER, type TileCoord, tileRange, tileWorldBox } from '../tile.js';
import { GRID } from '../world.js';
import { tileAtPlace } from './hilbert-id.js';

/** Rounding to the tile's units may reach one unit further than the buffer. */
const REACH = TILE_BUFFER + 1;

/**
 * Whether a tile may hold something of a snapshot. False is certain at every zoom: no page of features comes near the tile's
 * buffered box, whatever the level of detail. True says only that it is worth cutting.
 */
export function mayHold(snapshot: Snapshot, tile: TileCoord): boolean {
  const { minX, minY, maxX, maxY } = tileWorldBox(tile, REACH);
  const { tree } = snapshot.band(MAX_ZOOM);
  const pages: number[] = [];
  for (let shift = -GRID; shift <= GRID; shift += GRID) {
    tree.search(Math.floor(minX + shift), Math.floor(minY), Math.ceil(maxX + shift), Math.ceil(maxY), pages);
    if (pages.length > 0) return true;
  }
  return false;
}

/**
 * The tiles of a zoom that may hold something, in the order of their ids. It descends from the one tile of zoom 0: what comes near a
 * tile comes near its parent too, whose buffer is twice as wide on the ground.
 * @param holds whether a tile may hold something; must be true for the parent of every tile it is true for
 * @param bbox only tiles that meet this box in degrees
 */
export function* occupiedTiles(holds: (tile: TileCoord) => boolean, zoom: number, bbox?: LonLatBox): Generator<TileCoord> {
  const ranges = bbox && Array.from({ length: zoom + 1 }, (_, z) => tileRange(z, bbox, 0));
  const open: [z: number, place: number][] = [[0, 0]];
  while (open.length > 0) {
    const [z, place] = open.pop()!;
    const tile = tileAtPlace(z, place);
    const range = ranges?.[z];
    if (range && (tile.x < range.minX || tile.x > range.maxX || tile.y < range.minY || tile.y > range.maxY)) continue;
    if (!holds(tile)) continue;
    if (z === zoom) yield tile;
    else for (let child = 3; child >= 0; child--) open.push([z + 1, 4 * place + child]);
  }
}
