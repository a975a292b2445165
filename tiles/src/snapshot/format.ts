import type { Column } from '../column.js';
import { COLUMN_TYPES } from '../column.js';
import type { ZoomDetail } from '../detail/generalise.js';
import { checksum } from './checksum.js';

/** "YUTUSNAP" */
const MAGIC = [0x59, 0x55, 0x54, 0x55, 0x53, 0x4e, 0x41, 0x50];
/** Grows with every change that an older reader would misread. Snapshots are derived data: other versions are rebuilt. */
export const FORMAT_VERSION = 2;
export const HEADER_BYTES = 48;
/** The checksum's own place in the header, in words; it does not cover itself. */
const CHECKSUM_WORD = 8;

/** Bytes that are not a snapshot this code can read, or a snapshot that cannot be built. */
export class SnapshotError extends Error {
  override name = 'SnapshotError';
}

/** Where a run of bytes lies and what it sums to. */
export interface Place {
  offset: number;
  length: number;
  sum: number;
}

/** What the meta JSON says. */
export interface SnapshotMeta {
  columns: Column[];
  /** Indexes of the columns whose values stand in the pages: nearly unique ones, too many for a dictionary. */
  local: number[];
  /** Rows with a geometry. */
  rows: number;
  /** Box on the world grid; null without rows. */
  box: [minX: number, minY: number, maxX: number, maxY: number] | null;
  /** From coarse to fine; the last holds everything. */
  bands: BandMeta[];
  /** How each zoom below full detail shows the layer; index = zoom. */
  zooms: ZoomDetail[];
  /** Lowest and highest zoom at which tiles hold the layer. */
  minZoom: number;
  maxZoom: number;
  /** Key under which points tell for how many they stand below full detail; absent: they do not. */
  counts?: string;
  /** The dictionary: ends (u32) and bytes of the values that are not local. */
  valueEnds: Place;
  values: Place;
}

/** One copy of the geometries, for the zooms minZoom…maxZoom. */
export interface BandMeta {
  minZoom: number;
  maxZoom: number;
  features: number;
  vertices: number;
  pages: number;
  /** Per page: its offset (f64), then its length (u32), then its checksum (u32). */
  table: Place;
  /** The packed R-tree over the pages' boxes (i32). */
  tree: Place;
}

/** Reads bytes of a snapshot. Offsets are multiples of 8, and so is the address of what comes back. */
export interface ByteSource {
  readonly size: number;
  /** @throws SnapshotError when they are not there */
  read(offset: number, length: number): Uint8Array;
}

/** Header and meta JSON for a snapshot whose pages and sections end at `offset`. */
export function writeMeta(meta: SnapshotMeta, offset: number): { header: Uint8Array; json: Uint8Array } {
  const text = new TextEncoder().encode(JSON.stringify(meta));
  const json = new Uint8Array(Math.ceil(text.length / 8) * 8).fill(0x20);
  json.set(text);
  const header = new Uint8Array(HEADER_BYTES);
  const view = new DataView(header.buffer);
  header.set(MAGIC);
  view.setUint32(8, FORMAT_VERSION, true);
  view.setUint32(12, json.length, true);
  view.setFloat64(16, offset + json.length, true);
  view.setFloat64(24, offset, true);
  view.setUint32(4 * CHECKSUM_WORD, sumOfMeta(header, json), true);
  return { header, json };
}

/**
 * Reads and checks the header and the meta JSON.
 * @throws SnapshotError on bad magic, another format version, a wrong length, a wrong checksum or a broken header
 */
export function readMeta(source: ByteSource): SnapshotMeta {
  if (source.size < HEADER_BYTES) throw new SnapshotError('these bytes are not a snapshot');
  const header = source.read(0, HEADER_BYTES);
  if (MAGIC.some((byte, i) => header[i] !== byte)) throw new SnapshotError('these bytes are not a snapshot');
  const view = new DataView(header.buffer, header.byteOffset);
  const version = view.getUint32(8, true);
  if (version !== FORMAT_VERSION)
    throw new SnapshotError(`the snapshot has format ${version}, this code reads ${FORMAT_VERSION}`);
  const total = view.getFloat64(16, true);
  if (total !== source.size) throw new SnapshotError(`the snapshot should have ${total} bytes and has ${source.size}`);
  const length = view.getUint32(12, true);
  const offset = view.getFloat64(24, true);
  if (length % 8 !== 0 || offset !== total - length) throw new SnapshotError('the header is damaged');
  const json = source.read(offset, length);
  if (view.getUint32(4 * CHECKSUM_WORD, true) !== sumOfMeta(header, json))
    throw new SnapshotError('the checksum of the header does not match: the snapshot is damaged');
  const meta = JSON.parse(new TextDecoder().decode(json.slice())) as SnapshotMeta;
  if (!meta.columns.every((column) => COLUMN_TYPES.includes(column.type))) throw new SnapshotError('unknown column type');
  return meta;
}

function sumOfMeta(header: Uint8Array, json: Uint8Array): number {
  const words = (bytes: Uint8Array) => new Uint32Array(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.length / 4);
  const head = words(header);
  const before = checksum(head.subarray(0, CHECKSUM_WORD), FORMAT_VERSION);
  return checksum(words(json), checksum(head.subarray(CHECKSUM_WORD + 1), before));
}
