import { join } from 'node:path';
import type { Config } from '../config.js';
import type { Database } from './database.js';
import { openEmbedded } from './embedded.js';
import { openPostgis } from './postgis.js';
import { shareOf } from './turns.js';

/** Opens the engine the configuration names. The embedded one needs the data folder's lock first. */
export async function openDatabase(config: Config): Promise<Database> {
  if (config.databaseUrl) {
    const db = openPostgis(config.databaseUrl, {
      ...config,
      shares: {
        client: shareOf(config.poolSize, config.clientShare),
        anonymous: shareOf(config.poolSize, config.anonymousShare),
      },
    });
    await ensurePostgis(db);
    return db;
  }
  const db = await openEmbedded(join(config.dataDir, 'database'), config);
  await ensurePostgis(db);
  return db;
}

/** The first time takes seconds, on the embedded engine and a slow machine many. */
const ensurePostgis = (db: Database): Promise<unknown> =>
  db.tx((q) => q.query('create extension if not exists postgis'), { timeoutMs: 300_000 });
