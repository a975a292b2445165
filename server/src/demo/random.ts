/** A small seeded stream of numbers: the same seed gives the same numbers on every machine and every run. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** Uniform in [low, high). */
  between(low: number, high: number): number;
  /** Uniform integer in [low, high], both included. */
  int(low: number, high: number): number;
  /** Normal with mean 0 and deviation 1. */
  normal(): number;
  /** One of the items, which must not be empty. */
  of<T>(items: readonly T[]): T;
  /** A stream of its own for a part of the work, so that parts do not disturb each other's numbers. */
  fork(label: string): Random;
}

/** FNV-1a over UTF-16 units: spreads a label over 32 bits. */
function hash(label: string, start: number): number {
  let h = (start ^ 0x811c9dc5) >>> 0;
  for (let i = 0; i < label.length; i++) h = Math.imul(h ^ label.charCodeAt(i), 0x01000193) >>> 0;
  return h;
}

/** Random numbers by mulberry32; `seed` is any integer, its lower 32 bits count. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  return {
    next,
    between: (low, high) => low + (high - low) * next(),
    int: (low, high) => low + Math.floor((high - low + 1) * next()),
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
    of: (items) => items[Math.floor(next() * items.length)]!,
    fork: (label) => createRandom(hash(label, seed)),
  };
}
