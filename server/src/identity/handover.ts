import type { Queryable } from '../db/database.js';
import type { Role } from './caller.js';
import type { Held } from './holders.js';
import { bondColumns, type Ended, endedBy, type Person, stampOf } from './standing.js';

/** Who answers for a credential. */
export interface Answered {
  holder: string | null;
  stamp: number;
  /** The holder as they are now. */
  person: Person | null;
  /** Who was asked to take it over. */
  offeredTo: string | null;
}

/** Days after which an offer that nobody took is void. */
const OFFER_DAYS = 14;

const offeredColumn = (c: string): string =>
  `case when ${c}.offered_at > now() - interval '${OFFER_DAYS} days' then ${c}.offered_to end as "offeredTo"`;

/** @param c the alias of a table of credentials that can be handed over */
export const answeredColumns = (c: string): string => `${bondColumns(c)}, ${offeredColumn(c)}`;

const tables = {
  key: { table: 'api_key', everyLayer: 'c.layers is null', layer: 'null::text', over: 'c.until < $2::date' },
  certificate: { table: 'certificate', everyLayer: 'c.layers is null', layer: 'null::text', over: 'c.until < $2::date' },
  embed: { table: 'embed', everyLayer: 'false', layer: 'c.layer', over: '$2::text is null or c.expires_at <= now()' },
} as const;
export type HandedKind = keyof typeof tables;

export type HeldRow = Omit<Held, 'granted' | 'layerOwner' | 'layerTold'> &
  Answered & { id: string; layer: string | null; over: boolean };

/**
 * A credential as far as it matters who answers for it; it stays as it is until the transaction ends.
 * @param today the date in the instance's zone
 * @returns null for one that there is not, or that was revoked
 */
export async function lockHeld(q: Queryable, kind: HandedKind, id: string, today: string): Promise<HeldRow | null> {
  const { table, everyLayer, layer, over } = tables[kind];
  const [row] = await q.query<Omit<HeldRow, 'kind'>>(
    `select c.id, c.organisation, ${everyLayer} as "everyLayer", ${layer} as layer, ${over} as over, ${answeredColumns('c')}
     from yutu.${table} c where c.id = $1::uuid and c.revoked_at is null for update of c`,
    [id, today],
  );
  return row ? { ...row, kind } : null;
}

/** Asks somebody to take a credential over; null: nobody any more. */
export const offer = async (q: Queryable, kind: HandedKind, id: string, to: string | null): Promise<void> => {
  await q.query(`update yutu.${tables[kind].table} set offered_to = $2, offered_at = now() where id = $1::uuid`, [id, to]);
};

/** Somebody answers for a credential from now on, under their account's present stamp. */
export const takeOver = async (q: Queryable, kind: HandedKind, id: string, by: string): Promise<void> => {
  await q.query(
    `update yutu.${tables[kind].table} set holder = $2, stamp = ${stampOf('$2')}, offered_to = null, offered_at = null where id = $1::uuid`,
    [id, by],
  );
};

/** Why a credential has ended, if it has. */
export const endOf = (
  held: Pick<HeldRow, 'kind' | 'organisation' | 'everyLayer' | 'stamp' | 'person'>,
  demo: boolean,
): Ended | null => endedBy(held, held.person, demo);

/**
 * Puts the systems that a person answers for (keys, certificates, embeds) under the present stamp of their account: those that stood under
 * the one before.
 */
export async function keepSystems(q: Queryable, holder: string, before: number): Promise<void> {
  for (const { table } of Object.values(tables))
    await q.query(`update yutu.${table} set stamp = ${stampOf('$1')} where holder = $1 and stamp = $2`, [holder, before]);
}

/** Ends all that the person holds, whatever kind it is of. */
export const renewStamp = async (q: Queryable, username: string): Promise<void> => {
  await q.query('update yutu.account set security_stamp = security_stamp + 1 where username = $1', [username]);
};

/** The account's stamp; it stays as it is until the transaction ends. */
export async function lockStamp(q: Queryable, username: string): Promise<number> {
  const [row] = await q.query<{ stamp: number }>(
    'select security_stamp as stamp from yutu.account where username = $1 for update',
    [username],
  );
  return row?.stamp ?? -1;
}

/**
 * People of an organisation who may answer for its systems: active, and no administrators of the platform.
 * @param demo whether demonstration accounts count
 * @param only one of them; absent: all
 */
export const peopleOf = (q: Queryable, organisation: string, demo: boolean, only: string | null = null) =>
  q.query<{ username: string; nameZh: string; nameEn: string; roles: Role[] }>(
    `select username, name_zh as "nameZh", name_en as "nameEn", roles from yutu.account
     where organisation = $1 and not disabled and confirmed_at is not null and (not demo or $2::boolean) and roles <@ '{planner,steward,org_admin}'
       and ($3::text is null or username = $3) order by username`,
    [organisation, demo, only],
  );
