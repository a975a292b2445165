import type { Column, Value } from '../column.js';
import { generalise, generaliseEach } from '../detail/generalise.js';
import { FULL_ZOOM } from '../detail/scale.js';
import { SharedPoints } from '../detail/shared.js';
import { vertexZooms } from '../detail/simplify.js';
import { Summary } from '../detail/summary.js';
import { weighColumns } from '../detail/weigh.js';
import { Unwrapper } from '../geometry/antimeridian.js';
import { type PathSink, POINT, POLYGON, readWkb, UnsupportedGeometryError } from '../geometry/wkb.js';
import { MAX_ZOOM } from '../tile.js';
import { BandWriter } from './band.js';
import { type BandMeta, type Place, SnapshotError, writeMeta } from './format.js';
import { align, growUint8 } from './growable.js';
import { hilbert } from './hilbert.js';
import { LayerValues } from './layer-values.js';
import { pathOrder } from './order.js';
import { FileOutput, MemoryOutput, type Output } from './output.js';
import { MANY_PATHS, sumOf } from './page.js';
import { RawGeometries } from './raw.js';
import type { GeometryRecord } from './record.js';
import { mergeRecords, RecordArena, RecordFile, RecordWriter, type SortedRecords } from './records.js';
import { Scratch } from './scratch.js';
import { encodeValue, ValueError } from './values.js';

/** What became of the rows given to a builder. */
export interface SnapshotReport {
  /** Rows with a geometry, which tiles can show. */
  features: number;
  vertices: number;
  /** Rows whose geometry is null or empty. */
  empty: number;
  /** Rows left out because their coordinates are not finite or lie more than two worlds away. */
  outOfRange: number;
  /** Rows left out because their kind of geometry is unknown. */
  unsupported: number;
}

/** The steps of a build, in their order. */
export type BuildPhase = 'rows' | 'merge' | 'share' | 'detail' | 'pages';

export interface BuildProgress {
  phase: BuildPhase;
  /** Rows read, or geometries done in this phase. */
  features: number;
  /** Of the phase, 0…1; 0 while the number of rows is not known. */
  share: number;
}

export interface SnapshotOptions {
  columns: readonly Column[];
  /** Units of the WKB: degrees (EPSG:4490 or 4326, x = longitude) or metres of EPSG:3857. */
  crs: 'lonlat' | 'mercator';
  /** Name of a number column: where geometries are thinned, the one with the greatest number stays. */
  rank?: string;
  /**
   * Key under which a point that stands for others below full detail tells for how many, itself included (`point_count` is the usual
   * name); default: it does not.
   */
  counts?: string;
  /**
   * Whether each geometry's detail is chosen as if it were the only one: then what a tile shows of one tells nothing of the others. For few
   * rows; nothing is thinned. Default false.
   */
  alone?: boolean;
  /** Lowest and highest zoom at which tiles hold the layer; default all. */
  zooms?: { min: number; max: number };
  /**
   * Whether edges of more than 180° of longitude cross the antimeridian instead of going round the world (see Unwrapper). Only for
   * `lonlat`; default false: to the database they go round, and tiles agree with it.
   */
  wrap?: boolean;
  /**
   * A folder of this build's own for what does not fit into memory; without one everything stays in memory. A builder that finds there
   * what an earlier one with the same columns has finished goes on from it, see `resumeAfter`.
   */
  scratch?: string;
  /** Bytes of rows held in memory before they go to the scratch folder; default 160 MB. The whole builder takes up to three times that. */
  memory?: number;
  /** Rows that will come, for the progress. */
  expected?: number;
  progress?: (progress: BuildProgress) => void;
  /** Looked at now and then; when it is set, the builder removes its scratch folder and throws. An AbortSignal will do. */
  signal?: { readonly aborted: boolean };
}

const MEMORY = 160 * 2 ** 20;
/** Memory of the points that features share, for each byte of rows. */
const POINTS_PER_BYTE = 1 / 48;
/** Progress is told, and the signal looked at, every so many features. */
const STEP = 4_096;
/** The last zooms of the bands below full detail. */
const BAND_ENDS = [12, 10, 8, 5];

