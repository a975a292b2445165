import { z } from 'zod';
import type { Database, Queryable } from '../db/database.js';
import { type Role, roles } from './caller.js';
import { newSecret, secretHash } from './callers.js';
import { hashPassword, passwordMatches } from './password.js';

export const accountDefinition = z.strictObject({
  username: z.string().regex(/^[a-z0-9][a-z0-9._-]{0,47}$/, 'lower-case letters, digits, . _ -'),
  nameZh: z.string().min(1),
  nameEn: z.string().min(1),
  organisation: z.string(),
  roles: z.array(z.enum(roles)).min(1),
});

export type AccountDefinition = z.infer<typeof accountDefinition>;

export interface Account {
  username: string;
  nameZh: string;
  nameEn: string;
  organisation: string;
  roles: Role[];
  demo: boolean;
}

/** Adds an account, or sets its names, roles and password anew. */
export async function saveAccount(q: Queryable, a: AccountDefinition, password: string, demo: boolean): Promise<void> {
  await q.query(
    `insert into yutu.account (username, name_zh, name_en, organisation, roles, password_hash, demo) values ($1, $2, $3, $4, $5::text[], $6, $7)
     on conflict (username) do update set name_zh = excluded.name_zh, name_en = excluded.name_en, organisation = excluded.organisation,
       roles = excluded.roles, password_hash = excluded.password_hash, demo = excluded.demo`,
    [a.username, a.nameZh, a.nameEn, a.organisation, a.roles, await hashPassword(password), demo],
  );
}

export async function findAccount(q: Queryable, username: string): Promise<Account | null> {
  const [row] = await q.query<Account>(
    `select username, name_zh as "nameZh", name_en as "nameEn", organisation, roles, demo from yutu.account where username = $1 and not disabled`,
    [username],
  );
  return row ?? null;
}

export const demoAccounts = (q: Queryable): Promise<Account[]> =>
  q.query<Account>(
    `select username, name_zh as "nameZh", name_en as "nameEn", organisation, roles, demo from yutu.account where demo and not disabled
     order by array_position(array['planner', 'steward', 'admin', 'auditor'], username), username`,
  );

/** The account if name and password are right; takes as long when the name does not exist. */
export async function authenticate(db: Database, username: string, password: string): Promise<Account | null> {
  const [row] = await db.query<{ hash: string }>(
    'select password_hash as hash from yutu.account where username = $1 and not disabled',
    [username],
  );
  return (await passwordMatches(row?.hash ?? null, password)) ? findAccount(db, username) : null;
}

/** Opens a session and returns its token, which is not kept. */
export async function openSession(q: Queryable, username: string, hours: number): Promise<string> {
  const token = newSecret('');
  await q.query('delete from yutu.session where expires_at < now()');
  await q.query(`insert into yutu.session (hash, username, expires_at) values ($1, $2, now() + make_interval(hours => $3))`, [
    secretHash(token),
    username,
    hours,
  ]);
  return token;
}

export const closeSession = async (q: Queryable, token: string): Promise<void> => {
  await q.query('delete from yutu.session where hash = $1', [secretHash(token)]);
};
