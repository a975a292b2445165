import type { Filter } from '@yutu/tiles';
import { bboxPolygon, filterToSql, inStorage, toLonLat } from '../access/filter-sql.js';
import { widenSql } from '../access/precision.js';
import { accessSql, shownSql } from '../access/predicate.js';
import { SqlParams } from '../access/sql-params.js';
import { isWhole, type ViewSet } from '../access/view.js';
import { filterableFields, visibleFields } from '../access/visible.js';
import { type Layer, tableOf } from '../catalogue/layers.js';
import type { Queryable } from '../db/database.js';

export interface ItemsQuery {
  bbox?: readonly number[];
  filter?: Filter;
  /** Only features whose id is greater: the keyset page. */
  after?: number;
  fid?: number;
  fids?: readonly number[];
  limit: number;
}

type Box = [west: number, south: number, east: number, north: number];

export interface Item {
  type: 'Feature';
  id: number;
  geometry: unknown;
  properties: Record<string, unknown>;
}

/** The where clause of a query under a caller's views. */
export function conditions(layer: Layer, set: ViewSet, query: Partial<ItemsQuery>, params: SqlParams) {
  const access = accessSql(layer, set.views, params);
  const where = [access.where];
  if (query.fid !== undefined) where.push(`t.fid = ${params.add(query.fid)}::bigint`);
  if (query.fids !== undefined) where.push(`t.fid = any(${params.add(query.fids)}::bigint[])`);
  if (query.bbox) {
    const lonlat = `st_setsrid(st_geomfromgeojson(${params.add(JSON.stringify(bboxPolygon(query.bbox)))}::text), 4326)`;
    const box = inStorage(lonlat, layer.srid);
    const around = inStorage(widenSql(lonlat, access.reach), layer.srid);
    // Against the geometry as the caller sees it: what was cut away or made coarse cannot be probed for.
    where.push(`t.geom && ${around} and st_intersects(${access.geometry}, ${box})`);
  }
  if (query.filter !== undefined) {
    const fields = new Map(filterableFields(layer, set.views).map((f) => [f.name, f.type]));
    where.push(filterToSql(query.filter, { alias: 't', fields, geometry: access.geometry, srid: layer.srid }, params));
  }
  return { access, where };
}

/** Rows of a layer's columns in another state than the present one, as SQL. */
export type Rows = (layer: Layer, params: SqlParams) => string;

/**
 * Features under the caller's views, by ascending id.
 * @param rows the state that is read; without it the present one
 * @throws FilterError for a filter that does not fit what the caller sees
 */
export async function queryItems(q: Queryable, layer: Layer, set: ViewSet, query: ItemsQuery, rows?: Rows): Promise<Item[]> {
  const params = new SqlParams();
  const { access, where } = conditions(layer, set, query, params);
  if (query.after !== undefined) where.push(`t.fid > ${params.add(query.after)}::bigint`);
  const shown = visibleFields(layer, set.views);
  const columns = shown.map(({ field, form }, i) => `, ${shownSql(layer, field, form)} as c${i}`);
  const found = await q.query<Record<string, unknown> & { fid: number; geometry: unknown; bits: number }>(
    `select t.fid, st_asgeojson(${toLonLat(access.geometry, layer.srid)}, 7)::json as geometry, ${access.bits} as bits${columns.join('')}
     from ${rows ? rows(layer, params) : tableOf(layer)} t where ${where.join(' and ')} order by t.fid limit ${params.add(query.limit)}::int`,
    params.values,
  );
  return found.map((row) => {
    const properties: Record<string, unknown> = Object.create(null); // a field may be called `constructor`
    shown.forEach(({ field, bits }, i) => {
      // The better form stands first: whichever view shows it wins.
      if ((row.bits & bits) !== 0 && !(field.name in properties)) properties[field.name] = row[`c${i}`];
    });
    return { type: 'Feature', id: row.fid, geometry: row.geometry, properties };
  });
}

/** How many features match a query under the caller's views. */
export async function countItems(
  q: Queryable,
  layer: Layer,
  set: ViewSet,
  query: Pick<ItemsQuery, 'bbox' | 'filter'>,
): Promise<number> {
  const params = new SqlParams();
  const { where } = conditions(layer, set, query, params);
  const [row] = await q.query<{ n: number }>(
    `select count(*) as n from ${tableOf(layer)} t where ${where.join(' and ')}`,
    params.values,
  );
  return row!.n;
}

/** What the caller sees of a layer as a whole. */
export interface Summary {
  features: number;
  box: Box | null;
}

/**
 * How many features the caller may see and their box, in one look at the layer. Coarse geometries count as they are shown: the box of
 * the true ones would say where in their cells they lie.
 */
export async function summaryOf(q: Queryable, layer: Layer, set: ViewSet): Promise<Summary> {
  if (set.views.some((v) => isWhole(v) && v.precision === null)) return { features: layer.featureCount, box: layer.extent };
  const params = new SqlParams();
  const { access, where } = conditions(layer, set, {}, params);
  const [row] = await q.query<Summary>(
    `select n as features, case when b is null then null else array[st_xmin(b), st_ymin(b), st_xmax(b), st_ymax(b)] end as box
     from (select count(*) as n, ${toLonLat(`st_setsrid(st_extent(${access.geometry})::geometry, ${layer.srid})`, layer.srid)} as b
           from ${tableOf(layer)} t where ${where.join(' and ')}) s`,
    params.values,
  );
  return row!;
}
