import { hilbert } from '../snapshot/hilbert.js';
import type { Page } from '../snapshot/page.js';
import type { Row, Snapshot } from '../snapshot/snapshot.js';
import { FidIndex } from './fid-index.js';

const found: number[] = [];
const KEY = new Uint32Array(2);

/** A geometry's place along the curve, by which snapshots are ordered. */
export function placeOf({ box }: Page, i: number): number {
  const at = 4 * i;
  hilbert((box[at]! + box[at + 2]!) / 2, (box[at + 1]! + box[at + 3]!) / 2, KEY);
  return KEY[0]! * 2 ** 24 + KEY[1]!;
}

/**
 * Features edited since a snapshot was made. A tile tells by nothing but what it shows of them that they were edited: those whose geometry is
 * the same are drawn from the snapshot, in its detail and at its place; the others at their place along the curve, each in a detail of its own
 * (`SnapshotOptions.alone`).
 */
export class Edits {
  readonly #edited: FidIndex;
  /** Of `extra`, by id; null for a feature of several geometries. */
  #rows: Map<number, Row | null> | null = null;
  /** By the snapshot they are laid over, by id. */
  readonly #same = new WeakMap<Snapshot, Map<number, Row | null>>();

  /**
   * @param edited ids of those that are out of date in the snapshot
   * @param extra what is shown of them now, and of new ones; null: nothing
   */
  constructor(
    edited: Float64Array,
    readonly extra: Snapshot | null,
  ) {
    this.#edited = new FidIndex(edited);
  }

  /** Whether the feature is out of date in the snapshot. */
  has(fid: number): boolean {
    return this.#edited.find(fid) >= 0;
  }

  /** The present row of a feature whose geometry is still the one that the snapshot has; null of any other. */
  same(snapshot: Snapshot, fid: number): Row | null {
    let known = this.#same.get(snapshot);
    if (!known) {
      known = new Map();
      this.#same.set(snapshot, known);
    }
    let row = known.get(fid);
    if (row === undefined) {
      row = this.#rowOf(fid);
      if (row && !(this.has(fid) && holds(snapshot, row))) row = null;
      known.set(fid, row);
    }
    return row;
  }

  #rowOf(fid: number): Row | null {
    if (!this.#rows) {
      this.#rows = new Map();
      for (const row of this.extra?.rows() ?? []) {
        const own = row.page.fid[row.index]!;
        this.#rows.set(own, this.#rows.has(own) ? null : row);
      }
    }
    return this.#rows.get(fid) ?? null;
  }
}

/** Whether a snapshot has a feature with the id and the very geometry of a row. */
function holds(snapshot: Snapshot, row: Row): boolean {
  const band = snapshot.bands[snapshot.bands.length - 1]!;
  const fid = row.page.fid[row.index]!;
  const [minX, minY, maxX, maxY] = row.page.box.subarray(4 * row.index, 4 * row.index + 4) as unknown as number[];
  found.length = 0;
  band.tree.search(minX!, minY!, maxX!, maxY!, found);
  return found.some((number) => {
    const page = band.page(number);
    const index = page.fid.indexOf(fid);
    return index >= 0 && sameGeometry(row, { page, index });
  });
}

function sameGeometry(a: Row, b: Row): boolean {
  const [one, other] = [shapeOf(a), shapeOf(b)];
  return (
    a.page.kind[a.index] === b.page.kind[b.index] &&
    equal(one.lengths, other.lengths) &&
    equal(one.holes, other.holes) &&
    equal(one.xy, other.xy)
  );
}

/** A geometry of a band that keeps every vertex. */
function shapeOf({ page, index }: Row) {
  const first = index > 0 ? page.featureEnd[index - 1]! : 0;
  const last = page.featureEnd[index]!;
  const from = first > 0 ? page.pathEnd[first - 1]! : 0;
  const to = last > first ? page.pathEnd[last - 1]! : from;
  return {
    lengths: page.pathEnd.subarray(first, last).map((end) => end - from),
    holes: page.hole.subarray(first, last),
    xy: page.xy.subarray(2 * from, 2 * to),
  };
}

const equal = (a: ArrayLike<number>, b: ArrayLike<number>): boolean => {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
};
