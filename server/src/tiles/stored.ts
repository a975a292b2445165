import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { openSnapshot, SnapshotError } from '@yutu/tiles';

/** A snapshot's file in `DATA_DIR/snapshots`. */
export interface StoredSnapshot {
  file: string;
  layer: string;
  version: number;
  /** Bytes. */
  size: number;
  writtenAt: Date;
}

const NAME = /^([a-z][a-z0-9_]*)@(\d+)-[0-9a-z-]+\.snapshot$/;

/** The files there are, newest version first. */
export async function storedSnapshots(folder: string): Promise<StoredSnapshot[]> {
  const found: StoredSnapshot[] = [];
  for (const name of await readdir(folder).catch(() => [])) {
    const [, layer, version] = NAME.exec(name) ?? [];
    const facts = layer === undefined ? null : await stat(join(folder, name)).catch(() => null);
    if (facts)
      found.push({ file: join(folder, name), layer: layer!, version: Number(version), size: facts.size, writtenAt: facts.mtime });
  }
  return found.sort((a, b) => (a.layer < b.layer ? -1 : a.layer > b.layer ? 1 : b.version - a.version));
}

/** Reads a snapshot's file whole and says what is wrong with it; null: nothing. */
export async function damageOf(file: string): Promise<string | null> {
  try {
    openSnapshot(await readFile(file));
    return null;
  } catch (error) {
    if (error instanceof SnapshotError) return error.message;
    throw error;
  }
}
