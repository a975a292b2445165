import { MAX_LATITUDE, type TileCoord } from '@yutu/tiles';

/** Area is counted in tiles of this zoom, about 2 km wide at 30° of latitude. */
export const CELL_ZOOM = 14;
const SIDE = 2 ** CELL_ZOOM;
/** Radius of the sphere whose surface is the earth's, km. */
const RADIUS = 6371.0072;
/** Cells of one geometry; one that is larger than a country is counted with its first ones. */
const MOST = 250_000;

export type Box = [west: number, south: number, east: number, north: number];

/** Surface of a tile in km². */
export function km2OfTile({ z, y }: Pick<TileCoord, 'z' | 'y'>): number {
  const n = 2 ** z;
  const sin = (row: number) => Math.tanh(Math.PI * (1 - (2 * row) / n));
  return ((RADIUS * RADIUS * 2 * Math.PI) / n) * (sin(y) - sin(y + 1));
}

/** Surface of a box in longitude and latitude, km². */
export function km2OfBox([west, south, east, north]: Box): number {
  const rad = Math.PI / 180;
  return RADIUS * RADIUS * (east - west) * rad * (Math.sin(north * rad) - Math.sin(south * rad));
}

export const km2OfCell = (cell: number): number => km2OfTile({ z: CELL_ZOOM, y: Math.floor(cell / SIDE) });

/** The cells a tile lies in or consists of; of a large one those within the extent of what it can show. */
export function* cellsOfTile({ z, x, y }: TileCoord, extent: Box | null = null): Generator<number> {
  if (z >= CELL_ZOOM) {
    const by = 2 ** (z - CELL_ZOOM);
    yield Math.floor(y / by) * SIDE + Math.floor(x / by);
    return;
  }
  const by = 2 ** (CELL_ZOOM - z);
  const [left, top] = extent ? cellAt(extent[0], extent[3]) : [0, 0];
  const [right, bottom] = extent ? cellAt(extent[2], extent[1]) : [SIDE - 1, SIDE - 1];
  let rest = MOST;
  for (let row = Math.max(top, y * by); row <= Math.min(bottom, (y + 1) * by - 1); row++)
    for (let column = Math.max(left, x * by); column <= Math.min(right, (x + 1) * by - 1); column++) {
      if (rest-- === 0) return;
      yield row * SIDE + column;
    }
}

interface Geometry {
  type: string;
  coordinates?: unknown;
  geometries?: Geometry[];
}

/** The box of a GeoJSON geometry in longitude and latitude; null when it is empty. */
export function boxOf(geometry: unknown): Box | null {
  const box: Box = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const visit = (c: unknown): void => {
    if (!Array.isArray(c)) return;
    if (typeof c[0] === 'number') {
      const [lon, lat] = c as [number, number];
      if (lon < box[0]) box[0] = lon;
      if (lat < box[1]) box[1] = lat;
      if (lon > box[2]) box[2] = lon;
      if (lat > box[3]) box[3] = lat;
    } else for (const part of c) visit(part);
  };
  visit((geometry as Geometry | null)?.coordinates);
  return box[0] <= box[2] ? box : null;
}

/** The smallest box around both. */
export const around = (a: Box | null, b: Box | null): Box | null =>
  a === null || b === null ? (a ?? b) : [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[2], b[2]), Math.max(a[3], b[3])];

/**
 * The cells a geometry lies in: of points theirs; of lines those under the box of each segment, of polygons those under the box of
 * each ring. A little more than it covers, never less.
 */
export function* cellsOf(geometry: unknown): Generator<number> {
  const g = geometry as Geometry | null;
  const [depth, part] = parts[g?.type ?? ''] ?? [];
  if (depth === undefined || part === undefined) return;
  let left = MOST;
  for (const box of boxes(g!.coordinates as unknown[], depth, part))
    for (const cell of cellsUnder(box)) {
      if (left-- === 0) return;
      yield cell;
    }
}

type Part = 'point' | 'segment' | 'ring';
/** How deep the lists of positions lie, and what they are taken apart into. */
const parts: Record<string, [depth: number, part: Part]> = {
  Point: [0, 'point'],
  MultiPoint: [1, 'point'],
  LineString: [1, 'segment'],
  MultiLineString: [2, 'segment'],
  Polygon: [2, 'ring'],
  MultiPolygon: [3, 'ring'],
};

function* boxes(list: unknown[], depth: number, part: Part): Generator<Box> {
  if (depth > 1) for (const inner of list) yield* boxes(inner as unknown[], depth - 1, part);
  else if (depth === 1 && part === 'point') for (const point of list) yield* boxes(point as unknown[], 0, part);
  else if (depth === 1 && part === 'segment')
    for (let i = 1; i < list.length; i++) yield boxOf({ coordinates: [list[i - 1], list[i]] })!;
  else {
    const box = boxOf({ coordinates: list });
    if (box) yield box;
  }
}

function* cellsUnder([west, south, east, north]: Box): Generator<number> {
  const [left, top] = cellAt(west, north);
  const [right, bottom] = cellAt(east, south);
  for (let row = top; row <= bottom; row++) for (let column = left; column <= right; column++) yield row * SIDE + column;
}

function cellAt(lon: number, lat: number): [column: number, row: number] {
  const sin = Math.sin((Math.max(-MAX_LATITUDE, Math.min(MAX_LATITUDE, lat)) * Math.PI) / 180);
  const within = (n: number) => Math.max(0, Math.min(SIDE - 1, Math.floor(n)));
  return [within(((lon + 180) / 360) * SIDE), within((0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI)) * SIDE)];
}
