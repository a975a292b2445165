import { unproject } from './gauss';

/** A place that somebody wrote as numbers, in degrees of CGCS2000. */
export interface Coordinates {
  lng: number;
  lat: number;
  /** The central meridian it was computed with, where it was written in metres. */
  meridian?: number;
}

type Box = readonly [number, number, number, number];
type Axis = 'lng' | 'lat';
interface Angle {
  value: number;
  axis: Axis | null;
}

/** Longitudes and latitudes that an address in this country has: they tell which of two numbers is which. */
const isLng = (n: number) => n >= 73 && n <= 136;
const isLat = (n: number) => n >= 3 && n <= 54;

/**
 * Reads a pair of coordinates in the ways people write them: decimal or in degrees, minutes and seconds, metres of a Gauss-Krüger zone
 * with its number or without, in either order, also in full-width characters. Metres without a zone may mean several places.
 * @param home the city's box: which zones come into question
 */
export function readCoordinates(text: string, home: Box): Coordinates[] {
  const plain = text
    .normalize('NFKC')
    .replace(/[−‐–—]/g, '-')
    .replace(/(\d)\s*[、;,]\s*(?=[^\d]*\d)/g, '$1 , ')
    .replace(/^[\s([{]+|[\s)\]}]+$/g, '');
  const pair = angles(plain);
  const read = pair ? degrees(pair) : [];
  if (read.length > 0) return read;
  const numbers = plain
    .replace(/[xy]\s*[=:]/gi, ' ')
    .replace(/(米|m)(?![a-z])/gi, ' ')
    .split(/[\s,]+/)
    .filter(Boolean);
  if (numbers.length !== 2 || !numbers.every((n) => /^\d+(\.\d+)?$/.test(n))) return [];
  const [a, b] = numbers.map(Number) as [number, number];
  return metres(a, b, home) ?? metres(b, a, home) ?? [];
}

const MARK = /(东经|西经|北纬|南纬|经度|纬度|lng|lon|lat|[ewns])\s*[:=]?/gi;
const AXIS: Record<string, [Axis, 1 | -1]> = {
  东经: ['lng', 1],
  西经: ['lng', -1],
  经度: ['lng', 1],
  lng: ['lng', 1],
  lon: ['lng', 1],
  e: ['lng', 1],
  w: ['lng', -1],
  北纬: ['lat', 1],
  南纬: ['lat', -1],
  纬度: ['lat', 1],
  lat: ['lat', 1],
  n: ['lat', 1],
  s: ['lat', -1],
};
const NUMBER = String.raw`\d+(?:\.\d+)?`;
const DMS = new RegExp(
  String.raw`(-?${NUMBER})\s*(?:°|度)?\s*(?:(${NUMBER})\s*(?:['′’]|分)\s*)?(?:(${NUMBER})\s*(?:["″”]|''|′′|秒|(?!\s*[\d.°度'′’分])))?`,
  'y',
);

/** Two angles and nothing else; null where the text is not that. */
function angles(text: string): [Angle, Angle] | null {
  const six = text.match(
    new RegExp(String.raw`^(${NUMBER})[\s-](\d+)[\s-](${NUMBER})\s*,?\s+(${NUMBER})[\s-](\d+)[\s-](${NUMBER})$`),
  );
  if (six) {
    const [a, b] = [six.slice(1, 4), six.slice(4)].map(sexagesimal);
    return a === undefined || b === undefined || a === null || b === null
      ? null
      : [
          { value: a, axis: null },
          { value: b, axis: null },
        ];
  }
  const found: Angle[] = [];
  let rest = text;
  while (rest !== '') {
    const before = mark(rest, /^/);
    DMS.lastIndex = 0;
    const [whole, ...parts] = DMS.exec(before.rest) ?? [];
    if (whole === undefined) return null;
    // bare numbers that follow are the other angle, not minutes of this one
    const bare = !/[°度'′’分"″”秒]/.test(whole);
    const used = bare ? /^-?\d+(\.\d+)?/.exec(whole)![0] : whole;
    const value = sexagesimal(bare ? [used] : parts);
    if (value === null) return null;
    const after = before.axis
      ? { axis: null, sign: 1, rest: before.rest.slice(used.length) }
      : mark(before.rest.slice(used.length), /^\s*/);
    const axis = before.axis ?? after.axis;
    found.push({ value: value * (before.axis ? before.sign : after.sign), axis });
    if (bare && /^[-.\d]/.test(after.rest)) return null;
    rest = after.rest.replace(/^[\s,;、]+/, '');
    if (found.length > 2) return null;
  }
  return found.length === 2 ? (found as [Angle, Angle]) : null;
}

/** A word or letter for an axis at the beginning of a text. */
function mark(text: string, space: RegExp): { axis: Axis | null; sign: number; rest: string } {
  const trimmed = text.replace(space, '');
  MARK.lastIndex = 0;
  const found = MARK.exec(trimmed);
  if (found?.index !== 0) return { axis: null, sign: 1, rest: text };
  const [axis, sign] = AXIS[found[1]!.toLowerCase()]!;
  return { axis, sign, rest: trimmed.slice(found[0].length).replace(/^\s+/, '') };
}

function sexagesimal([d, m = '0', s = '0']: readonly (string | undefined)[]): number | null {
  const [minutes, seconds] = [Number(m), Number(s)];
  if (minutes >= 60 || seconds >= 60) return null;
  const value = Math.abs(Number(d)) + minutes / 60 + seconds / 3600;
  return d!.startsWith('-') ? -value : value;
}

function degrees([a, b]: [Angle, Angle]): Coordinates[] {
  const swapped =
    a.axis === 'lat' || b.axis === 'lng' || (!a.axis && !b.axis && !isLng(a.value) && isLat(a.value) && isLng(b.value));
  const [lng, lat] = swapped ? [b.value, a.value] : [a.value, b.value];
  return Math.abs(lng) <= 180 && Math.abs(lat) <= 90 ? [{ lng, lat }] : [];
}

/** Northing and easting in metres; null where they are none. */
function metres(north: number, east: number, [w, s, e, n]: Box): Coordinates[] | null {
  if (north < 300_000 || north > 6_000_000) return null;
  const zone = Math.floor(east / 1_000_000);
  const meridians =
    zone >= 24 && zone <= 45 ? [zone * 3] : zone >= 13 && zone <= 23 ? [zone * 6 - 3] : zone === 0 ? zones(w, e) : [];
  const offset = (east % 1_000_000) - 500_000;
  if (Math.abs(offset) > 400_000) return null;
  const places = meridians.map((meridian) => ({ ...unproject(north, offset, meridian), meridian }));
  const near = places.filter(({ lng, lat }) => lng > w - 1 && lng < e + 1 && lat > s - 1 && lat < n + 1);
  const middle = (w + e) / 2;
  near.sort((a, b) => Math.abs(a.lng - middle) - Math.abs(b.lng - middle));
  return zone === 0 ? (near.length > 0 ? near : null) : places.length > 0 ? places : null;
}

/** The central meridians of three-degree zones that the city lies in. */
const zones = (w: number, e: number) => {
  const first = Math.round(w / 3);
  return Array.from({ length: Math.round(e / 3) - first + 1 }, (_, i) => (first + i) * 3);
};
