import type { Queryable } from '../db/database.js';
import { fail } from '../errors/fail.js';
import { type AccountRecord, holdersOf } from '../identity/accounts.js';
import type { Role } from '../identity/caller.js';
import { administrators } from '../identity/roles.js';

/** Whoever changes who holds an office does it one at a time: two who step down at once see one another. */
export const lockOffices = async (q: Queryable): Promise<void> => {
  await q.query(`select pg_advisory_xact_lock(hashtext('yutu.administrators'))`);
};

/** Somebody else must be left to hold each of the three offices that the account gives up. @throws `last_administrator` */
export async function keepOffices(
  q: Queryable,
  before: Pick<AccountRecord, 'username' | 'roles'>,
  after: readonly Role[],
): Promise<void> {
  for (const role of administrators)
    if (before.roles.includes(role) && !after.includes(role) && (await holdersOf(q, role, { but: before.username })) === 0)
      fail('last_administrator', { role });
}
