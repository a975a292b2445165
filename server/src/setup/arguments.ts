import { type ParseArgsConfig, parseArgs } from 'node:util';
import type { Decisions } from '../access/decisions.js';
import type { Ledger } from '../audit/ledger.js';
import type { Seals } from '../audit/seals.js';
import type { Catalogue } from '../catalogue/catalogue.js';
import type { Config } from '../config.js';
import type { Bus } from '../db/bus.js';
import type { Database } from '../db/database.js';
import type { Guard } from '../guard/guard.js';
import type { Note } from '../incoming/note.js';
import type { Mailer } from '../mail/mailer.js';
import type { Tiles } from '../tiles/tiles.js';

export interface CommandRooms {
  config: Config;
  db: Database;
  bus: Bus;
  catalogue: Catalogue;
  decisions: Decisions;
  ledger: Pick<Ledger, 'count' | 'flush'>;
  guard: Guard;
  seals: Seals;
  tiles: Tiles;
  mailer: Mailer | null;
}

/** What a command prints: in both languages where it speaks to who brings data, else in English. */
export type Line = string | Note;

export type CommandLanguage = 'zh' | 'en';

/** The language of who types a command, as POSIX has it: LC_ALL goes before LC_MESSAGES, and that before LANG. */
export const commandLanguage = ({ LC_ALL, LC_MESSAGES, LANG }: NodeJS.ProcessEnv): CommandLanguage =>
  (LC_ALL || LC_MESSAGES || LANG || '').startsWith('zh') ? 'zh' : 'en';

/** A command-line command. */
export interface Command {
  /** How it is called, one form a line; shown by `--help` and when it was called otherwise. */
  usage: string;
  /** Writes lines, returns its exit code. `signal` tells that the caller has left. */
  run(rooms: CommandRooms, args: string[], out: (line: Line) => void, signal: AbortSignal): Promise<number>;
}

/** What was typed cannot be a command. */
export class UsageError extends Error {
  constructor(
    message: string,
    readonly zh = message,
  ) {
    super(message);
  }
}

/** Exit code of a command that was cancelled, as shells have it. */
export const CANCELLED = 130;

/** A usage as it is shown. */
export const usageText = (usage: string): string =>
  usage
    .split('\n')
    .map((form, i) => `${i === 0 ? 'Usage:' : '      '} yutu ${form}`)
    .join('\n');

type Read<T extends NonNullable<ParseArgsConfig['options']>> = ReturnType<
  typeof parseArgs<{ args: string[]; options: T; allowPositionals: true; strict: true }>
>;

/** Reads options and exactly so many arguments. @throws UsageError */
export function read<T extends NonNullable<ParseArgsConfig['options']>>(
  args: string[],
  options: T,
  usage: string,
  positionals = 0,
): Read<T> {
  try {
    const parsed = parseArgs({ args, options, allowPositionals: true as const, strict: true as const });
    if (parsed.positionals.length !== positionals)
      throw new Error(`expected ${positionals} argument${positionals === 1 ? '' : 's'}, got ${parsed.positionals.length}`);
    return parsed;
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n${usageText(usage)}`);
  }
}

/** The option's value. @throws UsageError when it is missing */
export const required = (value: string | undefined, name: string, usage: string): string => {
  if (value === undefined || value === '')
    throw new UsageError(`--${name} is missing\n${usageText(usage)}`, `缺少 --${name}\n${usageText(usage)}`);
  return value;
};

/** @throws UsageError always */
export function wrong(why: string, usage: string): never {
  throw new UsageError(`${why}\n${usageText(usage)}`);
}

/** A file's size as people read it. */
export const megabytes = (bytes: number): string =>
  bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
