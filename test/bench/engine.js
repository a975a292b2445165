import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { cutTile, openSnapshot, openSnapshotFile, PageCache, prepareMask, tileAt, tileLonLatBox } from '@yutu/tiles';
import { toLonLat } from '../../server/dist/access/filter-sql.js';
import { run } from './programs.js';

/** The tile engine as the bench uses it: here and in pack.js, nowhere else. */

export { cutTile, prepareMask, tileAt, tileLonLatBox };

const packer = fileURLToPath(new URL('./pack.js', import.meta.url));
const PIECE = 2 ** 28;
/** Memory for pages of snapshots read from their files. */
export const PAGE_CACHE = 256 * 2 ** 20;

/**
 * Packs a table, or a part of it, into a file.
 * @param part `geometry` (SQL, EPSG:4490) instead of the table's, `where` instead of all rows; `expected` rows and `say`, for the progress
 * @returns features, vertices, seconds, cpuSeconds, bytes, onDisk (whether rows went through scratch files), rssBefore and rssPeak of the
 *   packing process
 */
export async function packed(url, { name, columns }, file, { geometry = 'geom', where = 'true', expected, say } = {}) {
  const select = `select fid, st_asbinary(${toLonLat(geometry, 4490)}), ${columns.map((c) => `"${c.name}"`).join(', ')}
    from ${name} where ${where}`;
  const task = JSON.stringify({ url, columns, select, file, expected });
  const { stdout } = await run(process.execPath, [packer, task], {}, (line) => say?.(`${name}: ${line}`));
  const report = JSON.parse(stdout);
  if (!(report.features > 0)) throw new Error(`${name}: nothing was packed`);
  return report;
}

/** Opens a snapshot in memory that threads could share, as the server does with all that fit into its budget. */
export function opened(file) {
  const { size } = statSync(file);
  const bytes = new Uint8Array(new SharedArrayBuffer(size));
  const fd = openSync(file);
  for (let at = 0; at < size; ) at += readSync(fd, bytes, at, Math.min(PIECE, size - at), at);
  closeSync(fd);
  return openSnapshot(bytes);
}

/** Opens a snapshot page by page from its file, as the server does with larger ones. Close it. */
export const openedFile = (file) => openSnapshotFile(file, new PageCache(PAGE_CACHE));
