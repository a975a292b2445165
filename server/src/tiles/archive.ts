import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { ArchiveNote, LonLatBox } from '@yutu/tiles';
import type { ViewSet } from '../access/view.js';
import type { Layer } from '../catalogue/layers.js';
import { fail } from '../errors/fail.js';
import type { ArchiveTask, ArchiveWord, Written } from './archive-worker.js';
import { Outdated } from './snapshots.js';
import type { Tiles } from './tiles.js';

export interface ArchiveWish {
  /** Only tiles that meet this box. */
  bbox: LonLatBox | null;
  /** Where the caller's features are. */
  extent: LonLatBox;
  note: (layer: Layer) => ArchiveNote;
  /** An empty file to write. */
  file: string;
  progress: (done: number, all: number) => void;
  signal: AbortSignal;
}

const PATIENCE = 100;
const PAUSE_MS = 15;

/**
 * Writes the tiles of a layer under these views as one PMTiles archive: the same snapshot, edits and masks as the tiles served, of one
 * version of the layer.
 * @param layerNow the layer as it is now; it throws when it is gone
 * @returns the layer as it was archived, and what was written; null when it was cancelled, or no tile holds anything
 */
export async function writeArchive(
  tiles: Tiles,
  layerNow: () => Layer,
  set: ViewSet,
  wish: ArchiveWish,
): Promise<{ layer: Layer; archive: Written | null }> {
  for (let turn = 0; turn < PATIENCE; turn++) {
    const layer = layerNow();
    try {
      const { base, overlay, exact } = await tiles.snapshots.of(layer);
      const { mask, patch } = await tiles.masks.of(layer, set);
      if (mask.members && !exact) throw new Outdated();
      const { id, bytes, file } = base;
      const task = { base: { id, bytes, file }, overlay, mask, patch, layer: layer.id, note: wish.note(layer) };
      const archive = await run(task, wish);
      if (archive !== 'damaged') return { layer, archive };
      await tiles.snapshots.damaged(layer.id, id);
    } catch (error) {
      if (!(error instanceof Outdated)) throw error;
      await sleep(PAUSE_MS); // an edit was committed that this process is about to hear of
    }
  }
  return fail('overloaded');
}

/** One thread that writes one archive. */
async function run(
  task: Omit<ArchiveTask, 'stop' | 'file' | 'bbox' | 'extent'>,
  { bbox, extent, file, signal, progress }: ArchiveWish,
): Promise<Written | null | 'damaged'> {
  const stop = new Int32Array(new SharedArrayBuffer(4));
  const workerData: ArchiveTask = { ...task, bbox, extent, file, stop };
  const worker = new Worker(new URL('./archive-worker.js', import.meta.url), { workerData });
  const leave = () => Atomics.store(stop, 0, 1);
  if (signal.aborted) leave();
  signal.addEventListener('abort', leave);
  try {
    return await new Promise((resolve, reject) => {
      worker.on('message', (word: ArchiveWord) => {
        if ('archive' in word) resolve(word.archive);
        else if ('damaged' in word) resolve('damaged');
        else progress(word.done, word.all);
      });
      worker.on('error', reject);
      worker.on('exit', () => reject(new Error('the thread that writes the archive ended early')));
    });
  } finally {
    signal.removeEventListener('abort', leave);
    await worker.terminate();
  }
}
