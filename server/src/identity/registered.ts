import { randomUUID } from 'node:crypto';
import type { Queryable } from '../db/database.js';
import { type Answered, answeredColumns } from './handover.js';
import { stampOf } from './standing.js';

/** A client certificate registered for a department system. */
export interface Certificate extends Answered {
  id: string;
  name: string;
  organisation: string;
  /** It is known by its fingerprint, or any certificate of this subject is. */
  fingerprint: string | null;
  subject: string | null;
  layers: string[] | null;
  actions: string[] | null;
  quota: number | null;
  createdBy: string;
  createdAt: string;
  until: string;
  lastUsed: string | null;
  revokedAt: string | null;
}

const columns = `id, name, organisation, fingerprint, subject, layers, actions, quota, created_by as "createdBy",
  created_at as "createdAt", until, last_used as "lastUsed", revoked_at as "revokedAt", ${answeredColumns('certificate')}`;

/** @returns null when this certificate, or this subject, is registered already */
export async function registerCertificate(
  q: Queryable,
  c: Pick<
    Certificate,
    'name' | 'organisation' | 'fingerprint' | 'subject' | 'layers' | 'actions' | 'quota' | 'createdBy' | 'until'
  >,
): Promise<Certificate | null> {
  const [row] = await q.query<Certificate>(
    `insert into yutu.certificate (id, name, organisation, fingerprint, subject, layers, actions, quota, created_by, until, holder, stamp)
     values ($1, $2, $3, $4, $5, $6::text[], $7::text[], $8, $9, $10::date, $9, ${stampOf('$9')}) on conflict do nothing returning ${columns}`,
    [randomUUID(), c.name, c.organisation, c.fingerprint, c.subject, c.layers, c.actions, c.quota, c.createdBy, c.until],
  );
  return row ?? null;
}

export const certificatesOf = (q: Queryable, organisation: string): Promise<Certificate[]> =>
  q.query(`select ${columns} from yutu.certificate where organisation = $1 order by created_at desc`, [organisation]);

export async function findCertificate(q: Queryable, id: string): Promise<Certificate | null> {
  const [row] = await q.query<Certificate>(`select ${columns} from yutu.certificate where id = $1::uuid`, [id]);
  return row ?? null;
}

/** @returns null when there is none in force */
export async function revokeCertificate(q: Queryable, id: string): Promise<Certificate | null> {
  const [row] = await q.query<Certificate>(
    `update yutu.certificate set revoked_at = now() where id = $1::uuid and revoked_at is null returning ${columns}`,
    [id],
  );
  return row ?? null;
}
