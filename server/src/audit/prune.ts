import { createHash } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import type { Database } from '../db/database.js';
import { appendAnchor, makeAnchor } from './anchors.js';
import { type AuditRow, canonicalJson, record } from './chain.js';
import { keepKey, knownAnchors, nameHash, type Seals } from './seals.js';
import { verifyLog } from './verify.js';

export interface Pruned {
  rows: number;
  /** The last row taken out, and the year it belongs to. */
  seq: number;
  year: number;
}

const PAGE = 5_000;

/**
 * Writes the rows of the years before `year` to a file (one JSON document a line) and takes them out of the log behind a signed
 * checkpoint, from which the chain is verified from then on. Whole or nothing; null when there are none.
 * @param file must not exist; `year` begins at `from`
 * @throws Error when the log does not hold, or the file cannot be written
 */
export async function prune(
  db: Database,
  seals: Seals,
  { year, from, file, actor }: { year: number; from: Date; file: string; actor: string },
): Promise<Pruned | null> {
  const signer = await seals.key();
  const known = await knownAnchors(seals.file);
  const report = await verifyLog(db, { anchors: known, trusted: [signer.fingerprint] });
  if (!report.ok) throw new Error(`Nothing was taken out, for the log does not hold: ${report.fault!.why}`);
  // Rows are in the order of their numbers; the clocks of two nodes may differ by a little, so the first later row ends it.
  const [bound] = await db.query<{ seq: number | null }>(
    'select min(seq) - 1 as seq from yutu.audit where at >= $1::timestamptz',
    [from.toISOString()],
  );
  const last = bound?.seq ?? 0;
  if (last < report.first) return null;

  const beside = `${file}.part`;
  const to = await open(beside, 'wx', 0o600);
  const digest = createHash('sha256');
  try {
    for (let seq = report.first - 1; seq < last; ) {
      const rows = await db.query<AuditRow>('select * from yutu.audit where seq > $1 and seq <= $2 order by seq limit $3', [
        seq,
        last,
        PAGE,
      ]);
      if (rows.length === 0) throw new Error(`Nothing was taken out: row ${seq + 1} is missing`);
      const text = rows.map((row) => `${canonicalJson(row)}\n`).join('');
      digest.update(text);
      await to.write(text);
      seq = rows.at(-1)!.seq;
    }
    await to.sync();
    await to.close();
    const rows = last - report.first + 1;
    const checkpoint = await db.tx(
      async (q) => {
        const [end] = await q.query<{ algorithm: string; hash: string }>(
          'select algorithm, hash from yutu.audit where seq = $1',
          [last],
        );
        const anchor = makeAnchor(signer, 'audit-checkpoint', last, nameHash(end!));
        const sha256 = digest.digest('hex');
        await record(q, {
          actor,
          organisation: null,
          action: 'audit_pruned',
          detail: { ...anchor, rows, before: year, file: `sha256:${sha256}` },
        });
        await keepKey(q, signer);
        await q.query(
          'insert into yutu.audit_checkpoint (seq, hash, at, key, signature) values ($1, $2, $3::timestamptz, $4, $5)',
          [anchor.seq, anchor.hash, anchor.at, anchor.key, anchor.signature],
        );
        await q.query('delete from yutu.audit where seq <= $1', [last]);
        // The daily sums of those years go with their proof.
        await q.query('delete from yutu.access_day where day < $1::date', [`${year}-01-01`]);
        // Last in the transaction: when the file cannot take its name nothing was taken out.
        await rename(beside, file);
        return anchor;
      },
      { timeoutMs: 600_000 },
    );
    await appendAnchor(seals.file, checkpoint);
    return { rows, seq: last, year: year - 1 };
  } finally {
    await to.close().catch(() => {});
    await rm(beside, { force: true });
  }
}
