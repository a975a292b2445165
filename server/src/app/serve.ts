import { join } from 'node:path';
import { pino } from 'pino';
import type { Config } from '../config.js';
import { type DataLock, lockDataDir } from '../db/lock.js';
import { openDatabase } from '../db/open.js';
import { makePrivate } from '../db/private.js';
import { isEmpty, loadDemo } from '../setup/demo.js';
import { openHouse } from './house.js';
import { makeServer } from './server.js';

/**
 * Runs Yutu until it is told to stop: listens at once (503 until ready), opens the database, migrates, loads the demonstration
 * where it belongs, and says that it is ready.
 */
export async function serve(config: Config, root: string): Promise<void> {
  const logger = pino({ level: config.logLevel }, pino.destination(2));
  for (const path of await makePrivate(config.dataDir))
    logger.warn(`Others on this machine may read ${path}, and its owner is another user: take their rights away there.`);
  const lock: DataLock | null = config.databaseUrl ? null : await lockDataDir(config.dataDir);
  const server = makeServer({ config, webFolder: join(root, 'web', 'dist'), logger, token: lock?.token ?? null });
  try {
    await new Promise<void>((resolve, reject) => {
      server.http.once('error', (error: NodeJS.ErrnoException) =>
        reject(
          error.code === 'EADDRINUSE'
            ? new Error(`Port ${config.port} is in use. Stop the other program, or set PORT to another one.`)
            : error,
        ),
      );
      // A crowd that connects at once does not keep others from being let in: the system's own bound holds.
      server.http.listen({ port: config.port, backlog: 4_096 }, resolve);
    });
    const { port } = server.http.address() as { port: number };
    await lock?.announce(port);

    let stopping = false;
    const stop = async () => {
      if (stopping) return;
      stopping = true;
      await server.close().catch(() => {});
      await lock?.release();
      process.exit(0);
    };
    process.on('SIGINT', stop);
    process.on('SIGTERM', stop);
    process.on('unhandledRejection', (error) => logger.error({ err: error }, 'unhandled rejection'));

    const tell = (line: string) => console.log(line);
    if (!config.databaseUrl) tell('Opening the embedded database (DATABASE_URL would name a PostgreSQL with PostGIS) …');
    const db = await openDatabase(config);
    const house = await openHouse(config, db, join(root, 'sql'), { as: 'server' });
    const empty = await isEmpty(db);
    const [known] = await db.query<{ value: boolean }>(`select value from yutu.setting where key = 'demo'`);
    // The default: an embedded instance that starts empty is a demonstration, and stays one.
    house.demo = config.demo ?? known?.value ?? (empty && db.engine === 'embedded');
    if (house.demo) {
      await db.query(`insert into yutu.setting (key, value) values ('demo', 'true') on conflict (key) do nothing`);
      if (!(await demoComplete(house.db))) {
        tell('Loading the demonstration …');
        await loadDemo(house, {
          folder: config.demoData,
          scale: config.demoScale,
          timezone: config.timezone,
          emergencyConfirmHours: config.emergencyConfirmHours,
          replace: false,
          tell,
        });
        await db.query(`insert into yutu.setting (key, value) values ('demo-loaded', 'true') on conflict (key) do nothing`);
      }
    }
    server.admit(house);
    house.seals.start((line) => logger.error(line));
    house.warm().catch(() => {});
    console.log(`Yutu is ready: ${config.baseUrl ?? `${config.tls ? 'https' : 'http'}://localhost:${port}`}`);
  } catch (error) {
    await lock?.release();
    throw error;
  }
}

async function demoComplete(db: import('../db/database.js').Database): Promise<boolean> {
  const rows = await db.query(`select 1 from yutu.setting where key = 'demo-loaded'`);
  return rows.length > 0;
}
