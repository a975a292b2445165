import { existsSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import type { BuildProgress, Column, SnapshotReport } from '@yutu/tiles';
import { POINT_COUNT } from '../catalogue/definition.js';
import type { Layer } from '../catalogue/layers.js';
import type { CopyLimits, Database } from '../db/database.js';
import { maxFid } from '../store/changes.js';
import { orderedSelect, snapshotColumns, snapshotSelect } from '../store/snapshot-select.js';
import type { BuildAnswer, BuildData } from './build-worker.js';
import { type Packed, Packer } from './pack.js';

/** The snapshot's columns as the tiles package knows them: what stands in for a value stands under its field's name. */
export const tileColumns = (layer: Layer): Column[] =>
  snapshotColumns(layer).map(({ field, form, type }) =>
    form === 'value' ? { name: field, type } : { name: `${field} (${form})`, type, property: field },
  );

/** A copy of so many bytes is packed on this thread (some 5 ms): starting a worker takes longer. */
const SMALL = 256_000;

/**
 * Packs `select` (fid, wkb, columns) into memory as it streams in.
 * @param options.few the select names few rows of a large layer
 * @param options.alone each geometry's detail is chosen without a look at the others
 * @param options.limits what ends it before it is done
 */
export async function buildSnapshot(
  db: Database,
  layer: Layer,
  select: string = snapshotSelect(layer),
  { few = false, alone = false, limits }: { few?: boolean; alone?: boolean; limits?: CopyLimits } = {},
): Promise<{ bytes: Uint8Array; report: SnapshotReport }> {
  const chunks = db.copyOut(select, few ? null : { column: 'fid', max: await maxFid(db, layer) }, limits);
  const { bytes, report } = await pack(chunks, { columns: tileColumns(layer), ...(alone && { alone }) });
  return { bytes: bytes!, report };
}

/** How a base is built. */
export interface BaseBuild {
  /** A folder of this build's own for sorted rows; one that a killed build left is gone on with. */
  scratch: string;
  /** Where the snapshot goes if its rows do not fit into memory. */
  file: string;
  /** Bytes of rows held in memory before they are sorted on disk. */
  memory: number;
  progress: (progress: BuildProgress) => void;
  /** Shared memory; set it to give up. */
  cancelled: Int32Array;
}

/** Packs a whole layer, in memory that does not grow with it. @throws when it is cancelled */
export async function buildBase(db: Database, layer: Layer, build: BaseBuild): Promise<Packed> {
  const { progress, ...data } = build;
  const { rank, counts } = layer.zooms;
  const options = {
    ...data,
    columns: tileColumns(layer),
    expected: layer.featureCount,
    ...(rank !== undefined && { rank }),
    ...(counts && { counts: POINT_COUNT }),
  };
  const worker = existsSync(build.scratch) ? new BuildWorker(options, progress) : null;
  try {
    const after = worker ? await worker.resumeAfter() : -1;
    if (after === Number.POSITIVE_INFINITY) return await worker!.end();
    const chunks = db.copyOut(orderedSelect(layer, after), { column: 'fid', max: await maxFid(db, layer) });
    return await pack(chunks, options, progress, worker);
  } finally {
    await worker?.close();
  }
}

async function pack(
  chunks: AsyncIterable<Uint8Array>,
  data: Omit<BuildData, 'cancelled'> & Partial<BuildData>,
  progress: (progress: BuildProgress) => void = () => {},
  given: BuildWorker | null = null,
): Promise<Packed> {
  const held: Uint8Array[] = [];
  let size = 0;
  let worker = given;
  try {
    for await (const chunk of chunks) {
      if (worker) {
        await worker.take(chunk);
        continue;
      }
      held.push(chunk);
      size += chunk.length;
      if (size <= SMALL) continue;
      worker = new BuildWorker(data, progress);
      await worker.resumeAfter();
      for (const early of held.splice(0)) await worker.take(early);
    }
    if (worker) return await worker.end();
  } finally {
    if (!given) await worker?.close();
  }
  const { rank, counts, alone } = data;
  const packer = new Packer(data.columns, {
    ...(rank !== undefined && { rank }),
    ...(counts !== undefined && { counts }),
    ...(alone && { alone }),
  });
  for (const chunk of held) packer.push(chunk);
  return packer.finish();
}

/** A thread that packs; it is handed the next chunk when it has taken the last. */
class BuildWorker {
  private readonly worker: Worker;
  private readonly answers: BuildAnswer[] = [];
  private wake = () => {};
  private failed: Error | null = null;

  constructor(data: Omit<BuildData, 'cancelled'> & Partial<BuildData>, progress: (progress: BuildProgress) => void) {
    const workerData: BuildData = { cancelled: new Int32Array(new SharedArrayBuffer(4)), ...data };
    this.worker = new Worker(new URL('./build-worker.js', import.meta.url), { workerData });
    this.worker.on('message', (answer: BuildAnswer) => {
      if ('progress' in answer) return progress(answer.progress);
      this.answers.push(answer);
      this.wake();
    });
    this.worker.on('error', (error) => {
      this.failed = error;
      this.wake();
    });
  }

  private async answer(): Promise<BuildAnswer> {
    while (this.answers.length === 0) {
      if (this.failed) throw this.failed;
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
    return this.answers.shift()!;
  }

  /** The worker's first answer. */
  async resumeAfter(): Promise<number> {
    const answer = await this.answer();
    return 'resumeAfter' in answer ? answer.resumeAfter : -1;
  }

  async take(chunk: Uint8Array): Promise<void> {
    this.worker.postMessage(chunk);
    await this.answer();
  }

  async end(): Promise<Packed> {
    this.worker.postMessage('end');
    const answer = await this.answer();
    if (!('packed' in answer)) throw new Error('the build ended without a snapshot');
    return answer.packed;
  }

  async close(): Promise<void> {
    await this.worker.terminate();
  }
}
