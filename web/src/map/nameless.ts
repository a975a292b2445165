import type { MapGeoJSONFeature } from 'maplibre-gl';
import { api } from '../api/client';
import type { ItemsPage } from '../api/queries';
import type { Collection } from '../api/types';
import { canQuery } from '../layers/row-slot';

/** Features of one click that are asked about at once, in each layer. */
const MOST = 5;
/** Degrees around a place inside a shape. */
const HERE = 1e-6;

/** A feature by its id, as a click on the map or a listing gives it. */
export interface Found {
  layer: Collection;
  fid: number;
  properties: Record<string, unknown>;
}

/**
 * The layers of features that tiles do not tell apart: where features count as drawn only from a zoom on, tiles of smaller zooms hold no
 * ids.
 */
export function namelessLayers(
  found: readonly MapGeoJSONFeature[],
  layers: ReadonlyMap<string, Collection>,
): Map<Collection, MapGeoJSONFeature> {
  const first = new Map<Collection, MapGeoJSONFeature>();
  for (const feature of found) {
    const layer =
      feature.layer.id.startsWith('layer:') && feature.id === undefined ? layers.get(feature.sourceLayer ?? '') : undefined;
    if (layer && !first.has(layer)) first.set(layer, feature);
  }
  return first;
}

/**
 * Which features those are, asked by where they were clicked on; of layers that the reader may not query nothing is found.
 * @param reach degrees around the click that still mean a line or a point
 */
export async function nameThem(
  clicked: Map<Collection, MapGeoJSONFeature>,
  at: [number, number],
  reach: number,
): Promise<Found[]> {
  const answers = await Promise.all(
    [...clicked].map(async ([layer, { geometry }]): Promise<Found[]> => {
      if (!canQuery(layer)) return [];
      const [[lng, lat], half] = placeOf(geometry, at, reach);
      const bbox = [lng - half, lat - half, lng + half, lat + half].map((n) => n.toFixed(6)).join(',');
      const { features } = await api<ItemsPage>(`collections/${layer.id}/items`, { query: { bbox, limit: MOST } });
      return features.map(({ id, properties }) => ({ layer, fid: Number(id), properties: properties ?? {} }));
    }),
  );
  return answers.flat();
}

/** Where to ask: a shape where it was clicked on, a point and a line around it. */
function placeOf(geometry: GeoJSON.Geometry, at: [number, number], reach: number): [[number, number], half: number] {
  if (geometry.type === 'Point') return [geometry.coordinates as [number, number], reach / 2];
  return [at, geometry.type.endsWith('Polygon') ? HERE : reach];
}
