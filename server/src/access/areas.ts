import { randomUUID } from 'node:crypto';
import type { MultiPolygon } from '@yutu/contract';
import { z } from 'zod';
import type { Queryable } from '../db/database.js';
import { badParameter } from '../errors/fail.js';
import { readCrs } from '../incoming/crs.js';
import { checkFolds, type MOST_FOLDED } from './crossings.js';
import { overlayGrid } from './filter-sql.js';
import { areaIds, type View } from './view.js';

const isLonLat = (crs: unknown): boolean => (readCrs(crs) ?? 'lonlat') === 'lonlat';

/** The `crs` member of a polygon may name what the coordinates are in anyway. @throws `parameter_invalid` when it names another */
export function checkLonLat(crs: unknown, parameter: string): void {
  if (!isLonLat(crs))
    badParameter(parameter, '应为经纬度（WGS 84 或 CGCS2000）', 'longitude and latitude (WGS 84 or CGCS2000) only');
}

/** As {@link checkLonLat}, of a body that is read here; then it says nothing more. */
export const lonLatCrs = z
  .unknown()
  .refine(isLonLat, '应为经纬度（WGS 84 或 CGCS2000） / longitude and latitude (WGS 84 or CGCS2000) only')
  .transform(() => undefined)
  .optional();

export interface Area {
  id: string;
  hash: string;
  divisions: string[] | null;
  divisionYear: string | null;
  name: string | null;
  labelZh: string;
  labelEn: string;
  areaKm2: number;
  bbox: [number, number, number, number];
  geometry: MultiPolygon;
}

const select = `select id, hash, divisions, division_edition as "divisionYear", name, label_zh as "labelZh", label_en as "labelEn",
  area_km2 as "areaKm2", array[st_xmin(geom), st_ymin(geom), st_xmax(geom), st_ymax(geom)] as bbox,
  st_asgeojson(geom, 7, 0)::json as geometry from yutu.area`;

export async function loadArea(q: Queryable, id: string): Promise<Area | null> {
  const [row] = await q.query<Area>(`${select} where id = $1::uuid`, [id]);
  return row ?? null;
}

export const loadAreas = async (q: Queryable, ids: string[]): Promise<Map<string, Area>> =>
  new Map((ids.length ? await q.query<Area>(`${select} where id = any($1::uuid[])`, [ids]) : []).map((a) => [a.id, a]));

const insert = (geom: string) => `
  insert into yutu.area (id, hash, divisions, division_edition, name, label_zh, label_en, area_km2, geom)
  select $1::uuid, encode(sha256(st_asbinary(g.geom)), 'hex'), $2::text[], $3, $4, $5, $6,
    st_area(st_setsrid(g.geom, 4326)::geography) / 1e6, g.geom
  from (${geom}) g
  where not st_isempty(g.geom)
  returning id`;

/** Freezes the union of divisions of the newest edition. Null when a code is unknown. */
export async function freezeDivisions(q: Queryable, codes: string[]): Promise<string | null> {
  const found = await q.query<{ code: string; edition: string; nameZh: string; nameEn: string | null }>(
    `select code, edition, name_zh as "nameZh", name_en as "nameEn" from yutu.division
     where edition = (select max(edition) from yutu.division) and code = any($1::text[]) order by code`,
    [codes],
  );
  if (found.length !== new Set(codes).size) return null;
  const names = (pick: (d: (typeof found)[number]) => string, joint: string) => found.map(pick).join(joint);
  const [row] = await q.query<{ id: string }>(
    insert(`select st_multi(st_union(d.geom)) as geom from yutu.division d where d.edition = $3 and d.code = any($2::text[])`),
    [
      randomUUID(),
      found.map((d) => d.code),
      found[0]!.edition,
      null,
      names((d) => d.nameZh, '、'),
      names((d) => d.nameEn ?? d.nameZh, ', '),
    ],
  );
  return row!.id;
}

/**
 * Freezes every division of the newest edition by itself, where that was not done yet.
 * @returns the edition, under which grants find them
 */
export async function freezeJurisdictions(q: Queryable): Promise<string> {
  const [newest] = await q.query<{ edition: string | null }>('select max(edition) as edition from yutu.division');
  if (!newest?.edition) badParameter('area', '本实例没有区划', 'this instance has no divisions');
  const codes = await q.query<{ code: string }>(
    `select d.code from yutu.division d where d.edition = $1 and not exists (
       select 1 from yutu.area a where a.division_edition = d.edition and a.divisions = array[d.code]) order by d.code`,
    [newest.edition],
  );
  for (const { code } of codes) await freezeDivisions(q, [code]);
  return newest.edition;
}

