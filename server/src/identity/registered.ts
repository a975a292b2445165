import { randomUUID } from 'node:crypto';
import type { Queryable } from '../db/database.js';

/** A client certificate registered for a department system. */
export interface Certificate {
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
  created_at as "createdAt", until, last_used as "lastUsed", revoked_at as "revokedAt"`;

/** @returns null when this certificate, or this subject, is registered already */
export async function registerCertificate(
  q: Queryable,
  c: Pick<
    Certificate,
    'name' | 'organisation' | 'fingerprint' | 'subject' | 'layers' | 'actions' | 'quota' | 'createdBy' | 'until'
  >,
): Promise<Certificate | null> {
  const [row] = await q.query<Certificate>(
    `insert into yutu.certificate (id, name, organisation, fingerprint, subject, layers, actions, quota, created_by, until)
     values ($1, $2, $3, $4, $5, $6::text[], $7::text[], $8, $9, $10::date) on conflict do nothing returning ${columns}`,
    [randomUUID(), c.name, c.organisation, c.fingerprint, c.subject, c.layers, c.actions, c.quota, c.createdBy, c.until],
  );
  return row ?? null;
}

export const certificatesOf = (q: Queryable, organisation: string): Promise<Certificate[]> =>
  q.query(`select ${columns} from yutu.certificate where organisation = $1 order by created_at desc`, [organisation]);

/** @returns null when the organisation has no such certificate in force */
export async function revokeCertificate(q: Queryable, id: string, organisation: string): Promise<Certificate | null> {
  const [row] = await q.query<Certificate>(
    `update yutu.certificate set revoked_at = now() where id = $1::uuid and organisation = $2 and revoked_at is null returning ${columns}`,
    [id, organisation],
  );
  return row ?? null;
}
