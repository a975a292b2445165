import { setTimeout as sleep } from 'node:timers/promises';
import { FULL_ZOOM, SnapshotError, type TileCoord } from '@yutu/tiles';
import { LRUCache } from 'lru-cache';
import type { ViewSet } from '../access/view.js';
import type { Layer } from '../catalogue/layers.js';
import { currentClient } from '../db/client.js';
import type { Database } from '../db/database.js';
import { Tally } from '../db/tally.js';
import { Turns } from '../db/turns.js';
import { YutuError } from '../errors/fail.js';
import { changesBetween } from '../store/changes.js';
import { type Done, type Work, work } from './cut-worker.js';
import { type CutPlan, Cutter, etagOf, type Held } from './cutter.js';
import { Abandoned, Cutting } from './cutting.js';
import { type Encoding, NOT_WORTH_PACKING } from './encoding.js';
import { FinishedTile, type Share } from './finished.js';
import { type LoadedMask, Masks } from './masks.js';
import { openBase } from './opened.js';
import { CutPool } from './pool.js';
import { Provisional } from './provisional.js';
import { type Base, type LoadedSnapshot, Outdated, Snapshots } from './snapshots.js';
import { Touched } from './touched.js';

export interface TileOptions {
  /** Where snapshots are kept. */
  folder: string;
  workers: number;
  /** Bytes of snapshots to hold in memory. */
  snapshotBytes: number;
  /** Bytes of finished tiles to keep, and of masks. */
  cacheBytes: number;
  maskBytes: number;
  /** Tiles that may be under way or wait at once. */
  queue: number;
  /** Milliseconds a tile may wait for a worker. */
  patienceMs: number;
  /** Milliseconds after which a tile whose snapshot is not ready is made from rows. */
  provisionalMs: number;
  /** Whether anybody may have these views still. */
  wanted: (set: ViewSet) => boolean;
}

/** A layer under the views of who asks. */
export interface Part {
  layer: Layer;
  set: ViewSet;
}

/** Features of a layer at a zoom: drawn as themselves, reduced, and left out. */
export interface ZoomCounts {
  zoom: number;
  full: number;
  reduced: number;
  hidden: number;
}

type Wanted = Cutting<unknown>;
type Ready = readonly [LoadedSnapshot, LoadedMask];

/** A cut as it is handed to a thread, with the data it names; a light one costs less than handing it over. */
interface CutOrder {
  base: Base;
  mask: LoadedMask;
  plan: CutPlan;
  needs: Held[];
  light: boolean;
}

/** How a tile came about, for the metrics. Milliseconds. */
export interface Miss {
  where: 'inline' | 'worker';
  cutMs: number;
  packMs: number;
}

/** A tile of this weight (see weighTile) is cut on the calling thread: some 50 µs, what handing it over and back takes, too. */
const LIGHT = 1_500;
/** Bytes of several layers' tiles that are packed on the calling thread. */
const LIGHT_BYTES = 2 * NOT_WORTH_PACKING;
/** Members of a mask that may be indexed on the calling thread (about a millisecond). */
const LIGHT_MEMBERS = 20_000;
/** A tile asked for so often is packed once more, thoroughly, if that can gain anything and a worker is idle. */
const HOT = 16;
const HOT_BYTES = 2_000;

/** Tiles of any layer under any views: from the cache, else cut once for all who wait. */
export class Tiles {
  readonly snapshots: Snapshots;
  readonly masks: Masks;
  private readonly touched = new Touched();
  private readonly pool: CutPool;
  /** What this thread cuts small tiles with. */
  private readonly cutter = new Cutter();
  private readonly provisional: Provisional;
  private readonly cache: LRUCache<string, FinishedTile>;
  /** Who may cut tiles of several layers on this thread, each time the loop goes round. */
  private readonly inline = new Turns(1);
  private readonly tally = new Tally();
  private readonly underWay = new Map<string, Cutting<FinishedTile | null>>();
  /** Snapshots and masks that are there, by the promises of them: nothing needs to be waited for. */
  private readonly loaded = new WeakMap<Promise<LoadedSnapshot>, LoadedSnapshot>();
  private readonly made = new WeakMap<Promise<LoadedMask>, LoadedMask>();
  private readonly zooms = new WeakMap<Base, readonly ZoomCounts[]>();
  readonly counts = { hits: 0, misses: 0, abandoned: 0, provisional: 0, repacked: 0, refused: 0 };
  /** Told of every tile that was cut. */
  observe: (miss: Miss) => void = () => {};

