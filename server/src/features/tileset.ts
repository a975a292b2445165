import { MAX_ZOOM } from '@yutu/tiles';
import type { Access } from '../access/decide.js';
import { visibleFields } from '../access/visible.js';
import type { Layer } from '../catalogue/layers.js';
import type { Language } from '../errors/problem.js';
import { CRS84, JSON_TYPE, type Link, MVT, TILING_SCHEME, WEB_MERCATOR_QUAD } from './links.js';

type Box = [number, number, number, number];

const WORLD: Box = [-180, -85.0511287798066, 180, 85.0511287798066];

/** What the tiles hold for this caller: nothing is said of fields that are hidden. */
function shownFields(layer: Layer, access: Access) {
  const shown = visibleFields(layer, access.for('view').views);
  return [...new Map(shown.map((v) => [v.field.name, v])).values()];
}

const titleOf = (field: { titleZh: string; titleEn: string }, language: Language) =>
  language === 'zh' ? field.titleZh : field.titleEn;

const kinds = { point: 0, line: 1, polygon: 2 } as const;

/** The tileset of a layer (OGC API Tiles Part 1, tileset metadata). */
export function tilesetDocument(
  layer: Layer,
  access: Access,
  origin: string,
  title: string,
  extent: Box | null,
  language: Language,
) {
  const href = `${origin}/api/collections/${layer.id}/tiles/WebMercatorQuad`;
  const types = {
    text: 'string',
    integer: 'integer',
    bigint: 'integer',
    double: 'number',
    boolean: 'boolean',
    date: 'string',
    timestamp: 'string',
  } as const;
  const links: Link[] = [
    { href, rel: 'self', type: JSON_TYPE },
    { href: `${href}/{tileMatrix}/{tileRow}/{tileCol}`, rel: 'item', type: MVT, templated: true },
    { href: WEB_MERCATOR_QUAD, rel: TILING_SCHEME, type: JSON_TYPE },
    { href: `${origin}/api/collections/${layer.id}/tilejson`, rel: 'describedby', type: JSON_TYPE },
  ];
  return {
    title,
    dataType: 'vector',
    crs: 'http://www.opengis.net/def/crs/EPSG/0/3857',
    tileMatrixSetURI: WEB_MERCATOR_QUAD,
    tileMatrixSetLimits: limits(extent ?? WORLD, layer.zooms.max),
    ...(extent ? { boundingBox: { lowerLeft: [extent[0], extent[1]], upperRight: [extent[2], extent[3]], crs: CRS84 } } : {}),
    layers: [
      {
        id: layer.id,
        title,
        dataType: 'vector',
        geometryDimension: kinds[layer.geometryType],
        propertiesSchema: {
          type: 'object',
          properties: Object.fromEntries(
            shownFields(layer, access).map(({ field, form }) => [
              field.name,
              { title: titleOf(field, language), type: form === 'code' ? 'string' : types[field.type] },
            ]),
          ),
        },
      },
    ],
    links,
  };
}

/** The tiles that meet the box, per zoom. */
function limits([west, south, east, north]: Box, maxZoom: number) {
  const column = (lon: number, n: number) => Math.min(n - 1, Math.max(0, Math.floor(((lon + 180) / 360) * n)));
  const row = (lat: number, n: number) => {
    const s = Math.sin((Math.min(85.05112, Math.max(-85.05112, lat)) * Math.PI) / 180);
    return Math.min(n - 1, Math.max(0, Math.floor((0.5 - Math.log((1 + s) / (1 - s)) / (4 * Math.PI)) * n)));
  };
  return Array.from({ length: Math.min(MAX_ZOOM, maxZoom) + 1 }, (_, z) => {
    const n = 2 ** z;
    return {
      tileMatrix: String(z),
      minTileRow: row(north, n),
      maxTileRow: row(south, n),
      minTileCol: column(west, n),
      maxTileCol: column(east, n),
    };
  });
}

/** TileJSON 3.0. A closed layer's says only that it is there. */
export function tilejson(layer: Layer, access: Access, origin: string, title: string, extent: Box | null, language: Language) {
  return {
    tilejson: '3.0.0',
    name: title,
    version: `1.0.${layer.version}`,
    scheme: 'xyz',
    ...(layer.attribution ? { attribution: layer.attribution } : {}),
    tiles: [`${origin}/api/collections/${layer.id}/tiles/WebMercatorQuad/{z}/{y}/{x}`],
    minzoom: layer.zooms.min,
    maxzoom: layer.zooms.max,
    ...(extent ? { bounds: extent } : {}),
    vector_layers: [
      {
        id: layer.id,
        description: title,
        minzoom: layer.zooms.min,
        maxzoom: layer.zooms.max,
        fields: Object.fromEntries(shownFields(layer, access).map(({ field }) => [field.name, titleOf(field, language)])),
      },
    ],
  };
}
