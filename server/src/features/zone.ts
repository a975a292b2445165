import type { PolygonInput } from '../access/areas.js';
import { badParameter } from '../errors/fail.js';

/** CGCS2000 Gauss-Krüger in EPSG: from a first code on, one each 3° or 6° of longitude from 75° E, with the zone's number before the easting or without. */
const SERIES = [
  { first: 4491, last: 4501, degrees: 6 },
  { first: 4502, last: 4512, degrees: 6 },
  { first: 4513, last: 4533, degrees: 3 },
  { first: 4534, last: 4554, degrees: 3 },
] as const;

/** The central meridian of a zone; null for a code that is none. */
export function meridianOf(epsg: number): number | null {
  const series = SERIES.find(({ first, last }) => epsg >= first && epsg <= last);
  return series ? 75 + series.degrees * (epsg - series.first) : null;
}

/** Farther from its meridian than this nobody measures in a zone: a file in the neighbour's is usual, one two zones off is a mistake. */
const FARTHEST = 4.5;

/**
 * The zone in whose plane areas are told beside those on the ellipsoid: the one that is named, else the one that the layer is kept in.
 * @throws `parameter_invalid` for what is no zone, and for one that is too far
 */
export function zoneFor(named: number | undefined, srid: number, { coordinates }: PolygonInput): number | null {
  if (named === undefined) return meridianOf(srid) === null ? null : srid;
  const meridian = meridianOf(named);
  if (meridian === null)
    badParameter(
      'zone',
      '应为 CGCS2000 高斯投影带的 EPSG 编号（4491 至 4554）',
      'it must be the EPSG code of a CGCS2000 zone (4491 to 4554)',
    );
  const numbers = (coordinates as unknown[]).flat(3) as number[];
  const lon = numbers[0]!;
  if (Math.abs(lon - meridian) > FARTHEST)
    badParameter(
      'zone',
      `这个投影带的中央经线是 ${meridian}°，离图形太远`,
      `the central meridian of this zone is ${meridian}° E, too far from the polygon`,
    );
  return named;
}
