import { toLonLat } from '../access/filter-sql.js';
import { accessSql, codeSql } from '../access/predicate.js';
import { SqlParams } from '../access/sql-params.js';
import type { View } from '../access/view.js';
import type { ColumnType } from '../catalogue/definition.js';
import { type Layer, tableOf } from '../catalogue/layers.js';
import { ident, literal } from '../db/database.js';
import { changesOf } from './changes.js';

/** A column of a snapshot: a field's value, or the de-identified code that stands in for it under the same name. */
export interface SnapshotColumn {
  field: string;
  form: 'value' | 'code';
  type: ColumnType;
}

/** The columns of a layer's snapshot: each field's value and, where a grant may give it, its code. */
export function snapshotColumns(layer: Layer): SnapshotColumn[] {
  return layer.fields.flatMap((f) => [
    { field: f.name, form: 'value' as const, type: f.type },
    ...(f.forms.includes('code') ? [{ field: f.name, form: 'code' as const, type: 'text' as const }] : []),
  ]);
}

/** Inlines values: COPY takes no parameters. */
class LiteralParams extends SqlParams {
  override add(value: unknown): string {
    if (value === null) return 'null';
    if (typeof value === 'number' && Number.isFinite(value)) return `(${value})`;
    return literal(String(value));
  }
}

const columnSql = (layer: Layer, column: SnapshotColumn): string => {
  if (column.form === 'code') return codeSql(layer, { name: column.field });
  const name = `t.${ident(column.field)}`;
  if (column.type === 'date') return `to_char(${name}, 'YYYY-MM-DD')`;
  if (column.type === 'timestamp') return `to_char(${name} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
  return name;
};

const wkb = (geometry: string, srid: number) => `st_asbinary(${toLonLat(geometry, srid)})`;
const columnList = (layer: Layer) =>
  snapshotColumns(layer)
    .map((c, i) => `, ${columnSql(layer, c)} as c${i}`)
    .join('');

/** fid, WKB in longitude and latitude, then the snapshot's columns. */
export const snapshotSelect = (layer: Layer): string =>
  `select t.fid, ${wkb('t.geom', layer.srid)} as wkb${columnList(layer)} from ${tableOf(layer)} t`;

/** As {@link snapshotSelect}, for the features with ids greater than `after`, in their order. */
export const orderedSelect = (layer: Layer, after: number): string =>
  `${snapshotSelect(layer)} where t.fid > ${after} order by t.fid`;

/** As {@link snapshotSelect}, for the features changed after version `from` up to `to` that are still there. */
export const changedSelect = (layer: Layer, from: number, to: number): string =>
  `${snapshotSelect(layer)} where t.fid in (select c.fid from ${changesOf(layer)} c
     where c.layer = ${literal(layer.id)} and c.version > ${from} and c.version <= ${to})`;

/** fid, bits (of `views`, in order), whole: the features that views with an area hold. SQL decides, nobody else forms an opinion. */
export function membersSelect(layer: Layer, views: readonly View[]): string {
  const access = accessSql(layer, views, new LiteralParams());
  return `select t.fid, (${access.bits})::int as bits, (${access.whole}) as whole from ${tableOf(layer)} t where ${access.where}`;
}

/** As {@link snapshotSelect}, for members that are only partly inside: their geometry cut at the border. */
export function cutSelect(layer: Layer, views: readonly View[]): string {
  const access = accessSql(layer, views, new LiteralParams());
  return `select t.fid, ${wkb(access.geometry, layer.srid)} as wkb${columnList(layer)}
    from ${tableOf(layer)} t where ${access.where} and not (${access.whole})`;
}
