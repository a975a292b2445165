import { MVT } from '../../features/links.js';
import * as examples from '../examples/tiles.js';
import { answer, headerMap, operation } from '../operation.js';
import { param } from '../parameters.js';
import type { Paths } from '../types.js';
import { DATA_FAULTS, unchanged } from './features.js';

const METADATA_FAULTS = ['layer_not_found', 'parameter_unknown', 'format_unsupported'] as const;

/** Tilesets and vector tiles of a layer. */
export const tilePaths: Paths = {
  '/collections/{layer}/tiles': {
    get: operation({
      id: 'getTilesets',
      tag: 'Tiles',
      en: 'Tilesets of a layer',
      zh: '图层的瓦片集',
      parameters: [param('layer'), param('f')],
      answers: { 200: answer('Tilesets', 'The tilesets', examples.tilesets) },
      faults: METADATA_FAULTS,
    }),
  },
  '/collections/{layer}/tiles/WebMercatorQuad': {
    get: operation({
      id: 'getTileset',
      tag: 'Tiles',
      en: 'The tileset in Web Mercator',
      zh: 'Web 墨卡托瓦片集',
      parameters: [param('layer'), param('f')],
      answers: { 200: answer('Tileset', 'Its metadata, with the template of its tiles', examples.tileset) },
      faults: METADATA_FAULTS,
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
      parameters: [param('layer'), param('tileMatrix'), param('tileRow'), param('tileCol'), param('ifNoneMatch')],
      answers: {
        200: {
          description: 'Mapbox Vector Tile 2.1, extent 4096',
          headers: headerMap(['ETag', 'Cache-Control']),
          content: { [MVT]: { schema: { type: 'string', format: 'binary' } } },
        },
        204: { description: 'Nothing here that the caller may see', headers: headerMap(['ETag', 'Cache-Control']) },
        304: unchanged,
      },
      faults: [...DATA_FAULTS, 'tile_out_of_range'],
    }),
  },
  '/collections/{layer}/tilejson': {
    get: operation({
      id: 'getTileJson',
      tag: 'Tiles',
      en: 'TileJSON of a layer',
      zh: '图层的 TileJSON',
      parameters: [param('layer'), param('f')],
      answers: { 200: answer('TileJSON', 'TileJSON 3.0', examples.tilejson) },
      faults: METADATA_FAULTS,
    }),
  },
};
