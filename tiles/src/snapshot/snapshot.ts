import type { Column, Value } from '../column.js';
import type { ZoomDetail } from '../detail/generalise.js';
import { type LonLatBox, type WorldBox, worldToLonLatBox } from '../tile.js';
import { type BandMeta, type ByteSource, type Place, readMeta, SnapshotError, type SnapshotMeta } from './format.js';
import { Page, sumOf } from './page.js';
import { PageTree } from './rtree.js';
import { FileSource, MemorySource, type PageCache } from './source.js';
import { decodeValue } from './values.js';

/** One row of a snapshot, by its place. */
export interface Row {
  page: Page;
  index: number;
}

/** One copy of a snapshot's geometries, page by page. */
export class Band {
  readonly minZoom: number;
  readonly maxZoom: number;
  readonly features: number;
  readonly vertices: number;
  /** How many pages there are. */
  readonly pages: number;
  /** Finds the pages that meet a box. */
  readonly tree: PageTree;
  readonly #offsets: Float64Array;
  readonly #lengths: Uint32Array;
  readonly #sums: Uint32Array;
  readonly #opened: (Page | undefined)[] = [];
  readonly #firstKey: number;

  constructor(
    private readonly source: ByteSource,
    meta: BandMeta,
    private readonly columns: number,
    private readonly cache: PageCache | null,
  ) {
    this.minZoom = meta.minZoom;
    this.maxZoom = meta.maxZoom;
    this.features = meta.features;
    this.vertices = meta.vertices;
    this.pages = meta.pages;
    const table = readSection(source, meta.table);
    const buffer = table.buffer as ArrayBuffer;
    this.#offsets = new Float64Array(buffer, table.byteOffset, meta.pages);
    this.#lengths = new Uint32Array(buffer, table.byteOffset + 8 * meta.pages, meta.pages);
    this.#sums = new Uint32Array(buffer, table.byteOffset + 12 * meta.pages, meta.pages);
    const tree = readSection(source, meta.tree);
    this.tree = new PageTree(new Int32Array(tree.buffer as ArrayBuffer, tree.byteOffset, tree.length / 4), meta.pages);
    this.#firstKey = cache?.keys(meta.pages) ?? 0;
  }