  constructor(
    private readonly db: Database,
    private readonly options: TileOptions,
  ) {
    this.snapshots = new Snapshots(db, options.folder, options.snapshotBytes);
    this.snapshots.left = (layer) => this.forget(snapshotSlot(layer));
    this.pool = new CutPool(options);
    this.masks = new Masks(db, {
      bytes: options.maskBytes,
      threads: options.workers + 1,
      wanted: options.wanted,
      forget: (name) => {
        this.forget(maskSlot(name));
        this.forget(patchSlot(name));
      },
    });
    this.provisional = new Provisional(db, this.masks);
    this.cache = new LRUCache({ maxSize: options.cacheBytes, sizeCalculation: (t) => t.size });
  }

  /**
   * Names everything that shapes the bytes: for each layer the version that last touched the tile and the views, then tile and
   * encoding. Where detail is left out it is chosen for the whole base, and of what a mask cut for all of that, so there their
   * versions count too.
   */
  keyOf(parts: readonly Part[], tile: TileCoord, encoding: Encoding): string {
    const { z, x, y } = tile;
    let key = '';
    for (const { layer, set } of parts) {
      const base = z < FULL_ZOOM ? `+${this.snapshots.baseVersion(layer.id)}+${this.masks.baseVersion(layer, set)}` : '';
      const version = this.touched.versionOf(layer, tile, set.reach);
      key += `${layer.id}@${version}${base}/${set.key}/`;
    }
    return `${key}${z}/${x}/${y}/${encoding}`;
  }

  /** Learns which places the newest versions touched; until then a new version leaves the whole layer's cache behind. */
  async follow(layer: Layer): Promise<void> {
    const known = this.touched.knownUpTo(layer.id);
    if (known === null || known >= layer.version) return;
    this.touched.note(layer.id, layer.version, await changesBetween(this.db, layer, known, layer.version));
  }

  /** The tile if it is in the cache. */
  peek(key: string): FinishedTile | undefined {
    const tile = this.cache.get(key);
    if (!tile) return undefined;
    this.counts.hits++;
    if (++tile.asked === HOT) this.repack(key, tile);
    return tile;
  }

  /**
   * Cuts a light tile of one layer in this turn of the event loop, so that what was decided before still holds. Undefined when it is
   * not light, or something is to be waited for: have it `cut`.
   * @param key of the tile (see `keyOf`)
   */
  now(key: string, parts: readonly Part[], tile: TileCoord, encoding: Encoding): FinishedTile | undefined {
    const [part] = parts;
    const ready = part && parts.length === 1 && this.atHand(part.layer, part.set);
    if (!ready) return undefined;
    try {
      const order = this.order(part, tile, ready);
      if (!order.light) return undefined;
      const finished = alone(this.work({ kind: 'cut', plan: order.plan, encoding }));
      this.counts.misses++;
      this.keep(key, finished, part, tile, order);
      return finished;
    } catch (error) {
      if (error instanceof Outdated || error instanceof SnapshotError) return undefined; // `cut` knows what to do
      throw error;
    }
  }

