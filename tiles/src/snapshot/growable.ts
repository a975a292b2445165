type Numbers = Int32Array<ArrayBuffer> | Uint32Array<ArrayBuffer> | Float64Array<ArrayBuffer> | Uint8Array<ArrayBuffer>;

/** A typed array that grows by half when full. `data` is replaced on growth: never keep it across a push. */
export class Growable<T extends Numbers> {
  data: T;
  length = 0;

  constructor(
    private readonly make: (n: number) => T,
    capacity = 1024,
  ) {
    this.data = make(capacity);
  }

  push(value: number): void {
    if (this.length === this.data.length) this.reserve(1);
    this.data[this.length++] = value;
  }

  /** Makes room for `n` more. */
  reserve(n: number): void {
    const needed = this.length + n;
    if (needed <= this.data.length) return;
    const grown = this.make(Math.max(needed, Math.ceil(this.data.length * 1.5)));
    grown.set(this.data.subarray(0, this.length) as never);
    this.data = grown;
  }

  /** What has been pushed, as a view. */
  view(): T {
    return this.data.subarray(0, this.length) as T;
  }
}

export const growInt32 = (capacity?: number) => new Growable((n) => new Int32Array(n), capacity);
export const growUint32 = (capacity?: number) => new Growable((n) => new Uint32Array(n), capacity);
export const growUint8 = (capacity?: number) => new Growable((n) => new Uint8Array(n), capacity);
export const growFloat64 = (capacity?: number) => new Growable((n) => new Float64Array(n), capacity);

/** Bytes up to the next multiple of 8, where any typed array may begin. */
export function align(size: number): number {
  return Math.ceil(size / 8) * 8;
}
