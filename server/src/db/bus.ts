import type { Database, Queryable } from './database.js';

/** What nodes tell one another after a commit. Ids and versions only, never contents. */
export type Message =
  | { kind: 'layer'; layer: string; version: number }
  | { kind: 'catalogue' }
  | { kind: 'grants'; layer: string; organisations: string[] }
  | { kind: 'request'; id: string; status: string; organisations: string[] }
  | { kind: 'identity'; username: string | null; key: string | null }
  | { kind: 'all' }; // the connection was lost: anything may have happened

type Hear = (message: Message) => void | Promise<void>;

const CHANNEL = 'yutu';

/**
 * Messages over LISTEN/NOTIFY. `announce` goes into the writer's transaction; `deliver` after its commit makes this
 * node act before the writer is answered (a revoked grant is dead when the steward sees the reply); other nodes,
 * and this one once more, hear it from the database. Hearing a message twice must do no harm.
 */
export class Bus {
  private readonly ears: Hear[] = [];

  constructor(private readonly db: Database) {}

  async start(): Promise<void> {
    await this.db.listen(CHANNEL, (payload) => {
      const message: Message = payload === '' ? { kind: 'all' } : JSON.parse(payload);
      this.deliver(message).catch(() => {}); // an ear that failed refreshes at the next message or reconnection
    });
  }

  /** Ears are called in the order of subscription: caches first, then those that tell viewers. */
  subscribe(hear: Hear): () => void {
    this.ears.push(hear);
    return () => this.ears.splice(this.ears.indexOf(hear), 1);
  }

  async announce(q: Queryable, message: Message): Promise<void> {
    await q.query('select pg_notify($1, $2)', [CHANNEL, JSON.stringify(message)]);
  }

  async deliver(message: Message): Promise<void> {
    for (const hear of [...this.ears]) await hear(message);
  }
}
