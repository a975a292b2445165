import { MAX_ZOOM } from '@yutu/tiles';
import { DATASET_MOST } from '../access/dataset.js';
import { DEFAULT_EDITS, MAX_EDITS } from '../features/changes.js';
import { DEFAULT_LIMIT, MAX_LIMIT } from '../features/items.js';
import { CRS84 } from '../features/links.js';
import { TILE_MATRIX_SETS } from '../features/tile-matrix-sets.js';
import type { Parameter, Reference, Schema } from './types.js';

const path = (name: string, description: string, schema: Schema, example: unknown): Parameter => ({
  name,
  in: 'path',
  required: true,
  description,
  schema,
  example,
});

/** A query parameter as the OGC standards write theirs: their test suite compares style and explode literally. */
const form = (name: string, description: string, schema: Schema, example?: unknown, required = false): Parameter => ({
  name,
  in: 'query',
  required,
  description,
  style: 'form',
  explode: false,
  schema,
  ...(example !== undefined && { example }),
});

/** A query parameter of the platform's own. */
export const query = (name: string, description: string, schema: Schema, example?: unknown, required = false): Parameter => ({
  name,
  in: 'query',
  required,
  description,
  schema,
  ...(example !== undefined && { example }),
});

const format = (offered: readonly string[]): Parameter =>
  query('f', 'Format of the answer', { type: 'string', enum: [...offered], default: offered[0] });

const uuid: Schema = { type: 'string', format: 'uuid' };

