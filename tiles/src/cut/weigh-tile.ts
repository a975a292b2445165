import { FULL_ZOOM } from '../detail/scale.js';
import type { Page } from '../snapshot/page.js';
import type { Snapshot } from '../snapshot/snapshot.js';
import { TILE_BUFFER, type TileCoord, tileWorldBox } from '../tile.js';

/** A feature costs about as much as so many vertices: it is looked up, masked and written with its columns. */
const FEATURE = 24;
/** Of a long path only the runs near the tile are walked: so many vertices at most are counted of one feature. */
const FEATURE_MOST = 2_048;

const pages: number[] = [];

/**
 * A measure of the work to cut a tile, read from the boxes of its pages: vertices, with features as 24 each. It takes no more time
 * than a small tile itself, for it stops at `limit`. Data beyond ±180° is not looked at.
 * @returns at least `limit` as soon as that is reached
 * @throws SnapshotError when a page is damaged
 */
export function weighTile(snapshot: Snapshot, tile: TileCoord, limit: number): number {
  const band = snapshot.band(tile.z);
  const { minX, minY, maxX, maxY } = tileWorldBox(tile, TILE_BUFFER);
  pages.length = 0;
  band.tree.search(minX, minY, maxX, maxY, pages);
  let weight = 0;
  for (const number of pages) {
    const page = band.page(number);
    const { box, from, count } = page;
    for (let i = 0; i < count; i++) {
      const at = 4 * i;
      if (box[at]! > maxX || box[at + 1]! > maxY || box[at + 2]! < minX || box[at + 3]! < minY) continue;
      if (tile.z < FULL_ZOOM && from[i]! > tile.z) continue;
      weight += FEATURE + Math.min(FEATURE_MOST, verticesOf(page, i));
      if (weight >= limit) return weight;
    }
  }
  return weight;
}

function verticesOf({ featureEnd, pathEnd }: Page, i: number): number {
  const first = i > 0 ? featureEnd[i - 1]! : 0;
  const last = featureEnd[i]!;
  if (last === first) return 0;
  return pathEnd[last - 1]! - (first > 0 ? pathEnd[first - 1]! : 0);
}
