/** A coordinate system as a file names it. */
export interface CrsName {
  /** As it stands in the file, or short for it: what people are told. */
  shown: string;
  authority: string | null;
  code: number | null;
  name: string | null;
}

/** What GeoJSON has when nothing is said (RFC 7946 §4), whichever of the datums that agree to centimetres it is on. */
export type Crs = CrsName | 'lonlat';

/** Codes of longitude and latitude. The order of axes that an authority gives them is not that of GeoJSON, which has the longitude first. */
const LONLAT_CODES = ['EPSG:4326', 'EPSG:4490', 'EPSG:4979', 'EPSG:4480', 'OGC:84'];
const LONLAT_NAMES = [
  'crs84',
  'wgs84',
  'gcswgs84',
  'wgs84crs84',
  'wgs84longitudelatitude',
  'cgcs2000',
  'gcscgcs2000',
  'chinageodeticcoordinatesystem2000',
  'gcschinageodeticcoordinatesystem2000',
];

/** One spelling for names that mean the same: without blanks and strokes, and with the same abbreviations. */
export const plainName = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9\u0080-\uffff]/g, '')
    .replace('wgs1984', 'wgs84')
    .replace('gausskruger', 'gk');

/**
 * The `crs` member of a GeoJSON document, feature or geometry: a name, an OGC URN or address, an EPSG type, a link, WKT, PROJJSON.
 * @returns null where none is given
 */
export function readCrs(given: unknown): Crs | null {
  if (given === undefined || given === null) return null;
  if (typeof given === 'string') return crsOf(given);
  if (typeof given !== 'object') return unknown(String(given));
  const { type, properties, id, name } = given as Record<string, unknown>;
  const inner = isObject(properties) ? properties : {};
  if (type === 'EPSG') return codeCrs('EPSG', inner.code, `EPSG:${String(inner.code).slice(0, 20)}`);
  for (const text of [inner.name, type === 'link' ? inner.href : undefined]) if (typeof text === 'string') return crsOf(text);
  if (isObject(id)) return codeCrs(String(id.authority), id.code, `${id.authority}:${id.code}`.slice(0, 80));
  if (typeof name === 'string') return crsOf(name);
  return unknown(JSON.stringify(given).slice(0, 80));
}

/** A coordinate system by its name, URN, address or WKT. */
export function crsOf(given: string): Crs {
  const text = given.trim();
  if (/^[A-Z_0-9]+\s*\[/i.test(text)) return wktCrs(text);
  const parts =
    /^urn:(?:x-)?ogc:def:crs:([\w-]+):[\w.]*:([\w-]+)$/i.exec(text) ??
    /^https?:\/\/(?:www\.)?opengis\.net\/def\/crs\/([\w-]+)\/[\w.]+\/([\w-]+)$/i.exec(text) ??
    /^https?:\/\/(?:www\.)?opengis\.net\/gml\/srs\/([\w-]+)\.xml#(\d+)$/i.exec(text) ??
    /^https?:\/\/(?:www\.)?(?:spatialreference\.org\/ref|epsg\.io)\/(?:([a-z]+)\/)?(\d+)(?:[/.].*)?$/i.exec(text) ??
    /^([a-z]+)::?(\w+)$/i.exec(text);
  if (parts) return codeCrs(parts[1] ?? 'EPSG', parts[2], text.slice(0, 80));
  return namedCrs(text);
}

function codeCrs(authority: string, code: unknown, shown: string): Crs {
  const upper = authority.toUpperCase();
  if (upper === 'OGC' && /^CRS84h?$/i.test(String(code))) return 'lonlat';
  const digits = /^\d{1,9}$/.test(String(code)) ? Number(code) : null;
  if (digits === null) return unknown(shown);
  return LONLAT_CODES.includes(`${upper}:${digits}`) ? 'lonlat' : { shown, authority: upper, code: digits, name: null };
}

function namedCrs(name: string): Crs {
  return LONLAT_NAMES.includes(plainName(name))
    ? 'lonlat'
    : { shown: name.slice(0, 80), authority: null, code: null, name: plainName(name) };
}

/** WKT of either version: by the code that stands at its end, which is the whole's and not that of a part; else by its name. */
function wktCrs(wkt: string): Crs {
  const name = /"([^"]*)"/.exec(wkt)?.[1] ?? '';
  const code = /(?:AUTHORITY|ID)\s*\[\s*"(\w+)"\s*,\s*"?(\d+)"?\s*(?:,[^[\]]*)?\]\s*\]\s*$/i.exec(wkt);
  return code ? codeCrs(code[1]!, code[2], name === '' ? `${code[1]}:${code[2]}` : name.slice(0, 80)) : namedCrs(name);
}

const unknown = (shown: string): CrsName => ({ shown: shown.slice(0, 80), authority: null, code: null, name: null });
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
