import { plainOf } from '@yutu/contract';
import { badParameter, fail } from '../errors/fail.js';
import type { Crs, CrsName } from '../incoming/crs.js';
import { NoDocument, partsOf } from '../incoming/documents.js';
import { decodeText, encodingNote, NoText, noTextWords } from '../incoming/encoding.js';
import { featureOf, featuresOf, type GivenFeature } from '../incoming/feature.js';
import type { Note } from '../incoming/note.js';
import { Losses } from '../store/losses.js';
import { type DraftFeature, type Geometry, Walk } from './walk.js';

/** A title as it is shown in the list of layers: in one line, with nothing that turns text, at most 80 signs. */
export const titleOf = (given: string | null | undefined): string | null =>
  [...plainOf(given ?? '')].slice(0, 80).join('').trim() || null;

export type { DraftFeature } from './walk.js';

export const MAX_BYTES = 10 * 1024 * 1024;
export const MAX_FEATURES = 50_000;

export interface CheckedDraft {
  name: string | null;
  features: DraftFeature[];
  /** west, south, east, north in degrees */
  extent: [number, number, number, number];
  /** What became of what could not be drawn as it was. */
  notes: Note[];
}

/** A draft in another coordinate system: what of it must be transformed before it can be checked. */
export interface ForeignDraft {
  systems: CrsName[];
  /** JSON: a list of `{i, s, g}`, the feature's position, the system's and the geometry. */
  geometries: string;
}

const wrong = (zh: string, en: string): never => badParameter('body', zh, en);

/** A document as it was sent. */
interface GivenDraft {
  name: string | null;
  features: GivenFeature[];
  notes: Note[];
}

/**
 * Reads GeoJSON in any layout and encoding: FeatureCollections, features or geometries.
 * @throws `body_invalid`, `body_too_large` or `parameter_invalid` with what is wrong and where
 */
function readDraft(bytes: Uint8Array): GivenDraft {
  if (bytes.length > MAX_BYTES) fail('body_too_large', { limit: '10 MB' });
  try {
    const { text, encoding } = decodeText(bytes);
    const systems = new Map<number, Crs | null>();
    const features: GivenFeature[] = [];
    let title: string | null = null;
    let empty = true;
    // What a collection says of its features may stand behind them.
    for (const part of partsOf(text)) if (part.kind === 'collection') systems.set(part.document, featuresOf(part).crs);
    for (const part of partsOf(text)) {
      if (part.kind === 'element') features.push(featureOf(part.text, systems.get(part.document)));
      else {
        const { own, name } = featuresOf(part);
        features.push(...own);
        title ??= titleOf(name);
        empty = false;
      }
      if (features.length > MAX_FEATURES) wrong(`要素超过 ${MAX_FEATURES} 个`, `it has more than ${MAX_FEATURES} features`);
    }
    if (empty) fail('body_invalid');
    return { name: title, features, notes: encodingNote(encoding) };
  } catch (error) {
    if (error instanceof SyntaxError || (error instanceof NoDocument && error.broken)) fail('body_invalid');
    if (error instanceof NoDocument) wrong(error.words.zh, error.words.en);
    if (error instanceof NoText) {
      const { zh, en } = noTextWords(error);
      wrong(`不是有效的 JSON：${zh}`, `it is not valid JSON: ${en}`);
    }
    throw error;
  }
}

/** What of a draft the database must transform first; null when all of it is in longitude and latitude. @throws as {@link checkDraft} */
export function foreignOf(bytes: Uint8Array): ForeignDraft | null {
  const { features } = readDraft(bytes);
  if (!features.some((feature) => feature?.crs)) return null;
  const systems = new Map<string, CrsName>();
  const walk = new Walk(false, new Losses());
  const rows: string[] = [];
  for (const [i, feature] of features.entries()) {
    walk.feature = i + 1;
    if (!feature?.crs) continue;
    const geometry = walk.geometry(feature.geometry);
    if (geometry === null) continue;
    systems.set(feature.crs.shown, feature.crs);
    const s = [...systems.keys()].indexOf(feature.crs.shown);
    rows.push(JSON.stringify({ i, s, g: geometry }));
  }
  return { systems: [...systems.values()], geometries: `[${rows.join()}]` };
}

/**
 * Reads GeoJSON in longitude and latitude. Features without a geometry are left out; a property that is no text, number or truth value
 * becomes text, and so does a number that no double keeps.
 * @param placed JSON: geometries that were transformed, by the position of their features
 * @throws `body_invalid`, `body_too_large` or `parameter_invalid` with what is wrong and where
 */
export function checkDraft(bytes: Uint8Array, placed?: string): CheckedDraft {
  const given = readDraft(bytes);
  const moved: Record<string, Geometry> | null = placed === undefined ? null : JSON.parse(placed);
  const losses = new Losses();
  const walk = new Walk(true, losses);
  const features: DraftFeature[] = [];
  for (const [i, feature] of given.features.entries()) {
    walk.feature = i + 1;
    if (typeof feature !== 'object' || feature?.type !== 'Feature') walk.wrong('不是 GeoJSON 要素', 'is no GeoJSON feature');
    if (feature.crs && moved === null)
      wrong('只接受经纬度坐标', 'its coordinate system is not longitude and latitude; convert it first');
    const geometry = walk.geometry(feature.crs ? (moved![i] ?? null) : feature.geometry);
    if (geometry !== null) features.push({ type: 'Feature', id: i + 1, geometry, properties: walk.values(feature.properties) });
  }
  if (features.length === 0) wrong('没有可以画的要素', 'it holds nothing that can be drawn');
  return { name: given.name, features, extent: walk.extent, notes: [...given.notes, ...losses.notes()] };
}

/** Begins a draft that was checked: it need not be again. */
const KEPT = '{"kept":true,';

/** A checked draft as it is kept: as UTF-8, in longitude and latitude. */
export const keptText = ({ features }: CheckedDraft): string => `${KEPT}"features":${JSON.stringify(features)}}`;

/** The features of a draft as it was kept; one that was kept as it came is checked again. */
export function keptFeatures(bytes: Uint8Array): DraftFeature[] {
  const text = new TextDecoder().decode(bytes);
  return text.startsWith(KEPT) ? JSON.parse(text).features : checkDraft(bytes).features;
}
