import type { Queryable } from '../db/database.js';
import { type Anchor, anchorHolds } from './anchors.js';
import { type ChainReport, walkChain } from './chain.js';
import { bareHash, nameHash } from './seals.js';

export interface LogReport extends ChainReport {
  /** The row the log begins with: 1, or the one after a checkpoint. */
  first: number;
  /** The last row that a signature vouches for, since when and by which key; null: none does. */
  sealed: { seq: number; at: string; key: string } | null;
  /** Statements of signatures, within and outside the database, that the log was held against. */
  anchors: number;
}

export interface Proof {
  /** Anchors kept outside the database. */
  anchors?: readonly Anchor[];
  /** Fingerprints of keys known to be ours, beside those of the anchors. */
  trusted?: readonly string[];
  page?: number;
}

type StoredAnchor = Omit<Anchor, 'yutu'>;

/**
 * Walks the log and holds it against what was signed: finds an edited row, a gap and a missing end, and also a log that was
 * rewritten from some row on with every hash made anew. Against that the signatures in the database help as far as they are
 * still there; anchors outside help in any case.
 */
export async function verifyLog(q: Queryable, { anchors = [], trusted = [], page }: Proof = {}): Promise<LogReport> {
  const stored = (table: 'seal' | 'checkpoint', yutu: Anchor['yutu']) =>
    q
      .query<StoredAnchor>(
        `select s.seq, s.hash, s.at, s.key, k.public_key as "publicKey", s.signature
         from yutu.audit_${table} s join yutu.audit_key k on k.fingerprint = s.key order by s.seq`,
      )
      .then((rows) => rows.map((row): Anchor => ({ yutu, ...row })));
  const [seals, checkpoints] = [await stored('seal', 'audit-head'), await stored('checkpoint', 'audit-checkpoint')];
  const [kept] = await q.query<{ seq: number | null }>('select min(seq) as seq from yutu.audit');
  const ours = new Set([...trusted, ...anchors.map((a) => a.key)]);
  const statements = [...seals, ...checkpoints, ...anchors];
  const report = (chain: ChainReport, first: number, sealed: Anchor | undefined): LogReport => ({
    ...chain,
    first,
    sealed: sealed ? { seq: sealed.seq, at: sealed.at, key: sealed.key } : null,
    anchors: statements.length,
  });
  const refuse = (seq: number, why: string): LogReport =>
    report({ ok: false, rows: 0, head: '', fault: { seq, why } }, kept?.seq ?? 1, undefined);

  const forged = statements.find((a) => !anchorHolds(a));
  if (forged) return refuse(forged.seq, `the signature of the sealed row ${forged.seq} (${forged.at}) is not its key's`);

  // Where the log begins: what is missing before that must have been taken out behind a checkpoint of ours.
  const before = (kept?.seq ?? 1) - 1;
  const checkpoint = before === 0 ? undefined : checkpoints.find((c) => c.seq === before);
  if (before > 0 && !checkpoint)
    return refuse(1, `rows 1 to ${before} are missing, and no checkpoint says that they were taken out`);
  if (checkpoint && ours.size > 0 && !ours.has(checkpoint.key))
    return refuse(before, `rows 1 to ${before} were taken out behind a checkpoint of the unknown key ${checkpoint.key}`);

  const expected = new Map<number, Anchor>();
  let beyond: Anchor | undefined;
  for (const a of statements) {
    if (a.seq > (beyond?.seq ?? 0)) beyond = a;
    if (expected.has(a.seq) && expected.get(a.seq)!.hash !== a.hash)
      return refuse(a.seq, `row ${a.seq} was sealed twice with different contents: the log was rewritten`);
    expected.set(a.seq, a);
  }
  if (checkpoint && expected.get(before)!.hash !== checkpoint.hash)
    return refuse(before, `the checkpoint of row ${before} is not what was sealed`);

  let sealed: Anchor | undefined = checkpoint;
  const chain = await walkChain(q, {
    ...(checkpoint && { from: { seq: before, hash: bareHash(checkpoint.hash) } }),
    ...(page !== undefined && { page }),
    visit: (row) => {
      const said = expected.get(row.seq);
      if (!said) return null;
      if (said.hash !== nameHash(row))
        return `row ${row.seq} is not the one that was sealed at ${said.at}: the log was rewritten after row ${sealed?.seq ?? 0}`;
      sealed = said;
      return null;
    },
  });
  const first = before + 1;
  if (chain.ok && beyond && beyond.seq > before + chain.rows) {
    const at = before + chain.rows + 1;
    const why = `row ${beyond.seq} was sealed at ${beyond.at}, but the log ends at row ${at - 1}: rows at the end are missing`;
    return report({ ...chain, ok: false, fault: { seq: at, why } }, first, sealed);
  }
  return report(chain, first, sealed);
}
