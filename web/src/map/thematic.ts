import type { ExpressionSpecification, FilterSpecification, LayerSpecification, SymbolLayerSpecification } from 'maplibre-gl';
import type { Collection, Symbology } from '../api/types';
import type { Lang } from '../i18n';
import { HAN, labelText, sourceId } from './base-style';
import { pointImage, type Shape } from './images';
import { colorOf, type Palette } from './palette';

/** Symbology, which is data, as layers of the map. */

export const DEFAULT_OPACITY = 0.7;
const RADIUS = 4.6;
const SHAPES: Shape[] = ['circle', 'triangle', 'diamond', 'square'];

export const shapeOf = (style: Symbology, index: number): Shape =>
  style.classes?.[index]?.shape ?? (style.type === 'categories' ? SHAPES[index % 4]! : 'circle');

export const opacityOf = (layer: Collection) =>
  layer.yutu.style.opacity ?? (layer.yutu.geometryType === 'polygon' ? DEFAULT_OPACITY : 1);

export interface Drawn {
  layer: Collection;
  opacity: number;
}

/** Value per class: colours, or names of point pictures. `none` stands for features without the value. */
function byClass<T extends string>(
  style: Symbology,
  pick: (index: number) => T,
  single: T,
  none: T,
): T | ExpressionSpecification {
  const { field, classes = [] } = style;
  if (style.type === 'single' || !field || classes.length === 0) return single;
  if (style.type === 'categories') {
    const arms = classes.flatMap(({ value }, i) => (value === undefined ? [] : [value, pick(i)]));
    if (arms.length === 0) return single;
    return ['match', ['to-string', ['get', field]], ...arms, none] as unknown as ExpressionSpecification;
  }
  const steps = classes.slice(1).flatMap(({ min }, i) => [min ?? classes[i]?.max ?? 0, pick(i + 1)]);
  const value: ExpressionSpecification = ['to-number', ['get', field]];
  const scale = steps.length ? (['step', value, pick(0), ...steps] as unknown as ExpressionSpecification) : pick(0);
  return ['case', ['all', ['has', field], ['!=', ['get', field], null]], scale, none] as unknown as ExpressionSpecification;
}

export const colours = (style: Symbology, c: Palette, none = 'rgba(0,0,0,0)') =>
  byClass(style, (i) => colorOf(c, style.classes?.[i]?.color), colorOf(c, style.color), none);

const common = ({ layer }: Drawn) => ({
  source: sourceId(layer),
  'source-layer': layer.id,
  ...(layer.yutu.style.minZoom ? { minzoom: layer.yutu.style.minZoom } : {}),
});

export const layerId = (id: string, part: string) => `layer:${id}:${part}`;

export function polygons(drawn: Drawn, c: Palette): LayerSpecification[] {
  const { id, yutu } = drawn.layer;
  const color = colours(yutu.style, c);
  return [
    { id: layerId(id, 'fill'), type: 'fill', ...common(drawn), paint: { 'fill-color': color, 'fill-opacity': drawn.opacity } },
    {
      id: layerId(id, 'edge'),
      type: 'line',
      ...common(drawn),
      layout: { 'line-join': 'round' },
      paint: {
        'line-color': yutu.style.type === 'graduated' ? c('map-land') : color,
        'line-width': ['interpolate', ['linear'], ['zoom'], 7, 0.3, 12, 1.2],
        'line-opacity': Math.min(1, drawn.opacity + 0.15),
      },
    },
  ];
}

export function lines(drawn: Drawn, c: Palette): LayerSpecification[] {
  const { id, yutu } = drawn.layer;
  const layout = { 'line-cap': 'round', 'line-join': 'round' } as const;
  const width = (extra: number): ExpressionSpecification => [
    'interpolate',
    ['linear'],
    ['zoom'],
    7,
    1.2 + extra,
    12,
    2.2 + extra,
    16,
    4 + extra,
  ];
  return [
    {
      id: layerId(id, 'casing'),
      type: 'line',
      ...common(drawn),
      layout,
      paint: { 'line-color': c('map-point-casing'), 'line-width': width(1.8), 'line-opacity': drawn.opacity * 0.75 },
    },
    {
      id: layerId(id, 'line'),
      type: 'line',
      ...common(drawn),
      layout,
      paint: { 'line-color': colours(yutu.style, c, c('cat-6')), 'line-width': width(0), 'line-opacity': drawn.opacity },
    },
  ];
}

