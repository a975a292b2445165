import type { MaskView } from '@yutu/tiles';
import { LRUCache } from 'lru-cache';
import { isLimited, type ViewSet } from '../access/view.js';
import type { Layer } from '../catalogue/layers.js';
import { runForAll } from '../db/client.js';
import type { CopyLimits, Database } from '../db/database.js';
import { Turns } from '../db/turns.js';
import { changesBetween, currentVersion, maxFid } from '../store/changes.js';
import { CopyReader, decode } from '../store/copy-binary.js';
import { changedBetween, cutSelect, membersSelect, snapshotColumns } from '../store/snapshot-select.js';
import { buildSnapshot } from './build.js';
import { planFor } from './overlay.js';
import { Outdated, shapeOf } from './snapshots.js';

/** Features that limited views hold, and those of them that are shown otherwise than they are. */
interface HeldFeatures {
  members: { fids: Float64Array; bits: Uint32Array; whole: Uint8Array };
  cut: Uint8Array | null;
}

/** A mask as it travels to the workers: plain data and shared memory. */
export interface MaskData {
  id: string;
  views: MaskView[];
  members: HeldFeatures['members'] | null;
  cut: Uint8Array | null;
}

/** What edits since changed of a mask, as it travels to the workers. */
export interface PatchData extends HeldFeatures {
  id: string;
  edited: Float64Array;
}

/** A mask for one version of its layer. */
export interface LoadedMask {
  /** Names layer and views: the slot in which threads hold the mask. */
  name: string;
  mask: MaskData;
  /** The version from which the mask was made. */
  version: number;
  /** What was edited since; null: nothing, or nothing that concerns it. */
  patch: PatchData | null;
}

/** Masks of so many layers and callers are made at once: each asks the database for all its members. */
const AT_ONCE = 2;
/** How often it is looked whether a mask that is being made may still be shown to anybody. */
const LOOK_MS = 1_000;
/** Each of the two statements that make a mask takes no longer. */
const LIMIT_MS = 5 * 60_000;
/** What a mask without members costs. */
const LEAST = 2_000;
/** Masks whose version is remembered, also when they had to go. */
const REMEMBERED = 10_000;

/**
 * Masks by layer and access key: which features the views' areas hold is asked of the database once, and after an edit for the edited
 * features only. Together they keep within a number of bytes, counting what every thread makes of them; the one used longest ago
 * goes, on all threads.
 */
export class Masks {
  private readonly known: LRUCache<string, { version: number; loaded: LoadedMask; answer: Promise<LoadedMask> }>;
  private readonly versions = new LRUCache<string, number>({ max: REMEMBERED });
  /** With the views that those have who wait: equal ones, of grants that may differ. */
  private readonly loading = new Map<string, { answer: Promise<LoadedMask>; sets: Set<ViewSet> }>();
  private readonly rebuilding = new Set<string>();
  private readonly turns = new Turns(AT_ONCE);

  constructor(
    private readonly db: Database,
    private readonly options: {
      bytes: number;
      threads: number;
      forget: (name: string) => void;
      /** Whether anybody may have these views still: what nobody may have is not worked at. */
      wanted: (set: ViewSet) => boolean;
    },
  ) {
    this.known = new LRUCache({
      maxSize: options.bytes,
      // One that is larger than all that may be kept is kept alone: it would be made anew for every tile.
      sizeCalculation: ({ loaded }) => Math.min(options.bytes, this.sizeOf(loaded)),
      noDisposeOnSet: true,
      dispose: (_, name) => options.forget(name),
    });
  }

  /** Bytes that masks take on all threads. */
  get bytes(): number {
    return this.known.calculatedSize;
  }

  /** The version from which the mask in use was made; 0 while there is none. Of views without an area or a precision always 0. */
  baseVersion(layer: Layer, set: ViewSet): number {
    return set.views.some(isLimited) ? (this.versions.get(nameOf(layer, set)) ?? 0) : 0;
  }

