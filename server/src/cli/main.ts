import { fileURLToPath } from 'node:url';
import { runCommand } from '../app/commands.js';
import { openHouse } from '../app/house.js';
import { serve } from '../app/serve.js';
import { type Config, readConfig } from '../config.js';
import { lockDataDir, lockHolder } from '../db/lock.js';
import { openDatabase } from '../db/open.js';
import { makePrivate, PRIVATE_UMASK } from '../db/private.js';
import { usageText } from '../setup/arguments.js';
import { commands } from '../setup/commands.js';
import { runThrough } from './remote.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));

const HELP = `Yutu (舆图): a city's departments share their maps.

  yutu serve                      run the platform (PORT, DATA_DIR, DATABASE_URL, BASE_URL, DEMO: see .env.example)
  yutu migrate                    bring the database up to date
  yutu demo [--scale N]           load the demonstration, N times as large
  yutu import <file> --layer …    bring a GeoJSON file in as a layer, whole or nothing
  yutu user <name> …              set an account
  yutu account bootstrap|create|reset|unlock|list …   the first administrators, and the way back in
  yutu key create|list|revoke …   keys of an organisation's systems
  yutu tiles export <layer> …     a layer's tiles as one PMTiles file, under a caller's rights
  yutu snapshot status|rebuild|verify …   what the tiles are cut from: how it stands, built anew, read whole
  yutu audit verify|key|seal|prune …   prove that the log is whole, sign its head, take out what is old enough

  yutu <command> --help           how a command is called
`;

async function main([name = 'help', ...args]: string[]): Promise<number | undefined> {
  if (name === 'help' || name === '--help' || name === '-h') {
    console.log(HELP);
    return 0;
  }
  if (name !== 'serve' && !Object.hasOwn(commands, name)) {
    console.error(`There is no command "${name}".\n\n${HELP}`);
    return 2;
  }
  // Asking how it is called opens and migrates nothing.
  if (args.includes('--help') || args.includes('-h')) {
    console.log(name === 'serve' ? HELP : usageText(commands[name]!.usage));
    return 0;
  }
  const config = readConfig(process.env, root);
  if (name === 'serve') {
    await serve(config, root);
    return undefined; // runs on
  }
  const holder = config.databaseUrl ? null : await lockHolder(config.dataDir);
  return holder ? runThrough(holder, name, args, config.tls !== null) : runAlone(config, name, args);
}

/** No server holds the data: open it ourselves. */
async function runAlone(config: Config, name: string, args: string[]): Promise<number> {
  await makePrivate(config.dataDir);
  const lock = config.databaseUrl ? null : await lockDataDir(config.dataDir);
  const left = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => left.abort());
  try {
    const db = await openDatabase(config);
    const house = await openHouse(config, db, `${root}/sql`, { as: 'command', tell: console.log }).catch(async (error) => {
      await db.close(); // the embedded engine's thread would keep us alive
      throw error;
    });
    try {
      return await runCommand(commands[name]!, house, args, console.log, left.signal);
    } finally {
      await house.close();
    }
  } finally {
    await lock?.release();
  }
}

// Before anything is written: archives and exports of commands are their user's alone, too.
process.umask(PRIVATE_UMASK);
try {
  const code = await main(process.argv.slice(2));
  if (code !== undefined) process.exit(code);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
