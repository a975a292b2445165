import { BODY_FAULTS } from '@yutu/contract';
import * as examples from '../examples/governance.js';
import { answer, body, operation } from '../operation.js';
import { param, query } from '../parameters.js';
import type { Paths } from '../types.js';

const text = { type: 'string' } as const;

/** The log, and who has seen a layer. */
export const governancePaths: Paths = {
  '/audit': {
    get: operation({
      id: 'getAudit',
      tag: 'Governance',
      en: 'The log, the newest first',
      zh: '日志',
      about: 'All of it for auditors; for stewards what concerns their own layers.',
      callers: 'person',
      parameters: [
        query('layer', 'Only entries on this layer', text, 'parcels'),
        query('action', 'Only entries of this kind', text, 'revoke'),
        query('actor', 'Only what this one did', text, 'steward'),
        query('before', 'Only entries with a smaller number: `next` of the page before', { type: 'integer', minimum: 1 }, 40),
        query('limit', 'Entries on a page', { type: 'integer', minimum: 1, maximum: 1000, default: 100 }),
      ],
      answers: { 200: answer('AuditPage', 'Entries, each holding the hash of the one before it', examples.auditPage) },
      faults: ['parameter_invalid.before', 'parameter_unknown', 'role_required.auditor'],
    }),
  },
  '/audit/verify': {
    get: operation({
      id: 'verifyAudit',
      tag: 'Governance',
      en: 'Walk the whole chain and say whether it holds',
      zh: '校验日志链',
      callers: 'person',
      answers: { 200: answer('ChainReport', 'What was found', examples.chainReport) },
      faults: ['parameter_unknown', 'role_required.auditor'],
    }),
  },
  '/audit/head': {
    get: operation({
      id: 'getAuditHead',
      tag: 'Governance',
      en: 'The head of the log, signed, and the key that signs it',
      zh: '日志链首与签名公钥',
      about: 'Keep what you read here elsewhere: `yutu audit verify --anchors` holds the log against it.',
      callers: 'person',
      answers: { 200: answer('AuditHead', 'The head', examples.auditHead) },
      faults: ['parameter_unknown', 'role_required.auditor'],
    }),
  },
  '/collections/{layer}/usage': {
    get: operation({
      id: 'getUsage',
      tag: 'Governance',
      en: 'Who has seen a layer, by day',
      zh: '谁看过我的数据',
      about: 'For the owner’s stewards and for auditors. `f=csv` gives up to 100,000 rows as a table to take away.',
      callers: 'person',
      parameters: [
        param('layer'),
        query('from', 'First day', { type: 'string', format: 'date' }, '2026-11-01'),
        query('until', 'Last day', { type: 'string', format: 'date' }, '2026-11-30'),
        query('f', 'Format of the answer', { type: 'string', enum: ['json', 'csv'], default: 'json' }),
      ],
      answers: { 200: answer('Usage', 'At most 1000 rows, the newest day first', examples.usage) },
      faults: ['layer_not_found', 'parameter_invalid.from', 'parameter_unknown', 'format_unsupported', 'role_required.steward'],
    }),
  },
  '/governance/extraction': {
    get: operation({
      id: 'getExtraction',
      tag: 'Governance',
      en: 'How much of each layer every organisation has drawn',
      zh: '各单位提取量',
      about:
        'The union of what left through tiles (from the layer’s counting zoom on), items and exports within the days of the layer’s policy. Stewards see their own layers; auditors and security administrators all.',
      callers: 'person',
      answers: { 200: answer('Extraction', 'At most 1000 rows, the nearest to its limit first', examples.extraction) },
      faults: ['parameter_unknown', 'role_required.steward'],
    }),
  },
  '/governance/extraction/lift': {
    post: operation({
      id: 'liftExtraction',
      tag: 'Governance',
      en: 'Let an organisation go on that was slowed down or stopped',
      zh: '解除提取限制',
      about:
        'For the owner’s stewards, in person, and security administrators, not for the own organisation; recorded. What was drawn up to now does not count again.',
      callers: 'person',
      body: body('ExtractionLift', examples.lift),
      answers: { 204: { description: 'Lifted' } },
      faults: [
        'layer_not_found',
        'parameter_unknown',
        ...BODY_FAULTS,
        'role_required.steward',
        'gives_to_self',
        'extraction_none',
      ],
    }),
  },
};
