import type { Queryable } from '../db/database.js';
import type { Caller, Role } from './caller.js';
import { newSecret, secretHash } from './credentials.js';
import { type Person, personSql, stampOf } from './standing.js';

/** What a session still lacks of its second factor: a code, a factor at all, or a new one in place of one that was reset. */
export type Pending = 'code' | 'enrol' | 'renew';
/** What a sign-in still lacks: its second factor, or that a second person confirms the account. */
export type Lacking = Pending | 'confirm';

/** How long a session may wait for its second factor. */
const PENDING_MINUTES = 10;
/** Wrong codes before such a session is closed: the password must be given again. */
const WRONG_CODES = 5;

export interface SessionNotes {
  /** Opened with a second factor. */
  factor?: boolean;
  pending?: Pending | null;
  /** Sealed; of a sign-in elsewhere. */
  idToken?: string | null;
  address?: string | undefined;
  agent?: string | undefined;
}

/** Opens a session and returns its token, which is not kept. */
export async function openSession(q: Queryable, username: string, hours: number, notes: SessionNotes = {}): Promise<string> {
  const { factor = false, pending = null, address, agent, idToken = null } = notes;
  const token = newSecret('');
  await q.query('delete from yutu.session where expires_at < now()');
  await q.query(
    `insert into yutu.session (hash, username, expires_at, factor, pending, address, agent, id_token, stamp)
     values ($1, $2, now() + make_interval(mins => $3), $4, $5, $6, $7, $8, ${stampOf('$2')})`,
    [
      secretHash(token),
      username,
      pending ? PENDING_MINUTES : hours * 60,
      factor,
      pending,
      address ?? null,
      agent?.slice(0, 200) ?? null,
      idToken,
    ],
  );
  if (!pending) await q.query('update yutu.account set last_sign_in = now() where username = $1', [username]);
  return token;
}

export const closeSession = async (q: Queryable, token: string): Promise<void> => {
  await q.query('delete from yutu.session where hash = $1', [secretHash(token)]);
};

/** The sealed ID token of a session that began elsewhere; null for others. */
export async function idTokenOf(q: Queryable, token: string): Promise<string | null> {
  const [row] = await q.query<{ idToken: string | null }>('select id_token as "idToken" from yutu.session where hash = $1', [
    secretHash(token),
  ]);
  return row?.idToken ?? null;
}

/** Closes all sessions of an account, but for the one named by its hash: that one goes on under the account's present stamp. */
export const closeSessionsOf = async (q: Queryable, username: string, but: string | null = null): Promise<void> => {
  await q.query('delete from yutu.session where username = $1 and hash is distinct from $2', [username, but]);
  if (but) await q.query(`update yutu.session set stamp = ${stampOf('$1')} where username = $1 and hash = $2`, [username, but]);
};

/**
 * Makes room for one more session: of an account's whole sessions, or of those that wait for a second factor, the oldest end. Counted
 * apart, so that who knows the password alone ends nobody's whole session. Demonstration accounts are everybody's and have no maximum.
 * @returns the hashes of those that ended, to be announced
 */
export async function endOldest(q: Queryable, username: string, most: number, pending: boolean): Promise<string[]> {
  // One after the other: of two sign-ins at once each sees the other's session.
  const [account] = await q.query<{ demo: boolean }>('select demo from yutu.account where username = $1 for no key update', [
    username,
  ]);
  if (!account || account.demo) return [];
  const ended = await q.query<{ hash: string }>(
    `delete from yutu.session where hash in (select hash from yutu.session where username = $1 and (pending is not null) = $3
       and expires_at > now() order by created_at desc, hash offset $2) returning hash`,
    [username, Math.max(0, most - 1), pending],
  );
  return ended.map(({ hash }) => hash);
}

export interface OpenSession {
  createdAt: string;
  expiresAt: string;
  address: string | null;
  agent: string | null;
  factor: boolean;
  current: boolean;
}

export const sessionsOf = (q: Queryable, username: string, current: string | null): Promise<OpenSession[]> =>
  q.query<OpenSession>(
    `select created_at as "createdAt", expires_at as "expiresAt", address, agent, factor, hash is not distinct from $2 as current
     from yutu.session where username = $1 and pending is null and expires_at > now() order by created_at desc`,
    [username, current],
  );

