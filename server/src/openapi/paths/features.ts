import { BODY_FAULTS, DATA_FAULTS } from '@yutu/contract';
import { MERGE_PATCH } from '../../features/edit.js';
import { GEOJSON } from '../../features/links.js';
import * as examples from '../examples/collection.js';
import { answer, body, headerMap, operation } from '../operation.js';
import { param } from '../parameters.js';
import type { Fault } from '../problems.js';
import type { Paths, Response } from '../types.js';

/** The client has it already. */
export const unchanged: Response = {
  description: 'Nothing has changed since the ETag that was sent',
  headers: headerMap(['ETag', 'Cache-Control']),
};

/** Faults of every edit. */
const EDIT_FAULTS = [
  'layer_not_found',
  'parameter_unknown',
  'person_required',
  'edit_by_owner',
  'origin_refused',
  'disk_full',
] as const satisfies readonly Fault[];
const WRITE_FAULTS = [
  ...BODY_FAULTS,
  'parameter_invalid.geometry',
  'parameter_invalid.property',
] as const satisfies readonly Fault[];
const STATE_FAULTS = ['feature_not_found', 'precondition_failed', 'precondition_required'] as const satisfies readonly Fault[];

const validated = { type: GEOJSON, headers: ['ETag', 'Cache-Control'] };

/** Features of a layer, and its export. */
export const featurePaths: Paths = {
  '/collections/{layer}/items': {
    get: operation({
      id: 'getItems',
      tag: 'Features',
      en: 'Features of a layer',
      zh: '图层的要素',
      // No free-form parameter stands for the property filters: names that are not queryables are refused.
      about:
        'OGC API Features Part 1, §7.15, with the filters of Part 3. Every queryable is a parameter too: `land_use=07` keeps the features with that value; one that is called as a parameter of the API is reached by `filter` alone. Features come by ascending id; follow the link `next` for more.',
      parameters: [
        param('layer'),
        param('limit'),
        param('bbox'),
        param('datetime'),
        param('filter'),
        param('filter-lang'),
        param('filter-crs'),
        param('after'),
        param('offset'),
        param('fFeatures'),
        param('ifNoneMatch'),
      ],
      answers: {
        200: answer('FeatureCollection', 'The features the caller may query, as it may see them', examples.items, validated),
        304: unchanged,
      },
      faults: [
        ...DATA_FAULTS,
        'parameter_invalid.limit',
        'parameter_invalid.bbox',
        'parameter_invalid.filter',
        'listing_changed',
        'format_unsupported',
      ],
    }),
    post: operation({
      id: 'createItem',
      tag: 'Features',
      en: 'Add a feature',
      zh: '新增要素',
      about:
        'OGC API Features Part 4. For the stewards of the layer’s owner. The server gives the id; the feature is in the next answer and the next tile.',
      callers: 'person',
      parameters: [param('layer'), param('fFeatures')],
      body: body('FeatureInput', examples.featureInput, true, GEOJSON),
      answers: {
        201: answer('Feature', 'The new feature', examples.item, {
          type: GEOJSON,
          headers: ['Location', 'ETag', 'Cache-Control'],
        }),
      },
      faults: [...new Set<Fault>([...EDIT_FAULTS, ...WRITE_FAULTS, 'media_type_unsupported', 'format_unsupported'])],
    }),
  },
  '/collections/{layer}/changes': {
    get: operation({
      id: 'getChanges',
      tag: 'Features',
      en: 'What became of a layer',
      zh: '图层的变更',
      about:
        'For who keeps a copy: take a mark first (a call without `since`), read the features, then follow `next` from time to time; put in what is in `features`, drop what is in `gone`. Compared is what the caller sees, so an edit of a hidden field or beyond the area is no change. After `listing_changed` or `changes_unknown` read the features anew.',
      parameters: [param('layer'), param('since'), param('edits'), param('fFeatures'), param('ifNoneMatch')],
      answers: { 200: answer('ChangeCollection', 'What changed since the mark', examples.changes, validated), 304: unchanged },
      faults: [
        ...DATA_FAULTS,
        'parameter_invalid.limit',
        'parameter_invalid.since',
        'listing_changed',
        'changes_unknown',
        'format_unsupported',
      ],
    }),
  },
  '/collections/{layer}/items/{fid}': {
    get: operation({
      id: 'getItem',
      tag: 'Features',
      en: 'One feature',
      zh: '一个要素',
      about: 'A feature outside what the caller was granted answers as one that does not exist.',
      parameters: [param('layer'), param('fid'), param('fFeatures'), param('ifNoneMatch')],
      answers: { 200: answer('Feature', 'The feature', examples.item, validated), 304: unchanged },
      faults: [...DATA_FAULTS, 'feature_not_found', 'format_unsupported'],
    }),
    put: operation({
      id: 'replaceItem',
      tag: 'Features',
      en: 'Replace a feature',
      zh: '替换要素',
      about: 'OGC API Features Part 4. Fields that are not sent become empty.',
      callers: 'person',
      parameters: [param('layer'), param('fid'), param('fFeatures'), param('ifMatch')],
      body: body('FeatureInput', examples.featureInput, true, GEOJSON),
      answers: { 200: answer('Feature', 'The feature as it is now', examples.item, validated) },
      faults: [
        ...new Set<Fault>([...EDIT_FAULTS, ...WRITE_FAULTS, ...STATE_FAULTS, 'media_type_unsupported', 'format_unsupported']),
      ],
    }),
    patch: operation({
      id: 'updateItem',
      tag: 'Features',
      en: 'Change a feature',
      zh: '修改要素',
      about: 'OGC API Features Part 4, with a merge patch (RFC 7396).',
      callers: 'person',
      parameters: [param('layer'), param('fid'), param('fFeatures'), param('ifMatch')],
      body: body('FeaturePatch', examples.featurePatch, true, MERGE_PATCH),
      answers: { 200: answer('Feature', 'The feature as it is now', examples.item, validated) },
      faults: [
        ...new Set<Fault>([
          ...EDIT_FAULTS,
          ...WRITE_FAULTS,
          ...STATE_FAULTS,
          'media_type_unsupported.patch',
          'format_unsupported',
        ]),
      ],
    }),
    delete: operation({
      id: 'deleteItem',
      tag: 'Features',
      en: 'Delete a feature',
      zh: '删除要素',
      about: 'OGC API Features Part 4. Its id is never used again; its last state stays in the layer’s changes.',
      callers: 'person',
      parameters: [param('layer'), param('fid'), param('fFeatures'), param('ifMatch')],
      answers: { 204: { description: 'Deleted' } },
      faults: [...EDIT_FAULTS, ...STATE_FAULTS, 'format_unsupported'],
    }),
  },
  '/collections/{layer}/export': {
    get: operation({
      id: 'exportCollection',
      tag: 'Features',
      en: 'All that the caller may download, as a file',
      zh: '下载获权范围内的全部要素',
      about: 'Streams. The file says who took it, when and under which grants. It breaks off when the right ends meanwhile.',
      parameters: [param('layer'), param('fExport')],
      answers: {
        200: answer('ExportedCollection', 'A GeoJSON file', examples.exported, {
          type: GEOJSON,
          headers: ['Content-Disposition'],
        }),
      },
      faults: [...DATA_FAULTS, 'action_not_granted.download', 'format_unsupported'],
    }),
  },
};
