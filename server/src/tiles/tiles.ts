import { availableParallelism } from 'node:os';
import { FULL_ZOOM, type TileCoord } from '@yutu/tiles';
import { LRUCache } from 'lru-cache';
import { Piscina } from 'piscina';
import type { ViewSet } from '../access/view.js';
import type { Layer } from '../catalogue/layers.js';
import type { Database } from '../db/database.js';
import { YutuError } from '../errors/fail.js';
import { changesBetween } from '../store/changes.js';
import type { CutTask, CutTile, Encoding } from './cut-worker.js';
import { Masks } from './masks.js';
import { Outdated, Snapshots } from './snapshots.js';
import { Touched } from './touched.js';

const QUEUE = 2_000;

/** Tiles of any layer under any views: from the cache, else cut once by a worker for all who wait. */
export class Tiles {
  readonly snapshots: Snapshots;
  private readonly masks: Masks;
  private readonly touched = new Touched();
  private readonly pool: Piscina<CutTask, CutTile | null>;
  private readonly cache: LRUCache<string, CutTile>;
  private readonly underWay = new Map<string, Promise<CutTile | null>>();
  readonly counts = { hits: 0, misses: 0 };

  constructor(
    private readonly db: Database,
    options: { folder: string; workers: number; cacheBytes: number; snapshotBytes?: number },
  ) {
    this.snapshots = new Snapshots(db, options.folder, options.snapshotBytes);
    this.masks = new Masks(db);
    this.cache = new LRUCache({ maxSize: options.cacheBytes, sizeCalculation: (t) => t.bytes.length + 200 });
    this.pool = new Piscina({
      filename: new URL('./cut-worker.js', import.meta.url).href,
      minThreads: 1,
      maxThreads: Math.min(options.workers, Math.max(1, availableParallelism())),
      maxQueue: QUEUE,
      idleTimeout: 60_000,
    });
  }

  /**
   * Names everything that shapes the bytes: the layer version that last touched the tile, views, tile and encoding. Where detail is
   * left out it is chosen for the whole base, so there the base's version counts too.
   */
  keyOf(layer: Layer, set: ViewSet, tile: TileCoord, encoding: Encoding, base = this.snapshots.baseVersion(layer.id)): string {
    const { z, x, y } = tile;
    const state = `${this.touched.versionOf(layer, tile)}${z < FULL_ZOOM ? `+${base}` : ''}`;
    return `${layer.id}@${state}/${set.key}/${z}/${x}/${y}/${encoding}`;
  }

  /** Learns which places the newest versions touched; until then a new version leaves the whole layer's cache behind. */
  async follow(layer: Layer): Promise<void> {
    const known = this.touched.knownUpTo(layer.id);
    if (known === null || known >= layer.version) return;
    this.touched.note(layer.id, layer.version, await changesBetween(this.db, layer, known, layer.version));
  }

  /** The tile if it is in the cache. */
  peek(key: string): CutTile | undefined {
    const tile = this.cache.get(key);
    if (tile) this.counts.hits++;
    return tile;
  }

  /**
   * Cuts the tile, or joins a cut that is under way.
   * @returns null when the layer has a newer version than the one given
   * @throws `overloaded` when too many wait
   */
  cut(layer: Layer, set: ViewSet, tile: TileCoord, encoding: Encoding): Promise<CutTile | null> {
    const key = this.keyOf(layer, set, tile, encoding);
    let cutting = this.underWay.get(key);
    if (!cutting) {
      this.counts.misses++;
      cutting = this.run(layer, set, tile, encoding)
        .catch((error) => {
          if (error instanceof Outdated) return null;
          throw error;
        })
        .finally(() => this.underWay.delete(key));
      this.underWay.set(key, cutting);
    }
    return cutting;
  }

  private async run(layer: Layer, set: ViewSet, tile: TileCoord, encoding: Encoding, again = false): Promise<CutTile> {
    if (this.pool.queueSize >= QUEUE) throw new YutuError('overloaded');
    const { base, overlay, exact } = await this.snapshots.of(layer);
    const mask = await this.masks.of(layer, set);
    if (mask.members && !exact) throw new Outdated();
    const task: CutTask = {
      layer: layer.id,
      tile,
      snapshot: { id: base.id, bytes: base.bytes, file: base.file },
      overlay,
      mask,
      encoding,
    };
    const cut = await this.pool.run(task);
    if (!cut) {
      if (again) throw new Error('a snapshot was damaged twice');
      await this.snapshots.damaged(layer.id, base.id);
      return this.run(layer, set, tile, encoding, true);
    }
    // Own memory, not a view of the worker's message.
    const own = { ...cut, bytes: Buffer.from(cut.bytes) };
    this.cache.set(this.keyOf(layer, set, tile, encoding, base.version), own);
    return own;
  }

  /** Has the snapshot, and with `set` the mask, ready before the first tile is asked for. Failing is no fault: the tile asks again. */
  async warm(layer: Layer, set?: ViewSet): Promise<void> {
    await this.snapshots.of(layer).catch(() => {});
    if (set && set.views.length > 0) await this.masks.of(layer, set).catch(() => {});
  }

  get queued(): number {
    return this.pool.queueSize;
  }

  get cacheBytes(): number {
    return this.cache.calculatedSize;
  }

  async close(): Promise<void> {
    await this.pool.destroy();
  }
}
