import type { LayerDefinition } from '../catalogue/definition.js';
import { LongNumber } from '../incoming/json.js';
import type { Note } from '../incoming/note.js';

const ACCEPTED = { point: ['Point'], line: ['LineString', 'MultiLineString'], polygon: ['Polygon', 'MultiPolygon'] } as const;
const DEPTH = { Point: 0, LineString: 1, MultiLineString: 2, Polygon: 2, MultiPolygon: 3 } as const;

export interface GeometryWatch {
  /** Throws; the sentence's subject is the caller's. */
  wrong: (whyZh: string, whyEn: string) => never;
  /** Sees every position. */
  see?: (lon: number, lat: number) => void;
  /** Told of a geometry that was given without any position, and of one whose heights were left out. */
  lost?: (what: 'empty' | 'height') => void;
  /** False for coordinates of another system than longitude and latitude. */
  lonlat?: boolean;
}

/** Why a position is none in longitude and latitude; null when it is. */
export function misplaced(x: number, y: number): 'swapped' | 'beyond' | 'elsewhere' | null {
  if (Math.abs(x) <= 180 && Math.abs(y) <= 90) return null;
  if (Math.abs(y) <= 180 && Math.abs(x) <= 90) return 'swapped';
  return Math.abs(x) <= 360 && Math.abs(y) <= 90 ? 'beyond' : 'elsewhere';
}

/** A longitude counted on past the antimeridian, as it should be. */
const counted = (x: number): string => String(Number((x > 0 ? x - 360 : x + 360).toPrecision(15)));

/** What is wrong with a position, after the subject. */
export function misplacedWords(x: number, y: number, why: Exclude<ReturnType<typeof misplaced>, null>): Note {
  const at = `${x}, ${y}`;
  switch (why) {
    case 'swapped':
      return {
        zh: `的坐标 ${at} 像是经纬度颠倒`,
        en: `has coordinates ${at}: latitude and longitude seem to be swapped`,
      };
    case 'beyond':
      return {
        zh: `的坐标 ${at} 经度超出 ±180°，应写作 ${counted(x)}`,
        en: `has coordinates ${at}: the longitude lies beyond ±180°; write ${counted(x)}`,
      };
    case 'elsewhere':
      return {
        zh: `的坐标 ${at} 不是经纬度，请先转为 WGS 84 或 CGCS2000`,
        en: `has coordinates ${at}, which are not longitude and latitude; convert them first`,
      };
  }
}

export const openRing = ([x, y]: readonly number[]): Note => ({
  zh: `有一个环不闭合（${x}, ${y}）`,
  en: `has a ring that is not closed, at ${x}, ${y}`,
});

/** Whether a list of positions is a ring: four of them at least, the last one the first again. */
export const isRing = (positions: readonly (readonly number[])[]): boolean => {
  const [first, last] = [positions[0]!, positions.at(-1)!];
  return positions.length >= 4 && first[0] === last[0] && first[1] === last[1];
};

/** A coordinate as a double: more digits than it has are of no use. */
export const ordinate = (given: unknown): unknown => (given instanceof LongNumber ? given.nearest : given);

/**
 * A GeoJSON geometry of the layer's type as text, in longitude and latitude; null for none, and for one without positions. Checks type,
 * nesting, numbers, range, and that lines and rings have enough positions and rings are closed; heights and what comes behind them are
 * left out. Whether a polygon meets itself is the database's to say. What becomes of which geometry: docs/import.md.
 */
export function readGeometry(
  given: unknown,
  kind: LayerDefinition['geometryType'],
  { wrong, see, lost, lonlat = true }: GeometryWatch,
): string | null {
  if (given === null || given === undefined) return null;
  const { type, coordinates } = given as { type?: unknown; coordinates?: unknown };
  const accepted: readonly string[] = ACCEPTED[kind];
  if (typeof type !== 'string')
    throw wrong(`没有几何类型，应为 ${accepted.join(' 或 ')}`, `has no type of geometry; expected ${accepted.join(' or ')}`);
  if (!accepted.includes(type))
    wrong(
      `的几何类型是 ${type.slice(0, 40)}，应为 ${accepted.join(' 或 ')}`,
      `is a ${type.slice(0, 40)}; expected ${accepted.join(' or ')}`,
    );
  let positions = 0;
  let heights = false;
  const position = (c: unknown): number[] => {
    if (!Array.isArray(c)) throw wrong('的坐标不完整', 'has broken coordinates');
    const [x, y] = [ordinate(c[0]), ordinate(c[1])];
    if (typeof x !== 'number' || typeof y !== 'number' || !Number.isFinite(x) || !Number.isFinite(y))
      throw wrong('的坐标不是数字', 'has coordinates that are no numbers');
    const why = lonlat ? misplaced(x, y) : null;
    if (why !== null) {
      const { zh, en } = misplacedWords(x, y, why);
      wrong(zh, en);
    }
    positions++;
    if (c.length > 2) heights = true;
    see?.(x, y);
    return [x, y];
  };
  /** Empty parts are left out: they have no place. */
  const visit = (c: unknown, level: number): unknown => {
    if (level === 0) return position(c);
    if (!Array.isArray(c)) throw wrong('的坐标不完整', 'has broken coordinates');
    const parts = c.map((part) => visit(part, level - 1));
    if (level === 1) {
      if (parts.length > 0) path(parts as number[][]);
      return parts;
    }
    const filled = parts.filter((part) => (part as unknown[]).length > 0);
    if (kind === 'polygon' && level === 2 && filled.length > 0 && filled[0] !== parts[0])
      wrong('有内环而没有外环', 'has a hole without a ring around it');
    return filled;
  };
  const path = (line: number[][]): void => {
    if (kind === 'line' && line.length < 2) wrong('有一条线不足两个点', 'has a line of fewer than two positions');
    if (kind === 'polygon' && !isRing(line)) {
      const { zh, en } = openRing(line[0]!);
      wrong(zh, en);
    }
  };
  const read =
    type === 'Point' && Array.isArray(coordinates) && coordinates.length === 0
      ? []
      : visit(coordinates, DEPTH[type as keyof typeof DEPTH]);
  if (positions === 0) {
    lost?.('empty');
    return null;
  }
  if (heights) lost?.('height');
  return JSON.stringify({ type, coordinates: read });
}
