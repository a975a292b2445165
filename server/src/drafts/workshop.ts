import { Worker } from 'node:worker_threads';
import { type Client, ClientLeft, currentClient } from '../db/client.js';
import { FairQueue } from '../db/fair-queue.js';
import { YutuError } from '../errors/fail.js';
import type { DraftAnswer, DraftFault, DraftTask } from './worker.js';

/** A worker that takes so long for one draft is ended. */
const PATIENCE_MS = 30_000;
/** Tasks that one person may have waiting. */
const MOST_WAITING = 200;

interface Job {
  task: DraftTask;
  resolve: (answer: DraftAnswer) => void;
  reject: (error: Error) => void;
}

/**
 * A thread for drafts, and the fair queue before it: one task at a time, people take turns. Where it ends over a task only that one
 * fails, and the next starts another thread.
 */
export class Workshop {
  private worker: Worker | null = null;
  private readonly queue = new FairQueue<Job>();
  private readonly waiting = new Map<string, number>();
  private current: Job | null = null;
  private late: NodeJS.Timeout | undefined;

  constructor(private readonly program = new URL('./worker.js', import.meta.url)) {}

  /** @throws `draft_too_hard`, what the task finds wrong; `overloaded` for who has too many waiting; ClientLeft */
  ask(task: DraftTask): Promise<DraftAnswer> {
    const client = currentClient();
    return new Promise((resolve, reject) => {
      const own = this.waiting.get(client.id) ?? 0;
      if (own >= MOST_WAITING) return reject(new YutuError('overloaded'));
      this.waiting.set(client.id, own + 1);
      const job: Job = { task, resolve, reject };
      const left = () => {
        if (this.queue.delete(job)) settle(reject)(new ClientLeft());
      };
      const settle =
        <T>(how: (value: T) => void) =>
        (value: T) => {
          client.signal?.removeEventListener('abort', left);
          this.forget(client);
          how(value);
        };
      job.resolve = settle(resolve);
      job.reject = settle(reject);
      client.signal?.addEventListener('abort', left);
      this.queue.add(client, job);
      this.deal();
    });
  }

  private forget({ id }: Client): void {
    const left = this.waiting.get(id)! - 1;
    if (left === 0) this.waiting.delete(id);
    else this.waiting.set(id, left);
  }

  private deal(): void {
    if (this.current) return;
    const next = this.queue.take();
    if (!next) return;
    this.current = next.item;
    const worker = this.running();
    this.late = setTimeout(() => void worker.terminate(), PATIENCE_MS);
    worker.postMessage(next.item.task);
  }

  private done(settle: (job: Job) => void): void {
    clearTimeout(this.late);
    const job = this.current;
    this.current = null;
    if (job) settle(job);
    this.deal();
  }

  private running(): Worker {
    if (this.worker) return this.worker;
    const worker = new Worker(this.program, { resourceLimits: { maxOldGenerationSizeMb: 1024 } });
    worker.unref();
    worker.on('message', ({ answer, fault }: { answer?: DraftAnswer; fault?: DraftFault }) =>
      this.done((job) => {
        if (answer) job.resolve(answer);
        else if (fault) job.reject(new YutuError(fault.code, fault.values, fault.more));
      }),
    );
    worker.on('error', () => {}); // what it could not take is told on exit
    worker.on('exit', () => {
      this.worker = null;
      this.done((job) => job.reject(new YutuError('draft_too_hard')));
    });
    this.worker = worker;
    return worker;
  }

  async close(): Promise<void> {
    await this.worker?.terminate();
  }
}
