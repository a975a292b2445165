import { join } from 'node:path';
import type { Config } from '../config.js';
import type { Database } from './database.js';
import { openEmbedded } from './embedded.js';
import { openPostgis } from './postgis.js';

/** Opens the engine the configuration names. The embedded one needs the data folder's lock first. */
export async function openDatabase(config: Config): Promise<Database> {
  if (config.databaseUrl) {
    const db = openPostgis(config.databaseUrl, config);
    await db.query('create extension if not exists postgis');
    return db;
  }
  const db = await openEmbedded(join(config.dataDir, 'database'), config);
  await db.query('create extension if not exists postgis');
  return db;
}
