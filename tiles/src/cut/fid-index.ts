/** A hash index over distinct feature ids. */
export class FidIndex {
  readonly #slots: Int32Array;
  readonly #mask: number;

  constructor(private readonly fids: Float64Array) {
    let size = 16;
    while (size < fids.length * 2) size *= 2;
    this.#mask = size - 1;
    this.#slots = new Int32Array(size).fill(-1);
    for (let i = 0; i < fids.length; i++) {
      let slot = hash(fids[i]!) & this.#mask;
      while (this.#slots[slot]! >= 0) slot = (slot + 1) & this.#mask;
      this.#slots[slot] = i;
    }
  }

  /** The position of an id, or −1. */
  find(fid: number): number {
    let slot = hash(fid) & this.#mask;
    for (;;) {
      const index = this.#slots[slot]!;
      if (index < 0 || this.fids[index] === fid) return index;
      slot = (slot + 1) & this.#mask;
    }
  }
}

function hash(fid: number): number {
  const low = fid | 0;
  const high = (fid / 4294967296) | 0;
  let h = Math.imul(low ^ Math.imul(high, 0x85ebca6b), 0x9e3779b1);
  h ^= h >>> 15;
  h = Math.imul(h, 0x85ebca6b);
  return (h ^ (h >>> 13)) >>> 0;
}
