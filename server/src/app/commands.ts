import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { YutuError } from '../errors/fail.js';
import { asYutuError } from '../errors/problem.js';
import { errorTable } from '../errors/table.js';
import { type Command, type CommandLanguage, type Line, UsageError } from '../setup/arguments.js';
import { commands } from '../setup/commands.js';
import type { House } from './house.js';

/** Runs a command and turns known faults into a sentence, in the language of who typed it. */
export async function runCommand(
  command: Command,
  house: House,
  args: string[],
  language: CommandLanguage,
  out: (line: string) => void,
  signal: AbortSignal,
): Promise<number> {
  const say = (line: Line) => out(typeof line === 'string' ? line : line[language]);
  try {
    return await command.run(house, args, say, signal);
  } catch (error) {
    if (error instanceof UsageError) {
      say({ zh: error.zh, en: error.message });
      return 2;
    }
    const known = asYutuError(error);
    if (!known) throw error;
    say({ zh: errorTable[known.code].detailZh(known.values), en: known.message });
    return 1;
  }
}

/**
 * Commands beside a running embedded server go through it, as only one process may open its data. Only who can read the data folder
 * knows the token, and only from this machine. Lines stream back as JSON, the last one holds the exit code.
 */
export function commandHandler(house: House, token: string) {
  const expected = Buffer.from(token);
  return async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const given = Buffer.from(String(req.headers['x-yutu-token'] ?? ''));
    const local = /^(::1|127\.|::ffff:127\.)/.test(req.socket.remoteAddress ?? '');
    if (req.method !== 'POST' || !local || given.length !== expected.length || !timingSafeEqual(given, expected))
      throw new YutuError('not_found');
    const chunks: Buffer[] = [];
    for await (const chunk of req) chunks.push(chunk as Buffer);
    const { name, args, language } = JSON.parse(Buffer.concat(chunks).toString('utf8')) as {
      name: string;
      args: string[];
      language?: CommandLanguage;
    };
    const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
    if (!command) throw new YutuError('not_found');
    const left = new AbortController();
    res.on('close', () => left.abort());
    res.writeHead(200, { 'Content-Type': 'application/x-ndjson' });
    const say = (value: unknown) => res.write(`${JSON.stringify(value)}\n`);
    try {
      say({
        code: await runCommand(command, house, args, language === 'zh' ? 'zh' : 'en', (line) => say({ line }), left.signal),
      });
    } catch (error) {
      say({ line: `Unexpected fault: ${(error as Error).message}` });
      say({ code: 1 });
    }
    res.end();
  };
}