/** Parameters that operations share. QGIS looks for the page size under the very name `limit`. */
export const parameters = {
  layer: path(
    'layer',
    'Id of a layer. A layer that the caller may not discover answers as one that does not exist.',
    { type: 'string', pattern: '^[a-z][a-z0-9_]{0,47}$' },
    'parcels',
  ),
  fid: path('fid', 'Id of a feature', { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER }, 1),
  request: path('id', 'Id of a request', uuid, '5d416703-a0ac-4c53-a984-77b07663fa1b'),
  grant: path('id', 'Id of a grant', uuid, '8f1b4c42-724d-4c9b-9206-203f0f22227c'),
  agreement: path('id', 'Id of an agreement', uuid, '4f2d8b1e-6c3a-4e57-9a0b-7d1c2e3f4a5b'),
  username: path('username', 'User name of an account', { type: 'string', pattern: '^[a-z0-9][a-z0-9._-]{0,47}$' }, 'li.na'),
  delegation: path('id', 'Id of a delegation', uuid, '3e0c6f0e-6b8d-4a43-9a3c-2f6d7d0b7a55'),
  change: path('id', 'Id of a change of an account', uuid, '0b2f6a53-3a61-4c53-9d0b-5b8f6c9d2e17'),
  key: path('id', 'Id of a key', uuid, 'a4c2aed4-34a0-47bf-8a84-32d113fdd37f'),
  return: query('return', 'Where to go on after signing in: a path of this site', { type: 'string', default: '/' }, '/requests'),
  code: query('code', 'From the sign-in service', { type: 'string' }),
  state: query('state', 'As it was sent to the sign-in service', { type: 'string' }),
  certificate: path('id', 'Id of a certificate', uuid, 'c1b7d0b2-4c5e-4f0a-9d3e-5a6b7c8d9e0f'),
  signedAddress: path('id', 'Id of a signed address', uuid, '6e1d2c3b-4a59-4687-9b0c-1d2e3f405162'),
  embed: path('id', 'Id of an embed', uuid, '2b8c0a54-7a0e-4d3e-8d51-0a4b5c6d7e8f'),
  signed: query(
    'signed',
    'What makes the address good by itself, as it was signed (POST /collections/{layer}/signed-tiles or …/embeds). It stands in place of the caller’s own rights.',
    { type: 'string', maxLength: 2000 },
  ),
  draft: path('id', 'Id of a draft', uuid, '1c1f0a52-5c5e-4d0e-9a63-8f5f8a3f2b11'),
  tileMatrixSetId: path(
    'tileMatrixSetId',
    'Id of a tile matrix set',
    { type: 'string', enum: [...TILE_MATRIX_SETS] },
    'WebMercatorQuad',
  ),
  tileMatrix: path('tileMatrix', 'Zoom', { type: 'integer', minimum: 0, maximum: MAX_ZOOM }, 14),
  tileRow: path('tileRow', 'Row, from the north', { type: 'integer', minimum: 0, maximum: 2 ** MAX_ZOOM - 1 }, 6785),
  tileCol: path('tileCol', 'Column, from the west', { type: 'integer', minimum: 0, maximum: 2 ** MAX_ZOOM - 1 }, 13041),
  limit: form(
    'limit',
    'Features on a page. A larger number is lowered to the maximum.',
    { type: 'integer', minimum: 1, maximum: MAX_LIMIT, default: DEFAULT_LIMIT },
    1000,
  ),
  bbox: form(
    'bbox',
    'West, south, east, north in degrees; with six numbers the heights are not looked at. West greater than east crosses the antimeridian.',
    { type: 'array', minItems: 4, maxItems: 6, items: { type: 'number' } },
    [106.94, 29.41, 107.78, 29.98],
  ),
  datetime: form(
    'datetime',
    'An RFC 3339 date or time, or an interval of them with `..` for an open end, held against the fields that the collection names under `yutu.time`. A date is all of that day in the instance’s zone, which is also the zone of times that name none. Features without a time match any.',
    { type: 'string' },
    '2026-01-01/..',
  ),
  filter: form(
    'filter',
    'CQL2 over the queryables. What is hidden or masked from the caller answers as if there were no such property.',
    { type: 'string' },
    "district_code = '500103' AND area_m2 > 10000",
  ),
  'filter-lang': form('filter-lang', 'Language of `filter`', {
    type: 'string',
    enum: ['cql2-text', 'cql2-json'],
    default: 'cql2-text',
  }),
  'filter-crs': form('filter-crs', 'Reference system of the coordinates in `filter`', {
    type: 'string',
    enum: [CRS84],
    default: CRS84,
  }),
  offset: query('offset', 'For clients that begin with it: 0 and nothing else. Pages are followed by their link `next`.', {
    type: 'integer',
    enum: [0],
  }),
  after: query('after', 'Mark of the page before, as its link `next` has it. Opaque.', { type: 'string' }, 'ZjEwMDA'),
  since: query(
    'since',
    'Mark of the answer before, as its link `next` has it. Opaque. Without it: no changes, only the mark to begin with.',
    { type: 'string' },
    'YzEuLi4',
  ),
  edits: form(
    'limit',
    'How many edits are looked at; what the caller does not see of them is not told. A larger number is lowered to the maximum.',
    { type: 'integer', minimum: 1, maximum: MAX_EDITS, default: DEFAULT_EDITS },
    1000,
  ),
  collections: form(
    'collections',
    `Layers, in the order in which the tile shall hold them; at most ${DATASET_MOST}. Without it: the first ${DATASET_MOST} that the caller may see.`,
    { type: 'array', minItems: 1, maxItems: DATASET_MOST, items: { type: 'string' } },
    ['districts', 'townships'],
  ),
  f: format(['json']),
  fFeatures: format(['json', 'geojson']),
  fExport: format(['geojson']),
  ifNoneMatch: {
    name: 'If-None-Match',
    in: 'header',
    required: false,
    description: 'ETag of what the client has: answered with 304 while that still holds, and only while the right does',
    schema: { type: 'string' },
  },
  ifMatch: {
    name: 'If-Match',
    in: 'header',
    required: true,
    description: 'ETag of the feature as it was read, so that nobody’s change is lost; `*` for whatever state it is in',
    schema: { type: 'string' },
    example: '"pZ1mQ3xkT0cWl2v7yR9bN4s6aJd"',
  },
} satisfies Record<string, Parameter>;

export type ParameterName = keyof typeof parameters;

/** A shared parameter, by its name. */
export const param = (name: ParameterName): Reference => ({ $ref: `#/components/parameters/${name}` });
