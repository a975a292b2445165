import { mkdir, open, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Which rows a snapshot holds: `<layer>@<version>-<shape>`. */
export interface SnapshotName {
  layer: string;
  version: number;
  shape: string;
}

export const nameOf = ({ layer, version, shape }: SnapshotName): string => `${layer}@${version}-${shape}`;

function parseName(text: string): SnapshotName | null {
  const found = /^(.+)@(\d+)-([0-9a-f]+)$/.exec(text);
  return found && { layer: found[1]!, version: Number(found[2]), shape: found[3]! };
}

const SNAPSHOT = '.snapshot';

/**
 * The folder of snapshots: `<name>.snapshot`, beside them `….<pid>.part` while one is written, and in `scratch/` the sorted rows of
 * builds under way. A file takes its name when it is whole, so a killed process leaves no half of one.
 */
export class SnapshotFiles {
  private readonly scratchFolder: string;

  constructor(private readonly folder: string) {
    this.scratchFolder = join(folder, 'scratch');
  }

  path(name: string): string {
    return join(this.folder, `${name}${SNAPSHOT}`);
  }

  /** Where a snapshot is written before it has its name. */
  part(name: string): string {
    return `${this.path(name)}.${process.pid}.part`;
  }

  /** Snapshots of a layer and shape, newest first. */
  async stored(layer: string, shape: string): Promise<SnapshotName[]> {
    return (await this.all()).filter((n) => n.layer === layer && n.shape === shape).sort((a, b) => b.version - a.version);
  }

  /** Every snapshot stored. */
  async all(): Promise<SnapshotName[]> {
    const files = await readdir(this.folder).catch(() => []);
    return files.flatMap((f) => (f.endsWith(SNAPSHOT) ? (parseName(f.slice(0, -SNAPSHOT.length)) ?? []) : []));
  }

  /** Size in bytes and age; null when it is not there. */
  async facts(name: string): Promise<{ bytes: number; builtAt: Date } | null> {
    const found = await stat(this.path(name)).catch(() => null);
    return found && { bytes: found.size, builtAt: found.mtime };
  }

  /** A snapshot whole, in shared memory. */
  async read(name: string): Promise<Uint8Array> {
    const file = await open(this.path(name));
    try {
      const { size } = await file.stat();
      const bytes = new Uint8Array(new SharedArrayBuffer(size));
      for (let at = 0; at < size; ) {
        const { bytesRead } = await file.read(bytes, at, Math.min(size - at, 2 ** 24), at);
        if (bytesRead === 0) break;
        at += bytesRead;
      }
      return bytes;
    } finally {
      await file.close();
    }
  }

  /** Stores a snapshot. */
  async write(name: string, bytes: Uint8Array): Promise<void> {
    await mkdir(this.folder, { recursive: true });
    const part = this.part(name);
    try {
      await writeFile(part, bytes);
    } catch (error) {
      await rm(part, { force: true });
      throw error;
    }
    await this.commit(name);
  }

  /** Gives the part written its name, and removes what it replaces. */
  async commit(name: string): Promise<void> {
    await rename(this.part(name), this.path(name));
    const { layer } = parseName(name)!;
    for (const other of await this.all()) if (other.layer === layer && nameOf(other) !== name) await this.remove(nameOf(other));
  }

  async remove(name: string): Promise<void> {
    await rm(this.path(name), { force: true });
  }

  /**
   * The scratch folder for a build. One that a killed process left is taken over when `usable` says that its version will do.
   * Others of the layer are removed.
   */
  async scratch(
    wanted: SnapshotName,
    usable: (version: number) => Promise<boolean>,
  ): Promise<{ folder: string; version: number }> {
    let version = wanted.version;
    for (const { entry, name } of await this.leftScratch()) {
      if (name.layer !== wanted.layer) continue;
      if (version === wanted.version && name.shape === wanted.shape && (await usable(name.version))) {
        version = name.version;
        const folder = this.scratchOf(name);
        if (join(this.scratchFolder, entry) !== folder) await rename(join(this.scratchFolder, entry), folder);
      } else await rm(join(this.scratchFolder, entry), { recursive: true, force: true });
    }
    return { folder: this.scratchOf({ ...wanted, version }), version };
  }

  private scratchOf(name: SnapshotName): string {
    return join(this.scratchFolder, `${nameOf(name)}.${process.pid}`);
  }

  /** Scratch folders that no living process but this one works in. */
  private async leftScratch(): Promise<{ entry: string; name: SnapshotName }[]> {
    const entries = await readdir(this.scratchFolder).catch(() => []);
    return entries.flatMap((entry) => {
      const [, text, pid] = /^(.+)\.(\d+)$/.exec(entry) ?? [];
      const name = text ? parseName(text) : null;
      return name && !isOther(Number(pid)) ? [{ entry, name }] : [];
    });
  }

  /** Removes what killed processes left half written, and the snapshots and scratch folders of layers that are gone. */
  async sweep(layers: ReadonlySet<string>): Promise<void> {
    for (const file of await readdir(this.folder).catch(() => [])) {
      const [, pid] = /\.(\d+)\.part$/.exec(file) ?? [];
      if (pid && !isOther(Number(pid))) await rm(join(this.folder, file), { force: true });
    }
    for (const name of await this.all()) if (!layers.has(name.layer)) await this.remove(nameOf(name));
    for (const { entry, name } of await this.leftScratch())
      if (!layers.has(name.layer)) await rm(join(this.scratchFolder, entry), { recursive: true, force: true });
  }
}

/** Whether a process id is that of another process that lives. */
function isOther(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
