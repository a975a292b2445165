import { randomBytes } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';
import type { Queryable } from '../db/database.js';
import type { Role } from './caller.js';
import { newSecret, secretHash } from './credentials.js';
import { type FactorPolicy, needsFactor } from './roles.js';
import type { Pending } from './sessions.js';
import { factorPurpose, type Vault } from './vault.js';

const PERIOD_S = 30;
const RECOVERY_CODES = 10;
const LINK_HOURS = 24;

const totp = (secret: string, issuer = 'Yutu', label = '') =>
  new TOTP({ issuer, label, secret: Secret.fromBase32(secret), algorithm: 'SHA1', digits: 6, period: PERIOD_S });

/** A new secret (RFC 4226: 160 bits), in base32. */
export const newFactorSecret = (): string => new Secret({ size: 20 }).base32;

/** What an authenticator app scans. */
export const factorUri = (secret: string, issuer: string, username: string): string => totp(secret, issuer, username).toString();

/**
 * The time step whose code this is (RFC 6238), one step early or late at most, as clocks differ; null for a wrong one.
 * @param now milliseconds
 */
export function stepOf(secret: string, code: string, now: number): number | null {
  if (!/^\d{6}$/.test(code)) return null;
  const delta = totp(secret).validate({ token: code, window: 1, timestamp: now });
  return delta === null ? null : Math.floor(now / 1000 / PERIOD_S) + delta;
}

/** As it was shown: people type it with spaces, in capitals, or without the hyphens. */
const plain = (code: string) => code.toLowerCase().replace(/[^a-z2-7]/g, '');

/** Makes ten codes (80 bits each) in place of those there were; only their hashes are kept. */
export async function newRecoveryCodes(q: Queryable, username: string): Promise<string[]> {
  const codes = Array.from({ length: RECOVERY_CODES }, () =>
    new Secret({ buffer: new Uint8Array(randomBytes(10)).buffer }).base32.toLowerCase().replace(/(.{4})(?=.)/g, '$1-'),
  );
  await q.query('delete from yutu.recovery_code where username = $1', [username]);
  await q.query('insert into yutu.recovery_code (hash, username) select unnest($1::text[]), $2', [
    codes.map((code) => secretHash(plain(code))),
    username,
  ]);
  return codes;
}

/** Keeps a secret until a code of it confirms that the person's app has it. */
export async function offerFactor(q: Queryable, vault: Vault, username: string): Promise<string> {
  const secret = newFactorSecret();
  await q.query('update yutu.account set factor_offered = $2 where username = $1', [
    username,
    vault.seal(secret, factorPurpose(username)),
  ]);
  return secret;
}

/** Confirms the offered secret with a code of it. @returns the recovery codes, shown this once; null for a wrong code */
export async function confirmFactor(
  q: Queryable,
  vault: Vault,
  username: string,
  code: string,
  now = Date.now(),
): Promise<string[] | null> {
  const [row] = await q.query<{ secret: string | null }>(
    'select factor_offered as secret from yutu.account where username = $1 for update',
    [username],
  );
  const step = row?.secret ? stepOf(vault.open(row.secret, factorPurpose(username)), code, now) : null;
  if (step === null) return null;
  await q.query(
    `update yutu.account set factor_secret = factor_offered, factor_offered = null, factor_confirmed_at = now(), factor_step = $2,
       factor_link_hash = null, factor_link_until = null
     where username = $1`,
    [username, step],
  );
  return newRecoveryCodes(q, username);
}

/** Whether the account has a confirmed second factor. */
export async function hasFactor(q: Queryable, username: string): Promise<boolean> {
  const rows = await q.query('select 1 from yutu.account where username = $1 and factor_secret is not null', [username]);
  return rows.length > 0;
}

export async function recoveryCodesLeft(q: Queryable, username: string): Promise<number> {
  const [row] = await q.query<{ n: number }>(
    'select count(*) as n from yutu.recovery_code where username = $1 and used_at is null',
    [username],
  );
  return row!.n;
}

/** Takes a code of the app, or a recovery code, each once. @returns which it was, null for a wrong or used one */
export async function useCode(
  q: Queryable,
  vault: Vault,
  username: string,
  code: string,
  now = Date.now(),
): Promise<'code' | 'recovery' | null> {
  const [row] = await q.query<{ secret: string | null }>('select factor_secret as secret from yutu.account where username = $1', [
    username,
  ]);
  if (!row?.secret) return null;
  const step = stepOf(vault.open(row.secret, factorPurpose(username)), code.replace(/\s/g, ''), now);
  if (step !== null) {
    // One statement: of two that come with the same code, one finds the step taken.
    const taken = await q.query('update yutu.account set factor_step = $2 where username = $1 and factor_step < $2 returning 1', [
      username,
      step,
    ]);
    return taken.length > 0 ? 'code' : null;
  }
  const used = await q.query(
    'update yutu.recovery_code set used_at = now() where hash = $1 and username = $2 and used_at is null returning 1',
    [secretHash(plain(code)), username],
  );
  return used.length > 0 ? 'recovery' : null;
}

/** Takes the second factor away: the next sign-in enrols anew where one is needed. */
export async function removeFactor(q: Queryable, username: string): Promise<void> {
  await q.query(
    'update yutu.account set factor_offered = null, factor_secret = null, factor_confirmed_at = null where username = $1',
    [username],
  );
  await q.query('delete from yutu.recovery_code where username = $1', [username]);
}

/** A link of a reset. */
export interface FactorLink {
  /** Shown once: only its hash is kept. */
  token: string;
  until: string;
}

/**
 * Ends the second factor, and opens the setting up of the next to who holds the link alone: whoever else knows the password gets no
 * further. The person's rights rest until then.
 */
export async function resetFactor(q: Queryable, username: string, by: string): Promise<FactorLink> {
  await removeFactor(q, username);
  const token = newSecret('');
  const [row] = await q.query<{ until: string }>(
    `update yutu.account set factor_reset_at = now(), factor_reset_by = $2, factor_link_hash = $3,
       factor_link_until = now() + make_interval(hours => $4) where username = $1 returning factor_link_until as until`,
    [username, by, secretHash(token), LINK_HOURS],
  );
  return { token, until: row!.until };
}

/** The last reset of an account's second factor, and whether it is still open; null: there was none. */
export async function factorReset(q: Queryable, username: string): Promise<{ at: string; by: string; open: boolean } | null> {
  const [row] = await q.query<{ at: string | null; by: string; open: boolean }>(
    `select factor_reset_at as at, factor_reset_by as by, factor_link_hash is not null as open from yutu.account where username = $1`,
    [username],
  );
  return row?.at ? { at: row.at, by: row.by, open: row.open } : null;
}

/** Whether the token is that of the account's open reset, in time. */
export async function holdsFactorLink(q: Queryable, username: string, token: string): Promise<boolean> {
  const rows = await q.query(
    'select 1 from yutu.account where username = $1 and factor_link_hash = $2 and factor_link_until > now()',
    [username, secretHash(token)],
  );
  return rows.length > 0;
}

/** What a sign-in lacks once the password is right. */
export async function lacking(
  q: Queryable,
  policy: FactorPolicy,
  account: { username: string; roles: readonly Role[]; demo: boolean },
): Promise<Pending | null> {
  if (await hasFactor(q, account.username)) return 'code';
  if ((await factorReset(q, account.username))?.open) return 'renew';
  return needsFactor(policy, account) ? 'enrol' : null;
}
