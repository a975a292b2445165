import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { LockNote } from '../db/lock.js';
import type { CommandLanguage } from '../setup/arguments.js';

/** A command as it was typed. */
interface Typed {
  name: string;
  args: string[];
  language: CommandLanguage;
}

/** Runs a command through the server that holds the data, showing its lines as they come. @param secure whether it speaks https */
export async function runThrough(holder: LockNote, { name, args, language }: Typed, secure: boolean): Promise<number> {
  if (holder.port === null) throw new Error('The running Yutu is still starting. Try again in a moment.');
  const left = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => left.abort());
  // Its certificate is made out to its public name; who listens here is known by the lock's file.
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const options = {
      method: 'POST',
      headers: { 'x-yutu-token': holder.token, 'content-type': 'application/json' },
      signal: left.signal,
      rejectUnauthorized: false,
    };
    (secure ? https : http)
      .request(`${secure ? 'https' : 'http'}://127.0.0.1:${holder.port}/_command`, options, resolve)
      .on('error', reject)
      .end(JSON.stringify({ name, args: absolute(name, args), language }));
  });
  if (response.statusCode !== 200)
    throw new Error(`The running Yutu (pid ${holder.pid}) did not take the command (${response.statusCode}).`);
  for await (const text of createInterface({ input: response })) {
    const { line, code } = JSON.parse(text) as { line?: string; code?: number };
    if (line !== undefined) console.log(line);
    if (code !== undefined) return code;
  }
  throw new Error('The running Yutu stopped before the command was done.');
}

/** Options that name a file. */
const FILES = ['--definition', '--out', '--anchors'];

/** The server has another working folder than the person typing. */
function absolute(name: string, args: string[]): string[] {
  const isFile = (arg: string, i: number) =>
    (name === 'import' && i === 0 && !arg.startsWith('-')) || FILES.includes(args[i - 1]!);
  return args.map((arg, i) => {
    const option = FILES.find((o) => arg.startsWith(`${o}=`));
    if (option) return `${option}=${resolve(arg.slice(option.length + 1))}`;
    return isFile(arg, i) ? resolve(arg) : arg;
  });
}
