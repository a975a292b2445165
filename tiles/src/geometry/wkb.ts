import { linearise } from './arc.js';

/** Bytes that are not a geometry. `position` is the byte offset of the fault. */
export class WkbError extends Error {
  override name = 'WkbError';
  constructor(
    message: string,
    readonly position: number,
  ) {
    super(`${message} (at byte ${position})`);
  }
}

/** A geometry of a kind that OGC 06-103r4 does not name, or names only as an abstract one. */
export class UnsupportedGeometryError extends WkbError {
  override name = 'UnsupportedGeometryError';
}

/** Kinds of path, numbered as MVT's GeomType. */
export const POINT = 1;
export const LINE = 2;
export const POLYGON = 3;
export type Kind = typeof POINT | typeof LINE | typeof POLYGON;

/** Receives a geometry path by path; a path is a set of points, a line or a ring. */
export interface PathSink {
  /** A path begins. `hole` is true for the interior rings of the polygon whose exterior ring came last. */
  beginPath(kind: Kind, hole: boolean): void;
  /** One vertex in the units of the source; rings bring their closing vertex. Z and M are dropped. */
  vertex(x: number, y: number): void;
  /** The path is complete. Empty paths are never begun. */
  endPath(): void;
}

const MAX_NESTING = 32;

/** Geometry types of WKB (OGC 06-103r4 §8.2.3, table 7). */
const TYPE = {
  point: 1,
  lineString: 2,
  polygon: 3,
  multiPoint: 4,
  multiLineString: 5,
  multiPolygon: 6,
  geometryCollection: 7,
  circularString: 8,
  compoundCurve: 9,
  curvePolygon: 10,
  multiCurve: 11,
  multiSurface: 12,
  polyhedralSurface: 15,
  tin: 16,
  triangle: 17,
} as const;

/**
 * Reads one WKB geometry (OGC 06-103r4 §8, ISO Z/M type codes, and PostGIS' EWKB flags and SRID) and hands its paths to `sink`
 * without building objects. Both byte orders; multi-geometries, surfaces and collections are taken apart; circular arcs become
 * segments, 32 a quadrant; empty parts bring no path.
 * @throws UnsupportedGeometryError for unknown kinds; WkbError for anything malformed, truncated or followed by more bytes
 */
export function readWkb(bytes: Uint8Array, sink: PathSink): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = readGeometry(view, 0, sink, 0);
  if (end !== bytes.byteLength) throw new WkbError('bytes follow the geometry', end);
}

interface Header {
  type: number;
  little: boolean;
  /** Bytes of a position. */
  stride: number;
  /** Where the geometry's own bytes begin. */
  at: number;
}

function readHeader(view: DataView, start: number): Header {
  need(view, start, 5);
  const order = view.getUint8(start);
  if (order > 1) throw new WkbError(`byte order must be 0 or 1, not ${order}`, start);
  const little = order === 1;
  const code = view.getUint32(start + 1, little);
  let at = start + 5;
  if (code & 0x20000000) {
    need(view, at, 4);
    at += 4;
  }
  const base = code & 0x0fffffff;
  const dimensions = Math.floor(base / 1000);
  if (dimensions > 3) throw new WkbError(`unknown geometry type ${code}`, start + 1);
  const hasZ = (code & 0x80000000) !== 0 || dimensions === 1 || dimensions === 3;
  const hasM = (code & 0x40000000) !== 0 || dimensions >= 2;
  return { type: base % 1000, little, stride: 16 + (hasZ ? 8 : 0) + (hasM ? 8 : 0), at };
}

