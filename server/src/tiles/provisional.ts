import { TILE_BUFFER, type TileCoord, tileLonLatBox } from '@yutu/tiles';
import { reachOf, WIDER } from '../access/precision.js';
import type { ViewSet } from '../access/view.js';
import type { Layer } from '../catalogue/layers.js';
import type { Database } from '../db/database.js';
import { Turns } from '../db/turns.js';
import type { Box } from '../store/changes.js';
import { lastFid } from '../store/changes.js';
import { rowsSelect, withinBox } from '../store/tile-rows.js';
import { buildSnapshot } from './build.js';
import type { Held } from './cutter.js';
import type { Masks } from './masks.js';

/** Rows of a box that are read at most. */
const ROWS = 20_000;
/** So many such tiles are made at once, for the database is busy with the snapshot; so many more may wait. */
const AT_ONCE = 2;
const WAITING = 16;

/**
 * Tiles of a layer whose snapshot is still being built: the rows of the tile's box, packed as a small snapshot and cut under the same
 * mask. From zoom 14 on such a tile holds what the later one will hold; above, its detail is chosen for the box alone.
 */
export class Provisional {
  private readonly turns = new Turns(AT_ONCE);
  private made = 0;

  constructor(
    private readonly db: Database,
    private readonly masks: Masks,
  ) {}

  /** Whether one more may be made now; else it is better to wait for the snapshot. */
  get free(): boolean {
    return this.turns.waiting < WAITING;
  }

  /**
   * Snapshot and mask of the tile's box, under slots of their own.
   * @returns sampled: true when not all rows are in it
   * @throws Outdated
   */
  rows(layer: Layer, set: ViewSet, tile: TileCoord): Promise<{ needs: Held[]; sampled: boolean }> {
    return this.turns.take(async () => {
      const { condition, sampled } = withinBox(
        layer,
        boxOf(layer, tile, reachOf(set.views)),
        ROWS,
        await lastFid(this.db, layer),
      );
      const { bytes, report } = await buildSnapshot(this.db, layer, rowsSelect(layer, set.views, condition, ROWS), { few: true });
      const mask = await this.masks.some(layer, set, condition);
      const id = `rows-${++this.made}`;
      return {
        needs: [
          { slot: `snapshot/${id}`, id, kind: 'snapshot', data: { bytes, file: '' } },
          { slot: `mask/${id}`, id, kind: 'mask', data: mask },
        ],
        sampled: sampled || report.features >= ROWS,
      };
    });
  }
}

/** The part of the layer's extent that the tile shows, its buffer included, and `reach` degrees around it. Beside the layer it is an empty box at its corner. */
function boxOf(layer: Layer, tile: TileCoord, reach: number): Box {
  const [w, s, e, n] = layer.extent!;
  const [west, south, east, north] = tileLonLatBox(tile, TILE_BUFFER + 1);
  const box: Box = [
    Math.max(w, west - WIDER * reach),
    Math.max(s, south - reach),
    Math.min(e, east + WIDER * reach),
    Math.min(n, north + reach),
  ];
  return box[0] <= box[2] && box[1] <= box[3] ? box : [w, s, w, s];
}
