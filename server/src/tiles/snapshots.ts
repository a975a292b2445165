import { createHash } from 'node:crypto';
import { type BuildPhase, type BuildProgress, openSnapshot, openSnapshotFile, PageCache } from '@yutu/tiles';
import { canonicalJson } from '../audit/chain.js';
import { POINT_COUNT } from '../catalogue/definition.js';
import type { Layer } from '../catalogue/layers.js';
import { runForAll } from '../db/client.js';
import type { Database } from '../db/database.js';
import { YutuError } from '../errors/fail.js';
import { changesBetween, currentVersion } from '../store/changes.js';
import { snapshotSelect } from '../store/snapshot-select.js';
import { buildBase, tileColumns } from './build.js';
import { nameOf, SnapshotFiles } from './files.js';
import type { BaseData } from './opened.js';
import { buildOverlay, type OverlayData, planFor } from './overlay.js';

/** The packed features of one version of a layer: in shared memory, or in a file that is read page by page. */
export interface Base extends BaseData {
  /** Names this very base in this process: one built again after damage has another. */
  id: string;
  /** Names the layer, its version and its columns; its file is called so. */
  name: string;
  shape: string;
  version: number;
  /** Size in bytes. */
  size: number;
  /** Whether the file is there; a full disk may have refused it. */
  stored: boolean;
  builtAt: Date;
}

/** A layer version for the cutter: a base, and the edits since. */
export interface LoadedSnapshot {
  base: Base;
  overlay: OverlayData | null;
  /** False when the database moved on while this was read: it may hold rows of the next version, and no mask is laid on it. */
  exact: boolean;
}

/** A build under way. */
export interface Building {
  layer: string;
  version: number;
  phase: BuildPhase;
  /** Rows read, or geometries done in this phase. */
  features: number;
  /** Of the whole build, 0…1; roughly. */
  share: number;
  startedAt: Date;
  /** null while it cannot be told. */
  etaSeconds: number | null;
}

/** How it stands with a layer's snapshot. */
export interface SnapshotStatus {
  layer: string;
  version: number;
  bytes: number;
  inMemory: boolean;
  stored: boolean;
  builtAt: Date;
  /** Features edited since. */
  pending: number;
}

/** The version asked for is no longer the layer's: ask again with the layer as it is now. */
export class Outdated extends Error {}

/** Rows a build holds in memory before it sorts them on disk, in bytes: less where snapshots may take little memory. */
const BUILD_MEMORY = 160 * 2 ** 20;

/** Share of a build's time at which each phase begins and ends, roughly. */
const PHASES: Record<BuildPhase, readonly [begin: number, end: number]> = {
  rows: [0, 0.55],
  merge: [0.55, 0.65],
  share: [0.65, 0.78],
  detail: [0.78, 0.88],
  pages: [0.88, 1],
};

/**
 * Layers as the cutter needs them. A base is read from `DATA_DIR/snapshots`, or built when missing or damaged, and serves on while
 * only few features were edited: they are drawn over it. Files are derived and disposable. Bases up to `memory` bytes are held in
 * shared memory, the least recently asked for give way; the others stay in their files.
 */
export class Snapshots {
  readonly files: SnapshotFiles;
  /** Told of a layer whose base is left to its file: others shall let go of the memory, too. */
  left: (layer: string) => void = () => {};
  private readonly loaded = new Map<string, { id: string; snapshot: Promise<LoadedSnapshot> }>();
  /** The least recently asked for first. */
  private readonly bases = new Map<string, Base>();
  /** Bases opened so far. */
  private opened = 0;
  private readonly builds = new Map<string, { base: Promise<Base>; state: Building; cancelled: Int32Array }>();

  constructor(
    private readonly db: Database,
    folder: string,
    private readonly memory = Number.POSITIVE_INFINITY,
  ) {
    this.files = new SnapshotFiles(folder);
  }

  /** @throws Outdated */
  of(layer: Layer): Promise<LoadedSnapshot> {
    const id = snapshotId(layer);
    const known = this.loaded.get(layer.id);
    if (known?.id === id) {
      const base = this.bases.get(layer.id);
      if (base && this.bases.delete(layer.id)) this.bases.set(layer.id, base);
      return known.snapshot;
    }
    const snapshot = runForAll(() => this.load(layer));
    this.loaded.set(layer.id, { id, snapshot });
    snapshot.catch(() => {
      if (this.loaded.get(layer.id)?.snapshot === snapshot) this.loaded.delete(layer.id);
    });
    return snapshot;
  }

  /** The version of the base in use; 0 while there is none. */
  baseVersion(layer: string): number {
    return this.bases.get(layer)?.version ?? 0;
  }

