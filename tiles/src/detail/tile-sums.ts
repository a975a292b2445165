const WORLD_HALF = 2 ** 30;

/** Adds up a quantity per tile of one zoom and knows the largest sum. */
export class TileSums {
  #keys = new Int32Array(1024).fill(-1);
  #sums = new Float64Array(1024);
  #used = 0;
  #shift = 0;
  #last = 0;
  max = 0;

  /** Begins a zoom; zooms past 15 would overflow the keys. */
  begin(zoom: number): void {
    this.#keys.fill(-1);
    this.#used = 0;
    this.#shift = 31 - zoom;
    this.#last = 2 ** zoom - 1;
    this.max = 0;
  }

  /** Adds to the tile that holds a world-grid point; points beside the world count with the nearest tile. */
  add(x: number, y: number, amount: number): void {
    const last = this.#last;
    const column = Math.min(last, (Math.max(-WORLD_HALF, Math.min(WORLD_HALF, x)) + WORLD_HALF) >>> this.#shift);
    const row = Math.min(last, (Math.max(-WORLD_HALF, Math.min(WORLD_HALF, y)) + WORLD_HALF) >>> this.#shift);
    const slot = this.#slot(row * (last + 1) + column);
    const sum = this.#sums[slot]! + amount;
    this.#sums[slot] = sum;
    if (sum > this.max) this.max = sum;
  }

  #slot(key: number): number {
    const mask = this.#keys.length - 1;
    let slot = (Math.imul(key, 0x9e3779b1) >>> 7) & mask;
    for (;;) {
      const found = this.#keys[slot]!;
      if (found === key) return slot;
      if (found < 0) break;
      slot = (slot + 1) & mask;
    }
    if (++this.#used * 2 > this.#keys.length) {
      this.#grow();
      return this.#slot(key);
    }
    this.#keys[slot] = key;
    this.#sums[slot] = 0;
    return slot;
  }

  #grow(): void {
    const keys = this.#keys;
    const sums = this.#sums;
    this.#keys = new Int32Array(keys.length * 4).fill(-1);
    this.#sums = new Float64Array(keys.length * 4);
    this.#used = 0;
    for (let i = 0; i < keys.length; i++) if (keys[i]! >= 0) this.#sums[this.#slot(keys[i]!)] = sums[i]!;
  }
}
