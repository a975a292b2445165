import { parentPort, workerData } from 'node:worker_threads';
import { type Column, type ColumnType, SnapshotBuilder, type Value } from '@yutu/tiles';
import { CopyReader, decode } from '../store/copy-binary.js';

/** Packs a snapshot from a binary COPY (fid, wkb, columns…), chunk by chunk, away from the thread that answers requests. */
export interface BuildData {
  columns: Column[];
}

const { columns } = workerData as BuildData;
const builder = new SnapshotBuilder({ columns, crs: 'lonlat' });
const readers = columns.map((c) => reader(c.type));

function reader(type: ColumnType): (b: Buffer) => Value {
  if (type === 'date' || type === 'timestamp') return decode.text;
  return decode[type];
}

const copy = new CopyReader(([fid, wkb, ...values]) => {
  builder.add(
    decode.bigint(fid!),
    wkb ?? null,
    values.map((v, i) => (v === null ? null : readers[i]!(v))),
  );
});

parentPort!.on('message', (chunk: Uint8Array | 'end') => {
  if (chunk !== 'end') {
    copy.push(chunk);
    return parentPort!.postMessage({ taken: true });
  }
  copy.end();
  const bytes = builder.finish();
  parentPort!.postMessage({ bytes, report: builder.report });
  parentPort!.close();
});
