/** Registers of the sketch: a power of two. */
const REGISTERS = 4_096;
const BITS = 12;

/** A HyperLogLog sketch of distinct hashes (Flajolet et al. 2007): the same whatever the order they come in. */
export type Distinct = Uint8Array;

export const createDistinct = (): Distinct => new Uint8Array(REGISTERS);

/** Takes in the 32-bit hash of a value. */
export function noteHash(sketch: Distinct, hash: number): void {
  let h = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  h ^= h >>> 16;
  const rank = Math.clz32((h << BITS) | (1 << (BITS - 1))) + 1;
  const register = h >>> (32 - BITS);
  if (rank > sketch[register]!) sketch[register] = rank;
}

/** How many distinct hashes there were, within some 2 % up to a hundred million. */
export function distinctOf(sketch: Distinct): number {
  let sum = 0;
  let zeros = 0;
  for (const rank of sketch) {
    sum += 2 ** -rank;
    if (rank === 0) zeros++;
  }
  const estimate = (0.7213 / (1 + 1.079 / REGISTERS)) * (REGISTERS ** 2 / sum);
  if (estimate < 2.5 * REGISTERS && zeros > 0) return Math.round(REGISTERS * Math.log(REGISTERS / zeros));
  const whole = 2 ** 32;
  return Math.round(estimate > whole / 30 ? -whole * Math.log(1 - estimate / whole) : estimate);
}
