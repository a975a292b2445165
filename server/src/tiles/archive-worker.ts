import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { gzipSync } from 'node:zlib';
import {
  type ArchiveNote,
  type ArchiveReport,
  cutTile,
  GRID,
  type LonLatBox,
  latToWorld,
  lonToWorld,
  mayHold,
  occupiedTiles,
  openSnapshot,
  openSnapshotFile,
  PageCache,
  PmtilesWriter,
  prepareMask,
  prepareOverlay,
  preparePatch,
  SnapshotError,
  TILE_BUFFER,
  type TileCoord,
  tileWorldBox,
} from '@yutu/tiles';
import type { MaskData, PatchData } from './masks.js';
import type { BaseData } from './opened.js';
import type { OverlayData } from './overlay.js';

/** Writes an archive of one layer's tiles away from the thread that answers requests, and past its cache. */
export interface ArchiveTask {
  layer: string;
  base: BaseData;
  overlay: OverlayData | null;
  mask: MaskData | null;
  patch: PatchData | null;
  /** Only tiles that meet this box. */
  bbox: LonLatBox | null;
  /** Where the caller's features are: beyond it nothing is cut. */
  extent: LonLatBox;
  note: ArchiveNote;
  /** An empty file. */
  file: string;
  /** Not 0: stop. */
  stop: Int32Array;
}

/** Tiles cut so far and in all, then the archive (null when it was stopped or no tile holds anything), or that the base is damaged. */
export type ArchiveWord = { done: number; all: number } | { archive: Written | null } | { damaged: true };
/** `named`: features written with their ids, once per tile. */
export type Written = ArchiveReport & { named: number };

const GZIP_LEVEL = 6;
/** Tiles come along the Hilbert curve: few pages serve many of them. */
const PAGES_BYTES = 64 * 2 ** 20;
const WORD_MS = 200;

try {
  tell({ archive: write(workerData as ArchiveTask) });
} catch (error) {
  if (!(error instanceof SnapshotError)) throw error;
  tell({ damaged: true });
}

function tell(word: ArchiveWord): void {
  parentPort!.postMessage(word);
}

function write(task: ArchiveTask): Written | null {
  const { bytes, file: stored } = task.base;
  const snapshot = bytes ? openSnapshot(bytes, { verify: false }) : openSnapshotFile(stored, new PageCache(PAGES_BYTES));
  const extra = task.overlay?.extra ? openSnapshot(task.overlay.extra) : null;
  const cut = task.mask?.cut ? openSnapshot(task.mask.cut) : null;
  const recut = task.patch?.cut ? openSnapshot(task.patch.cut) : null;
  const overlay = task.overlay && prepareOverlay(snapshot, { hide: task.overlay.hide, extra });
  const mask = task.mask && prepareMask(snapshot, { views: task.mask.views, members: task.mask.members, cut });
  const patch = task.patch && preparePatch(snapshot, { edited: task.patch.edited, members: task.patch.members, cut: recut });
  const options = { layerName: task.layer, ...(mask && { mask }), ...(patch && { patch }), ...(overlay && { overlay }) };
  // What is shown coarsely may lie beside its feature's place: a tile without it would tell of that place.
  const sources = [snapshot, extra, cut, recut].filter((source) => source !== null);
  const holds = (tile: TileCoord) => meets(tile, task.extent) && sources.some((source) => mayHold(source, tile));
  const { minZoom, maxZoom } = task.note;
  const candidates = function* () {
    for (let z = minZoom; z <= maxZoom; z++) yield* occupiedTiles(holds, z, task.bbox ?? undefined);
  };
  let all = 0;
  for (const _ of candidates()) {
    all++;
    if (all % 1024 === 0 && Atomics.load(task.stop, 0) !== 0) return null;
  }
  const file = openSync(task.file, 'r+');
  try {
    const sink = { write: (bytes: Uint8Array, position: number) => writeWhole(file, bytes, position) };
    const writer = new PmtilesWriter(sink, {
      gzip: (bytes) => gzipSync(bytes, { level: GZIP_LEVEL }),
      digest: (bytes) => createHash('sha256').update(bytes).digest('base64'),
    });
    let [done, features, named, told] = [0, 0, 0, Date.now()];
    for (const tile of candidates()) {
      if (Atomics.load(task.stop, 0) !== 0) return null;
      const made = cutTile(snapshot, tile, options);
      if (made.features > 0) writer.add(tile, made.bytes);
      features += made.features;
      named += made.named;
      done++;
      if (Date.now() - told < WORD_MS) continue;
      told = Date.now();
      tell({ done, all });
    }
    if (features === 0) return null;
    const report = writer.finish(task.note);
    fsyncSync(file);
    return { ...report, named };
  } finally {
    closeSync(file);
  }
}

/** Whether the tile, with its buffer, comes near a box; data past ±180° show on the other side of the map. */
function meets(tile: TileCoord, [west, south, east, north]: LonLatBox): boolean {
  const { minX, minY, maxX, maxY } = tileWorldBox(tile, TILE_BUFFER + 1);
  if (latToWorld(south) < minY || latToWorld(north) > maxY) return false;
  return [-GRID, 0, GRID].some((shift) => lonToWorld(west) + shift <= maxX && lonToWorld(east) + shift >= minX);
}

function writeWhole(file: number, bytes: Uint8Array, position: number): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at, bytes.length - at, position + at);
}
