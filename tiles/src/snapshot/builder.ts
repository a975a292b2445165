import type { Column, Value } from '../column.js';
import { generalise } from '../detail/generalise.js';
import { shareZooms } from '../detail/shared.js';
import { vertexZooms } from '../detail/simplify.js';
import { weighColumns } from '../detail/weigh.js';
import { Unwrapper } from '../geometry/antimeridian.js';
import { type Precision, readCoarse } from '../geometry/precision.js';
import { type PathSink, POINT, POLYGON, readWkb, UnsupportedGeometryError } from '../geometry/wkb.js';
import { MAX_ZOOM } from '../tile.js';
import { BandPacker, type BandSource, bandSections } from './band.js';
import { ValueDictionary, ValueError } from './dictionary.js';
import { allocate, type Section, SnapshotError, seal } from './format.js';
import { growFloat64, growUint32 } from './growable.js';
import { curveOrder } from './order.js';
import { RawGeometries } from './raw.js';

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

export interface SnapshotOptions {
  columns: readonly Column[];
  /** Units of the WKB: degrees (EPSG:4490 or 4326, x = longitude) or metres of EPSG:3857. */
  crs: 'lonlat' | 'mercator';
  /**
   * Whether edges of more than 180° of longitude cross the antimeridian instead of going round the world (see Unwrapper). Only for
   * `lonlat`; default false: to the database they go round, and tiles agree with it.
   */
  wrap?: boolean;
}

/** Packs the rows of one layer version into a snapshot. Holds all of them in memory until `finish`. */
export class SnapshotBuilder {
  readonly report: SnapshotReport = { features: 0, vertices: 0, empty: 0, outOfRange: 0, unsupported: 0 };
  readonly #columns: Column[];
  readonly #geometries: RawGeometries;
  /** Takes the geometries on their way to `#geometries`. */
  readonly #sink: PathSink;
  readonly #dictionary = new ValueDictionary();
  readonly #fids = growFloat64();
  /** Row by row, one code per column. */
  readonly #codes = growUint32();
  #finished = false;

  /** @throws SnapshotError when two columns have the same name: a tile feature has one value per key */
  constructor(private readonly options: SnapshotOptions) {
    this.#columns = options.columns.map(({ name, type, property }) =>
      property === undefined ? { name, type } : { name, type, property },
    );
    if (new Set(this.#columns.map((column) => column.name)).size !== this.#columns.length) {
      throw new SnapshotError('two columns have the same name');
    }
    this.#geometries = new RawGeometries(options.crs);
    this.#sink = options.wrap && options.crs === 'lonlat' ? new Unwrapper(this.#geometries) : this.#geometries;
  }

