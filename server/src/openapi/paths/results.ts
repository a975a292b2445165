import { BODY_FAULTS, DATA_FAULTS } from '@yutu/contract';
import * as examples from '../examples/results.js';
import { answer, body, operation } from '../operation.js';
import { param, query } from '../parameters.js';
import type { Fault } from '../problems.js';
import type { Paths } from '../types.js';
import { unchanged } from './features.js';

/** What is told of a layer's features without the features. */
export const resultPaths: Paths = {
  '/collections/{layer}/statistics': {
    get: operation({
      id: 'getStatistics',
      tag: 'Features',
      en: 'Features by class, with sums',
      zh: '按类统计要素',
      about:
        'Under the action `query`. Fields must be queryables; a box is held against the geometry as the caller sees it. Without `by` all features are one class.',
      parameters: [
        param('layer'),
        query('by', 'A queryable whose values are the classes', { type: 'string' }, 'land_use'),
        query('breaks', 'Bounds between classes of a number field, ascending, separated by commas', { type: 'string' }),
        query('of', 'A number field: its sum, least and greatest value in each class', { type: 'string' }, 'area_m2'),
        param('bbox'),
        param('filter'),
        param('filter-lang'),
        param('filter-crs'),
        param('f'),
        param('ifNoneMatch'),
      ],
      answers: {
        200: answer('Statistics', 'Counts by class', examples.statistics, { headers: ['ETag', 'Cache-Control'] }),
        304: unchanged,
      },
      faults: [
        ...DATA_FAULTS,
        'parameter_invalid.by',
        'parameter_invalid.bbox',
        'parameter_invalid.filter',
        'format_unsupported',
      ],
    }),
  },
  '/collections/{layer}/analyse': {
    post: operation({
      id: 'analyse',
      tag: 'Features',
      en: 'Lay a polygon over a layer (red line overlay)',
      zh: '红线套合',
      about:
        'Under the action `analyse`: the result without any geometry. Computed from the geometries as the caller’s rights show them. Each part of the polygon has at least 1,000 m², unless the layer’s policy says otherwise; at most 30 overlays a minute. A horizontal or vertical line crosses the polygon’s border at most 100 times, and positions times crossings come to at most 100,000.',
      parameters: [param('layer'), param('f')],
      body: body('OverlayInput', examples.overlayInput),
      answers: { 200: answer('Overlay', 'What lies in the polygon', examples.overlay) },
      faults: [
        ...new Set<Fault>([
          ...DATA_FAULTS,
          ...BODY_FAULTS,
          'action_not_granted.analyse',
          'parameter_invalid.by',
          'parameter_invalid.polygon',
          'polygon_too_small',
          'polygon_too_narrow',
          'overlay_too_large',
          'origin_refused',
          'format_unsupported',
        ]),
      ],
    }),
  },
  '/collections/{layer}/verify': {
    post: operation({
      id: 'verify',
      tag: 'Features',
      en: 'Check what is claimed of a feature',
      zh: '核验',
      about:
        'Under the action `verify`: yes or no and nothing else. A feature that does not exist, one the caller may not see and a wrong claim have the same answer after the same time. At most 300 checks a minute, 10 a minute and 60 a day on one feature.',
      parameters: [param('layer'), param('f')],
      body: body('CheckInput', examples.checkInput),
      answers: { 200: answer('CheckResult', 'Whether it is so', examples.checkResult) },
      faults: [
        ...new Set<Fault>([
          ...DATA_FAULTS,
          ...BODY_FAULTS,
          'action_not_granted.verify',
          'parameter_invalid.claims',
          'origin_refused',
          'format_unsupported',
        ]),
      ],
    }),
  },
};
