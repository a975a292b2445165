import type { Queryable } from '../db/database.js';

/** Tiles of a layer on other sites. */
export interface Embed {
  id: string;
  layer: string;
  organisation: string;
  createdBy: string;
  origins: string[];
  createdAt: string;
  until: string;
  revokedAt: string | null;
}

const columns = `id, layer, organisation, created_by as "createdBy", origins, created_at as "createdAt", expires_at as until, revoked_at as "revokedAt"`;

/** @param until ms since the epoch */
export async function createEmbed(
  q: Queryable,
  e: Pick<Embed, 'id' | 'layer' | 'organisation' | 'createdBy' | 'origins'> & { until: number },
): Promise<Embed> {
  const [row] = await q.query<Embed>(
    `insert into yutu.embed (id, layer, organisation, created_by, origins, expires_at)
     values ($1::uuid, $2, $3, $4, $5::text[], $6::timestamptz) returning ${columns}`,
    [e.id, e.layer, e.organisation, e.createdBy, e.origins, new Date(e.until).toISOString()],
  );
  return row!;
}

export const embedsOf = (q: Queryable, organisation: string): Promise<Embed[]> =>
  q.query(`select ${columns} from yutu.embed where organisation = $1 order by created_at desc`, [organisation]);

/** @returns null when the organisation has no such embed in force */
export async function revokeEmbed(q: Queryable, id: string, organisation: string): Promise<Embed | null> {
  const [row] = await q.query<Embed>(
    `update yutu.embed set revoked_at = now() where id = $1::uuid and organisation = $2 and revoked_at is null returning ${columns}`,
    [id, organisation],
  );
  return row ?? null;
}
