import { SqlParams } from '../access/sql-params.js';
import type { ViewSet } from '../access/view.js';
import { columnOf } from '../catalogue/column.js';
import type { Layer } from '../catalogue/layers.js';
import type { Queryable } from '../db/database.js';
import { type Asked, asked } from './fence.js';

/** Classes told apart; what the rest hold is told together. */
export const MOST_CLASSES = 200;

export interface StatisticsQuery extends Asked {
  /** Field whose values are the classes; without it all features are one class. */
  by?: string;
  /** With a number field as `by`: ascending bounds between classes; a value equal to a bound belongs to the class above it. */
  breaks?: readonly number[];
  /** A number field that is summed up. */
  of?: string;
  /** Whether the least and the greatest number are told, and so whose they are is asked. */
  ends?: boolean;
}

export interface Class {
  /** The value, or with breaks the number of the class, from 0; null: the field is empty. */
  value: string | number | boolean | null;
  count: number;
  /** Features of it that have a number to sum up. */
  valued: number;
  sum: number | null;
  min: number | null;
  max: number | null;
  /** Features whose own values these are: the only one, or with `ends` those with the least and the greatest number. */
  own: number[] | null;
}

/**
 * Features under the caller's views by class, the most frequent first. The fields must be such that every view shows their value
 * (`filterableFields`): the caller of this has checked it.
 * @returns at most `MOST_CLASSES` classes, and how many features match in all and have a number
 * @throws FilterError for a filter that does not fit what the caller sees
 */
export async function statisticsOf(
  q: Queryable,
  layer: Layer,
  set: ViewSet,
  { by, breaks, of, ends = false, ...query }: StatisticsQuery,
): Promise<{ classes: Class[]; matched: number; valued: number }> {
  const params = new SqlParams();
  const { from } = await asked(q, layer, set, query, params);
  const column = by === undefined ? 'null' : `t.${columnOf(by)}`;
  const bounds = breaks && params.add(JSON.stringify(breaks));
  const value = bounds
    ? `width_bucket(${column}::float8, (select array_agg(b::float8 order by b::float8) from json_array_elements_text(${bounds}::json) b))`
    : column;
  const number = of === undefined ? 'null::float8' : `t.${columnOf(of)}::float8`;
  const rows = await q.query<Class & { matched: number; allValued: number }>(
    `select ${value} as value, count(*) as count, count(${number}) as valued, ${sumSql(number)} as sum, min(${number}) as min, max(${number}) as max,
       ${ownSql(ends ? number : null)} as own, (sum(count(*)) over ())::bigint as matched,
       (sum(count(${number})) over ())::bigint as "allValued"
     from ${from}
     group by ${by === undefined ? '()' : '1'} order by 2 desc, 1 limit ${MOST_CLASSES}`,
    params.values,
  );
  const classes = rows.map(({ matched: _, allValued: __, ...row }) => row);
  return { classes, matched: rows[0]?.matched ?? 0, valued: rows[0]?.allValued ?? 0 };
}

/** The features whose own values stand in a class. @param number whose least and greatest are told; null: they are not */
const ownSql = (number: string | null): string => {
  const first = (order: string) => `(array_agg(t.fid order by ${number} ${order} nulls last))[1]`;
  const others = number === null ? '' : ` else array[${first('asc')}, ${first('desc')}]`;
  return `to_json(case when count(*) = 1 then array[min(t.fid)]${others} end)`;
};

/** A sum that cannot overflow: of numbers that no layer measures anything in there is none. */
const sumSql = (number: string): string =>
  `case when max(abs(${number})) < 1e290 then sum(${number}) filter (where abs(${number}) < 1e290) end`;
