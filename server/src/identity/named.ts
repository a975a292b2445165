import type { Queryable } from '../db/database.js';
import { isUuid } from '../db/database.js';
import type { Caller } from './caller.js';
import { bondColumns, endedBy, type Person, personSql } from './standing.js';

interface SystemRow {
  id: string;
  name: string;
  organisation: string;
  layers: string[] | null;
  actions: string[] | null;
  networks: string[] | null;
  /** When it ends, ms since the epoch. */
  ends: number;
  holder: string | null;
  stamp: number;
  person: Person | null;
}

/** Somebody by their account, without a session. */
export const callerOfPerson = (a: Person): Caller => ({
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
  holder: k.holder!,
});

/** Keys or certificates that stand: neither revoked nor over, and the person behind them as they were. @param which a condition on `$1` … `$n` */
async function livingKeys(
  q: Queryable,
  which: string,
  params: readonly unknown[],
  { demo, timezone }: Judged,
  kind: 'key' | 'certificate' = 'key',
): Promise<SystemRow[]> {
  const end = `(c.until + 1)::timestamp at time zone $${params.length + 1}`;
  const [table, networks] = kind === 'key' ? ['api_key', 'c.networks'] : ['certificate', 'null::text[] as networks'];
  const rows = await q.query<SystemRow>(
    `select c.id, c.name, c.organisation, c.layers, c.actions, ${networks}, extract(epoch from ${end})::float8 * 1000 as ends, ${bondColumns('c')}
     from yutu.${table} c where (${which}) and c.revoked_at is null and ${end} > now()`,
    [...params, timezone],
  );
  return rows.filter((row) => endedBy({ ...row, kind, everyLayer: row.layers === null }, row.person, demo()) === null);
}

/** By what credentials are judged. */
export interface Judged {
  /** Whether the instance runs as a demonstration. */
  demo: () => boolean;
  /** A key's last day ends at midnight there. */
  timezone: string;
}

/**
 * Everyone who goes by a name: the account, and living keys of that name or id. For whoever runs the platform and does something
 * as somebody else; nobody signs in with this.
 */
export async function callersNamed(q: Queryable, name: string, timezone: string, demo = () => true): Promise<Caller[]> {
  const accounts = await q.query<{ person: Person }>(
    `select ${personSql('a')} as person from yutu.account a where a.username = $1 and not a.disabled and a.confirmed_at is not null`,
    [name],
  );
  const keys = await livingKeys(q, 'c.name = $1 or c.id = $2::uuid', [name, isUuid(name) ? name : null], { demo, timezone });
  return [...accounts.map(({ person }) => callerOfPerson(person)), ...keys.map(system)];
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

/** A system that signed an address, as it is now; null when it is revoked, over, or the person behind it is not as they were. */
export async function systemNamed(
  q: Queryable,
  { kind, id }: { kind: 'key' | 'certificate'; id: string },
  judged: Judged,
): Promise<{ caller: Caller; ends: number; networks: string[] | null } | null> {
  const [row] = await livingKeys(q, 'c.id = $1::uuid', [id], judged, kind);
  if (!row) return null;
  const caller = system(row);
  return {
    caller: kind === 'certificate' ? { ...caller, name: `certificate:${row.name}`, certificate: true } : caller,
    ends: row.ends,
    networks: row.networks,
  };
}
