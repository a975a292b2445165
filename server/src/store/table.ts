import { columnOf } from '../catalogue/column.js';
import type { LayerDefinition } from '../catalogue/definition.js';
import { ident, literal, type Queryable } from '../db/database.js';

export const SQL_TYPES = {
  text: 'text',
  integer: 'integer',
  bigint: 'bigint',
  double: 'double precision',
  boolean: 'boolean',
  date: 'date',
  timestamp: 'timestamptz',
} as const;

/** Lines and polygons are stored as multi geometries, so that a layer has one type. */
export const GEOMETRY_TYPES = { point: 'Point', line: 'MultiLineString', polygon: 'MultiPolygon' } as const;

/** Creates the table of a layer under `name`, empty. Ids start at `firstFid`: none is ever used twice. */
export async function createTable(
  q: Queryable,
  schema: string,
  name: string,
  d: LayerDefinition,
  firstFid: number,
): Promise<void> {
  const columns = d.fields.map((f) => `${columnOf(f.name)} ${SQL_TYPES[f.type]}`);
  await q.query(`create schema if not exists ${ident(schema)}`);
  await q.query('select yutu.make_change_table($1)', [schema]);
  await q.query(
    `create table ${ident(schema)}.${ident(name)} (
       fid bigint generated always as identity (start with ${firstFid}) primary key,
       geom geometry(${GEOMETRY_TYPES[d.geometryType]}, ${d.srid})${columns.map((c) => `,\n  ${c}`).join('')})`,
  );
  for (const { name: field } of d.fields)
    if (columnOf(field) !== ident(field))
      await q.query(`comment on column ${ident(schema)}.${ident(name)}.${columnOf(field)} is ${literal(field)}`);
}
