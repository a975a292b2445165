/**
 * Reads PostgreSQL's binary COPY format as it streams in (PostgreSQL docs, "COPY", Binary Format). A stream may hold
 * several copies one after the other, each with header and trailer. Calls `row` with one entry per column: its bytes, or
 * null; the bytes are only valid during the call.
 */
export class CopyReader {
  private pending: Buffer = Buffer.alloc(0);
  private inBody = false;

  constructor(private readonly row: (columns: (Buffer | null)[]) => void) {}

  push(chunk: Uint8Array): void {
    const fresh = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const data = this.pending.length ? Buffer.concat([this.pending, fresh]) : fresh;
    let at = 0;
    for (;;) {
      const next = this.inBody ? this.readRow(data, at) : this.readHeader(data, at);
      if (next === null) break;
      at = next;
    }
    this.pending = Buffer.from(data.subarray(at));
  }

  /** @throws Error when the stream ended within a row. */
  end(): void {
    if (this.pending.length > 0 || this.inBody) throw new Error('the copy ended early');
  }

  private readHeader(data: Buffer, at: number): number | null {
    if (data.length - at < 19) return null;
    if (data.toString('latin1', at, at + 6) !== 'PGCOPY') throw new Error('not a binary copy');
    const extra = data.readInt32BE(at + 15);
    if (data.length - at < 19 + extra) return null;
    this.inBody = true;
    return at + 19 + extra;
  }

  private readRow(data: Buffer, start: number): number | null {
    let at = start;
    if (data.length - at < 2) return null;
    const count = data.readInt16BE(at);
    at += 2;
    if (count === -1) {
      this.inBody = false;
      return at;
    }
    const columns: (Buffer | null)[] = [];
    for (let i = 0; i < count; i++) {
      if (data.length - at < 4) return null;
      const length = data.readInt32BE(at);
      at += 4;
      if (length === -1) {
        columns.push(null);
        continue;
      }
      if (data.length - at < length) return null;
      columns.push(data.subarray(at, at + length));
      at += length;
    }
    this.row(columns);
    return at;
  }
}

/** Decoders of the column types that `store/snapshot-select.ts` selects. */
export const decode = {
  bigint: (b: Buffer): number => Number(b.readBigInt64BE(0)),
  integer: (b: Buffer): number => b.readInt32BE(0),
  double: (b: Buffer): number => b.readDoubleBE(0),
  boolean: (b: Buffer): boolean => b[0] === 1,
  text: (b: Buffer): string => b.toString('utf8'),
};
