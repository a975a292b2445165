/** Multipliers of xxHash32. */
const P1 = 0x9e3779b1;
const P2 = 0x85ebca77;
const P3 = 0xc2b2ae3d;

/**
 * A 32-bit checksum of words, four lanes in the manner of xxHash32 (not bit-compatible with it). It finds torn and flipped files
 * at a few GB/s; it is no defence against a forger.
 */
export function checksum(words: Uint32Array, seed: number): number {
  let a = (seed + P1) | 0;
  let b = (seed ^ P2) | 0;
  let c = seed | 0;
  let d = (seed - P3) | 0;
  const n = words.length;
  const whole = n - (n % 4);
  let i = 0;
  for (; i < whole; i += 4) {
    a = round(a, words[i]!);
    b = round(b, words[i + 1]!);
    c = round(c, words[i + 2]!);
    d = round(d, words[i + 3]!);
  }
  for (; i < n; i++) a = round(a, words[i]!);
  let hash = (n + rotate(a, 1) + rotate(b, 7) + rotate(c, 12) + rotate(d, 18)) | 0;
  hash = Math.imul(hash ^ (hash >>> 15), P2);
  hash = Math.imul(hash ^ (hash >>> 13), P3);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function round(lane: number, word: number): number {
  return Math.imul(rotate((lane + Math.imul(word, P2)) | 0, 13), P1);
}

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}
