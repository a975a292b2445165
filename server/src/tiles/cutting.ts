/** A cut under way and those who wait for it. When the last has left, `signal` tells that nobody wants it any more. */
export class Cutting<T> {
  readonly promise: Promise<T>;
  private readonly left = new AbortController();
  private waiting = 0;

  constructor(work: (signal: AbortSignal) => Promise<T>) {
    this.promise = work(this.left.signal);
    this.promise.catch(() => {}); // those who wait hear of it
  }

  get abandoned(): boolean {
    return this.left.signal.aborted;
  }

  /** One more waits. */
  join(): this {
    this.waiting++;
    return this;
  }

  /** One waits no longer. */
  leave(): void {
    if (--this.waiting === 0) this.left.abort(new Abandoned());
  }
}

/** Everybody who waited for the tile has left. */
export class Abandoned extends Error {}
