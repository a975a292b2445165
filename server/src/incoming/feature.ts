import { type Crs, type CrsName, readCrs } from './crs.js';
import { NoDocument, type Part, partsOf } from './documents.js';
import { readJson } from './json.js';
import type { Note } from './note.js';

/** A feature as it was given: nothing of it is checked but that it says it is one. */
export interface GivenFeature {
  type: 'Feature';
  id?: unknown;
  geometry: unknown;
  properties: unknown;
  /** Of its coordinates, when they are not longitude and latitude. */
  crs?: CrsName;
  /** Names of its properties as they stand, where an object has them in another order: numbers first. */
  names?: string[];
}

const GEOMETRIES = ['Point', 'MultiPoint', 'LineString', 'MultiLineString', 'Polygon', 'MultiPolygon', 'GeometryCollection'];

/**
 * A member of a list of features; what is none is handed on as it is, whoever counts features can say which.
 * @param outer what the document says of all of them; a feature or geometry that names a system itself goes before
 * @throws SyntaxError
 */
export function featureOf(text: string, outer: Crs | null = null): GivenFeature {
  const feature = prepared(readJson(text) as GivenFeature, outer);
  const names = isObject(feature?.properties) ? Object.keys(feature.properties) : [];
  return names.some((name) => /^\d+$/.test(name)) ? { ...feature, names: namesIn(text) } : feature;
}

/** Names of the properties in a feature's text, in its order. */
function namesIn(text: string): string[] {
  const membersOf = (object: string) => [...partsOf(object)].flatMap((part) => (part.kind === 'object' ? [part.members] : []))[0];
  const properties = membersOf(text)?.get('properties');
  return properties === undefined ? [] : [...(membersOf(properties)?.keys() ?? [])];
}

function prepared(given: GivenFeature, outer: Crs | null): GivenFeature {
  if (!isObject(given) || given.type !== 'Feature') return given;
  const { type, id, geometry, properties } = given;
  const crs = (isObject(geometry) ? readCrs(geometry.crs) : null) ?? readCrs((given as { crs?: unknown }).crs) ?? outer;
  return {
    type,
    ...(id === undefined || id === null ? {} : { id }),
    geometry,
    properties: isObject(properties) ? named(properties) : properties,
    ...(crs === null || crs === 'lonlat' ? {} : { crs }),
  };
}

/** Properties without a name get one. */
function named(properties: Record<string, unknown>): Record<string, unknown> {
  const names = Object.keys(properties);
  if (names.every((name) => name.trim() !== '')) return properties;
  const taken = new Set(names);
  return Object.fromEntries(
    Object.entries(properties).map(([name, value]) => {
      if (name.trim() !== '') return [name, value];
      let made = 'unnamed';
      for (let n = 2; taken.has(made); n++) made = `unnamed_${n}`;
      taken.add(made);
      return [made, value];
    }),
  );
}

/** What a document is apart from the features in its list. */
export interface DocumentMembers {
  crs: Crs | null;
  name: string | null;
  /** The feature that it is itself, also where it is a bare geometry. */
  own: GivenFeature[];
}

/** @throws NoDocument for what is no GeoJSON object; SyntaxError */
export function featuresOf({ kind, members }: Exclude<Part, { kind: 'element' }>): DocumentMembers {
  const type = parsed(members, 'type');
  const crs = readCrs(parsed(members, 'crs'));
  const name = parsed(members, 'name');
  const about = { crs, name: typeof name === 'string' ? name : null };
  if (kind === 'collection' && type === 'FeatureCollection') return { ...about, own: [] };
  if (kind === 'collection') throw new NoDocument(members.has('geometryType') || members.has('spatialReference') ? ESRI : NONE);
  if (type === 'FeatureCollection') throw new NoDocument(NO_LIST);
  if (type === 'Topology') throw new NoDocument(TOPOLOGY);
  const whole = `{${[...members].map(([member, text]) => `${JSON.stringify(member)}:${text}`).join()}}`;
  if (type === 'Feature') return { ...about, own: [featureOf(whole)] };
  if (typeof type === 'string' && GEOMETRIES.includes(type)) {
    const geometry = readJson(whole);
    return { ...about, own: [prepared({ type: 'Feature', geometry, properties: null }, null)] };
  }
  throw new NoDocument(NONE);
}

const parsed = (members: ReadonlyMap<string, string>, name: string): unknown => {
  const text = members.get(name);
  return text === undefined ? undefined : JSON.parse(text);
};

const NONE: Note = {
  zh: '应为 GeoJSON 对象：FeatureCollection、Feature 或图形',
  en: 'it must be a GeoJSON object: a FeatureCollection, a Feature or a geometry',
};
const NO_LIST: Note = { zh: 'GeoJSON 的 features 应为列表', en: '"features" must be a list in GeoJSON' };
const ESRI: Note = {
  zh: '这是 ArcGIS 的 Esri JSON，请导出为 GeoJSON',
  en: 'it is Esri JSON of ArcGIS; export it as GeoJSON',
};
const TOPOLOGY: Note = { zh: '这是 TopoJSON，请导出为 GeoJSON', en: 'it is TopoJSON; export it as GeoJSON' };

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