  /** Equal promises for equal layers, versions and views, until it is let go. @throws Outdated */
  of(layer: Layer, set: ViewSet): Promise<LoadedMask> {
    const name = nameOf(layer, set);
    const known = this.known.get(name);
    if (known?.version === layer.version) return known.answer;
    const id = `${name}@${layer.version}`;
    const under = this.loading.get(id);
    if (under) {
      under.sets.add(set);
      return under.answer;
    }
    const sets = new Set([set]);
    // Others wait for it, too, or will.
    const answer = runForAll(() => this.load(name, layer, set, sets)).finally(() => this.loading.delete(id));
    this.loading.set(id, { answer, sets });
    answer.then(
      (loaded) => this.keep(layer.version, loaded, answer),
      () => {},
    );
    return answer;
  }

  private keep(version: number, loaded: LoadedMask, answer: Promise<LoadedMask>): void {
    const known = this.known.peek(loaded.name);
    // A newer mask replaces one that was patched further; the next request patches it.
    const newer = known && known.loaded.version - loaded.version;
    if (newer !== undefined && (newer > 0 || (newer === 0 && known!.version > version))) return;
    this.known.set(loaded.name, { version, loaded, answer });
    if (loaded.mask.members) this.versions.set(loaded.name, loaded.version);
  }

  private async load(name: string, layer: Layer, set: ViewSet, sets: ReadonlySet<ViewSet>): Promise<LoadedMask> {
    const known = this.known.peek(name)?.loaded;
    const patched = known && (await this.patched(known, layer, set, sets));
    if (patched) return patched;
    if (!set.views.some(isLimited)) return this.make(name, layer, set, sets);
    const made = await this.turns.take(() => this.make(name, layer, set, sets));
    // It holds for this version; what was edited while it was made is asked for once more.
    if ((await currentVersion(this.db, layer.id)) === layer.version) return made;
    this.keep(layer.version, made, Promise.resolve(made));
    throw new Outdated();
  }

  /** The mask with what was edited since; null when it cannot be brought to the layer's version, or better is made anew. */
  private async patched(known: LoadedMask, layer: Layer, set: ViewSet, sets: ReadonlySet<ViewSet>): Promise<LoadedMask | null> {
    if (known.mask.members === null || known.version === layer.version) return { ...known, patch: null };
    if (known.version > layer.version) throw new Outdated();
    const changes = await changesBetween(this.db, layer, known.version, layer.version);
    const edited = [...new Set(changes?.map((c) => c.fid))];
    const plan = changes && planFor(edited.length, layer.featureCount);
    if (!changes || plan === 'rebuild') return null;
    const edits = changedBetween(layer, known.version, layer.version);
    const held = await this.whileWanted(sets, (limits) => this.held(layer, set, limits, edits, true));
    // Members of one version must not be laid on geometries of another.
    if ((await currentVersion(this.db, layer.id)) !== layer.version) throw new Outdated();
    if (plan === 'overlay and rebuild') this.rebuild(known.name, layer, set);
    const fids = fill(new Float64Array(new SharedArrayBuffer(8 * edited.length)), edited, (fid) => fid);
    return { ...known, patch: { id: `${known.mask.id}+${layer.version}`, edited: fids, ...held } };
  }

  /** Makes the mask anew in the background; the next version finds it in place of the old one. */
  private rebuild(name: string, layer: Layer, set: ViewSet): void {
    if (this.rebuilding.has(name)) return;
    this.rebuilding.add(name);
    this.turns
      .take(() => this.make(name, layer, set, new Set([set])))
      .then((made) => {
        if (this.known.has(name)) this.keep(layer.version, made, Promise.resolve(made));
      })
      .catch(() => {}) // the old one serves on; the next edit tries again
      .finally(() => this.rebuilding.delete(name));
  }

  /** As `of`, only for the rows for which the SQL condition `within` holds; not kept. @throws Outdated */
  async some(layer: Layer, set: ViewSet, within: string): Promise<MaskData> {
    const { mask } = await this.make(nameOf(layer, set), layer, set, new Set([set]), within);
    if (mask.members && (await currentVersion(this.db, layer.id)) !== layer.version) throw new Outdated();
    return mask;
  }

  /** Members are shared memory; each thread has an index over them (16 bytes) once it cuts with the mask. */
  private sizeOf({ mask, patch }: LoadedMask): number {
    const count = (mask.members?.fids.length ?? 0) + (patch?.members.fids.length ?? 0) + (patch?.edited.length ?? 0);
    return LEAST + count * (13 + 16 * this.options.threads) + (mask.cut?.length ?? 0) + (patch?.cut?.length ?? 0);
  }

