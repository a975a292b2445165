/** Bits per axis of the curve: 2.4 m cells at 2^24. Sixteen would put whole street blocks into one cell and break thinning. */
const BITS = 24;
const SHIFT = 32 - BITS;

/**
 * Position of a world-grid point along the Hilbert curve over the whole int32 plane, as two 24-bit halves.
 * @param out receives the high half at [0] and the low half at [1]
 */
export function hilbert(worldX: number, worldY: number, out: Uint32Array): void {
  let x = ((worldX ^ 0x80000000) >>> SHIFT) & 0xffffff;
  let y = ((worldY ^ 0x80000000) >>> SHIFT) & 0xffffff;
  let high = 0;
  let low = 0;
  for (let bit = BITS - 1; bit >= 0; bit--) {
    const rx = (x >>> bit) & 1;
    const ry = (y >>> bit) & 1;
    const quadrant = (3 * rx) ^ ry;
    if (bit >= BITS / 2) high = (high << 2) | quadrant;
    else low = (low << 2) | quadrant;
    if (ry === 0) {
      const mask = (1 << bit) - 1;
      if (rx === 1) {
        x = ~x & mask;
        y = ~y & mask;
      } else {
        x &= mask;
        y &= mask;
      }
      const swap = x;
      x = y;
      y = swap;
    } else {
      const mask = (1 << bit) - 1;
      x &= mask;
      y &= mask;
    }
  }
  out[0] = high;
  out[1] = low;
}

/** Indexes 0…n−1 in the order of the keys (high, then low; both 24 bits): a stable radix sort. */
export function sortByKeys(high: Uint32Array, low: Uint32Array): Uint32Array<ArrayBuffer> {
  const n = high.length;
  let order = new Uint32Array(n);
  let next = new Uint32Array(n);
  for (let i = 0; i < n; i++) order[i] = i;
  const starts = new Uint32Array(4097);
  for (const [keys, shift] of [
    [low, 0],
    [low, 12],
    [high, 0],
    [high, 12],
  ] as const) {
    starts.fill(0);
    for (let i = 0; i < n; i++) starts[((keys[i]! >>> shift) & 4095) + 1]!++;
    for (let i = 0; i < 4096; i++) starts[i + 1]! += starts[i]!;
    for (let i = 0; i < n; i++) {
      const index = order[i]!;
      next[starts[(keys[index]! >>> shift) & 4095]!++] = index;
    }
    [order, next] = [next, order];
  }
  return order;
}
