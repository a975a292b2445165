import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Place, root } from '../../harness.js';

/** What is wrong with the plans of a built server's reads; the world of the leak matrix is in its database, and it is not running. */
export async function examinePlans(
  place: Pick<Place, 'dataDir' | 'databaseUrl'>,
  server: string,
): Promise<{ plans: number; findings: string[] }> {
  const args = [join(root, 'test/oracle/plans.js'), server, place.dataDir, ...(place.databaseUrl ? [place.databaseUrl] : [])];
  const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 64e6 });
  return JSON.parse(stdout);
}
