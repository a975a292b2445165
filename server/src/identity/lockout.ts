import type { Database, Queryable } from '../db/database.js';
import { secretHash } from './credentials.js';

/** Wrong attempts in a row from one address before it waits, and how long: doubled each time. */
export const ATTEMPTS = 10;
const FIRST_WAIT_S = 60;
const LONGEST_WAIT_S = 3_600;
/** Wrong attempts within an hour from all addresses together before those the account does not know wait. */
export const ATTEMPTS_EVERYWHERE = 50;
const WAIT_EVERYWHERE_S = 900;

/** Seconds to wait at the nth lock in a row (from 0). */
export const waitSeconds = (locks: number): number => Math.min(FIRST_WAIT_S * 2 ** Math.min(locks, 20), LONGEST_WAIT_S);

const nameKey = (username: string) => secretHash(username.toLowerCase());

/**
 * Counts an attempt before it is looked at, so that many at once are no way around the limit. The same for names that exist and
 * names that do not.
 * @returns seconds to wait, 0 when it may be tried
 */
export async function beginAttempt(db: Database, username: string, address: string): Promise<number> {
  const name = nameKey(username);
  return db.tx(async (q) => {
    await q.query(
      `delete from yutu.sign_in_attempt where last_at < now() - interval '1 day' and (succeeded_at is null or succeeded_at < now() - interval '30 days')`,
    );
    const [everywhere] = await q.query<{ wait: number }>(
      `select ceil(extract(epoch from locked_until - now()))::int as wait from yutu.sign_in_attempt
       where name = $1 and address = '' and locked_until > now()
         and not exists (select 1 from yutu.sign_in_attempt k where k.name = $1 and k.address = $2 and k.succeeded_at is not null)`,
      [name, address],
    );
    if (everywhere) return everywhere.wait;
    const [row] = await q.query<{ failures: number; locks: number; wait: number }>(
      `insert into yutu.sign_in_attempt as a (name, address, failures) values ($1, $2, 1)
       on conflict (name, address) do update set
         failures = case when a.locked_until > now() then a.failures else a.failures + 1 end,
         last_at = case when a.locked_until > now() then a.last_at else now() end
       returning failures, locks, coalesce(ceil(extract(epoch from locked_until - now())), 0)::int as wait`,
      [name, address],
    );
    if (row!.wait > 0) return row!.wait;
    // The last one allowed is still looked at; what comes after it waits.
    if (row!.failures >= ATTEMPTS)
      await q.query(
        `update yutu.sign_in_attempt set failures = 0, locks = locks + 1, locked_until = now() + make_interval(secs => $3)
         where name = $1 and address = $2`,
        [name, address, waitSeconds(row!.locks)],
      );
    return 0;
  });
}

/** A wrong attempt counts towards the limit over all addresses too; its hour begins with the first (`last_at`). */
export async function noteWrong(q: Queryable, username: string): Promise<void> {
  await q.query(
    `insert into yutu.sign_in_attempt as a (name, address, failures) values ($1, '', 1)
     on conflict (name, address) do update set
       failures = case when a.last_at < now() - interval '1 hour' then 1 when a.failures + 1 >= $2 then 0 else a.failures + 1 end,
       locked_until = case when a.last_at >= now() - interval '1 hour' and a.failures + 1 >= $2
         then now() + make_interval(secs => $3) else a.locked_until end,
       last_at = case when a.last_at < now() - interval '1 hour' or a.failures + 1 >= $2 then now() else a.last_at end`,
    [nameKey(username), ATTEMPTS_EVERYWHERE, WAIT_EVERYWHERE_S],
  );
}

/** A right password whose code is still to come: the attempt is taken back, but the address is not known yet. */
export async function takeBack(q: Queryable, username: string, address: string): Promise<void> {
  await q.query(
    `update yutu.sign_in_attempt set failures = case when failures = 0 then $3 - 1 else failures - 1 end,
       locks = case when failures = 0 then greatest(locks - 1, 0) else locks end, locked_until = null
     where name = $1 and address = $2`,
    [nameKey(username), address, ATTEMPTS],
  );
}

/** A whole sign-in: the address is known to the account from here on. */
export async function noteRight(q: Queryable, username: string, address: string): Promise<void> {
  await q.query(
    `update yutu.sign_in_attempt set failures = 0, locks = 0, locked_until = null, last_at = now(), succeeded_at = now()
     where name = $1 and address = $2`,
    [nameKey(username), address],
  );
}

/** Lets an account be tried again from everywhere. */
export async function unlock(q: Queryable, username: string): Promise<void> {
  await q.query(`update yutu.sign_in_attempt set failures = 0, locks = 0, locked_until = null where name = $1`, [
    nameKey(username),
  ]);
}

/** Until when each of these accounts is locked, for at least one address. */
export async function lockedUntil(q: Queryable, usernames: readonly string[]): Promise<Map<string, string>> {
  const names = new Map(usernames.map((username) => [nameKey(username), username]));
  const rows = await q.query<{ name: string; until: string }>(
    `select name, max(locked_until) as until from yutu.sign_in_attempt where name = any($1::text[]) and locked_until > now() group by name`,
    [[...names.keys()]],
  );
  return new Map(rows.map((row) => [names.get(row.name)!, row.until]));
}