  /** A base was found damaged while a tile was cut from it: it is forgotten with its file, and the next request builds it anew. */
  async damaged(layer: string, id: string): Promise<void> {
    const base = this.bases.get(layer);
    if (base?.id !== id) return;
    this.bases.delete(layer);
    this.loaded.delete(layer);
    await this.files.remove(base.name);
  }

  /** The builds under way. */
  building(): Building[] {
    return [...this.builds.values()].map(({ state }) => state);
  }

  /** Gives up a layer's build, if there is one; who waits for it is told to come again. */
  cancel(layer: string): boolean {
    const build = this.builds.get(layer);
    if (build) Atomics.store(build.cancelled, 0, 1);
    return build !== undefined;
  }

  private async load(layer: Layer): Promise<LoadedSnapshot> {
    const shape = shapeOf(layer);
    const known = this.bases.get(layer.id);
    if (known?.shape === shape) {
      if (known.version > layer.version) throw new Outdated();
      const loaded = await this.over(known, layer);
      if (loaded) return loaded;
    } else {
      const stored = await this.read(layer, shape);
      const loaded = stored && (await this.over(stored, layer));
      if (loaded) return loaded;
    }
    const loaded = await this.over(await this.build(layer), layer);
    if (!loaded) throw new Outdated();
    return loaded;
  }

  /** The base with what was edited since; null when it cannot be brought to the layer's version. */
  private async over(base: Base, layer: Layer): Promise<LoadedSnapshot | null> {
    if (base.version > layer.version) return null;
    let overlay: OverlayData | null = null;
    if (base.version < layer.version) {
      const changes = await changesBetween(this.db, layer, base.version, layer.version);
      const plan = changes && planFor(new Set(changes.map((c) => c.fid)).size, layer.featureCount);
      if (!changes || plan === 'rebuild') return null;
      overlay = await buildOverlay(this.db, layer, base, changes);
      if (plan === 'overlay and rebuild') this.rebuild(layer);
    }
    this.take(layer.id, base);
    const now = this.bases.get(layer.id);
    return {
      base: now?.id === base.id ? now : base, // it may have been left to its file
      overlay,
      exact: (await currentVersion(this.db, layer.id)) === layer.version,
    };
  }

  /** Serves from this base on, unless a newer one has come meanwhile. */
  private take(layer: string, base: Base): void {
    const now = this.bases.get(layer);
    if (now && now.shape === base.shape && now.version > base.version) return;
    this.bases.delete(layer);
    this.bases.set(layer, base);
    this.makeRoom(layer);
  }

  /** Leaves bases asked for longest ago to their files until the others fit into memory. */
  private makeRoom(newest: string): void {
    let held = [...this.bases.values()].reduce((sum, b) => sum + (b.bytes ? b.size : 0), 0);
    for (const [layer, base] of this.bases) {
      if (held <= this.memory) return;
      if (!base.bytes || !base.stored || (layer === newest && base.size <= this.memory)) continue;
      this.bases.set(layer, { ...base, bytes: null });
      this.left(layer);
      if (layer !== newest) this.loaded.delete(layer);
      held -= base.size;
    }
  }

  /** Builds the layer's base anew, whatever there is, and serves from it. */
  async renew(layer: Layer): Promise<Base> {
    const base = await this.build(layer);
    this.bases.set(layer.id, base);
    this.loaded.delete(layer.id);
    return base;
  }

  /** Builds a new base in the background; the next request finds it in place of the old one. */
  private rebuild(layer: Layer): void {
    if (this.builds.has(layer.id)) return;
    this.build(layer)
      .then((base) => {
        this.take(layer.id, base);
        this.loaded.delete(layer.id);
      })
      .catch(() => {}); // the old base serves on; the next edit tries again
  }

  /** One build of a layer at a time. It is named by the version before it began: later rows are in the changes since, too. */
  private build(layer: Layer): Promise<Base> {
    const known = this.builds.get(layer.id);
    if (known) return known.base;
    const cancelled = new Int32Array(new SharedArrayBuffer(4));
    const startedAt = new Date();
    const { id, version } = layer;
    const state: Building = { layer: id, version, phase: 'rows', features: 0, share: 0, startedAt, etaSeconds: null };
    const base = this.buildNow(layer, state, cancelled).finally(() => this.builds.delete(layer.id));
    this.builds.set(layer.id, { base, state, cancelled });
    return base;
  }

  /** Builds anew, whatever there is, and serves from it. */
  async rebuildNow(layer: Layer): Promise<Base> {
    const base = await this.build(layer);
    this.take(layer.id, base);
    this.loaded.delete(layer.id);
    return base;
  }

