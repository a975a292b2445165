import {
  GRID,
  latToWorld,
  lonToWorld,
  TILE_BUFFER,
  type TileCoord,
  tileLonLatBox,
  tileWorldBox,
  type WorldBox,
} from '@yutu/tiles';
import { WIDER } from '../access/precision.js';
import type { Box, Change } from '../store/changes.js';

/** What is known of one layer's edits: which versions touched which places since version `since`. */
interface History {
  since: number;
  upTo: number;
  touched: { version: number; box: WorldBox }[];
}

/** Boxes kept per layer: a tile's key looks at all of them. Older ones are let go, and the tiles of that time with them. */
const KEPT = 1_000;
/** Rounding to the tile's units may reach one unit further than the buffer. */
const REACH = TILE_BUFFER + 1;

/** Tells for every tile the newest version of its layer that touched it, so that the others stay in the cache through an edit. */
export class Touched {
  private readonly histories = new Map<string, History>();

  /** The version up to which the layer's edits are known, or null when the layer was never asked for. */
  knownUpTo(layer: string): number | null {
    return this.histories.get(layer)?.upTo ?? null;
  }

  /**
   * The version that the tile's bytes depend on. Where edits are not known yet it is the layer's own, which is always safe.
   * @param reach degrees of latitude by which features are drawn beside their place
   */
  versionOf(layer: { id: string; version: number }, tile: TileCoord, reach = 0): number {
    const history = this.histories.get(layer.id);
    if (!history) {
      this.histories.set(layer.id, { since: layer.version, upTo: layer.version, touched: [] });
      return layer.version;
    }
    if (layer.version < history.since || layer.version > history.upTo) return layer.version;
    if (history.touched.length === 0) return history.since;
    const at = reach === 0 ? tileWorldBox(tile, REACH) : around(tile, reach);
    for (let i = history.touched.length - 1; i >= 0; i--) {
      const { version, box } = history.touched[i]!;
      if (version <= layer.version && meets(box, at)) return version;
    }
    return history.since;
  }

  /** Takes in the changes that lead to version `upTo`; null: something else happened, every tile may have changed. */
  note(layer: string, upTo: number, changes: readonly Change[] | null): void {
    const history = this.histories.get(layer);
    if (!history || upTo <= history.upTo) return;
    if (changes === null) {
      this.histories.set(layer, { since: upTo, upTo, touched: [] });
      return;
    }
    for (const { version, oldBox, newBox } of changes)
      if (version > history.upTo)
        for (const box of [oldBox, newBox]) if (box) history.touched.push({ version, box: worldBox(box) });
    history.upTo = upTo;
    if (history.touched.length > KEPT) {
      const gone = history.touched.splice(0, history.touched.length - KEPT / 2);
      history.since = gone.at(-1)!.version;
      history.touched = history.touched.filter((t) => t.version > history.since);
    }
  }
}

function around(tile: TileCoord, reach: number): WorldBox {
  const [west, south, east, north] = tileLonLatBox(tile, REACH);
  return worldBox([west - WIDER * reach, south - reach, east + WIDER * reach, north + reach]);
}

const worldBox = ([west, south, east, north]: Box): WorldBox => ({
  minX: lonToWorld(west),
  minY: latToWorld(north),
  maxX: lonToWorld(east),
  maxY: latToWorld(south),
});

/** Data shows on the other side of the antimeridian too. */
function meets(a: WorldBox, b: WorldBox): boolean {
  if (a.minY > b.maxY || a.maxY < b.minY) return false;
  for (let shift = -GRID; shift <= GRID; shift += GRID) if (a.minX + shift <= b.maxX && a.maxX + shift >= b.minX) return true;
  return false;
}