/** What is finished in a scratch folder. */
interface Manifest {
  /** Columns and units: a folder of others is of no use. */
  layer: string;
  report: SnapshotReport;
  /** Geometries of each run. */
  runs: number[];
  /** Greatest id of the runs; null when rows did not come in ascending order. */
  lastFid: number | null;
  /** Set when the runs are merged. */
  merged?: { count: number; pointRuns: number; shapes: number };
}

/**
 * Packs the rows of one layer version into a snapshot. The same rows give the same bytes, in whatever order they come and however
 * little memory there is. Rows beyond the memory are sorted and written to the scratch folder in runs, which are merged in the
 * end; what remains in memory is 22 bytes a geometry.
 */
export class SnapshotBuilder {
  readonly report: SnapshotReport = { features: 0, vertices: 0, empty: 0, outOfRange: 0, unsupported: 0 };
  readonly #columns: Column[];
  readonly #options: SnapshotOptions;
  readonly #memory: number;
  readonly #raw: RawGeometries;
  /** Takes the geometries on their way to `#raw`. */
  readonly #sink: PathSink;
  /** Column to rank by, or −1. */
  readonly #rank: number;
  readonly #values = growUint8(256);
  #zooms = new Uint8Array(1 << 10);
  readonly #arena = new RecordArena();
  readonly #scratch: Scratch<Manifest> | null;
  #manifest: Manifest;
  #lastFid: number | null = -1;
  #finished = false;

