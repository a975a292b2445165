import type { FeatureCollection, Position } from 'geojson';
import { area, convexParts, middle, type Ring } from './convex.js';
import { insideRing, planeAt, ringArea, signedArea2 } from './plane.js';
import type { CellsSpec } from './schemas.js';

/** A piece of the city that generated features are spread over: a township, or a district without townships. */
export interface Cell {
  code: string;
  name: string;
  district: string;
  districtName: string;
  population: number;
  height: number;
  areaM2: number;
  /** Outer rings, counter-clockwise and open, the largest first. Holes are not kept. */
  rings: Position[][];
  /** Where people live: the most populous place inside, else the middle. */
  centre: Position;
  bbox: [number, number, number, number];
}

/** Reads a file of the instance by its path. */
export type ReadCollection = (file: string) => FeatureCollection;

/** All cells in file order, districts without townships last. */
export function readCells(spec: CellsSpec, read: ReadCollection): Cell[] {
  const districts = new Map<string, string>();
  for (const f of read(spec.districts.file).features) {
    districts.set(String(f.properties?.[spec.districts.code]), String(f.properties?.[spec.districts.name]));
  }
  const centres = read(spec.centres.file).features.flatMap((f) =>
    f.geometry.type === 'Point'
      ? [{ position: f.geometry.coordinates, population: Number(f.properties?.[spec.centres.population] ?? 0) }]
      : [],
  );
  const cells: Cell[] = [];
  const add = (rings: Position[][], rest: Pick<Cell, 'code' | 'name' | 'district' | 'population' | 'height'>) => {
    const bbox = bounds(rings[0]!);
    const inside = centres.filter((c) => within(bbox, c.position) && insideRing(rings[0]!, c.position));
    inside.sort((a, b) => b.population - a.population);
    cells.push({
      ...rest,
      districtName: districts.get(rest.district) ?? rest.district,
      rings,
      areaM2: rings.reduce((sum, ring) => sum + ringArea(ring), 0),
      bbox: bounds(rings.flat()),
      centre: inside[0]?.position ?? middleOf(rings[0]!),
    });
  };
  for (const f of read(spec.file).features) {
    const p = f.properties ?? {};
    add(outerRings(f.geometry), {
      code: String(p[spec.code]),
      name: String(p[spec.name]),
      district: String(p[spec.district]),
      population: Number(p[spec.population] ?? spec.defaultPopulation),
      height: Number(p[spec.height] ?? 0),
    });
  }
  const covered = new Set(cells.map((c) => c.district));
  for (const f of read(spec.districts.file).features) {
    const code = String(f.properties?.[spec.districts.code]);
    if (covered.has(code)) continue;
    const name = districts.get(code)!;
    add(outerRings(f.geometry), { code: `${code}000`, name, district: code, population: spec.defaultPopulation, height: 0 });
  }
  return cells;
}

/** The outer rings of a polygon, counter-clockwise, open, largest first; none for other geometries. */
export function outerRings(geometry: FeatureCollection['features'][number]['geometry']): Position[][] {
  const polygons =
    geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.type === 'MultiPolygon' ? geometry.coordinates : [];
  return polygons
    .map((rings) => {
      const open = rings[0]!.slice(0, -1);
      return signedArea2(open) < 0 ? open.reverse() : open;
    })
    .sort((a, b) => Math.abs(signedArea2(b)) - Math.abs(signedArea2(a)));
}

/** The cell a position lies in, if any. */
export function cellAt(cells: readonly Cell[], position: Position): Cell | undefined {
  return cells.find((c) => within(c.bbox, position) && c.rings.some((ring) => insideRing(ring, position)));
}

function within([west, south, east, north]: Cell['bbox'], [x = 0, y = 0]: Position): boolean {
  return x >= west && x <= east && y >= south && y <= north;
}

function bounds(ring: readonly Position[]): Cell['bbox'] {
  const box: Cell['bbox'] = [180, 90, -180, -90];
  for (const [x = 0, y = 0] of ring) {
    box[0] = Math.min(box[0], x);
    box[1] = Math.min(box[1], y);
    box[2] = Math.max(box[2], x);
    box[3] = Math.max(box[3], y);
  }
  return box;
}

/** A point well inside a ring: the middle of its largest convex part. */
function middleOf(ring: readonly Position[]): Position {
  const plane = planeAt(ring[0]!);
  const corners: Ring = ring.map((p) => ({ ...plane.toPlane(p), street: 0 }));
  const parts = convexParts(corners, 0).sort((a, b) => area(b) - area(a));
  return plane.toPosition(middle(parts[0]!));
}
