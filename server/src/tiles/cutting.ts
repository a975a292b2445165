import { type Client, currentClient } from '../db/client.js';

/** Everybody who waited for the tile has left. */
export class Abandoned extends Error {}

/**
 * Work that several wait for. When the last has left it is abandoned: whoever does it is told, and may stop. Lighter than an
 * AbortSignal, for every tile that is cut has one.
 */
export class Cutting<T> {
  readonly promise: Promise<T>;
  abandoned = false;
  private waiting = 0;
  private done = false;
  private tell: (() => void) | null = null;
  private tellJoined: ((client: Client) => void) | null = null;

  constructor(work: (cutting: Cutting<T>) => Promise<T>) {
    this.promise = work(this).finally(() => {
      this.done = true;
      this.tell = null;
      this.tellJoined = null;
    });
    this.promise.catch(() => {}); // those who wait hear of it
  }

  /** One more waits. */
  join(): this {
    this.waiting++;
    this.tellJoined?.(currentClient());
    return this;
  }

  /** One waits no longer. */
  leave(): void {
    if (--this.waiting > 0 || this.done) return;
    this.abandoned = true;
    this.tell?.();
  }

  /** Calls `tell` when the last has left; a later call replaces it. */
  onAbandoned(tell: () => void): void {
    this.tell = tell;
  }

  /** Calls `tell` with the client of each who joins from now on; a later call replaces it. */
  onJoined(tell: (client: Client) => void): void {
    this.tellJoined = tell;
  }

  /** @throws Abandoned */
  throwIfAbandoned(): void {
    if (this.abandoned) throw new Abandoned();
  }
}
