import type { ColumnType, Value } from '../column.js';
import { type Growable, growUint8, growUint32 } from './growable.js';

const ENCODER = new TextEncoder();
const DECODER = new TextDecoder();
const SCRATCH = new Uint8Array(16);
const SCRATCH_VIEW = new DataView(SCRATCH.buffer);

/** A value that its column cannot hold. */
export class ValueError extends Error {
  override name = 'ValueError';
}

/**
 * Appends a value as the bytes it has in a tile: field 4 of a vector tile layer (MVT 2.1 §4.4), tag and length included; null is one
 * zero byte. Equal values of a type have equal bytes.
 * @throws ValueError when the column's type does not allow it; nothing is then appended
 */
export function encodeValue(type: ColumnType, value: Value, out: Growable<Uint8Array<ArrayBuffer>>): void {
  if (value === null) out.push(0);
  else if (typeof value === 'string' && type !== 'bigint') {
    if (type !== 'text' && type !== 'date' && type !== 'timestamp') throw mismatch(type, value);
    encodeText(value, out);
  } else {
    out.reserve(16);
    out.length += encodeScalar(type, value, out.data, out.length);
  }
}

function encodeText(value: string, out: Growable<Uint8Array<ArrayBuffer>>): void {
  const start = out.length;
  const most = value.length * 3;
  out.reserve(most + 16);
  const { data } = out;
  // The text goes where its length would be shortest and is moved up if the prefix turns out longer.
  const guess = start + 4;
  const { written } = ENCODER.encodeInto(value, data.subarray(guess, guess + most));
  const inner = 1 + varintSize(written) + written;
  const head = 1 + varintSize(inner) + 1 + varintSize(written);
  if (head !== 4) data.copyWithin(start + head, guess, guess + written);
  let at = start;
  data[at++] = 0x22;
  at = writeVarint(data, at, inner);
  data[at++] = 0x0a;
  at = writeVarint(data, at, written);
  out.length = at + written;
}

/** Where the encoded value (or null) that begins at `at` ends. */
export function valueEnd(bytes: Uint8Array, at: number): number {
  if (bytes[at] === 0) return at + 1;
  let size = 0;
  let shift = 0;
  for (let i = at + 1; ; i++, shift += 7) {
    size |= (bytes[i]! & 127) << shift;
    if (bytes[i]! < 128) return i + 1 + size;
  }
}

/** A hash of some bytes (FNV-1a, stirred). */
export function hashBytes(bytes: Uint8Array, from: number, to: number): number {
  let hash = 0x811c9dc5;
  for (let i = from; i < to; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
  return (hash ^ (hash >>> 15)) >>> 0;
}

/** Whether two runs of bytes are equal. */
export function equalBytes(a: Uint8Array, from: number, to: number, b: Uint8Array, start: number, end: number): boolean {
  if (to - from !== end - start) return false;
  for (let i = from, j = start; i < to; i++, j++) if (a[i] !== b[j]) return false;
  return true;
}

/** Distinct values, each stored once. Codes count from 1 in the order of their first coming; 0 is null. */
export class ValueTable {
  readonly bytes = growUint8(1024);
  /** End of each entry; entry 0 (null) is empty. */
  readonly ends = growUint32(64);
  #slots = new Uint32Array(256);
  /** Neighbours often have equal values. */
  #last = 0;

  constructor() {
    this.ends.push(0);
  }

  /** Values held. */
  get size(): number {
    return this.ends.length - 1;
  }

  /** The code of the value encoded at `from` … `to`, which is taken in if it is new. */
  code(source: Uint8Array, from: number, to: number): number {
    const last = this.#last;
    if (last > 0 && equalBytes(this.bytes.data, this.ends.data[last - 1]!, this.ends.data[last]!, source, from, to)) return last;
    let slot = this.#find(source, from, to);
    this.#last = this.#slots[slot]!;
    if (this.#last !== 0) return this.#last;
    this.bytes.reserve(to - from);
    const { data, length } = this.bytes;
    for (let i = from, at = length; i < to; i++, at++) data[at] = source[i]!;
    this.bytes.length += to - from;
    const code = this.ends.length;
    this.ends.push(this.bytes.length);
    if (code * 2 > this.#slots.length) {
      this.#grow();
      slot = this.#find(source, from, to);
    }
    this.#slots[slot] = code;
    this.#last = code;
    return code;
  }

  /** The slot of a value, or the free one where it would go. */
  #find(source: Uint8Array, from: number, to: number): number {
    const mask = this.#slots.length - 1;
    const { data } = this.bytes;
    let slot = hashBytes(source, from, to) & mask;
    for (; this.#slots[slot] !== 0; slot = (slot + 1) & mask) {
      const code = this.#slots[slot]!;
      if (equalBytes(data, this.ends.data[code - 1]!, this.ends.data[code]!, source, from, to)) break;
    }
    return slot;
  }

  #grow(): void {
    this.#slots = new Uint32Array(this.#slots.length * 4);
    const { data } = this.bytes;
    for (let code = 1; code < this.ends.length - 1; code++) {
      const slot = this.#find(data, this.ends.data[code - 1]!, this.ends.data[code]!);
      this.#slots[slot] = code;
    }
  }

  clear(): void {
    this.bytes.length = 0;
    this.ends.length = 1;
    this.#last = 0;
    this.#slots.fill(0);
  }
}

