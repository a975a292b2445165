import { randomUUID } from 'node:crypto';
import type { Queryable } from '../db/database.js';
import type { Vault } from '../identity/vault.js';

/** A mail to be sent. Plain text. */
export interface Letter {
  /** The account it concerns. */
  username: string;
  address: string;
  subject: string;
  text: string;
  /** After this moment it is of no use and is given up: ISO 8601. */
  until: string;
}

/** What was taken out of the outbox to be sent now. */
export interface Taken {
  id: string;
  username: string | null;
  address: string;
  sealed: string;
  attempts: number;
}

const purpose = (id: string) => `mail:${id}`;

/** Puts a mail into the outbox, in the transaction of the deed it tells of: sent if that commits, and only then. */
export async function post(q: Queryable, vault: Vault, letter: Letter): Promise<void> {
  const { username, address, subject, text, until } = letter;
  const id = randomUUID();
  await q.query(
    'insert into yutu.outbox (id, username, address, sealed, expires_at) values ($1::uuid, $2, $3, $4, $5::timestamptz)',
    [id, username, address, vault.seal(JSON.stringify({ subject, text }), purpose(id)), until],
  );
}

/** @throws Error when it was sealed with a key that is not here */
export const open = (vault: Vault, { id, sealed }: Taken): { subject: string; text: string } =>
  JSON.parse(vault.open(sealed, purpose(id)));

/**
 * Takes the next mail that is due, for as long as the wait until its next try: of several nodes one has it, and when that one dies it
 * is due again. Waits double with each try, to an hour.
 */
export async function take(q: Queryable, retrySeconds: number): Promise<Taken | null> {
  const [row] = await q.query<Taken>(
    `update yutu.outbox set attempts = attempts + 1,
       next_at = now() + make_interval(secs => least(3600, $1::float8 * 2 ^ least(attempts, 12)))
     where id = (select id from yutu.outbox where delivered_at is null and dead_at is null and next_at <= now() and expires_at > now()
       order by next_at limit 1 for update skip locked)
     returning id, username, address, sealed, attempts`,
    [retrySeconds],
  );
  return row ?? null;
}

export const delivered = async (q: Queryable, id: string): Promise<void> => {
  await q.query('update yutu.outbox set delivered_at = now(), sealed = null, fault = null where id = $1::uuid', [id]);
};

/** Notes why a try failed; `forGood`: it is given up, and what it said is erased. */
export const failed = async (q: Queryable, id: string, fault: string, forGood: boolean): Promise<void> => {
  await q.query(
    `update yutu.outbox set fault = $2, dead_at = case when $3::boolean then now() end,
       sealed = case when $3::boolean then null else sealed end where id = $1::uuid`,
    [id, fault.slice(0, 300), forGood],
  );
};

/** Gives up what is too old, and forgets what was delivered or given up a month ago. @returns whom what was given up concerned */
export async function expire(q: Queryable): Promise<(string | null)[]> {
  const rows = await q.query<{ username: string | null }>(
    `update yutu.outbox set dead_at = now(), sealed = null, fault = coalesce(fault, 'not delivered in time')
     where delivered_at is null and dead_at is null and expires_at <= now() returning username`,
  );
  await q.query(`delete from yutu.outbox where coalesce(delivered_at, dead_at) < now() - interval '30 days'`);
  return rows.map((row) => row.username);
}

/** A mail that a try could not send, as whoever answers for its person is told of it: nothing of what it says. */
export interface Unsent {
  username: string;
  address: string;
  at: string;
  until: string;
  givenUp: boolean;
}

/** People whose last mail has not gone out though it was tried. */
export const unsent = (q: Queryable): Promise<Unsent[]> =>
  q.query<Unsent>(
    `select username, address, at, until, "givenUp" from (
       select distinct on (username) username, address, made_at as at, expires_at as until, dead_at is not null as "givenUp",
         delivered_at is null and fault is not null as unsent
       from yutu.outbox where username is not null order by username, made_at desc) last
     where unsent order by at, username`,
  );

/** How many wait, and how many were given up within the month that they are kept. */
export async function counts(q: Queryable): Promise<{ waiting: number; dead: number }> {
  const [row] = await q.query<{ waiting: number; dead: number }>(
    `select count(*) filter (where delivered_at is null and dead_at is null) as waiting, count(dead_at) as dead from yutu.outbox`,
  );
  return row!;
}
