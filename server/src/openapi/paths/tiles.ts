import { DATA_FAULTS } from '@yutu/contract';
import { MVT } from '../../features/links.js';
import * as examples from '../examples/tiles.js';
import { answer, headerMap, operation } from '../operation.js';
import { param } from '../parameters.js';
import type { Paths } from '../types.js';
import { unchanged } from './features.js';

const METADATA_FAULTS = ['layer_not_found', 'parameter_unknown', 'format_unsupported'] as const;
const SIGNED_FAULTS = ['signed_invalid', 'embed_origin'] as const;

const DATASET_FAULTS = [...METADATA_FAULTS, 'parameter_invalid.collections'] as const;

/** What a vector tile answers. */
const TILE_ANSWERS = {
  200: {
    description: 'Mapbox Vector Tile 2.1, extent 4096',
    headers: headerMap(['ETag', 'Cache-Control', 'Yutu-Features', 'Yutu-Detail']),
    content: { [MVT]: { schema: { type: 'string' as const, format: 'binary' } } },
  },
  204: { description: 'Nothing here that the caller may see', headers: headerMap(['ETag', 'Cache-Control']) },
  304: unchanged,
};

/** Tilesets and vector tiles of a layer, and of several in one. */
export const tilePaths: Paths = {
  '/tileMatrixSets': {
    get: operation({
      id: 'getTileMatrixSets',
      tag: 'Tiles',
      en: 'Tile matrix sets',
      zh: '瓦片矩阵集',
      about: 'OGC API Tiles Part 1. The same for every caller; nothing outside this server needs to be reached to read tiles.',
      parameters: [param('f')],
      answers: { 200: answer('TileMatrixSets', 'The sets', examples.tileMatrixSets) },
      faults: ['parameter_unknown', 'format_unsupported'],
    }),
  },
  '/tileMatrixSets/{tileMatrixSetId}': {
    get: operation({
      id: 'getTileMatrixSet',
      tag: 'Tiles',
      en: 'A tile matrix set',
      zh: '一个瓦片矩阵集',
      about: 'OGC 17-083r4.',
      parameters: [param('tileMatrixSetId'), param('f')],
      answers: { 200: answer('TileMatrixSet', 'Its definition', examples.tileMatrixSet) },
      faults: ['parameter_unknown', 'format_unsupported', 'not_found'],
    }),
  },
  '/tiles': {
    get: operation({
      id: 'getDatasetTilesets',
      tag: 'Tiles',
      en: 'Tilesets of the dataset',
      zh: '全部图层的瓦片集',
      parameters: [param('collections'), param('f')],
      answers: { 200: answer('Tilesets', 'The tilesets', examples.datasetTilesets) },
      faults: DATASET_FAULTS,
    }),
  },
  '/tiles/WebMercatorQuad': {
    get: operation({
      id: 'getDatasetTileset',
      tag: 'Tiles',
      en: 'The dataset’s tileset in Web Mercator',
      zh: '全部图层的 Web 墨卡托瓦片集',
      parameters: [param('collections'), param('f')],
      answers: { 200: answer('Tileset', 'Its metadata, with the template of its tiles', examples.datasetTileset) },
      faults: DATASET_FAULTS,
    }),
  },
  '/tiles/WebMercatorQuad/{tileMatrix}/{tileRow}/{tileCol}': {
    get: operation({
      id: 'getDatasetTile',
      tag: 'Tiles',
      en: 'A vector tile of several layers',
      zh: '含多个图层的矢量瓦片',
      about:
        'One MVT layer per collection, each as the collection’s own tile holds it, decided as there: when one of the named collections may not be seen, the answer is that of its own tile.',
      parameters: [param('tileMatrix'), param('tileRow'), param('tileCol'), param('collections'), param('ifNoneMatch')],
      answers: TILE_ANSWERS,
      faults: [...DATA_FAULTS, 'tile_out_of_range', 'parameter_invalid.collections'],
    }),
  },
  '/collections/{layer}/tiles': {
    get: operation({
      id: 'getTilesets',
      tag: 'Tiles',
      en: 'Tilesets of a layer',
      zh: '图层的瓦片集',
      parameters: [param('layer'), param('signed'), param('f')],
      answers: { 200: answer('Tilesets', 'The tilesets', examples.tilesets) },
      faults: [...METADATA_FAULTS, ...SIGNED_FAULTS],
    }),
  },
  '/collections/{layer}/tiles/WebMercatorQuad': {
    get: operation({
      id: 'getTileset',
      tag: 'Tiles',
      en: 'The tileset in Web Mercator',
      zh: 'Web 墨卡托瓦片集',
      parameters: [param('layer'), param('signed'), param('f')],
      answers: { 200: answer('Tileset', 'Its metadata, with the template of its tiles', examples.tileset) },
      faults: [...METADATA_FAULTS, ...SIGNED_FAULTS],
    }),
  },
  '/collections/{layer}/tiles/WebMercatorQuad/{tileMatrix}/{tileRow}/{tileCol}': {
    get: operation({
      id: 'getTile',
      tag: 'Tiles',
      en: 'A vector tile',
      zh: '一个矢量瓦片',
      about:
        'OGC API Tiles Part 1: zoom, row, column. The MVT layer is named as the collection, a feature’s id is that of its item. Areas, rows and fields that the caller may not see are cut away before the tile is encoded.',
      parameters: [
        param('layer'),
        param('tileMatrix'),
        param('tileRow'),
        param('tileCol'),
        param('signed'),
        param('ifNoneMatch'),
      ],
      answers: TILE_ANSWERS,
      faults: [...DATA_FAULTS, ...SIGNED_FAULTS, 'tile_out_of_range'],
    }),
  },
  '/collections/{layer}/tilejson': {
    get: operation({
      id: 'getTileJson',
      tag: 'Tiles',
      en: 'TileJSON of a layer',
      zh: '图层的 TileJSON',
      parameters: [param('layer'), param('signed'), param('f')],
      answers: { 200: answer('TileJSON', 'TileJSON 3.0', examples.tilejson) },
      faults: [...METADATA_FAULTS, ...SIGNED_FAULTS],
    }),
  },
};