function readGeometry(view: DataView, start: number, sink: PathSink, depth: number): number {
  if (depth > MAX_NESTING) throw new WkbError('geometry collections nested too deeply', start);
  const { type, little, stride, at } = readHeader(view, start);
  switch (type) {
    case TYPE.point:
      need(view, at, stride);
      // An empty point is written as NaN coordinates.
      if (!Number.isNaN(view.getFloat64(at, little))) readVertices(view, at, 1, stride, little, sink, POINT, false);
      return at + stride;
    case TYPE.lineString:
      return readPath(view, at, stride, little, sink, LINE, false);
    case TYPE.circularString:
    case TYPE.compoundCurve:
      return readCurvePath(view, start, sink, LINE, false);
    case TYPE.polygon:
    case TYPE.triangle:
    case TYPE.curvePolygon: {
      const curved = type === TYPE.curvePolygon;
      const rings = count(view, at, little, 4);
      let end = at + 4;
      for (let i = 0; i < rings; i++) {
        const begin = end;
        end = curved
          ? readCurvePath(view, begin, sink, POLYGON, i > 0)
          : readPath(view, begin, stride, little, sink, POLYGON, i > 0);
        const empty = end - begin === (curved ? readHeader(view, begin).at + 4 - begin : 4);
        if (i === 0 && rings > 1 && empty) throw new WkbError('polygon with holes but no exterior', begin);
      }
      return end;
    }
    case TYPE.multiPoint:
    case TYPE.multiLineString:
    case TYPE.multiPolygon:
    case TYPE.geometryCollection:
    case TYPE.multiCurve:
    case TYPE.multiSurface:
    case TYPE.polyhedralSurface:
    case TYPE.tin: {
      const parts = count(view, at, little, 5);
      let end = at + 4;
      for (let i = 0; i < parts; i++) end = readGeometry(view, end, sink, depth + 1);
      return end;
    }
    default:
      throw new UnsupportedGeometryError(`unknown geometry type ${type}`, start + 1);
  }
}

function readPath(
  view: DataView,
  at: number,
  stride: number,
  little: boolean,
  sink: PathSink,
  kind: Kind,
  hole: boolean,
): number {
  const n = count(view, at, little, stride);
  if (n > 0) readVertices(view, at + 4, n, stride, little, sink, kind, hole);
  return at + 4 + n * stride;
}

function readVertices(
  view: DataView,
  at: number,
  n: number,
  stride: number,
  little: boolean,
  sink: PathSink,
  kind: Kind,
  hole: boolean,
): void {
  sink.beginPath(kind, hole);
  for (let i = 0, p = at; i < n; i++, p += stride) sink.vertex(view.getFloat64(p, little), view.getFloat64(p + 8, little));
  sink.endPath();
}

/** A line or ring given as a curve of its own, with a header. */
function readCurvePath(view: DataView, start: number, sink: PathSink, kind: Kind, hole: boolean): number {
  let begun = false;
  const end = readCurve(view, start, true, (x, y) => {
    if (!begun) sink.beginPath(kind, hole);
    begun = true;
    sink.vertex(x, y);
  });
  if (begun) sink.endPath();
  return end;
}

/** A line string, a circular string, or a compound curve of such. */
function readCurve(view: DataView, start: number, compound: boolean, vertex: (x: number, y: number) => void): number {
  const { type, little, stride, at } = readHeader(view, start);
  if (type === TYPE.compoundCurve && compound) {
    const parts = count(view, at, little, 5);
    let end = at + 4;
    for (let i = 0; i < parts; i++) end = readCurve(view, end, false, vertex);
    return end;
  }
  if (type !== TYPE.lineString && type !== TYPE.circularString) throw new WkbError(`no curve of type ${type}`, start + 1);
  const n = count(view, at, little, stride);
  const x = (i: number) => view.getFloat64(at + 4 + i * stride, little);
  const y = (i: number) => view.getFloat64(at + 12 + i * stride, little);
  if (n > 0) vertex(x(0), y(0));
  let i = 1;
  if (type === TYPE.circularString) {
    for (; i + 1 < n; i += 2) linearise(x(i - 1), y(i - 1), x(i), y(i), x(i + 1), y(i + 1), vertex);
  }
  // A circular string has an odd number of points; one that is left over is the end of a straight piece.
  for (; i < n; i++) vertex(x(i), y(i));
  return at + 4 + n * stride;
}

/** A count and a check that so many members of at least `size` bytes can follow: a forged count must not spin the loop. */
function count(view: DataView, at: number, little: boolean, size: number): number {
  need(view, at, 4);
  const n = view.getUint32(at, little);
  if (n * size > view.byteLength - at - 4) throw new WkbError(`geometry ends before its ${n} members`, at);
  return n;
}

function need(view: DataView, at: number, size: number): void {
  if (at + size > view.byteLength) throw new WkbError('geometry ends too early', at);
}
