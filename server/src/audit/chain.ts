import { createHash, getHashes } from 'node:crypto';
import type { Queryable } from '../db/database.js';

/** What a room writes into the log. */
export interface Deed {
  actor: string | null;
  organisation: string | null;
  action: string;
  layer?: string | null;
  subject?: string | null;
  detail?: Record<string, unknown>;
}

export interface AuditRow {
  seq: number;
  at: string;
  actor: string | null;
  organisation: string | null;
  action: string;
  layer: string | null;
  subject: string | null;
  detail: Record<string, unknown>;
  algorithm: string;
  prev: string;
  hash: string;
}

/** Hash algorithms that rows of the log may name: a weak one would let a row be forged under its own name. */
export const hashAlgorithms = ['sha256', 'sm3'] as const;
export type HashAlgorithm = (typeof hashAlgorithms)[number];

/** Where a chain begins. */
export const GENESIS = 'genesis';

/** JSON with sorted keys, so that equal contents have equal text whatever the database did to their order. */
export function canonicalJson(value: unknown): string {
  if (value === undefined) return 'null';
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const members = Object.entries(value)
    .filter(([, v]) => v !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return `{${members.map(([k, v]) => `${JSON.stringify(k)}:${canonicalJson(v)}`).join(',')}}`;
}

/**
 * The hash of a row: over its canonical text, which holds the previous hash and the algorithm's name.
 * @throws Error for an algorithm that is not of `hashAlgorithms`, or that this OpenSSL lacks
 */
export function rowHash(row: Omit<AuditRow, 'hash'>): string {
  const { seq, at, actor, organisation, action, layer, subject, detail, algorithm, prev } = row;
  if (!hashAlgorithms.includes(algorithm as HashAlgorithm)) throw new Error(`no hash algorithm of the log: ${algorithm}`);
  const text = canonicalJson([seq, at, actor, organisation, action, layer, subject, detail, algorithm, prev]);
  return createHash(algorithm).update(text, 'utf8').digest('hex');
}

interface Head {
  seq: number;
  hash: string;
  algorithm: string;
}

/** Appends deeds in the caller's transaction: the deed and its trace are committed together or not at all. */
export async function record(q: Queryable, ...deeds: Deed[]): Promise<void> {
  if (deeds.length === 0) return;
  const [head] = await q.query<Head>('select seq, hash, algorithm from yutu.audit_head for update');
  await append(q, head!, deeds);
}

async function append(q: Queryable, head: Head, deeds: readonly Deed[]): Promise<void> {
  let { seq, hash: prev } = head;
  const rows: AuditRow[] = [];
  for (const deed of deeds) {
    const row = {
      seq: ++seq,
      at: new Date().toISOString(),
      actor: deed.actor,
      organisation: deed.organisation,
      action: deed.action,
      layer: deed.layer ?? null,
      subject: deed.subject ?? null,
      // Through JSON once, as the database will give it back.
      detail: JSON.parse(canonicalJson(deed.detail ?? {})) as Record<string, unknown>,
      algorithm: head.algorithm,
      prev,
    };
    prev = rowHash(row);
    rows.push({ ...row, hash: prev });
  }
  await q.query(
    `insert into yutu.audit
     select * from jsonb_to_recordset($1::jsonb) as r(seq bigint, at timestamptz, actor text, organisation text, action text,
       layer text, subject text, detail jsonb, algorithm text, prev text, hash text)`,
    [JSON.stringify(rows)],
  );
  await q.query('update yutu.audit_head set seq = $1, hash = $2', [seq, prev]);
}

/**
 * Has the rows to come hashed with `algorithm`; the change is itself a row, the first one under it.
 * @throws Error when this OpenSSL lacks the algorithm
 */
export async function useAlgorithm(q: Queryable, algorithm: HashAlgorithm): Promise<void> {
  if (!getHashes().includes(algorithm))
    throw new Error(`AUDIT_HASH=${algorithm} cannot be used: the OpenSSL of this Node.js does not have it.`);
  const [head] = await q.query<Head>('select seq, hash, algorithm from yutu.audit_head for update');
  if (!head || head.algorithm === algorithm) return;
  await q.query('update yutu.audit_head set algorithm = $1', [algorithm]);
  const deed = { actor: null, organisation: null, action: 'audit_algorithm', detail: { from: head.algorithm, to: algorithm } };
  await append(q, { ...head, algorithm }, [deed]);
}

export interface ChainReport {
  ok: boolean;
  rows: number;
  head: string;
  /** The first row that does not hold, and why. */
  fault: { seq: number; why: string } | null;
}

export interface Walk {
  /** The row the chain is walked from, as a checkpoint says: its number and hash. */
  from?: { seq: number; hash: string };
  /** Rows read at once. */
  page?: number;
  /** Called for every row that holds; a sentence ends the walk there. */
  visit?: (row: AuditRow) => string | null;
}

/** Walks the chain, also while it grows: finds an edited row, a gap, and a log shorter than its head says. */
export async function walkChain(q: Queryable, { from, page = 5_000, visit }: Walk = {}): Promise<ChainReport> {
  const before = from?.seq ?? 0;
  let seq = before;
  let prev = from?.hash ?? GENESIS;
  const broken = (at: number, why: string): ChainReport => ({
    ok: false,
    rows: seq - before,
    head: prev,
    fault: { seq: at, why },
  });
  for (let ended = false; ; ) {
    const rows = await q.query<AuditRow>('select * from yutu.audit where seq > $1 order by seq limit $2', [seq, page]);
    for (const row of rows) {
      const { hash, ...rest } = row;
      if (row.seq !== seq + 1) return broken(seq + 1, `row ${seq + 1} is missing`);
      if (row.prev !== prev) return broken(row.seq, `row ${row.seq} does not continue the row before it`);
      let expected: string;
      try {
        expected = rowHash(rest);
      } catch {
        return broken(row.seq, `row ${row.seq} names an unknown algorithm`);
      }
      if (expected !== hash) return broken(row.seq, `row ${row.seq} was changed after it was written`);
      const why = visit?.(row) ?? null;
      if (why !== null) return broken(row.seq, why);
      seq = row.seq;
      prev = hash;
    }
    if (rows.length === page) continue;
    const [head] = await q.query<Head>('select seq, hash, algorithm from yutu.audit_head');
    if (head?.seq === seq && head.hash === prev) return { ok: true, rows: seq - before, head: prev, fault: null };
    // A head that is further on may only be newer than the rows we read: a second look finds them, or they are missing.
    if ((ended && rows.length === 0) || !head || head.seq <= seq)
      return broken(seq + 1, `the log ends at row ${seq}, its head says ${head?.seq ?? 'nothing'}: rows at the end are missing`);
    ended = true;
  }
}
