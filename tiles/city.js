/**
 * A seeded city for benchmarks, here and in `test/bench`: the same parcels every time, twice as dense in the middle. Parcels share
 * their borders, vertex by vertex. 300,000 parcels make 60 km by 60 km and 9.6 M vertices. No part of the package.
 */
export const KINDS = ['住宅', '商业', '工业', '教育', '医疗', '绿地', '道路', '水域', '仓储', '公用', '行政', '耕地'];
const EDGE_POINTS = 7;

/** mulberry32: the same numbers in 0…1 for the same seed. */
export function seeded(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** A number in −1…1 that depends on its arguments only: neighbours reckon the vertices they share alike. */
function noise(a, b, c) {
  let h = Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca6b) ^ Math.imul(c, 0xc2b2ae3d);
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  h = Math.imul(h ^ (h >>> 12), 0x297a2d39);
  return ((h ^ (h >>> 15)) >>> 0) / 2147483648 - 1;
}

/** Degrees from the west of a city of so many parcels to its east. */
export const cityWidth = (parcels) => 0.6 * Math.sqrt(parcels / 300_000);

/** The lattice that a city of so many parcels lies on, so many lots to a side, and the degrees of a place on it. */
export function latticeOf(parcels) {
  const side = Math.ceil(Math.sqrt(parcels));
  const width = cityWidth(parcels);
  const warp = (t) => t * (0.5 + 0.5 * Math.abs(t));
  return {
    side,
    lonOf: (u) => 106.55 + (width / 2) * warp((2 * u) / side - 1),
    latOf: (v) => 29.56 + (width / 2) * warp((2 * v) / side - 1),
  };
}

export const PARCEL_COLUMNS = [
  { name: 'name', type: 'text' },
  { name: 'kind', type: 'text' },
  { name: 'area', type: 'double' },
  { name: 'year', type: 'integer' },
  { name: 'street', type: 'text' },
];

/** The parcels: fid, the closed ring as [lon, lat, lon, lat, …], and the values of PARCEL_COLUMNS. */
export function* parcelsOf(parcels) {
  const { side, lonOf, latOf } = latticeOf(parcels);

  const corner = (i, j) => [i + 0.3 * noise(i, j, 1), j + 0.3 * noise(i, j, 4)];
  /** The corner (i0, j0) and the points on the way to the next, which sway alike for the two parcels that share them. */
  function edge(out, i0, j0, i1, j1) {
    const forward = i0 + j0 < i1 + j1;
    const [a, b] = forward ? [i0, j0] : [i1, j1];
    const flat = j0 === j1 ? 1 : 0;
    for (let k = 0; k <= EDGE_POINTS; k++) {
      const step = forward ? k : EDGE_POINTS + 1 - k;
      const t = step / (EDGE_POINTS + 1);
      const [ua, va] = corner(a, b);
      const [ub, vb] = corner(a + flat, b + 1 - flat);
      const sway = k === 0 ? 0 : 0.04;
      const u = ua + t * (ub - ua) + sway * noise(a * 97 + step, b, 2 + flat);
      const v = va + t * (vb - va) + sway * noise(a * 97 + step, b, 5 + flat);
      out.push(lonOf(u), latOf(v));
    }
  }

  for (let i = 0; i < parcels; i++) {
    const x = i % side;
    const y = Math.floor(i / side);
    const ring = [];
    edge(ring, x, y, x + 1, y);
    edge(ring, x + 1, y, x + 1, y + 1);
    edge(ring, x + 1, y + 1, x, y + 1);
    edge(ring, x, y + 1, x, y);
    ring.push(ring[0], ring[1]);
    const kind = KINDS[Math.floor((noise(x >> 3, y >> 3, 9) + 1) * 6) % 12];
    const values = [`地块 ${i + 1}`, kind, 1000 + 500 * noise(x, y, 8), 1980 + (i % 45), `街道 ${x >> 4}-${y >> 4}`];
    yield { fid: i + 1, ring, values };
  }
}
