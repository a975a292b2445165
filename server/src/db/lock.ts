import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What the running server leaves in its data folder, so that commands beside it can go through it. */
export interface LockNote {
  pid: number;
  port: number | null;
  token: string;
}

export interface DataLock {
  readonly token: string;
  /** Tells commands where the server listens. */
  announce(port: number): Promise<void>;
  release(): Promise<void>;
}

const fileIn = (dataDir: string) => join(dataDir, 'lock');

/** The note of the live process that holds `dataDir`, or null when nobody does (a dead process's note counts as nobody). */
export async function lockHolder(dataDir: string): Promise<LockNote | null> {
  let note: LockNote;
  try {
    note = JSON.parse(await readFile(fileIn(dataDir), 'utf8'));
  } catch {
    return null;
  }
  if (typeof note.pid !== 'number' || note.pid === process.pid) return null; // a container's restart may get its old pid again
  try {
    process.kill(note.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return null;
  }
  // A recycled pid belongs to some other program. Where /proc tells, believe it.
  const command = await readFile(`/proc/${note.pid}/cmdline`, 'utf8').catch(() => null);
  if (command !== null && !/yutu|start\.js|node/.test(command)) return null;
  return note;
}

/**
 * Takes the data folder for this process: two processes on one embedded database silently lose rows.
 * @throws Error with a plain sentence when another live process holds it.
 */
export async function lockDataDir(dataDir: string): Promise<DataLock> {
  await mkdir(dataDir, { recursive: true });
  const file = fileIn(dataDir);
  const note: LockNote = { pid: process.pid, port: null, token: randomBytes(24).toString('hex') };
  for (let attempt = 0; ; attempt++) {
    try {
      const handle = await open(file, 'wx', 0o600);
      await handle.writeFile(JSON.stringify(note));
      await handle.close();
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const holder = await lockHolder(dataDir);
      if (holder || attempt >= 3)
        throw new Error(
          `The data folder ${dataDir} is in use by another Yutu process${holder ? ` (pid ${holder.pid})` : ''}. Stop it first, or set DATA_DIR to another folder.`,
        );
      // Stale: move it aside first, so that of two takers only one wins the next exclusive create.
      const aside = `${file}.${process.pid}`;
      await rename(file, aside).catch(() => {});
      await rm(aside, { force: true });
    }
  }
  return {
    token: note.token,
    async announce(port) {
      note.port = port;
      await writeFile(file, JSON.stringify(note), { mode: 0o600 });
    },
    release: () => rm(file, { force: true }),
  };
}
