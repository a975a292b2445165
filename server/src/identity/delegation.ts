import { randomUUID } from 'node:crypto';
import type { Queryable } from '../db/database.js';
import { fail } from '../errors/fail.js';

export interface Delegation {
  id: string;
  steward: string;
  stewardZh: string;
  stewardEn: string;
  delegate: string;
  delegateZh: string;
  delegateEn: string;
  from: string;
  until: string;
  /** ended: taken back. */
  status: 'future' | 'active' | 'past' | 'ended';
}

const select = `select d.id, d.steward, s.name_zh as "stewardZh", s.name_en as "stewardEn",
    d.delegate, c.name_zh as "delegateZh", c.name_en as "delegateEn", d.from_date as "from", d.until_date as "until",
    case when d.ended_at is not null then 'ended' when d.from_at > now() then 'future' when d.until_at <= now() then 'past' else 'active' end as status
  from yutu.delegation d join yutu.account s on s.username = d.steward join yutu.account c on c.username = d.delegate`;

/** What a person gave and received, newest first. */
export const delegationsOf = (q: Queryable, username: string): Promise<Delegation[]> =>
  q.query<Delegation>(`${select} where d.steward = $1 or d.delegate = $1 order by d.made_at desc limit 100`, [username]);

/**
 * Puts a colleague in the steward's place from the first day on to the end of the last.
 * @param timezone where days begin and end
 * @throws `delegation_overlaps` where the steward did so already for one of these days
 */
export async function delegate(
  q: Queryable,
  d: { steward: string; delegate: string; from: string; until: string },
  timezone: string,
): Promise<Delegation> {
  // One after the other for each steward: of two at once the second finds the first.
  await q.query('select 1 from yutu.account where username = $1 for no key update', [d.steward]);
  const [other] = await q.query<{ from: string; until: string }>(
    `select from_date as "from", until_date as until from yutu.delegation
     where steward = $1 and delegate = $2 and ended_at is null and from_date <= $4::date and until_date >= $3::date limit 1`,
    [d.steward, d.delegate, d.from, d.until],
  );
  if (other) fail('delegation_overlaps', { ...other });
  const id = randomUUID();
  await q.query(
    `insert into yutu.delegation (id, steward, delegate, from_date, until_date, from_at, until_at)
     values ($1, $2, $3, $4::date, $5::date, $4::date::timestamp at time zone $6, ($5::date + 1)::timestamp at time zone $6)`,
    [id, d.steward, d.delegate, d.from, d.until, timezone],
  );
  const [made] = await q.query<Delegation>(`${select} where d.id = $1::uuid`, [id]);
  return made!;
}

/** Takes a delegation back. @returns null when it is not the steward's, or over already */
export async function endDelegation(q: Queryable, steward: string, id: string): Promise<Delegation | null> {
  const rows = await q.query(
    `update yutu.delegation set ended_at = now() where id = $1::uuid and steward = $2 and ended_at is null and until_at > now() returning 1`,
    [id, steward],
  );
  if (rows.length === 0) return null;
  const [ended] = await q.query<Delegation>(`${select} where d.id = $1::uuid`, [id]);
  return ended!;
}

/** Who may be put in a steward's place: people of the organisation who are no stewards themselves, and no administrators of the platform. */
export const colleaguesOf = (q: Queryable, organisation: string, but: string) =>
  q.query<{ username: string; nameZh: string; nameEn: string }>(
    `select username, name_zh as "nameZh", name_en as "nameEn" from yutu.account
     where organisation = $1 and username <> $2 and not disabled and confirmed_at is not null and roles <@ '{planner,org_admin}' order by username`,
    [organisation, but],
  );