  /**
   * Adds a row.
   * @param fid integer from 0 to 2^53 − 1, unique in the layer (not checked)
   * @param wkb WKB or EWKB; null for no geometry
   * @param values one per column, in the order of the columns
   * @param precision no more of the geometry than this enters the snapshot; null for all of it
   * @throws WkbError for malformed geometry, ValueError for a value its column cannot hold, SnapshotError for misuse; the row is
   *   then not added
   */
  add(fid: number, wkb: Uint8Array | null, values: readonly Value[], precision: Precision | null = null): void {
    if (this.#finished) throw new SnapshotError('the snapshot is finished');
    if (!Number.isSafeInteger(fid) || fid < 0) throw new SnapshotError(`feature ids are integers from 0 to 2^53 − 1, not ${fid}`);
    if (values.length !== this.#columns.length)
      throw new SnapshotError(`${this.#columns.length} values were expected, not ${values.length}`);
    const { report } = this;
    if (wkb === null) {
      report.empty++;
      return;
    }
    const row = this.#fids.length;
    try {
      if (precision) readCoarse(wkb, this.#sink, precision, this.options.crs);
      else readWkb(wkb, this.#sink);
    } catch (error) {
      this.#geometries.rollback();
      if (!(error instanceof UnsupportedGeometryError)) throw error;
      report.unsupported++;
      return;
    }
    const codes = this.#encode(values);
    const outcome = this.#geometries.endFeature(row);
    if (outcome === 'empty') report.empty++;
    else if (outcome === 'range') report.outOfRange++;
    else {
      report.features++;
      this.#fids.push(fid);
      for (const code of codes) this.#codes.push(code);
    }
    report.vertices = this.#geometries.xy.length / 2;
  }

  #encode(values: readonly Value[]): number[] {
    const codes: number[] = [];
    for (let i = 0; i < values.length; i++) {
      const column = this.#columns[i]!;
      try {
        codes.push(this.#dictionary.code(column.type, values[i]!));
      } catch (error) {
        this.#geometries.rollback();
        if (error instanceof ValueError) throw new ValueError(`${column.name}: ${error.message}`);
        throw error;
      }
    }
    return codes;
  }

  /**
   * Sorts and packs. The builder is of no further use.
   * @returns the snapshot's bytes, over one SharedArrayBuffer
   * @throws SnapshotError when it is larger than one buffer can be
   */
  finish(): Uint8Array {
    if (this.#finished) throw new SnapshotError('the snapshot is finished');
    this.#finished = true;
    const raw = this.#geometries;
    const { order, steps } = curveOrder(raw);
    const vertexZooms = rankVertices(raw);
    const detail = generalise(
      raw,
      order,
      steps,
      vertexZooms,
      weighColumns(this.#codes.view(), this.#columns.length, this.#dictionary),
    );
    const bands = planBands({ raw, order, vertexZooms, detail, pathOrders: new Map() });
    const rows = this.#fids.length;
    const sections: Section[] = [
      { name: 'fid', type: 'f64', length: rows },
      { name: 'codes', type: 'u32', length: this.#codes.length },
      { name: 'valueEnds', type: 'u32', length: this.#dictionary.ends.length },
      { name: 'values', type: 'u8', length: this.#dictionary.bytes.length },
      ...bands.flatMap((band, b) => bandSections(b, band.meta)),
    ];
    const meta = { columns: this.#columns, rows, box: totalBox(raw), bands: bands.map((band) => band.meta), zooms: detail.zooms };
    const snapshot = allocate(meta, sections);
    this.#fillRows(snapshot.sections.f64('fid'), snapshot.sections.u32('codes'), order);
    snapshot.sections.u32('valueEnds').set(this.#dictionary.ends);
    snapshot.sections.u8('values').set(this.#dictionary.bytes);
    bands.forEach((band, b) => void band.fill(snapshot.sections, b));
    seal(snapshot.bytes);
    return snapshot.bytes;
  }

  /** Writes the rows along the Hilbert curve too, so that a tile reads them together, and renumbers those of the geometries. */
  #fillRows(fids: Float64Array, codes: Uint32Array, order: Uint32Array): void {
    const { rows } = this.#geometries;
    const width = this.#columns.length;
    const places = new Uint32Array(fids.length);
    let next = 0;
    for (const g of order) {
      const row = rows.data[g]!;
      if (places[row] === 0) {
        fids[next] = this.#fids.data[row]!;
        for (let i = 0; i < width; i++) codes[next * width + i] = this.#codes.data[row * width + i]!;
        places[row] = ++next;
      }
      rows.data[g] = places[row]! - 1;
    }
  }
}

/** The lowest zoom of every vertex; neighbours agree on the vertices they share. */
function rankVertices(raw: RawGeometries): Uint8Array {
  const zooms = new Uint8Array(raw.xy.length / 2);
  let shapes = 0;
  for (let g = 0; g < raw.length; g++) {
    const kind = raw.kinds.data[g]!;
    if (kind === POINT) continue;
    shapes++;
    const { first, last } = raw.pathRange(g);
    for (let path = first; path < last; path++) {
      vertexZooms(raw.xy.data, raw.pathStart(path), raw.pathEnds.data[path]!, kind === POLYGON, zooms);
    }
  }
  if (shapes > 1) shareZooms(raw.xy.data, zooms);
  return zooms;
}

/** The last zooms of the bands below full detail. */
const BAND_ENDS = [12, 10, 8, 5];

/** The bands worth having, coarse to fine: a coarser one must be under half the size of the next finer one. */
function planBands(source: BandSource): BandPacker[] {
  const bands = [new BandPacker(source, 0, MAX_ZOOM)];
  for (const maxZoom of BAND_ENDS) {
    const coarser = new BandPacker(source, 0, maxZoom);
    if (coarser.size * 2 >= bands[0]!.size) continue;
    bands[0]!.meta.minZoom = maxZoom + 1;
    bands.unshift(coarser);
  }
  return bands;
}

function totalBox(raw: RawGeometries): [number, number, number, number] | null {
  if (raw.length === 0) return null;
  const boxes = raw.boxes.view();
  let [minX, minY, maxX, maxY] = [boxes[0]!, boxes[1]!, boxes[2]!, boxes[3]!];
  for (let i = 4; i < boxes.length; i += 4) {
    minX = Math.min(minX, boxes[i]!);
    minY = Math.min(minY, boxes[i + 1]!);
    maxX = Math.max(maxX, boxes[i + 2]!);
    maxY = Math.max(maxY, boxes[i + 3]!);
  }
  return [minX, minY, maxX, maxY];
}
