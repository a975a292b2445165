import type { ColumnStatistics } from '../snapshot/layer-values.js';

/** A column whose distinct values number more than this share of the rows does not compress in a tile. */
const UNIQUE_SHARE = 0.25;
/** Bytes of a key index and a value index that many features share. */
const PAIR_BYTES = 3;

/** What the columns cost in a tile, estimated per feature in uncompressed bytes. */
export interface ColumnWeights {
  /** With all columns. */
  all: number;
  /** Without those in `unique`. */
  lean: number;
  /** Indexes of columns with (nearly) a value of its own per row: names, codes, areas. */
  unique: number[];
}

/** Estimates the columns' bytes from how many distinct values they have and how long these are. */
export function weighColumns(columns: readonly ColumnStatistics[], rows: number): ColumnWeights {
  const weights: ColumnWeights = { all: 0, lean: 0, unique: [] };
  columns.forEach(({ filled, distinct, bytes }, index) => {
    if (filled === 0) return;
    const pair = (PAIR_BYTES * filled) / rows;
    weights.all += pair;
    if (distinct > rows * UNIQUE_SHARE) {
      weights.unique.push(index);
      weights.all += ((bytes / filled) * distinct) / rows + pair / 3;
    } else weights.lean += pair;
  });
  return weights;
}
