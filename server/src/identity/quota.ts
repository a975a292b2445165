import type { Database } from '../db/database.js';
import { fail } from '../errors/fail.js';

/** A day of the instance's zone and the instant at which it ends, in ms. */
export interface Day {
  day: string;
  ends: number;
}

interface Use {
  quota: number | null;
  /** Requests of today that the database knows of, from all nodes. */
  counted: number;
  /** Requests of today that it does not know of yet. */
  pending: number;
}

/**
 * Counts the requests of keys and certificates in memory and holds them to their quota of the day. Nodes learn of one another's requests when
 * they write: between two flushes each may let through what the quota had left.
 */
export class KeyUses {
  private readonly uses = new Map<string, Use>();
  /** Requests of days that ended before they were written. */
  private ended: { key: string; day: string; requests: number }[] = [];
  private day: Day;

  constructor(private readonly today: () => Day) {
    this.day = today();
  }

  /** Takes in what the database knows of a key. @param requests of today */
  know(key: string, quota: number | null, requests: number): void {
    const use = this.uses.get(key);
    if (use) Object.assign(use, { quota, counted: Math.max(use.counted, requests) });
    else this.uses.set(key, { quota, counted: requests, pending: 0 });
  }

  /** One request more. Fit for the tile hit path. @throws `key_quota` */
  spend(key: string): void {
    const now = Date.now();
    if (now >= this.day.ends) this.turn();
    const use = this.uses.get(key);
    if (!use) return;
    if (use.quota !== null && use.counted + use.pending >= use.quota)
      fail('key_quota', { quota: use.quota }, { retryAfter: Math.max(1, Math.ceil((this.day.ends - now) / 1000)) });
    use.pending++;
  }

  private turn(): void {
    for (const [key, use] of this.uses) {
      if (use.pending > 0) this.ended.push({ key, day: this.day.day, requests: use.pending });
      use.counted = use.pending = 0;
    }
    this.day = this.today();
  }

  /** Writes what was counted, and when keys were last used; what could not be written is kept. */
  async flush(db: Database): Promise<void> {
    if (Date.now() >= this.day.ends) this.turn();
    const { day } = this.day;
    const { ended } = this;
    const now = [...this.uses]
      .filter(([, { pending }]) => pending > 0)
      .map(([key, { pending }]) => ({ key, day, requests: pending }));
    const rows = [...ended, ...now];
    if (rows.length === 0) return;
    const counted = await db.query<{ key: string; day: string; requests: number }>(
      `with used as (select * from unnest($1::uuid[], $2::date[], $3::bigint[]) as u(key, day, requests)),
         keys as (update yutu.api_key set last_used = now() where id in (select key from used)),
         certificates as (update yutu.certificate set last_used = now() where id in (select key from used))
       insert into yutu.key_use as k (key, day, requests) select key, day, requests from used
       on conflict (key, day) do update set requests = k.requests + excluded.requests returning key, day, requests`,
      [rows.map((r) => r.key), rows.map((r) => r.day), rows.map((r) => r.requests)],
    );
    this.ended = this.ended.filter((row) => !ended.includes(row));
    for (const { key, requests } of now) {
      const use = this.uses.get(key)!;
      if (this.day.day !== day) this.forget(key, day, requests);
      else {
        use.pending -= requests;
        use.counted = counted.find((c) => c.key === key && c.day === day)?.requests ?? use.counted;
      }
    }
  }

  /** The day ended while it was written: what was written is not written again. */
  private forget(key: string, day: string, requests: number): void {
    for (const row of this.ended) if (row.key === key && row.day === day) row.requests -= requests;
    this.ended = this.ended.filter((row) => row.requests > 0);
  }
}
