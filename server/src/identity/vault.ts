import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Database, Queryable } from '../db/database.js';

/** AES with 256 bits in Galois/Counter Mode (NIST SP 800-38D). Named before every sealed text. */
const ALGORITHM = 'aes-256-gcm';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const FILE = 'secrets.key';

/** A key's name in sealed texts: it tells which key it is, not the key. */
const idOf = (key: Buffer): string => createHash('sha256').update('yutu-vault').update(key).digest('hex').slice(0, 16);

/**
 * Seals what must be read again but lies in the database: who reads the database alone can use none of it. A sealed text is
 * `aes-256-gcm:<id of the key>:<nonce, cipher text and tag in base64url>` and opens for its own purpose only: it cannot be moved to
 * another row.
 */
export class Vault {
  private readonly keys: ReadonlyMap<string, Buffer>;
  /** Of the key that seals. */
  readonly id: string;

  /** @param keys of 32 bytes; the first seals, all open. @throws Error for one of another length */
  constructor(keys: readonly [Buffer, ...Buffer[]]) {
    for (const key of keys) if (key.length !== KEY_BYTES) throw new Error(`A key of secrets has ${KEY_BYTES} bytes.`);
    this.keys = new Map(keys.map((key) => [idOf(key), key]));
    this.id = idOf(keys[0]);
  }

  /** @param purpose what it is and whose, e.g. `factor:li.na` */
  seal(text: string, purpose: string): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(ALGORITHM, this.keys.get(this.id)!, nonce).setAAD(Buffer.from(purpose));
    const sealed = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return `${ALGORITHM}:${this.id}:${sealed.toString('base64url')}`;
  }

  /** @throws Error when it was sealed with a key that is not here, for another purpose, or was changed */
  open(sealed: string, purpose: string): string {
    const [algorithm, id = '', body = ''] = sealed.split(':');
    const key = algorithm === ALGORITHM ? this.keys.get(id) : undefined;
    if (!key)
      throw new Error(
        `A secret is sealed with the key ${id || '(none)'}, which is not here. SECRET_KEYS or ${FILE} must hold it.`,
      );
    const bytes = Buffer.from(body, 'base64url');
    const decipher = createDecipheriv(ALGORITHM, key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES })
      .setAAD(Buffer.from(purpose))
      .setAuthTag(bytes.subarray(-TAG_BYTES));
    return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]).toString('utf8');
  }

  /** Whether it is sealed with the key that seals now. */
  isCurrent(text: string): boolean {
    return text.startsWith(`${ALGORITHM}:${this.id}:`);
  }

  /** The same under the key that seals now; what was kept readable before there were keys is sealed. */
  renew(text: string, purpose: string): string {
    if (this.isCurrent(text)) return text;
    return this.seal(text.startsWith(`${ALGORITHM}:`) ? this.open(text, purpose) : text, purpose);
  }
}

/**
 * The vault of this instance.
 * @param keys from the settings, in base64, the newest first; null: one key in a file of the data folder, made when it is first
 * asked for and readable by this user only
 */
export async function openVault(folder: string, keys: readonly string[] | null): Promise<Vault> {
  const texts = keys ?? [await keyFile(join(folder, FILE), folder)];
  return new Vault(texts.map((text) => Buffer.from(text, 'base64')) as [Buffer, ...Buffer[]]);
}

async function keyFile(file: string, folder: string): Promise<string> {
  return readFile(file, 'utf8').catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    await mkdir(folder, { recursive: true });
    const made = randomBytes(KEY_BYTES).toString('base64');
    await writeFile(file, `${made}\n`, { mode: 0o600, flag: 'wx' }).catch((raced: NodeJS.ErrnoException) => {
      if (raced.code !== 'EEXIST') throw raced;
    });
    return readFile(file, 'utf8');
  });
}

export const factorPurpose = (username: string): string => `factor:${username}`;
export const idTokenPurpose = (username: string): string => `id-token:${username}`;

/**
 * Seals under the newest key what was kept readable or under an older one: second factors' secrets, ID tokens of open sessions. Done at
 * every start, in one transaction; with nothing to do it reads two lists.
 * @returns how many were sealed anew
 * @throws Error when one is sealed with a key that is not here
 */
export async function sealSecrets(db: Database, vault: Vault): Promise<number> {
  const due = (q: Queryable, lock: string) =>
    q.query<{ username: string; secret: string | null; offered: string | null }>(
      `select username, factor_secret as secret, factor_offered as offered from yutu.account
       where not coalesce(starts_with(factor_secret, $1), true) or not coalesce(starts_with(factor_offered, $1), true) ${lock}`,
      [`${ALGORITHM}:${vault.id}:`],
    );
  const tokens = (q: Queryable, lock: string) =>
    q.query<{ hash: string; username: string; sealed: string }>(
      `select hash, username, id_token as sealed from yutu.session where id_token is not null and not starts_with(id_token, $1) ${lock}`,
      [`${ALGORITHM}:${vault.id}:`],
    );
  if ((await due(db, '')).length + (await tokens(db, '')).length === 0) return 0;
  return db.tx(async (q) => {
    const rows = await due(q, 'for update');
    for (const { username, secret, offered } of rows) {
      const renewed = (text: string | null) => text && vault.renew(text, factorPurpose(username));
      await q.query('update yutu.account set factor_secret = $2, factor_offered = $3 where username = $1', [
        username,
        renewed(secret),
        renewed(offered),
      ]);
    }
    const open = await tokens(q, 'for update');
    for (const { hash, username, sealed } of open)
      await q.query('update yutu.session set id_token = $2 where hash = $1', [
        hash,
        vault.renew(sealed, idTokenPurpose(username)),
      ]);
    return rows.length + open.length;
  });
}
