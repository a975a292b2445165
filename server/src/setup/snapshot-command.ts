import { openSnapshotFile, PageCache, SnapshotError } from '@yutu/tiles';
import type { Layer } from '../catalogue/layers.js';
import { fail } from '../errors/fail.js';
import { changesBetween } from '../store/changes.js';
import { nameOf, type SnapshotFiles, type SnapshotName } from '../tiles/files.js';
import type { Building, SnapshotStatus } from '../tiles/snapshots.js';
import { CANCELLED, type Command, type CommandRooms, megabytes, read, wrong } from './arguments.js';

type Verb = (rooms: CommandRooms, layer: string | undefined, out: (line: string) => void, signal: AbortSignal) => Promise<number>;

const LOOK_MS = 250;
const LINE_MS = 2_000;

export const snapshot: Command = {
  usage: `snapshot status
snapshot rebuild <layer>
snapshot verify [<layer>]`,
  async run(rooms, [verb = '', ...args], out, signal) {
    const known: Record<string, [verb: Verb, fewest: number, most: number]> = {
      status: [status, 0, 0],
      rebuild: [rebuild, 1, 1],
      verify: [verify, 0, 1],
    };
    const [run, fewest, most] = (Object.hasOwn(known, verb) && known[verb]) || wrong('status, rebuild or verify?', this.usage);
    const { positionals } = read(args, {}, this.usage, Math.max(fewest, Math.min(most, args.length)));
    const [layer] = positionals;
    if (layer !== undefined && !rooms.catalogue.layers.has(layer)) fail('layer_not_found', { layer: layer.slice(0, 60) });
    return run(rooms, layer, out, signal);
  },
};

/** A table of all layers. */
const status: Verb = async (rooms, _layer, out) => {
  const rows = [['layer', 'version', 'base', 'pending', 'size', 'age', 'where', '']];
  const { snapshots } = rooms.tiles;
  const seen = { bases: await snapshots.status(), files: await snapshots.files.all() };
  for (const layer of rooms.catalogue.layers.values()) rows.push(await rowOf(rooms, layer, seen));
  const widths = rows[0]!.map((_, i) => Math.max(...rows.map((row) => row[i]!.length)));
  for (const row of rows)
    out(
      row
        .map((cell, i) => cell.padEnd(widths[i]!))
        .join('  ')
        .trimEnd(),
    );
  return 0;
};

/** What is in use and in the folder, asked once for the whole table. */
interface Seen {
  bases: SnapshotStatus[];
  files: SnapshotName[];
}

async function rowOf({ db, tiles: { snapshots } }: CommandRooms, layer: Layer, { bases, files }: Seen): Promise<string[]> {
  const open = bases.find((base) => base.layer === layer.id);
  const file = open ?? (await newestFile(snapshots.files, files, layer));
  const build = snapshots.building().find((b) => b.layer === layer.id);
  const head = [layer.id, String(layer.version)];
  const tail = build ? `being built: ${progressOf(build)}` : '';
  if (!file) return [...head, '-', '-', '-', '-', 'not built', tail];
  const changes = await changesBetween(db, layer, file.version, layer.version);
  const pending = changes ? String(new Set(changes.map((c) => c.fid)).size) : 'new base';
  const where = !open ? 'file' : open.inMemory ? (open.stored ? 'memory' : 'memory only') : 'file, open';
  return [...head, String(file.version), pending, megabytes(file.bytes), age(file.builtAt), where, tail];
}

/** The file that would serve a layer. */
async function newestFile(files: SnapshotFiles, names: readonly SnapshotName[], layer: Layer) {
  const usable = names.filter((n) => n.layer === layer.id && n.version <= layer.version);
  const newest = usable.sort((a, b) => b.version - a.version)[0];
  const facts = newest && (await files.facts(nameOf(newest)));
  return facts ? { ...facts, version: newest!.version } : null;
}

const phases = {
  rows: 'reading features',
  merge: 'sorting',
  share: 'matching borders',
  detail: 'choosing detail',
  pages: 'writing pages',
} as const;

const progressOf = ({ phase, features, share, etaSeconds }: Building): string =>
  `${phases[phase]}, ${features} features, ${Math.floor(100 * share)} %${etaSeconds === null ? '' : `, about ${etaSeconds} s left`}`;

function age(since: Date): string {
  const seconds = Math.max(0, (Date.now() - since.getTime()) / 1000);
  if (seconds < 120) return `${Math.floor(seconds)} s`;
  if (seconds < 7_200) return `${Math.floor(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.floor(seconds / 3_600)} h` : `${Math.floor(seconds / 86_400)} d`;
}

/** Builds a layer's base anew and serves from it. */
const rebuild: Verb = async ({ catalogue, tiles: { snapshots } }, id, out, signal) => {
  const layer = catalogue.layers.get(id!)!;
  const started = Date.now();
  const cancel = () => void snapshots.cancel(layer.id);
  signal.addEventListener('abort', cancel);
  let told = started;
  const watch = setInterval(() => {
    const build = snapshots.building().find((b) => b.layer === layer.id);
    if (!build || Date.now() - told < LINE_MS) return;
    told = Date.now();
    out(progressOf(build));
  }, LOOK_MS);
  try {
    const { version, size } = await snapshots.rebuildNow(layer);
    out(`${layer.id}: version ${version}, ${megabytes(size)}, built in ${((Date.now() - started) / 1000).toFixed(1)} s`);
    return 0;
  } catch (error) {
    if (!signal.aborted) throw error;
    out('Cancelled: what there was serves on.');
    return CANCELLED;
  } finally {
    clearInterval(watch);
    signal.removeEventListener('abort', cancel);
  }
};

/** Reads the files whole, page by page. */
const verify: Verb = async ({ tiles: { snapshots } }, id, out) => {
  const names = (await snapshots.files.all()).filter((name) => id === undefined || name.layer === id).map(nameOf);
  let damaged = 0;
  for (const name of names.sort()) {
    const damage = damageOf(snapshots.files.path(name));
    if (damage !== null) damaged++;
    out(
      `${name}: ${damage === null ? `whole, ${megabytes((await snapshots.files.facts(name))?.bytes ?? 0)}` : `damaged (${damage})`}`,
    );
  }
  if (names.length === 0) out('There is no file: snapshots are built when they are first asked for.');
  else if (damaged === 0) out(`${names.length} files, all whole.`);
  else
    out(
      `${damaged} of ${names.length} damaged: a tile that meets the damage has them built anew, and so does yutu snapshot rebuild.`,
    );
  return damaged > 0 ? 1 : 0;
};

/** What is wrong with a snapshot's file; null: nothing. */
function damageOf(file: string): string | null {
  try {
    const opened = openSnapshotFile(file, new PageCache(0));
    try {
      opened.verify();
      return null;
    } finally {
      opened.close();
    }
  } catch (error) {
    if (error instanceof SnapshotError) return error.message;
    throw error;
  }
}