  /**
   * Cuts the tile, or joins a cut that is under way. Several layers make one tile, in their order. It comes to null when a layer has
   * a newer version than the one given. Who waits calls `leave` when done.
   * @throws `overloaded` when too many wait
   */
  cut(parts: readonly Part[], tile: TileCoord, encoding: Encoding): Cutting<FinishedTile | null> {
    const key = this.keyOf(parts, tile, encoding);
    const known = this.underWay.get(key);
    if (known && !known.abandoned) return known.join();
    const client = currentClient();
    if (this.underWay.size >= this.options.queue && this.tally.share(client) >= this.options.queue) {
      this.counts.refused++;
      throw new YutuError('overloaded', {}, { retryAfter: 1 });
    }
    this.counts.misses++;
    const done = this.tally.add(client);
    const cutting: Cutting<FinishedTile | null> = new Cutting((wanted) =>
      (parts.length === 1 ? this.single(parts[0]!, tile, encoding, wanted) : this.several(parts, tile, encoding, wanted))
        .catch((error) => {
          if (error instanceof Outdated) return null;
          if (error instanceof Abandoned) this.counts.abandoned++;
          throw error;
        })
        .finally(() => {
          if (this.underWay.get(key) === cutting) this.underWay.delete(key);
          done();
        }),
    );
    this.underWay.set(key, cutting);
    return cutting.join();
  }

  private async single(
    { layer, set }: Part,
    tile: TileCoord,
    encoding: Encoding,
    wanted: Wanted,
    again = false,
  ): Promise<FinishedTile> {
    const ready = this.atHand(layer, set) ?? (await this.ready(layer, set));
    wanted.throwIfAbandoned();
    if (!ready) return this.fromRows({ layer, set }, tile, encoding, wanted);
    try {
      const order = this.order({ layer, set }, tile, ready);
      const task: Work = { kind: 'cut', plan: order.plan, encoding };
      const finished = alone(order.light ? this.work(task) : await this.handOver(task, order.needs, wanted));
      this.keep(this.keyOf([{ layer, set }], tile, encoding), finished, { layer, set }, tile, order);
      return finished;
    } catch (error) {
      if (!(error instanceof SnapshotError)) throw error;
      if (again) throw new Error('a snapshot was damaged twice', { cause: error });
      await this.snapshots.damaged(layer.id, ready[0].base.id);
      this.forget(snapshotSlot(layer.id));
      return this.single({ layer, set }, tile, encoding, wanted, true);
    }
  }

  /** Under the versions of base and mask that were cut from, not of those that came meanwhile. */
  private keep(key: string, finished: FinishedTile, { layer, set }: Part, { z }: TileCoord, { base, mask }: CutOrder): void {
    const same = base.version === this.snapshots.baseVersion(layer.id);
    if (z >= FULL_ZOOM || (same && (mask.mask.members === null || mask.version === this.masks.baseVersion(layer, set))))
      this.cache.set(key, finished);
  }

  /** A tile of several layers is theirs one after the other: layers are repeated fields of the message (MVT 2.1 §4). */
  private async several(parts: readonly Part[], tile: TileCoord, encoding: Encoding, wanted: Wanted): Promise<FinishedTile> {
    const key = this.keyOf(parts, tile, encoding);
    const cuttings = new Map<Part, Cutting<FinishedTile | null>>();
    try {
      // Many light layers are a heavy tile: between two of them the thread answers others.
      const leave = await this.inline.enter();
      setImmediate(leave);
      wanted.throwIfAbandoned();
      const singles = await Promise.all(
        parts.map(async (part) => {
          const own = this.keyOf([part], tile, 'identity');
          const kept = this.peek(own) ?? this.now(own, [part], tile, 'identity');
          if (kept) return kept;
          const cutting = this.cut([part], tile, 'identity');
          cuttings.set(part, cutting);
          return cutting.promise;
        }),
      );
      wanted.throwIfAbandoned();
      const tiles = singles.map((single) => {
        if (!single) throw new Outdated();
        return single;
      });
      const shares = tiles.flatMap((t) => t.shares);
      const raw = Buffer.concat(tiles.map((t) => t.bytes));
      const task: Work = { kind: 'pack', raw, encoding };
      const done = raw.length < LIGHT_BYTES ? this.work(task) : await this.handOver(task, [], wanted);
      const provisional =
        tiles.find((t) => t.provisional === 'sampled')?.provisional ?? tiles.find((t) => t.provisional)?.provisional;
      const finished = finish(done, etagOf(raw), shares, provisional);
      if (provisional === undefined && key === this.keyOf(parts, tile, encoding)) this.cache.set(key, finished);
      return finished;
    } finally {
      for (const cutting of cuttings.values()) cutting.leave();
    }
  }

