import { BODY_FAULTS } from '@yutu/contract';
import { MVT } from '../../features/links.js';
import * as examples from '../examples/drafts.js';
import { answer, body, headerMap, operation } from '../operation.js';
import { param, query } from '../parameters.js';
import type { Paths } from '../types.js';

/** A person's own files on the map. */
export const draftPaths: Paths = {
  '/drafts': {
    get: operation({
      id: 'getDrafts',
      tag: 'Drafts',
      en: 'The caller’s drafts',
      zh: '本人的草稿',
      callers: 'person',
      answers: { 200: answer('Drafts', 'The drafts, the newest first', examples.drafts) },
      faults: ['person_required', 'parameter_unknown'],
    }),
    post: operation({
      id: 'createDraft',
      tag: 'Drafts',
      en: 'Look at a GeoJSON file of one’s own on the map',
      zh: '在地图上查看自己的 GeoJSON 文件',
      about: 'Kept for a day and seen by nobody else. A person has at most 20.',
      callers: 'person',
      parameters: [query('title', 'Title; without one the document’s name', { type: 'string' }, '踏勘点')],
      body: body('DraftInput', examples.draftInput, true, 'application/geo+json'),
      answers: { 201: answer('Draft', 'The draft, with the template of its tiles', examples.draft, { headers: ['Location'] }) },
      faults: [
        'person_required',
        'parameter_unknown',
        'parameter_invalid.draft',
        ...BODY_FAULTS,
        'media_type_unsupported',
        'too_many_drafts',
        'draft_too_hard',
      ],
    }),
  },
  '/drafts/{id}': {
    delete: operation({
      id: 'deleteDraft',
      tag: 'Drafts',
      en: 'Delete a draft',
      zh: '删除草稿',
      callers: 'person',
      parameters: [param('draft')],
      answers: { 204: { description: 'Deleted' } },
      faults: ['person_required', 'draft_not_found', 'origin_refused'],
    }),
  },
  '/drafts/{id}/tiles/WebMercatorQuad/{tileMatrix}/{tileRow}/{tileCol}': {
    get: operation({
      id: 'getDraftTile',
      tag: 'Drafts',
      en: 'A vector tile of a draft',
      zh: '草稿的一个矢量瓦片',
      about:
        'Zooms 0 to 18; the MVT layer is `draft`. For its owner and the keys its owner made; for all others there is no such draft.',
      parameters: [param('draft'), param('tileMatrix'), param('tileRow'), param('tileCol')],
      answers: {
        200: {
          description: 'Mapbox Vector Tile 2.1, extent 4096',
          headers: headerMap(['Cache-Control']),
          content: { [MVT]: { schema: { type: 'string', format: 'binary' } } },
        },
        204: { description: 'Nothing here', headers: headerMap(['Cache-Control']) },
      },
      faults: ['draft_not_found', 'tile_out_of_range', 'parameter_unknown', 'format_unsupported'],
    }),
  },
};
