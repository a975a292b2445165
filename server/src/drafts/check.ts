import { badParameter, fail } from '../errors/fail.js';

export const MAX_BYTES = 10 * 1024 * 1024;
export const MAX_FEATURES = 50_000;
const MAX_POSITIONS = 1_000_000;
const MAX_DEPTH = 8;
const MAX_PROPERTIES = 200;
const KNOWN_CRS = /CRS84|4326|4490|WGS ?84|CGCS ?2000/i;

type Scalar = string | number | boolean;

/** A feature as it is cut: checked, its values ready for a tile. */
export interface DraftFeature {
  type: 'Feature';
  id: number;
  geometry: Geometry;
  properties: Record<string, Scalar>;
}
export type Geometry =
  | { type: 'Point' | 'MultiPoint' | 'LineString' | 'MultiLineString' | 'Polygon' | 'MultiPolygon'; coordinates: never }
  | { type: 'GeometryCollection'; geometries: Geometry[] };

export interface CheckedDraft {
  name: string | null;
  features: DraftFeature[];
  /** west, south, east, north in degrees */
  extent: [number, number, number, number];
}

const wrong = (zh: string, en: string): never => badParameter('body', zh, en);

/** How deep positions lie in `coordinates`, and how many there are in the innermost list at least. */
const shapes: Record<string, [depth: number, fewest: number]> = {
  Point: [0, 1],
  MultiPoint: [1, 1],
  LineString: [1, 2],
  MultiLineString: [2, 2],
  Polygon: [2, 4],
  MultiPolygon: [3, 4],
};

/**
 * Reads a GeoJSON document in longitude and latitude: a FeatureCollection, a Feature or a geometry. Features without a geometry are
 * left out; a property that is no text, number or truth value becomes text.
 * @throws `body_invalid`, `body_too_large` or `parameter_invalid` with what is wrong and where
 */
export function checkDraft(bytes: Uint8Array): CheckedDraft {
  if (bytes.length > MAX_BYTES) fail('body_too_large', { limit: '10 MB' });
  let given: unknown;
  try {
    given = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    fail('body_invalid');
  }
  const document = isObject(given) ? given : wrong('应为 GeoJSON 对象', 'it must be a GeoJSON object');
  checkCrs(document.crs);
  const list = featuresOf(document);
  if (list.length > MAX_FEATURES) wrong(`要素超过 ${MAX_FEATURES} 个`, `it has more than ${MAX_FEATURES} features`);
  const walk = new Walk();
  const features: DraftFeature[] = [];
  for (const [i, feature] of list.entries()) {
    walk.feature = i + 1;
    if (!isObject(feature) || feature.type !== 'Feature') walk.wrong('不是 GeoJSON 要素', 'is no GeoJSON feature');
    const { geometry, properties } = feature as Record<string, unknown>;
    if (geometry === null || geometry === undefined) continue;
    walk.geometry(geometry, 0);
    features.push({ type: 'Feature', id: i + 1, geometry: geometry as Geometry, properties: walk.values(properties) });
  }
  if (features.length === 0 || walk.positions === 0) wrong('没有可以画的要素', 'it holds nothing that can be drawn');
  const name = typeof document.name === 'string' ? document.name.trim().slice(0, 80) : '';
  return { name: name === '' ? null : name, features, extent: walk.extent };
}

function featuresOf(document: Record<string, unknown>): unknown[] {
  if (document.type === 'FeatureCollection')
    return Array.isArray(document.features) ? document.features : wrong('features 应为列表', '"features" must be a list');
  if (document.type === 'Feature') return [document];
  if (typeof document.type === 'string' && (Object.hasOwn(shapes, document.type) || document.type === 'GeometryCollection'))
    return [{ type: 'Feature', geometry: document, properties: null }];
  return wrong('应为 GeoJSON 对象', 'it must be a GeoJSON object');
}

function checkCrs(crs: unknown): void {
  if (crs === undefined || crs === null) return;
  const name = isObject(crs) && isObject(crs.properties) ? crs.properties.name : undefined;
  if (typeof name !== 'string' || !KNOWN_CRS.test(name))
    wrong('只接受经纬度坐标', 'its coordinate system is not longitude and latitude; convert it first');
}

/** Goes through the features, counting, and says in which one something is wrong. */
class Walk {
  feature = 0;
  positions = 0;
  extent: [number, number, number, number] = [180, 90, -180, -90];

  wrong(zh: string, en: string): never {
    return wrong(`第 ${this.feature} 个要素${zh}`, `feature ${this.feature} ${en}`);
  }

  geometry(given: unknown, depth: number): void {
    if (!isObject(given) || typeof given.type !== 'string') this.wrong('的图形不是 GeoJSON 图形', 'has no GeoJSON geometry');
    if (given.type === 'GeometryCollection') {
      if (depth === MAX_DEPTH) this.wrong('的图形嵌套过深', 'has geometries nested too deep');
      if (!Array.isArray(given.geometries)) this.wrong('的图形不是 GeoJSON 图形', 'has no GeoJSON geometry');
      for (const part of given.geometries) this.geometry(part, depth + 1);
      return;
    }
    const shape = Object.hasOwn(shapes, given.type)
      ? shapes[given.type]!
      : this.wrong('的图形类型未知', 'has an unknown type of geometry');
    this.coordinates(given.coordinates, ...shape);
  }

  coordinates(given: unknown, depth: number, fewest: number): void {
    if (depth === 0) {
      this.position(given);
      return;
    }
    if (!Array.isArray(given)) this.wrong('的坐标不成列表', 'has coordinates that are no list');
    if (depth === 1 && given.length > 0 && given.length < fewest) this.wrong('的坐标太少', 'has too few positions');
    for (const part of given) this.coordinates(part, depth - 1, fewest);
  }

  position(given: unknown): void {
    if (++this.positions > MAX_POSITIONS) wrong(`坐标点超过 ${MAX_POSITIONS} 个`, `it has more than ${MAX_POSITIONS} positions`);
    const [x, y] = Array.isArray(given) ? given : [];
    if (typeof x !== 'number' || typeof y !== 'number') this.wrong('的坐标不是数', 'has a coordinate that is no number');
    if (!(Math.abs(x) <= 180 && Math.abs(y) <= 90))
      this.wrong(`的坐标 ${x}, ${y} 不是经纬度`, `has ${x}, ${y}, which is not longitude and latitude`);
    const box = this.extent;
    if (x < box[0]) box[0] = x;
    if (y < box[1]) box[1] = y;
    if (x > box[2]) box[2] = x;
    if (y > box[3]) box[3] = y;
  }

  values(given: unknown): Record<string, Scalar> {
    // No prototype: a property may be named as anything.
    const values: Record<string, Scalar> = Object.create(null);
    if (given === null || given === undefined) return values;
    if (!isObject(given)) this.wrong('的属性不是对象', 'has properties that are no object');
    const entries = Object.entries(given);
    if (entries.length > MAX_PROPERTIES)
      this.wrong(`的属性超过 ${MAX_PROPERTIES} 个`, `has more than ${MAX_PROPERTIES} properties`);
    for (const [name, value] of entries) {
      if (value === null) continue;
      values[name] = typeof value === 'object' ? JSON.stringify(value) : (value as Scalar);
    }
    return values;
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