/** Freezes a polygon in longitude and latitude; null when nothing of it is left as an area. */
export async function freezePolygon(q: Queryable, geojson: unknown, name: string | null): Promise<string | null> {
  const text = JSON.stringify(geojson);
  const [measured] = await q.query<{ km2: number }>(
    `select st_area(st_setsrid(st_geomfromgeojson($1), 4326)::geography) / 1e6 as km2`,
    [text],
  );
  const km2 = measured!.km2 >= 100 ? Math.round(measured!.km2) : Number(measured!.km2.toPrecision(3));
  const [row] = await q.query<{ id: string }>(
    insert(
      `select st_multi(st_collectionextract(st_makevalid(st_setsrid(st_force2d(st_geomfromgeojson($7)), 4490)), 3)) as geom`,
    ),
    [randomUUID(), null, null, name, `${name ?? '红线范围'} ${km2} 平方千米`, `${name ?? 'Red line'} ${km2} km²`, text],
  );
  return row?.id ?? null;
}

export interface PolygonInput {
  type: 'Polygon' | 'MultiPolygon';
  coordinates: unknown[];
}

/** The polygons' rings of positions. */
const partsOf = (polygon: PolygonInput) =>
  (polygon.type === 'Polygon' ? [polygon.coordinates] : polygon.coordinates) as [number, number][][][];

/**
 * Looks whether a polygon in longitude and latitude can be worked with.
 * @param home the instance's box: some of the polygon lies within a degree of it
 * @param use whether it is kept and laid over layers for whoever asks, or once
 * @throws `parameter_invalid` for one far away, with swapped axes, too folded, or that crosses itself (with the place)
 */
export async function checkPolygon(
  q: Queryable,
  polygon: PolygonInput,
  home: readonly [number, number, number, number],
  parameter: string,
  use: keyof typeof MOST_FOLDED,
): Promise<void> {
  const [west, south, east, north] = home;
  const near = (x: number, y: number) => x >= west - 1 && x <= east + 1 && y >= south - 1 && y <= north + 1;
  const rings = partsOf(polygon).flat();
  const points = rings.flat();
  if (!points.some(([x, y]) => near(x, y)))
    points.some(([x, y]) => near(y, x))
      ? badParameter(
          parameter,
          '经纬度像是颠倒了，应为先经度后纬度',
          'latitude and longitude seem to be swapped; longitude comes first',
        )
      : badParameter(
          parameter,
          '范围不在本市，请检查坐标系（应为 WGS 84 或 CGCS2000 经纬度）',
          'it lies outside the city; check that it is in longitude and latitude',
        );
  checkFolds(rings, parameter, use);
  const [check] = await q.query<{ reason: string; x: number | null; y: number | null }>(
    `select reason, st_x(location) as x, st_y(location) as y from (select (st_isvaliddetail(st_geomfromgeojson($1))).*) d where not valid`,
    [JSON.stringify(polygon)],
  );
  if (!check) return;
  const at = check.x === null ? '' : `${check.x.toFixed(6)}, ${check.y!.toFixed(6)}`;
  badParameter(parameter, `图形自相交或不闭合（${at}），请改正后再传`, `the polygon is not valid: ${check.reason} at ${at}`);
}

/** Square metres and metres of a polygon. */
export interface Measured {
  total: number;
  smallest: number;
  narrowest: number;
  outside: number;
  /** In the plane of a zone, where one is asked for. */
  totalPlane: number | null;
  outsidePlane: number;
}

/**
 * Square metres of a polygon in longitude and latitude on the ellipsoid: of all of it, of its smallest part, and outside the views' areas.
 * `narrowest`: metres, the mean width of its narrowest part, twice the area by the length of its rings (a long strip's own width).
 * @param zone EPSG code of a projected zone in which it is measured, too
 */
export async function measurePolygon(
  q: Queryable,
  polygon: PolygonInput,
  views: readonly Pick<View, 'area'>[],
  zone: number | null = null,
): Promise<Measured> {
  const grid = overlayGrid(4326);
  const areas = views.some((v) => v.area === null) ? null : views.flatMap((v) => areaIds(v.area!));
  const plane = (g: string) => (zone === null ? 'null::float8' : `st_area(st_transform(st_setsrid(${g}, 4490), ${zone}))`);
  const [row] = await q.query<Measured>(
    `with red as (select st_setsrid(st_force2d(st_geomfromgeojson($1)), 4326) as g)
     select st_area(g::geography) as total,
       (select min(st_area(part.geom::geography)) from st_dump(g) part) as smallest,
       (select min(2 * st_area(part.geom::geography) / nullif(st_perimeter(part.geom::geography), 0)) from st_dump(g) part) as narrowest,
       ${plane('g')} as "totalPlane", coalesce(st_area(out::geography), 0) as outside, coalesce(${plane('out')}, 0) as "outsidePlane"
     from (select red.g, case when $2::uuid[] is null then null else coalesce((
         select st_collectionextract(st_difference(red.g, st_union(st_setsrid(a.geom, 4326), ${grid}), ${grid}), 3)
         from yutu.area a where a.id = any($2::uuid[])), red.g) end as out from red) measured`,
    [JSON.stringify(polygon), areas],
  );
  return row!;
}
