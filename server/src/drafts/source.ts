import { encodeTile, type TileCoord, type TileFeature, type TileSource } from '@yutu/tiles';
import GeoJSONVT, { type RawFeature } from 'geojson-vt';
import type { DraftFeature } from './check.js';

/** Deepest zoom of a draft's tiles: there geojson-vt still keeps whole grid units. */
export const DRAFT_ZOOM = 18;
/** Name of the tiles' one layer. */
export const DRAFT_LAYER = 'draft';
/** geojson-vt keeps every tile it has cut; past so many it begins anew. */
const TILES_KEPT = 2_000;

/** Small GeoJSON as a source of tiles: nothing is built beforehand, each tile is cut when it is asked for. */
export function geojsonSource(features: readonly DraftFeature[]): TileSource {
  const data = { type: 'FeatureCollection', features } as never;
  const make = () => new GeoJSONVT(data, { maxZoom: DRAFT_ZOOM, buffer: 64, indexMaxZoom: 4 });
  let index = make();
  return {
    tile({ z, x, y }: TileCoord) {
      if (index.tileCoords.length > TILES_KEPT) index = make();
      const found = index.getTileRaw(z, x, y)?.features ?? [];
      return { bytes: encodeTile(DRAFT_LAYER, found.map(tileFeature)), features: found.length, named: found.length, reduced: 0 };
    },
  };
}

function tileFeature(feature: RawFeature): TileFeature {
  const paths = feature.type === 4 ? [[feature.x, feature.y]] : feature.type === 1 ? [feature.geometry] : feature.geometry;
  return {
    id: Number(feature.id),
    type: feature.type === 4 ? 1 : feature.type,
    paths,
    properties: Object.entries(feature.tags ?? {}) as [string, string | number | boolean][],
  };
}