  /**
   * A page, checked when it is read. Pages in memory stay open, those of a file as long as the cache holds them.
   * @throws SnapshotError when it is damaged
   */
  page(number: number): Page {
    if (this.cache) return this.cache.get(this.#firstKey + number, () => this.#read(number));
    let page = this.#opened[number];
    if (!page) {
      page = this.#read(number);
      this.#opened[number] = page;
    }
    return page;
  }

  #read(number: number): Page {
    const bytes = this.source.read(this.#offsets[number]!, this.#lengths[number]!);
    if (sumOf(bytes) !== this.#sums[number])
      throw new SnapshotError(`page ${number} of zooms ${this.minZoom} to ${this.maxZoom} is damaged`);
    return new Page(bytes, this.columns);
  }

  /** Reads all pages without keeping them. @throws SnapshotError when one is damaged */
  verify(): void {
    for (let number = 0; number < this.pages; number++) this.#read(number);
  }

  close(): void {
    this.cache?.drop(this.#firstKey, this.pages);
  }
}

/** An opened snapshot: immutable, cheap to open (its index only), usable from any thread that has the buffer or the file. */
export class Snapshot {
  readonly columns: readonly Column[];
  /** 1 for the columns whose codes count in the page. */
  readonly local: Uint8Array;
  /** Rows with a geometry. */
  readonly count: number;
  /** Box of all geometries in degrees; null without rows. */
  readonly extent: LonLatBox | null;
  /** The same on the world grid. */
  readonly box: WorldBox | null;
  readonly bands: readonly Band[];
  /** How each zoom below full detail shows the layer; index = zoom. */
  readonly zooms: readonly ZoomDetail[];
  /** Lowest and highest zoom at which tiles hold the layer. */
  readonly minZoom: number;
  readonly maxZoom: number;
  /** Key under which points tell for how many they stand below full detail; null: they do not. */
  readonly counts: string | null;
  /** End of each dictionary entry in `values`; entry 0 is null. */
  readonly valueEnds: Uint32Array;
  readonly values: Uint8Array;

  constructor(
    private readonly source: ByteSource,
    meta: SnapshotMeta,
    cache: PageCache | null,
  ) {
    this.columns = meta.columns;
    this.local = Uint8Array.from(meta.columns, (_, column) => (meta.local.includes(column) ? 1 : 0));
    this.count = meta.rows;
    this.box = meta.box && { minX: meta.box[0], minY: meta.box[1], maxX: meta.box[2], maxY: meta.box[3] };
    this.extent = this.box && worldToLonLatBox(this.box);
    const ends = readSection(source, meta.valueEnds);
    this.valueEnds = new Uint32Array(ends.buffer as ArrayBuffer, ends.byteOffset, ends.length / 4);
    this.values = readSection(source, meta.values);
    this.zooms = meta.zooms;
    this.minZoom = meta.minZoom;
    this.maxZoom = meta.maxZoom;
    this.counts = meta.counts ?? null;
    this.bands = meta.bands.map((band) => new Band(source, band, meta.columns.length, cache));
  }

  /** Size in bytes. */
  get size(): number {
    return this.source.size;
  }

  /** A row's value in a column, decoded. */
  value({ page, index }: Row, column: number): Value {
    const code = page.codes[index * this.columns.length + column]!;
    if (code === 0) return null;
    const { values, valueEnds } = this.local[column] === 1 ? page : this;
    return decodeValue(values, valueEnds[code - 1]!, valueEnds[code]!);
  }

  /** The band that draws a zoom. */
  band(zoom: number): Band {
    return this.bands.find((band) => zoom <= band.maxZoom) ?? this.bands[this.bands.length - 1]!;
  }

  /** All geometries with all their vertices, along the Hilbert curve. */
  *rows(): Generator<Row> {
    const band = this.bands[this.bands.length - 1]!;
    for (let number = 0; number < band.pages; number++) {
      const page = band.page(number);
      for (let index = 0; index < page.count; index++) yield { page, index };
    }
  }

  /** Reads and checks every byte. @throws SnapshotError when the snapshot is damaged */
  verify(): void {
    for (const band of this.bands) band.verify();
  }

  /** Closes the file, if it is read from one; tiles can no longer be cut. */
  close(): void {
    for (const band of this.bands) band.close();
    if (this.source instanceof FileSource) this.source.close();
  }
}

/** @throws SnapshotError when it is damaged */
function readSection(source: ByteSource, place: Place): Uint8Array {
  const bytes = source.read(place.offset, place.length);
  if (sumOf(bytes) !== place.sum) throw new SnapshotError('the index is damaged');
  return bytes;
}

/**
 * Opens a snapshot over its bytes without copying them (unless they start at an address that is no multiple of 8).
 * @param options.verify false checks header and index now and each page when it is first read, instead of all at once
 * @throws SnapshotError on bad magic, another format version, a wrong length, a wrong checksum or a broken header
 */
export function openSnapshot(bytes: Uint8Array, options: { verify?: boolean } = {}): Snapshot {
  const source = new MemorySource(bytes.byteOffset % 8 === 0 ? bytes : bytes.slice());
  const snapshot = new Snapshot(source, readMeta(source), null);
  if (options.verify ?? true) snapshot.verify();
  return snapshot;
}

/**
 * Opens a snapshot in a file: its index is read now, each page when a tile needs it. Close it when it is no longer needed.
 * @param cache holds the pages read; one for all snapshots of a thread
 * @throws SnapshotError as openSnapshot, and when there is no such file
 */
export function openSnapshotFile(path: string, cache: PageCache): Snapshot {
  const source = new FileSource(path);
  try {
    return new Snapshot(source, readMeta(source), cache);
  } catch (error) {
    source.close();
    throw error;
  }
}
