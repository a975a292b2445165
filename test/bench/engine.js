import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { cutTile, openSnapshot, prepareMask, tileAt, tileLonLatBox } from '@yutu/tiles';
import { toLonLat } from '../../server/dist/access/filter-sql.js';
import { run } from './programs.js';

/** The tile engine as the bench uses it: here and in pack.js, nowhere else. */

export { cutTile, prepareMask, tileAt, tileLonLatBox };

const packer = fileURLToPath(new URL('./pack.js', import.meta.url));

/**
 * Packs a table, or a part of it, into a file.
 * @param part `geometry` (SQL, EPSG:4490) instead of the table's, `where` instead of all rows
 * @returns features, vertices, seconds, cpuSeconds, bytes, rssBefore and rssPeak of the packing process
 */
export async function packed(url, { name, columns }, file, { geometry = 'geom', where = 'true' } = {}) {
  const select = `select fid, st_asbinary(${toLonLat(geometry, 4490)}), ${columns.map((c) => `"${c.name}"`).join(', ')}
    from ${name} where ${where}`;
  const { stdout } = await run(process.execPath, [packer, JSON.stringify({ url, columns, select, file })]);
  const report = JSON.parse(stdout);
  if (!(report.features > 0)) throw new Error(`${name}: nothing was packed`);
  return report;
}

/** Opens a snapshot in memory that threads could share, as the server does. */
export function opened(file) {
  const stored = readFileSync(file);
  const bytes = new Uint8Array(new SharedArrayBuffer(stored.length));
  bytes.set(stored);
  return openSnapshot(bytes);
}
