import { LRUCache } from 'lru-cache';
import { isLimited, type ViewSet } from '../access/view.js';
import type { Layer } from '../catalogue/layers.js';
import type { Database } from '../db/database.js';
import { Turns } from '../db/turns.js';
import { currentVersion, maxFid } from '../store/changes.js';
import { CopyReader, decode } from '../store/copy-binary.js';
import { cutSelect, membersSelect, snapshotColumns } from '../store/snapshot-select.js';
import { buildSnapshot } from './build.js';
import { Outdated, snapshotId } from './snapshots.js';

/** A mask as it travels to the workers: plain data and shared memory. */
export interface MaskData {
  id: string;
  views: { columns: number[]; rows: ViewSet['views'][number]['rows']; limited: boolean }[];
  members: { fids: Float64Array; bits: Uint32Array; whole: Uint8Array } | null;
  cut: Uint8Array | null;
}

/** Masks of so many layers and callers are made at once: each asks the database for all its members. */
const AT_ONCE = 2;
/** What a mask without members costs. */
const LEAST = 2_000;

/**
 * Masks by layer version and access key: which features the views' areas hold is asked of the database once. Together they keep
 * within a number of bytes, counting what every thread makes of them; the one used longest ago goes, on all threads.
 */
export class Masks {
  private readonly known: LRUCache<string, { mask: MaskData; answer: Promise<MaskData> }>;
  private readonly making = new Map<string, Promise<MaskData>>();
  private readonly turns = new Turns(AT_ONCE);

  constructor(
    private readonly db: Database,
    private readonly options: { bytes: number; threads: number; forget: (id: string) => void },
  ) {
    this.known = new LRUCache({
      maxSize: options.bytes,
      // One that is larger than all that may be kept is kept alone: it would be made anew for every tile.
      sizeCalculation: ({ mask }) => Math.min(options.bytes, this.sizeOf(mask)),
      dispose: (_, id) => options.forget(id),
    });
  }

  /** Bytes that masks take on all threads. */
  get bytes(): number {
    return this.known.calculatedSize;
  }

  /** Equal promises for equal layers and views, until it is let go. @throws Outdated */
  of(layer: Layer, set: ViewSet): Promise<MaskData> {
    const id = `${snapshotId(layer)}/${set.key}`;
    const known = this.known.get(id);
    if (known) return known.answer;
    let making = this.making.get(id);
    if (!making) {
      const made = limitedViews(set).length === 0 ? this.make(layer, set, id) : this.turns.take(() => this.make(layer, set, id));
      making = made.finally(() => this.making.delete(id));
      making.then(
        (mask) => this.known.set(id, { mask, answer: making! }),
        () => {},
      );
      this.making.set(id, making);
    }
    return making;
  }

  /** As `of`, only for the rows for which the SQL condition `within` holds; not kept. */
  some(layer: Layer, set: ViewSet, within: string): Promise<MaskData> {
    return this.make(layer, set, `${snapshotId(layer)}/${set.key}/some`, within);
  }

  /** Members are shared memory; each thread has an index over them (16 bytes) once it cuts with the mask. */
  private sizeOf({ members, cut }: MaskData): number {
    const count = members?.fids.length ?? 0;
    return LEAST + count * (13 + 16 * this.options.threads) + (cut?.length ?? 0);
  }

  private async make(layer: Layer, set: ViewSet, id: string, within: string | null = null): Promise<MaskData> {
    const columns = snapshotColumns(layer);
    const views = set.views.map((v) => ({
      columns: columns.flatMap((c, i) => (v.fields.get(c.field) === c.form ? [i] : [])),
      rows: isLimited(v) ? null : v.rows,
      limited: isLimited(v),
    }));
    const limited = limitedViews(set);
    if (limited.length === 0) return { id, views, members: null, cut: null };
    const held = limited.map((l) => l.view);
    const found: { fid: number; bits: number; whole: boolean }[] = [];
    const copy = new CopyReader(([fid, bits, whole]) => {
      // The statement numbers the limited views only; the mask numbers all.
      const own = decode.integer(bits!);
      const all = limited.reduce((sum, l, i) => (own & (2 ** i) ? sum + l.bit : sum), 0);
      found.push({ fid: decode.bigint(fid!), bits: all, whole: decode.boolean(whole!) });
    });
    const and = within === null ? '' : ` and ${within}`;
    const slices = within === null ? { column: 'fid', max: await maxFid(this.db, layer) } : null;
    for await (const chunk of this.db.copyOut(membersSelect(layer, held) + and, slices)) copy.push(chunk);
    copy.end();
    found.sort((a, b) => a.fid - b.fid);
    const partly = found.some((f) => !f.whole);
    const mask = {
      id,
      views,
      members: {
        fids: fill(new Float64Array(new SharedArrayBuffer(8 * found.length)), found, (f) => f.fid),
        bits: fill(new Uint32Array(new SharedArrayBuffer(4 * found.length)), found, (f) => f.bits),
        whole: fill(new Uint8Array(new SharedArrayBuffer(found.length)), found, (f) => (f.whole ? 1 : 0)),
      },
      cut: partly ? (await buildSnapshot(this.db, layer, cutSelect(layer, held) + and, slices === null)).bytes : null,
    };
    // Members of one version must not be laid on geometries of another.
    if ((await currentVersion(this.db, layer.id)) !== layer.version) throw new Outdated();
    return mask;
  }
}

/** The views with an area or a precision, and the bit of each among all. */
const limitedViews = (set: ViewSet) => set.views.flatMap((v, i) => (isLimited(v) ? [{ view: v, bit: 2 ** i }] : []));

/** Writes what `value` gives for each row; shared memory is handed to workers without a copy. */
function fill<A extends Float64Array | Uint32Array | Uint8Array, R>(array: A, rows: readonly R[], value: (row: R) => number): A {
  for (const [i, row] of rows.entries()) array[i] = value(row);
  return array;
}
