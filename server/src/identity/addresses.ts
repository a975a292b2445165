import type { Queryable } from '../db/database.js';
import { bondColumns, type Person, stampOf } from './standing.js';

/** An address of a layer's tiles, signed for some hours. The address itself is not kept. */
export interface SignedAddress {
  id: string;
  layer: string;
  organisation: string;
  /** As the log names it: a person, a key or a certificate. */
  createdBy: string;
  /** The key or certificate that asked for it; null: the person did. */
  credential: string | null;
  createdAt: string;
  until: string;
  revokedAt: string | null;
  holder: string | null;
  stamp: number;
  person: Person | null;
}

const columns = `s.id, s.layer, s.organisation, s.created_by as "createdBy", s.credential, s.created_at as "createdAt", s.expires_at as until,
  s.revoked_at as "revokedAt", ${bondColumns('s')}`;

/** Days for which an address that is over stays in the list. */
const KEPT_DAYS = 30;

/** @param until ms since the epoch */
export async function noteSigned(
  q: Queryable,
  a: Pick<SignedAddress, 'id' | 'layer' | 'organisation' | 'createdBy' | 'credential' | 'holder'> & { until: number },
): Promise<void> {
  await q.query('delete from yutu.signed_address where expires_at < now() - make_interval(days => $1)', [KEPT_DAYS]);
  await q.query(
    `insert into yutu.signed_address (id, layer, organisation, created_by, credential, holder, expires_at, stamp)
     values ($1::uuid, $2, $3, $4, $5::uuid, $6, $7::timestamptz, ${stampOf('$6')})`,
    [a.id, a.layer, a.organisation, a.createdBy, a.credential, a.holder, new Date(a.until).toISOString()],
  );
}

/** The organisation's, and those that show one of the layers, newest first: so many at most. */
export const signedOf = (q: Queryable, organisation: string, layers: readonly string[], most = 1_000): Promise<SignedAddress[]> =>
  q.query(
    `select ${columns} from yutu.signed_address s where s.organisation = $1 or s.layer = any($2::text[])
     order by s.created_at desc limit $3`,
    [organisation, layers, most],
  );

/** One in force; null when there is none. `lock`: it stays as it is until the transaction ends. */
export async function signedById(q: Queryable, id: string, lock = false): Promise<SignedAddress | null> {
  const [row] = await q.query<SignedAddress>(
    `select ${columns} from yutu.signed_address s where s.id = $1::uuid and s.revoked_at is null and s.expires_at > now() ${lock ? 'for update of s' : ''}`,
    [id],
  );
  return row ?? null;
}

export const revokeSigned = async (q: Queryable, id: string): Promise<void> => {
  await q.query('update yutu.signed_address set revoked_at = now() where id = $1::uuid and revoked_at is null', [id]);
};
