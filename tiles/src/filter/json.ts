import {
  type Filter,
  FilterError,
  type GeometryLiteral,
  MAX_FILTER_DEPTH,
  MAX_FILTER_NODES,
  MAX_FILTER_POSITIONS,
  type PatternExpression,
  type ScalarExpression,
  SPATIAL_OPERATORS,
  type SpatialExpression,
  TEMPORAL_OPERATORS,
  type TemporalExpression,
} from './ast.js';
import { isDate, isTimestamp } from './time.js';

const COMPARISONS: readonly string[] = ['=', '<>', '<', '>', '<=', '>='];
const ARITHMETIC: readonly string[] = ['+', '-', '*', '/', '^', '%', 'div'];
const SPATIAL: readonly string[] = SPATIAL_OPERATORS;
const TEMPORAL: readonly string[] = TEMPORAL_OPERATORS;

interface Budget {
  nodes: number;
  positions: number;
}

/**
 * Checks CQL2 JSON (OGC 21-065r2 §8.2) and copies it, so that nothing but the AST's own members is left.
 * Refused although in the standard: arrays and functions of one's own.
 * @throws FilterError for anything that is not a filter, too deep (64 levels) or too large (2,000 nodes)
 */
export function parseCql2Json(value: unknown): Filter {
  return filter(value, 0, { nodes: MAX_FILTER_NODES, positions: MAX_FILTER_POSITIONS });
}

function filter(value: unknown, depth: number, budget: Budget): Filter {
  spend(depth, budget);
  if (typeof value === 'boolean') return value;
  const { op, args } = operation(value);
  const next = depth + 1;
  if (op === 'and' || op === 'or') {
    if (args.length < 2) throw new FilterError(`"${op}" needs two operands or more`, `“${op}”至少要有两项`);
    return { op, args: args.map((arg) => filter(arg, next, budget)) };
  }
  if (op === 'not') return { op, args: [filter(operands(op, args, 1)[0], next, budget)] };
  if (op === 'isNull') return { op, args: [scalar(operands(op, args, 1)[0], next, budget)] };
  if (op === 'like') {
    const [text, match] = operands(op, args, 2);
    return { op, args: [scalar(text, next, budget), pattern(match, next, budget)] };
  }
  if (op === 'between') {
    const [subject, low, high] = operands(op, args, 3);
    return { op, args: [scalar(subject, next, budget), scalar(low, next, budget), scalar(high, next, budget)] };
  }
  if (op === 'in') {
    const [subject, list] = operands(op, args, 2);
    if (!Array.isArray(list) || list.length === 0)
      throw new FilterError('"in" needs a list of one value or more', '“in”要有至少一个值的列表');
    return { op, args: [scalar(subject, next, budget), list.map((item) => scalar(item, next, budget))] };
  }
  if (COMPARISONS.includes(op)) {
    const [left, right] = operands(op, args, 2);
    return { op, args: [scalar(left, next, budget), scalar(right, next, budget)] } as Filter;
  }
  if (SPATIAL.includes(op)) {
    const [left, right] = operands(op, args, 2);
    return { op, args: [spatial(left, next, budget), spatial(right, next, budget)] } as Filter;
  }
  if (TEMPORAL.includes(op)) {
    const [left, right] = operands(op, args, 2);
    return { op, args: [temporal(left, next, budget), temporal(right, next, budget)] } as Filter;
  }
  if (ARITHMETIC.includes(op) || op === 'casei' || op === 'accenti')
    throw new FilterError(`"${op}" is a value, not a condition`, `“${op}”是值，不是条件`);
  throw unknown(op);
}

function scalar(value: unknown, depth: number, budget: Budget): ScalarExpression {
  spend(depth, budget);
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return finite(value);
  const object = record(value);
  if ('property' in object) return property(object);
  if ('date' in object || 'timestamp' in object) return instant(object);
  const { op, args } = operation(value);
  if (op === 'casei' || op === 'accenti') return { op, args: [scalar(operands(op, args, 1)[0], depth + 1, budget)] };
  if (ARITHMETIC.includes(op)) {
    const [left, right] = operands(op, args, 2);
    return { op, args: [scalar(left, depth + 1, budget), scalar(right, depth + 1, budget)] } as ScalarExpression;
  }
  if (isCondition(op)) throw new FilterError(`"${op}" is a condition, not a value`, `“${op}”是条件，不是值`);
  throw unknown(op);
}