  /** What a cut from these takes. @throws Outdated, SnapshotError */
  private order({ layer }: Part, tile: TileCoord, [{ base, overlay, exact }, loaded]: Ready): CutOrder {
    const { name, mask, patch } = loaded;
    if (mask.members && !exact) throw new Outdated();
    const needs: Held[] = [
      {
        slot: snapshotSlot(layer.id),
        id: base.bytes ? base.id : `${base.id} in its file`,
        kind: 'snapshot',
        data: { bytes: base.bytes, file: base.file },
      },
      { slot: maskSlot(name), id: mask.id, kind: 'mask', data: mask },
    ];
    if (patch) needs.push({ slot: patchSlot(name), id: patch.id, kind: 'patch', data: patch });
    if (overlay) needs.push({ slot: `overlay/${layer.id}`, id: overlay.id, kind: 'overlay', data: overlay });
    const plan = planOf(layer, tile, needs);
    // A thread that answers requests reads no disk.
    const light = base.bytes !== null && (mask.members?.fids.length ?? 0) <= LIGHT_MEMBERS && this.isLight(plan, needs);
    return { base, mask: loaded, plan, needs, light };
  }

  /** Snapshot and mask when both are there; else null, and they are being made. */
  private atHand(layer: Layer, set: ViewSet): Ready | null {
    const snapshot = this.loaded.get(this.snapshots.of(layer));
    const mask = this.made.get(this.masks.of(layer, set));
    return snapshot && mask ? [snapshot, mask] : null;
  }

  /** Snapshot and mask; null when they are not ready soon. @throws Outdated */
  private async ready(layer: Layer, set: ViewSet): Promise<Ready | null> {
    const snapshot = this.snapshots.of(layer);
    const mask = this.masks.of(layer, set);
    const both = Promise.all([snapshot, mask]).then((ready) => {
      this.loaded.set(snapshot, ready[0]);
      this.made.set(mask, ready[1]);
      return ready;
    });
    const waited = new AbortController();
    const { provisionalMs } = this.options;
    const late = provisionalMs === 0 ? null : sleep(provisionalMs, null, { signal: waited.signal, ref: false }).catch(() => null);
    try {
      const first = await Promise.race([late, both]);
      if (first || (layer.extent && this.provisional.free)) return first;
      return await both;
    } finally {
      waited.abort();
      both.catch(() => {});
    }
  }

  /** A first tile of a layer whose snapshot is still being built: from the rows of its box, under the same mask. */
  private async fromRows({ layer, set }: Part, tile: TileCoord, encoding: Encoding, wanted: Wanted): Promise<FinishedTile> {
    this.counts.provisional++;
    const { needs, sampled } = await this.provisional.rows(layer, set, tile);
    wanted.throwIfAbandoned();
    try {
      const done = await this.handOver({ kind: 'cut', plan: planOf(layer, tile, needs), encoding }, needs, wanted);
      return alone(done, sampled ? 'sampled' : 'provisional');
    } finally {
      for (const { slot } of needs) this.forget(slot);
    }
  }

  /** On this thread. */
  private work(task: Work): Done {
    return this.observed(work(task, this.cutter), 'inline');
  }

  private async handOver(task: Work, needs: readonly Held[], wanted: Wanted): Promise<Done> {
    return this.observed(await this.pool.run(task, needs, wanted), 'worker');
  }

  private observed(done: Done, where: Miss['where']): Done {
    this.observe({ where, cutMs: done.cutMs, packMs: done.packMs });
    return done;
  }

