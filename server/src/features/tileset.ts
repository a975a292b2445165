import { MAX_ZOOM } from '@yutu/tiles';
import type { Access } from '../access/decide.js';
import { codeSystemsOf, inTilesUpTo, reducedZooms, visibleFields } from '../access/visible.js';
import { POINT_COUNT } from '../catalogue/definition.js';
import type { Layer } from '../catalogue/layers.js';
import type { Language } from '../errors/problem.js';
import { CRS84, JSON_TYPE, type Link, MVT, TILESETS_VECTOR, TILING_SCHEME, WEB_MERCATOR_QUAD } from './links.js';

type Box = [number, number, number, number];

const WORLD: Box = [-180, -85.0511287798066, 180, 85.0511287798066];

/** What the tiles hold for this caller: nothing is said of fields that are hidden. */
function shownFields(layer: Layer, access: Access) {
  const views = inTilesUpTo(deepest(layer, access), access.for('view').views);
  const { codeSystems = {} } = codeSystemsOf(layer, views);
  const shown = visibleFields(layer, views).map((v) => ({ ...v, codeSystem: codeSystems[v.field.name] }));
  return [...new Map(shown.map((v) => [v.field.name, v])).values()];
}

/** Whether points tell this caller for how many they stand: only who sees every point at its place is told. */
const counted = (layer: Layer, access: Access) =>
  layer.zooms.counts === true && access.for('view').views.some((v) => v.rows === null && v.area === null && v.precision === null);

/** The deepest zoom of tiles that show the caller anything. */
function deepest(layer: Layer, access: Access): number {
  const { views } = access.for('view');
  return Math.min(
    layer.zooms.max,
    Math.max(0, ...views.map((v) => v.maxZoom ?? layer.zooms.max), views.length ? 0 : layer.zooms.max),
  );
}

/** In small zooms tiles may tell less: up to which, and what is left. */
const reduced = (layer: Layer, access: Access) => reducedZooms(layer, access.for('view').views, deepest(layer, access));

const titleOf = (field: { titleZh: string; titleEn: string }, language: Language) =>
  language === 'zh' ? field.titleZh : field.titleEn;

const STANDS_FOR = { zh: '代表的点数', en: 'Points it stands for' } as const;

const kinds = { point: 0, line: 1, polygon: 2 } as const;

const types = {
  text: 'string',
  integer: 'integer',
  bigint: 'integer',
  double: 'number',
  boolean: 'boolean',
  date: 'string',
  timestamp: 'string',
} as const;

/** A layer of which tiles are told, as its caller may see it. */
export interface TiledLayer {
  layer: Layer;
  access: Access;
  title: string;
  extent: Box | null;
  /** How many features each zoom shows, reduces and leaves out; null when that is not known or not for the caller to know. */
  detail?: readonly ZoomCounts[] | null;
}

/** Features of a layer at a zoom: drawn as themselves, as dots or with fewer columns, and not at all. */
export interface ZoomCounts {
  zoom: number;
  full: number;
  reduced: number;
  hidden: number;
}

const head = (title: string) => ({
  title,
  dataType: 'vector',
  crs: 'http://www.opengis.net/def/crs/EPSG/0/3857',
  tileMatrixSetURI: WEB_MERCATOR_QUAD,
});

const boundingBox = (extent: Box | null) =>
  extent ? { boundingBox: { lowerLeft: [extent[0], extent[1]], upperRight: [extent[2], extent[3]], crs: CRS84 } } : {};

/** What a tileset says of one of its layers. */
const layerOf = ({ layer, access, title, detail }: TiledLayer, language: Language) => {
  const less = reduced(layer, access);
  return {
    id: layer.id,
    title,
    dataType: 'vector',
    geometryDimension: kinds[layer.geometryType],
    ...(detail ? { detail } : {}),
    ...(less ? { reduced: { maxTileMatrix: String(less.maxzoom), ids: less.ids, properties: less.fields } } : {}),
    propertiesSchema: {
      type: 'object',
      properties: Object.fromEntries(
        shownFields(layer, access)
          .map(({ field, form, codeSystem }) => [
            field.name,
            {
              title: titleOf(field, language),
              type: form === 'code' ? 'string' : types[field.type],
              ...(codeSystem ? { 'x-yutu-code-system': codeSystem } : {}),
            },
          ])
          .concat(counted(layer, access) ? [[POINT_COUNT, { title: STANDS_FOR[language], type: 'integer' }]] : []),
      ),
    },
  };
};

