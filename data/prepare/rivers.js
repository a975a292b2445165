/**
 * Cuts a city's rivers at its outline and a few kilometres around it, so that none ends where the source's rectangle did.
 *
 *     node data/prepare/rivers.js data/chongqing/base [source.geojson]
 *
 * The folder's `districts.geojson` give the outline; the source is the folder's `rivers.geojson` when none is named, and that file is
 * written. Parts that never come into the city are left out. An end within half a kilometre of another river is drawn to it (a mouth).
 * Run again on what it wrote, it changes nothing.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as turf from '@turf/turf';

const AROUND_KM = 5;
const MOUTH_KM = 0.5;
/** What is shorter is what rounding left over. */
const LEAST_KM = 0.05;
const folder = process.argv[2];
if (!folder) {
  console.error('usage: node data/prepare/rivers.js <folder of base maps> [source.geojson]');
  process.exit(2);
}
const read = (path) => JSON.parse(readFileSync(path, 'utf8'));
const round = (position) => position.map((n) => Math.round(n * 1e5) / 1e5);
const partsOf = ({ type, coordinates }) => (type === 'LineString' ? [coordinates] : coordinates);

const city = turf.union(read(join(folder, 'districts.geojson')));
const around = turf.buffer(city, AROUND_KM, { units: 'kilometers' });

/** The parts of a line that lie within the surroundings and come into the city. */
function within(line) {
  const pieces = turf.lineSplit(turf.lineString(line), turf.polygonToLine(around)).features;
  return (pieces.length ? pieces : [turf.lineString(line)])
    .filter((piece) => turf.length(piece) > LEAST_KM)
    .filter((piece) => turf.booleanPointInPolygon(turf.along(piece, turf.length(piece) / 2), around))
    .map((piece) => piece.geometry.coordinates.map(round))
    .filter((part) => part.some((position) => turf.booleanPointInPolygon(position, city)));
}

/** The nearest place of another river within reach of an end, or nothing where the end lies on it. */
function mouth(end, rivers, own) {
  const near = rivers
    .filter((river) => river !== own)
    .flatMap(({ parts }) => parts.map((part) => turf.nearestPointOnLine(turf.lineString(part), end)))
    .sort((a, b) => a.properties.dist - b.properties.dist)[0];
  return near && near.properties.dist < MOUTH_KM && near.properties.dist > 0.002 ? [round(near.geometry.coordinates)] : [];
}

const rivers = read(process.argv[3] ?? join(folder, 'rivers.geojson'))
  .features.map(({ properties, geometry }) => ({ properties, parts: partsOf(geometry).flatMap(within) }))
  .filter(({ parts }) => parts.length > 0);
for (const river of rivers)
  river.parts = river.parts.map((part) => [...mouth(part[0], rivers, river), ...part, ...mouth(part.at(-1), rivers, river)]);

const features = rivers.map(({ properties, parts }) => {
  const geometry =
    parts.length === 1 ? { type: 'LineString', coordinates: parts[0] } : { type: 'MultiLineString', coordinates: parts };
  const length_km = Math.round(turf.length(turf.feature(geometry)) * 100) / 100;
  return JSON.stringify({ type: 'Feature', properties: { ...properties, length_km }, geometry });
});
writeFileSync(join(folder, 'rivers.geojson'), `{"type":"FeatureCollection","features":[\n${features.join(',\n')}\n]}\n`);
