import { parentPort } from 'node:worker_threads';
import { gunzipSync, gzipSync } from 'node:zlib';
import { type TileSource, tileCoord } from '@yutu/tiles';
import { LRUCache } from 'lru-cache';
import { type ErrorCode, YutuError } from '../errors/fail.js';
import type { Note } from '../incoming/note.js';
import { checkDraft, type ForeignDraft, foreignOf, keptFeatures, keptText } from './check.js';
import { geojsonSource } from './source.js';

/** Checks drafts and cuts their tiles away from the thread that answers requests: a person's file may be anything. */
export type DraftTask =
  /** `placed` when its geometries were transformed. */
  | { task: 'check'; bytes: Uint8Array; placed?: string }
  /** `body` only when the source is not known any more. */
  | { task: 'tile'; id: string; z: number; x: number; y: number; body?: Uint8Array };

export type DraftAnswer =
  | { name: string | null; features: number; extent: [number, number, number, number]; notes: Note[]; body: Uint8Array }
  | { foreign: ForeignDraft }
  | { bytes: Uint8Array }
  | { unknown: true };

export interface DraftFault {
  code: ErrorCode;
  values: Record<string, string | number>;
  more: { parameter?: string };
}

/** By the bytes of their documents; in memory they take some ten times as much. */
const SOURCES_BYTES = 24 * 1024 * 1024;
const sources = new LRUCache<string, TileSource>({ maxSize: SOURCES_BYTES, maxEntrySize: SOURCES_BYTES });

function answer(task: DraftTask): DraftAnswer {
  if (task.task === 'check') {
    const foreign = task.placed === undefined ? foreignOf(task.bytes) : null;
    if (foreign) return { foreign };
    const checked = checkDraft(task.bytes, task.placed);
    const { name, features, extent, notes } = checked;
    return { name, features: features.length, extent, notes, body: gzipSync(keptText(checked), { level: 1 }) };
  }
  let source = sources.get(task.id);
  if (!source && task.body) {
    const bytes = gunzipSync(task.body);
    source = geojsonSource(keptFeatures(bytes));
    sources.set(task.id, source, { size: bytes.length });
  }
  return source ? { bytes: source.tile(tileCoord(task.z, task.x, task.y)).bytes } : { unknown: true };
}

parentPort!.on('message', (task: DraftTask) => {
  try {
    parentPort!.postMessage({ answer: answer(task) });
  } catch (error) {
    // Lists nested a million deep: what the machine cannot walk is too much.
    if (error instanceof RangeError) return parentPort!.postMessage({ fault: { code: 'draft_too_hard', values: {}, more: {} } });
    if (!(error instanceof YutuError)) throw error;
    const fault: DraftFault = { code: error.code, values: error.values, more: error.more };
    parentPort!.postMessage({ fault });
  }
});
