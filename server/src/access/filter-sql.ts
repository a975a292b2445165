import {
  type Arithmetic,
  type ArithmeticOperator,
  type CharacterFunction,
  type Filter,
  FilterError,
  type PatternExpression,
  parseInstant,
  type ScalarExpression,
  type SpatialExpression,
  type SpatialPredicate,
} from '@yutu/tiles';
import type { ColumnType } from '../catalogue/definition.js';
import { ident } from '../db/database.js';
import type { SqlParams } from './sql-params.js';

/** What a filter may speak of: property names with their types, and the geometry expression. */
export interface FilterScope {
  alias: string;
  fields: ReadonlyMap<string, ColumnType>;
  /** SQL of the geometry as the caller sees it, in `srid`; null: spatial predicates are refused. */
  geometry: string | null;
  srid: number;
}

type Kind = 'text' | 'number' | 'boolean' | 'date' | 'timestamp';
interface Operand {
  sql: string;
  kind: Kind;
  /** Set for text literals, which may stand for a date. */
  literal?: string;
}

const kindOf: Record<ColumnType, Kind> = {
  text: 'text',
  integer: 'number',
  bigint: 'number',
  double: 'number',
  boolean: 'boolean',
  date: 'date',
  timestamp: 'timestamp',
};

/**
 * Compiles the one filter AST to SQL with the meaning `compileFilter` of the tiles package gives it: three-valued logic,
 * texts by code point, parentheses kept, `/` on reals. Names come from the scope's list only; values only as parameters.
 * @throws FilterError for unknown properties, operands of kinds that do not meet, and what SQL is not offered for.
 */
export function filterToSql(filter: Filter, scope: FilterScope, params: SqlParams): string {
  if (typeof filter === 'boolean') return filter ? 'true' : 'false';
  switch (filter.op) {
    case 'and':
    case 'or':
      if (filter.args.length === 0) return filter.op === 'and' ? 'true' : 'false';
      return `(${filter.args.map((a) => filterToSql(a, scope, params)).join(` ${filter.op} `)})`;
    case 'not':
      return `(not ${filterToSql(filter.args[0], scope, params)})`;
    case '=':
    case '<>':
    case '<':
    case '>':
    case '<=':
    case '>=': {
      const [a, b] = meet(scalar(filter.args[0], scope, params), scalar(filter.args[1], scope, params));
      return `(${a.sql} ${filter.op} ${b.sql})`;
    }
    case 'between': {
      const [, low, high] = filter.args;
      return filterToSql(
        {
          op: 'and',
          args: [
            { op: '>=', args: [filter.args[0], low] },
            { op: '<=', args: [filter.args[0], high] },
          ],
        },
        scope,
        params,
      );
    }
    case 'in':
      return filterToSql(
        { op: 'or', args: filter.args[1].map((item) => ({ op: '=' as const, args: [filter.args[0], item] })) },
        scope,
        params,
      );
    case 'isNull':
      return `(${scalar(filter.args[0], scope, params).sql} is null)`;
    case 'like': {
      const subject = scalar(filter.args[0], scope, params);
      if (subject.kind !== 'text') throw new FilterError('"like" needs a text');
      return `(${subject.sql} like ${pattern(filter.args[1], params)})`;
    }
    default:
      if (filter.op.startsWith('s_')) return spatial(filter as SpatialPredicate, scope, params);
      throw new FilterError(`"${filter.op}" is not offered here; use the datetime parameter or compare dates with < and >`);
  }
}

function pattern(p: PatternExpression, params: SqlParams): string {
  // A backslash at the end stands for itself, as in the evaluator; PostgreSQL would refuse it.
  if (typeof p === 'string') return `${params.add(/(?<!\\)(\\\\)*\\$/.test(p) ? `${p}\\` : p)}::text collate "C"`;
  if (p.op === 'accenti') throw new FilterError('"accenti" is not offered here');
  return `lower(${pattern(p.args[0], params)})`;
}

function scalar(e: ScalarExpression, scope: FilterScope, params: SqlParams): Operand {
  if (typeof e === 'string') return { kind: 'text', literal: e, sql: `${params.add(e)}::text collate "C"` };
  if (typeof e === 'number') return { kind: 'number', sql: `${params.add(e)}::float8` };
  if (typeof e === 'boolean') return { kind: 'boolean', sql: `${params.add(e)}::boolean` };
  if ('property' in e) {
    const type = scope.fields.get(e.property);
    if (type === undefined) throw new FilterError(`unknown property: ${JSON.stringify(e.property.slice(0, 60))}`);
    const column = `${scope.alias}.${ident(e.property)}`;
    const kind = kindOf[type];
    return { kind, sql: kind === 'text' ? `${column} collate "C"` : column };
  }
  if ('date' in e) return { kind: 'date', sql: `${params.add(e.date)}::date` };
  if ('timestamp' in e) return { kind: 'timestamp', sql: `${params.add(e.timestamp)}::timestamptz` };
  if (e.op === 'casei' || e.op === 'accenti') {
    if (e.op === 'accenti') throw new FilterError('"accenti" is not offered here');
    const inner = scalar((e as CharacterFunction).args[0], scope, params);
    if (inner.kind !== 'text') throw new FilterError('"casei" needs a text');
    return { kind: 'text', sql: `lower(${inner.sql})` };
  }
  const [left, right] = (e as Arithmetic).args;
  const [a, b] = [scalar(left, scope, params), scalar(right, scope, params)];
  if (a.kind !== 'number' || b.kind !== 'number') throw new FilterError(`"${e.op}" needs numbers`);
  return { kind: 'number', sql: arithmetic(e.op as ArithmeticOperator, a.sql, b.sql) };
}

