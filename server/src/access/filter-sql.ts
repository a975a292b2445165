import {
  type Arithmetic,
  type ArithmeticOperator,
  type CharacterFunction,
  type Filter,
  FilterError,
  type GeometryLiteral,
  kindZh,
  type PatternExpression,
  parseInstant,
  type ScalarExpression,
  type SpatialExpression,
  type SpatialPredicate,
} from '@yutu/tiles';
import { columnOf } from '../catalogue/column.js';
import type { ColumnType } from '../catalogue/definition.js';
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
  /** Adds the parameters as it writes them: to be called once, in the order of the text. */
  sql: () => string;
  kind: Kind;
  /** Set for text literals, which may stand for a date. */
  literal?: string;
  /** Set for number literals. */
  number?: number;
  /** Set for columns whose numbers may be past 2^53, and for doubles. */
  long?: boolean;
  float?: boolean;
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
      const [a, b] = meet(scalar(filter.args[0], scope, params), scalar(filter.args[1], scope, params), params);
      return `(${a.sql()} ${filter.op} ${b.sql()})`;
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
      return `(${scalar(filter.args[0], scope, params).sql()} is null)`;
    case 'like': {
      const subject = scalar(filter.args[0], scope, params);
      if (subject.kind !== 'text') throw new FilterError('"like" needs a text', '“like”只用于文本');
      return `(${subject.sql()} like ${pattern(filter.args[1], params)})`;
    }
    default:
      if (filter.op.startsWith('s_')) return spatial(filter as SpatialPredicate, scope, params);
      throw new FilterError(
        `"${filter.op}" is not offered here; use the datetime parameter or compare dates with < and >`,
        `这里不提供“${filter.op}”；请用 datetime 参数，或用 <、> 比较日期`,
      );
  }
}

function pattern(p: PatternExpression, params: SqlParams): string {
  // A backslash at the end stands for itself, as in the evaluator; PostgreSQL would refuse it.
  if (typeof p === 'string') return `${params.add(/(?<!\\)(\\\\)*\\$/.test(p) ? `${p}\\` : p)}::text collate "C"`;
  if (p.op === 'accenti') throw new FilterError('"accenti" is not offered here', '这里不提供“accenti”');
  return `yutu.casefold(${pattern(p.args[0], params)}) collate "C"`;
}

function scalar(e: ScalarExpression, scope: FilterScope, params: SqlParams): Operand {
  if (typeof e === 'string') return { kind: 'text', literal: e, sql: () => `${params.add(e)}::text collate "C"` };
  if (typeof e === 'number') return { kind: 'number', number: e, sql: () => `${params.add(e)}::float8` };
  if (typeof e === 'boolean') return { kind: 'boolean', sql: () => `${params.add(e)}::boolean` };
  if ('property' in e) {
    const type = scope.fields.get(e.property);
    if (type === undefined)
      throw new FilterError(
        `unknown property: ${JSON.stringify(e.property.slice(0, 60))}`,
        `没有字段“${e.property.slice(0, 60)}”`,
      );
    const column = `${scope.alias}.${columnOf(e.property)}`;
    const kind = kindOf[type];
    return {
      kind,
      long: type === 'bigint',
      float: type === 'double',
      sql: () => (kind === 'text' ? `${column} collate "C"` : column),
    };
  }
  if ('date' in e) return instant(e.date, params);
  if ('timestamp' in e) return instant(e.timestamp, params);
  if (e.op === 'casei' || e.op === 'accenti') {
    if (e.op === 'accenti') throw new FilterError('"accenti" is not offered here', '这里不提供“accenti”');
    const inner = scalar((e as CharacterFunction).args[0], scope, params);
    if (inner.kind !== 'text') throw new FilterError('"casei" needs a text', '“casei”只用于文本');
    return { kind: 'text', sql: () => `(yutu.casefold(${inner.sql()}) collate "C")` };
  }
  const [left, right] = (e as Arithmetic).args;
  const [a, b] = [scalar(left, scope, params), scalar(right, scope, params)];
  if (a.kind !== 'number' || b.kind !== 'number') throw new FilterError(`"${e.op}" needs numbers`, `“${e.op}”只用于数值`);
  if (e.op === '^') throw new FilterError('"^" is not offered here', '这里不提供“^”'); // left to the evaluator
  return { kind: 'number', float: true, sql: () => arithmetic(e.op as ArithmeticOperator, a.sql(), b.sql()) };
}

