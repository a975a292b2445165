import * as examples from '../examples/governance.js';
import { answer, operation } from '../operation.js';
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
      about: 'For the owner’s stewards and for auditors.',
      callers: 'person',
      parameters: [param('layer')],
      answers: { 200: answer('Usage', 'At most 1000 rows, the newest day first', examples.usage) },
      faults: ['layer_not_found', 'parameter_unknown', 'role_required.steward'],
    }),
  },
};
