import type { Queryable } from '../db/database.js';
import { type Answered, answeredColumns } from './handover.js';
import { stampOf } from './standing.js';

/** Tiles of a layer on other sites. */
export interface Embed extends Answered {
  id: string;
  layer: string;
  organisation: string;
  createdBy: string;
  origins: string[];
  createdAt: string;
  until: string;
  revokedAt: string | null;
}

const columns = `id, layer, organisation, created_by as "createdBy", origins, created_at as "createdAt", expires_at as until, revoked_at as "revokedAt",
  ${answeredColumns('embed')}`;

/** @param until ms since the epoch */
export async function createEmbed(
  q: Queryable,
  e: Pick<Embed, 'id' | 'layer' | 'organisation' | 'createdBy' | 'origins'> & { until: number },
): Promise<Embed> {
  const [row] = await q.query<Embed>(
    `insert into yutu.embed (id, layer, organisation, created_by, origins, expires_at, holder, stamp)
     values ($1::uuid, $2, $3, $4, $5::text[], $6::timestamptz, $4, ${stampOf('$4')}) returning ${columns}`,
    [e.id, e.layer, e.organisation, e.createdBy, e.origins, new Date(e.until).toISOString()],
  );
  return row!;
}

export async function findEmbed(q: Queryable, id: string): Promise<Embed | null> {
  const [row] = await q.query<Embed>(`select ${columns} from yutu.embed where id = $1::uuid`, [id]);
  return row ?? null;
}

/** The organisation's, and those that show one of the layers. */
export const embedsOf = (q: Queryable, organisation: string, layers: readonly string[]): Promise<Embed[]> =>
  q.query(`select ${columns} from yutu.embed where organisation = $1 or layer = any($2::text[]) order by created_at desc`, [
    organisation,
    layers,
  ]);

/** @returns null when there is none in force */
export async function revokeEmbed(q: Queryable, id: string): Promise<Embed | null> {
  const [row] = await q.query<Embed>(
    `update yutu.embed set revoked_at = now() where id = $1::uuid and revoked_at is null returning ${columns}`,
    [id],
  );
  return row ?? null;
}
