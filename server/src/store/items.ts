import { toLonLat } from '../access/filter-sql.js';
import { shownSql } from '../access/predicate.js';
import { SqlParams } from '../access/sql-params.js';
import { isWhole, type ViewSet } from '../access/view.js';
import { visibleFields } from '../access/visible.js';
import type { Layer } from '../catalogue/layers.js';
import type { Queryable } from '../db/database.js';
import { type Asked, asked, fenced, type Rows } from './fence.js';

export interface ItemsQuery extends Asked {
  /** Only features whose id is greater: the keyset page. */
  after?: number;
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

/**
 * Features under the caller's views, by ascending id.
 * @param rows the state that is read; without it the present one
 * @throws FilterError for a filter that does not fit what the caller sees
 */
export async function queryItems(q: Queryable, layer: Layer, set: ViewSet, query: ItemsQuery, rows?: Rows): Promise<Item[]> {
  const params = new SqlParams();
  const { after, fids } = query;
  const narrowing = { ordered: true, ...(after !== undefined && { after }), ...(fids && { fids }), ...(rows && { rows }) };
  const { access, from } = await asked(q, layer, set, query, params, narrowing);
  const shown = visibleFields(layer, set.views);
  const columns = shown.map(({ field, form }, i) => `, ${shownSql(layer, field, form)} as c${i}`);
  const found = await q.query<Record<string, unknown> & { fid: number; geometry: unknown; bits: number }>(
    `select t.fid, st_asgeojson(${toLonLat(access.geometry, layer.srid)}, 7)::json as geometry, ${access.bits} as bits${columns.join('')}
     from ${from} limit ${params.add(query.limit)}::int`,
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
export async function countItems(q: Queryable, layer: Layer, set: ViewSet, query: Asked): Promise<number> {
  const params = new SqlParams();
  const { from } = await asked(q, layer, set, query, params);
  const [row] = await q.query<{ n: number }>(`select count(*) as n from ${from}`, params.values);
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
  const { access, from } = fenced(layer, set.views, params);
  const [row] = await q.query<Summary>(
    `select n as features, case when b is null then null else array[st_xmin(b), st_ymin(b), st_xmax(b), st_ymax(b)] end as box
     from (select count(*) as n, ${toLonLat(`st_setsrid(st_extent(${access.geometry})::geometry, ${layer.srid})`, layer.srid)} as b
           from ${from}) s`,
    params.values,
  );
  return row!;
}
