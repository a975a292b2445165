import { Worker } from 'node:worker_threads';
import { SnapshotError } from '@yutu/tiles';
import { type Client, currentClient } from '../db/client.js';
import { FairQueue } from '../db/fair-queue.js';
import { YutuError } from '../errors/fail.js';
import type { Answer, Done, Order, Work } from './cut-worker.js';
import type { Held } from './cutter.js';
import { Abandoned, type Cutting } from './cutting.js';

type Wanted = Pick<Cutting<unknown>, 'onAbandoned'> & Partial<Pick<Cutting<unknown>, 'onJoined'>>;

export interface PoolOptions {
  workers: number;
  /** Jobs that may wait; more are refused. */
  queue: number;
  /** Milliseconds a job may wait; then it is refused. */
  patienceMs: number;
  /** A job that takes longer has hung: its worker is replaced. Milliseconds. */
  hungMs?: number;
  /** Another program, for tests. */
  program?: URL;
}

interface Job {
  work: Work;
  needs: readonly Held[];
  since: number;
  tries: number;
  done: (done: Done) => void;
  failed: (error: unknown) => void;
}

/** A worker, the jobs in its hands with the time they were given, and the data it holds: slot → id. */
interface Hand {
  worker: Worker;
  jobs: Map<number, { job: Job; given: number }>;
  slots: Map<string, string>;
}

/** One job is worked on while the next is already there: the way between the threads costs no time. */
const IN_HAND = 2;
const HUNG_MS = 60_000;
const LOOK_MS = 200;

/**
 * Threads that cut and pack, with a bounded fair queue before them: clients take turns. Data are sent to a worker once, jobs name them. When a worker dies its
 * jobs are given to another one, once.
 */
export class CutPool {
  private readonly hands: Hand[] = [];
  private readonly queue = new FairQueue<Job>();
  /** Jobs of a worker that died: they had their turn. */
  private readonly returned: Job[] = [];
  private readonly clock: NodeJS.Timeout;
  private next = 0;
  private closed = false;
  /** Jobs refused because too many waited or they waited too long, and workers that died. */
  readonly counts = { refused: 0, died: 0 };

  constructor(private readonly options: PoolOptions) {
    this.clock = setInterval(() => this.look(), LOOK_MS);
    this.clock.unref();
  }

  get waiting(): number {
    return this.queue.size + this.returned.length;
  }

  /** Whether a worker has nothing to do. */
  get idle(): boolean {
    return this.waiting === 0 && (this.hands.length < this.options.workers || this.hands.some((h) => h.jobs.size === 0));
  }

  /**
   * @param needs data that the job's plan names
   * @param wanted who waits: when all have left, a job that was not begun is taken out of the queue
   * @throws `overloaded` when too many wait or the wait gets too long; Abandoned; SnapshotError
   */
  run(work: Work, needs: readonly Held[], wanted?: Wanted): Promise<Done> {
    return new Promise((resolve, reject) => {
      this.expire();
      const client = currentClient();
      if (this.closed || (this.queue.size >= this.options.queue && !this.makeRoom(client))) return reject(this.refuse());
      const job: Job = { work, needs, since: performance.now(), tries: 0, done: resolve, failed: reject };
      wanted?.onAbandoned(() => {
        if (this.queue.delete(job)) reject(new Abandoned());
      });
      wanted?.onJoined?.((other) => {
        if (this.queue.has(job)) this.queue.add(other, job);
      });
      this.queue.add(client, job);
      this.deal();
    });
  }

  /** No job will need what is in the slot any more. */
  forget(slot: string): void {
    for (const hand of this.hands) if (hand.slots.delete(slot)) post(hand, { forget: slot });
  }

  private refuse(): YutuError {
    this.counts.refused++;
    return new YutuError('overloaded', {}, { retryAfter: 1 });
  }

  /** Whether a job of somebody who has more of them waiting could be refused instead. */
  private makeRoom(client: Client): boolean {
    const surplus = this.queue.surplus(client);
    if (!surplus) return false;
    this.queue.delete(surplus);
    surplus.failed(this.refuse());
    return true;
  }

  private late(job: Job): boolean {
    return performance.now() - job.since > this.options.patienceMs;
  }

  /** Refuses those that have waited too long; the queue is gone through in order of age. */
  private expire(): void {
    for (const job of this.queue) {
      if (!this.late(job)) break;
      this.queue.delete(job);
      job.failed(this.refuse());
    }
  }

  /** Now and then: waits that are over, and workers that hang. */
  private look(): void {
    this.expire();
    const now = performance.now();
    for (const hand of this.hands)
      for (const { given } of hand.jobs.values())
        if (now - given > (this.options.hungMs ?? HUNG_MS)) {
          void hand.worker.terminate(); // its exit is heard below
          break;
        }
  }

  /** Gives waiting jobs to the least busy workers; starts one more when all are busy. */
  private deal(): void {
    while (this.waiting > 0) {
      let hand = this.hands.reduce<Hand | null>((best, h) => (best && best.jobs.size <= h.jobs.size ? best : h), null);
      if ((!hand || hand.jobs.size > 0) && this.hands.length < this.options.workers) hand = this.start();
      if (!hand || hand.jobs.size >= IN_HAND) return;
      this.give(hand, this.returned.shift() ?? this.queue.take()!.item);
    }
  }

  private give(hand: Hand, job: Job): void {
    const number = ++this.next;
    try {
      for (const held of job.needs) {
        if (hand.slots.get(held.slot) === held.id) continue;
        post(hand, { hold: held });
        hand.slots.set(held.slot, held.id);
      }
      post(hand, { job: number, work: job.work });
      hand.jobs.set(number, { job, given: performance.now() });
    } catch (error) {
      job.failed(error);
    }
  }

  private start(): Hand {
    const worker = new Worker(this.options.program ?? new URL('./cut-worker.js', import.meta.url));
    const hand: Hand = { worker, jobs: new Map(), slots: new Map() };
    worker.unref();
    worker.on('message', (answer: Answer) => {
      const job = hand.jobs.get(answer.job)?.job;
      hand.jobs.delete(answer.job);
      if (job && 'done' in answer) job.done(answer.done);
      else if (job && 'error' in answer) job.failed(answer.damaged ? new SnapshotError('a page is damaged') : answer.error);
      // The next one waits in the worker's hands: its time begins now.
      for (const waiting of hand.jobs.values()) waiting.given = performance.now();
      this.deal();
    });
    worker.on('error', () => {}); // the exit follows
    worker.on('exit', () => this.died(hand));
    this.hands.push(hand);
    return hand;
  }

  /** Its jobs are the next. The first was being worked on: when a second worker dies over it, it is the cause. */
  private died(hand: Hand): void {
    this.hands.splice(this.hands.indexOf(hand), 1);
    if (this.closed) return;
    this.counts.died++;
    for (const [i, { job }] of [...hand.jobs.values()].entries()) {
      if (i === 0 && ++job.tries === 2) job.failed(new Error('two workers died over one tile'));
      else this.returned.push(job);
    }
    this.deal();
  }

  async close(): Promise<void> {
    this.closed = true;
    clearInterval(this.clock);
    for (const job of [...this.returned.splice(0), ...this.queue]) {
      this.queue.delete(job);
      job.failed(new YutuError('overloaded'));
    }
    await Promise.all(this.hands.map((h) => h.worker.terminate()));
  }
}

const post = (hand: Hand, order: Order) => hand.worker.postMessage(order);
