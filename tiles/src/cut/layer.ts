import { growUint8 } from '../snapshot/growable.js';
import type { Page } from '../snapshot/page.js';
import type { Snapshot } from '../snapshot/snapshot.js';
import { encodeValue, equalBytes, hashBytes } from '../snapshot/values.js';
import { ByteWriter, varintSize } from './bytes.js';

const ENCODER = new TextEncoder();
/** Names of layers and fields as bytes: the same few in every tile, and a call of the encoder costs as much as a small feature. */
const NAMES = new Map<string, Uint8Array>();
const NAMES_MOST = 2_000;
const NUMBER = growUint8(16);

function encodedName(name: string): Uint8Array {
  let bytes = NAMES.get(name);
  if (!bytes) {
    bytes = ENCODER.encode(name);
    if (NAMES.size >= NAMES_MOST) NAMES.clear();
    NAMES.set(name, bytes);
  }
  return bytes;
}

/** Where each dictionary value of a snapshot stands in the tile being written. */
class ValueSlots {
  /** `base + index` of the tile that used the code last; numbers below `base` are of older tiles. */
  readonly slots: Uint32Array;
  base = 1;
  /** Above every number given so far. */
  top = 1;
  /** The tile in which the snapshot wrote last. */
  tile = 0;

  constructor(codes: number) {
    this.slots = new Uint32Array(codes);
  }
}

/** Tiles begun so far. */
let tiles = 0;
const SLOTS = new WeakMap<Snapshot, ValueSlots>();

function slotsOf(snapshot: Snapshot): ValueSlots {
  let slots = SLOTS.get(snapshot);
  if (!slots) {
    slots = new ValueSlots(snapshot.valueEnds.length);
    SLOTS.set(snapshot, slots);
  }
  return slots;
}

/** The values of one tile, each once: finds those written by their bytes. */
class DistinctValues {
  #count = 0;
  /** Index of a value plus the tile's base; lower numbers are of older tiles. */
  #slots = new Uint32Array(1 << 13);
  #base = 1;
  #hashes = new Uint32Array(1 << 11);
  #starts = new Uint32Array((1 << 11) + 1);

  constructor(private readonly written: ByteWriter) {}

  /** Begins a tile. */
  clear(): void {
    this.#base += this.#count;
    if (this.#base > 0xf0000000) {
      this.#slots.fill(0);
      this.#base = 1;
    }
    this.#count = 0;
  }

