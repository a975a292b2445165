import { CRS84, MVT, TILESETS_VECTOR, TILING_SCHEME, WEB_MERCATOR_QUAD } from '../../features/links.js';
import { tileMatrixSet as tileMatrixSetOf, tileMatrixSets as tileMatrixSetsOf } from '../../features/tile-matrix-sets.js';
import type { Examples } from '../operation.js';
import type { Value } from '../schemas/index.js';
import { API, HOST } from './host.js';

/* Tile metadata of the layer `parcels`. */

const HREF = `${API}/collections/parcels/tiles`;
const JSON_TYPE = 'application/json';
const SCHEME = `${API}/tileMatrixSets/WebMercatorQuad`;
const quad = tileMatrixSetOf(HOST) as Value<'TileMatrixSet'>;
const head = {
  title: '地籍宗地',
  dataType: 'vector' as const,
  crs: 'http://www.opengis.net/def/crs/EPSG/0/3857',
  tileMatrixSetURI: WEB_MERCATOR_QUAD,
};

export const tileMatrixSets: Examples<'TileMatrixSets'> = {
  one: ['The one that tiles are in', tileMatrixSetsOf(HOST)],
};
export const tileMatrixSet: Examples<'TileMatrixSet'> = {
  webMercatorQuad: ['WebMercatorQuad, its first two zooms', { ...quad, tileMatrices: quad.tileMatrices.slice(0, 2) }],
};

export const tilesets: Examples<'Tilesets'> = {
  parcels: [
    'The one tileset',
    {
      links: [{ href: HREF, rel: 'self', type: JSON_TYPE }],
      tilesets: [
        {
          ...head,
          links: [
            { href: `${HREF}/WebMercatorQuad`, rel: 'self', type: JSON_TYPE },
            { href: `${HREF}/WebMercatorQuad`, rel: TILESETS_VECTOR, type: JSON_TYPE },
          ],
        },
      ],
    },
  ],
};

export const tileset: Examples<'Tileset'> = {
  parcels: [
    'To an organisation that was granted two districts',
    {
      ...head,
      tileMatrixSetLimits: [{ tileMatrix: '16', minTileRow: 27108, maxTileRow: 27138, minTileCol: 52153, maxTileCol: 52223 }],
      boundingBox: { lowerLeft: [106.4857465, 29.5223031], upperRight: [106.8729746, 29.6660115], crs: CRS84 },
      layers: [
        {
          id: 'parcels',
          title: '地籍宗地',
          dataType: 'vector',
          geometryDimension: 2,
          propertiesSchema: {
            type: 'object',
            properties: { code: { title: '宗地代码', type: 'string' }, area_m2: { title: '宗地面积', type: 'number' } },
          },
        },
      ],
      links: [
        { href: `${HREF}/WebMercatorQuad`, rel: 'self', type: JSON_TYPE },
        { href: `${HREF}/WebMercatorQuad/{tileMatrix}/{tileRow}/{tileCol}`, rel: 'item', type: MVT, templated: true },
        { href: SCHEME, rel: TILING_SCHEME, type: JSON_TYPE },
      ],
    },
  ],
};

const DATASET = `${API}/tiles`;
const QUERY = '?collections=districts,townships';

export const datasetTilesets: Examples<'Tilesets'> = {
  all: [
    'The one tileset',
    {
      links: [{ href: DATASET, rel: 'self', type: JSON_TYPE }],
      tilesets: [
        {
          ...head,
          title: '渝图',
          links: [
            { href: `${DATASET}/WebMercatorQuad`, rel: 'self', type: JSON_TYPE },
            { href: `${DATASET}/WebMercatorQuad`, rel: TILESETS_VECTOR, type: JSON_TYPE },
          ],
        },
      ],
    },
  ],
};

const baseLayer = (id: string, title: string) => ({
  id,
  title,
  dataType: 'vector' as const,
  geometryDimension: 2,
  propertiesSchema: { type: 'object' as const, properties: { name_zh: { title: '名称', type: 'string' } } },
});

export const datasetTileset: Examples<'Tileset'> = {
  two: [
    'Of two layers',
    {
      ...head,
      title: '渝图',
      tileMatrixSetLimits: [{ tileMatrix: '8', minTileRow: 104, maxTileRow: 107, minTileCol: 202, maxTileCol: 206 }],
      boundingBox: { lowerLeft: [105.29, 28.16], upperRight: [110.19, 32.2], crs: CRS84 },
      layers: [
        { ...baseLayer('districts', '区县'), detail: [{ zoom: 0, full: 30, reduced: 8, hidden: 0 }] },
        baseLayer('townships', '乡镇街道'),
      ],
      links: [
        { href: `${DATASET}/WebMercatorQuad${QUERY}`, rel: 'self', type: JSON_TYPE },
        { href: `${DATASET}/WebMercatorQuad/{tileMatrix}/{tileRow}/{tileCol}${QUERY}`, rel: 'item', type: MVT, templated: true },
        { href: SCHEME, rel: TILING_SCHEME, type: JSON_TYPE },
      ],
    },
  ],
};

export const tilejson: Examples<'TileJSON'> = {
  parcels: [
    'To an organisation that was granted two districts',
    {
      tilejson: '3.0.0',
      name: '地籍宗地',
      version: '1.0.1',
      scheme: 'xyz',
      tiles: [`${HREF}/WebMercatorQuad/{z}/{y}/{x}`],
      minzoom: 10,
      maxzoom: 16,
      bounds: [106.4857465, 29.5223031, 106.8729746, 29.6660115],
      vector_layers: [
        { id: 'parcels', description: '地籍宗地', minzoom: 10, maxzoom: 16, fields: { code: '宗地代码', area_m2: '宗地面积' } },
      ],
    },
  ],
};
