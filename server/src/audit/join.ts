import type { Database } from '../db/database.js';
import { type HashAlgorithm, useAlgorithm } from './chain.js';
import { type SignatureAlgorithm, signerIn } from './signer.js';

export interface LogSettings {
  hash: HashAlgorithm;
  signature: SignatureAlgorithm;
  /** Where the signing key lies. */
  folder: string;
}

/**
 * Begins to write to the log. A server has its rows hashed as its settings say. A command follows the servers: one that was started with other
 * settings (another shell, another DATA_DIR) would change the hash of the running chain, or sign it with a key that nobody knows.
 * @throws Error for a command whose settings are not those the log is written under; nothing was changed then
 */
export async function joinLog(db: Database, as: 'server' | 'command', { hash, signature, folder }: LogSettings): Promise<void> {
  const [head] = await db.query<{ seq: number; algorithm: string }>('select seq, algorithm from yutu.audit_head');
  if (as === 'server' || head!.seq === 0) return db.tx((q) => useAlgorithm(q, hash));
  if (head!.algorithm !== hash)
    throw new Error(
      `The log of this database is written with ${head!.algorithm}, but AUDIT_HASH is ${hash} here. Run the command with the server's settings; nothing was changed.`,
    );
  const keys = await db.query<{ fingerprint: string }>('select fingerprint from yutu.audit_key');
  if (keys.length === 0) return; // no server has run yet
  const own = await signerIn(folder, signature);
  if (!keys.some((key) => key.fingerprint === own?.fingerprint))
    throw new Error(
      `${folder} holds no ${signature} key that the log of this database was signed with. Run the command with the server's DATA_DIR and AUDIT_SIGNATURE; nothing was changed.`,
    );
}
