import { YutuError } from '../errors/fail.js';
import { type Client, ClientLeft, currentClient, PLATFORM, throwIfLeft } from './client.js';
import { FairQueue } from './fair-queue.js';

/** How many may wait for a turn, and for how long (ms). */
export interface Line {
  waiting: number;
  patienceMs: number;
}

/** Of the turns at once: how many one client may have, and how many all who are anonymous together. */
export interface Shares {
  client: number;
  anonymous: number;
}

const ENDLESS: Line = { waiting: Number.POSITIVE_INFINITY, patienceMs: Number.POSITIVE_INFINITY };
const NO_SHARES: Shares = { client: Number.POSITIVE_INFINITY, anonymous: Number.POSITIVE_INFINITY };
const RETRY_SECONDS = 2;

/** So many percent of the turns, one at least. */
export const shareOf = (turns: number, percent: number): number => Math.max(1, Math.floor((turns * percent) / 100));

interface Waiter {
  go: () => void;
  refuse: () => void;
}

/**
 * Lets so many pieces of work run at once; the others wait in a fair queue, by the client they are done for. Turns that a client may not
 * have stay free for others, though it waits.
 */
export class Turns {
  private running = 0;
  private anonymous = 0;
  private readonly held = new Map<string, number>();
  private readonly line = new FairQueue<Waiter>();

  constructor(
    private readonly most: number,
    private readonly bounds: Line = ENDLESS,
    private readonly shares: Shares = NO_SHARES,
  ) {}

  get waiting(): number {
    return this.line.size;
  }

  /** @throws `overloaded` when too many wait or the wait gets too long; ClientLeft */
  async take<T>(work: () => Promise<T>): Promise<T> {
    const leave = await this.enter();
    try {
      return await work();
    } finally {
      leave();
    }
  }

  /**
   * Waits for a turn.
   * @returns what ends it, to be called once
   * @throws `overloaded` when too many wait or the wait gets too long; ClientLeft
   */
  async enter(client = currentClient()): Promise<() => void> {
    throwIfLeft(client);
    if (this.running < this.most && this.may(client)) this.begin(client);
    else await this.wait(client);
    return () => {
      this.end(client);
      this.deal();
    };
  }

  private may = (client: Client): boolean =>
    client === PLATFORM ||
    ((this.held.get(client.id) ?? 0) < this.shares.client && (!client.anonymous || this.anonymous < this.shares.anonymous));

  private begin(client: Client): void {
    this.running++;
    if (client.anonymous) this.anonymous++;
    this.held.set(client.id, (this.held.get(client.id) ?? 0) + 1);
  }

  private end(client: Client): void {
    this.running--;
    if (client.anonymous) this.anonymous--;
    const left = this.held.get(client.id)! - 1;
    if (left === 0) this.held.delete(client.id);
    else this.held.set(client.id, left);
  }

  /** Who is next begins in the same breath, so that nobody slips in between. */
  private deal(): void {
    while (this.running < this.most) {
      const next = this.line.take(this.may);
      if (!next) return;
      this.begin(next.client);
      next.item.go();
    }
  }

  private wait(client: Client): Promise<void> {
    const { waiting, patienceMs } = this.bounds;
    return new Promise((resolve, reject) => {
      const overloaded = () => new YutuError('overloaded', {}, { retryAfter: RETRY_SECONDS });
      if (this.line.size >= waiting) {
        // The line is full of somebody's: that one waits for less, not this one for nothing.
        const surplus = this.line.surplus(client);
        if (!surplus) return reject(overloaded());
        surplus.refuse();
      }
      const forget = () => {
        clearTimeout(late);
        client.signal?.removeEventListener('abort', left);
        this.line.delete(waiter);
      };
      const waiter: Waiter = {
        go() {
          forget();
          resolve();
        },
        refuse() {
          forget();
          reject(overloaded());
        },
      };
      const left = () => {
        forget();
        reject(new ClientLeft());
      };
      const late = Number.isFinite(patienceMs) ? setTimeout(waiter.refuse, patienceMs) : undefined;
      client.signal?.addEventListener('abort', left);
      this.line.add(client, waiter);
    });
  }
}
