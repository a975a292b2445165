import { ByteWriter } from '../cut/bytes.js';
import type { LonLatBox, TileCoord } from '../tile.js';
import { tileId } from './hilbert-id.js';

/** Where an archive's bytes go: a file, or memory. Writes come in no order, and the first bytes last. */
export interface ArchiveSink {
  /** Puts all bytes at a position from the start of the archive. */
  write(bytes: Uint8Array, position: number): void;
}

export interface ArchiveTools {
  gzip(bytes: Uint8Array): Uint8Array;
  /** A digest that tells any two contents apart (SHA-256 or the like): equal tiles are stored once. */
  digest(bytes: Uint8Array): string;
}

/** What readers show of an archive. */
export interface ArchiveNote {
  /** west, south, east, north in degrees. */
  bounds: LonLatBox;
  minZoom: number;
  maxZoom: number;
  /** `name`, `attribution`, `vector_layers` (TileJSON 3.0) and whatever else should travel with the tiles. */
  metadata: Readonly<Record<string, unknown>>;
}

export interface ArchiveReport {
  /** Tiles that can be asked for. */
  tiles: number;
  /** Different contents among them. */
  contents: number;
  /** Length of the archive. */
  bytes: number;
}

/** Tiles out of order, twice or without bytes, or an archive without any. */
export class ArchiveError extends Error {
  override name = 'ArchiveError';
}

interface Entry {
  id: number;
  offset: number;
  length: number;
  /** How many tiles in a row have this content; 0: a leaf directory. */
  run: number;
}

const HEADER_BYTES = 127;
/** Header and root directory must end here: readers fetch them together. The tiles begin here. */
const ROOT_END = 16_384;
const LEAF_ENTRIES = 4_096;
const GZIP = 2;
const MVT = 1;

/**
 * Writes a PMTiles v3 archive in one pass: tiles as they come, then metadata and leaf directories behind them, and at last the header.
 * Clustered, deduplicated, everything compressed with gzip. It holds only the directory in memory, about 100 bytes per distinct tile.
 */
export class PmtilesWriter {
  readonly #entries: Entry[] = [];
  readonly #known = new Map<string, { offset: number; length: number }>();
  #length = 0;
  #tiles = 0;

  constructor(
    private readonly sink: ArchiveSink,
    private readonly tools: ArchiveTools,
  ) {}

  /**
   * Adds a tile, uncompressed.
   * @throws ArchiveError unless its id follows the last one's (see `tileId`), and for a tile without bytes: leave those out
   */
  add(tile: TileCoord, bytes: Uint8Array): void {
    if (bytes.length === 0) throw new ArchiveError('a tile without bytes');
    const id = tileId(tile);
    const last = this.#entries.at(-1);
    if (last && id < last.id + last.run) throw new ArchiveError('tiles must come in the order of their ids');
    const digest = this.tools.digest(bytes);
    let content = this.#known.get(digest);
    if (!content) {
      const packed = this.tools.gzip(bytes);
      content = { offset: this.#length, length: packed.length };
      this.#known.set(digest, content);
      this.sink.write(packed, ROOT_END + this.#length);
      this.#length += packed.length;
    }
    this.#tiles++;
    if (last && last.offset === content.offset && id === last.id + last.run) last.run++;
    else this.#entries.push({ id, ...content, run: 1 });
  }

  /** Ends the archive. @throws ArchiveError when it has no tile: the format has no empty archive */
  finish(note: ArchiveNote): ArchiveReport {
    if (this.#entries.length === 0) throw new ArchiveError('an archive without tiles');
    const metadata = this.tools.gzip(new TextEncoder().encode(JSON.stringify(note.metadata)));
    const { root, leaves } = this.#directories();
    const metadataAt = ROOT_END + this.#length;
    const leavesAt = metadataAt + metadata.length;
    this.sink.write(metadata, metadataAt);
    if (leaves.length > 0) this.sink.write(leaves, leavesAt);
    const first = new Uint8Array(ROOT_END);
    const view = new DataView(first.buffer);
    first.set(new TextEncoder().encode('PMTiles'));
    view.setUint8(7, 3);
    const places = [HEADER_BYTES, root.length, metadataAt, metadata.length, leavesAt, leaves.length, ROOT_END, this.#length];
    const counts = [this.#tiles, this.#entries.length, this.#known.size];
    for (const [i, value] of [...places, ...counts].entries()) view.setBigUint64(8 + 8 * i, BigInt(value), true);
    const [west, south, east, north] = note.bounds;
    first.set([1, GZIP, GZIP, MVT, note.minZoom, note.maxZoom], 96);
    const degrees = (at: number, value: number) => view.setInt32(at, Math.round(value * 1e7), true);
    for (const [i, value] of note.bounds.entries()) degrees(102 + 4 * i, value);
    first[118] = centreZoom(note);
    degrees(119, (west + east) / 2);
    degrees(123, (south + north) / 2);
    first.set(root, HEADER_BYTES);
    this.sink.write(first, 0);
    return { tiles: this.#tiles, contents: this.#known.size, bytes: leavesAt + leaves.length };
  }

  /** The root directory, and leaves behind it when the entries do not fit: as few as make the root small enough. */
  #directories(): { root: Uint8Array; leaves: Uint8Array } {
    const fits = (root: Uint8Array) => HEADER_BYTES + root.length < ROOT_END;
    if (this.#entries.length <= LEAF_ENTRIES) {
      const root = this.tools.gzip(directory(this.#entries));
      if (fits(root)) return { root, leaves: new Uint8Array(0) };
    }
    for (let size = LEAF_ENTRIES; ; size *= 2) {
      const leaves = new ByteWriter(1 << 16);
      const entries: Entry[] = [];
      for (let i = 0; i < this.#entries.length; i += size) {
        const leaf = this.tools.gzip(directory(this.#entries.slice(i, i + size)));
        entries.push({ id: this.#entries[i]!.id, offset: leaves.length, length: leaf.length, run: 0 });
        leaves.copy(leaf, 0, leaf.length);
      }
      const root = this.tools.gzip(directory(entries));
      if (fits(root)) return { root, leaves: leaves.data.slice(0, leaves.length) };
    }
  }
}

/** A directory's columns one after the other, as varints: ids as steps, run lengths, lengths, offsets (0: right behind the last). */
function directory(entries: readonly Entry[]): Uint8Array {
  const out = new ByteWriter(16 * entries.length + 16);
  out.varint(entries.length);
  for (const [i, entry] of entries.entries()) out.varint(entry.id - (entries[i - 1]?.id ?? 0));
  for (const entry of entries) out.varint(entry.run);
  for (const entry of entries) out.varint(entry.length);
  for (const [i, entry] of entries.entries()) {
    const before = entries[i - 1];
    out.varint(before && entry.offset === before.offset + before.length ? 0 : entry.offset + 1);
  }
  return out.data.slice(0, out.length);
}

/** The deepest zoom at which the bounds are about one tile wide. */
function centreZoom({ bounds: [west, south, east, north], minZoom, maxZoom }: ArchiveNote): number {
  const span = Math.max(east - west, 2 * (north - south), 1e-9);
  return Math.max(minZoom, Math.min(maxZoom, Math.floor(Math.log2(360 / span))));
}
