import { Worker } from 'node:worker_threads';
import type { Column, SnapshotReport } from '@yutu/tiles';
import { type Layer, tableOf } from '../catalogue/layers.js';
import type { Database } from '../db/database.js';
import { snapshotColumns, snapshotSelect } from '../store/snapshot-select.js';
import type { BuildData } from './build-worker.js';
import { Packer } from './pack.js';

/** The snapshot's columns as the tiles package knows them: a code stands under its field's name. */
export const tileColumns = (layer: Layer): Column[] =>
  snapshotColumns(layer).map(({ field, form, type }) =>
    form === 'code' ? { name: `${field} (code)`, type, property: field } : { name: field, type },
  );

type Built = { bytes: Uint8Array; report: SnapshotReport };

/** A copy of so many bytes is packed on this thread (some 5 ms): starting a worker takes longer. */
const SMALL = 256_000;

/**
 * Packs `select` (fid, wkb, columns) as it streams in.
 * @param few true when the select names few rows of a large layer
 */
export async function buildSnapshot(
  db: Database,
  layer: Layer,
  select: string = snapshotSelect(layer),
  few = false,
): Promise<Built> {
  const columns = tileColumns(layer);
  const held: Uint8Array[] = [];
  let size = 0;
  let worker: BuildWorker | null = null;
  try {
    for await (const chunk of db.copyOut(select, few ? null : { column: 'fid', max: await maxFid(db, layer) })) {
      if (worker) {
        await worker.take(chunk);
        continue;
      }
      held.push(chunk);
      size += chunk.length;
      if (size <= SMALL) continue;
      worker = new BuildWorker(columns);
      for (const early of held.splice(0)) await worker.take(early);
    }
    if (worker) return await worker.end();
  } finally {
    await worker?.close();
  }
  const packer = new Packer(columns);
  for (const chunk of held) packer.push(chunk);
  return packer.finish();
}

/** A thread that packs; it is handed the next chunk when it has taken the last. */
class BuildWorker {
  private readonly worker: Worker;
  private readonly answers: Partial<Built>[] = [];
  private wake = () => {};
  private failed: Error | null = null;

  constructor(columns: Column[]) {
    const workerData: BuildData = { columns };
    this.worker = new Worker(new URL('./build-worker.js', import.meta.url), { workerData });
    this.worker.on('message', (answer) => {
      this.answers.push(answer);
      this.wake();
    });
    this.worker.on('error', (error) => {
      this.failed = error;
      this.wake();
    });
  }

  private async answer(): Promise<Partial<Built>> {
    while (this.answers.length === 0) {
      if (this.failed) throw this.failed;
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
    return this.answers.shift()!;
  }

  async take(chunk: Uint8Array): Promise<void> {
    this.worker.postMessage(chunk);
    await this.answer();
  }

  async end(): Promise<Built> {
    this.worker.postMessage('end');
    return (await this.answer()) as Built;
  }

  async close(): Promise<void> {
    await this.worker.terminate();
  }
}

export async function maxFid(db: Database, layer: Layer): Promise<number> {
  const [row] = await db.query<{ max: number | null }>(`select max(fid) as max from ${tableOf(layer)}`);
  return row?.max ?? 0;
}
