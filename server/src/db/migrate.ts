import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Database } from './database.js';

const MIGRATION_LOCK = 8_087_001; // any constant: only its equality on every node matters

/**
 * Applies the files of `folder` in name order, each once, each in its own transaction, its hash kept.
 * @returns the names applied now.
 * @throws Error when a file that was applied has changed since, or when one fails.
 */
export async function migrate(db: Database, folder: string, tell: (line: string) => void = () => {}): Promise<string[]> {
  const files = (await readdir(folder)).filter((f) => f.endsWith('.sql')).sort();
  await db.query('create schema if not exists yutu');
  await db.query(
    `create table if not exists yutu.migration (
       name text primary key, hash text not null, applied_at timestamptz not null default now())`,
  );
  const applied: string[] = [];
  for (const name of files) {
    const sql = await readFile(join(folder, name), 'utf8');
    const hash = `sha256:${createHash('sha256').update(sql).digest('hex')}`;
    const ran = await db.tx(
      async (q) => {
        await q.query(`select pg_advisory_xact_lock(${MIGRATION_LOCK})`);
        const [known] = await q.query<{ hash: string }>('select hash from yutu.migration where name = $1', [name]);
        if (known?.hash === hash) return false;
        if (known) throw new Error(`sql/${name} was applied before and has changed since. Add a new file instead.`);
        await q.query('insert into yutu.migration (name, hash) values ($1, $2)', [name, hash]);
        await q.query(sql);
        return true;
      },
      { timeoutMs: 300_000 },
    );
    if (ran) {
      tell(`applied sql/${name}`);
      applied.push(name);
    }
  }
  return applied;
}
