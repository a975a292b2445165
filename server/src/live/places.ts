import type { Client } from '../db/client.js';
import { fail } from '../errors/fail.js';

/** Streams that may be open in all, and for one account, key or address. */
export const MOST = 5_000;
export const MOST_OF_ONE = 50;

/**
 * Who has which of the places there are. Nobody has more than a few, all who are anonymous together have their share; so there is room for
 * whoever is known, be it the oldest place of whoever has most.
 */
export class Places<T> {
  private readonly taken = new Map<string, { client: Client; items: Set<T> }>();
  private all = 0;
  private strangers = 0;

  /**
   * @param anonymousMost places that all who are anonymous may have together
   * @param free gives up a place that somebody else needs; has it `leave`
   */
  constructor(
    private readonly anonymousMost: number,
    private readonly free: (item: T) => void,
    private readonly most = MOST,
  ) {}

  get size(): number {
    return this.all;
  }

  /** @throws `too_many_streams` when the client has too many; `overloaded` when the anonymous have, or everybody */
  check(client: Client): void {
    const own = this.taken.get(client.id)?.items.size ?? 0;
    if (own >= MOST_OF_ONE) fail('too_many_streams', { most: MOST_OF_ONE }, { retryAfter: 60 });
    if (client.anonymous && this.strangers >= this.anonymousMost) fail('overloaded');
    if (this.all < this.most) return;
    const [first, ...others] = this.taken.values();
    const largest = others.reduce((most, one) => (one.items.size > most.items.size ? one : most), first!);
    if (client.anonymous || largest.items.size <= own + 1) fail('overloaded');
    const [oldest] = largest.items;
    this.free(oldest!);
  }

  enter(client: Client, item: T): void {
    const own = this.taken.get(client.id) ?? { client, items: new Set() };
    this.taken.set(client.id, own);
    own.items.add(item);
    this.all++;
    if (client.anonymous) this.strangers++;
  }

  leave(client: Client, item: T): void {
    const own = this.taken.get(client.id);
    if (!own?.items.delete(item)) return;
    if (own.items.size === 0) this.taken.delete(client.id);
    this.all--;
    if (client.anonymous) this.strangers--;
  }
}
