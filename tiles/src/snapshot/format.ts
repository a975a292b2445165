import type { Column } from '../column.js';
import { COLUMN_TYPES } from '../column.js';
import type { ZoomDetail } from '../detail/generalise.js';
import { checksum } from './checksum.js';

/** "YUTUSNAP" */
const MAGIC = [0x59, 0x55, 0x54, 0x55, 0x53, 0x4e, 0x41, 0x50];
/** Grows with every change that an older reader would misread. Snapshots are derived data: other versions are rebuilt. */
export const FORMAT_VERSION = 1;
const HEADER_BYTES = 32;
/** The checksum's own place in the header, in words; it does not cover itself. */
const CHECKSUM_WORD = 6;

/** Bytes that are not a snapshot this code can read, or a snapshot that cannot be built. */
export class SnapshotError extends Error {
  override name = 'SnapshotError';
}

export type SectionType = 'u8' | 'u32' | 'i32' | 'f64';
export interface Section {
  name: string;
  type: SectionType;
  length: number;
}

/** What the header says in JSON. */
export interface SnapshotMeta {
  columns: Column[];
  /** Rows with a geometry, that is, the length of the row sections. */
  rows: number;
  /** Box on the world grid; null without rows. */
  box: [minX: number, minY: number, maxX: number, maxY: number] | null;
  /** From coarse to fine; the last holds everything. */
  bands: BandMeta[];
  /** How each zoom below full detail shows the layer; index = zoom. */
  zooms: ZoomDetail[];
}

/** One copy of the geometries, for the zooms minZoom…maxZoom. */
export interface BandMeta {
  minZoom: number;
  maxZoom: number;
  features: number;
  paths: number;
  vertices: number;
  pages: number;
  /** Paths with chunk boxes, and how many chunks they have. */
  long: number;
  chunks: number;
  /** Geometries with group boxes, and how many groups they have. */
  many: number;
  groups: number;
}

type View = Uint8Array | Uint32Array | Int32Array | Float64Array;
const VIEWS = { u8: Uint8Array, u32: Uint32Array, i32: Int32Array, f64: Float64Array } as const;
const WIDTHS = { u8: 1, u32: 4, i32: 4, f64: 8 } as const;

/** The named arrays of a snapshot, as views of its one buffer. */
export class Sections {
  readonly #views = new Map<string, View>();

  constructor(buffer: ArrayBufferLike, sections: readonly (Section & { offset: number })[]) {
    for (const { name, type, length, offset } of sections)
      this.#views.set(name, new VIEWS[type](buffer as ArrayBuffer, offset, length));
  }

  u8(name: string): Uint8Array {
    return this.#get(name, Uint8Array);
  }
  u32(name: string): Uint32Array {
    return this.#get(name, Uint32Array);
  }
  i32(name: string): Int32Array {
    return this.#get(name, Int32Array);
  }
  f64(name: string): Float64Array {
    return this.#get(name, Float64Array);
  }

  #get<T extends View>(name: string, type: abstract new (...args: never[]) => T): T {
    const view = this.#views.get(name);
    if (!(view instanceof type)) throw new SnapshotError(`the snapshot has no section "${name}"`);
    return view;
  }
}

/** Allocates a snapshot in shared memory; fill its sections, then seal it. */
export function allocate(meta: SnapshotMeta, sections: readonly Section[]): { bytes: Uint8Array; sections: Sections } {
  const placed: (Section & { offset: number })[] = [];
  let size = 0;
  for (const section of sections) {
    placed.push({ ...section, offset: size });
    size += align(section.length * WIDTHS[section.type]);
  }
  // Offsets in the header count from the end of the header, so that its own length does not change them.
  const json = new TextEncoder().encode(JSON.stringify({ ...meta, sections: placed }));
  const start = align(HEADER_BYTES + json.length);
  let buffer: SharedArrayBuffer;
  try {
    buffer = new SharedArrayBuffer(start + size);
  } catch {
    throw new SnapshotError(`a snapshot of ${start + size} bytes does not fit into memory`);
  }
  const bytes = new Uint8Array(buffer);
  const header = new DataView(buffer);
  bytes.set(MAGIC);
  header.setUint32(8, FORMAT_VERSION, true);
  header.setUint32(12, json.length, true);
  header.setFloat64(16, bytes.length, true);
  bytes.set(json, HEADER_BYTES);
  return {
    bytes,
    sections: new Sections(
      buffer,
      placed.map((section) => ({ ...section, offset: section.offset + start })),
    ),
  };
}

/** Writes the checksum over the finished bytes. */
export function seal(bytes: Uint8Array): void {
  new DataView(bytes.buffer, bytes.byteOffset).setUint32(CHECKSUM_WORD * 4, sum(bytes), true);
}

/**
 * Checks and opens a buffer. The views share its memory unless it starts at an odd place, then it is copied once.
 * @param verify false skips the checksum, for bytes this process has verified already
 */
export function read(given: Uint8Array, verify: boolean): { meta: SnapshotMeta; sections: Sections; bytes: Uint8Array } {
  if (given.length < HEADER_BYTES || MAGIC.some((byte, i) => given[i] !== byte))
    throw new SnapshotError('these bytes are not a snapshot');
  const header = new DataView(given.buffer, given.byteOffset, given.byteLength);
  const version = header.getUint32(8, true);
  if (version !== FORMAT_VERSION)
    throw new SnapshotError(`the snapshot has format ${version}, this code reads ${FORMAT_VERSION}`);
  const total = header.getFloat64(16, true);
  if (total !== given.length) throw new SnapshotError(`the snapshot should have ${total} bytes and has ${given.length}`);
  const bytes = given.byteOffset % 8 === 0 ? given : given.slice();
  if (verify && header.getUint32(CHECKSUM_WORD * 4, true) !== sum(bytes))
    throw new SnapshotError('the checksum does not match: the snapshot is damaged');
  try {
    const length = header.getUint32(12, true);
    const json = new TextDecoder().decode(bytes.slice(HEADER_BYTES, HEADER_BYTES + length));
    const { sections, ...meta } = JSON.parse(json) as SnapshotMeta & { sections: (Section & { offset: number })[] };
    const start = align(HEADER_BYTES + length);
    if (!meta.columns.every((column) => COLUMN_TYPES.includes(column.type))) throw new SnapshotError('unknown column type');
    const placed = sections.map((section) => {
      if (start + section.offset + section.length * WIDTHS[section.type] > total)
        throw new SnapshotError('a section lies outside the file');
      return { ...section, offset: bytes.byteOffset + start + section.offset };
    });
    return { meta, sections: new Sections(bytes.buffer, placed), bytes };
  } catch (error) {
    if (error instanceof SnapshotError) throw error;
    throw new SnapshotError(`the snapshot's header cannot be read: ${String(error)}`);
  }
}

function sum(bytes: Uint8Array): number {
  const words = new Uint32Array(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.length / 4);
  return checksum(words.subarray(CHECKSUM_WORD + 1), checksum(words.subarray(0, CHECKSUM_WORD), FORMAT_VERSION));
}

function align(size: number): number {
  return Math.ceil(size / 8) * 8;
}
