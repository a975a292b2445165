import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openSnapshot } from '@yutu/tiles';
import { canonicalJson } from '../audit/chain.js';
import type { Layer } from '../catalogue/layers.js';
import type { Database } from '../db/database.js';
import { buildSnapshot, tileColumns } from './build.js';

/** A layer version's snapshot in shared memory: workers open the same bytes. */
export interface LoadedSnapshot {
  /** Names the layer, its version and its columns. */
  id: string;
  bytes: Uint8Array;
  builtAt: number;
}

/**
 * Snapshots by layer version: read from `DATA_DIR/snapshots`, or built when missing or damaged. Files are derived and
 * disposable; a file is written beside its place and renamed, so a killed process leaves no half of one.
 */
export class Snapshots {
  private readonly loaded = new Map<string, { id: string; snapshot: Promise<LoadedSnapshot> }>();

  constructor(
    private readonly db: Database,
    private readonly folder: string,
  ) {}

  of(layer: Layer): Promise<LoadedSnapshot> {
    const id = snapshotId(layer);
    const known = this.loaded.get(layer.id);
    if (known?.id === id) return known.snapshot;
    const snapshot = this.load(layer, id);
    this.loaded.set(layer.id, { id, snapshot });
    snapshot.catch(() => {
      if (this.loaded.get(layer.id)?.snapshot === snapshot) this.loaded.delete(layer.id);
    });
    return snapshot;
  }

  private async load(layer: Layer, id: string): Promise<LoadedSnapshot> {
    const file = join(this.folder, `${id}.snapshot`);
    const stored = await readFile(file).catch(() => null);
    if (stored) {
      const bytes = new Uint8Array(new SharedArrayBuffer(stored.length));
      bytes.set(stored);
      try {
        openSnapshot(bytes); // its checksum: a damaged file is built anew
        return { id, bytes, builtAt: Date.now() };
      } catch {}
    }
    const { bytes } = await buildSnapshot(this.db, layer);
    await this.save(layer, file, bytes).catch(() => {}); // a full disk costs a rebuild at the next start, not the map
    return { id, bytes, builtAt: Date.now() };
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

  /** For the metrics: how many are in memory and how large they are. */
  async sizes(): Promise<{ count: number; bytes: number }> {
    const all = await Promise.allSettled([...this.loaded.values()].map((l) => l.snapshot));
    const bytes = all.reduce((sum, l) => sum + (l.status === 'fulfilled' ? l.value.bytes.length : 0), 0);
    return { count: all.length, bytes };
  }
}

/** Changes with the version, the columns and the salt of the codes: whatever a snapshot holds. */
export function snapshotId(layer: Layer): string {
  const shape = createHash('sha256')
    .update(canonicalJson([tileColumns(layer), layer.codeSalt, layer.srid]))
    .digest('hex');
  return `${layer.id}@${layer.version}-${shape.slice(0, 12)}`;
}
