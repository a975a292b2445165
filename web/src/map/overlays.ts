import type { LayerSpecification } from 'maplibre-gl';
import type { Collection } from '../api/types';
import { sourceId } from './base-style';
import { hatchImage } from './images';
import type { Palette } from './palette';

/** What lies over the data: extents of closed layers, granted areas, what is selected, areas of a request. */

/** 45° hatch where a closed layer has data; on the city's own land when it covers the city. */
export function hatch(land: Collection, c: Palette): LayerSpecification[] {
  return [
    {
      id: 'hatch-land',
      type: 'fill',
      source: sourceId(land),
      'source-layer': land.id,
      paint: { 'fill-pattern': hatchImage(c('map-select')), 'fill-opacity': 0.28 },
    },
  ];
}

export function hatchBoxes(c: Palette): LayerSpecification[] {
  return [
    {
      id: 'hatch-box',
      type: 'fill',
      source: 'closed',
      paint: { 'fill-pattern': hatchImage(c('map-select')), 'fill-opacity': 0.28 },
    },
    {
      id: 'hatch-box-line',
      type: 'line',
      source: 'closed',
      paint: { 'line-color': c('map-select'), 'line-opacity': 0.5, 'line-dasharray': [3, 3] },
    },
  ];
}

/** Outside the granted area the map is veiled. */
export function veil(c: Palette): LayerSpecification[] {
  return [
    { id: 'veil', type: 'fill', source: 'veil', paint: { 'fill-color': c('map-out'), 'fill-opacity': 0.62 } },
    {
      id: 'granted-line',
      type: 'line',
      source: 'granted',
      layout: { 'line-join': 'round' },
      paint: { 'line-color': c('map-select'), 'line-width': 1.6 },
    },
  ];
}

export interface Selection {
  layer: Collection;
  fid: number;
  center: [number, number];
}

export function selectionFill(s: Selection, c: Palette): LayerSpecification[] {
  if (s.layer.yutu.geometryType !== 'polygon') return [];
  return [
    {
      id: 'selection-fill',
      type: 'fill',
      source: sourceId(s.layer),
      'source-layer': s.layer.id,
      filter: ['==', ['id'], s.fid],
      paint: { 'fill-color': c('map-select'), 'fill-opacity': 0.15 },
    },
  ];
}

export function selectionStroke(s: Selection, c: Palette): LayerSpecification[] {
  if (s.layer.yutu.geometryType === 'point') {
    return [
      {
        id: 'selection-ring',
        type: 'circle',
        source: 'selection',
        paint: {
          'circle-radius': 11,
          'circle-color': 'rgba(0,0,0,0)',
          'circle-stroke-color': c('map-select'),
          'circle-stroke-width': 2.2,
        },
      },
    ];
  }
  return [
    {
      id: 'selection-line',
      type: 'line',
      source: sourceId(s.layer),
      'source-layer': s.layer.id,
      filter: ['==', ['id'], s.fid],
      layout: { 'line-join': 'round' },
      paint: { 'line-color': c('map-select'), 'line-width': s.layer.yutu.geometryType === 'line' ? 4 : 2.2 },
    },
  ];
}

export function mark(c: Palette): LayerSpecification[] {
  return [
    {
      id: 'mark',
      type: 'circle',
      source: 'mark',
      paint: {
        'circle-radius': 6,
        'circle-color': c('map-select'),
        'circle-stroke-color': c('map-halo'),
        'circle-stroke-width': 2.5,
      },
    },
  ];
}

/**
 * Areas of a request, or drawn: `asked` in the accent, its corners as `corner`, `given` in the colour of granted, `left-out` dashed in
 * cinnabar. Feature property `kind`.
 */
export function areas(c: Palette): LayerSpecification[] {
  const kind = (name: string): ['==', ['get', string], string] => ['==', ['get', 'kind'], name];
  return [
    {
      id: 'area-asked-fill',
      type: 'fill',
      source: 'areas',
      filter: kind('asked'),
      paint: { 'fill-color': c('map-select'), 'fill-opacity': 0.15 },
    },
    {
      id: 'area-given-fill',
      type: 'fill',
      source: 'areas',
      filter: kind('given'),
      paint: { 'fill-color': c('ok'), 'fill-opacity': 0.2 },
    },
    {
      id: 'area-left-fill',
      type: 'fill',
      source: 'areas',
      filter: kind('left-out'),
      paint: { 'fill-color': c('bad'), 'fill-opacity': 0.08 },
    },
    {
      id: 'area-asked',
      type: 'line',
      source: 'areas',
      filter: kind('asked'),
      paint: { 'line-color': c('map-select'), 'line-width': 2.2 },
    },
    {
      id: 'area-given',
      type: 'line',
      source: 'areas',
      filter: kind('given'),
      paint: { 'line-color': c('ok'), 'line-width': 2.2 },
    },
    {
      id: 'area-left',
      type: 'line',
      source: 'areas',
      filter: kind('left-out'),
      paint: { 'line-color': c('bad'), 'line-width': 2, 'line-dasharray': [3, 2] },
    },
    {
      id: 'area-corner',
      type: 'circle',
      source: 'areas',
      filter: kind('corner'),
      paint: {
        'circle-radius': 4.5,
        'circle-color': c('map-land'),
        'circle-stroke-color': c('map-select'),
        'circle-stroke-width': 2,
      },
    },
  ];
}

/** Districts picked by clicking, drawn from the base map's tiles. */
export function picked(land: Collection, field: string, codes: string[], c: Palette): LayerSpecification[] {
  const common = { source: sourceId(land), 'source-layer': land.id, filter: ['in', ['get', field], ['literal', codes]] as never };
  return [
    { id: 'picked-fill', type: 'fill', ...common, paint: { 'fill-color': c('map-select'), 'fill-opacity': 0.15 } },
    {
      id: 'picked-line',
      type: 'line',
      ...common,
      layout: { 'line-join': 'round' },
      paint: { 'line-color': c('map-select'), 'line-width': 2.2 },
    },
  ];
}
