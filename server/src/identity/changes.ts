import { randomUUID } from 'node:crypto';
import type { Queryable } from '../db/database.js';
import type { Role } from './caller.js';
import type { AccountChange, ChangeKind } from './confirmation.js';

/** A change that waits, with whose account it is. */
export interface WaitingChange extends AccountChange {
  id: string;
  username: string;
  at: string;
  roles: Role[] | null;
}

const columns = `id, username, kind, roles, organisation, mail, made_by as by, office, made_at as at`;

/** Has a change wait, in place of one of its kind that waited before: a confirmer who has read that one confirms nothing. */
export async function awaitConfirmation(q: Queryable, username: string, change: AccountChange): Promise<void> {
  await q.query('delete from yutu.account_change where username = $1 and kind = $2', [username, change.kind]);
  await q.query(
    `insert into yutu.account_change (id, username, kind, roles, organisation, mail, made_by, office)
     values ($1::uuid, $2, $3, $4::text[], $5, $6, $7, $8)`,
    [randomUUID(), username, change.kind, change.roles, change.organisation, change.mail, change.by, change.office],
  );
}

/** What waits, of these accounts or of all, the oldest first. */
export const waitingChanges = (q: Queryable, usernames: readonly string[] | null = null): Promise<WaitingChange[]> =>
  q.query<WaitingChange>(
    `select ${columns} from yutu.account_change where $1::text[] is null or username = any($1::text[]) order by made_at, id`,
    [usernames],
  );

export async function waitingChange(q: Queryable, id: string): Promise<WaitingChange | null> {
  const [row] = await q.query<WaitingChange>(`select ${columns} from yutu.account_change where id = $1::uuid`, [id]);
  return row ?? null;
}

/** The sign-in service says again what waits: its term begins anew. */
export const sayAgain = async (q: Queryable, username: string): Promise<void> => {
  await q.query(`update yutu.account_change set made_at = now() where username = $1 and office = 'service'`, [username]);
};

/** Ends a change that waited. @returns false when it did no longer */
export async function endChange(q: Queryable, id: string): Promise<boolean> {
  const rows = await q.query('delete from yutu.account_change where id = $1::uuid returning 1', [id]);
  return rows.length > 0;
}

/** Ends what waited of an account: what is overtaken by another deed. */
export const endChanges = async (q: Queryable, username: string, ...kinds: ChangeKind[]): Promise<void> => {
  await q.query('delete from yutu.account_change where username = $1 and kind = any($2::text[])', [username, kinds]);
};
