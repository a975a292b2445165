import type { Message } from '../db/bus.js';
import type { Queryable } from '../db/database.js';
import type { AccountRooms } from './rooms.js';

/**
 * Does something in one transaction with the word to all nodes; this node has acted on it before the caller is answered. When `work`
 * returns null nothing was done, and nothing is said.
 * @param message what is said; of what was done, when that decides it
 */
export async function change<T>(
  { db, bus }: Pick<AccountRooms, 'db' | 'bus'>,
  message: Message | ((done: T) => Message),
  work: (q: Queryable) => Promise<T>,
): Promise<T> {
  const said = (done: T) => (typeof message === 'function' ? message(done) : message);
  const done = await db.tx(async (q) => {
    const result = await work(q);
    if (result !== null) await bus.announce(q, said(result));
    return result;
  });
  if (done !== null) await bus.deliver(said(done));
  return done;
}

/** Every session of the account has ended, but for the one named by its hash. */
export const sessionsEnded = (username: string, except?: string): Message => ({
  kind: 'identity',
  username,
  key: null,
  ...(except === undefined ? {} : { except }),
});

/** The account's rights changed while its sessions go on. */
export const rightsChanged = (username: string): Message => ({ kind: 'identity', username: null, key: null, rights: username });