  private async buildNow(layer: Layer, state: Building, cancelled: Int32Array): Promise<Base> {
    const shape = shapeOf(layer);
    const wanted = { layer: layer.id, version: layer.version, shape };
    const { folder: scratch, version } = await this.files.scratch(
      wanted,
      async (left) => left <= layer.version && (await changesBetween(this.db, layer, left, layer.version)) !== null,
    );
    const name = nameOf({ ...wanted, version });
    state.version = version;
    try {
      const { bytes } = await buildBase(this.db, layer, {
        scratch,
        file: this.files.part(name),
        progress: (progress) => advance(state, progress),
        cancelled,
        memory: Math.max(2 ** 20, Math.min(BUILD_MEMORY, this.memory / 8)),
      });
      // What fits into memory needs no disk: a full one costs a rebuild at the next start, not the map.
      const stored = await (bytes ? this.files.write(name, bytes) : this.files.commit(name)).then(
        () => true,
        (error) => {
          if (bytes) return false;
          throw error;
        },
      );
      if (!bytes) return await this.open(name, shape, version);
      const file = this.files.path(name);
      return { id: this.newId(name), name, shape, version, bytes, size: bytes.length, file, stored, builtAt: new Date() };
    } catch (error) {
      // Only a killed build is gone on with: what made this one fail may lie in its scratch folder, or be a full disk.
      await this.files.discard(name, scratch).catch(() => {});
      throw Atomics.load(cancelled, 0) === 1 ? new YutuError('overloaded') : error;
    }
  }

  /** A base from its file: into memory when it fits there. */
  private async open(name: string, shape: string, version: number): Promise<Base> {
    const facts = await this.files.facts(name);
    if (!facts) throw new Error('the snapshot is gone');
    const bytes = facts.bytes <= this.memory ? await this.files.read(name) : null;
    const { bytes: size, builtAt } = facts;
    return { id: this.newId(name), name, shape, version, bytes, size, file: this.files.path(name), stored: true, builtAt };
  }

  private newId(name: string): string {
    return `${name}#${++this.opened}`;
  }

  /** The newest file that is not newer than the layer and whose index is whole; a damaged page is found when it is read. */
  private async read(layer: Layer, shape: string): Promise<Base | null> {
    for (const name of await this.files.stored(layer.id, shape)) {
      if (name.version > layer.version) continue;
      try {
        const base = await this.open(nameOf(name), shape, name.version);
        if (base.bytes) openSnapshot(base.bytes, { verify: false });
        else openSnapshotFile(base.file, new PageCache(0)).close();
        return base;
      } catch {} // built anew
    }
    return null;
  }

  /** The bases in use. */
  async status(): Promise<SnapshotStatus[]> {
    const all = [...this.bases].map(async ([layer, { version, size, bytes, stored, builtAt }]) => {
      const loaded = await this.loaded.get(layer)?.snapshot.catch(() => null);
      const pending = loaded?.overlay?.hide.length ?? 0;
      return { layer, version, bytes: size, inMemory: bytes !== null, stored, builtAt, pending };
    });
    return Promise.all(all);
  }

  /** For the metrics: bases in use, the memory they take, and the edits drawn over them. */
  async sizes(): Promise<{ count: number; bytes: number; pending: number }> {
    const all = await this.status();
    const sum = (of: (s: SnapshotStatus) => number) => all.reduce((total, s) => total + of(s), 0);
    return { count: all.length, bytes: sum((s) => (s.inMemory ? s.bytes : 0)), pending: sum((s) => s.pending) };
  }
}

function advance(state: Building, { phase, features, share }: BuildProgress): void {
  const [begin, end] = PHASES[phase];
  state.phase = phase;
  state.features = features;
  state.share = Math.max(state.share, begin + share * (end - begin));
  const elapsed = (Date.now() - state.startedAt.getTime()) / 1000;
  state.etaSeconds = state.share > 0.02 ? Math.ceil((elapsed * (1 - state.share)) / state.share) : null;
}

/** Kept by layer: every uncut tile asks. */
const shapes = new WeakMap<Layer, string>();

/** Changes with the columns and what makes them, salt, masks and storage CRS among it: whatever shapes a snapshot but the rows. */
export function shapeOf(layer: Layer): string {
  let shape = shapes.get(layer);
  if (shape === undefined) {
    const { rank, counts } = layer.zooms;
    const digest = createHash('sha256').update(
      canonicalJson([
        tileColumns(layer),
        snapshotSelect(layer),
        ...(rank === undefined ? [] : [rank]),
        ...(counts ? [POINT_COUNT] : []),
      ]),
    );
    shape = digest.digest('hex').slice(0, 12);
    shapes.set(layer, shape);
  }
  return shape;
}

/** Names a layer version's rows and their shape. */
export const snapshotId = (layer: Layer): string => nameOf({ layer: layer.id, version: layer.version, shape: shapeOf(layer) });
