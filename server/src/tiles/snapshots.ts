import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openSnapshot } from '@yutu/tiles';
import { canonicalJson } from '../audit/chain.js';
import type { Layer } from '../catalogue/layers.js';
import type { Database } from '../db/database.js';
import { changesBetween, currentVersion } from '../store/changes.js';
import { buildSnapshot, tileColumns } from './build.js';
import { buildOverlay, type OverlayData, planFor } from './overlay.js';

/** The packed features of one version of a layer, in shared memory: workers open the same bytes. */
export interface Base {
  /** Names the layer, its version and its columns. */
  id: string;
  shape: string;
  version: number;
  bytes: Uint8Array;
}

/** A layer version for the cutter: a base, and the edits since. */
export interface LoadedSnapshot {
  base: Base;
  overlay: OverlayData | null;
  /** False when the database moved on while this was read: it may hold rows of the next version, and no mask is laid on it. */
  exact: boolean;
}

/** The version asked for is no longer the layer's: ask again with the layer as it is now. */
export class Outdated extends Error {}

/**
 * Layers as the cutter needs them. A base is read from `DATA_DIR/snapshots`, or built when missing or damaged, and serves on while
 * only few features were edited: they are drawn over it. Files are derived and disposable; a file is written beside its place
 * and renamed, so a killed process leaves no half of one.
 */
export class Snapshots {
  private readonly loaded = new Map<string, { id: string; snapshot: Promise<LoadedSnapshot> }>();
  private readonly bases = new Map<string, Base>();
  private readonly building = new Map<string, Promise<Base>>();

  constructor(
    private readonly db: Database,
    private readonly folder: string,
  ) {}

  /** @throws Outdated */
  of(layer: Layer): Promise<LoadedSnapshot> {
    const id = snapshotId(layer);
    const known = this.loaded.get(layer.id);
    if (known?.id === id) return known.snapshot;
    const snapshot = this.load(layer);
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
    return { base, overlay, exact: (await currentVersion(this.db, layer.id)) === layer.version };
  }

  /** Serves from this base on, unless a newer one has come meanwhile. */
  private take(layer: string, base: Base): void {
    const now = this.bases.get(layer);
    if (!now || now.shape !== base.shape || now.version < base.version) this.bases.set(layer, base);
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
    if (this.building.has(layer.id)) return;
    this.build(layer)
      .then((base) => {
        this.take(layer.id, base);
        this.loaded.delete(layer.id);
      })
      .catch(() => {}); // the old base serves on; the next edit tries again
  }

  /** One build of a layer at a time. It is named by the version before it began: later rows are in the changes since, too. */
  private build(layer: Layer): Promise<Base> {
    let building = this.building.get(layer.id);
    if (!building) {
      building = this.buildNow(layer).finally(() => this.building.delete(layer.id));
      this.building.set(layer.id, building);
    }
    return building;
  }

  private async buildNow(layer: Layer): Promise<Base> {
    const id = snapshotId(layer);
    const { bytes } = await buildSnapshot(this.db, layer);
    await this.save(layer, join(this.folder, `${id}.snapshot`), bytes).catch(() => {}); // a full disk costs a rebuild at the next start, not the map
    return { id, shape: shapeOf(layer), version: layer.version, bytes };
  }

  /** The newest whole file that is not newer than the layer. */
  private async read(layer: Layer, shape: string): Promise<Base | null> {
    const files = await readdir(this.folder).catch(() => []);
    const versions = files
      .filter((f) => f.startsWith(`${layer.id}@`) && f.endsWith(`-${shape}.snapshot`))
      .map((f) => Number(f.slice(layer.id.length + 1, f.indexOf('-', layer.id.length))))
      .filter((v) => v <= layer.version)
      .sort((a, b) => b - a);
    for (const version of versions) {
      const id = `${layer.id}@${version}-${shape}`;
      const stored = await readFile(join(this.folder, `${id}.snapshot`)).catch(() => null);
      if (!stored) continue;
      const bytes = new Uint8Array(new SharedArrayBuffer(stored.length));
      bytes.set(stored);
      try {
        openSnapshot(bytes); // its checksum: a damaged file is built anew
        return { id, shape, version, bytes };
      } catch {}
    }
    return null;
  }

  private async save(layer: Layer, file: string, bytes: Uint8Array): Promise<void> {
    await mkdir(this.folder, { recursive: true });
    const beside = `${file}.${process.pid}.part`;
    try {
      await writeFile(beside, bytes);
      await rename(beside, file);
    } catch (error) {
      await rm(beside, { force: true });
      throw error;
    }
    const stale = (await readdir(this.folder)).filter((f) => f.startsWith(`${layer.id}@`) && join(this.folder, f) !== file);
    await Promise.all(stale.map((f) => rm(join(this.folder, f), { force: true })));
  }

  /** For the metrics: bases in memory, their size, and the edits drawn over them. */
  async sizes(): Promise<{ count: number; bytes: number; pending: number }> {
    const all = await Promise.allSettled([...this.loaded.values()].map((l) => l.snapshot));
    const pending = all.reduce((sum, l) => sum + (l.status === 'fulfilled' ? (l.value.overlay?.hide.length ?? 0) : 0), 0);
    const bytes = [...this.bases.values()].reduce((sum, b) => sum + b.bytes.length, 0);
    return { count: this.bases.size, bytes, pending };
  }
}

/** Changes with the columns, the salt of the codes and the storage CRS: whatever shapes a snapshot but the rows. */
function shapeOf(layer: Layer): string {
  return createHash('sha256')
    .update(canonicalJson([tileColumns(layer), layer.codeSalt, layer.srid]))
    .digest('hex')
    .slice(0, 12);
}

/** Names a layer version's rows and their shape. */
export const snapshotId = (layer: Layer): string => `${layer.id}@${layer.version}-${shapeOf(layer)}`;
