import { cityWidth, KINDS, latticeOf, PARCEL_COLUMNS, parcelsOf } from '../../../tiles/city.js';
import { seeded } from '../statistics.js';
import { line as lineOf, point, polygon } from './ewkb.js';

/** The seeded city as tables: the parcels of `tiles/city.js`, streets and addresses on the same lattice. */
const CLASSES = ['快速路', '主干路', '次干路', '支路'];

export { cityWidth };

/** The layers of a city of so many parcels: kind of geometry, columns, and rows of [fid, EWKB, …values]. */
export function cityOf(parcels) {
  const { side, lonOf, latOf } = latticeOf(parcels);

  function* parcelRows() {
    for (const { fid, ring, values } of parcelsOf(parcels)) yield [fid, polygon([ring]), ...values];
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
      columns: PARCEL_COLUMNS,
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
