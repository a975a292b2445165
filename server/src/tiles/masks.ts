import { LRUCache } from 'lru-cache';
import type { ViewSet } from '../access/view.js';
import type { Layer } from '../catalogue/layers.js';
import type { Database } from '../db/database.js';
import { currentVersion } from '../store/changes.js';
import { CopyReader, decode } from '../store/copy-binary.js';
import { cutSelect, membersSelect, snapshotColumns } from '../store/snapshot-select.js';
import { buildSnapshot, maxFid } from './build.js';
import { Outdated, snapshotId } from './snapshots.js';

/** A mask as it travels to the workers: plain data and shared memory. */
export interface MaskData {
  id: string;
  views: { columns: number[]; rows: ViewSet['views'][number]['rows']; limited: boolean }[];
  members: { fids: Float64Array; bits: Uint32Array; whole: Uint8Array } | null;
  cut: Uint8Array | null;
}

/** Masks by layer version and access key: which features the views' areas hold is asked of the database once. */
export class Masks {
  private readonly known = new LRUCache<string, Promise<MaskData>>({ max: 500 });

  constructor(private readonly db: Database) {}

  /** @throws Outdated */
  of(layer: Layer, set: ViewSet): Promise<MaskData> {
    const id = `${snapshotId(layer)}/${set.key}`;
    let mask = this.known.get(id);
    if (!mask) {
      mask = this.make(layer, set, id);
      this.known.set(id, mask);
      mask.catch(() => this.known.delete(id));
    }
    return mask;
  }

  private async make(layer: Layer, set: ViewSet, id: string): Promise<MaskData> {
    const columns = snapshotColumns(layer);
    const views = set.views.map((v) => ({
      columns: columns.flatMap((c, i) => (v.fields.get(c.field) === c.form ? [i] : [])),
      rows: v.area === null ? v.rows : null,
      limited: v.area !== null,
    }));
    const limited = set.views.flatMap((v, i) => (v.area === null ? [] : [{ view: v, bit: 2 ** i }]));
    if (limited.length === 0) return { id, views, members: null, cut: null };
    const areas = limited.map((l) => l.view);
    const found: { fid: number; bits: number; whole: boolean }[] = [];
    const copy = new CopyReader(([fid, bits, whole]) => {
      // The statement numbers the limited views only; the mask numbers all.
      const own = decode.integer(bits!);
      const all = limited.reduce((sum, l, i) => (own & (2 ** i) ? sum + l.bit : sum), 0);
      found.push({ fid: decode.bigint(fid!), bits: all, whole: decode.boolean(whole!) });
    });
    for await (const chunk of this.db.copyOut(membersSelect(layer, areas), { column: 'fid', max: await maxFid(this.db, layer) }))
      copy.push(chunk);
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
      cut: partly ? (await buildSnapshot(this.db, layer, cutSelect(layer, areas))).bytes : null,
    };
    // Members of one version must not be laid on geometries of another.
    if ((await currentVersion(this.db, layer.id)) !== layer.version) throw new Outdated();
    return mask;
  }
}

/** Writes what `value` gives for each row; shared memory is handed to workers without a copy. */
function fill<A extends Float64Array | Uint32Array | Uint8Array, R>(array: A, rows: readonly R[], value: (row: R) => number): A {
  for (const [i, row] of rows.entries()) array[i] = value(row);
  return array;
}
