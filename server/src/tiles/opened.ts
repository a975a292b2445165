import { openSnapshot, openSnapshotFile, PageCache, type Snapshot } from '@yutu/tiles';
import { LRUCache } from 'lru-cache';

/** A base as it travels to the workers. */
export interface BaseData {
  id: string;
  /** Shared memory; null: to be read page by page from the file. */
  bytes: Uint8Array | null;
  file: string;
}

/** Pages read from files that a worker keeps. */
const PAGES_BYTES = 128 * 2 ** 20;

/** The bases a worker has open, one per layer: a new one takes the place of the old. */
const opened = new LRUCache<string, { id: string; inMemory: boolean; snapshot: Snapshot }>({
  max: 256,
  dispose: ({ snapshot }) => snapshot.close(),
});
const pages = new PageCache(PAGES_BYTES);

/** Closes a layer's base that was found damaged: the one built anew has the same name. */
export const closeBase = (layer: string): boolean => opened.delete(layer);

/** Opens a layer's base. Its pages are checked as they are read. @throws SnapshotError when it is damaged, or its file is gone */
export function openBase(layer: string, { id, bytes, file }: BaseData): Snapshot {
  const known = opened.get(layer);
  if (known?.id === id && known.inMemory === (bytes !== null)) return known.snapshot;
  const snapshot = bytes ? openSnapshot(bytes, { verify: false }) : openSnapshotFile(file, pages);
  opened.set(layer, { id, inMemory: bytes !== null, snapshot });
  return snapshot;
}
