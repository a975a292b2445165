import type { FieldDefinition } from '../catalogue/definition.js';
import type { Layer } from '../catalogue/layers.js';
import { ident, literal } from '../db/database.js';
import { filterToSql } from './filter-sql.js';
import type { SqlParams } from './sql-params.js';
import type { View } from './view.js';

/** The access predicate in SQL: every reader of a layer's table gets it here and nobody writes it by hand. */
export interface AccessSql {
  /** True for the features any view shows. */
  where: string;
  /** Integer: bit i set when view i shows the feature. */
  bits: string;
  /** The geometry as the views show it, in the storage CRS: cut at the area's border. */
  geometry: string;
  /** True when some view shows the feature with its whole geometry. */
  whole: string;
}

const DIMENSION = { point: 1, line: 2, polygon: 3 } as const;

/** Types of a layer's fields, for row filters (which owners write and may use every field). */
const fieldTypes = (layer: Layer) => new Map(layer.fields.map((f) => [f.name, f.type]));

/**
 * Compiles views to SQL over table alias `t`. A feature belongs to an area when their interiors intersect.
 * @param views at least one; the order gives the bits.
 */
export function accessSql(layer: Layer, views: readonly View[], params: SqlParams, t = 't'): AccessSql {
  const geom = `${t}.geom`;
  const parts = views.map((view) => {
    const rows =
      view.rows === null
        ? null
        : filterToSql(view.rows, { alias: t, fields: fieldTypes(layer), geometry: null, srid: layer.srid }, params);
    if (view.area === null) return { member: rows ?? 'true', whole: rows ?? 'true', area: null };
    // A scalar subquery is computed once per statement, so PostGIS prepares the polygon once.
    const stored = layer.srid === 4490 ? 'a.geom' : `st_transform(a.geom, ${layer.srid})`;
    const area = `(select ${stored} from yutu.area a where a.id = ${params.add(view.area.id)}::uuid)`;
    const inside = `${geom} && ${area} and st_intersects(${geom}, ${area}) and st_relate(${geom}, ${area}, 'T********')`;
    const and = (sql: string) => (rows === null ? `(${sql})` : `(${rows} and ${sql})`);
    return {
      member: and(inside),
      whole: and(`st_coveredby(${geom}, ${area}) and st_relate(${geom}, ${area}, 'T********')`),
      area,
    };
  });
  const where = parts.length === 1 ? parts[0]!.member : `(${parts.map((p) => p.member).join(' or ')})`;
  const bits =
    parts.length === 1 ? '1' : `(${parts.map((p, i) => `(case when ${p.member} then ${2 ** i} else 0 end)`).join(' + ')})`;
  // A row filter over an empty field is unknown: that is not whole, and no third answer.
  const whole = parts.length === 1 ? parts[0]!.whole : `((${parts.map((p) => p.whole).join(' or ')}) is true)`;
  const limited = parts.filter((p) => p.area !== null);
  if (limited.length === 0) return { where, bits, whole: 'true', geometry: geom };
  const cutter =
    limited.length === 1
      ? limited[0]!.area!
      : `(select st_union(u.g) from unnest(array[${limited.map((p) => `case when ${p.member} then ${p.area} end`).join(', ')}]) as u(g))`;
  const cut = `st_collectionextract(st_intersection(${geom}, ${cutter}), ${DIMENSION[layer.geometryType]})`;
  return { where, bits, whole, geometry: `(case when ${whole} then ${geom} else ${cut} end)` };
}

/** The de-identified code that stands for a field's value: the same value has the same code within a layer, never across layers. */
export const codeSql = (layer: Pick<Layer, 'codeSalt'>, field: Pick<FieldDefinition, 'name'>, t = 't'): string => {
  const column = `${t}.${ident(field.name)}`;
  const digest = `encode(sha256(convert_to(${literal(layer.codeSalt)} || ${column}::text, 'UTF8')), 'hex')`;
  return `(case when ${column} is not null then 'R-' || substr(${digest}, 1, 10) end)`;
};
