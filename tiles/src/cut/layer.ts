import type { Snapshot } from '../snapshot/snapshot.js';
import { ByteWriter, varintSize } from './bytes.js';

const ENCODER = new TextEncoder();

/** Where each dictionary value of a snapshot stands in the tile being written. */
class ValueSlots {
  /** `base + index` of the tile that used the code last; numbers below `base` are of older tiles. */
  readonly slots: Uint32Array;
  base = 1;
  /** Above every number given so far. */
  top = 1;

  constructor(codes: number) {
    this.slots = new Uint32Array(codes);
  }
}

const SLOTS = new WeakMap<Snapshot, ValueSlots>();

function slotsOf(snapshot: Snapshot): ValueSlots {
  let slots = SLOTS.get(snapshot);
  if (!slots) {
    slots = new ValueSlots(snapshot.valueEnds.length);
    SLOTS.set(snapshot, slots);
  }
  return slots;
}

/**
 * Writes one vector tile layer (MVT 2.1 §4) straight as protobuf. Keys and values enter the tile when the first feature uses them;
 * values are copied from the snapshot's dictionary, where they are distinct and encoded already.
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
  #valueCount = 0;
  #snapshot: Snapshot | null = null;
  #slots = new ValueSlots(0);
  /** Values by their bytes, kept only when several snapshots write one tile. */
  readonly #shared = new Map<string, number>();
  #several = false;
  count = 0;

  /** Begins a tile. @param several whether more than one snapshot will write to it */
  begin(columns: number, several: boolean): void {
    if (this.#keyIndex.length < columns) this.#keyIndex = new Int32Array(columns);
    this.#keyIndex.fill(-1);
    this.#features.length = 0;
    this.#keys.length = 0;
    this.#values.length = 0;
    this.geometry.length = 0;
    this.#keyCount = 0;
    this.#valueCount = 0;
    this.#shared.clear();
    this.#several = several;
    this.#snapshot = null;
    this.count = 0;
  }

  /** The features that follow are of this snapshot; all snapshots of one tile have the same columns. */
  source(snapshot: Snapshot): void {
    this.#snapshot = snapshot;
    const slots = slotsOf(snapshot);
    // Every tile takes a fresh range of numbers; when they run out, the slate is wiped.
    if (slots.top > 0xf0000000) {
      slots.slots.fill(0);
      slots.top = 1;
    }
    slots.base = slots.top;
    this.#slots = slots;
  }

  /** Writes a feature whose geometry is in `geometry`, with the values of the given columns that are not null. */
  feature(row: number, type: number, columns: readonly number[]): void {
    const snapshot = this.#snapshot!;
    const { codes } = snapshot;
    const record = row * snapshot.columns.length;
    const tags = this.#tags;
    tags.length = 0;
    for (let i = 0; i < columns.length; i++) {
      const column = columns[i]!;
      const code = codes[record + column]!;
      if (code === 0) continue;
      tags.reserve(10);
      tags.varint31(this.#key(column));
      tags.varint31(this.#value(code));
    }
    const fid = snapshot.fids[row]!;
    const geometry = this.geometry;
    const tagBytes = tags.length > 0 ? 1 + varintSize(tags.length) + tags.length : 0;
    const size = 1 + varintSize(fid) + tagBytes + 2 + 1 + varintSize(geometry.length) + geometry.length;
    const out = this.#features;
    out.reserve(size + 32);
    out.data[out.length++] = 0x12;
    out.varint31(size);
    out.data[out.length++] = 0x08;
    if (fid < 0x80000000) out.varint31(fid);
    else out.varint(fid);
    if (tagBytes > 0) {
      out.data[out.length++] = 0x12;
      out.varint31(tags.length);
      out.copy(tags.data, 0, tags.length);
    }
    out.data[out.length++] = 0x18;
    out.data[out.length++] = type;
    out.data[out.length++] = 0x22;
    out.varint31(geometry.length);
    out.copy(geometry.data, 0, geometry.length);
    geometry.length = 0;
    this.count++;
  }

  #key(column: number): number {
    const known = this.#keyIndex[column]!;
    if (known >= 0) return known;
    const { name: own, property } = this.#snapshot!.columns[column]!;
    const name = ENCODER.encode(property ?? own);
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
    let index = this.#several ? this.#sharedIndex(values, from, to) : -1;
    if (index < 0) {
      index = this.#valueCount++;
      this.#values.copy(values, from, to);
    }
    slots[code] = base + index;
    if (base + index >= this.#slots.top) this.#slots.top = base + index + 1;
    return index;
  }

  /** The index of a value another snapshot may have written to this tile; −1 notes it as new. */
  #sharedIndex(values: Uint8Array, from: number, to: number): number {
    let key = '';
    for (let i = from; i < to; i++) key += String.fromCharCode(values[i]!);
    const known = this.#shared.get(key);
    if (known !== undefined) return known;
    this.#shared.set(key, this.#valueCount);
    return -1;
  }

  /** Ends the tile: one layer, or no bytes at all when no feature was written. */
  end(name: string, extent: number): Uint8Array {
    if (this.count === 0) return new Uint8Array(0);
    const title = ENCODER.encode(name);
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
    const out = new ByteWriter(size + 1 + varintSize(size));
    out.byte(0x1a);
    out.varint(size);
    out.byte(0x0a);
    out.varint(title.length);
    out.copy(title, 0, title.length);
    out.copy(this.#features.data, 0, this.#features.length);
    out.copy(this.#keys.data, 0, this.#keys.length);
    out.copy(this.#values.data, 0, this.#values.length);
    out.byte(0x28);
    out.varint(extent);
    out.byte(0x78);
    out.byte(2);
    return out.data.length === out.length ? out.data : out.data.slice(0, out.length);
  }
}