/** Writes a number or boolean as an encoded tile value at `at`; returns its size. */
function encodeScalar(type: ColumnType, value: Exclude<Value, null>, out: Uint8Array, at: number): number {
  let end = at + 2;
  if (type === 'boolean') {
    if (typeof value !== 'boolean') throw mismatch(type, value);
    out[end++] = 0x38;
    out[end++] = value ? 1 : 0;
  } else if (type === 'double') {
    if (typeof value !== 'number') throw mismatch(type, value);
    // −0 and 0 are one value.
    SCRATCH_VIEW.setFloat64(0, value === 0 ? 0 : value, true);
    out[end++] = 0x19;
    out.set(SCRATCH.subarray(0, 8), end);
    end += 8;
  } else if (type === 'integer' || type === 'bigint') {
    if (typeof value === 'number' && value >= 0 && value < 2 ** 28 && Number.isInteger(value)) {
      out[at] = 0x22;
      out[end++] = 0x28;
      end = writeVarint(out, end, value);
      out[at + 1] = end - at - 2;
      return end - at;
    }
    const integer = toInteger(type, value);
    // Non-negative integers as uint_value, negative ones as sint_value (zigzag): the shortest forms. Where zigzag passes 2^53,
    // readers on doubles would round it to another sign, so those are int_value (two's complement).
    const plain = integer < -(2n ** 52n);
    out[end++] = plain ? 0x20 : integer < 0n ? 0x30 : 0x28;
    let rest = plain ? BigInt.asUintN(64, integer) : integer < 0n ? -integer * 2n - 1n : integer;
    while (rest > 127n) {
      out[end++] = Number(rest & 127n) | 128;
      rest >>= 7n;
    }
    out[end++] = Number(rest);
  } else throw mismatch(type, value);
  out[at] = 0x22;
  out[at + 1] = end - at - 2;
  return end - at;
}

function toInteger(type: ColumnType, value: Exclude<Value, null>): bigint {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value);
  if (type === 'bigint' && typeof value === 'string' && /^-?\d{1,19}$/.test(value)) {
    const integer = BigInt(value);
    if (BigInt.asIntN(64, integer) === integer) return integer;
  }
  throw mismatch(type, value);
}

function mismatch(type: ColumnType, value: Value): ValueError {
  return new ValueError(`a ${type} column cannot hold ${typeof value === 'string' ? 'this text' : String(value)}`);
}

/** The value an entry's bytes stand for; integers past 2^53 as decimal text. */
export function decodeValue(bytes: Uint8Array, start: number, end: number): Value {
  if (start === end) return null;
  let at = start + 1;
  while (bytes[at++]! > 127);
  const tag = bytes[at++]!;
  switch (tag) {
    case 0x0a: {
      while (bytes[at++]! > 127);
      // A decoder refuses views of shared memory, hence the copy.
      return DECODER.decode(bytes.slice(at, end));
    }
    case 0x19: {
      SCRATCH.set(bytes.subarray(at, at + 8));
      return SCRATCH_VIEW.getFloat64(0, true);
    }
    case 0x38:
      return bytes[at] === 1;
    default: {
      if (end - at <= 4) {
        let small = 0;
        for (let i = end - 1; i >= at; i--) small = small * 128 + (bytes[i]! & 127);
        return tag === 0x28 ? small : -(small + 1) / 2;
      }
      let large = 0n;
      for (let i = end - 1; i >= at; i--) large = (large << 7n) | BigInt(bytes[i]! & 127);
      const integer = tag === 0x28 ? large : tag === 0x20 ? BigInt.asIntN(64, large) : -(large + 1n) / 2n;
      const number = Number(integer);
      return Number.isSafeInteger(number) ? number : String(integer);
    }
  }
}

function varintSize(value: number): number {
  let size = 1;
  for (let rest = value; rest > 127; rest = Math.floor(rest / 128)) size++;
  return size;
}

function writeVarint(out: Uint8Array, start: number, value: number): number {
  let at = start;
  let rest = value;
  while (rest > 127) {
    out[at++] = (rest & 127) | 128;
    rest >>>= 7;
  }
  out[at++] = rest;
  return at;
}
