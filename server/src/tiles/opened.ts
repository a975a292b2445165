import { openSnapshot, openSnapshotFile, PageCache, type Snapshot } from '@yutu/tiles';

/** A base as it travels to the workers. */
export interface BaseData {
  id: string;
  /** Shared memory; null: to be read page by page from the file. */
  bytes: Uint8Array | null;
  file: string;
}

/** Pages read from files that a thread keeps. */
const PAGES_BYTES = 128 * 2 ** 20;
const pages = new PageCache(PAGES_BYTES);

/** Opens a base. Its pages are checked as they are read. @throws SnapshotError when it is damaged, or its file is gone */
export const openBase = ({ bytes, file }: Pick<BaseData, 'bytes' | 'file'>): Snapshot =>
  bytes ? openSnapshot(bytes, { verify: false }) : openSnapshotFile(file, pages);
