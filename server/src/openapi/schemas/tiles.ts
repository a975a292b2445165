import { bbox, count, z } from '@yutu/contract';
import { link } from './common.js';

const tilesetItem = z.object({
  title: z.string(),
  dataType: z.literal('vector'),
  crs: z.string(),
  tileMatrixSetURI: z.string(),
  links: z.array(link),
});

const detail = z
  .array(z.object({ zoom: count, full: count, reduced: count, hidden: count }))
  .optional()
  .meta({
    description:
      'Features at each zoom below 14: drawn as themselves, as dots or with fewer fields, and left out. Only for who may see the whole layer.',
  });

const reducedMeans =
  'Where features count as drawn only from a zoom on, tiles up to this one hold these fields alone and no ids, but those that are shown under no limit (`ids`: some are). Deeper tiles hold all fields.';

export const tilesets = z.object({ links: z.array(link), tilesets: z.array(tilesetItem) }).openapi('Tilesets');

export const tileset = tilesetItem
  .extend({
    tileMatrixSetLimits: z.array(
      z.object({
        tileMatrix: z.string(),
        minTileRow: count,
        maxTileRow: count,
        minTileCol: count,
        maxTileCol: count,
      }),
    ),
    boundingBox: z
      .object({ lowerLeft: z.tuple([z.number(), z.number()]), upperRight: z.tuple([z.number(), z.number()]), crs: z.string() })
      .optional(),
    layers: z.array(
      z.object({
        id: z.string(),
        title: z.string(),
        dataType: z.literal('vector'),
        geometryDimension: z.number().int().min(0).max(2),
        detail,
        reduced: z
          .object({ maxTileMatrix: z.string(), ids: z.boolean(), properties: z.array(z.string()) })
          .optional()
          .meta({ description: reducedMeans }),
        propertiesSchema: z.object({
          type: z.literal('object'),
          properties: z.record(
            z.string(),
            z.object({ title: z.string(), type: z.string(), 'x-yutu-code-system': z.string().optional() }),
          ),
        }),
      }),
    ),
  })
  .meta({ description: 'Tileset metadata (OGC API Tiles Part 1)' })
  .openapi('Tileset');

const scheme = {
  id: z.string(),
  title: z.string(),
  uri: z.string(),
  crs: z.string(),
  links: z.array(link),
};

export const tileMatrixSets = z
  .object({ links: z.array(link), tileMatrixSets: z.array(z.object(scheme)) })
  .openapi('TileMatrixSets');

export const tileMatrixSet = z
  .object({
    ...scheme,
    type: z.literal('TileMatrixSetType'),
    identifier: z.string().meta({ description: '`id` in the standard’s first version; so are supportedCRS and topLeftCorner' }),
    supportedCRS: z.string(),
    orderedAxes: z.array(z.string()),
    wellKnownScaleSet: z.string(),
    tileMatrices: z.array(
      z.object({
        id: z.string(),
        identifier: z.string(),
        scaleDenominator: z.number(),
        cellSize: z.number(),
        cornerOfOrigin: z.literal('topLeft'),
        pointOfOrigin: z.tuple([z.number(), z.number()]),
        topLeftCorner: z.tuple([z.number(), z.number()]),
        tileWidth: count,
        tileHeight: count,
        matrixWidth: count,
        matrixHeight: count,
      }),
    ),
  })
  .meta({ description: 'A tile matrix set (OGC 17-083r4)' })
  .openapi('TileMatrixSet');

export const tilejson = z
  .object({
    tilejson: z.literal('3.0.0'),
    name: z.string(),
    version: z.string(),
    scheme: z.literal('xyz'),
    attribution: z.string().optional(),
    tiles: z.array(z.string()),
    minzoom: count,
    maxzoom: count,
    bounds: bbox.optional(),
    vector_layers: z.array(
      z.object({
        id: z.string(),
        description: z.string(),
        minzoom: count,
        maxzoom: count,
        detail,
        reduced: z
          .object({ maxzoom: count, ids: z.boolean(), fields: z.array(z.string()) })
          .optional()
          .meta({ description: reducedMeans }),
        fields: z.record(z.string(), z.string()),
      }),
    ),
  })
  .meta({ description: 'TileJSON 3.0' })
  .openapi('TileJSON');
