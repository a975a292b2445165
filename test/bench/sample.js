import { tileAt } from './engine.js';

/** Different tiles of one zoom around places, in their order, `wanted` at most. */
export function tilesAt(places, zoom, wanted) {
  const tiles = new Map();
  for (const [lon, lat] of places) {
    if (tiles.size === wanted) break;
    const tile = tileAt(zoom, lon, lat);
    tiles.set(`${tile.x}/${tile.y}`, tile);
  }
  return [...tiles.values()];
}
