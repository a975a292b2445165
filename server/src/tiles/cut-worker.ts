import { createHash } from 'node:crypto';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import {
  cutTile,
  openSnapshot,
  type PreparedMask,
  type PreparedOverlay,
  prepareMask,
  prepareOverlay,
  SnapshotError,
  type TileCoord,
} from '@yutu/tiles';
import type { MaskData } from './masks.js';
import { type BaseData, closeBase, openBase } from './opened.js';
import type { OverlayData } from './overlay.js';

export type Encoding = 'br' | 'gzip' | 'identity';

export interface CutTask {
  layer: string;
  tile: TileCoord;
  snapshot: BaseData;
  overlay: OverlayData | null;
  mask: MaskData | null;
  encoding: Encoding;
}

export interface CutTile {
  bytes: Uint8Array;
  features: number;
  etag: string;
}

const MASKS_KEPT = 64;
const OVERLAYS_KEPT = 64;
const overlays = new Map<string, PreparedOverlay>();
const masks = new Map<string, PreparedMask>();

/** A small cache in order of first use; what falls out is opened again when it is asked for. */
function keep<T>(cache: Map<string, T>, id: string, limit: number, make: () => T): T {
  let value = cache.get(id);
  if (value === undefined) {
    value = make();
    cache.set(id, value);
    if (cache.size > limit) cache.delete(cache.keys().next().value!);
  }
  return value;
}

// Brotli 4 is the knee: smaller than gzip 6 at a third of its time. Hot tiles are cached encoded.
const encoders: Record<Encoding, (raw: Uint8Array) => Uint8Array> = {
  br: (raw) =>
    brotliCompressSync(raw, { params: { [constants.BROTLI_PARAM_QUALITY]: 4, [constants.BROTLI_PARAM_SIZE_HINT]: raw.length } }),
  gzip: (raw) => gzipSync(raw, { level: 1 }),
  identity: (raw) => raw,
};

/** Cuts, masks, encodes and compresses one tile; null when the base is damaged. */
export default function cutOrNull(task: CutTask): CutTile | null {
  try {
    return cut(task);
  } catch (error) {
    if (!(error instanceof SnapshotError)) throw error;
    closeBase(task.layer);
    return null;
  }
}

function cut(task: CutTask): CutTile {
  const snapshot = openBase(task.layer, task.snapshot);
  const { mask: data, overlay: edits } = task;
  const overlay =
    edits &&
    keep(overlays, edits.id, OVERLAYS_KEPT, () =>
      prepareOverlay(snapshot, { hide: edits.hide, extra: edits.extra && openSnapshot(edits.extra) }),
    );
  const mask =
    data &&
    keep(masks, data.id, MASKS_KEPT, () =>
      prepareMask(snapshot, { views: data.views, members: data.members, cut: data.cut && openSnapshot(data.cut) }),
    );
  const { bytes: raw, features } = cutTile(snapshot, task.tile, {
    layerName: task.layer,
    ...(mask && { mask }),
    ...(overlay && { overlay }),
  });
  const etag = `"${createHash('sha256').update(raw).digest('base64url').slice(0, 22)}-${task.encoding}"`;
  return { bytes: raw.length === 0 ? raw : encoders[task.encoding](raw), features, etag };
}
