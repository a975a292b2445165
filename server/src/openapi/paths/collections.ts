import * as examples from '../examples/collection.js';
import { answer, operation } from '../operation.js';
import { param } from '../parameters.js';
import type { Paths } from '../types.js';

/** The catalogue as collections. */
export const collectionPaths: Paths = {
  '/collections': {
    get: operation({
      id: 'getCollections',
      tag: 'Collections',
      en: 'The layers that the caller may discover',
      zh: '可发现的图层',
      about: 'Closed layers are listed too, with their owner and how to request them, but without what they hold.',
      parameters: [param('f')],
      answers: { 200: answer('Collections', 'The collections', examples.collections) },
      faults: ['parameter_unknown', 'format_unsupported'],
    }),
  },
  '/collections/{layer}': {
    get: operation({
      id: 'getCollection',
      tag: 'Collections',
      en: 'One layer and what the caller may do with it',
      zh: '一个图层及调用者的权限',
      parameters: [param('layer'), param('f')],
      answers: { 200: answer('Collection', 'The collection', examples.collection) },
      faults: ['layer_not_found', 'parameter_unknown', 'format_unsupported'],
    }),
  },
  '/collections/{layer}/queryables': {
    get: operation({
      id: 'getQueryables',
      tag: 'Collections',
      en: 'What a filter may speak of',
      zh: '可用于过滤的字段',
      about: 'OGC API Features Part 3. Hidden and masked fields are not among it.',
      parameters: [param('layer'), param('f')],
      answers: {
        200: answer('Queryables', 'A JSON Schema', examples.queryables, { type: 'application/schema+json' }),
      },
      faults: ['layer_not_found', 'parameter_unknown', 'format_unsupported'],
    }),
  },
};
