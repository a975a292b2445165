import { cpSync, mkdirSync, mkdtempSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { root, scratch } from '../harness.js';

/** A rule broken on purpose in a copy of the built server. */
export interface Mutant {
  name: string;
  /** Below the server's `dist`; with `@yutu/tiles/` before it, below that package's. */
  file: string;
  /** Occurs exactly once in the built file. */
  from: string;
  to: string;
  /** What has to be broken with it in the same file. */
  also?: { from: string; to: string };
}

/** A copy of the built server and of the tiles package that it cuts with; the rest is where it is. */
export function copiedServer(): string {
  mkdirSync(scratch(), { recursive: true });
  const folder = mkdtempSync(join(scratch(), 'mutant-'));
  const tiles = join(folder, 'server/node_modules/@yutu/tiles');
  mkdirSync(tiles, { recursive: true });
  for (const name of ['node_modules', 'sql', 'data', 'web', 'tiles', 'package.json'])
    symlinkSync(join(root, name), join(folder, name));
  for (const name of ['bin', 'dist', 'package.json'])
    cpSync(join(root, 'server', name), join(folder, 'server', name), { recursive: true });
  for (const name of ['dist', 'package.json']) cpSync(join(root, 'tiles', name), join(tiles, name), { recursive: true });
  return folder;
}

/** A mutant's file in a copy. */
export const fileOf = (folder: string, file: string): string =>
  file.startsWith('@yutu/tiles/')
    ? join(folder, 'server/node_modules/@yutu/tiles/dist', file.slice('@yutu/tiles/'.length))
    : join(folder, 'server/dist', file);

/** The text of a built file with a mutant's rule broken. @throws when the mutant no longer finds its place: it has to follow the code */
export function broken(text: string, { file, from, to, also }: Mutant): string {
  return [{ from, to }, ...(also ? [also] : [])].reduce((whole, one) => {
    const times = whole.split(one.from).length - 1;
    if (times !== 1) throw new Error(`“${one.from}” occurs ${times} times in ${file}`);
    return whole.replace(one.from, () => one.to);
  }, text);
}
