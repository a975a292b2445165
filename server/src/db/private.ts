import { chmod, lstat, mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** What the program writes is its user's alone: files 0600, folders 0700. */
export const PRIVATE_UMASK = 0o077;

/** What in a data folder is ours. What else lies there is its owner's business. */
const OURS = /^(database|snapshots|lock(\..+)?|secrets\.key|audit-.+)$/;
const OTHERS = 0o077;
const STICKY = 0o1000;

/**
 * Takes everyone else's rights from a data folder and what is ours in it, as an older version, a copy or a backup may have left them; makes the
 * folder when there is none. Links within are not followed.
 * @returns what others can still read: what belongs to another user, or a folder that all use (`/tmp`)
 * @throws Error when the folder can be neither made nor read
 */
export async function makePrivate(dataDir: string): Promise<string[]> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const open: string[] = [];
  const mend = async (path: string, mode: number) => {
    if ((mode & OTHERS) === 0) return;
    const own =
      (mode & STICKY) === 0 &&
      (await chmod(path, mode & 0o700).then(
        () => true,
        () => false,
      ));
    if (!own) open.push(path);
  };
  const walk = async (folder: string): Promise<void> => {
    for (const { name } of await readdir(folder, { withFileTypes: true })) {
      const path = join(folder, name);
      // The database and builds remove files while we look.
      const found = await lstat(path).catch(() => null);
      if (!found || found.isSymbolicLink()) continue;
      await mend(path, found.mode);
      if (found.isDirectory()) await walk(path);
    }
  };
  await mend(dataDir, (await stat(dataDir)).mode);
  for (const name of (await readdir(dataDir)).filter((n) => OURS.test(n))) {
    const path = join(dataDir, name);
    // One of these may be a link on purpose: snapshots on a larger disk.
    const found = await stat(path).catch(() => null);
    if (!found) continue;
    await mend(path, found.mode);
    if (found.isDirectory()) await walk(path);
  }
  return open;
}
