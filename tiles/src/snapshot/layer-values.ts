import { createDistinct, type Distinct, distinctOf, noteHash } from '../detail/distinct.js';
import { growUint8, growUint32 } from './growable.js';
import { hashBytes, ValueTable, valueEnd } from './values.js';

/** A column with more distinct values, or more bytes of them, keeps its values in the pages: a dictionary would grow with the layer. */
const MOST_VALUES = 65_536;
const MOST_BYTES = 4_000_000;

/** What a column holds. */
export interface ColumnStatistics {
  /** Rows with a value. */
  filled: number;
  /** Distinct values; an estimate (±2 %) for a column that is local. */
  distinct: number;
  /** Bytes of the filled rows' values, as encoded. */
  bytes: number;
}

interface ColumnValues {
  /** null once there are too many. */
  table: ValueTable | null;
  filled: number;
  bytes: number;
  distinct: Distinct;
}

/** Gathers the values of a layer's columns, decides which are local, and then gives the codes of the others. */
export class LayerValues {
  readonly #columns: ColumnValues[];
  /** Code before the first of each column. */
  readonly #first: number[] = [];

  constructor(columns: number) {
    this.#columns = Array.from({ length: columns }, () => ({
      table: new ValueTable(),
      filled: 0,
      bytes: 0,
      distinct: createDistinct(),
    }));
  }

  /** Takes in a row: its encoded values, one after the other. */
  note(bytes: Uint8Array, start: number): void {
    let at = start;
    for (const column of this.#columns) {
      const end = valueEnd(bytes, at);
      if (bytes[at] !== 0) {
        column.filled++;
        column.bytes += end - at;
        const { table } = column;
        if (!table) noteHash(column.distinct, hashBytes(bytes, at, end));
        else {
          const before = table.size;
          if (table.code(bytes, at, end) > before) noteHash(column.distinct, hashBytes(bytes, at, end));
          if (table.size > MOST_VALUES || table.bytes.length > MOST_BYTES) column.table = null;
        }
      }
      at = end;
    }
  }

  /** Ends the gathering. */
  finish(): { local: number[]; valueEnds: Uint32Array; values: Uint8Array; statistics: ColumnStatistics[] } {
    const ends = growUint32();
    const values = growUint8();
    ends.push(0);
    const local: number[] = [];
    for (const [index, { table }] of this.#columns.entries()) {
      this.#first.push(ends.length - 1);
      if (!table) {
        local.push(index);
        continue;
      }
      const base = values.length;
      values.reserve(table.bytes.length);
      values.data.set(table.bytes.view(), base);
      values.length += table.bytes.length;
      for (let code = 1; code <= table.size; code++) ends.push(base + table.ends.data[code]!);
    }
    const statistics = this.#columns.map(({ table, filled, bytes, distinct }) => ({
      filled,
      bytes,
      distinct: table ? table.size : distinctOf(distinct),
    }));
    return { local, valueEnds: ends.view(), values: values.view(), statistics };
  }

  /** After `finish`: the dictionary code of a value that is in the layer, or −1 when its column is local. */
  code(column: number, bytes: Uint8Array, from: number, to: number): number {
    const { table } = this.#columns[column]!;
    return table ? this.#first[column]! + table.code(bytes, from, to) : -1;
  }
}
