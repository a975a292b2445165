import { columnOf } from '../catalogue/column.js';
import type { FieldDefinition, FieldForm } from '../catalogue/definition.js';
import type { Layer } from '../catalogue/layers.js';
import { literal } from '../db/database.js';
import { filterToSql, inStorage as fromLonLat, overlayGrid, toLonLat } from './filter-sql.js';
import { byPrecision, coarseSql, type Precision, reachOf, samePrecision } from './precision.js';
import type { SqlParams } from './sql-params.js';
import { areaIds, type View } from './view.js';

/** The access predicate in SQL: every reader of a layer's table gets it here and nobody writes it by hand. */
export interface AccessSql {
  /** True for the features any view shows. */
  where: string;
  /** Integer: bit i set when view i shows the feature. */
  bits: string;
  /** The geometry as the views show it, in the storage CRS: cut at the area's border, no finer than the best precision of them. */
  geometry: string;
  /** True when some view shows the feature with its whole, exact geometry. */
  whole: string;
  /** Degrees that `geometry` may reach beyond the stored one. */
  reach: number;
}

const DIMENSION = { point: 1, line: 2, polygon: 3 } as const;

/** Types of a layer's fields, for row filters (which owners write and may use every field). */
const fieldTypes = (layer: Layer) => new Map(layer.fields.map((f) => [f.name, f.type]));

/** One view in SQL. */
interface Part {
  member: string;
  whole: string;
  /** Its areas, each with the features that it holds of it; null: everywhere. */
  areas: { sql: string; member: string }[] | null;
  precision: Precision | null;
}

/**
 * Compiles views to SQL over table alias `t`. A feature belongs to an area when their interiors intersect. A feature is shown in the
 * best precision among the views that match it, cut to the areas of those that give this precision.
 * @param views the order gives the bits; none show nothing.
 */
export function accessSql(layer: Layer, views: readonly View[], params: SqlParams, t = 't'): AccessSql {
  const geom = `${t}.geom`;
  if (views.length === 0) return { where: 'false', bits: '0', whole: 'true', geometry: geom, reach: 0 };
  const parts = views.map((view): Part => {
    const { precision } = view;
    const rows =
      view.rows === null
        ? null
        : filterToSql(view.rows, { alias: t, fields: fieldTypes(layer), geometry: null, srid: layer.srid }, params);
    if (view.area === null)
      return { member: rows ?? 'true', whole: precision ? 'false' : (rows ?? 'true'), areas: null, precision };
    const stored = layer.srid === 4490 ? 'a.geom' : `st_transform(a.geom, ${layer.srid})`;
    const and = (sql: string) => (rows === null ? `(${sql})` : `(${rows} and ${sql})`);
    const areas = areaIds(view.area).map((id) => {
      // A scalar subquery is computed once per statement, so PostGIS prepares the polygon once.
      const sql = `(select ${stored} from yutu.area a where a.id = ${params.add(id)}::uuid)`;
      // Interiors meet. What lies inside as a whole is told from the prepared polygon; only at its border the dear question is asked.
      const within = `st_contains(${sql}, ${geom})`;
      const inside = `${geom} && ${sql} and st_intersects(${geom}, ${sql}) and (${within} or st_relate(${geom}, ${sql}, 'T********'))`;
      return { sql, member: and(inside), covered: and(within) };
    });
    return {
      member: any(areas, (a) => a.member),
      whole: precision ? 'false' : any(areas, (a) => a.covered),
      areas,
      precision,
    };
  });
  const where = any(parts, (p) => p.member);
  const bits =
    parts.length === 1 ? '1' : `(${parts.map((p, i) => `(case when ${p.member} then ${2 ** i} else 0 end)`).join(' + ')})`;
  if (parts.every((p) => p.areas === null && p.precision === null))
    return { where, bits, whole: 'true', geometry: geom, reach: 0 };
  // A row filter over an empty field is unknown: that is not whole, and no third answer.
  const whole = parts.length === 1 ? parts[0]!.whole : `((${parts.map((p) => p.whole).join(' or ')}) is true)`;
  const cases = groupsOf(parts).map((group, i, { length }) => {
    const cut = cutTo(layer, geom, group);
    const { precision } = group[0]!;
    const shown = precision ? fromLonLat(coarseSql(toLonLat(cut, layer.srid), precision), layer.srid) : cut;
    // Of what the others do not match the last group matches all that is shown.
    return i === length - 1 ? `else ${shown}` : `when ${any(group, (p) => p.member)} then ${shown}`;
  });
  return { where, bits, whole, geometry: `(case when ${whole} then ${geom} ${cases.join(' ')} end)`, reach: reachOf(views) };
}

