import type { Database } from '../db/database.js';
import { type Deed, record } from './chain.js';

export type Surface = 'tiles' | 'items' | 'export' | 'search';

/** Whose access it was, and under which rights. */
export interface Access {
  actor: string | null;
  organisation: string | null;
  via: 'session' | 'key' | 'anonymous';
  layer: string;
  surface: Surface;
  grants: readonly string[];
}

interface Sum {
  access: Access;
  requests: number;
  features: number;
  bytes: number;
}

/**
 * Counts data access in memory and writes it into the chained log every few seconds, one row per caller, layer and
 * surface. A process that dies loses at most the seconds since the last flush; nothing is written per request.
 */
export class Ledger {
  private sums = new Map<string, Sum>();
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly db: Database,
    private readonly seconds: number,
  ) {}

  start(): void {
    this.timer = setInterval(() => this.flush().catch(() => {}), this.seconds * 1000);
    this.timer.unref();
  }

  /** Adds one request. Costs a map look-up: fit for the tile hit path. */
  count(access: Access, features: number, bytes: number): void {
    // With the organisation: two may have keys of one name.
    const id = `${access.actor}\0${access.organisation}\0${access.via}\0${access.layer}\0${access.surface}\0${access.grants.join()}`;
    const sum = this.sums.get(id);
    if (sum) {
      sum.requests++;
      sum.features += features;
      sum.bytes += bytes;
    } else this.sums.set(id, { access, requests: 1, features, bytes });
  }

  /** Writes what was counted. When the database is away it is kept and written later. */
  flush(): Promise<void> {
    this.writing = this.writing.catch(() => {}).then(() => this.write());
    return this.writing;
  }

  private async write(): Promise<void> {
    if (this.sums.size === 0) return;
    const taken = this.sums;
    this.sums = new Map();
    const deeds = [...taken.values()].map(
      ({ access, requests, features, bytes }): Deed => ({
        actor: access.actor,
        organisation: access.organisation,
        action: 'access',
        layer: access.layer,
        subject: access.grants[0] ?? null,
        detail: { surface: access.surface, via: access.via, grants: [...access.grants], requests, features, bytes },
      }),
    );
    try {
      await this.db.tx((q) => record(q, ...deeds));
    } catch (error) {
      for (const [id, sum] of taken) {
        const now = this.sums.get(id);
        if (now) {
          now.requests += sum.requests;
          now.features += sum.features;
          now.bytes += sum.bytes;
        } else this.sums.set(id, sum);
      }
      throw error;
    }
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.flush().catch(() => {});
  }
}
