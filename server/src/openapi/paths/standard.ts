import { OPENAPI } from '../../features/links.js';
import * as examples from '../examples/platform.js';
import { answer, operation } from '../operation.js';
import { param } from '../parameters.js';
import type { Paths } from '../types.js';

/** The landing page and what stands beside it in every OGC API. */
export const standardPaths: Paths = {
  '/': {
    get: operation({
      id: 'getLandingPage',
      tag: 'Standard',
      en: 'Landing page',
      zh: '入口',
      about: 'OGC API Features Part 1, §7.2.',
      parameters: [param('f')],
      answers: { 200: answer('LandingPage', 'Links to everything else', examples.landing) },
      faults: ['parameter_unknown', 'format_unsupported'],
    }),
  },
  '/conformance': {
    get: operation({
      id: 'getConformance',
      tag: 'Standard',
      en: 'Conformance classes that are kept',
      zh: '符合性声明',
      parameters: [param('f')],
      answers: { 200: answer('Conformance', 'URIs of the classes', examples.conformance) },
      faults: ['parameter_unknown', 'format_unsupported'],
    }),
  },
  '/openapi.json': {
    get: operation({
      id: 'getOpenapi',
      tag: 'Standard',
      en: 'This description',
      zh: '接口说明（本文档）',
      about: 'OpenAPI 3.0, the same for every caller.',
      parameters: [param('f')],
      answers: {
        200: { description: 'An OpenAPI document', content: { [OPENAPI]: { schema: { type: 'object' } } } },
      },
      faults: ['parameter_unknown', 'format_unsupported'],
    }),
  },
};
