import { Worker } from 'node:worker_threads';
import type { Column, SnapshotReport } from '@yutu/tiles';
import { type Layer, tableOf } from '../catalogue/layers.js';
import type { Database } from '../db/database.js';
import { snapshotColumns, snapshotSelect } from '../store/snapshot-select.js';
import type { BuildData } from './build-worker.js';

/** The snapshot's columns as the tiles package knows them: a code stands under its field's name. */
export const tileColumns = (layer: Layer): Column[] =>
  snapshotColumns(layer).map(({ field, form, type }) =>
    form === 'code' ? { name: `${field} (code)`, type, property: field } : { name: field, type },
  );

/** Streams `select` (fid, wkb, columns) into a worker that packs it; waits for each chunk to be taken. */
export async function buildSnapshot(
  db: Database,
  layer: Layer,
  select: string = snapshotSelect(layer),
): Promise<{ bytes: Uint8Array; report: SnapshotReport }> {
  const data: BuildData = { columns: tileColumns(layer) };
  const worker = new Worker(new URL('./build-worker.js', import.meta.url), { workerData: data });
  const answers: { bytes?: Uint8Array; report?: SnapshotReport }[] = [];
  let wake = () => {};
  let failed: Error | null = null;
  worker.on('message', (answer) => {
    answers.push(answer);
    wake();
  });
  worker.on('error', (error) => {
    failed = error;
    wake();
  });
  const answer = async () => {
    while (answers.length === 0) {
      if (failed) throw failed;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    return answers.shift()!;
  };
  try {
    for await (const chunk of db.copyOut(select, { column: 'fid', max: await maxFid(db, layer) })) {
      worker.postMessage(chunk);
      await answer();
    }
    worker.postMessage('end');
    const { bytes, report } = await answer();
    return { bytes: bytes!, report: report! };
  } finally {
    await worker.terminate();
  }
}

export async function maxFid(db: Database, layer: Layer): Promise<number> {
  const [row] = await db.query<{ max: number | null }>(`select max(fid) as max from ${tableOf(layer)}`);
  return row?.max ?? 0;
}
