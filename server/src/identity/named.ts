import type { Queryable } from '../db/database.js';
import { isUuid } from '../db/database.js';
import type { Caller, Role } from './caller.js';

interface AccountRow {
  username: string;
  organisation: string;
  roles: Role[];
  demo: boolean;
}

interface SystemRow {
  id: string;
  name: string;
  organisation: string;
  layers: string[] | null;
  actions: string[] | null;
  /** When it ends, ms since the epoch. */
  ends: number;
}

const person = (a: AccountRow): Caller => ({
  kind: 'user',
  name: a.username,
  organisation: a.organisation,
  roles: a.roles,
  scope: null,
  keyId: null,
});

const system = (k: SystemRow): Extract<Caller, { kind: 'key' }> => ({
  kind: 'key',
  name: `key:${k.name}`,
  organisation: k.organisation,
  roles: [],
  scope: k.layers,
  actions: k.actions,
  keyId: k.id,
});

const accountsOf = (q: Queryable, name: string): Promise<AccountRow[]> =>
  q.query(
    'select username, organisation, roles, demo from yutu.account where username = $1 and not disabled and confirmed_at is not null',
    [name],
  );

/** Keys or certificates that are neither revoked nor over. @param which a condition on `$1` … `$n` */
function livingKeys(
  q: Queryable,
  which: string,
  params: readonly unknown[],
  timezone: string,
  table: 'api_key' | 'certificate' = 'api_key',
): Promise<SystemRow[]> {
  const end = `(until + 1)::timestamp at time zone $${params.length + 1}`;
  return q.query(
    `select id, name, organisation, layers, actions, extract(epoch from ${end})::float8 * 1000 as ends from yutu.${table}
     where (${which}) and revoked_at is null and ${end} > now()`,
    [...params, timezone],
  );
}

/**
 * Everyone who goes by a name: the account, and living keys of that name or id. For whoever runs the platform and does something
 * as somebody else; nobody signs in with this.
 * @param timezone a key's last day ends at midnight there
 */
export async function callersNamed(q: Queryable, name: string, timezone: string): Promise<Caller[]> {
  const accounts = await accountsOf(q, name);
  const keys = await livingKeys(q, 'name = $1 or id = $2::uuid', [name, isUuid(name) ? name : null], timezone);
  return [...accounts.map(person), ...keys.map(system)];
}

/** Who signed an address: an account by its name, a key or a certificate by its id. */
export interface Issuer {
  kind: 'user' | 'key' | 'certificate';
  id: string;
}

export const issuerNamed = (caller: Exclude<Caller, { kind: 'anonymous' }>): Issuer =>
  caller.kind === 'user'
    ? { kind: 'user', id: caller.name }
    : { kind: caller.certificate ? 'certificate' : 'key', id: caller.keyId };

/** The issuer as it is now and when it ends by itself (ms); null when it is disabled, revoked or over. */
export async function issuerOf(
  q: Queryable,
  { kind, id }: Issuer,
  { demo, timezone }: { demo: () => boolean; timezone: string },
): Promise<{ caller: Caller; ends: number } | null> {
  if (kind === 'user') {
    const [account] = await accountsOf(q, id);
    return account && (!account.demo || demo()) ? { caller: person(account), ends: Number.POSITIVE_INFINITY } : null;
  }
  const certificate = kind === 'certificate';
  const [row] = await livingKeys(q, 'id = $1::uuid', [id], timezone, certificate ? 'certificate' : 'api_key');
  if (!row) return null;
  const caller = system(row);
  return { caller: certificate ? { ...caller, name: `certificate:${row.name}`, certificate: true } : caller, ends: row.ends };
}