function pattern(value: unknown, depth: number, budget: Budget): PatternExpression {
  spend(depth, budget);
  if (typeof value === 'string') return value;
  if (typeof value === 'object' && value !== null && !('property' in value)) {
    const { op, args } = operation(value);
    if (op === 'casei' || op === 'accenti') return { op, args: [pattern(operands(op, args, 1)[0], depth + 1, budget)] };
  }
  throw new FilterError('the pattern of "like" must be a text literal', '“like”的模式须是文本');
}

function spatial(value: unknown, depth: number, budget: Budget): SpatialExpression {
  spend(depth, budget);
  const object = record(value);
  if ('property' in object) return property(object);
  if ('bbox' in object) {
    const { bbox } = object;
    if (!Array.isArray(bbox) || (bbox.length !== 4 && bbox.length !== 6))
      throw new FilterError('a bbox has 4 or 6 numbers', 'bbox 应有 4 或 6 个数字');
    const box = bbox.map(finite);
    // West of east may cross the antimeridian; nothing goes from north to south.
    const half = box.length / 2;
    if (box[1]! > box[half + 1]! || (half === 3 && box[2]! > box[5]!))
      throw new FilterError('the south (or bottom) of a bbox lies above its north (or top)', 'bbox 的南（或下）在北（或上）之上');
    return { bbox: box };
  }
  if ('op' in object) throw unknown(operation(object).op);
  return geometry(object, depth, budget);
}

const COORDINATE_DEPTH: Record<string, number> = {
  Point: 0,
  LineString: 1,
  MultiPoint: 1,
  Polygon: 2,
  MultiLineString: 2,
  MultiPolygon: 3,
};

function geometry(object: Record<string, unknown>, depth: number, budget: Budget): GeometryLiteral {
  const { type, crs } = object;
  if (crs !== undefined && crs !== null && !isLonLat(crs))
    throw new FilterError(
      'a geometry in a filter is in longitude and latitude (CRS84, EPSG:4326, EPSG:4490)',
      '图形须是经纬度（CRS84、EPSG:4326、EPSG:4490）',
    );
  if (type === 'GeometryCollection') {
    if (!Array.isArray(object.geometries))
      throw new FilterError('a geometry collection needs "geometries"', '图形集合缺少 geometries');
    const geometries = object.geometries.map((part) => {
      spend(depth + 1, budget);
      return geometry(record(part), depth + 1, budget);
    });
    return { type, geometries };
  }
  if (typeof type !== 'string' || !Object.hasOwn(COORDINATE_DEPTH, type))
    throw new FilterError('a geometry literal was expected', '这里应为图形');
  return { type, coordinates: coordinates(object.coordinates, COORDINATE_DEPTH[type]!, type, budget) } as GeometryLiteral;
}

/** A `crs` member that names what coordinates are in anyway, longitude first. */
function isLonLat(crs: unknown): boolean {
  const name = typeof crs === 'string' ? crs : (crs as { properties?: { name?: unknown } }).properties?.name;
  return typeof name === 'string' && /(?:\bCRS84|\bEPSG\b.*[:/](?:4326|4490))$/i.test(name.slice(0, 200).trim());
}

/** Fewest members of a path: a line has two positions, a ring four; sets may hold one. */
const LEAST: Record<string, number> = { LineString: 2, MultiLineString: 2, Polygon: 4, MultiPolygon: 4, MultiPoint: 1 };

function coordinates(value: unknown, nesting: number, type: string, budget: Budget): unknown {
  if (!Array.isArray(value))
    throw new FilterError(`the coordinates of a ${type} are not as they should be`, `${type} 的坐标不合格式`);
  if (nesting === 0) {
    if (--budget.positions < 0)
      throw new FilterError(
        `a filter may have ${MAX_FILTER_POSITIONS} positions at most`,
        `图形的点数合计最多 ${MAX_FILTER_POSITIONS}`,
      );
    if (value.length < 2 || value.length > 4) throw new FilterError('a position has 2 to 4 numbers', '一个点有 2 到 4 个数字');
    return value.map(finite);
  }
  if (nesting === 1 && value.length < LEAST[type]!)
    throw new FilterError(`a ${type} needs ${LEAST[type]} positions or more`, `${type} 至少要有 ${LEAST[type]} 个点`);
  return value.map((item) => coordinates(item, nesting - 1, type, budget));
}

