import type { Column, Value } from '../column.js';
import { calculate } from './arithmetic.js';
import type { Arithmetic, ComparisonOperator, Filter, PatternExpression, ScalarExpression } from './ast.js';
import { FilterError, kindZh } from './ast.js';
import { foldCase } from './fold.js';
import { compileTemporal } from './temporal.js';
import { parseInstant } from './time.js';
import { compareNumbers, compareText, foldAccents, likeMatcher, type Operand, type Predicate, type Truth } from './values.js';

/** Reads one value of a row by the column's index. */
export type ReadValue<Row> = (row: Row, column: number) => Value;

type Kind = 'text' | 'number' | 'boolean' | 'instant';
interface Expression<Row> {
  kind: Kind;
  get: (row: Row) => Operand;
  /** Set for text literals, which may stand for a date. */
  literal?: string;
}

/**
 * How a compiled predicate may be wrapped. Called for each condition with the columns it reads, so that a store with dictionaries
 * can remember answers per distinct value.
 */
export type Memo<Row> = (predicate: Predicate<Row>, columns: ReadonlySet<number>) => Predicate<Row>;

export interface Scope<Row> {
  columns: readonly Column[];
  read: ReadValue<Row>;
  memo: Memo<Row>;
  /** Columns read by the condition being compiled. */
  reads: Set<number>;
}

/**
 * Compiles a filter to a function of a row, with SQL's three-valued logic: comparisons with null are null, AND and OR keep what is
 * decided, and only `true` passes. Texts compare by code point, instants as instants (a date is its first instant in UTC), `/`
 * divides reals, `div` truncates, division by zero is null.
 *
 * @param columns names and types; rows are arrays in this order
 * @throws FilterError for unknown columns, operands of kinds that do not meet, and spatial predicates (geometry is SQL's business)
 */
export function compileFilter(filter: Filter, columns: readonly Column[]): Predicate<readonly Value[]> {
  return compileFilterFor(filter, columns, (row, column) => row[column] ?? null);
}

/** As compileFilter, for rows of any shape. */
export function compileFilterFor<Row>(
  filter: Filter,
  columns: readonly Column[],
  read: ReadValue<Row>,
  memo: Memo<Row> = (predicate) => predicate,
): Predicate<Row> {
  return condition(filter, { columns, read, memo, reads: new Set() });
}

function condition<Row>(filter: Filter, scope: Scope<Row>): Predicate<Row> {
  if (typeof filter === 'boolean') return () => filter;
  switch (filter.op) {
    case 'and':
      return all(filter.args.map((arg) => condition(arg, scope)));
    case 'or':
      return any(filter.args.map((arg) => condition(arg, scope)));
    case 'not': {
      const inner = condition(filter.args[0], scope);
      return (row) => {
        const truth = inner(row);
        return truth === null ? null : !truth;
      };
    }
    default: {
      const own = { ...scope, reads: new Set<number>() };
      const predicate = leaf(filter, own);
      return scope.memo(predicate, own.reads);
    }
  }
}

function all<Row>(terms: Predicate<Row>[]): Predicate<Row> {
  return (row) => {
    let truth: Truth = true;
    for (const term of terms) {
      const value = term(row);
      if (value === false) return false;
      if (value === null) truth = null;
    }
    return truth;
  };
}

function any<Row>(terms: Predicate<Row>[]): Predicate<Row> {
  return (row) => {
    let truth: Truth = false;
    for (const term of terms) {
      const value = term(row);
      if (value === true) return true;
      if (value === null) truth = null;
    }
    return truth;
  };
}

function leaf<Row>(filter: Exclude<Filter, boolean>, scope: Scope<Row>): Predicate<Row> {
  switch (filter.op) {
    case '=':
    case '<>':
    case '<':
    case '>':
    case '<=':
    case '>=':
      return comparison(filter.op, value(filter.args[0], scope), value(filter.args[1], scope));
    case 'isNull': {
      const { get } = value(filter.args[0], scope);
      return (row) => get(row) === null;
    }
    case 'between': {
      const subject = value(filter.args[0], scope);
      return all([
        comparison('>=', subject, value(filter.args[1], scope)),
        comparison('<=', subject, value(filter.args[2], scope)),
      ]);
    }
    case 'in': {
      const subject = value(filter.args[0], scope);
      return any(filter.args[1].map((item) => comparison('=', subject, value(item, scope))));
    }
    case 'like':
      return like(value(filter.args[0], scope), filter.args[1]);
    default:
      if (filter.op.startsWith('t_')) return compileTemporal(filter as never, (ref) => instantOf(value(ref, scope)));
      throw new FilterError(
        `"${filter.op}" cannot be evaluated here: geometry is compared by the database`,
        `这里不能用“${filter.op}”：图形只能由数据库比较`,
      );
  }
}