  private isLight(plan: CutPlan, needs: readonly Held[]): boolean {
    for (const held of needs) if (!this.cutter.has(held)) this.cutter.hold(held);
    return this.cutter.weigh(plan, LIGHT) < LIGHT;
  }

  private forget(slot: string): void {
    this.cutter.forget(slot);
    this.pool.forget(slot);
  }

  /** Packs a tile that is asked for often once more. Its content and mark stay. */
  private repack(key: string, tile: FinishedTile): void {
    if (tile.encoding === 'identity' || tile.bytes.length < HOT_BYTES || !this.pool.idle) return;
    this.pool.run({ kind: 'repack', packed: tile.bytes, encoding: tile.encoding }, []).then(
      (done) => {
        if (done.bytes.length >= tile.bytes.length || this.cache.peek(key) !== tile) return;
        const smaller = finish(done, tile.etag, tile.shares);
        smaller.asked = tile.asked;
        this.cache.set(key, smaller);
        this.counts.repacked++;
      },
      () => {}, // the quick one serves on
    );
  }

  /** Has the snapshot, and with `set` the mask, ready before the first tile is asked for. Failing is no fault: the tile asks again. */
  async warm(layer: Layer, set?: ViewSet): Promise<void> {
    await this.snapshots.of(layer).catch(() => {});
    if (set && set.views.length > 0) await this.masks.of(layer, set).catch(() => {});
  }

  /** How many features of the layer each zoom below full detail shows; null while its snapshot is not ready. */
  async zoomCounts(layer: Layer): Promise<readonly ZoomCounts[] | null> {
    const base = this.loaded.get(this.snapshots.of(layer))?.base;
    if (!base) return null;
    let counts = this.zooms.get(base);
    if (!counts) {
      const snapshot = openBase(base);
      counts = snapshot.zooms.map(({ full, reduced, hidden }, zoom) => ({ zoom, full, reduced, hidden }));
      snapshot.close();
      this.zooms.set(base, counts);
    }
    return counts;
  }

  /** For the metrics. */
  get state() {
    return {
      cacheTiles: this.cache.size,
      cacheBytes: this.cache.calculatedSize,
      maskBytes: this.masks.bytes,
      underWay: this.underWay.size,
      waiting: this.pool.waiting,
      refused: this.counts.refused + this.pool.counts.refused,
      workersDied: this.pool.counts.died,
    };
  }

  async close(): Promise<void> {
    await this.pool.close();
  }
}

const snapshotSlot = (layer: string) => `snapshot/${layer}`;
const maskSlot = (name: string) => `mask/${name}`;
const patchSlot = (name: string) => `patch/${name}`;

function planOf(layer: Layer, tile: TileCoord, needs: readonly Held[]): CutPlan {
  const slot = (kind: Held['kind']) => needs.find((n) => n.kind === kind)?.slot ?? null;
  const [overlay, mask, patch] = [slot('overlay'), slot('mask'), slot('patch')];
  return { layer: layer.id, tile, snapshot: slot('snapshot')!, overlay, mask, patch };
}

function finish(done: Done, etag: string, shares: readonly Share[], provisional?: FinishedTile['provisional']): FinishedTile {
  return new FinishedTile(own(done.bytes), done.encoding, etag, shares, provisional);
}

/** A tile of one layer. */
function alone(done: Done, provisional?: FinishedTile['provisional']): FinishedTile {
  const share = { features: done.features!, named: done.named!, reduced: done.reduced!, bytes: done.bytes.length };
  return finish(done, done.etag!, [share], provisional);
}

/** Memory of its own: a small view would keep the whole buffer behind it. As a Buffer, for others are made one whenever they are sent. */
function own(bytes: Uint8Array): Buffer {
  const { buffer, byteOffset, byteLength } = bytes;
  if (buffer.byteLength <= byteLength * 1.1 + 64) return Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength);
  const copy = Buffer.allocUnsafeSlow(bytes.byteLength);
  copy.set(bytes);
  return copy;
}
