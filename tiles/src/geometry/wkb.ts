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

/** A geometry of a kind this reader does not take apart (curves, surfaces, TINs). */
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
const TYPE_NAMES: Record<number, string> = {
  8: 'CircularString',
  9: 'CompoundCurve',
  10: 'CurvePolygon',
  11: 'MultiCurve',
  12: 'MultiSurface',
  13: 'Curve',
  14: 'Surface',
  15: 'PolyhedralSurface',
  16: 'TIN',
  17: 'Triangle',
};

/**
 * Reads one WKB geometry (OGC 06-103r4 §8, ISO Z/M type codes, and PostGIS' EWKB flags and SRID) and hands its paths to `sink`
 * without building objects. Both byte orders; multi-geometries and collections are taken apart; empty parts bring no path.
 * @throws UnsupportedGeometryError for curves and surfaces; WkbError for anything malformed, truncated or followed by more bytes
 */
export function readWkb(bytes: Uint8Array, sink: PathSink): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = readGeometry(view, 0, sink, 0);
  if (end !== bytes.byteLength) throw new WkbError('bytes follow the geometry', end);
}

function readGeometry(view: DataView, start: number, sink: PathSink, depth: number): number {
  if (depth > MAX_NESTING) throw new WkbError('geometry collections nested too deeply', start);
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
  const type = base % 1000;
  const dimensions = Math.floor(base / 1000);
  if (dimensions > 3) throw new WkbError(`unknown geometry type ${code}`, start + 1);
  const hasZ = (code & 0x80000000) !== 0 || dimensions === 1 || dimensions === 3;
  const hasM = (code & 0x40000000) !== 0 || dimensions >= 2;
  const stride = 16 + (hasZ ? 8 : 0) + (hasM ? 8 : 0);

  switch (type) {
    case 1:
      need(view, at, stride);
      // An empty point is written as NaN coordinates.
      if (!Number.isNaN(view.getFloat64(at, little))) readVertices(view, at, 1, stride, little, sink, POINT, false);
      return at + stride;
    case 2:
      return readPath(view, at, stride, little, sink, LINE, false);
    case 3: {
      const rings = count(view, at, little, 4);
      at += 4;
      for (let i = 0; i < rings; i++) {
        if (i === 0 && rings > 1 && count(view, at, little, stride) === 0)
          throw new WkbError('polygon with holes but no exterior', at);
        at = readPath(view, at, stride, little, sink, POLYGON, i > 0);
      }
      return at;
    }
    case 4:
    case 5:
    case 6:
    case 7: {
      const parts = count(view, at, little, 5);
      at += 4;
      for (let i = 0; i < parts; i++) at = readGeometry(view, at, sink, depth + 1);
      return at;
    }
    default:
      if (TYPE_NAMES[type]) throw new UnsupportedGeometryError(`${TYPE_NAMES[type]} geometries are not supported`, start + 1);
      throw new WkbError(`unknown geometry type ${code}`, start + 1);
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
