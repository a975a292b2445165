/** Bytes that grow: protobuf's varints (LEB128) and runs of bytes. */
export class ByteWriter {
  data: Uint8Array<ArrayBuffer>;
  length = 0;

  constructor(capacity = 4096) {
    this.data = new Uint8Array(capacity);
  }

  /** Makes room for `n` more bytes; the unchecked writers below rely on it. */
  reserve(n: number): void {
    if (this.length + n <= this.data.length) return;
    const grown = new Uint8Array(Math.max(this.length + n, this.data.length * 2));
    grown.set(this.data.subarray(0, this.length));
    this.data = grown;
  }

  byte(value: number): void {
    this.reserve(1);
    this.data[this.length++] = value;
  }

  /** An unsigned integer up to 2^53. */
  varint(value: number): void {
    this.reserve(10);
    let rest = value;
    while (rest > 0x7fffffff) {
      this.data[this.length++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    this.varint31(rest);
  }

  /** An unsigned integer below 2^31 where room is reserved. */
  varint31(value: number): void {
    let rest = value;
    while (rest > 127) {
      this.data[this.length++] = (rest & 127) | 128;
      rest >>>= 7;
    }
    this.data[this.length++] = rest;
  }

  /** A signed 31-bit integer, zigzag, where room is reserved. */
  zigzag(value: number): void {
    this.varint31(((value << 1) ^ (value >> 31)) >>> 0);
  }

  /** Copies a short run of bytes. */
  copy(source: Uint8Array, from: number, to: number): void {
    this.reserve(to - from);
    if (to - from > 64) this.data.set(source.subarray(from, to), this.length);
    else for (let i = from, at = this.length; i < to; i++, at++) this.data[at] = source[i]!;
    this.length += to - from;
  }
}

/** Bytes a varint takes. */
export function varintSize(value: number): number {
  let size = 1;
  for (let rest = value; rest > 127; rest = Math.floor(rest / 128)) size++;
  return size;
}
