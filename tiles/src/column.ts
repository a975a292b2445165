/** What a column holds. `date` and `timestamp` values are ISO texts; a `bigint` past 2^53 is a decimal text. */
export type ColumnType = 'text' | 'integer' | 'bigint' | 'double' | 'boolean' | 'date' | 'timestamp';

export interface Column {
  name: string;
  type: ColumnType;
  /** Key in the tile, when it is not the name: a masked form stands in for the value's column under the same key. */
  property?: string;
}

/** A property value as it enters and leaves a snapshot. */
export type Value = string | number | boolean | null;

export const COLUMN_TYPES: readonly ColumnType[] = ['text', 'integer', 'bigint', 'double', 'boolean', 'date', 'timestamp'];
