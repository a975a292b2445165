import type { Column, Value } from '../column.js';
import type { ZoomDetail } from '../detail/generalise.js';
import { type LonLatBox, type WorldBox, worldToLonLatBox } from '../tile.js';
import { decodeValue } from './dictionary.js';
import { type BandMeta, read, type Sections, type SnapshotMeta } from './format.js';
import { PageTree } from './rtree.js';

/** One copy of a snapshot's geometries, as views; see README.md for what each array holds. */
export class Band {
  readonly minZoom: number;
  readonly maxZoom: number;
  readonly row: Uint32Array;
  readonly kind: Uint8Array;
  readonly box: Int32Array;
  readonly featureEnd: Uint32Array;
  readonly pathEnd: Uint32Array;
  readonly hole: Uint8Array;
  readonly xy: Int32Array;
  /** Lowest zoom of each geometry, and the lowest at which it is drawn as itself. */
  readonly from: Uint8Array;
  readonly full: Uint8Array;
  /** Lowest zoom of each vertex. */
  readonly zoom: Uint8Array;
  readonly pageEnd: Uint32Array;
  readonly longPath: Uint32Array;
  readonly longChunk: Uint32Array;
  readonly chunk: Int32Array;
  readonly manyFeature: Uint32Array;
  readonly manyGroup: Uint32Array;
  readonly group: Int32Array;
  readonly tree: PageTree;

  constructor(sections: Sections, b: number, meta: BandMeta) {
    this.minZoom = meta.minZoom;
    this.maxZoom = meta.maxZoom;
    this.row = sections.u32(`band${b}.row`);
    this.kind = sections.u8(`band${b}.kind`);
    this.box = sections.i32(`band${b}.box`);
    this.featureEnd = sections.u32(`band${b}.featureEnd`);
    this.pathEnd = sections.u32(`band${b}.pathEnd`);
    this.hole = sections.u8(`band${b}.hole`);
    this.xy = sections.i32(`band${b}.xy`);
    this.from = sections.u8(`band${b}.from`);
    this.full = sections.u8(`band${b}.full`);
    this.zoom = sections.u8(`band${b}.zoom`);
    this.longPath = sections.u32(`band${b}.longPath`);
    this.longChunk = sections.u32(`band${b}.longChunk`);
    this.chunk = sections.i32(`band${b}.chunk`);
    this.manyFeature = sections.u32(`band${b}.manyFeature`);
    this.manyGroup = sections.u32(`band${b}.manyGroup`);
    this.group = sections.i32(`band${b}.group`);
    this.pageEnd = sections.u32(`band${b}.pageEnd`);
    this.tree = new PageTree(sections.i32(`band${b}.tree`), meta.pages);
  }
}

/** An opened snapshot: immutable, cheap to open (views only), usable from any thread that has the buffer. */
export class Snapshot {
  readonly columns: readonly Column[];
  /** Rows with a geometry. */
  readonly count: number;
  /** Box of all geometries in degrees; null without rows. */
  readonly extent: LonLatBox | null;
  /** The same on the world grid. */
  readonly box: WorldBox | null;
  readonly bands: readonly Band[];
  /** How each zoom below full detail shows the layer; index = zoom. */
  readonly zooms: readonly ZoomDetail[];
  /** Feature id of each row. */
  readonly fids: Float64Array;
  /** Dictionary codes, row by row: that of a value is at row × columns + column; 0 is null. */
  readonly codes: Uint32Array;
  /** End of each dictionary entry in `values`; entry 0 is null. */
  readonly valueEnds: Uint32Array;
  readonly values: Uint8Array;

  constructor(
    readonly bytes: Uint8Array,
    meta: SnapshotMeta,
    sections: Sections,
  ) {
    this.columns = meta.columns;
    this.count = meta.rows;
    this.box = meta.box && { minX: meta.box[0], minY: meta.box[1], maxX: meta.box[2], maxY: meta.box[3] };
    this.extent = this.box && worldToLonLatBox(this.box);
    this.fids = sections.f64('fid');
    this.codes = sections.u32('codes');
    this.valueEnds = sections.u32('valueEnds');
    this.values = sections.u8('values');
    this.zooms = meta.zooms;
    this.bands = meta.bands.map((band, b) => new Band(sections, b, band));
  }

  /** A row's value in a column, decoded. */
  value(row: number, column: number): Value {
    return this.decode(this.codes[row * this.columns.length + column]!);
  }

  /** The value of a dictionary code. */
  decode(code: number): Value {
    return code === 0 ? null : decodeValue(this.values, this.valueEnds[code - 1]!, this.valueEnds[code]!);
  }

  /** The band that draws a zoom. */
  band(zoom: number): Band {
    return this.bands.find((band) => zoom <= band.maxZoom) ?? this.bands[this.bands.length - 1]!;
  }
}

/**
 * Opens a snapshot over its bytes without copying them (unless they start at an address that is no multiple of 8).
 * @param options.verify false skips the checksum: for bytes that this process has verified and shares between threads
 * @throws SnapshotError on bad magic, another format version, a wrong length, a wrong checksum or a broken header
 */
export function openSnapshot(bytes: Uint8Array, options: { verify?: boolean } = {}): Snapshot {
  const { meta, sections, bytes: aligned } = read(bytes, options.verify ?? true);
  return new Snapshot(aligned, meta, sections);
}
