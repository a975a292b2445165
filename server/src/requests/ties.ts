import type { Catalogue } from '../catalogue/catalogue.js';
import { membershipOf } from '../catalogue/subjects.js';
import type { Queryable } from '../db/database.js';
import type { Caller } from '../identity/caller.js';
import type { Ties } from './persons.js';

/** Who stands in for a person, or whom the person stands in for, now or from a day to come. */
export async function standInsOf(q: Queryable, name: string): Promise<string[]> {
  const rows = await q.query<{ name: string }>(
    `select case when steward = $1 then delegate else steward end as name from yutu.delegation
     where $1 in (steward, delegate) and ended_at is null and until_at > now()`,
    [name],
  );
  return rows.map((row) => row.name);
}

/** What binds a person to what is given, as it is now. */
export async function tiesOf(q: Queryable, catalogue: Catalogue, user: Extract<Caller, { kind: 'user' }>): Promise<Ties> {
  const standIns = await standInsOf(q, user.name);
  const keys = await q.query<{ id: string }>('select id from yutu.api_key where holder = any($1::text[])', [
    [user.name, ...standIns],
  ]);
  return { membership: membershipOf(catalogue.organisations, user.organisation), standIns, keys: keys.map((k) => k.id) };
}
