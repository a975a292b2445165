import type { ExpressionSpecification, LayerSpecification, SourceSpecification } from 'maplibre-gl';
import type { Collection, Symbology } from '../api/types';
import { site } from '../app/base';
import { type Lang, pickText } from '../i18n';
import type { Palette } from './palette';

/** The base map, drawn from our own tiles by rules of its own. Each part is a list of layers; scene.ts puts them in order. */

/**
 * The map's typefaces. Where no slice of ours has a character, MapLibre draws it with what the machine has under this name: so it is a
 * valid CSS family, and ends in the weight's word, which MapLibre reads there.
 */
export const HAN = { text: 'Yutu Regular', name: 'Yutu Semibold' };

/** Tiles of a collection. The id holds the access key, so that other rights mean another source and nothing of the old one stays. */
export const sourceId = ({ id, yutu, preview }: Collection) => `${id}@${yutu.access.key}${preview ? `@${preview}` : ''}`;

export function tileSource({ id, extent, yutu, preview }: Collection): SourceSpecification {
  return {
    type: 'vector',
    tiles: [`${site()}/api/collections/${id}/tiles/WebMercatorQuad/{z}/{y}/{x}${preview ? `?preview=${preview}` : ''}`],
    minzoom: yutu.zooms.min,
    // beyond the deepest zoom of the caller's rights nothing is sent: the map enlarges what it has
    maxzoom: Math.max(yutu.zooms.min, Math.min(yutu.zooms.max, yutu.access.maxZoom ?? yutu.zooms.max)),
    ...bounds(extent.spatial.bbox[0]),
  };
}

/** Rounded outward to half a degree, so that an edit at the edge does not make another source. */
function bounds(box: [number, number, number, number] | undefined) {
  if (!box) return {};
  const [w, s, e, n] = box;
  const out = (value: number, up: boolean) => (up ? Math.ceil(value * 2) : Math.floor(value * 2)) / 2;
  return { bounds: [out(w, false), out(s, false), out(e, true), out(n, true)] as [number, number, number, number] };
}

export type Role = Exclude<Symbology['role'], 'thematic'>;

/** The property holding a division's code. */
export const codeField = (layer: Collection) =>
  layer.yutu.fields.find(({ name }) => name === 'code' || name === 'division' || name.endsWith('_code'))?.name ?? 'code';

/** The field a layer is labelled with, in the reader's language where the layer has one. */
export function labelField(layer: Collection, lang: Lang): string | undefined {
  const { label } = layer.yutu.style;
  if (!label) return undefined;
  const stem = label.replace(/_?(zh|en)$/i, '');
  const names = layer.yutu.fields.map(({ name }) => name);
  const wanted = lang === 'en' ? [`${stem}_en`, `${stem}En`] : [`${stem}_zh`, `${stem}Zh`];
  return wanted.find((name) => names.includes(name)) ?? label;
}

/**
 * What a feature is labelled with: its name in the reader's language, else in the other; of a field with a code list, the words. Null where
 * the layer names no label.
 */
export function labelText(layer: Collection, lang: Lang): ExpressionSpecification | null {
  const names = new Set([labelField(layer, lang), layer.yutu.style.label].filter((name) => name !== undefined));
  if (names.size === 0) return null;
  return ['to-string', ['coalesce', ...[...names].map((name) => wordsOf(layer, name, lang))] as ExpressionSpecification];
}

function wordsOf(layer: Collection, name: string, lang: Lang): ExpressionSpecification {
  const value: ExpressionSpecification = ['get', name];
  const field = layer.yutu.fields.find((f) => f.name === name);
  if (!field?.codes?.length || field.form !== 'value') return value;
  const words = field.codes.flatMap((code) => [code.value, pickText(lang, code, 'label')]);
  return ['match', ['to-string', value], ...words, ['to-string', value]] as unknown as ExpressionSpecification;
}

const of = (layer: Collection) => ({ source: sourceId(layer), 'source-layer': layer.id });

/** What lies under everything: the city's band and its land. Outside is one flat tone. */
export function ground(layer: Collection, c: Palette): LayerSpecification[] {
  return [
    {
      id: 'base-band',
      type: 'line',
      ...of(layer),
      layout: { 'line-join': 'round' },
      paint: { 'line-color': c('map-city-band'), 'line-width': ['interpolate', ['linear'], ['zoom'], 5, 3, 8, 9] },
    },
    { id: 'base-land', type: 'fill', ...of(layer), paint: { 'fill-color': c('map-land') } },
  ];
}

export function context(layer: Collection, c: Palette): LayerSpecification[] {
  if (layer.yutu.geometryType === 'point') return [];
  return [
    { id: `base-context-${layer.id}`, type: 'line', ...of(layer), paint: { 'line-color': c('map-city-band'), 'line-width': 1 } },
  ];
}

export function townships(layer: Collection, c: Palette): LayerSpecification[] {
  return [
    {
      id: 'base-townships',
      type: 'line',
      ...of(layer),
      minzoom: layer.yutu.style.minZoom ?? 7,
      paint: {
        'line-color': c('map-town'),
        'line-width': ['interpolate', ['linear'], ['zoom'], 7, 0.4, 12, 1.2],
      },
    },
  ];
}

