import { area as areaOf, bbox as bboxOf, kinks } from '@turf/turf';

/** What a project's red line file turned out to be, or the first thing wrong with it. */
export type RedLine =
  | { ok: true; polygon: GeoJSON.Polygon | GeoJSON.MultiPolygon; parts: number; squareMetres: number; bbox: Box }
  | { ok: false; fault: RedLineFault };

export type RedLineFault =
  | { code: 'not_json' }
  | { code: 'not_geojson' }
  | { code: 'empty' }
  | { code: 'geometry_type'; found: string }
  | { code: 'bad_ring'; part: number }
  | { code: 'projected'; x: number; y: number }
  | { code: 'swapped' }
  | { code: 'outside'; lon: number; lat: number }
  | { code: 'crossing'; lon: number; lat: number }
  | { code: 'too_large'; megabytes: number };

type Box = [number, number, number, number];

export const MAX_BYTES = 5 * 1024 * 1024;
/** Looking for crossings takes time in the square of the corners (5,000: 0.2 s); longer lines are left to the server. */
const MAX_CORNERS = 5000;

/**
 * Reads a red line: a Polygon, a MultiPolygon, or a Feature or FeatureCollection of these, in degrees of longitude and
 * latitude. `home` is the city's box: a line wholly outside it is refused, with a hint when the two axes were swapped.
 */
export function readRedLine(text: string, home: Box): RedLine {
  const fail = (fault: RedLineFault): RedLine => ({ ok: false, fault });
  if (text.length > MAX_BYTES) return fail({ code: 'too_large', megabytes: MAX_BYTES / 1024 / 1024 });
  let json: unknown;
  try {
    json = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return fail({ code: 'not_json' });
  }
  const found = geometries(json);
  if (found === null) return fail({ code: 'not_geojson' });
  if (found.length === 0) return fail({ code: 'empty' });
  const other = found.find((g) => g.type !== 'Polygon' && g.type !== 'MultiPolygon');
  if (other) return fail({ code: 'geometry_type', found: other.type });

  const parts = (found as (GeoJSON.Polygon | GeoJSON.MultiPolygon)[]).flatMap((g) =>
    g.type === 'Polygon' ? [g.coordinates] : g.coordinates,
  );
  if (parts.length === 0) return fail({ code: 'empty' });
  const polygons: GeoJSON.Position[][][] = [];
  for (const [i, part] of parts.entries()) {
    const rings = Array.isArray(part) && part.length > 0 ? part.map(closedRing) : [null];
    if (rings.includes(null)) return fail({ code: 'bad_ring', part: i + 1 });
    polygons.push(rings as GeoJSON.Position[][]);
  }

  const polygon: GeoJSON.Polygon | GeoJSON.MultiPolygon =
    polygons.length === 1 ? { type: 'Polygon', coordinates: polygons[0]! } : { type: 'MultiPolygon', coordinates: polygons };
  const bbox = bboxOf(polygon) as Box;
  const misplaced = whereItLies(bbox, home);
  if (misplaced) return fail(misplaced);
  const corners = polygons.flat().reduce((n, ring) => n + ring.length, 0);
  const crossing = corners > MAX_CORNERS ? undefined : kinks(polygon).features[0];
  if (crossing) {
    const [lon, lat] = crossing.geometry.coordinates as [number, number];
    return fail({ code: 'crossing', lon, lat });
  }
  const squareMetres = areaOf(polygon);
  if (squareMetres < 1) return fail({ code: 'empty' });
  return { ok: true, polygon, parts: polygons.length, squareMetres, bbox };
}

/** Every geometry in a GeoJSON document, or null when it is none. */
function geometries(json: unknown): GeoJSON.Geometry[] | null {
  if (typeof json !== 'object' || json === null) return null;
  const node = json as { type?: unknown; features?: unknown; geometry?: unknown; geometries?: unknown; coordinates?: unknown };
  switch (node.type) {
    case 'FeatureCollection':
      return Array.isArray(node.features) ? node.features.flatMap((f) => geometries(f) ?? []) : null;
    case 'Feature':
      return node.geometry === null ? [] : geometries(node.geometry);
    case 'GeometryCollection':
      return Array.isArray(node.geometries) ? node.geometries.flatMap((g) => geometries(g) ?? []) : null;
    case 'Polygon':
    case 'MultiPolygon':
    case 'Point':
    case 'MultiPoint':
    case 'LineString':
    case 'MultiLineString':
      return Array.isArray(node.coordinates) ? [json as GeoJSON.Geometry] : null;
    default:
      return null;
  }
}

/** The ring in two dimensions and closed, or null when it has fewer than three corners or is not numbers. */
function closedRing(ring: unknown): GeoJSON.Position[] | null {
  if (!Array.isArray(ring)) return null;
  const points: GeoJSON.Position[] = [];
  for (const p of ring) {
    if (!Array.isArray(p) || !Number.isFinite(p[0]) || !Number.isFinite(p[1])) return null;
    points.push([p[0], p[1]]);
  }
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last) return null;
  if (first[0] !== last[0] || first[1] !== last[1]) points.push([first[0]!, first[1]!]);
  return points.length >= 4 ? points : null;
}

function whereItLies(b: Box, home: Box): RedLineFault | null {
  const meets = ([w, s, e, n]: Box) => w <= home[2] && e >= home[0] && s <= home[3] && n >= home[1];
  if (meets(b)) return null;
  if (meets([b[1], b[0], b[3], b[2]])) return { code: 'swapped' };
  if (Math.abs(b[0]) > 180 || Math.abs(b[2]) > 180 || Math.abs(b[1]) > 90 || Math.abs(b[3]) > 90)
    return { code: 'projected', x: b[0], y: b[1] };
  return { code: 'outside', lon: (b[0] + b[2]) / 2, lat: (b[1] + b[3]) / 2 };
}

/** Square metres in the three units planners speak: 亩 (mu), hectares, square kilometres. */
export function areaUnits(squareMetres: number): { mu: number; hectares: number; squareKm: number } {
  return { mu: (squareMetres * 3) / 2000, hectares: squareMetres / 10_000, squareKm: squareMetres / 1_000_000 };
}
