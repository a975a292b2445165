import { km2OfCell } from './cells.js';
import { IdSet } from './id-set.js';
import type { Level } from './policy.js';

/** Features and cells, and how large the cells are together. */
export class Sets {
  readonly ids = new IdSet();
  readonly cells = new IdSet();
  km2 = 0;

  addIds(ids: Iterable<number>): void {
    for (const id of ids) this.ids.add(id);
  }

  addCells(cells: Iterable<number>): void {
    for (const cell of cells) if (this.cells.add(cell)) this.km2 += km2OfCell(cell);
  }

  add(more: Sets): void {
    this.addIds(more.ids);
    this.addCells(more.cells);
  }

  get empty(): boolean {
    return this.ids.size === 0 && this.cells.size === 0;
  }

  /** Takes in sets as they are kept. */
  addBytes(kept: { ids: Uint8Array; cells: Uint8Array }): void {
    this.addIds(new IdSet().addBytes(kept.ids));
    this.addCells(new IdSet().addBytes(kept.cells));
  }
}

/** What an organisation draws of a layer. Features and cells of the days before are read when something is drawn. */
export interface Drawn {
  readonly organisation: string;
  readonly layer: string;
  level: Level;
  /** Tiles whose features are in already: for the tile hit path one look-up, and nothing to keep when the cache drops a tile. */
  tiles: WeakSet<object>;
  /** What tiles that wait to be read hold at most. */
  unread: { rows: number; km2: number };
  /** Set while the next level may be reached and the days before are not read: answers wait for that. */
  pressing: boolean;
  day: string;
  /** Not written yet. */
  fresh: Sets;
  /** Of the window, with what is fresh; null: not read yet. */
  window: Sets | null;
  touchedAt: number;
  /** When the next answer may leave, while it is slowed down. */
  nextAt: number;
}
