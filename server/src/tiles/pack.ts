import { type Column, type ColumnType, SnapshotBuilder, type SnapshotReport, type Value } from '@yutu/tiles';
import { CopyReader, decode } from '../store/copy-binary.js';

function reader(type: ColumnType): (b: Buffer) => Value {
  if (type === 'date' || type === 'timestamp') return decode.text;
  return decode[type];
}

/** Packs a snapshot from a binary COPY (fid, wkb, columns…), chunk by chunk. */
export class Packer {
  private readonly builder: SnapshotBuilder;
  private readonly copy: CopyReader;

  constructor(columns: Column[]) {
    this.builder = new SnapshotBuilder({ columns, crs: 'lonlat' });
    const readers = columns.map((c) => reader(c.type));
    this.copy = new CopyReader(([fid, wkb, ...values]) =>
      this.builder.add(
        decode.bigint(fid!),
        wkb ?? null,
        values.map((v, i) => (v === null ? null : readers[i]!(v))),
      ),
    );
  }

  push(chunk: Uint8Array): void {
    this.copy.push(chunk);
  }

  /** The snapshot, over shared memory. */
  finish(): { bytes: Uint8Array; report: SnapshotReport } {
    this.copy.end();
    return { bytes: this.builder.finish(), report: this.builder.report };
  }
}
