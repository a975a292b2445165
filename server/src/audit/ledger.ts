import type { Database } from '../db/database.js';
import { type Deed, record } from './chain.js';

export type Surface = 'tiles' | 'items' | 'export' | 'search';

/** Whose access it was, and under which rights. */
export interface Access {
  actor: string | null;
  organisation: string | null;
  via: 'session' | 'key' | 'certificate' | 'signed' | 'embed' | 'anonymous';
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
  /** Sums by the very object they were last counted under: the tile hit path counts under one per caller and layer. */
  private latest = new WeakMap<Access, Sum>();
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
    const latest = this.latest.get(access);
    if (latest) {
      add(latest, features, bytes);
      return;
    }
    // With the organisation: two may have keys of one name.
    const id = `${access.actor}\0${access.organisation}\0${access.via}\0${access.layer}\0${access.surface}\0${access.grants.join()}`;
    let sum = this.sums.get(id);
    if (!sum) {
      sum = { access, requests: 0, features: 0, bytes: 0 };
      this.sums.set(id, sum);
    }
    this.latest.set(access, sum);
    add(sum, features, bytes);
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
    this.latest = new WeakMap();
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
        if (now) add(now, sum.features, sum.bytes, sum.requests);
        else this.sums.set(id, sum);
      }
      throw error;
    }
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.flush().catch(() => {});
  }
}

function add(sum: Sum, features: number, bytes: number, requests = 1): void {
  sum.requests += requests;
  sum.features += features;
  sum.bytes += bytes;
}
