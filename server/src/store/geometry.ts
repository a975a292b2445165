import type { LayerDefinition } from '../catalogue/definition.js';

const ACCEPTED = { point: ['Point'], line: ['LineString', 'MultiLineString'], polygon: ['Polygon', 'MultiPolygon'] } as const;
const DEPTH = { Point: 0, LineString: 1, MultiLineString: 2, Polygon: 2, MultiPolygon: 3 } as const;

export interface GeometryWatch {
  /** Throws; the sentence's subject is the caller's. */
  wrong: (whyZh: string, whyEn: string) => never;
  /** Sees every position. */
  see?: (lon: number, lat: number) => void;
}

/**
 * A GeoJSON geometry of the layer's type as text, in longitude and latitude; null for none. Checks type, nesting, numbers, range,
 * and that lines and rings have enough positions and rings are closed. Whether a polygon meets itself is the database's to say.
 */
export function readGeometry(
  given: unknown,
  kind: LayerDefinition['geometryType'],
  { wrong, see }: GeometryWatch,
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
  const position = (c: unknown): void => {
    if (!Array.isArray(c)) throw wrong('的坐标不完整', 'has broken coordinates');
    const [x, y] = c as [unknown, unknown];
    if (typeof x !== 'number' || typeof y !== 'number' || !Number.isFinite(x) || !Number.isFinite(y))
      throw wrong('的坐标不是数字', 'has coordinates that are no numbers');
    if (Math.abs(x) > 180 || Math.abs(y) > 90) {
      const swapped = Math.abs(y) <= 180 && Math.abs(x) <= 90;
      wrong(
        swapped ? `的坐标 ${x}, ${y} 像是经纬度颠倒` : `的坐标 ${x}, ${y} 不是经纬度，请先转为 WGS 84 或 CGCS2000`,
        swapped
          ? `has coordinates ${x}, ${y}: latitude and longitude seem to be swapped`
          : `has coordinates ${x}, ${y}, which are not longitude and latitude; convert them first`,
      );
    }
    see?.(x, y);
  };
  const visit = (c: unknown, level: number): void => {
    if (level === 0) {
      position(c);
      return;
    }
    if (!Array.isArray(c)) throw wrong('的坐标不完整', 'has broken coordinates');
    for (const part of c) visit(part, level - 1);
    if (level === 1 && c.length > 0) path(c as number[][]);
  };
  const path = (positions: number[][]): void => {
    if (kind === 'line' && positions.length < 2) wrong('有一条线不足两个点', 'has a line of fewer than two positions');
    const [first, last] = [positions[0]!, positions.at(-1)!];
    if (kind === 'polygon' && (positions.length < 4 || first[0] !== last[0] || first[1] !== last[1]))
      wrong(`有一个环不闭合（${first[0]}, ${first[1]}）`, `has a ring that is not closed, at ${first[0]}, ${first[1]}`);
  };
  visit(coordinates, DEPTH[type as keyof typeof DEPTH]);
  return JSON.stringify({ type, coordinates });
}
