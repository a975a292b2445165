import {
  type Column,
  type ColumnType,
  SnapshotBuilder,
  type SnapshotOptions,
  type SnapshotReport,
  type Value,
} from '@yutu/tiles';
import { CopyReader, decode } from '../store/copy-binary.js';

function reader(type: ColumnType): (b: Buffer) => Value {
  if (type === 'date' || type === 'timestamp') return decode.text;
  return decode[type];
}

/** A finished build. */
export interface Packed {
  /** The snapshot over shared memory; null when it went to the file because its rows did not fit into memory. */
  bytes: Uint8Array | null;
  report: SnapshotReport;
}

/** Packs a snapshot from a binary COPY (fid, wkb, columns…), chunk by chunk. */
export class Packer {
  private readonly builder: SnapshotBuilder;
  private readonly copy: CopyReader;

  /** @param options.file where a snapshot goes whose rows do not fit into memory; needs `options.scratch` */
  constructor(
    columns: Column[],
    private readonly options: Partial<SnapshotOptions> & { file?: string } = {},
  ) {
    this.builder = new SnapshotBuilder({ ...options, columns, crs: 'lonlat' });
    const readers = columns.map((c) => reader(c.type));
    this.copy = new CopyReader(([fid, wkb, ...values]) =>
      this.builder.add(
        decode.bigint(fid!),
        wkb ?? null,
        values.map((v, i) => (v === null ? null : readers[i]!(v))),
      ),
    );
  }

  /** Rows up to this id are in the scratch folder already; Infinity: all are. */
  get resumeAfter(): number {
    return this.builder.resumeAfter;
  }

  push(chunk: Uint8Array): void {
    this.copy.push(chunk);
  }

  finish(): Packed {
    this.copy.end();
    const { builder } = this;
    const { file } = this.options;
    if (file === undefined || !builder.onDisk) return { bytes: builder.finish(), report: builder.report };
    builder.finishFile(file);
    return { bytes: null, report: builder.report };
  }
}
