import { freezeDivisions, freezePolygon } from '../access/areas.js';
import type { Catalogue } from '../catalogue/catalogue.js';
import type { Queryable } from '../db/database.js';
import { badParameter } from '../errors/fail.js';
import type { AreaInput } from './input.js';

/**
 * Freezes an area as it is asked for or given: later changes of the divisions do not move it.
 * @returns its id; null for everywhere.
 * @throws `parameter_invalid` for unknown divisions, a red line that crosses itself (with the place), swapped axes, or one far away
 */
export async function freezeArea(
  q: Queryable,
  catalogue: Catalogue,
  input: AreaInput | undefined,
  parameter = 'area',
): Promise<string | null> {
  if (!input) return null;
  if ('divisions' in input) {
    const id = await freezeDivisions(q, input.divisions);
    const unknown = input.divisions.find((c) => !catalogue.divisions.has(c));
    return id ?? badParameter(`${parameter}.divisions`, `没有区划代码 ${unknown}`, `there is no division with code ${unknown}`);
  }
  const where = `${parameter}.polygon`;
  const points = (input.polygon.type === 'Polygon' ? [input.polygon.coordinates] : input.polygon.coordinates).flat(2) as [
    number,
    number,
  ][];
  const [west, south, east, north] = catalogue.instance.home;
  const near = (x: number, y: number) => x >= west - 1 && x <= east + 1 && y >= south - 1 && y <= north + 1;
  if (!points.some(([x, y]) => near(x, y)))
    points.some(([x, y]) => near(y, x))
      ? badParameter(
          where,
          '经纬度像是颠倒了，应为先经度后纬度',
          'latitude and longitude seem to be swapped; longitude comes first',
        )
      : badParameter(
          where,
          '范围不在本市，请检查坐标系（应为 WGS 84 或 CGCS2000 经纬度）',
          'it lies outside the city; check that it is in longitude and latitude',
        );
  const [check] = await q.query<{ reason: string; x: number | null; y: number | null }>(
    `select reason, st_x(location) as x, st_y(location) as y from (select (st_isvaliddetail(st_geomfromgeojson($1))).*) d where not valid`,
    [JSON.stringify(input.polygon)],
  );
  if (check) {
    const at = check.x === null ? '' : `${check.x.toFixed(6)}, ${check.y!.toFixed(6)}`;
    badParameter(where, `图形自相交或不闭合（${at}），请改正后再传`, `the polygon is not valid: ${check.reason} at ${at}`);
  }
  return (
    (await freezePolygon(q, input.polygon, input.name ?? null)) ?? badParameter(where, '图形没有面积', 'the polygon has no area')
  );
}