const any = <T>(some: readonly T[], pick: (one: T) => string): string =>
  some.length === 1 ? pick(some[0]!) : `(${some.map(pick).join(' or ')})`;

/** Views that give the same precision, the best first. */
function groupsOf(parts: readonly Part[]): Part[][] {
  const groups: Part[][] = [];
  for (const part of [...parts].sort((a, b) => byPrecision(a.precision, b.precision))) {
    const last = groups.at(-1);
    if (last && samePrecision(last[0]!.precision, part.precision)) last.push(part);
    else groups.push([part]);
  }
  return groups;
}

/** The geometry within the areas of those of the views that match. */
function cutTo(layer: Layer, geom: string, group: readonly Part[]): string {
  const limited = group.flatMap((p) => p.areas ?? []);
  if (limited.length === 0) return geom;
  const grid = overlayGrid(layer.srid);
  const cutter =
    limited.length === 1
      ? limited[0]!.sql
      : `(select st_union(u.g, ${grid}) from unnest(array[${limited.map((a) => `case when ${a.member} then ${a.sql} end`).join(', ')}]) as u(g))`;
  const cut = `st_collectionextract(st_intersection(${geom}, ${cutter}, ${grid}), ${DIMENSION[layer.geometryType]})`;
  // A feature that an exact view shows everywhere is whole and does not come here.
  const everywhere = group.filter((p) => p.areas === null && p.precision !== null);
  return everywhere.length === 0
    ? cut
    : `(case when ${everywhere.map((p) => p.member).join(' or ')} then ${geom} else ${cut} end)`;
}

/** A field as a form shows it. */
export function shownSql(layer: Pick<Layer, 'codeSalt'>, field: FieldDefinition, form: FieldForm, t = 't'): string {
  if (form === 'code') return codeSql(layer, field, t);
  const column = `${t}.${columnOf(field.name)}`;
  return form === 'value' ? column : maskSql(field, column);
}

/** What the field's rule leaves of its value. The number of stars does not tell how much is hidden. */
function maskSql({ mask, type }: FieldDefinition, column: string): string {
  switch (mask?.kind) {
    case 'text': {
      const { keepStart, keepEnd } = mask;
      const ends = `left(${column}, ${keepStart}) || '**' || right(${column}, ${keepEnd})`;
      // Of a value no longer than its ends would show, nothing is shown.
      return `(case when length(${column}) <= ${keepStart + keepEnd} then '**' else ${ends} end)`;
    }
    case 'round': {
      const floored = `floor(${column} / ${mask.step}::numeric) * ${mask.step}::numeric`;
      const steps = `floor(yutu.quotient(${column}, ${mask.step}))`; // and no overflow
      return type === 'double' ? `yutu.times(${steps}, ${mask.step})` : `(${floored})::bigint`;
    }
    case 'date':
      return `date_trunc('${mask.to}', ${type === 'timestamp' ? `${column} at time zone 'UTC'` : `${column}::timestamp`})${type === 'timestamp' ? " at time zone 'UTC'" : '::date'}`;
    default:
      return 'null';
  }
}

/** Digits of base 32 without i, l, o and u, which are taken for others. */
const CODE_DIGITS = '0123456789abcdefghjkmnpqrstvwxyz';
/** 65 bits: among a million values two of one code are less likely than one in ten million. */
const CODE_LENGTH = 13;

/** The de-identified code that stands for a field's value: the same value has the same code within a layer, never across layers. */
const codeSql = (layer: Pick<Layer, 'codeSalt'>, field: Pick<FieldDefinition, 'name'>, t = 't'): string => {
  const digest = `sha256(convert_to(${literal(layer.codeSalt)} || ${t}.${columnOf(field.name)}::text, 'UTF8'))`;
  const digit = (i: number) => `substr('${CODE_DIGITS}', (get_byte(h.digest, ${i}) & 31) + 1, 1)`;
  const digits = Array.from({ length: CODE_LENGTH }, (_, i) => digit(i)).join(' || ');
  // digested once for all its digits
  return `(select 'R-' || ${digits} from (select ${digest} as digest offset 0) h)`;
};