function temporal(value: unknown, depth: number, budget: Budget): TemporalExpression {
  spend(depth, budget);
  const object = record(value);
  if ('property' in object) return property(object);
  if ('date' in object || 'timestamp' in object) return instant(object);
  if (!('interval' in object))
    throw new FilterError('a date, timestamp, interval or property was expected', '这里应为日期、时间、时段或字段');
  const { interval } = object;
  if (!Array.isArray(interval) || interval.length !== 2) throw new FilterError('an interval has two ends', '时段要有起止两端');
  const [start, end] = interval.map((limit) => {
    if (limit === '..') return limit;
    if (typeof limit !== 'string') return property(record(limit));
    if (!isDate(limit) && !isTimestamp(limit))
      throw new FilterError(`not a date or timestamp: ${quote(limit)}`, `${quote(limit)} 不是日期或时间`);
    return limit;
  });
  return { interval: [start!, end!] };
}

function instant(object: Record<string, unknown>): { date: string } | { timestamp: string } {
  if ('date' in object) {
    if (typeof object.date !== 'string' || !isDate(object.date))
      throw new FilterError(`not a date: ${quote(object.date)}`, `${quote(object.date)} 不是日期`);
    return { date: object.date };
  }
  const { timestamp } = object;
  if (typeof timestamp !== 'string' || !isTimestamp(timestamp))
    throw new FilterError(`not a UTC timestamp: ${quote(timestamp)}`, `${quote(timestamp)} 不是 UTC 时间`);
  return { timestamp };
}

function property(object: Record<string, unknown>): { property: string } {
  if (typeof object.property !== 'string' || object.property === '')
    throw new FilterError('a property name was expected', '这里应为字段名');
  return { property: object.property };
}

function operation(value: unknown): { op: string; args: unknown[] } {
  const { op, args } = record(value);
  if (typeof op !== 'string' || !Array.isArray(args))
    throw new FilterError('an operation with "op" and "args" was expected', '这里应为带 op 和 args 的运算');
  return { op, args };
}

function operands(op: string, args: unknown[], n: number): unknown[] {
  if (args.length !== n)
    throw new FilterError(
      `"${op}" needs ${n} operand${n > 1 ? 's' : ''}, not ${args.length}`,
      `“${op}”应有 ${n} 项，而不是 ${args.length} 项`,
    );
  return args;
}

function record(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new FilterError(`not expected here: ${quote(value)}`, `这里不该有 ${quote(value)}`);
  return value as Record<string, unknown>;
}

function finite(value: unknown): number {
  if (typeof value !== 'number' || !Number.isFinite(value))
    throw new FilterError(`not a number: ${quote(value)}`, `${quote(value)} 不是数值`);
  // −0 and 0 are one number: text and JSON give one AST.
  return value === 0 ? 0 : value;
}

function spend(depth: number, budget: Budget): void {
  if (depth > MAX_FILTER_DEPTH)
    throw new FilterError(`a filter may be nested ${MAX_FILTER_DEPTH} levels deep at most`, `最多嵌套 ${MAX_FILTER_DEPTH} 层`);
  if (--budget.nodes < 0)
    throw new FilterError(`a filter may have ${MAX_FILTER_NODES} parts at most`, `最多 ${MAX_FILTER_NODES} 个部分`);
}

function isCondition(op: string): boolean {
  return (
    ['and', 'or', 'not', 'like', 'between', 'in', 'isNull'].includes(op) ||
    COMPARISONS.includes(op) ||
    SPATIAL.includes(op) ||
    TEMPORAL.includes(op)
  );
}

function unknown(op: string): FilterError {
  if (op.startsWith('a_'))
    return new FilterError(`array operators are not supported: ${quote(op)}`, `不支持数组运算：${quote(op)}`);
  return new FilterError(`unknown function or operator: ${quote(op)}`, `没有这个函数或运算：${quote(op)}`);
}

/** Primitives only: what is nested may be too deep to print. */
function quote(value: unknown): string {
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'a list' : 'an object';
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
