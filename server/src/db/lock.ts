import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
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
  if (typeof note?.pid !== 'number' || note.pid === process.pid) return null; // a container's restart may get its old pid again
  if (!isAlive(note.pid)) return null;
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
  // Written whole beside its place and linked into it: the link fails when a lock is there, and nobody reads half of one.
  const beside = `${file}.${process.pid}.${note.token.slice(0, 8)}`;
  await writeFile(beside, JSON.stringify(note), { mode: 0o600, flag: 'wx' });
  try {
    for (let attempt = 0; !(await tryLink(beside, file)); attempt++) {
      const holder = await lockHolder(dataDir);
      if (holder || attempt >= 3)
        throw new Error(
          `The data folder ${dataDir} is in use by another Yutu process${holder ? ` (pid ${holder.pid})` : ''}. Stop it first, or set DATA_DIR to another folder.`,
        );
      await removeStale(file, beside);
    }
  } finally {
    await rm(beside, { force: true });
  }
  return {
    token: note.token,
    async announce(port) {
      note.port = port;
      // Renamed into its place: whoever looks in between must not take half a note for a dead process's.
      await writeFile(beside, JSON.stringify(note), { mode: 0o600 });
      await rename(beside, file);
    },
    release: () => rm(file, { force: true }),
  };
}

const tryLink = (from: string, to: string): Promise<boolean> =>
  link(from, to).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return false;
      throw error;
    },
  );

/**
 * Moves a dead process's lock away. Another taker may have put its own there meanwhile: then what was moved is a live one, and
 * goes back to its place.
 */
async function removeStale(file: string, beside: string): Promise<void> {
  const aside = `${beside}.stale`;
  try {
    await rename(file, aside);
  } catch {
    return; // somebody else moved it
  }
  const pid = await readFile(aside, 'utf8')
    .then((text) => (JSON.parse(text) as Partial<LockNote> | null)?.pid)
    .catch(() => undefined); // a power cut may leave anything
  if (typeof pid === 'number' && pid !== process.pid && isAlive(pid)) await link(aside, file).catch(() => {});
  await rm(aside, { force: true });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
