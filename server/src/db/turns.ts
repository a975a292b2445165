import { YutuError } from '../errors/fail.js';

/** How many may wait for a turn, and for how long (ms). */
export interface Line {
  waiting: number;
  patienceMs: number;
}

const ENDLESS: Line = { waiting: Number.POSITIVE_INFINITY, patienceMs: Number.POSITIVE_INFINITY };
const RETRY_SECONDS = 2;

/** Lets so many pieces of work run at once; the others wait in line. */
export class Turns {
  private running = 0;
  private readonly line = new Set<() => void>();

  constructor(
    private readonly most: number,
    private readonly bounds: Line = ENDLESS,
  ) {}

  get waiting(): number {
    return this.line.size;
  }

  /** @throws `overloaded` when too many wait or the wait gets too long */
  async take<T>(work: () => Promise<T>): Promise<T> {
    const leave = await this.enter();
    try {
      return await work();
    } finally {
      leave();
    }
  }

  /** Waits for a turn. @returns what ends it, to be called once. @throws `overloaded` when too many wait or the wait gets too long */
  async enter(): Promise<() => void> {
    // Who ends hands the turn on, so that nobody slips in between.
    if (this.running < this.most) this.running++;
    else await this.wait();
    return () => {
      const [next] = this.line;
      if (next) next();
      else this.running--;
    };
  }

  private wait(): Promise<void> {
    const { waiting, patienceMs } = this.bounds;
    return new Promise((resolve, reject) => {
      const refuse = () => reject(new YutuError('overloaded', {}, { retryAfter: RETRY_SECONDS }));
      if (this.line.size >= waiting) return refuse();
      const late = Number.isFinite(patienceMs) ? setTimeout(() => this.line.delete(go) && refuse(), patienceMs) : undefined;
      const go = () => {
        clearTimeout(late);
        this.line.delete(go);
        resolve();
      };
      this.line.add(go);
    });
  }
}
