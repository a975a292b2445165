import { type CutOptions, cutTile, type Tile } from './cut/cut.js';
import type { Snapshot } from './snapshot/snapshot.js';
import type { TileCoord } from './tile.js';

/** Whatever gives vector tiles: a snapshot, or something small that needs none. */
export interface TileSource {
  /** The tile; no bytes when nothing is there. */
  tile(tile: TileCoord): Tile;
}

/** A layer's snapshot as a source of tiles. */
export const snapshotSource = (snapshot: Snapshot, options: CutOptions): TileSource => ({
  tile: (tile) => cutTile(snapshot, tile, options),
});