/** What has no finite result is null, as in the evaluator. Powers are left to the evaluator: they overflow too easily. */
function arithmetic(op: ArithmeticOperator, a: string, b: string): string {
  const [x, y] = [`(${a})::float8`, `(${b})::float8`];
  if (op === '/') return `(${x} / nullif(${y}, 0))`;
  if (op === 'div') return `trunc(${x} / nullif(${y}, 0))`;
  if (op === '%') return `(${x} - ${y} * trunc(${x} / nullif(${y}, 0)))`;
  if (op === '^') throw new FilterError('"^" is not offered here');
  return `(${x} ${op} ${y})`;
}

const ZONED = /(Z|[+-]\d{2}(:?\d{2})?)$/;

/**
 * Brings both sides to one kind: a text literal beside a date is a date, a date beside a timestamp its first instant in UTC. Without
 * a zone a timestamp is in UTC too, whatever zone the database's session has.
 */
function meet(a: Operand, b: Operand): [Operand, Operand] {
  const dated = (o: Operand, other: Operand): Operand => {
    if (o.literal === undefined || (other.kind !== 'date' && other.kind !== 'timestamp')) return o;
    if (parseInstant(o.literal) === null)
      throw new FilterError(`not a date or timestamp: ${JSON.stringify(o.literal.slice(0, 60))}`);
    return /^\d{4}-\d{2}-\d{2}$/.test(o.literal)
      ? { kind: 'date', sql: `(${o.sql})::date` }
      : { kind: 'timestamp', sql: `(${o.sql}${ZONED.test(o.literal) ? '' : ` || 'Z'`})::timestamptz` };
  };
  let [x, y] = [dated(a, b), dated(b, a)];
  const instant = (o: Operand): Operand =>
    o.kind === 'date' ? { kind: 'timestamp', sql: `(${o.sql}::timestamp at time zone 'UTC')` } : o;
  if (x.kind !== y.kind && (x.kind === 'timestamp' || y.kind === 'timestamp')) [x, y] = [instant(x), instant(y)];
  if (x.kind !== y.kind) throw new FilterError(`a ${x.kind} cannot be compared with a ${y.kind}`);
  return [x, y];
}

const SPATIAL_SQL: Partial<Record<SpatialPredicate['op'], string>> = {
  s_intersects: 'st_intersects',
  s_within: 'st_within',
  s_contains: 'st_contains',
  s_disjoint: 'st_disjoint',
  s_touches: 'st_touches',
  s_crosses: 'st_crosses',
  s_overlaps: 'st_overlaps',
  s_equals: 'st_equals',
};

function spatial(p: SpatialPredicate, scope: FilterScope, params: SqlParams): string {
  if (scope.geometry === null) throw new FilterError('geometry cannot be compared here');
  const side = (e: SpatialExpression): string => {
    if ('property' in e) {
      if (e.property !== 'geometry' && e.property !== 'geom')
        throw new FilterError(`unknown property: ${JSON.stringify(e.property.slice(0, 60))}`);
      return scope.geometry!;
    }
    const geojson = 'bbox' in e ? bboxPolygon(e.bbox) : e;
    const lonlat = `st_setsrid(st_geomfromgeojson(${params.add(JSON.stringify(geojson))}::text), 4326)`;
    return inStorage(lonlat, scope.srid);
  };
  return `${SPATIAL_SQL[p.op]!}(${side(p.args[0])}, ${side(p.args[1])})`;
}

/**
 * The grid on which polygons are cut and joined, in units of the CRS: 0.1 mm in degrees, next to nothing in metres. On a grid GEOS always
 * succeeds. Its faster way gives up on edges that nearly coincide and tries again, which the embedded engine cannot (it has no C++
 * exceptions): there the geometry would be lost.
 */
export const overlayGrid = (srid: number): number => (srid === 4490 || srid === 4326 ? 1e-9 : 1e-7);

/** Longitude and latitude to the storage CRS. EPSG:4490 takes them as they are: at any scale we draw it is 4326. */
export const inStorage = (lonlat: string, srid: number): string =>
  srid === 4490 ? `st_setsrid(${lonlat}, 4490)` : `st_transform(${lonlat}, ${srid})`;

/** The storage CRS to longitude and latitude. */
export const toLonLat = (geometry: string, srid: number): string =>
  srid === 4326 ? geometry : srid === 4490 ? `st_setsrid(${geometry}, 4326)` : `st_transform(${geometry}, 4326)`;

/** A box as polygon; one whose west lies east of its east crosses the antimeridian and becomes two. */
export function bboxPolygon(bbox: readonly number[]): { type: 'MultiPolygon'; coordinates: number[][][][] } {
  const [west, south, east, north] = (bbox.length === 6 ? [bbox[0], bbox[1], bbox[3], bbox[4]] : bbox) as [
    number,
    number,
    number,
    number,
  ];
  const ring = (w: number, e: number) => [
    [
      [w, south],
      [e, south],
      [e, north],
      [w, north],
      [w, south],
    ],
  ];
  return { type: 'MultiPolygon', coordinates: west <= east ? [ring(west, east)] : [ring(west, 180), ring(-180, east)] };
}
