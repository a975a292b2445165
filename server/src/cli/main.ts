import { fileURLToPath } from 'node:url';
import { type Config, readConfig } from '../config.js';
import { lockDataDir, lockHolder } from '../db/lock.js';
import { openDatabase } from '../db/open.js';
import { makePrivate, PRIVATE_UMASK } from '../db/private.js';
import { type Command, commandLanguage, usageText } from '../setup/arguments.js';
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

/** Loads what this way through needs: routes and the document of the API cost a command half of its time. */
async function main([name = 'help', ...args]: string[]): Promise<number | undefined> {
  if (name === 'help' || name === '--help' || name === '-h') {
    console.log(HELP);
    return 0;
  }
  const asksHow = args.includes('--help') || args.includes('-h');
  if (name === 'serve') {
    if (asksHow) console.log(HELP);
    else await (await import('../app/serve.js')).serve(readConfig(process.env, root), root);
    return asksHow ? 0 : undefined; // runs on
  }
  const { commands } = await import('../setup/commands.js');
  const command = Object.hasOwn(commands, name) ? commands[name]! : undefined;
  if (!command) {
    console.error(`There is no command "${name}".\n\n${HELP}`);
    return 2;
  }
  // Asking how it is called opens and migrates nothing.
  if (asksHow) {
    console.log(usageText(command.usage));
    return 0;
  }
  const config = readConfig(process.env, root);
  const holder = config.databaseUrl ? null : await lockHolder(config.dataDir);
  return holder
    ? runThrough(holder, { name, args, language: commandLanguage(process.env) }, config.tls !== null)
    : runAlone(config, command, args);
}

/** No server holds the data: open it ourselves. */
async function runAlone(config: Config, command: Command, args: string[]): Promise<number> {
  const [{ runCommand }, { openHouse }] = await Promise.all([import('../app/commands.js'), import('../app/house.js')]);
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
      return await runCommand(command, house, args, commandLanguage(process.env), console.log, left.signal);
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