/** The account of a session that waits for its second factor, if the token is one of those. */
export async function pendingSession(
  q: Queryable,
  token: string,
): Promise<{ username: string; pending: Pending; demo: boolean } | null> {
  const [row] = await q.query<{ username: string; pending: Pending; demo: boolean }>(
    `select s.username, s.pending, a.demo from yutu.session s join yutu.account a using (username)
     where s.hash = $1 and s.pending is not null and s.expires_at > now() and not a.disabled and s.stamp = a.security_stamp`,
    [secretHash(token)],
  );
  return row ?? null;
}

/** Counts a wrong code; the session that had too many is closed. */
export async function noteWrongCode(q: Queryable, token: string): Promise<void> {
  await q.query('update yutu.session set wrong_codes = wrong_codes + 1 where hash = $1', [secretHash(token)]);
  await q.query('delete from yutu.session where hash = $1 and wrong_codes >= $2', [secretHash(token), WRONG_CODES]);
}

export interface SessionAccount {
  username: string;
  organisation: string;
  /** Those of the account, and what was delegated to it for now. */
  roles: Role[];
  /** The steward it acts for, when only a delegation makes it one. */
  actingFor: string | null;
  demo: boolean;
  /** The account behind the session now, and the stamp it was opened under. */
  person: Person;
  stamp: number;
  /** When this answer ends, in milliseconds: the session's end, or the next beginning or end of a delegation. */
  until: number;
}

/** Whether the token is that of a whole session of an account that nobody has confirmed yet. */
export async function awaitsConfirmation(q: Queryable, token: string): Promise<boolean> {
  const rows = await q.query(
    `select 1 from yutu.session s join yutu.account a using (username)
     where s.hash = $1 and s.pending is null and s.expires_at > now() and not a.disabled and a.confirmed_at is null`,
    [secretHash(token)],
  );
  return rows.length > 0;
}

/**
 * The account of a whole session with its roles as they are now: the one place where a person's roles are put together.
 * An account that no second person has confirmed has none: its session is nobody's.
 * A delegation needs a session with a second factor, as the steward's own would have.
 * @param strict whether stewards need a second factor here
 * @param demo whether demonstration accounts count: what such a steward delegated ends with the demonstration
 */
export async function accountOfSession(
  q: Queryable,
  token: string,
  { strict, demo }: { strict: boolean; demo: boolean },
): Promise<SessionAccount | null> {
  const [row] = await q.query<SessionAccount>(
    `select a.username, a.organisation, a.demo, s.stamp, ${personSql('a')} as person,
       case when d.steward is null then a.roles else a.roles || 'steward'::text end as roles, d.steward as "actingFor",
       extract(epoch from least(s.expires_at, e.edge))::float8 * 1000 as until
     from yutu.session s join yutu.account a using (username)
     left join lateral (
       select g.steward from yutu.delegation g join yutu.account y on y.username = g.steward
       where g.delegate = a.username and g.ended_at is null and g.from_at <= now() and g.until_at > now()
         and not y.disabled and y.confirmed_at is not null and (not y.demo or $3::boolean) and 'steward' = any(y.roles) and y.organisation = a.organisation
         and a.roles <@ '{planner,org_admin}' and ($2::boolean is false or a.demo or s.factor)
       order by g.from_at, g.id limit 1) d on true
     left join lateral (
       select min(case when from_at > now() then from_at else until_at end) as edge from yutu.delegation
       where delegate = a.username and ended_at is null and until_at > now()) e on true
     where s.hash = $1 and s.pending is null and s.expires_at > now() and not a.disabled and a.confirmed_at is not null`,
    [secretHash(token), strict, demo],
  );
  return row ?? null;
}

/** Who asks with a session. */
export const callerOfSession = (a: Pick<SessionAccount, 'username' | 'organisation' | 'roles' | 'actingFor'>): Caller => ({
  kind: 'user',
  name: a.username,
  organisation: a.organisation,
  roles: a.roles,
  scope: null,
  keyId: null,
  ...(a.actingFor ? { actingFor: a.actingFor } : {}),
});
