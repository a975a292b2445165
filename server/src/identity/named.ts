import type { Queryable } from '../db/database.js';
import { isUuid } from '../db/database.js';
import type { Caller, Role } from './caller.js';

/**
 * Everyone who goes by a name: the account, and living keys of that name or id. For whoever runs the platform and does something
 * as somebody else; nobody signs in with this.
 * @param timezone a key's last day ends at midnight there
 */
export async function callersNamed(q: Queryable, name: string, timezone: string): Promise<Caller[]> {
  const accounts = await q.query<{ username: string; organisation: string; roles: Role[] }>(
    'select username, organisation, roles from yutu.account where username = $1 and not disabled',
    [name],
  );
  const keys = await q.query<{
    id: string;
    name: string;
    organisation: string;
    layers: string[] | null;
    actions: string[] | null;
  }>(
    `select id, name, organisation, layers, actions from yutu.api_key
     where (name = $1 or id = $2::uuid) and revoked_at is null and (until + 1)::timestamp at time zone $3 > now()`,
    [name, isUuid(name) ? name : null, timezone],
  );
  return [
    ...accounts.map(
      (a): Caller => ({
        kind: 'user',
        name: a.username,
        organisation: a.organisation,
        roles: a.roles,
        scope: null,
        keyId: null,
      }),
    ),
    ...keys.map(
      (k): Caller => ({
        kind: 'key',
        name: `key:${k.name}`,
        organisation: k.organisation,
        roles: [],
        scope: k.layers,
        actions: k.actions,
        keyId: k.id,
      }),
    ),
  ];
}
