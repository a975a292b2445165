import { availableParallelism } from 'node:os';
import type { TileCoord } from '@yutu/tiles';
import { LRUCache } from 'lru-cache';
import { Piscina } from 'piscina';
import type { ViewSet } from '../access/view.js';
import type { Layer } from '../catalogue/layers.js';
import type { Database } from '../db/database.js';
import { YutuError } from '../errors/fail.js';
import type { CutTask, CutTile, Encoding } from './cut-worker.js';
import { Masks } from './masks.js';
import { Snapshots, snapshotId } from './snapshots.js';

const QUEUE = 2_000;

/** Tiles of any layer under any views: from the cache, else cut once by a worker for all who wait. */
export class Tiles {
  readonly snapshots: Snapshots;
  private readonly masks: Masks;
  private readonly pool: Piscina<CutTask, CutTile>;
  private readonly cache: LRUCache<string, CutTile>;
  private readonly underWay = new Map<string, Promise<CutTile>>();
  readonly counts = { hits: 0, misses: 0 };

  constructor(db: Database, options: { folder: string; workers: number; cacheBytes: number }) {
    this.snapshots = new Snapshots(db, options.folder);
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

  /** Names everything that shapes the bytes: layer version, views, tile and encoding. */
  keyOf(layer: Layer, set: ViewSet, { z, x, y }: TileCoord, encoding: Encoding): string {
    return `${layer.id}@${layer.version}/${set.key}/${z}/${x}/${y}/${encoding}`;
  }

  /** The tile if it is in the cache. */
  peek(key: string): CutTile | undefined {
    const tile = this.cache.get(key);
    if (tile) this.counts.hits++;
    return tile;
  }

  /** Cuts the tile, or joins a cut that is under way. @throws `overloaded` when too many wait */
  cut(layer: Layer, set: ViewSet, tile: TileCoord, encoding: Encoding): Promise<CutTile> {
    const key = this.keyOf(layer, set, tile, encoding);
    let cutting = this.underWay.get(key);
    if (!cutting) {
      this.counts.misses++;
      cutting = this.run(layer, set, tile, encoding).finally(() => this.underWay.delete(key));
      this.underWay.set(key, cutting);
      cutting.then((cut) => this.cache.set(key, cut)).catch(() => {});
    }
    return cutting;
  }

  private async run(layer: Layer, set: ViewSet, tile: TileCoord, encoding: Encoding): Promise<CutTile> {
    if (this.pool.queueSize >= QUEUE) throw new YutuError('overloaded');
    const snapshot = await this.snapshots.of(layer);
    const mask = await this.masks.of(layer, set);
    if (snapshot.id !== snapshotId(layer)) throw new YutuError('overloaded'); // replaced meanwhile: ask again
    const cut = await this.pool.run({ layer: layer.id, tile, snapshot, mask, encoding });
    // Own memory, not a view of the worker's message.
    return { ...cut, bytes: Buffer.from(cut.bytes) };
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
