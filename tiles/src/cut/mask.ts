import type { Column } from '../column.js';
import type { Filter } from '../filter/ast.js';
import { compileFilterFor, type Memo } from '../filter/compile.js';
import type { Predicate } from '../filter/values.js';
import type { Row, Snapshot } from '../snapshot/snapshot.js';
import { Edits } from './edits.js';
import { FidIndex } from './fid-index.js';

/** One grant in force, as far as it shapes tiles. */
export interface MaskView {
  /** Indexes of the columns it shows; null = all. */
  columns: readonly number[] | null;
  /** Row filter; null = all rows. Not looked at when `limited`: the members have been decided with it. */
  rows: Filter | null;
  /** The view has an area: `members` says which features it holds. */
  limited: boolean;
  /** In small zooms it shows features without telling which they are; null or absent: it never does. */
  anonymous?: Anonymous | null;
}

/** Below a zoom features are drawn without their ids, and with these columns alone. */
export interface Anonymous {
  below: number;
  columns: readonly number[];
}

/** What of a row is written: columns, ascending, and whether its id. */
export interface Shown {
  columns: readonly number[];
  named: boolean;
}

/** The features that limited views hold, decided by the database. */
export interface MaskMembers {
  /** Feature ids, ascending. */
  fids: Float64Array;
  /** Bit i: view i holds this feature. */
  bits: Uint32Array;
  /** 1: the feature lies wholly inside an area of one of its views, so its own geometry may be drawn. */
  whole: Uint8Array;
}

/** What a caller may see of a layer. Plain data and typed arrays but for `cut`, whose bytes a worker opens on its side. */
export interface Mask {
  /** At most 31. A feature is visible if any view matches; it shows the columns of all that match. */
  views: readonly MaskView[];
  members: MaskMembers | null;
  /** Clipped geometries of the members that are not whole, with the same feature ids and columns as the layer. */
  cut: Snapshot | null;
}

/** What edits changed since a mask was made, so that it need not be made anew. */
export interface MaskPatch {
  /** Ids of the features edited since, of those that are gone, too. */
  edited: Float64Array;
  /** Those of them that limited views hold now. */
  members: MaskMembers;
  /** Clipped geometries of those of them that are not whole. */
  cut: Snapshot | null;
}

/** A patch made ready; see preparePatch. */
export interface PreparedPatch {
  readonly edits: Edits;
  readonly members: MaskMembers;
  readonly memberIndex: FidIndex;
  readonly cut: Snapshot | null;
}

/** A mask that contradicts itself or its layer. */
export class MaskError extends Error {
  override name = 'MaskError';
}

const MAX_VIEWS = 31;

/** A mask made ready for cutting many tiles of one layer; see prepareMask. */
export class PreparedMask {
  /** Clipped geometries, if a view needs them. */
  readonly cut: Snapshot | null;
  readonly #views: readonly MaskView[];
  readonly #members: MaskMembers | null;
  readonly #memberIndex: FidIndex | null;
  #limited = 0;
  /** Bits of the views that match every row. */
  #always = 0;
  /** Bits of the views with a row filter and no area. */
  #filtered = 0;
  readonly #filters = new WeakMap<Snapshot, { bit: number; passes: Predicate<Row> }[]>();
  /** By the bits of the views that are anonymous, then by those that match. */
  readonly #shown = new Map<number, Map<number, Shown>>();
  readonly #columnCount: number;
  readonly #keys: readonly string[];

  constructor(mask: Mask, layer: readonly Column[]) {
    this.#views = mask.views;
    mask.views.forEach((view, i) => {
      const bit = 1 << i;
      if (view.limited) this.#limited |= bit;
      else if (view.rows === null) this.#always |= bit;
      else this.#filtered |= bit;
    });
    this.#members = this.#limited === 0 ? null : mask.members;
    this.cut = this.#limited === 0 ? null : mask.cut;
    this.#memberIndex = this.#members && new FidIndex(this.#members.fids);
    this.#columnCount = layer.length;
    this.#keys = layer.map((column) => column.property ?? column.name);
  }

  /** Whether a view shows every row with its own geometry: nothing is hidden that a count could betray. */
  get everyRow(): boolean {
    return this.#always !== 0;
  }

  /** Views that show the row's own geometry and those that show it clipped, as bits; 0 hides it. */
  bits(snapshot: Snapshot, row: Row, clipped: boolean, patch?: PreparedPatch): number {
    const open = this.#openBits(snapshot, row);
    const fid = row.page.fid[row.index]!;
    const edited = patch?.edits.has(fid) === true;
    const members = edited ? patch!.members : this.#members;
    const index = edited ? patch!.memberIndex : this.#memberIndex;
    const member = index ? index.find(fid) : -1;
    const held = member >= 0 ? members!.bits[member]! & this.#limited : 0;
    const whole = open !== 0 || (held !== 0 && members!.whole[member] === 1);
    return whole === clipped ? 0 : open | held;
  }

  #openBits(snapshot: Snapshot, row: Row): number {
    let bits = this.#always;
    for (const { bit, passes } of this.#filtersOf(snapshot)) if (passes(row) === true) bits |= bit;
    return bits;
  }

