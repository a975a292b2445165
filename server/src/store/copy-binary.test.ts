import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CopyReader, decode } from './copy-binary.js';

type Row = (Buffer | null)[];
const int = (n: number, bytes: 2 | 4) => {
  const b = Buffer.alloc(bytes);
  bytes === 2 ? b.writeInt16BE(n) : b.writeInt32BE(n);
  return b;
};
/** A copy as PostgreSQL writes it; `extra` lengthens its header. */
const copy = (rows: Row[], extra = 0): Buffer =>
  Buffer.concat([
    Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1'),
    int(0, 4),
    int(extra, 4),
    Buffer.alloc(extra, 0xee),
    ...rows.flatMap((row) => [int(row.length, 2), ...row.flatMap((c) => (c === null ? [int(-1, 4)] : [int(c.length, 4), c]))]),
    int(-1, 2),
  ]);

function read(chunks: Iterable<Uint8Array>): Row[] {
  const rows: Row[] = [];
  const reader = new CopyReader((columns) => rows.push(columns.map((c) => c && Buffer.from(c))));
  for (const chunk of chunks) reader.push(chunk);
  reader.end();
  return rows;
}
const rows: Row[] = [
  [Buffer.from('first'), null, Buffer.alloc(0)],
  [Buffer.from([0xff, 0xff]), Buffer.from('PGCOPY\n'), null], // bytes that look like trailers and headers
  [null, null, Buffer.alloc(300, 7)],
];

describe('a binary copy', () => {
  it('is read wherever its stream is split', () => {
    const stream = Buffer.concat([copy(rows), copy([]), copy(rows.slice(1), 5)]);
    const expected = [...rows, ...rows.slice(1)];
    for (let at = 0; at <= stream.length; at++) expect(read([stream.subarray(0, at), stream.subarray(at)])).toEqual(expected);
    expect(read([...stream].map((byte) => Uint8Array.of(byte)))).toEqual(expected);
  });

  it('of any rows, split anyhow, gives them back', () => {
    const column = fc.option(fc.uint8Array({ maxLength: 40 }).map((a) => Buffer.from(a)));
    const anyRows = fc.array(fc.array(column, { maxLength: 5 }), { maxLength: 8 });
    fc.assert(
      fc.property(fc.array(anyRows, { minLength: 1, maxLength: 3 }), fc.array(fc.nat(60)), (copies, sizes) => {
        const stream = Buffer.concat(copies.map((c) => copy(c)));
        const chunks: Uint8Array[] = [];
        let at = 0;
        for (const size of sizes) {
          chunks.push(new Uint8Array(stream.subarray(at, at + size)));
          at += size;
        }
        expect(read([...chunks, stream.subarray(at)])).toEqual(copies.flat());
      }),
    );
  });

  it('that ended early is a fault, wherever it broke', () => {
    const stream = copy(rows);
    for (let at = 1; at < stream.length; at++) expect(() => read([stream.subarray(0, at)])).toThrow('the copy ended early');
    expect(read([])).toEqual([]);
  });

  it('of something else is a fault', () => {
    expect(() => read([Buffer.from('ERROR: there is no such table')])).toThrow('not a binary copy');
  });

  it('leaves the bytes to the caller during the call only', () => {
    const seen: Buffer[] = [];
    const reader = new CopyReader(([c]) => void seen.push(c!));
    const chunk = copy([[Buffer.from('abc')]]);
    reader.push(chunk);
    chunk.fill(0);
    expect(seen[0]!.toString()).not.toBe('abc'); // a view, not a copy: the row function copies what it keeps
  });
});

it('values are decoded as PostgreSQL writes them', () => {
  const eight = Buffer.alloc(8);
  eight.writeBigInt64BE(-9007199254740991n);
  expect(decode.bigint(eight)).toBe(-Number.MAX_SAFE_INTEGER);
  eight.writeDoubleBE(-0.1);
  expect(decode.double(eight)).toBe(-0.1);
  expect(decode.integer(int(-5, 4))).toBe(-5);
  expect([decode.boolean(Buffer.of(1)), decode.boolean(Buffer.of(0))]).toEqual([true, false]);
  expect(decode.text(Buffer.from('万州👍'))).toBe('万州👍');
});
