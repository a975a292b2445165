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

/**
 * Whom to count: a person, all keys of an organisation together, or the address that nobody signed in comes from. More keys or accounts do
 * not make an organisation faster: `organisation` counts all of it.
 */
export function paceKeys(caller: Caller, address: string | undefined): { one: string; organisation: string | null } {
  if (caller.kind === 'anonymous') return { one: `-${address}`, organisation: null };
  return {
    one: caller.kind === 'user' ? `@${caller.name}` : `keys of ${caller.organisation}`,
    organisation: caller.organisation,
  };
}

/** How many people's pace an organisation has together. */
export const PEOPLE_AT_ONCE = 4;

/** A pace for each person and a wider one for each organisation. */
export class SharedPace {
  private readonly one: Pace;
  private readonly organisation: Pace;

  /** @param times how much wider an organisation's is */
  constructor(times: number, ...allowances: Allowance[]) {
    this.one = new Pace(...allowances);
    this.organisation = new Pace(...allowances.map(({ points, seconds }) => ({ points: points * times, seconds })));
  }

  /** @param about what is counted apart: the layer, or one feature of it. @throws `asked_too_often` */
  take({ one, organisation }: ReturnType<typeof paceKeys>, about: string, points = 1): void {
    this.one.take(`${one} ${about}`, points);
    if (organisation !== null) this.organisation.take(`${organisation} ${about}`, points);
  }
}
