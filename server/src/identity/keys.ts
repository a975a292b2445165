import { randomUUID } from 'node:crypto';
import type { Queryable } from '../db/database.js';
import { newSecret, secretHash } from './credentials.js';
import { type Answered, answeredColumns } from './handover.js';
import { stampOf } from './standing.js';

export interface ApiKey extends Answered {
  id: string;
  name: string;
  prefix: string;
  organisation: string;
  createdBy: string;
  /** Scope; null: whatever the organisation may use. */
  layers: string[] | null;
  /** What it may be used for; null: whatever the organisation may do. */
  actions: string[] | null;
  /** Networks it may come from, in CIDR; null: any. */
  networks: string[] | null;
  /** Requests a day; null: unlimited. */
  quota: number | null;
  /** Requests today, as far as they are written. */
  requestsToday: number;
  createdAt: string;
  /** Its last day. */
  until: string;
  /** Until when the secret before the last rotation is good. */
  previousUntil: string | null;
  lastUsed: string | null;
  revokedAt: string | null;
}

export type NewKey = Pick<ApiKey, 'name' | 'organisation' | 'createdBy' | 'layers' | 'until'> & {
  /** Who answers for it. */
  holder: string;
} & Partial<Pick<ApiKey, 'actions' | 'networks' | 'quota'>>;

/** @param day the parameter that holds today's date in the instance's zone */
const columns = (
  day: string,
) => `k.id, k.name, k.prefix, k.organisation, k.created_by as "createdBy", k.layers, k.actions, k.networks, k.quota,
  coalesce((select u.requests from yutu.key_use u where u.key = k.id and u.day = ${day}::date), 0) as "requestsToday",
  k.created_at as "createdAt", k.until, case when k.previous_until > now() then k.previous_until end as "previousUntil",
  k.last_used as "lastUsed", k.revoked_at as "revokedAt", ${answeredColumns('k')}`;

const prefixOf = (key: string): string => key.slice(0, 7);

/** Makes a key for an organisation. The secret is returned once; only its hash is kept. */
export async function createKey(q: Queryable, k: NewKey): Promise<ApiKey & { key: string }> {
  const key = newSecret('yt_');
  const [row] = await q.query<ApiKey>(
    `insert into yutu.api_key as k (id, name, prefix, hash, organisation, created_by, layers, until, actions, networks, quota, holder, stamp)
     values ($1, $2, $3, $4, $5, $6, $7::text[], $8::date, $9::text[], $10::text[], $11, $12, ${stampOf('$12')}) returning ${columns('now()')}`,
    [
      randomUUID(),
      k.name,
      prefixOf(key),
      secretHash(key),
      k.organisation,
      k.createdBy,
      k.layers,
      k.until,
      k.actions ?? null,
      k.networks ?? null,
      k.quota ?? null,
      k.holder,
    ],
  );
  return { ...row!, key };
}

/**
 * Gives a key a new secret, and puts it under its holder's present stamp. The one before is good for the overlap, so that systems can be
 * changed one after the other, unless the key was dead: then it stays so. One from a rotation before that is dead at once. Addresses that
 * were signed with it end with the overlap.
 * @param alive whether the key stood until now
 * @returns null when the key is revoked or over
 */
export async function rotateKey(
  q: Queryable,
  id: string,
  { overlapHours, alive }: { overlapHours: number; alive: boolean },
  today: string,
): Promise<(ApiKey & { key: string }) | null> {
  const key = newSecret('yt_');
  const [row] = await q.query<ApiKey>(
    `update yutu.api_key k set previous_hash = case when $4 > 0 then k.hash end,
       previous_until = case when $4 > 0 then now() + make_interval(hours => $4) end, hash = $2, prefix = $3,
       stamp = (select security_stamp from yutu.account where username = k.holder)
     where k.id = $1::uuid and k.revoked_at is null and k.until >= $5::date returning ${columns('$5')}`,
    [id, secretHash(key), prefixOf(key), alive ? overlapHours : 0, today],
  );
  if (!row) return null;
  await q.query(
    `update yutu.signed_address set expires_at = least(expires_at, now() + make_interval(hours => $2)) where credential = $1::uuid`,
    [id, alive ? overlapHours : 0],
  );
  return { ...row, key };
}

/** @param today the date in the instance's zone */
export const keysOf = (q: Queryable, organisation: string, today: string): Promise<ApiKey[]> =>
  q.query<ApiKey>(`select ${columns('$2')} from yutu.api_key k where k.organisation = $1 order by k.created_at desc`, [
    organisation,
    today,
  ]);

export async function findKey(q: Queryable, id: string): Promise<ApiKey | null> {
  const [row] = await q.query<ApiKey>(`select ${columns('now()')} from yutu.api_key k where k.id = $1::uuid`, [id]);
  return row ?? null;
}

/**
 * Whether the person may answer for one more system: keys and certificates that are neither revoked nor over, counted one person at a time
 * until the transaction ends.
 */
export async function hasRoomFor(q: Queryable, holder: string, most: number, today: string): Promise<boolean> {
  await q.query('select 1 from yutu.account where username = $1 for no key update', [holder]);
  const [row] = await q.query<{ n: number }>(
    `select count(*) as n from (select holder, revoked_at, until from yutu.api_key union all select holder, revoked_at, until from yutu.certificate) c
     where holder = $1 and revoked_at is null and until >= $2::date`,
    [holder, today],
  );
  return row!.n < most;
}

export const revokeKey = async (q: Queryable, id: string): Promise<void> => {
  await q.query('update yutu.api_key set revoked_at = now() where id = $1::uuid and revoked_at is null', [id]);
};