  /** The mask of the layer's version. Where edits come in while it is made it may hold what they wrote, which a patch says again. */
  private async make(
    name: string,
    layer: Layer,
    set: ViewSet,
    sets: ReadonlySet<ViewSet>,
    within: string | null = null,
  ): Promise<LoadedMask> {
    const columns = snapshotColumns(layer);
    const views = set.views.map(({ fields, counted, ...v }) => {
      const shown = columns.flatMap((c, i) => (fields.get(c.field) === c.form ? [i] : []));
      const styled = counted && shown.filter((i) => counted.fields.includes(columns[i]!.field));
      return {
        columns: shown,
        rows: isLimited(v) ? null : v.rows,
        limited: isLimited(v),
        anonymous: counted && { below: counted.zoom, columns: styled! },
      };
    });
    const { members, cut } = set.views.some(isLimited)
      ? await this.whileWanted(sets, (limits) => this.held(layer, set, limits, within))
      : { members: null, cut: null };
    const { version } = layer;
    return { name, version, mask: { id: `${name}@${version}`, views, members, cut }, patch: null };
  }

  /** Gives work up when nobody may have any of the views. @throws Outdated: who waits for it is to ask again, with what holds now */
  private async whileWanted<T>(sets: ReadonlySet<ViewSet>, work: (limits: CopyLimits) => Promise<T>): Promise<T> {
    const given = new AbortController();
    const look = () => {
      if (![...sets].some(this.options.wanted)) given.abort();
    };
    look();
    const timer = setInterval(look, LOOK_MS);
    try {
      given.signal.throwIfAborted();
      return await work({ signal: given.signal, timeoutMs: LIMIT_MS });
    } catch (error) {
      throw given.signal.aborted ? new Outdated() : error;
    } finally {
      clearInterval(timer);
    }
  }

  /**
   * The features that the limited views hold: of all the layer, or of those for which the SQL condition `within` holds.
   * @param alone the detail of each is its own: which others there are is not told by it
   */
  private async held(
    layer: Layer,
    set: ViewSet,
    limits: CopyLimits,
    within: string | null,
    alone = false,
  ): Promise<HeldFeatures> {
    const limited = set.views.flatMap((v, i) => (isLimited(v) ? [{ view: v, bit: 2 ** i }] : []));
    const views = limited.map((l) => l.view);
    const found: { fid: number; bits: number; whole: boolean }[] = [];
    const copy = new CopyReader(([fid, bits, whole]) => {
      // The statement numbers the limited views only; the mask numbers all.
      const own = decode.integer(bits!);
      const all = limited.reduce((sum, l, i) => (own & (2 ** i) ? sum + l.bit : sum), 0);
      found.push({ fid: decode.bigint(fid!), bits: all, whole: decode.boolean(whole!) });
    });
    const and = within === null ? '' : ` and ${within}`;
    const slices = within === null ? { column: 'fid', max: await maxFid(this.db, layer) } : null;
    for await (const chunk of this.db.copyOut(membersSelect(layer, views) + and, slices, limits)) copy.push(chunk);
    copy.end();
    found.sort((a, b) => a.fid - b.fid);
    const partly = found.some((f) => !f.whole);
    const some = within === null ? { limits } : { few: true, alone, limits };
    return {
      members: {
        fids: fill(new Float64Array(new SharedArrayBuffer(8 * found.length)), found, (f) => f.fid),
        bits: fill(new Uint32Array(new SharedArrayBuffer(4 * found.length)), found, (f) => f.bits),
        whole: fill(new Uint8Array(new SharedArrayBuffer(found.length)), found, (f) => (f.whole ? 1 : 0)),
      },
      cut: partly ? (await buildSnapshot(this.db, layer, cutSelect(layer, views) + and, some)).bytes : null,
    };
  }
}

/** Names a layer's rows and columns, whatever its version, and the views. */
const nameOf = (layer: Layer, set: ViewSet): string => `${layer.id}-${shapeOf(layer)}/${set.key}`;

/** Writes what `value` gives for each row; shared memory is handed to workers without a copy. */
function fill<A extends Float64Array | Uint32Array | Uint8Array, R>(array: A, rows: readonly R[], value: (row: R) => number): A {
  for (const [i, row] of rows.entries()) array[i] = value(row);
  return array;
}
