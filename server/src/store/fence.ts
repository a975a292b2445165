import { type Filter, FilterError } from '@yutu/tiles';
import { bboxPolygon, filterToSql, inStorage, literalsSql } from '../access/filter-sql.js';
import { widenSql } from '../access/precision.js';
import { type AccessSql, accessSql } from '../access/predicate.js';
import { SqlParams } from '../access/sql-params.js';
import { isWhole, type View, type ViewSet } from '../access/view.js';
import { filterableFields } from '../access/visible.js';
import { type Layer, tableOf } from '../catalogue/layers.js';
import type { Queryable } from '../db/database.js';

/** What may narrow rows before the access predicate is asked: ids and boxes, which cannot raise. */
export interface Narrowing {
  /** SQL of a geometry in longitude and latitude: only rows whose box may meet it as they are shown. */
  near?: string;
  /** Only features whose id is greater: the keyset page. */
  after?: number;
  fids?: readonly number[];
  /** By ascending id: kept by what reads the rows one after the other. */
  ordered?: boolean;
  /** The state that is read; without it the present one. */
  rows?: Rows;
}

/** Rows of a layer's columns in another state than the present one, as SQL. */
export type Rows = (layer: Layer, params: SqlParams) => string;

/** Rows that views show, for a FROM: `from` names them `t` and has all columns of the layer. */
export interface Fenced {
  access: AccessSql;
  from: string;
}

/**
 * The rows of a layer that views show, behind a fence: PostgreSQL moves no condition into a sub-select with OFFSET and pulls none out,
 * so nothing that stands outside is computed for a row that the views do not show. Without it the planner orders conditions by their
 * cost, and an error, or the time, would tell what hidden rows hold. Whoever sees every row has nothing to be kept from: no fence.
 */
export function fenced(layer: Layer, views: readonly View[], params: SqlParams, narrowing: Narrowing = {}): Fenced {
  const { near, after, fids, ordered, rows } = narrowing;
  const access = accessSql(layer, views, params);
  const where = [access.where];
  if (fids !== undefined) where.push(`t.fid = any(${params.add(fids)}::bigint[])`);
  if (near !== undefined) where.push(`t.geom && ${inStorage(widenSql(near, access.reach), layer.srid)}`);
  if (after !== undefined) where.push(`t.fid > ${params.add(after)}::bigint`);
  const source = rows ? rows(layer, params) : tableOf(layer);
  const fence = views.some(isWhole) ? '' : ' offset 0';
  const order = ordered ? ' order by t.fid' : '';
  return { access, from: `(select t.* from ${source} t where ${where.join(' and ')}${order}${fence}) t` };
}

/** What a caller asks of the rows it is shown. */
export interface Asked {
  bbox?: readonly number[];
  filter?: Filter;
}

/**
 * As {@link fenced}, with the caller's own conditions over the fence: the box, held against the geometry as the caller sees it (what was
 * cut away or made coarse cannot be probed for), and the filter.
 * @throws FilterError for a filter that does not fit what the caller sees, or holds a geometry that is not valid
 */
export async function asked(
  q: Queryable,
  layer: Layer,
  set: ViewSet,
  { bbox, filter }: Asked,
  params: SqlParams,
  narrowing: Narrowing = {},
): Promise<Fenced> {
  const lonlat = bbox && `st_setsrid(st_geomfromgeojson(${params.add(JSON.stringify(bboxPolygon(bbox)))}::text), 4326)`;
  const { access, from } = fenced(layer, set.views, params, lonlat ? { ...narrowing, near: lonlat } : narrowing);
  const where: string[] = [];
  if (lonlat) where.push(`st_intersects(${access.geometry}, ${inStorage(lonlat, layer.srid)})`);
  if (filter !== undefined) {
    await checkLiterals(q, layer, filter);
    const fields = new Map(filterableFields(layer, set.views).map((f) => [f.name, f.type]));
    where.push(filterToSql(filter, { alias: 't', fields, geometry: access.geometry, srid: layer.srid }, params));
  }
  return { access, from: where.length === 0 ? from : `${from} where ${where.join(' and ')}` };
}

/** Of geometries in a filter a faulty one is refused whatever the layer holds. @throws FilterError */
async function checkLiterals(q: Queryable, { srid }: Layer, filter: Filter): Promise<void> {
  const params = new SqlParams();
  const statement = literalsSql(filter, srid, params);
  if (statement === null) return;
  const [row] = await q.query<{ valid: boolean }>(statement, params.values).catch((error: { code?: string }) => {
    if (/^(22|XX000)/.test(error.code ?? '')) return [{ valid: false }];
    throw error;
  });
  if (!row?.valid)
    throw new FilterError(
      'a geometry in it is not valid, or lies where the layer’s reference system does not reach',
      '其中的图形无效，或在图层坐标系的范围之外',
    );
}
