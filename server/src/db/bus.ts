import { setTimeout as sleep } from 'node:timers/promises';
import { runForAll } from './client.js';
import type { Database, Queryable } from './database.js';

/** What nodes tell one another after a commit. Ids and versions only, never contents. */
export type Message =
  | { kind: 'layer'; layer: string; version: number }
  | { kind: 'catalogue' }
  | { kind: 'grants'; layer: string; organisations: string[] | null } // null: anybody may be concerned
  | { kind: 'request'; id: string; status: string; layer: string; applicant: string; organisations: string[] | null } // null: its applicant alone is concerned
  /**
   * Credentials ended, or rights changed. `username`: all sessions of the account ended, but for the one whose hash is `except`;
   * `session`: that one ended, by its hash; `rights`: the account's rights changed while its sessions go on.
   */
  | { kind: 'identity'; username: string | null; key: string | null; session?: string; except?: string; rights?: string }
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
  /** When the connection last proved that it hears, by the clock that nobody sets. */
  private heardAt = performance.now();
  /** What was heard and is not taken in yet: since when others may know what we do not. */
  private readonly late = new Set<{ since: number }>();
  private readonly againMs: number;
  private readonly graceMs: number;

  /** @param options.graceMs after so long without proof that it hears, a node counts as deaf */
  constructor(
    private readonly db: Database,
    options: { againMs?: number; graceMs?: number } = {},
  ) {
    this.againMs = options.againMs ?? 1_000;
    this.graceMs = options.graceMs ?? Number.POSITIVE_INFINITY;
  }

  async start(): Promise<void> {
    this.heardAt = performance.now();
    const beat = () => {
      this.heardAt = performance.now();
    };
    await this.db.listen(CHANNEL, (payload) => void this.hear(payload), beat);
  }

  /** For how long this node may not know what the others do, ms. */
  get silence(): number {
    // The embedded engine has no other nodes, and nothing that could be lost.
    let since = this.db.engine === 'embedded' ? Number.POSITIVE_INFINITY : this.heardAt;
    for (const message of this.late) since = Math.min(since, message.since);
    return Math.max(0, performance.now() - since);
  }

  /** Whether rights may have changed so long ago that this node must not rely on those it knows. */
  get deaf(): boolean {
    return this.silence > this.graceMs;
  }

  /** A revocation that could not be taken in (the database was away for a moment) is tried until it is. */
  private async hear(payload: string): Promise<void> {
    // What a lost connection missed may have been said right after it was last heard.
    const message = { since: payload === '' ? this.heardAt : performance.now() };
    this.late.add(message);
    for (let wait = this.againMs; ; wait = Math.min(wait * 2, 30_000)) {
      try {
        await this.deliver(read(payload));
        this.late.delete(message);
        return;
      } catch {
        await sleep(wait, undefined, { ref: false });
      }
    }
  }

  /** Ears are called in the order of subscription: caches first, then those that tell viewers. */
  subscribe(hear: Hear): () => void {
    this.ears.push(hear);
    return () => this.ears.splice(this.ears.indexOf(hear), 1);
  }

  async announce(q: Queryable, message: Message): Promise<void> {
    await q.query('select pg_notify($1, $2)', [CHANNEL, JSON.stringify(message)]);
  }

  /** One ear's fault keeps no other from hearing. @throws the first fault, when all have heard */
  deliver(message: Message): Promise<void> {
    return runForAll(async () => {
      const faults: unknown[] = [];
      for (const hear of [...this.ears]) {
        try {
          await hear(message);
        } catch (error) {
          faults.push(error);
        }
      }
      if (faults.length > 0) throw faults[0];
    });
  }
}

/** What is no message of ours (anyone on the database may notify) makes us look at everything anew. */
function read(payload: string): Message {
  try {
    const message = payload === '' ? null : JSON.parse(payload);
    if (typeof message?.kind === 'string') return message;
  } catch {}
  return { kind: 'all' };
}
