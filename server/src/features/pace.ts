import { LRUCache } from 'lru-cache';
import { fail } from '../errors/fail.js';
import type { Caller } from '../identity/caller.js';

export interface Allowance {
  /** How many in so many seconds. */
  points: number;
  seconds: number;
}

/** How often something may be done: counted in this process, in windows that begin with the first time. Bounded in memory. */
export class Pace {
  private readonly windows: readonly { points: number; used: LRUCache<string, number> }[];

  /** @param allowances all of them hold */
  constructor(...allowances: Allowance[]) {
    this.windows = allowances.map(({ points, seconds }) => ({
      points,
      used: new LRUCache({ max: 100_000, ttl: seconds * 1000, noUpdateTTL: true, perf: Date }),
    }));
  }

  /** Counts, unless it is more than allowed. @throws `asked_too_often` */
  take(key: string, points = 1): void {
    for (const { used, points: most } of this.windows)
      if ((used.get(key) ?? 0) + points > most) {
        const seconds = Math.max(1, Math.ceil(used.getRemainingTTL(key) / 1000));
        fail('asked_too_often', { seconds }, { retryAfter: seconds });
      }
    for (const { used } of this.windows) used.set(key, (used.get(key) ?? 0) + points);
  }
}

/** Whom to count: a key, a person, or the address that nobody signed in comes from. */
export const paceKey = (caller: Caller, address: string | undefined): string =>
  caller.kind === 'anonymous' ? `-${address}` : (caller.keyId ?? `@${caller.name}`);
