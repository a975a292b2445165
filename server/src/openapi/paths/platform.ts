import * as examples from '../examples/platform.js';
import { answer, operation } from '../operation.js';
import { query } from '../parameters.js';
import type { Paths } from '../types.js';

/** What the instance says of itself, and search. */
export const platformPaths: Paths = {
  '/instance': {
    get: operation({
      id: 'getInstance',
      tag: 'Platform',
      en: 'What this instance is: brand, home, themes, matters, reasons',
      zh: '平台信息：名称、范围、主题、业务事项、不予共享理由',
      answers: { 200: answer('Instance', 'The instance', examples.instance) },
      faults: ['parameter_unknown'],
    }),
  },
  '/divisions': {
    get: operation({
      id: 'getDivisions',
      tag: 'Platform',
      en: 'Divisions that an area can be made of',
      zh: '可用于划定范围的行政区划',
      answers: { 200: answer('Divisions', 'The divisions of the newest edition', examples.divisions) },
      faults: ['parameter_unknown'],
    }),
  },
  '/organisations': {
    get: operation({
      id: 'getOrganisations',
      tag: 'Platform',
      en: 'Organisations that share and ask',
      zh: '参与共享的单位',
      answers: { 200: answer('Organisations', 'The organisations', examples.organisations) },
      faults: ['parameter_unknown'],
    }),
  },
  '/search': {
    get: operation({
      id: 'search',
      tag: 'Platform',
      en: 'Layers, divisions, organisations and places by name or code',
      zh: '按名称或代码搜索图层、区划、单位和地点',
      about: 'Places come from layers the caller may query, and only from fields whose true value it sees.',
      parameters: [
        { ...query('q', 'What to look for', { type: 'string', minLength: 1, maxLength: 100 }, '涪陵'), required: true },
      ],
      answers: { 200: answer('SearchResults', 'What was found', examples.searchResults) },
      faults: ['parameter_invalid.q', 'parameter_unknown'],
    }),
  },
};
