import { seeded } from '../statistics.js';
import { line as lineOf, point, polygon } from './ewkb.js';

/**
 * A seeded city: the same parcels, streets and addresses every time, twice as dense in the middle. Parcels share their borders,
 * vertex by vertex. 300,000 parcels make 60 km by 60 km and 9.6 M vertices.
 */
const KINDS = ['住宅', '商业', '工业', '教育', '医疗', '绿地', '道路', '水域', '仓储', '公用', '行政', '耕地'];
const CLASSES = ['快速路', '主干路', '次干路', '支路'];
const EDGE_POINTS = 7;

/** A number in −1…1 that depends on its arguments only: neighbours reckon the vertices they share alike. */
function noise(a, b, c) {
  let h = Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca6b) ^ Math.imul(c, 0xc2b2ae3d);
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  h = Math.imul(h ^ (h >>> 12), 0x297a2d39);
  return ((h ^ (h >>> 15)) >>> 0) / 2147483648 - 1;
}

/** Degrees from the west of a city of so many parcels to its east. */
export const cityWidth = (parcels) => 0.6 * Math.sqrt(parcels / 300_000);

/** The layers of a city of so many parcels: kind of geometry, columns, and rows of [fid, EWKB, …values]. */
export function cityOf(parcels) {
  const side = Math.ceil(Math.sqrt(parcels));
  const width = cityWidth(parcels);
  const warp = (t) => t * (0.5 + 0.5 * Math.abs(t));
  const lonOf = (u) => 106.55 + (width / 2) * warp((2 * u) / side - 1);
  const latOf = (v) => 29.56 + (width / 2) * warp((2 * v) / side - 1);

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

  function* parcelRows() {
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
      yield [
        i + 1,
        polygon([ring]),
        `地块 ${i + 1}`,
        kind,
        1000 + 500 * noise(x, y, 8),
        1980 + (i % 45),
        `街道 ${x >> 4}-${y >> 4}`,
      ];
    }
  }

  const streets = Math.ceil(parcels / 8);
  function* streetRows() {
    const random = seeded(8);
    for (let i = 0; i < streets; i++) {
      let [u, v, heading] = [side * random(), side * random(), Math.floor(4 * random()) * (Math.PI / 2)];
      const line = [];
      for (let n = 5 + Math.floor(115 * random() ** 3); n > 0; n--) {
        line.push(lonOf(u), latOf(v));
        heading += 0.3 * (random() - 0.5);
        u += 0.3 * Math.cos(heading);
        v += 0.3 * Math.sin(heading);
      }
      yield [
        i + 1,
        lineOf(line),
        `${KINDS[i % 12]}路 ${i >> 3}`,
        CLASSES[Math.floor(4 * random() ** 0.5)],
        2 + (i % 7),
        line.length * 20.5,
      ];
    }
  }

  function* addressRows() {
    const random = seeded(1);
    for (let i = 0; i < parcels; i++) {
      const place = [lonOf(side * random()), latOf(side * random())];
      yield [i + 1, point(...place), `门牌 ${i + 1}`, KINDS[Math.floor(12 * random() ** 2)], i % 33];
    }
  }

  const column = (name, type) => ({ name, type });
  return [
    {
      name: 'parcels',
      kind: 'Polygon',
      columns: [
        column('name', 'text'),
        column('kind', 'text'),
        column('area', 'double'),
        column('year', 'integer'),
        column('street', 'text'),
      ],
      rows: parcelRows,
    },
    {
      name: 'streets',
      kind: 'LineString',
      columns: [column('name', 'text'), column('class', 'text'), column('lanes', 'integer'), column('metres', 'double')],
      rows: streetRows,
    },
    {
      name: 'addresses',
      kind: 'Point',
      columns: [column('name', 'text'), column('kind', 'text'), column('floors', 'integer')],
      rows: addressRows,
    },
  ];
}
