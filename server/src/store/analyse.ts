import type { PolygonInput } from '../access/areas.js';
import { inStorage, overlayGrid, toLonLat } from '../access/filter-sql.js';
import { SqlParams } from '../access/sql-params.js';
import type { ViewSet } from '../access/view.js';
import { columnOf } from '../catalogue/column.js';
import type { Layer } from '../catalogue/layers.js';
import type { Queryable } from '../db/database.js';
import { fenced } from './fence.js';

/** One class of what lies in a polygon. */
export interface Part {
  value: string | number | boolean | null;
  features: number;
  /** Square metres of polygons, metres of lines, on the ellipsoid; null for points, and for what is shown as points. */
  size: number | null;
  /** The feature, where it is the only one: then this is its own. */
  own: number | null;
  /** Square metres in the plane of the zone that was asked for. */
  plane?: number | null;
}

/** More features than this are not overlaid in one go. */
export const MOST_FEATURES = 20_000;

/**
 * What of a layer lies in a polygon, by the value of a field. Geometries are those the views show (cut at the border of their
 * areas, no finer than their precision), cut to the polygon: the true ones have no part in the answer. A feature that only touches
 * the polygon from outside is not counted.
 * @param polygon valid, in longitude and latitude
 * @param zone EPSG code of a projected zone in which polygons are measured, too; null: none
 * @param by a field whose value every view shows: the caller of this has checked it
 * @returns null when more than `MOST_FEATURES` lie there; `covered`: square metres of the polygon under polygons of the layer,
 *   counted once where they overlap
 */
export async function overlayOf(
  q: Queryable,
  layer: Layer,
  set: ViewSet,
  polygon: PolygonInput,
  by: string | null,
  zone: number | null = null,
): Promise<{ parts: Part[]; covered: number | null } | null> {
  const params = new SqlParams();
  const lonlat = `st_setsrid(st_force2d(st_geomfromgeojson(${params.add(JSON.stringify(polygon))}::text)), 4326)`;
  const { access, from } = fenced(layer, set.views, params, { near: lonlat });
  const areal = layer.geometryType === 'polygon';
  const size = { polygon: 'st_area(g::geography)', line: 'st_length(g::geography)', point: 'null::float8' }[layer.geometryType];
  // CGCS2000 is kept as longitude and latitude; no other datum is meant here.
  const plane =
    areal && zone !== null
      ? `, sum(case when st_dimension(g) > 1 then st_area(st_transform(st_setsrid(g, 4490), ${zone})) end) as plane`
      : '';
  const dimension = { polygon: 3, line: 2, point: 1 }[layer.geometryType];
  const value = by === null ? 'null' : `t.${columnOf(by)}`;
  const [row] = await q.query<{ met: number; parts: Part[] | null; covered: number | null }>(
    // the polygon, once
    `with red as materialized (select ${inStorage(lonlat, layer.srid)} as g),
     -- features near it as the views show them; one more than may be is enough to know
     near as materialized (
       select t.fid, ${value} as value, ${access.geometry} as g from ${from}
     ),
     met as materialized (
       select near.fid, near.value, near.g from near, red where st_intersects(near.g, red.g) limit ${MOST_FEATURES + 1}
     ),
     -- cut to it, in longitude and latitude
     cut as materialized (
       select met.fid, met.value, ${toLonLat(`case when st_coveredby(met.g, red.g) then met.g else st_collectionextract(st_intersection(met.g, red.g, ${overlayGrid(layer.srid)}), ${dimension}) end`, layer.srid)} as g
       from met, red where (select count(*) from met) <= ${MOST_FEATURES}
     ),
     classes as (
       select value, count(*) as features, sum(case when st_dimension(g) > 0 then ${size} end) as size${plane},
         case when count(*) = 1 then min(fid) end as own
       from cut where not st_isempty(g) group by value
     )
     select (select count(*) from met) as met,
       (select json_agg(c order by c.size desc nulls last, c.features desc, c.value) from classes c) as parts,
       ${areal ? `(select coalesce(st_area(st_unaryunion(st_collect(g), ${overlayGrid(4326)})::geography), 0) from cut where not st_isempty(g))` : 'null::float8'} as covered`,
    params.values,
  );
  if (row!.met > MOST_FEATURES) return null;
  return { parts: row!.parts ?? [], covered: row!.covered };
}