/** Days that PostgreSQL has, and times of them that it reads; it has no year 0, and no zone sixteen hours away. */
const READABLE =
  /^(?!0000)\d{4}-\d{2}-\d{2}([T ](([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?|24:00:00(\.0+)?)(Z|[+-](0\d|1[0-5])(:?[0-5]\d)?)?)?$/;
const ZONED = /(Z|[+-]\d{2}(:?\d{2})?)$/;

/** A date or timestamp. Without a zone it is in UTC, whatever zone the database's session has; digits past the microsecond are dropped. */
function instant(text: string, params: SqlParams): Operand {
  if (parseInstant(text) === null || !READABLE.test(text))
    throw new FilterError(
      `not a date or timestamp: ${JSON.stringify(text.slice(0, 60))}`,
      `“${text.slice(0, 60)}”不是日期或时间`,
    );
  if (text.length === 10) return { kind: 'date', sql: () => `${params.add(text)}::date` };
  const zoned = ZONED.test(text) ? text : `${text}Z`;
  return { kind: 'timestamp', sql: () => `${params.add(zoned.replace(/(\.\d{6})\d+/, '$1'))}::timestamptz` };
}

/** What has no finite result is null, as in the evaluator; PostgreSQL's own operators raise. */
function arithmetic(op: ArithmeticOperator, a: string, b: string): string {
  const [x, y] = [`(${a})::float8`, `(${b})::float8`];
  switch (op) {
    case '+':
      return `yutu.plus(${x}, ${y})`;
    case '-':
      return `yutu.plus(${x}, -(${y}))`;
    case '*':
      return `yutu.times(${x}, ${y})`;
    case '/':
      return `yutu.quotient(${x}, ${y})`;
    case 'div':
      return `trunc(yutu.quotient(${x}, ${y}))`;
    default:
      return `yutu.remainder(${x}, ${y})`;
  }
}

/**
 * Brings both sides to one kind: a text literal beside a date is a date, a date beside a timestamp its first instant in UTC. They are
 * compared as they are, for a date may lie beyond all timestamps; so is a bigint, for not every one is a double.
 */
function meet(a: Operand, b: Operand, params: SqlParams): [Operand, Operand] {
  const beside = (o: Operand, { kind, long }: Operand): Operand => {
    if (o.literal !== undefined && (kind === 'date' || kind === 'timestamp')) return instant(o.literal, params);
    const { number } = o;
    if (!long) return o;
    if (number !== undefined) return { ...o, sql: () => `${params.add(number)}::numeric` };
    return o.float ? { ...o, sql: () => `yutu.beside_bigint(${o.sql()})` } : o;
  };
  const [x, y] = [beside(a, b), beside(b, a)];
  const utc = (o: Operand): Operand => ({ kind: 'date', sql: () => `(${o.sql()} at time zone 'UTC')` });
  if (x.kind === 'timestamp' && y.kind === 'date') return [utc(x), y];
  if (x.kind === 'date' && y.kind === 'timestamp') return [x, utc(y)];
  if (x.kind !== y.kind)
    throw new FilterError(`a ${x.kind} cannot be compared with a ${y.kind}`, `${kindZh[x.kind]}不能与${kindZh[y.kind]}比较`);
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
  if (scope.geometry === null) throw new FilterError('geometry cannot be compared here', '这里不能比较图形');
  const [one, other] = p.args;
  const collected = [one, other].find((e) => 'type' in e && e.type === 'GeometryCollection');
  if (collected) return filterToSql(asParts(p, collected), scope, params);
  const side = (e: SpatialExpression): string => {
    if ('property' in e) {
      if (e.property !== 'geometry' && e.property !== 'geom')
        throw new FilterError(
          `unknown property: ${JSON.stringify(e.property.slice(0, 60))}`,
          `没有字段“${e.property.slice(0, 60)}”`,
        );
      return scope.geometry!;
    }
    return literalSql(e, scope.srid, params);
  };
  return `${SPATIAL_SQL[p.op]!}(${side(one)}, ${side(other)})`;
}

/** What a collection meets, one of its parts meets. No other relation is offered: PostGIS raises for some of them. */
function asParts(p: SpatialPredicate, collection: SpatialExpression): Filter {
  if (p.op !== 's_intersects' && p.op !== 's_disjoint')
    throw new FilterError(`"${p.op}" takes no GeometryCollection`, `“${p.op}”不接受 GeometryCollection`);
  const { geometries } = collection as GeometryLiteral & { type: 'GeometryCollection' };
  const args = geometries.map(
    (part): Filter => ({ op: 's_intersects', args: p.args.map((e) => (e === collection ? part : e)) as typeof p.args }),
  );
  const meets: Filter = { op: 'or', args };
  return p.op === 's_intersects' ? meets : { op: 'not', args: [meets] };
}

const literalSql = (e: Exclude<SpatialExpression, { property: string }>, srid: number, params: SqlParams): string => {
  const geojson = 'bbox' in e ? boxOf(e.bbox) : e;
  return inStorage(`st_setsrid(st_geomfromgeojson(${params.add(JSON.stringify(geojson))}::text), 4326)`, srid);
};

/** A box without width or height is no polygon, but a line or a point. */
function boxOf(bbox: readonly number[]): object {
  const box = bboxPolygon(bbox);
  const corners = box.coordinates.length === 1 ? box.coordinates[0]![0]! : [];
  const ends = [corners[0], corners[2]] as [number[], number[]];
  if (corners.length === 0 || (ends[0][0] !== ends[1][0] && ends[0][1] !== ends[1][1])) return box;
  return ends[0].join() === ends[1].join() ? { type: 'Point', coordinates: ends[0] } : { type: 'LineString', coordinates: ends };
}

/**
 * A statement that is true when every geometry in a filter can be compared in the layer's CRS: is valid and lies where the CRS reaches.
 * It raises where one cannot even be read. To be asked before the filter, so that no row has a say in that; null: nothing to ask.
 */
export function literalsSql(filter: Filter, srid: number, params: SqlParams): string | null {
  const valid: string[] = [];
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) for (const item of node) visit(item);
    else if (typeof node === 'object' && node !== null) {
      if ('args' in node) visit(node.args);
      else if ('geometries' in node) visit(node.geometries);
      else if ('bbox' in node || 'coordinates' in node) valid.push(`st_isvalid(${literalSql(node as never, srid, params)})`);
    }
  };
  visit(filter);
  return valid.length === 0 ? null : `select (${valid.join(' and ')}) as valid`;
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
