import { FULL_ZOOM } from '../detail/scale.js';
import type { Band, Snapshot } from '../snapshot/snapshot.js';
import { TILE_BUFFER, type TileCoord, tileWorldBox } from '../tile.js';

/** A feature costs about as much as so many vertices: it is looked up, masked and written with its columns. */
const FEATURE = 16;
/** Of a long path only the runs near the tile are walked: so many vertices at most are counted of one feature. */
const FEATURE_MOST = 2_048;

const pages: number[] = [];

/**
 * A measure of the work to cut a tile, read from the index: vertices, with features as 16 each. It takes no more time than a small
 * tile itself, for it stops at `limit`. Data beyond ±180° is not looked at.
 * @returns at least `limit` as soon as that is reached
 */
export function weighTile(snapshot: Snapshot, tile: TileCoord, limit: number): number {
  const band = snapshot.band(tile.z);
  const { minX, minY, maxX, maxY } = tileWorldBox(tile, TILE_BUFFER);
  pages.length = 0;
  band.tree.search(minX, minY, maxX, maxY, pages);
  let weight = 0;
  for (const page of pages) {
    const end = band.pageEnd[page]!;
    for (let i = page > 0 ? band.pageEnd[page - 1]! : 0; i < end; i++) {
      const at = 4 * i;
      const { box } = band;
      if (box[at]! > maxX || box[at + 1]! > maxY || box[at + 2]! < minX || box[at + 3]! < minY) continue;
      if (tile.z < FULL_ZOOM && band.from[i]! > tile.z) continue;
      weight += FEATURE + Math.min(FEATURE_MOST, verticesOf(band, i));
      if (weight >= limit) return weight;
    }
  }
  return weight;
}

function verticesOf(band: Band, i: number): number {
  const first = i > 0 ? band.featureEnd[i - 1]! : 0;
  const last = band.featureEnd[i]!;
  if (last === first) return 0;
  return band.pathEnd[last - 1]! - (first > 0 ? band.pathEnd[first - 1]! : 0);
}