  /** The index of a value, which is written if the tile has not got it yet. */
  index(bytes: Uint8Array, from: number, to: number, hash: number): number {
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    for (; this.#slots[slot]! >= this.#base; slot = (slot + 1) & mask) {
      const index = this.#slots[slot]! - this.#base;
      if (this.#hashes[index] !== hash) continue;
      if (equalBytes(this.written.data, this.#starts[index]!, this.#starts[index + 1]!, bytes, from, to)) return index;
    }
    const index = this.#count++;
    this.#slots[slot] = this.#base + index;
    this.#hashes[index] = hash;
    this.written.copy(bytes, from, to);
    this.#starts[index + 1] = this.written.length;
    if (this.#count === this.#hashes.length) this.#grow();
    return index;
  }

  #grow(): void {
    const hashes = new Uint32Array(2 * this.#hashes.length);
    hashes.set(this.#hashes);
    const starts = new Uint32Array(hashes.length + 1);
    starts.set(this.#starts);
    [this.#hashes, this.#starts] = [hashes, starts];
    const slots = new Uint32Array(4 * hashes.length);
    const mask = slots.length - 1;
    for (let index = 0; index < this.#count; index++) {
      let slot = hashes[index]! & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = this.#base + index;
    }
    this.#slots = slots;
  }
}

/**
 * Writes one vector tile layer (MVT 2.1 §4) straight as protobuf. Keys and values enter the tile when the first feature uses them;
 * values are copied from the snapshot, where they are encoded already.
 */
export class LayerWriter {
  readonly #features = new ByteWriter(1 << 16);
  readonly #keys = new ByteWriter();
  readonly #values = new ByteWriter(1 << 14);
  readonly #tags = new ByteWriter();
  /** The geometry of the next feature: command integers, filled by the caller. */
  readonly geometry = new ByteWriter(1 << 16);
  #keyIndex = new Int32Array(0);
  #keyCount = 0;
  #snapshot: Snapshot | null = null;
  #tile = 0;
  #slots = new ValueSlots(0);
  readonly #distinct = new DistinctValues(this.#values);
  count = 0;
  /** Features written with their ids. */
  named = 0;

  /** Begins a tile. */
  begin(columns: number): void {
    // One more for the count, which is no column.
    if (this.#keyIndex.length <= columns) this.#keyIndex = new Int32Array(columns + 1);
    this.#keyIndex.fill(-1);
    this.#features.length = 0;
    this.#keys.length = 0;
    this.#values.length = 0;
    this.geometry.length = 0;
    this.#keyCount = 0;
    this.#distinct.clear();
    this.#snapshot = null;
    this.#tile = ++tiles;
    this.count = 0;
    this.named = 0;
  }

  /** The features that follow have the values of this snapshot; all snapshots of one tile have the same columns. */
  source(snapshot: Snapshot): void {
    if (snapshot === this.#snapshot) return;
    this.#snapshot = snapshot;
    const slots = slotsOf(snapshot);
    this.#slots = slots;
    if (slots.tile === this.#tile) return;
    slots.tile = this.#tile;
    // Every tile takes a fresh range of numbers; when they run out, the slate is wiped.
    if (slots.top > 0xf0000000) {
      slots.slots.fill(0);
      slots.top = 1;
    }
    slots.base = slots.top;
  }

  /**
   * Writes a feature whose geometry is in `geometry`, with the values of the given columns that are not null.
   * @param stands for how many points it stands; told when there are more than itself
   * @param named whether with its id
   */
  feature(page: Page, index: number, columns: readonly number[], stands: number, named: boolean): void {
    const snapshot = this.#snapshot!;
    const { codes } = page;
    const { local } = snapshot;
    const record = index * snapshot.columns.length;
    const tags = this.#tags;
    tags.length = 0;
    for (let i = 0; i < columns.length; i++) {
      const column = columns[i]!;
      const code = codes[record + column]!;
      if (code === 0) continue;
      tags.reserve(10);
      tags.varint31(this.#key(column));
      tags.varint31(local[column] === 1 ? this.#ownValue(page, code) : this.#value(code));
    }
    if (stands > 1) {
      tags.reserve(10);
      tags.varint31(this.#key(snapshot.columns.length));
      tags.varint31(this.#count(stands));
    }
    const fid = page.fid[index]!;
    const geometry = this.geometry;
    const tagBytes = tags.length > 0 ? 1 + varintSize(tags.length) + tags.length : 0;
    const idBytes = named ? 1 + varintSize(fid) : 0;
    const size = idBytes + tagBytes + 2 + 1 + varintSize(geometry.length) + geometry.length;
    const out = this.#features;
    out.reserve(size + 32);
    out.data[out.length++] = 0x12;
    out.varint31(size);
    if (named) {
      out.data[out.length++] = 0x08;
      if (fid < 0x80000000) out.varint31(fid);
      else out.varint(fid);
      this.named++;
    }
    if (tagBytes > 0) {
      out.data[out.length++] = 0x12;
      out.varint31(tags.length);
      out.copy(tags.data, 0, tags.length);
    }
    out.data[out.length++] = 0x18;
    out.data[out.length++] = page.kind[index]!;
    out.data[out.length++] = 0x22;
    out.varint31(geometry.length);
    out.copy(geometry.data, 0, geometry.length);
    geometry.length = 0;
    this.count++;
  }

  #key(column: number): number {
    const known = this.#keyIndex[column]!;
    if (known >= 0) return known;
    const { columns, counts } = this.#snapshot!;
    const { name: own, property } = columns[column] ?? { name: counts! };
    const name = encodedName(property ?? own);
    this.#keys.byte(0x1a);
    this.#keys.varint(name.length);
    this.#keys.copy(name, 0, name.length);
    this.#keyIndex[column] = this.#keyCount;
    return this.#keyCount++;
  }

  #value(code: number): number {
    const { slots, base } = this.#slots;
    const known = slots[code]!;
    if (known >= base) return known - base;
    const { values, valueEnds } = this.#snapshot!;
    const from = valueEnds[code - 1]!;
    const to = valueEnds[code]!;
    const index = this.#distinct.index(values, from, to, hashBytes(values, from, to));
    slots[code] = base + index;
    if (base + index >= this.#slots.top) this.#slots.top = base + index + 1;
    return index;
  }

  #count(count: number): number {
    NUMBER.length = 0;
    encodeValue('integer', count, NUMBER);
    return this.#distinct.index(NUMBER.data, 0, NUMBER.length, hashBytes(NUMBER.data, 0, NUMBER.length));
  }

  /** The index of a value that stands in the page. */
  #ownValue({ values, valueEnds, hashes }: Page, code: number): number {
    return this.#distinct.index(values, valueEnds[code - 1]!, valueEnds[code]!, hashes[code]!);
  }

  /** Ends the tile: one layer, or no bytes at all when no feature was written. */
  end(name: string, extent: number): Uint8Array {
    if (this.count === 0) return new Uint8Array(0);
    const title = encodedName(name);
    const size =
      1 +
      varintSize(title.length) +
      title.length +
      this.#features.length +
      this.#keys.length +
      this.#values.length +
      1 +
      varintSize(extent) +
      2;
    // Exactly as long as it gets: nothing grows, nothing is copied again.
    const out = new ByteWriter(size + 1 + varintSize(size));
    out.byte(0x1a);
    out.varint31(size);
    out.byte(0x0a);
    out.varint31(title.length);
    out.copy(title, 0, title.length);
    out.copy(this.#features.data, 0, this.#features.length);
    out.copy(this.#keys.data, 0, this.#keys.length);
    out.copy(this.#values.data, 0, this.#values.length);
    out.byte(0x28);
    out.varint31(extent);
    out.byte(0x78);
    out.byte(2);
    return out.data;
  }
}
