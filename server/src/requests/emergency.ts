import type { Layer } from '../catalogue/layers.js';
import type { Queryable } from '../db/database.js';
import { fail } from '../errors/fail.js';
import type { Addressee } from './grant.js';

/** For so many days whose emergency nobody confirmed opens none for its layer. */
const PAUSE_DAYS = 30;

/** Emergencies that these persons opened for these layers and nobody has confirmed, grant by grant. */
const UNCONFIRMED = `select g.layer from yutu.agreement a join yutu.sharing_grant g on g.agreement = a.id
  where a.kind = 'emergency' and a.made_by = any($1::text[]) and g.layer = any($2::text[]) and a.confirmed_by is null`;

/**
 * One emergency waits for its second person, and whose was not confirmed in time leaves the next one to somebody else: or one person
 * alone would keep it open. One that its opener ended or took back counts from the hour at which it would have lapsed, unless the next
 * one was confirmed: so a mistake is put right at once. Decided under the lock of the opener's account, so of two at once one is made.
 * @param names the opener and the stand-ins, who count as one person
 * @throws `emergency_unconfirmed`, `emergency_lapsed`
 */
export async function refuseRepeated(
  q: Queryable,
  opener: string,
  names: readonly string[],
  layers: readonly Layer[],
  to: Addressee,
): Promise<void> {
  await q.query('select 1 from yutu.account where username = $1 for no key update', [opener]);
  const ids = layers.map(({ id }) => id);
  const fault = (code: 'emergency_unconfirmed' | 'emergency_lapsed', rows: { layer: string }[]): void => {
    const layer = layers.find(({ id }) => id === rows[0]?.layer);
    if (layer) fail(code, { titleZh: layer.titleZh, titleEn: layer.titleEn, days: PAUSE_DAYS });
  };
  const open = await q.query<{ layer: string }>(
    `${UNCONFIRMED} and a.ended_at is null and g.revoked_at is null and a.confirm_by > now()
       and g.subject_kind = $3 and g.subject is not distinct from $4 limit 1`,
    [names, ids, to.kind, to.id],
  );
  fault('emergency_unconfirmed', open);
  const lapsed = await q.query<{ layer: string }>(
    `${UNCONFIRMED} and a.confirm_by <= now() and a.confirm_by > now() - make_interval(days => $3::int) and not exists (
       select 1 from yutu.agreement c join yutu.sharing_grant h on h.agreement = c.id
       where c.kind = 'emergency' and c.confirmed_by is not null and h.layer = g.layer and c.made_at > least(g.revoked_at, a.confirm_by))
     limit 1`,
    [names, ids, PAUSE_DAYS],
  );
  fault('emergency_lapsed', lapsed);
}
