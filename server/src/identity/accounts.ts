import { accountInput } from '@yutu/contract';
import type { z } from 'zod';
import type { Database, Queryable } from '../db/database.js';
import { fail } from '../errors/fail.js';
import type { Role } from './caller.js';
import type { AccountState } from './confirmation.js';
import { newSecret, secretHash } from './credentials.js';
import { lockedUntil } from './lockout.js';
import { hashPassword, passwordMatches } from './password.js';
import { compatible } from './roles.js';

export { closeSession, openSession } from './sessions.js';

/** An account with roles that one person may hold together. */
export const accountDefinition = accountInput.extend({
  roles: accountInput.shape.roles.refine(
    compatible,
    '系统、安全、审计管理员不能兼任，也不能兼其他角色 / admin, security and auditor exclude one another and every other role',
  ),
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

/** An account as administrators see it. */
export interface AccountRecord extends Account {
  disabled: boolean;
  /** Where its links go. */
  mail: string | null;
  /** Whether a second person has confirmed it. */
  confirmed: boolean;
  /** Whether a second factor is confirmed. */
  factor: boolean;
  /** Whether the person has set a password. */
  password: boolean;
  createdAt: string;
  lastSignIn: string | null;
  /** Until when it is locked for at least one address. */
  lockedUntil: string | null;
}

const columns = `username, name_zh as "nameZh", name_en as "nameEn", organisation, roles, demo`;
const recordColumns = `${columns}, disabled, mail, confirmed_at is not null as confirmed, factor_confirmed_at is not null as factor, password_hash is not null as password,
  created_at as "createdAt", last_sign_in as "lastSignIn"`;

/** Adds an account with a password, or sets its names, roles and password anew; unconfirmed it is nobody's. */
export async function saveAccount(
  q: Queryable,
  a: AccountDefinition,
  password: string,
  { demo, confirmed }: { demo: boolean; confirmed: boolean },
): Promise<void> {
  if (await isFederated(q, a.username)) fail('account_federated');
  await q.query(
    `insert into yutu.account (username, name_zh, name_en, organisation, roles, password_hash, demo, confirmed_at)
     values ($1, $2, $3, $4, $5::text[], $6, $7, case when $8::boolean then now() end)
     on conflict (username) do update set name_zh = excluded.name_zh, name_en = excluded.name_en, organisation = excluded.organisation,
       roles = excluded.roles, password_hash = excluded.password_hash, demo = excluded.demo, password_changed_at = now(),
       confirmed_at = excluded.confirmed_at`,
    [a.username, a.nameZh, a.nameEn, a.organisation, a.roles, await hashPassword(password), demo, confirmed],
  );
}

/** Adds an account without a password. @returns false when the name is taken */
export async function addAccount(q: Queryable, a: AccountDefinition, confirmed = false): Promise<boolean> {
  const rows = await q.query(
    `insert into yutu.account (username, name_zh, name_en, organisation, roles, mail, confirmed_at)
     values ($1, $2, $3, $4, $5::text[], $6, case when $7::boolean then now() end) on conflict (username) do nothing returning 1`,
    [a.username, a.nameZh, a.nameEn, a.organisation, a.roles, a.mail ?? null, confirmed],
  );
  return rows.length > 0;
}

/** Takes away an account that was never confirmed. */
export const dropAccount = async (q: Queryable, username: string): Promise<void> => {
  await q.query('delete from yutu.account where username = $1 and confirmed_at is null', [username]);
};

/** Writes what a confirmation, or the sign-in service, leaves of an account. */
export async function settleAccount(q: Queryable, username: string, state: Omit<AccountState, 'password'>): Promise<void> {
  await q.query(
    `update yutu.account set organisation = $2, roles = $3::text[], mail = $4,
       confirmed_at = case when $5::boolean then coalesce(confirmed_at, now()) end where username = $1`,
    [username, state.organisation, state.roles, state.mail, state.confirmed],
  );
}

export async function findAccount(q: Queryable, username: string): Promise<Account | null> {
  const [row] = await q.query<Account>(`select ${columns} from yutu.account where username = $1 and not disabled`, [username]);
  return row ?? null;
}

export const demoAccounts = (q: Queryable): Promise<Account[]> =>
  q.query<Account>(
    `select ${columns} from yutu.account where demo and not disabled
     order by array_position(array['planner', 'steward', 'admin', 'security', 'auditor'], username), username`,
  );

/** An account whatever its state, as administrators see it. `lock`: it stays as it is until the transaction ends. */
export async function accountRecord(q: Queryable, username: string, lock = false): Promise<AccountRecord | null> {
  const [row] = await q.query<AccountRecord>(
    `select ${recordColumns} from yutu.account where username = $1 ${lock ? 'for update' : ''}`,
    [username],
  );
  return row ? { ...row, lockedUntil: (await lockedUntil(q, [username])).get(username) ?? null } : null;
}

/** Until the transaction ends the account stays as it is; others may hold it so, too. */
export const holdAccount = async (q: Queryable, username: string): Promise<void> => {
  await q.query('select 1 from yutu.account where username = $1 for share', [username]);
};

/** Accounts by their names. Whether they are locked is not asked. */
export async function accountsOf(q: Queryable, usernames: readonly string[]): Promise<Map<string, AccountRecord>> {
  const rows = await q.query<AccountRecord>(`select ${recordColumns} from yutu.account where username = any($1::text[])`, [
    usernames,
  ]);
  return new Map(rows.map((row) => [row.username, { ...row, lockedUntil: null }]));
}

export interface AccountFilter {
  /** Only of these organisations; null: of all. */
  organisations: readonly string[] | null;
  role: Role | null;
  disabled: boolean | null;
  /** Part of the user name or of a name. */
  text: string | null;
  /** Names behind this one. */
  after: string | null;
  limit: number;
}

/** Accounts in the order of their names. */
export async function accountRecords(q: Queryable, f: AccountFilter): Promise<AccountRecord[]> {
  const rows = await q.query<AccountRecord>(
    `select ${recordColumns} from yutu.account
     where ($1::text[] is null or organisation = any($1::text[])) and ($2::text is null or $2::text = any(roles))
       and ($3::boolean is null or disabled = $3::boolean)
       and ($4::text is null or strpos(lower(username || ' ' || name_zh || ' ' || name_en), lower($4::text)) > 0)
       and ($5::text is null or username > $5::text)
     order by username limit $6`,
    [f.organisations, f.role, f.disabled, f.text, f.after, f.limit],
  );
  const locked = await lockedUntil(
    q,
    rows.map((row) => row.username),
  );
  return rows.map((row) => ({ ...row, lockedUntil: locked.get(row.username) ?? null }));
}

/** Sets what is given of names, roles and whether it is disabled. */
export async function changeAccount(
  q: Queryable,
  username: string,
  change: { nameZh?: string; nameEn?: string; roles?: readonly Role[]; disabled?: boolean },
): Promise<void> {
  await q.query(
    `update yutu.account set name_zh = coalesce($2, name_zh), name_en = coalesce($3, name_en), roles = coalesce($4::text[], roles),
       disabled = coalesce($5::boolean, disabled) where username = $1`,
    [username, change.nameZh ?? null, change.nameEn ?? null, change.roles ?? null, change.disabled ?? null],
  );
}

/** How many active accounts hold a role. `demo`: those of the demonstration too; `but`: whom not to count. */
export async function holdersOf(q: Queryable, role: Role, { demo = true, but = '' } = {}): Promise<number> {
  const [row] = await q.query<{ n: number }>(
    `select count(*) as n from yutu.account
     where $1::text = any(roles) and not disabled and confirmed_at is not null and (not demo or $2::boolean) and username <> $3`,
    [role, demo, but],
  );
  return row!.n;
}

/** The roles of those who have signed in here, without the demonstration's. */
export async function rolesSignedIn(q: Queryable): Promise<Role[]> {
  const rows = await q.query<{ role: Role }>(
    `select distinct unnest(roles) as role from yutu.account
     where not disabled and not demo and confirmed_at is not null and last_sign_in is not null`,
  );
  return rows.map((row) => row.role);
}

/** Whether people sign in to this account at a service: it has no password here. */
export async function isFederated(q: Queryable, username: string): Promise<boolean> {
  return (await q.query('select 1 from yutu.federated where username = $1', [username])).length > 0;
}

/** The account if name and password are right; takes as long when the name does not exist, or has no password here. */
export async function authenticate(db: Database, username: string, password: string): Promise<Account | null> {
  const [row] = await db.query<{ hash: string | null }>(
    `select password_hash as hash from yutu.account a where username = $1 and not disabled
       and not exists (select 1 from yutu.federated f where f.username = a.username)`,
    [username],
  );
  return (await passwordMatches(row?.hash ?? null, password)) ? findAccount(db, username) : null;
}

/** @throws `account_federated` */
export async function setPassword(q: Queryable, username: string, hash: string): Promise<void> {
  if (await isFederated(q, username)) fail('account_federated');
  await q.query('update yutu.account set password_hash = $2, password_changed_at = now() where username = $1', [username, hash]);
  await q.query('delete from yutu.reset_link where username = $1', [username]);
}

const RESET_HOURS = 24;

export interface ResetLink {
  /** Shown once: only its hash is kept. */
  token: string;
  until: string;
}

/** Makes a link by which the person sets a password, in place of one made before. @throws `account_federated` */
export async function makeResetLink(q: Queryable, username: string, by: string): Promise<ResetLink> {
  if (await isFederated(q, username)) fail('account_federated');
  const token = newSecret('');
  const [row] = await q.query<{ until: string }>(
    `insert into yutu.reset_link (hash, username, made_by, expires_at) values ($1, $2, $3, now() + make_interval(hours => $4))
     on conflict (username) do update set hash = excluded.hash, made_by = excluded.made_by, expires_at = excluded.expires_at
     returning expires_at as until`,
    [secretHash(token), username, by, RESET_HOURS],
  );
  return { token, until: row!.until };
}

/** Whose link this is, if it is one and its time is not over. `take`: it is used up with this. */
export async function resetLinkOwner(q: Queryable, token: string, take = false): Promise<Account | null> {
  const [row] = await q.query<{ username: string }>(
    take
      ? 'delete from yutu.reset_link where hash = $1 and expires_at > now() returning username'
      : 'select username from yutu.reset_link where hash = $1 and expires_at > now()',
    [secretHash(token)],
  );
  return row ? findAccount(q, row.username) : null;
}