  /** @throws SnapshotError when two columns have the same name: a tile feature has one value per key */
  constructor(options: SnapshotOptions) {
    this.#options = options;
    this.#memory = options.memory ?? MEMORY;
    this.#columns = options.columns.map(({ name, type, property }) =>
      property === undefined ? { name, type } : { name, type, property },
    );
    if (new Set(this.#columns.map((column) => column.name)).size !== this.#columns.length) {
      throw new SnapshotError('two columns have the same name');
    }
    if (options.columns.some(({ name, property }) => (property ?? name) === options.counts))
      throw new SnapshotError(`there is a column "${options.counts}" already: counts need a name of their own`);
    this.#rank = options.rank === undefined ? -1 : this.#columns.findIndex(({ name }) => name === options.rank);
    if (options.rank !== undefined && !['integer', 'bigint', 'double'].includes(this.#columns[this.#rank]?.type ?? ''))
      throw new SnapshotError(`there is no number column "${options.rank}" to rank by`);
    this.#raw = new RawGeometries(options.crs);
    this.#sink = options.wrap && options.crs === 'lonlat' ? new Unwrapper(this.#raw) : this.#raw;
    this.#scratch = options.scratch === undefined ? null : new Scratch(options.scratch);
    const layer = JSON.stringify([SCRATCH_FORMAT, options.crs, options.wrap ?? false, options.rank, this.#columns]);
    this.#manifest = { layer, report: this.report, runs: [], lastFid: -1 };
    const found = this.#scratch?.readManifest();
    if (found?.layer === layer && found.lastFid !== null) {
      this.#manifest = found;
      this.#lastFid = found.lastFid;
      Object.assign(this.report, found.report);
    } else if (found) this.#scratch!.clear();
  }

  /**
   * The greatest id of the rows that the scratch folder holds from an earlier builder, −1 for none: give only rows with greater
   * ids, ascending. Infinity: it holds all.
   */
  get resumeAfter(): number {
    return this.#manifest.merged ? Number.POSITIVE_INFINITY : (this.#manifest.lastFid ?? -1);
  }

  /** Whether rows have gone to the scratch folder. */
  get onDisk(): boolean {
    return this.#manifest.runs.length > 0;
  }

  /**
   * Adds a row.
   * @param fid integer from 0 to 2^53 − 1, unique in the layer (not checked)
   * @param wkb WKB or EWKB; null for no geometry
   * @param values one per column, in the order of the columns
   * @throws WkbError for malformed geometry, ValueError for a value its column cannot hold, SnapshotError for misuse or when it is
   *   cancelled; the row is then not added
   */
  add(fid: number, wkb: Uint8Array | null, values: readonly Value[]): void {
    if (this.#finished) throw new SnapshotError('the snapshot is finished');
    if (!Number.isSafeInteger(fid) || fid < 0) throw new SnapshotError(`feature ids are integers from 0 to 2^53 − 1, not ${fid}`);
    if (values.length !== this.#columns.length)
      throw new SnapshotError(`${this.#columns.length} values were expected, not ${values.length}`);
    const { report } = this;
    if (this.#lastFid !== null) this.#lastFid = fid > this.#lastFid ? fid : null;
    if (report.features % STEP === 0) this.#tell('rows', report.features, this.#options.expected ?? Number.POSITIVE_INFINITY);
    if (wkb === null) {
      report.empty++;
      return;
    }
    const raw = this.#raw;
    raw.clear();
    try {
      readWkb(wkb, this.#sink);
    } catch (error) {
      if (!(error instanceof UnsupportedGeometryError)) throw error;
      report.unsupported++;
      return;
    }
    const outcome = raw.endFeature();
    if (outcome === 'empty') report.empty++;
    else if (outcome === 'range') report.outOfRange++;
    else {
      this.#encode(values);
      const rank = this.#rank < 0 ? 0 : Number(values[this.#rank] ?? Number.NEGATIVE_INFINITY);
      for (let g = 0; g < raw.length; g++) this.#addGeometry(fid, g, Number.isNaN(rank) ? Number.NEGATIVE_INFINITY : rank);
      report.features++;
      report.vertices += raw.xy.length / 2;
    }
    if (this.#arena.bytes >= this.#memory && this.#scratch) this.#spill(this.#scratch);
  }

  #encode(values: readonly Value[]): void {
    this.#values.length = 0;
    for (let i = 0; i < values.length; i++) {
      const column = this.#columns[i]!;
      try {
        encodeValue(column.type, values[i]!, this.#values);
      } catch (error) {
        if (error instanceof ValueError) throw new ValueError(`${column.name}: ${error.message}`);
        throw error;
      }
    }
  }

  #addGeometry(fid: number, g: number, rank: number): void {
    const raw = this.#raw;
    const kind = raw.kinds.data[g]!;
    const box = raw.boxes.data.subarray(4 * g, 4 * g + 4);
    const { first, last } = raw.pathRange(g);
    const { from, to } = raw.vertexRange(g);
    if (to > this.#zooms.length) this.#zooms = new Uint8Array(2 * to);
    const zooms = this.#zooms;
    if (kind === POINT) zooms.fill(0, from, to);
    else
      for (let path = first; path < last; path++)
        vertexZooms(raw.xy.data, raw.pathStart(path), raw.pathEnds.data[path]!, kind === POLYGON, zooms);
    hilbert((box[0]! + box[2]!) / 2, (box[1]! + box[3]!) / 2, KEY);
    this.#arena.add({
      fid,
      kind,
      key: KEY[0]! * 2 ** 24 + KEY[1]!,
      rank,
      box,
      xy: raw.xy.data,
      zooms,
      from,
      to,
      paths: last - first >= MANY_PATHS ? pathOrder(raw, g) : Array.from({ length: last - first }, (_, i) => first + i),
      pathStart: (path) => raw.pathStart(path),
      pathEnds: raw.pathEnds.data,
      holes: raw.holes.data,
      values: this.#values.view(),
    });
  }

  /** Writes the rows in memory as a sorted run. */
  #spill(scratch: Scratch<Manifest>): void {
    const { runs } = this.#manifest;
    const writer = new RecordWriter(scratch.create(runName(runs.length)));
    this.#arena.each((record) => void writer.append(record));
    writer.end();
    this.#manifest = { ...this.#manifest, report: { ...this.report }, runs: [...runs, writer.count], lastFid: this.#lastFid };
    scratch.writeManifest(this.#manifest);
    this.#arena.clear();
  }

  #tell(phase: BuildPhase, features: number, all: number): void {
    if (this.#options.signal?.aborted) {
      this.#scratch?.clear();
      throw new SnapshotError('the build was cancelled');
    }
    this.#options.progress?.({ phase, features, share: all === 0 ? 1 : Math.min(1, features / all) });
  }

  /**
   * Sorts and packs into memory. The builder is of no further use, and its scratch folder is gone.
   * @returns the snapshot's bytes, over one SharedArrayBuffer
   * @throws SnapshotError when it is larger than one buffer can be, or cancelled
   */
  finish(): Uint8Array {
    const output = new MemoryOutput();
    this.#finishInto(output);
    return output.bytes;
  }

  /**
   * Sorts and packs into a file, which is no snapshot until this returns. The builder is of no further use, and its scratch folder is
   * gone.
   * @throws SnapshotError when it is cancelled; the file system's errors: the scratch folder then stays, to go on from
   */
  finishFile(path: string): void {
    this.#finishInto(new FileOutput(path));
  }

  #finishInto(output: Output): void {
    if (this.#finished) throw new SnapshotError('the snapshot is finished');
    this.#finished = true;
    try {
      const { records, points } = this.#gather();
      const { summary, values } = this.#summarise(records, points);
      this.#write(output, records, summary, values);
      this.#scratch?.clear();
    } catch (error) {
      output.abandon();
      throw error;
    } finally {
      this.#arena.release();
      this.#scratch?.close();
    }
  }

  /** All geometries in order, and the points that features share. */
  #gather(): { records: SortedRecords; points: SharedPoints | null } {
    const scratch = this.#scratch;
    const { runs, merged } = this.#manifest;
    if (merged) {
      const files = Array.from({ length: merged.pointRuns }, (_, i) => scratch!.open(pointsName(i)));
      const points = merged.shapes > 1 ? SharedPoints.from(files) : null;
      return { records: new RecordFile(scratch!.open(SORTED), merged.count), points };
    }
    const spilled = runs.length > 0;
    if (spilled && this.#arena.count > 0) this.#spill(scratch!);
    const limit = Math.max(64, Math.floor(this.#memory * POINTS_PER_BYTE));
    // A layer whose rows fit into memory may have more points than do.
    const points = new SharedPoints(limit, scratch && ((run) => scratch.create(pointsName(run))));
    const total = this.#manifest.runs.reduce((sum, n) => sum + n, this.#arena.count);
    let shapes = 0;
    let done = 0;
    const note = (record: GeometryRecord) => {
      if (done++ % STEP === 0) this.#tell('merge', done, total);
      if (record.kind === POINT || this.#options.alone) return;
      shapes++;
      const { i32, u8, xy, zoom, vertices } = record;
      for (let v = 0; v < vertices; v++) {
        const own = u8[zoom + v]!;
        if (own < FULL_ZOOM) points.note(i32[xy + 2 * v]!, i32[xy + 2 * v + 1]!, own);
      }
    };
    if (!spilled) {
      this.#arena.each(note);
      if (points.onDisk) points.toFiles();
      return { records: this.#arena, points: shapes > 1 ? points : null };
    }
    this.#arena.release();
    const writer = new RecordWriter(scratch!.create(SORTED));
    const files = this.#manifest.runs.map((count, run) => new RecordFile(scratch!.open(runName(run)), count));
    mergeRecords(files, this.#memory / 4, (record) => {
      note(record);
      writer.append(record);
    });
    const records = writer.end();
    // All points go to files, as the rows did: then the merged state is whole without this process.
    const pointRuns = points.toFiles();
    this.#manifest = {
      ...this.#manifest,
      report: { ...this.report },
      merged: { count: records.count, pointRuns, shapes },
    };
    scratch!.writeManifest(this.#manifest);
    for (let run = 0; run < files.length; run++) scratch!.remove(runName(run));
    return { records, points: shapes > 1 ? points : null };
  }

  /** Gives shared vertices their common zoom, and gathers what the choice of detail and the dictionary need. */
  #summarise(records: SortedRecords, points: SharedPoints | null): { summary: Summary; values: LayerValues } {
    const values = new LayerValues(this.#columns.length);
    const summary = new Summary(
      records.count,
      this.#manifest.merged ? () => this.#scratch!.create(COUNTS) : null,
      this.#rank >= 0,
    );
    records.update((record, i) => {
      if (i % STEP === 0) this.#tell('share', i, records.count);
      const { i32, u8, xy, zoom, vertices } = record;
      if (points && record.kind !== POINT)
        for (let v = 0; v < vertices; v++) {
          const lowest = points.lowest(i32[xy + 2 * v]!, i32[xy + 2 * v + 1]!);
          if (lowest < u8[zoom + v]!) u8[zoom + v] = lowest;
        }
      summary.add(record);
      values.note(u8, record.values);
    });
    return { summary, values };
  }

  /** Chooses the detail and writes the bands, their index, the dictionary and the header. */
  #write(output: Output, records: SortedRecords, summary: Summary, values: LayerValues): void {
    const { local, valueEnds, values: bytes, statistics } = values.finish();
    const zooms = this.#options.zooms ?? { min: 0, max: MAX_ZOOM };
    const { counts, alone } = this.#options;
    const detail = alone
      ? generaliseEach(summary, zooms.min)
      : generalise(summary, weighColumns(statistics, this.report.features), zooms.min, counts !== undefined, (zoom) =>
          this.#tell('detail', (records.count * zoom) / FULL_ZOOM, records.count),
        );
    const append = (page: Uint8Array) => output.append(page);
    const bands = planBands(summary, detail).map((maxZoom, b, all) => {
      const from = b > 0 ? all[b - 1]! + 1 : 0;
      const levels = counts === undefined ? 0 : Math.max(0, Math.min(maxZoom + 1, FULL_ZOOM) - from);
      return new BandWriter(maxZoom, { from, levels }, this.#columns.length, values, append);
    });
    const stands = new Uint32Array(FULL_ZOOM);
    records.each((record, i) => {
      if (i % STEP === 0) this.#tell('pages', i, records.count);
      detail.stands?.of(i, stands);
      for (const band of bands) band.add(record, detail.from[i]!, detail.full[i]!, stands);
    });
    const place = (part: Uint8Array): Place => {
      const section = new Uint8Array(align(part.length));
      section.set(part);
      return { offset: output.append(section), length: section.length, sum: sumOf(section) };
    };
    const index = bands.map((band) => band.end());
    const metas = bands.map((band, b): BandMeta => {
      const minZoom = b > 0 ? bands[b - 1]!.maxZoom + 1 : 0;
      const { maxZoom, features, vertices, pages } = band;
      return { minZoom, maxZoom, features, vertices, pages, table: place(index[b]!.table), tree: place(index[b]!.tree) };
    });
    const meta = {
      columns: this.#columns,
      local,
      rows: this.report.features,
      box: records.count === 0 ? null : (summary.box as [number, number, number, number]),
      bands: metas,
      zooms: detail.zooms,
      minZoom: zooms.min,
      maxZoom: zooms.max,
      ...(counts !== undefined && { counts }),
      valueEnds: place(new Uint8Array(valueEnds.buffer as ArrayBuffer, valueEnds.byteOffset, valueEnds.byteLength)),
      values: place(bytes),
    };
    const { header, json } = writeMeta(meta, output.length);
    output.append(json);
    output.end(header);
  }
}

const KEY = new Uint32Array(2);
/** Changes with the records and the manifest. */
const SCRATCH_FORMAT = 1;
const SORTED = 'sorted';
const COUNTS = 'counts';
const runName = (run: number) => `run-${run}`;
const pointsName = (run: number) => `points-${run}`;

/** Last zooms of the bands worth having, coarse to fine: a coarser one must be under half the size of the next finer one. */
function planBands(summary: Summary, detail: { from: Uint8Array; full: Uint8Array }): number[] {
  let finest = 32 * summary.count + 9 * summary.vertices;
  const kept = [MAX_ZOOM];
  for (const maxZoom of BAND_ENDS) {
    const size = bandSize(summary, detail, maxZoom);
    if (size * 2 >= finest) continue;
    finest = size;
    kept.unshift(maxZoom);
  }
  return kept;
}

/** Bytes of a band, roughly. */
function bandSize(
  { count, kinds, counts, parts }: Summary,
  detail: { from: Uint8Array; full: Uint8Array },
  maxZoom: number,
): number {
  const { from, full } = detail;
  const vertices = counts.at(maxZoom);
  const hasBody = (i: number) => from[i]! <= maxZoom && (kinds[i] !== POLYGON || full[i]! <= maxZoom);
  let size = 0;
  for (let i = 0; i < count; i++) {
    if (from[i]! > maxZoom) continue;
    size += hasBody(i) ? 32 + 9 * vertices[i]! : 27;
  }
  for (let part = 0; part < parts.owner.length; part++)
    if (hasBody(parts.owner.data[part]!)) size += 9 * parts.counts.data[part * FULL_ZOOM + maxZoom]!;
  return size;
}
