import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { ArchiveNote, ArchiveReport, LonLatBox } from '@yutu/tiles';
import type { ViewSet } from '../access/view.js';
import type { Layer } from '../catalogue/layers.js';
import type { Database } from '../db/database.js';
import { fail } from '../errors/fail.js';
import type { ArchiveTask, ArchiveWord } from './archive-worker.js';
import { Masks } from './masks.js';
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
 * @param layerNow the layer as it is now; null when it is gone
 * @returns the layer as it was archived, and what was written; null when it was cancelled, or no tile holds anything
 */
export async function writeArchive(
  { db, tiles }: { db: Database; tiles: Tiles },
  layerNow: () => Layer,
  set: ViewSet,
  wish: ArchiveWish,
): Promise<{ layer: Layer; archive: (ArchiveReport & { features: number }) | null }> {
  const { layer, base, overlay, mask } = await partsOf(db, tiles, layerNow, set);
  const stop = new Int32Array(new SharedArrayBuffer(4));
  const task: ArchiveTask = {
    layer: layer.id,
    snapshot: base.bytes,
    overlay,
    mask,
    bbox: wish.bbox,
    extent: wish.extent,
    note: wish.note(layer),
    file: wish.file,
    stop,
  };
  const worker = new Worker(new URL('./archive-worker.js', import.meta.url), { workerData: task });
  const leave = () => Atomics.store(stop, 0, 1);
  if (wish.signal.aborted) leave();
  wish.signal.addEventListener('abort', leave);
  try {
    const archive = await new Promise<(ArchiveReport & { features: number }) | null>((resolve, reject) => {
      worker.on('message', (word: ArchiveWord) => {
        if ('archive' in word) resolve(word.archive);
        else wish.progress(word.done, word.all);
      });
      worker.on('error', reject);
      worker.on('exit', () => reject(new Error('the thread that writes the archive ended early')));
    });
    return { layer, archive };
  } finally {
    wish.signal.removeEventListener('abort', leave);
    await worker.terminate();
  }
}

/** Base, edits and mask of one and the same version. */
async function partsOf(db: Database, tiles: Tiles, layerNow: () => Layer, set: ViewSet) {
  const masks = new Masks(db);
  for (let turn = 0; turn < PATIENCE; turn++) {
    const layer = layerNow();
    try {
      const { base, overlay, exact } = await tiles.snapshots.of(layer);
      const mask = await masks.of(layer, set);
      if (!mask.members || exact) return { layer, base, overlay, mask };
    } catch (error) {
      if (!(error instanceof Outdated)) throw error;
    }
    await sleep(PAUSE_MS); // an edit was committed that this process is about to hear of
  }
  return fail('overloaded');
}
