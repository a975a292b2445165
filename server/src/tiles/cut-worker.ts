import { parentPort } from 'node:worker_threads';
import { SnapshotError } from '@yutu/tiles';
import { type CutPlan, Cutter, type Held, type RawTile } from './cutter.js';
import { type Encoding, NOT_WORTH_PACKING, pack, unpack } from './encoding.js';

/** What a worker is told: hold or forget data, or do a job. In this order, so a job finds what it needs. */
export type Order = { hold: Held } | { forget: string } | { job: number; work: Work };

export type Work =
  /** Cut and pack a tile. */
  | { kind: 'cut'; plan: CutPlan; encoding: Encoding }
  /** Pack a tile that was put together elsewhere. */
  | { kind: 'pack'; raw: Uint8Array; encoding: Encoding }
  /** Pack a tile more thoroughly that is packed already. */
  | { kind: 'repack'; packed: Uint8Array; encoding: Encoding };

/** What comes of it. `raw` is absent from a packed tile. */
export interface Done extends Partial<Omit<RawTile, 'raw'>> {
  bytes: Uint8Array;
  encoding: Encoding;
  /** Milliseconds. */
  cutMs: number;
  packMs: number;
}

/** `damaged`: the error was a SnapshotError, whose class does not survive the way between threads. */
export type Answer = { job: number; done: Done } | { job: number; error: unknown; damaged: boolean };

const cutter = new Cutter();

export function work(task: Work, on = cutter): Done {
  const begun = performance.now();
  let raw: Uint8Array;
  let of: Partial<Omit<RawTile, 'raw'>> = {};
  if (task.kind === 'cut') ({ raw, ...of } = on.cut(task.plan));
  else raw = task.kind === 'pack' ? task.raw : unpack(task.packed, task.encoding);
  const cut = performance.now();
  const encoding = raw.length < NOT_WORTH_PACKING ? 'identity' : task.encoding;
  const bytes = pack(raw, encoding, task.kind === 'repack');
  return { ...of, bytes, encoding, cutMs: cut - begun, packMs: performance.now() - cut };
}

parentPort?.on('message', (order: Order) => {
  if ('hold' in order) return cutter.hold(order.hold);
  if ('forget' in order) return cutter.forget(order.forget);
  try {
    const done = work(order.work);
    // Own memory moves over, a view of a shared pool is copied.
    const { buffer } = done.bytes;
    const own = buffer instanceof ArrayBuffer && buffer.byteLength === done.bytes.byteLength;
    parentPort!.postMessage({ job: order.job, done } satisfies Answer, own ? [buffer] : []);
  } catch (error) {
    parentPort!.postMessage({ job: order.job, error, damaged: error instanceof SnapshotError } satisfies Answer);
  }
});
