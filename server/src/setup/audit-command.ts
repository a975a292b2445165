import { resolve } from 'node:path';
import { readAnchors } from '../audit/anchors.js';
import { prune } from '../audit/prune.js';
import { knownAnchors } from '../audit/seals.js';
import { verifyLog } from '../audit/verify.js';
import { endOfDay, today } from '../catalogue/calendar.js';
import { type Command, type CommandRooms, read, required, wrong } from './arguments.js';

type Out = (line: string) => void;

/** The log's proof, its key, and the end of its old years. */
export const audit: Command = {
  usage: `audit verify [--anchors <file>] [--trust <fingerprint>[,…]]
audit key
audit seal
audit prune --out <file.jsonl>`,
  async run(rooms, [verb, ...args], out) {
    const { usage } = this;
    if (verb === 'verify') return verify(rooms, args, out, usage);
    if (verb === 'key') {
      read(args, {}, usage);
      const key = await rooms.seals.key();
      out(`${key.algorithm}  ${key.fingerprint}\n-----BEGIN PUBLIC KEY-----\n${key.publicKey}\n-----END PUBLIC KEY-----`);
      return 0;
    }
    if (verb === 'seal') {
      read(args, {}, usage);
      await rooms.ledger.flush();
      await rooms.seals.seal();
      out(`The head is sealed; anchors are in ${rooms.seals.file}`);
      return 0;
    }
    if (verb === 'prune') return pruneYears(rooms, args, out, usage);
    return wrong('verify, key, seal or prune?', usage);
  },
};

async function verify({ db, ledger, seals }: CommandRooms, args: string[], out: Out, usage: string): Promise<number> {
  const { values } = read(args, { anchors: { type: 'string' }, trust: { type: 'string' } }, usage);
  const given = values.anchors === undefined ? [] : await anchorsOf(resolve(values.anchors), usage);
  await ledger.flush();
  const { fingerprint } = await seals.key();
  const report = await verifyLog(db, {
    anchors: [...(await knownAnchors(seals.file)), ...given],
    trusted: [fingerprint, ...(values.trust?.split(',') ?? [])],
  });
  if (report.ok) out(`The log is whole: ${report.rows} rows, head ${report.head}`);
  else out(`The log does not hold: ${report.fault!.why}`);
  if (report.first > 1) out(`It begins with row ${report.first}, behind a signed checkpoint.`);
  out(
    report.sealed
      ? `Signed up to row ${report.sealed.seq} (${report.sealed.at}, key ${report.sealed.key}); ${report.anchors} signed statements`
      : 'No signature vouches for it.',
  );
  return report.ok ? 0 : 1;
}

const anchorsOf = (file: string, usage: string) =>
  readAnchors(file).catch((error: NodeJS.ErrnoException) =>
    wrong(error.code === 'ENOENT' ? `There is no file ${file}` : error.message, usage),
  );

async function pruneYears({ db, config, ledger, seals }: CommandRooms, args: string[], out: Out, usage: string): Promise<number> {
  const { values } = read(args, { out: { type: 'string' } }, usage);
  const file = resolve(required(values.out, 'out', usage));
  const year = Number(today(config.timezone).slice(0, 4)) - config.auditYears;
  const from = new Date(endOfDay(config.timezone, `${year - 1}-12-31`));
  await ledger.flush();
  const pruned = await prune(db, seals, { year, from, file, actor: 'command line' });
  if (pruned)
    out(`${pruned.rows} rows up to the end of ${pruned.year} are in ${file}; the log begins with row ${pruned.seq + 1}.`);
  else out(`Nothing is older than AUDIT_YEARS=${config.auditYears} allows to take out (before ${year}).`);
  return 0;
}