function like<Row>(subject: Expression<Row>, pattern: PatternExpression): Predicate<Row> {
  if (subject.kind !== 'text') throw new FilterError('"like" needs a text', '“like”只用于文本');
  const match = likeMatcher(foldPattern(pattern));
  const { get } = subject;
  return (row) => {
    const text = get(row);
    return text === null ? null : match(text as string);
  };
}

function foldPattern(pattern: PatternExpression): string {
  if (typeof pattern === 'string') return pattern;
  const inner = foldPattern(pattern.args[0]);
  return pattern.op === 'casei' ? foldCase(inner) : foldAccents(inner);
}

const HOLDS: Record<ComparisonOperator, (order: number) => boolean> = {
  '=': (order) => order === 0,
  '<>': (order) => order !== 0,
  '<': (order) => order < 0,
  '>': (order) => order > 0,
  '<=': (order) => order <= 0,
  '>=': (order) => order >= 0,
};

function comparison<Row>(op: ComparisonOperator, a: Expression<Row>, b: Expression<Row>): Predicate<Row> {
  let left = a;
  let right = b;
  if (left.kind === 'instant' && right.literal !== undefined) right = instantOf(right);
  if (right.kind === 'instant' && left.literal !== undefined) left = instantOf(left);
  if (left.kind !== right.kind)
    throw new FilterError(
      `a ${left.kind} cannot be compared with a ${right.kind}`,
      `${kindZh[left.kind]}不能与${kindZh[right.kind]}比较`,
    );
  const compare = (left.kind === 'text' ? compareText : compareNumbers) as (x: Operand, y: Operand) => number;
  const holds = HOLDS[op];
  return (row) => {
    const x = left.get(row);
    if (x === null) return null;
    const y = right.get(row);
    return y === null ? null : holds(compare(x, y));
  };
}

/** A text literal beside a date is a date. */
function instantOf<Row>(expression: Expression<Row>): Expression<Row> {
  if (expression.kind === 'instant') return expression;
  if (expression.literal === undefined)
    throw new FilterError(`a ${expression.kind} is not a date or timestamp`, `${kindZh[expression.kind]}不是日期或时间`);
  const instant = parseInstant(expression.literal);
  if (instant === null)
    throw new FilterError(
      `not a date or timestamp: ${JSON.stringify(expression.literal.slice(0, 60))}`,
      `“${expression.literal.slice(0, 60)}”不是日期或时间`,
    );
  return { kind: 'instant', get: () => instant };
}

function value<Row>(expression: ScalarExpression, scope: Scope<Row>): Expression<Row> {
  if (typeof expression === 'string') return { kind: 'text', get: () => expression, literal: expression };
  if (typeof expression === 'number') return { kind: 'number', get: () => expression };
  if (typeof expression === 'boolean') return { kind: 'boolean', get: () => expression };
  if ('property' in expression) return propertyValue(expression.property, scope);
  if ('date' in expression) return instantOf({ kind: 'text', get: () => null, literal: expression.date });
  if ('timestamp' in expression) return instantOf({ kind: 'text', get: () => null, literal: expression.timestamp });
  if (expression.op === 'casei' || expression.op === 'accenti') {
    const { kind, get } = value(expression.args[0], scope);
    if (kind !== 'text') throw new FilterError(`"${expression.op}" needs a text`, `“${expression.op}”只用于文本`);
    const fold = expression.op === 'casei' ? foldCase : foldAccents;
    return {
      kind: 'text',
      get: (row) => {
        const text = get(row);
        return text === null ? null : fold(text as string);
      },
    };
  }
  const { op, args } = expression as Arithmetic;
  const left = value(args[0], scope);
  const right = value(args[1], scope);
  if (left.kind !== 'number' || right.kind !== 'number') throw new FilterError(`"${op}" needs numbers`, `“${op}”只用于数值`);
  return {
    kind: 'number',
    get: (row) => {
      const x = left.get(row);
      if (x === null) return null;
      const y = right.get(row);
      return y === null ? null : calculate(op, Number(x), Number(y));
    },
  };
}

function propertyValue<Row>(name: string, scope: Scope<Row>): Expression<Row> {
  const index = scope.columns.findIndex((column) => column.name === name);
  const column = scope.columns[index];
  if (!column) throw new FilterError(`unknown property: ${JSON.stringify(name.slice(0, 60))}`, `没有字段“${name.slice(0, 60)}”`);
  scope.reads.add(index);
  const { read } = scope;
  switch (column.type) {
    case 'text':
      return { kind: 'text', get: (row) => read(row, index) };
    case 'boolean':
      return { kind: 'boolean', get: (row) => read(row, index) };
    case 'integer':
    case 'double':
      return { kind: 'number', get: (row) => read(row, index) };
    case 'bigint':
      return {
        kind: 'number',
        get: (row) => {
          const stored = read(row, index);
          return typeof stored === 'string' ? BigInt(stored) : stored;
        },
      };
    default:
      return {
        kind: 'instant',
        get: (row) => {
          const stored = read(row, index);
          return stored === null ? null : parseInstant(stored as string);
        },
      };
  }
}
