import type { ValueDictionary } from '../snapshot/dictionary.js';

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
export function weighColumns(codes: Uint32Array, width: number, dictionary: ValueDictionary): ColumnWeights {
  const { ends } = dictionary;
  const weights: ColumnWeights = { all: 0, lean: 0, unique: [] };
  const rows = codes.length / width;
  for (let index = 0; index < width; index++) {
    const seen = new Uint8Array(ends.length);
    let filled = 0;
    let distinct = 0;
    let bytes = 0;
    for (let at = index; at < codes.length; at += width) {
      const code = codes[at]!;
      if (code === 0) continue;
      filled++;
      if (seen[code] === 1) continue;
      seen[code] = 1;
      distinct++;
      bytes += ends[code]! - ends[code - 1]!;
    }
    if (filled === 0) continue;
    const pair = (PAIR_BYTES * filled) / rows;
    weights.all += pair;
    if (distinct > rows * UNIQUE_SHARE) {
      weights.unique.push(index);
      weights.all += bytes / rows + pair / 3;
    } else weights.lean += pair;
  }
  return weights;
}
