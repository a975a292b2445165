import { badParameter } from '../errors/fail.js';
import { LongNumber, writeJson } from '../incoming/json.js';
import { isRing, misplaced, misplacedWords, openRing, ordinate } from '../store/geometry.js';
import type { Losses } from '../store/losses.js';

const MAX_POSITIONS = 1_000_000;
const MAX_DEPTH = 8;
const MAX_PROPERTIES = 200;

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

/** How deep positions lie in `coordinates`, and how many there are in the innermost list at least. */
const shapes: Record<string, [depth: number, fewest: number]> = {
  Point: [0, 1],
  MultiPoint: [1, 1],
  LineString: [1, 2],
  MultiLineString: [2, 2],
  Polygon: [2, 4],
  MultiPolygon: [3, 4],
};

const wrong = (zh: string, en: string): never => badParameter('body', zh, en);

/** Goes through the features, counting, and says in which one something is wrong. */
export class Walk {
  feature = 0;
  positions = 0;
  extent: [number, number, number, number] = [180, 90, -180, -90];
  private heights = false;

  /** @param lonlat false for coordinates that are to be transformed */
  constructor(
    private readonly lonlat: boolean,
    private readonly losses: Losses,
  ) {}

  wrong(zh: string, en: string): never {
    return wrong(`第 ${this.feature} 个要素${zh}`, `feature ${this.feature} ${en}`);
  }

  /** A feature's geometry with what a map draws of it; null for none, and for one without positions. */
  geometry(given: unknown): Geometry | null {
    if (given === null || given === undefined) return null;
    const before = this.positions;
    this.heights = false;
    const geometry = this.part(given, 0);
    if (this.heights) this.losses.add('height', this.feature);
    if (this.positions > before) return geometry;
    this.losses.add('empty', this.feature);
    return null;
  }

  private part(given: unknown, depth: number): Geometry {
    if (!isObject(given) || typeof given.type !== 'string') this.wrong('的图形不是 GeoJSON 图形', 'has no GeoJSON geometry');
    if (given.type === 'GeometryCollection') {
      if (depth === MAX_DEPTH) this.wrong('的图形嵌套过深', 'has geometries nested too deep');
      if (!Array.isArray(given.geometries)) this.wrong('的图形不是 GeoJSON 图形', 'has no GeoJSON geometry');
      return { type: 'GeometryCollection', geometries: given.geometries.map((part) => this.part(part, depth + 1)) };
    }
    const [deep, fewest] = Object.hasOwn(shapes, given.type)
      ? shapes[given.type]!
      : this.wrong('的图形类型未知', 'has an unknown type of geometry');
    const empty = given.type === 'Point' && Array.isArray(given.coordinates) && given.coordinates.length === 0;
    const coordinates = empty ? [] : this.coordinates(given.coordinates, deep, fewest);
    // An empty part is drawn as nothing: as a list of points it can be.
    return coordinates.length === 0
      ? { type: 'MultiPoint', coordinates: [] as never }
      : ({ type: given.type, coordinates } as Geometry);
  }

  private coordinates(given: unknown, depth: number, fewest: number): unknown[] {
    if (depth === 0) return this.position(given);
    if (!Array.isArray(given)) this.wrong('的坐标不成列表', 'has coordinates that are no list');
    if (depth === 1 && given.length > 0 && given.length < fewest) this.wrong('的坐标太少', 'has too few positions');
    const parts = given.map((part) => this.coordinates(part, depth - 1, fewest));
    if (depth === 1) {
      if (fewest === 4 && parts.length > 0 && !isRing(parts as number[][])) {
        const { zh, en } = openRing(parts[0] as number[]);
        this.wrong(zh, en);
      }
      return parts;
    }
    const filled = parts.filter((part) => part.length > 0);
    if (fewest === 4 && depth === 2 && filled.length > 0 && filled[0] !== parts[0])
      this.wrong('有内环而没有外环', 'has a hole without a ring around it');
    return filled;
  }

  private position(given: unknown): number[] {
    if (++this.positions > MAX_POSITIONS) wrong(`坐标点超过 ${MAX_POSITIONS} 个`, `it has more than ${MAX_POSITIONS} positions`);
    const [x, y] = Array.isArray(given) ? given.slice(0, 2).map(ordinate) : [];
    if (typeof x !== 'number' || typeof y !== 'number' || !Number.isFinite(x) || !Number.isFinite(y))
      this.wrong('的坐标不是数', 'has a coordinate that is no number');
    if ((given as unknown[]).length > 2) this.heights = true;
    if (this.lonlat) this.place(x, y);
    return [x, y];
  }

  private place(x: number, y: number): void {
    const why = misplaced(x, y);
    if (why === 'elsewhere') this.wrong(`的坐标 ${x}, ${y} 不是经纬度`, `has ${x}, ${y}, which is not longitude and latitude`);
    if (why !== null) {
      const { zh, en } = misplacedWords(x, y, why);
      this.wrong(zh, en);
    }
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
      values[name] = value instanceof LongNumber ? value.text : typeof value === 'object' ? writeJson(value) : (value as Scalar);
    }
    return values;
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
