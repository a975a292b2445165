/**
 * The one form of a filter: CQL2 JSON (OGC 21-065r2 §8.2), plain data that survives JSON and structured clone. Text is parsed into
 * it, SQL is compiled from it, tiles evaluate it.
 */
export type Filter = boolean | Logical | Comparison | SpatialPredicate | TemporalPredicate;

export type Logical = { op: 'and' | 'or'; args: Filter[] } | { op: 'not'; args: [Filter] };

export type ComparisonOperator = '=' | '<>' | '<' | '>' | '<=' | '>=';
export type Comparison =
  | { op: ComparisonOperator; args: [ScalarExpression, ScalarExpression] }
  | { op: 'like'; args: [ScalarExpression, PatternExpression] }
  | { op: 'between'; args: [ScalarExpression, ScalarExpression, ScalarExpression] }
  | { op: 'in'; args: [ScalarExpression, ScalarExpression[]] }
  | { op: 'isNull'; args: [ScalarExpression] };

export type ScalarExpression = string | number | boolean | PropertyRef | InstantLiteral | CharacterFunction | Arithmetic;
export interface PropertyRef {
  property: string;
}
export type InstantLiteral = { date: string } | { timestamp: string };
export interface IntervalLiteral {
  interval: [string | PropertyRef, string | PropertyRef];
}
export interface CharacterFunction {
  op: 'casei' | 'accenti';
  args: [ScalarExpression];
}
export type PatternExpression = string | { op: 'casei' | 'accenti'; args: [PatternExpression] };
export type ArithmeticOperator = '+' | '-' | '*' | '/' | '^' | '%' | 'div';
export interface Arithmetic {
  op: ArithmeticOperator;
  args: [ScalarExpression, ScalarExpression];
}

export const SPATIAL_OPERATORS = [
  's_contains',
  's_crosses',
  's_disjoint',
  's_equals',
  's_intersects',
  's_overlaps',
  's_touches',
  's_within',
] as const;
export type SpatialOperator = (typeof SPATIAL_OPERATORS)[number];
export interface SpatialPredicate {
  op: SpatialOperator;
  args: [SpatialExpression, SpatialExpression];
}
export type SpatialExpression = PropertyRef | GeometryLiteral | { bbox: number[] };

export type Position = number[];
export type GeometryLiteral =
  | { type: 'Point'; coordinates: Position }
  | { type: 'LineString' | 'MultiPoint'; coordinates: Position[] }
  | { type: 'Polygon' | 'MultiLineString'; coordinates: Position[][] }
  | { type: 'MultiPolygon'; coordinates: Position[][][] }
  | { type: 'GeometryCollection'; geometries: GeometryLiteral[] };

export const TEMPORAL_OPERATORS = [
  't_after',
  't_before',
  't_contains',
  't_disjoint',
  't_during',
  't_equals',
  't_finishedBy',
  't_finishes',
  't_intersects',
  't_meets',
  't_metBy',
  't_overlappedBy',
  't_overlaps',
  't_startedBy',
  't_starts',
] as const;
export type TemporalOperator = (typeof TEMPORAL_OPERATORS)[number];
export interface TemporalPredicate {
  op: TemporalOperator;
  args: [TemporalExpression, TemporalExpression];
}
export type TemporalExpression = PropertyRef | InstantLiteral | IntervalLiteral;

/** Deepest nesting a filter may have; a chain `a AND b AND c` is one level. */
export const MAX_FILTER_DEPTH = 64;
/** Most operators, properties and literals a filter may have. */
export const MAX_FILTER_NODES = 2_000;
/** Most positions the geometry literals of a filter may have together. */
export const MAX_FILTER_POSITIONS = 20_000;
/** Longest filter text in UTF-16 units. */
export const MAX_FILTER_TEXT = 1_000_000;

/** Kinds of values, as a Chinese sentence calls them. */
export const kindZh = { text: '文本', number: '数值', boolean: '是非值', instant: '时间', date: '日期', timestamp: '时间' };

/** A filter that cannot be read or cannot be evaluated, in both languages. `position` is an offset in the text, when there is a text. */
export class FilterError extends Error {
  override name = 'FilterError';
  constructor(
    message: string,
    readonly zh: string,
    readonly position?: number,
  ) {
    super(message);
  }
}

/** Whether a whole number has more digits than a double keeps: compared with, it would be another. */
export function isLongWhole(text: string): boolean {
  const near = Number(text);
  if (!/^[-+]?\d+$/.test(text) || Number.isSafeInteger(near) || !Number.isFinite(near)) return false;
  return BigInt(text.replace(/^\+/, '')) !== BigInt(near);
}

export const longNumber = (text: string, position?: number): FilterError =>
  new FilterError(
    `${text.slice(0, 40)} has more digits than are kept of a number; write it in quotes where the field is text`,
    `${text.slice(0, 40)} 的位数超出数值能保存的范围；字段是文本时请加引号`,
    position,
  );

/** Names of all properties a filter mentions. */
export function filterProperties(filter: Filter): Set<string> {
  const names = new Set<string>();
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) for (const item of node) visit(item);
    else if (typeof node === 'object' && node !== null) {
      if ('property' in node) names.add(node.property as string);
      else if ('args' in node) visit(node.args);
      else if ('interval' in node) visit(node.interval);
    }
  };
  visit(filter);
  return names;
}
