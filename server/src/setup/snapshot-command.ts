import { basename, join } from 'node:path';
import type { Layer } from '../catalogue/layers.js';
import { fail } from '../errors/fail.js';
import { changesBetween } from '../store/changes.js';
import { damageOf, type StoredSnapshot, storedSnapshots } from '../tiles/stored.js';
import { CANCELLED, type Command, type CommandRooms, read, wrong } from './arguments.js';

type Verb = (rooms: CommandRooms, layer: string | undefined, out: (line: string) => void, signal: AbortSignal) => Promise<number>;

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

const folderOf = (rooms: CommandRooms): string => join(rooms.config.dataDir, 'snapshots');

/** A table of all layers. */
const status: Verb = async (rooms, _layer, out) => {
  const files = await storedSnapshots(folderOf(rooms));
  const rows = [['layer', 'version', 'base', 'pending', 'size', 'age', 'where']];
  for (const layer of rooms.catalogue.layers.values()) rows.push(await rowOf(rooms, layer, files));
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

async function rowOf({ db, tiles }: CommandRooms, layer: Layer, files: readonly StoredSnapshot[]): Promise<string[]> {
  const inMemory = tiles.snapshots.baseVersion(layer.id);
  const own = files.filter((f) => f.layer === layer.id && f.version <= layer.version);
  const file = own.find((f) => f.version === inMemory) ?? own[0];
  const base = inMemory || file?.version || 0;
  const changes = base === 0 ? null : await changesBetween(db, layer, base, layer.version);
  const pending = changes && new Set(changes.map((c) => c.fid)).size;
  return [
    layer.id,
    String(layer.version),
    base === 0 ? '-' : String(base),
    base === 0 ? '-' : pending === null ? 'new base' : String(pending),
    file ? megabytes(file.size) : '-',
    file ? age(file.writtenAt) : '-',
    inMemory ? 'memory' : file ? 'file' : 'not built',
  ];
}

const megabytes = (bytes: number): string => (bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`);

function age(since: Date): string {
  const seconds = Math.max(0, (Date.now() - since.getTime()) / 1000);
  if (seconds < 120) return `${Math.floor(seconds)} s`;
  if (seconds < 7_200) return `${Math.floor(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.floor(seconds / 3_600)} h` : `${Math.floor(seconds / 86_400)} d`;
}

/** Builds a layer's base anew and serves from it. */
const rebuild: Verb = async (rooms, id, out, signal) => {
  const layer = rooms.catalogue.layers.get(id!)!;
  const started = Date.now();
  const cancelled = new Promise<null>((resolve) => signal.addEventListener('abort', () => resolve(null), { once: true }));
  const base = await Promise.race([rooms.tiles.snapshots.renew(layer), cancelled]);
  if (!base) {
    out('Cancelled: the old snapshot serves on.');
    return CANCELLED;
  }
  out(
    `${layer.id}: version ${base.version}, ${megabytes(base.bytes.length)}, built in ${((Date.now() - started) / 1000).toFixed(1)} s`,
  );
  return 0;
};

/** Reads the files whole. */
const verify: Verb = async (rooms, id, out) => {
  const files = (await storedSnapshots(folderOf(rooms))).filter((f) => id === undefined || f.layer === id);
  let damaged = 0;
  for (const { file, size } of files) {
    const damage = await damageOf(file);
    if (damage !== null) damaged++;
    out(`${basename(file)}: ${damage === null ? `whole, ${megabytes(size)}` : `damaged (${damage})`}`);
  }
  if (files.length === 0) out('There is no file: snapshots are built when they are first asked for.');
  else if (damaged > 0)
    out(`${damaged} of ${files.length} damaged: they are built anew when they are asked for, or by yutu snapshot rebuild.`);
  else out(`${files.length} files, all whole.`);
  return damaged > 0 ? 1 : 0;
};