  #filtersOf(snapshot: Snapshot): { bit: number; passes: Predicate<Row> }[] {
    let filters = this.#filters.get(snapshot);
    if (!filters) {
      filters = [];
      for (let i = 0; i < this.#views.length; i++) {
        const { rows } = this.#views[i]!;
        if (this.#filtered & (1 << i)) filters.push({ bit: 1 << i, passes: compileForSnapshot(rows!, snapshot) });
      }
      this.#filters.set(snapshot, filters);
    }
    return filters;
  }

  /** What the views show together at a zoom, by the bits of those that match. */
  at(zoom: number): (bits: number) => Shown {
    let anonymous = 0;
    this.#views.forEach((view, i) => {
      if (view.anonymous && zoom < view.anonymous.below) anonymous |= 1 << i;
    });
    const known = this.#shown.get(anonymous) ?? new Map<number, Shown>();
    this.#shown.set(anonymous, known);
    return (bits) => {
      let shown = known.get(bits);
      if (!shown) {
        shown = { columns: this.#columnsOf(bits, anonymous), named: (bits & ~anonymous) !== 0 };
        known.set(bits, shown);
      }
      return shown;
    };
  }

  #columnsOf(bits: number, anonymous: number): readonly number[] {
    const shown = new Set<number>();
    this.#views.forEach((view, i) => {
      if (!(bits & (1 << i))) return;
      const columns = anonymous & (1 << i) ? view.anonymous!.columns : view.columns;
      if (columns) for (const column of columns) shown.add(column);
      else for (let column = 0; column < this.#columnCount; column++) shown.add(column);
    });
    return onePerProperty(shown, this.#keys);
  }
}

/** Ascending; of the columns that share a key the first stands. */
export function onePerProperty(shown: Iterable<number>, keys: readonly string[]): number[] {
  const taken = new Set<string>();
  return [...shown].sort((a, b) => a - b).filter((column) => !taken.has(keys[column]!) && taken.add(keys[column]!));
}

/**
 * Makes a mask ready for a layer: checks it, compiles its filters, indexes its members. Do it once per caller and layer version, cut
 * many tiles with it.
 * @throws MaskError when the mask does not fit the layer; FilterError when a row filter does not
 */
export function prepareMask(snapshot: Snapshot, mask: Mask): PreparedMask {
  check(mask, snapshot.columns);
  const prepared = new PreparedMask(mask, snapshot.columns);
  // Compile now, so that a filter that does not fit fails here and not in a tile.
  for (const view of mask.views) if (!view.limited && view.rows !== null) compileForSnapshot(view.rows, snapshot);
  return prepared;
}

/** Checks a patch of a layer's mask and indexes it. @throws MaskError when it does not fit the layer */
export function preparePatch(snapshot: Snapshot, { edited, members, cut }: MaskPatch): PreparedPatch {
  checkHeld({ members, cut }, snapshot.columns);
  return { edits: new Edits(edited, cut), members, memberIndex: new FidIndex(members.fids), cut };
}

function check(mask: Mask, columns: readonly Column[]): void {
  if (mask.views.length > MAX_VIEWS) throw new MaskError(`a mask has at most ${MAX_VIEWS} views`);
  for (const view of mask.views) {
    for (const column of [...(view.columns ?? []), ...(view.anonymous?.columns ?? [])]) {
      if (!Number.isInteger(column) || column < 0 || column >= columns.length) throw new MaskError(`no column ${column}`);
    }
  }
  checkHeld(mask, columns);
}

function checkHeld({ members, cut }: Pick<Mask, 'members' | 'cut'>, columns: readonly Column[]): void {
  if (members) {
    const { fids, bits, whole } = members;
    if (bits.length !== fids.length || whole.length !== fids.length) throw new MaskError('members of unequal lengths');
    for (let i = 1; i < fids.length; i++) if (!(fids[i - 1]! < fids[i]!)) throw new MaskError('member ids are not ascending');
  }
  if (cut && !sameColumns(cut.columns, columns)) throw new MaskError('the cut geometries have other columns than the layer');
}

/** Whether two lists of columns agree in names, types and order. */
export function sameColumns(a: readonly Column[], b: readonly Column[]): boolean {
  return (
    a.length === b.length &&
    a.every((column, i) => column.name === b[i]!.name && column.type === b[i]!.type && column.property === b[i]!.property)
  );
}

/** A filter over the rows of a snapshot; conditions on a column with a dictionary are decided once per value. */
export function compileForSnapshot(filter: Filter, snapshot: Snapshot): Predicate<Row> {
  const memo: Memo<Row> = (predicate, columns) => {
    if (columns.size !== 1) return predicate;
    const column = [...columns][0]!;
    if (snapshot.local[column] === 1) return predicate;
    const stride = snapshot.columns.length;
    // 0 unknown, 1 false, 2 null, 3 true
    const answers = new Uint8Array(snapshot.valueEnds.length);
    return (row) => {
      const code = row.page.codes[row.index * stride + column]!;
      let answer = answers[code]!;
      if (answer === 0) {
        const truth = predicate(row);
        answer = truth === null ? 2 : truth ? 3 : 1;
        answers[code] = answer;
      }
      return answer === 2 ? null : answer === 3;
    };
  };
  return compileFilterFor(filter, snapshot.columns, (row: Row, column) => snapshot.value(row, column), memo);
}