export function rivers(layer: Collection, c: Palette): LayerSpecification[] {
  // by rank where the data has one: the main stem widest
  const width = (extra: number): ExpressionSpecification => {
    const rank = (main: number, second: number, rest: number): ExpressionSpecification => [
      'match',
      ['to-number', ['get', 'level'], 3],
      1,
      main + extra,
      2,
      second + extra,
      rest + extra,
    ];
    return ['interpolate', ['exponential', 1.4], ['zoom'], 6, rank(2.2, 1.1, 0.6), 9.5, rank(4.6, 2.4, 1.2), 13, rank(9, 5, 3)];
  };
  const shape = { 'line-cap': 'round', 'line-join': 'round' } as const;
  return [
    {
      id: 'base-rivers-casing',
      type: 'line',
      ...of(layer),
      layout: shape,
      paint: { 'line-color': c('map-water-casing'), 'line-width': width(1.2) },
    },
    {
      id: 'base-rivers',
      type: 'line',
      ...of(layer),
      layout: shape,
      paint: { 'line-color': c('map-water'), 'line-width': width(0) },
    },
  ];
}

export function districtLines(layer: Collection, c: Palette): LayerSpecification[] {
  const shape = { 'line-join': 'round' } as const;
  return [
    {
      id: 'base-districts-casing',
      type: 'line',
      ...of(layer),
      layout: shape,
      paint: { 'line-color': c('map-district-casing'), 'line-opacity': 0.75, 'line-width': 2.6 },
    },
    {
      id: 'base-districts',
      type: 'line',
      ...of(layer),
      layout: shape,
      paint: { 'line-color': c('map-district'), 'line-width': 1 },
    },
  ];
}

export function riverLabels(layer: Collection, c: Palette, lang: Lang): LayerSpecification[] {
  const label = labelText(layer, lang);
  if (!label) return [];
  return [
    {
      id: 'base-river-labels',
      type: 'symbol',
      ...of(layer),
      minzoom: 8,
      layout: {
        'symbol-placement': 'line',
        'symbol-spacing': 420,
        'text-field': label,
        'text-font': [HAN.text],
        'text-size': 12,
        'text-letter-spacing': 0.2,
        'text-max-angle': 40,
      },
      paint: { 'text-color': c('map-water-text'), 'text-halo-color': c('map-halo'), 'text-halo-width': 1.5 },
    },
  ];
}

/** Dots and names of towns. They lie under the point symbols and give way to them. */
export function places(layer: Collection, c: Palette, lang: Lang): LayerSpecification[] {
  const ranked = layer.yutu.fields.some(({ name }) => name === 'population');
  return [
    {
      id: 'base-places',
      type: 'symbol',
      ...of(layer),
      minzoom: layer.yutu.style.minZoom ?? 8.2,
      layout: {
        ...(ranked ? { 'symbol-sort-key': ['-', 0, ['to-number', ['get', 'population'], 0]] as ExpressionSpecification } : {}),
        'icon-image': `point|circle|${c('map-halo')}|${c('map-place')}|2`,
        'icon-padding': 1,
        'text-field': labelText(layer, lang) ?? '',
        'text-font': [HAN.text],
        'text-size': 11,
        'text-variable-anchor': ['left', 'right', 'top', 'bottom'],
        'text-radial-offset': 0.55,
        'text-justify': 'auto',
        'text-padding': 10,
      },
      paint: { 'text-color': c('map-label-2'), 'text-halo-color': c('map-halo'), 'text-halo-width': 1.5 },
    },
  ];
}

interface Marks {
  /** Codes of districts picked for an area. */
  picked?: string[];
  /** Codes of districts outside the granted area: they say 无权限. */
  without?: string[];
}

const NO_ACCESS = { zh: '无权限', en: 'No access' };

/** Names of districts at their label points; nine places are tried before one is dropped. Features carry `zh`, `en`, `code`. */
export function districtLabels(c: Palette, lang: Lang, { picked = [], without = [] }: Marks = {}): LayerSpecification[] {
  const among = (codes: string[]): ExpressionSpecification => ['in', ['get', 'code'], ['literal', codes]];
  const name: ExpressionSpecification = ['get', lang];
  const barred: ExpressionSpecification = [
    'format',
    name,
    {},
    `\n${NO_ACCESS[lang]}`,
    { 'font-scale': 0.85, 'text-font': ['literal', [HAN.text]], 'text-color': c('map-place') },
  ];
  return [
    {
      id: 'base-district-labels',
      type: 'symbol',
      source: DISTRICT_POINTS,
      layout: {
        'text-field': without.length ? ['case', among(without), barred, ['format', name, {}]] : name,
        'text-font': [HAN.name],
        'text-size': ['interpolate', ['linear'], ['zoom'], 6, 11, 8, 13],
        'text-letter-spacing': lang === 'zh' ? 0.12 : 0.02,
        'text-variable-anchor': [
          'center',
          'top',
          'bottom',
          'left',
          'right',
          'top-left',
          'top-right',
          'bottom-left',
          'bottom-right',
        ],
        'text-radial-offset': 0.4,
        'text-max-width': 8,
      },
      paint: {
        'text-color': ['case', among(picked), c('map-select'), c('map-label-1')],
        'text-halo-color': c('map-halo'),
        'text-halo-width': 1.7,
      },
    },
  ];
}

export const DISTRICT_POINTS = 'district-points';
