import { randomUUID } from 'node:crypto';
import type { Queryable } from '../db/database.js';
import { newSecret, secretHash } from './callers.js';

export interface ApiKey {
  id: string;
  name: string;
  prefix: string;
  organisation: string;
  createdBy: string;
  layers: string[] | null;
  createdAt: string;
  until: string | null;
  lastUsed: string | null;
  revokedAt: string | null;
}

const columns = `id, name, prefix, organisation, created_by as "createdBy", layers, created_at as "createdAt", until,
  last_used as "lastUsed", revoked_at as "revokedAt"`;

/** Makes a key for an organisation. The secret is returned once; only its hash is kept. */
export async function createKey(
  q: Queryable,
  k: { name: string; organisation: string; createdBy: string; layers: string[] | null; until: string | null },
): Promise<ApiKey & { key: string }> {
  const key = newSecret('yt_');
  const [row] = await q.query<ApiKey>(
    `insert into yutu.api_key (id, name, prefix, hash, organisation, created_by, layers, until)
     values ($1, $2, $3, $4, $5, $6, $7::text[], $8::date) returning ${columns}`,
    [randomUUID(), k.name, key.slice(0, 7), secretHash(key), k.organisation, k.createdBy, k.layers, k.until],
  );
  return { ...row!, key };
}

export const keysOf = (q: Queryable, organisation: string): Promise<ApiKey[]> =>
  q.query<ApiKey>(`select ${columns} from yutu.api_key where organisation = $1 order by created_at desc`, [organisation]);

export async function findKey(q: Queryable, id: string): Promise<ApiKey | null> {
  const [row] = await q.query<ApiKey>(`select ${columns} from yutu.api_key where id = $1::uuid`, [id]);
  return row ?? null;
}

export const revokeKey = async (q: Queryable, id: string): Promise<void> => {
  await q.query('update yutu.api_key set revoked_at = now() where id = $1::uuid and revoked_at is null', [id]);
};
