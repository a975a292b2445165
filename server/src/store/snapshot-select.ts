import { toLonLat } from '../access/filter-sql.js';
import { accessSql, shownSql } from '../access/predicate.js';
import { SqlParams } from '../access/sql-params.js';
import type { View } from '../access/view.js';
import type { ColumnType, FieldDefinition, FieldForm } from '../catalogue/definition.js';
import { type Layer, tableOf } from '../catalogue/layers.js';
import { literal } from '../db/database.js';
import { changesOf } from './changes.js';

/** A column of a snapshot: a field's value, or what stands in for it under the same name: masked, or a de-identified code. */
export interface SnapshotColumn {
  field: string;
  form: FieldForm;
  type: ColumnType;
}

/** The columns of a layer's snapshot: each field's value and, where a grant may give them, its other forms. The best form first. */
export function snapshotColumns(layer: Layer): SnapshotColumn[] {
  return layer.fields.flatMap((f) => [
    { field: f.name, form: 'value' as const, type: f.type },
    ...(f.forms.includes('masked') ? [{ field: f.name, form: 'masked' as const, type: maskedType(f.type) }] : []),
    ...(f.forms.includes('code') ? [{ field: f.name, form: 'code' as const, type: 'text' as const }] : []),
  ]);
}

/** A multiple of the step below a number may be less than the smallest integer: SQL gives masked integers as bigint. */
const maskedType = (type: ColumnType): ColumnType => (type === 'integer' ? 'bigint' : type);

/** Inlines values: COPY takes no parameters. */
export class LiteralParams extends SqlParams {
  override add(value: unknown): string {
    if (value === null) return 'null';
    if (typeof value === 'number' && Number.isFinite(value)) return `(${value})`;
    return literal(String(value));
  }
}

const columnSql = (layer: Layer, column: SnapshotColumn): string => {
  const field = layer.fields.find((f) => f.name === column.field) as FieldDefinition;
  const name = shownSql(layer, field, column.form);
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

/** SQL condition over `t`: the features changed after version `from` up to `to`. */
export const changedBetween = (layer: Layer, from: number, to: number): string =>
  `t.fid in (select c.fid from ${changesOf(layer)} c
     where c.layer = ${literal(layer.id)} and c.version > ${from} and c.version <= ${to})`;

/** As {@link snapshotSelect}, for the features changed after version `from` up to `to` that are still there. */
export const changedSelect = (layer: Layer, from: number, to: number): string =>
  `${snapshotSelect(layer)} where ${changedBetween(layer, from, to)}`;

/** fid, bits (of `views`, in order), whole: the features that limited views hold. SQL decides, nobody else forms an opinion. */
export function membersSelect(layer: Layer, views: readonly View[]): string {
  const access = accessSql(layer, views, new LiteralParams());
  return `select t.fid, (${access.bits})::int as bits, (${access.whole}) as whole from ${tableOf(layer)} t where ${access.where}`;
}

/** As {@link snapshotSelect}, for members that are not shown whole: their geometry cut at the border, or made coarse. */
export function cutSelect(layer: Layer, views: readonly View[]): string {
  const access = accessSql(layer, views, new LiteralParams());
  return `select t.fid, ${wkb(access.geometry, layer.srid)} as wkb${columnList(layer)}
    from ${tableOf(layer)} t where ${access.where} and not (${access.whole})`;
}
