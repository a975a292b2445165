import type { Layer } from '../catalogue/layers.js';
import type { Database } from '../db/database.js';
import { type Change, mostPending } from '../store/changes.js';
import { changedSelect } from '../store/snapshot-select.js';
import { buildSnapshot } from './build.js';

/** Pending edits as they travel to the workers: shared memory. */
export interface OverlayData {
  /** Names the base, the version and with them the contents. */
  id: string;
  /** Features of the base that are out of date. */
  hide: Float64Array;
  /** Their present state, packed; null when all are gone. */
  extra: Uint8Array | null;
}

const REBUILD_SHARE = 0.05;
const REBUILD_AT_LEAST = 500;
const REBUILD_AT_MOST = 2_000;

/** What so many pending features call for: an overlay, an overlay while a new base is built behind it, or a new base first. */
export function planFor(pending: number, features: number): 'overlay' | 'overlay and rebuild' | 'rebuild' {
  if (pending > mostPending(features)) return 'rebuild';
  const soon = Math.min(REBUILD_AT_MOST, Math.max(REBUILD_AT_LEAST, features * REBUILD_SHARE));
  return pending >= soon ? 'overlay and rebuild' : 'overlay';
}

/** The overlay that brings the base of version `from` to the layer's version. */
export async function buildOverlay(
  db: Database,
  layer: Layer,
  base: { id: string; version: number },
  changes: readonly Change[],
): Promise<OverlayData> {
  const fids = [...new Set(changes.map((c) => c.fid))];
  const hide = new Float64Array(new SharedArrayBuffer(8 * fids.length));
  hide.set(fids);
  const { bytes, report } = await buildSnapshot(db, layer, changedSelect(layer, base.version, layer.version), {
    few: true,
    alone: true,
  });
  return { id: `${base.id}+${layer.version}`, hide, extra: report.features === 0 ? null : bytes };
}