/** Where the tiling scheme is to be read: here, for a closed network reaches no registry. */
const schemeOf = (origin: string): string => `${origin}/api/tileMatrixSets/WebMercatorQuad`;

/** The list of the one tileset there is, of a layer or of the dataset. @param path of the list */
export const tilesetList = (title: string, origin: string, path: string, query = '') => ({
  links: [{ href: `${origin}${path}${query}`, rel: 'self', type: JSON_TYPE }],
  tilesets: [
    {
      ...head(title),
      links: [
        { href: `${origin}${path}/WebMercatorQuad${query}`, rel: 'self', type: JSON_TYPE },
        { href: `${origin}${path}/WebMercatorQuad${query}`, rel: TILESETS_VECTOR, type: JSON_TYPE },
        { href: schemeOf(origin), rel: TILING_SCHEME, type: JSON_TYPE },
      ],
    },
  ],
});

/** The tileset of a layer (OGC API Tiles Part 1, tileset metadata). @param query what its addresses carry on, `?signed=…` */
export function tilesetDocument(of: TiledLayer, origin: string, language: Language, query = '') {
  const { layer, title, extent } = of;
  const href = `${origin}/api/collections/${layer.id}/tiles/WebMercatorQuad`;
  const links: Link[] = [
    { href: `${href}${query}`, rel: 'self', type: JSON_TYPE },
    { href: `${href}/{tileMatrix}/{tileRow}/{tileCol}${query}`, rel: 'item', type: MVT, templated: true },
    { href: schemeOf(origin), rel: TILING_SCHEME, type: JSON_TYPE },
    { href: `${origin}/api/collections/${layer.id}/tilejson${query}`, rel: 'describedby', type: JSON_TYPE },
  ];
  return {
    ...head(title),
    tileMatrixSetLimits: limits(extent ?? WORLD, deepest(layer, of.access)),
    ...boundingBox(extent),
    layers: [layerOf(of, language)],
    links,
  };
}

/**
 * The tileset of several layers in one (OGC API Tiles Part 1, dataset tilesets).
 * @param query `?collections=…` when layers were named, so that the tiles are of these
 */
export function datasetDocument(layers: readonly TiledLayer[], title: string, origin: string, query: string, language: Language) {
  const href = `${origin}/api/tiles/WebMercatorQuad`;
  const extent = layers.reduce<Box | null>((all, { extent: e }) => (all && e ? union(all, e) : (all ?? e)), null);
  const links: Link[] = [
    { href: `${href}${query}`, rel: 'self', type: JSON_TYPE },
    { href: `${href}/{tileMatrix}/{tileRow}/{tileCol}${query}`, rel: 'item', type: MVT, templated: true },
    { href: schemeOf(origin), rel: TILING_SCHEME, type: JSON_TYPE },
  ];
  return {
    ...head(title),
    tileMatrixSetLimits: limits(extent ?? WORLD, Math.max(0, ...layers.map((l) => deepest(l.layer, l.access)))),
    ...boundingBox(extent),
    layers: layers.map((l) => layerOf(l, language)),
    links,
  };
}

const union = (a: Box, b: Box): Box => [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[2], b[2]), Math.max(a[3], b[3])];

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

/** TileJSON 3.0. A closed layer's says only that it is there. @param query what the tiles' addresses carry on, `?signed=…` */
export function tilejson(of: TiledLayer, origin: string, language: Language, query = '') {
  const { layer, access, title, extent, detail } = of;
  const less = reduced(layer, access);
  return {
    tilejson: '3.0.0',
    name: title,
    version: `1.0.${layer.version}`,
    scheme: 'xyz',
    ...(layer.attribution ? { attribution: layer.attribution } : {}),
    tiles: [`${origin}/api/collections/${layer.id}/tiles/WebMercatorQuad/{z}/{y}/{x}${query}`],
    minzoom: layer.zooms.min,
    maxzoom: deepest(layer, access),
    ...(extent ? { bounds: extent } : {}),
    vector_layers: [
      {
        id: layer.id,
        description: title,
        minzoom: layer.zooms.min,
        maxzoom: deepest(layer, access),
        ...(detail ? { detail } : {}),
        ...(less ? { reduced: less } : {}),
        fields: {
          ...Object.fromEntries(shownFields(layer, access).map(({ field }) => [field.name, titleOf(field, language)])),
          ...(counted(layer, access) ? { [POINT_COUNT]: STANDS_FOR[language] } : {}),
        },
      },
    ],
  };
}