/** The zooms from which names are written. */
const NAMED = { point: 11, line: 10.5, polygon: 10.5 };
const NAME_SIZE = 11;

/** A name beside its point, on the side where there is room; without room the point stands alone. */
const BESIDE = {
  'text-variable-anchor': ['top', 'bottom', 'left', 'right'],
  'text-radial-offset': 0.8,
  'text-optional': true,
} satisfies SymbolLayerSpecification['layout'];

const nameColours = (c: Palette) => ({
  'text-color': c('map-label-2'),
  'text-halo-color': c('map-halo'),
  'text-halo-width': 1.5,
});

/** A point that stands for others is larger: half as large again for a hundred, twice for ten thousand. */
const CROWD = [
  'min',
  2,
  ['+', 1, ['*', 0.25, ['log10', ['coalesce', ['get', 'point_count'], 1]]]],
] satisfies ExpressionSpecification;

/** Symbol and name in one layer: in two, a name would give way to its own symbol. */
export function points(drawn: Drawn, c: Palette, lang: Lang): LayerSpecification[] {
  const { id, yutu } = drawn.layer;
  const { style } = yutu;
  const casing = c('map-point-casing');
  const image = byClass(
    style,
    (i) => pointImage(shapeOf(style, i), colorOf(c, style.classes?.[i]?.color), casing, RADIUS),
    pointImage('circle', colorOf(c, style.color), casing, RADIUS),
    pointImage('circle', c('cat-6'), casing, RADIUS),
  );
  const label = labelText(drawn.layer, lang);
  return [
    {
      id: layerId(id, 'point'),
      type: 'symbol',
      ...common(drawn),
      layout: {
        'icon-image': image,
        'icon-size': yutu.zooms.counts
          ? ['interpolate', ['linear'], ['zoom'], 6, ['*', 0.7, CROWD], 9, ['*', 1, CROWD], 14, 1.3]
          : ['interpolate', ['linear'], ['zoom'], 6, 0.7, 9, 1, 14, 1.3],
        'icon-allow-overlap': true,
        'icon-padding': 0,
        ...(label && {
          'text-field': ['step', ['zoom'], '', NAMED.point, label] satisfies ExpressionSpecification,
          'text-font': [HAN.text],
          'text-size': NAME_SIZE,
          ...BESIDE,
        }),
      },
      paint: { 'icon-opacity': drawn.opacity, ...(label && nameColours(c)) },
    },
  ];
}

/** Points that stand for shapes: a grant may give one point in place of each. Their fills and lines find nothing to draw. */
export function standIns(drawn: Drawn, c: Palette): LayerSpecification[] {
  const { id, yutu } = drawn.layer;
  if (yutu.geometryType === 'point') return [];
  return [
    {
      id: layerId(id, 'stand-in'),
      type: 'circle',
      ...common(drawn),
      // without it a circle would be drawn at every corner of a shape
      filter: ['==', ['geometry-type'], 'Point'] satisfies FilterSpecification,
      paint: {
        'circle-radius': ['interpolate', ['linear'], ['zoom'], 8, 2.5, 12, 4.5, 16, 7],
        'circle-color': colours(yutu.style, c, c('cat-6')),
        'circle-opacity': Math.min(1, drawn.opacity + 0.2),
        'circle-stroke-color': c('map-point-casing'),
        'circle-stroke-width': 1,
      },
    },
  ];
}

/** Names of lines and areas, once there is room, and beside the points that stand for them. */
export function shapeLabels(drawn: Drawn, c: Palette, lang: Lang): LayerSpecification[] {
  const { layer } = drawn;
  const { geometryType, style } = layer.yutu;
  const label = labelText(layer, lang);
  if (!label || geometryType === 'point') return [];
  const names = (part: string, placed: SymbolLayerSpecification['layout'], filter: FilterSpecification): LayerSpecification => ({
    id: layerId(layer.id, part),
    type: 'symbol',
    ...common(drawn),
    minzoom: Math.max(style.minZoom ?? 0, NAMED[geometryType]),
    filter,
    layout: { 'text-field': label, 'text-font': [HAN.text], 'text-size': NAME_SIZE, ...placed },
    paint: nameColours(c),
  });
  const standIn: FilterSpecification = ['==', ['geometry-type'], 'Point'];
  return [
    names('label', { 'symbol-placement': geometryType === 'line' ? 'line' : 'point' }, ['!', standIn]),
    names('stand-in-label', BESIDE, standIn),
  ];
}
