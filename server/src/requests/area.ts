import type { AreaAsked } from '@yutu/contract';
import { checkLonLat, checkPolygon, freezeDivisions, freezePolygon } from '../access/areas.js';
import type { Catalogue } from '../catalogue/catalogue.js';
import type { Queryable } from '../db/database.js';
import { badParameter } from '../errors/fail.js';

/**
 * Freezes an area as it is asked for or given: later changes of the divisions do not move it.
 * @returns its id; null for everywhere.
 * @throws `parameter_invalid` for unknown divisions, a red line that crosses itself (with the place), swapped axes, or one far away
 */
export async function freezeArea(
  q: Queryable,
  catalogue: Catalogue,
  input: AreaAsked | undefined,
  parameter = 'area',
): Promise<string | null> {
  if (!input) return null;
  if ('divisions' in input) {
    const id = await freezeDivisions(q, input.divisions);
    const unknown = input.divisions.find((c) => !catalogue.divisions.has(c));
    return id ?? badParameter(`${parameter}.divisions`, `没有区划代码 ${unknown}`, `there is no division with code ${unknown}`);
  }
  const where = `${parameter}.polygon`;
  const { crs, ...polygon } = input.polygon;
  checkLonLat(crs, `${where}.crs`);
  await checkPolygon(q, polygon, catalogue.instance.home, where, 'area');
  return (await freezePolygon(q, polygon, input.name ?? null)) ?? badParameter(where, '图形没有面积', 'the polygon has no area');
}
