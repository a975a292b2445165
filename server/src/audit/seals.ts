import { join } from 'node:path';
import type { Database, Queryable } from '../db/database.js';
import { type Anchor, appendAnchor, makeAnchor, postAnchor, readAnchors } from './anchors.js';
import { GENESIS, walkChain } from './chain.js';
import { openSigner, type SignatureAlgorithm, type Signer } from './signer.js';

export interface SealOptions {
  /** Where the key lies, and the anchors when `file` is null. */
  folder: string;
  algorithm: SignatureAlgorithm;
  /** Anchors are appended here: best a file on another machine. */
  file: string | null;
  /** Anchors are posted here, too. */
  url: string | null;
  /** A seal is made after so many minutes or rows, whichever comes first. */
  minutes: number;
  rows: number;
}

const LOOK_MS = 5_000;

/** Signs the head of the chain again and again, and puts what it signed outside the database. */
export class Seals {
  private timer: NodeJS.Timeout | undefined;
  private working: Promise<unknown> = Promise.resolve();
  private signer: Promise<Signer> | null = null;
  /** The last row sealed by this folder's key; null: not looked yet. */
  private last: { seq: number; hash: string; at: number } | null = null;
  /** Not taken by the address yet; a newer one says all that an older one did. */
  private unsent: Anchor | null = null;
  private told = '';
  private tell: (line: string) => void = () => {};

  constructor(
    private readonly db: Database,
    private readonly options: SealOptions,
    private readonly post: typeof postAnchor = postAnchor,
  ) {}

  /** The file of anchors beside the database. */
  get file(): string {
    return this.options.file ?? join(this.options.folder, 'audit-anchors.jsonl');
  }

  /** The key of this data folder. @throws Error when it can be neither read nor made */
  key(): Promise<Signer> {
    this.signer ??= openSigner(this.options.folder, this.options.algorithm);
    const signer = this.signer;
    signer.catch(() => {
      if (this.signer === signer) this.signer = null;
    });
    return signer;
  }

  /** Seals from now on. `tell` hears what keeps it from that. */
  start(tell: (line: string) => void): void {
    this.tell = tell;
    this.timer = setInterval(() => void this.look(), LOOK_MS);
    this.timer.unref();
    void this.look(true);
  }

  async stop(): Promise<void> {
    if (!this.timer) return;
    clearInterval(this.timer);
    await this.look(true);
  }

  private async look(now = false): Promise<void> {
    try {
      await this.seal(now);
      this.told = '';
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      if (why !== this.told) this.tell(`The log was not sealed: ${why}`);
      this.told = why;
    }
  }

  /**
   * Signs the head if it is time, or `now`, and there is something new.
   * @throws Error when the log does not continue what was sealed before: such a log is never signed
   */
  seal(now = true): Promise<void> {
    const turn = this.working.catch(() => {}).then(() => this.work(now));
    this.working = turn;
    return turn;
  }

  private async work(now: boolean): Promise<void> {
    const { db, options } = this;
    this.last ??= await this.remembered();
    const [head] = await db.query<{ seq: number; hash: string }>('select seq, hash from yutu.audit_head');
    const fresh = (head?.seq ?? 0) - this.last.seq;
    const due = now || fresh >= options.rows || Date.now() - this.last.at >= options.minutes * 60_000;
    // Another head of the same length is looked at, too: it cannot be the one that was signed.
    if (due && (fresh !== 0 || head?.hash !== bareHash(this.last.hash))) {
      const anchor = await this.sign();
      await db.tx(async (q) => {
        await keepKey(q, await this.key());
        await q.query(
          `insert into yutu.audit_seal (seq, hash, at, key, signature) values ($1, $2, $3::timestamptz, $4, $5) on conflict do nothing`,
          [anchor.seq, anchor.hash, anchor.at, anchor.key, anchor.signature],
        );
      });
      await appendAnchor(this.file, anchor);
      this.last = { seq: anchor.seq, hash: anchor.hash, at: Date.now() };
      if (options.url) this.unsent = anchor;
    }
    if (this.unsent && options.url) {
      await this.post(options.url, this.unsent);
      this.unsent = null;
    }
  }

  /** What this folder sealed last: it survives a restart, and a database that was exchanged meanwhile. */
  private async remembered(): Promise<{ seq: number; hash: string; at: number }> {
    const { fingerprint } = await this.key();
    const [kept] = await this.db.query<{ seq: number; hash: string; at: string }>(
      'select seq, hash, at from yutu.audit_seal where key = $1 order by seq desc limit 1',
      [fingerprint],
    );
    const written = (await knownAnchors(this.file)).findLast((a) => a.key === fingerprint);
    const last = written && written.seq >= (kept?.seq ?? 0) ? written : kept;
    return last ? { seq: last.seq, hash: last.hash, at: Date.parse(last.at) } : { seq: 0, hash: GENESIS, at: 0 };
  }

  private async sign(): Promise<Anchor> {
    const last = this.last!;
    const [kept] = await this.db.query<{ seq: number | null }>('select min(seq) as seq from yutu.audit');
    // What was sealed last may have been taken out behind a checkpoint since.
    const from = last.seq >= (kept?.seq ?? 1) - 1 ? last : await latestCheckpoint(this.db);
    let top = from.seq;
    let named = from.hash;
    const report = await walkChain(this.db, {
      from: { seq: from.seq, hash: bareHash(from.hash) },
      visit: (row) => {
        top = row.seq;
        named = nameHash(row);
        return null;
      },
    });
    if (!report.ok) throw new Error(`it does not continue the row ${from.seq} that was sealed (${report.fault!.why})`);
    return makeAnchor(await this.key(), 'audit-head', top, named);
  }
}

/** A row's hash with its algorithm's name. */
export const nameHash = (row: { algorithm: string; hash: string }): string => `${row.algorithm}:${row.hash}`;

/** The hash without the name before it. */
export const bareHash = (named: string): string => named.slice(named.indexOf(':') + 1);

/** The anchors of the file, none when there is no file yet. */
export const knownAnchors = (file: string): Promise<Anchor[]> =>
  readAnchors(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });

/** Writes the public key beside the log. */
export const keepKey = (q: Queryable, { fingerprint, algorithm, publicKey }: Signer): Promise<unknown> =>
  q.query('insert into yutu.audit_key (fingerprint, algorithm, public_key) values ($1, $2, $3) on conflict do nothing', [
    fingerprint,
    algorithm,
    publicKey,
  ]);

async function latestCheckpoint(q: Queryable): Promise<{ seq: number; hash: string }> {
  const [row] = await q.query<{ seq: number; hash: string }>(
    'select seq, hash from yutu.audit_checkpoint order by seq desc limit 1',
  );
  return row ?? { seq: 0, hash: GENESIS };
}
