/** Lets so many pieces of work run at once; the others wait in line. */
export class Turns {
  private running = 0;
  private readonly line: (() => void)[] = [];

  constructor(private readonly most: number) {}

  get waiting(): number {
    return this.line.length;
  }

  async take<T>(work: () => Promise<T>): Promise<T> {
    // Who ends hands the turn on, so that nobody slips in between.
    if (this.running < this.most) this.running++;
    else await new Promise<void>((resolve) => this.line.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.line.shift();
      if (next) next();
      else this.running--;
    }
  }
}
