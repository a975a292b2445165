/** Writes WKB for tests and benchmarks. */
export type Position = readonly [x: number, y: number, ...rest: number[]];
export type TestGeometry =
  | { type: 'Point'; coordinates: Position | [] }
  | { type: 'LineString' | 'MultiPoint'; coordinates: readonly Position[] }
  | { type: 'Polygon' | 'MultiLineString'; coordinates: readonly (readonly Position[])[] }
  | { type: 'MultiPolygon'; coordinates: readonly (readonly (readonly Position[])[])[] }
  | { type: 'CircularString'; coordinates: readonly Position[] }
  | { type: 'Triangle'; coordinates: readonly (readonly Position[])[] }
  | { type: Assembled; geometries: readonly TestGeometry[] };

/** Kinds written as a list of whole geometries. */
type Assembled =
  | 'GeometryCollection'
  | 'CompoundCurve'
  | 'CurvePolygon'
  | 'MultiCurve'
  | 'MultiSurface'
  | 'PolyhedralSurface'
  | 'TIN';

export interface WkbOptions {
  littleEndian?: boolean;
  /** EWKB: written into the outermost header. */
  srid?: number;
  /** Extra ordinates per position, as ISO codes (+1000, +2000, +3000) or EWKB flags. */
  z?: boolean;
  m?: boolean;
  flags?: boolean;
}

const CODES = {
  Point: 1,
  LineString: 2,
  Polygon: 3,
  MultiPoint: 4,
  MultiLineString: 5,
  MultiPolygon: 6,
  GeometryCollection: 7,
  CircularString: 8,
  CompoundCurve: 9,
  CurvePolygon: 10,
  MultiCurve: 11,
  MultiSurface: 12,
  PolyhedralSurface: 15,
  TIN: 16,
  Triangle: 17,
};

/** A geometry as WKB, or EWKB with a srid or flags. */
export function writeWkb(geometry: TestGeometry, options: WkbOptions = {}): Uint8Array {
  const { littleEndian = true, srid, z = false, m = false, flags = srid !== undefined } = options;
  const bytes: number[] = [];
  const view = new DataView(new ArrayBuffer(8));
  const u32 = (value: number) => {
    view.setUint32(0, value, littleEndian);
    for (let i = 0; i < 4; i++) bytes.push(view.getUint8(i));
  };
  const f64 = (value: number) => {
    view.setFloat64(0, value, littleEndian);
    for (let i = 0; i < 8; i++) bytes.push(view.getUint8(i));
  };
  const header = (type: keyof typeof CODES, outermost: boolean) => {
    bytes.push(littleEndian ? 1 : 0);
    const ewkb = (z ? 0x80000000 : 0) + (m ? 0x40000000 : 0) + (outermost && srid !== undefined ? 0x20000000 : 0);
    u32(flags ? ewkb + CODES[type] : CODES[type] + (z ? 1000 : 0) + (m ? 2000 : 0));
    if (outermost && srid !== undefined) u32(srid);
  };
  const position = (p: readonly number[]) => {
    const n = 2 + (z ? 1 : 0) + (m ? 1 : 0);
    for (let i = 0; i < n; i++) f64(p[i] ?? (p.length === 0 ? Number.NaN : 7));
  };
  const path = (positions: readonly Position[]) => {
    u32(positions.length);
    positions.forEach(position);
  };
  const write = (g: TestGeometry, outermost: boolean) => {
    header(g.type, outermost);
    if ('geometries' in g) {
      u32(g.geometries.length);
      for (const part of g.geometries) write(part, false);
      return;
    }
    switch (g.type) {
      case 'Point':
        return position(g.coordinates);
      case 'LineString':
      case 'CircularString':
        return path(g.coordinates);
      case 'Polygon':
      case 'Triangle':
        u32(g.coordinates.length);
        return g.coordinates.forEach(path);
      default: {
        u32(g.coordinates.length);
        const type = g.type.slice(5) as 'Point';
        for (const coordinates of g.coordinates) write({ type, coordinates: coordinates as unknown as Position }, false);
      }
    }
  };
  write(geometry, true);
  return Uint8Array.from(bytes);
}
