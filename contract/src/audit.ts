import { json, operation } from './operation.js';
import { text, whole } from './query.js';
import { count, instant } from './shapes.js';
import { hashes, revoked } from './story.js';
import { z } from './zod.js';

export const auditEntry = z
  .object({
    seq: count,
    at: instant,
    actor: z.string().nullable().meta({ description: 'A user name, key:…, or null for the platform and the public' }),
    organisation: z.string().nullable(),
    action: z
      .string()
      .meta({ description: 'sign_in, request_submitted, narrower, grant, revoke, key_created, export, access, …' }),
    layer: z.string().nullable(),
    subject: z.string().nullable().meta({ description: 'Id of the request, grant or key' }),
    detail: z.record(z.string(), z.unknown()),
    algorithm: z.string(),
    prev: z.string(),
    hash: z.string().meta({ description: 'Over the row’s canonical text, which holds the hash of the row before' }),
    textZh: z.string(),
    textEn: z.string(),
  })
  .openapi('AuditEntry');
export type AuditEntry = z.output<typeof auditEntry>;

export const auditPage = z
  .object({
    entries: z.array(auditEntry).meta({ description: 'The newest first' }),
    next: count.nullable().meta({ description: 'Give it as `before` for the next page; null: there may be no more' }),
  })
  .openapi('AuditPage');

export const chainReport = z
  .object({
    ok: z.boolean(),
    rows: count,
    head: z.string(),
    fault: z.object({ seq: count, why: z.string() }).nullable().meta({ description: 'The first row that does not hold' }),
    first: count.meta({ description: 'Where the log begins: 1, or the row after a signed checkpoint' }),
    sealed: z
      .object({ seq: count, at: instant, key: z.string() })
      .nullable()
      .meta({ description: 'The last row that a signature vouches for' }),
    anchors: count.meta({ description: 'Signed statements the log was held against' }),
  })
  .openapi('ChainReport');

export const auditHead = z
  .object({
    seq: count,
    hash: z.string(),
    algorithm: z.enum(['sha256', 'sm3']).meta({ description: 'Of the rows to come' }),
    sealed: z
      .object({
        seq: count,
        hash: z.string().meta({ description: 'The row’s algorithm and hash' }),
        at: instant,
        key: z.string(),
        signature: z.string().meta({
          description: 'Over the JSON text ["audit-head",seq,hash,at,key] without spaces; the algorithm stands before it',
        }),
      })
      .nullable()
      .meta({ description: 'The last signed head' }),
    key: z.object({
      fingerprint: z.string(),
      algorithm: z.enum(['ed25519', 'sm2']),
      publicKey: z.string().meta({ description: 'DER (SPKI) in base64' }),
    }),
  })
  .openapi('AuditHead');

const KEY = {
  fingerprint: 'sha256:1f0d63c1a5c2f4f6fd0d3b9cf1b0f2a3d6c8c6b27c7f3f9f9a0f4d7c55e0a1b2',
  algorithm: 'ed25519' as const,
  publicKey: 'MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=',
};

/** The log, and whether it holds. */
export const auditOperations = {
  getAudit: operation({
    id: 'getAudit',
    method: 'get',
    path: '/audit',
    tag: 'Governance',
    en: 'The log, the newest first',
    zh: '日志',
    about: 'All of it for auditors; for stewards what concerns their own layers.',
    callers: 'person',
    query: {
      layer: text('Only entries on this layer', { example: 'parcels' }),
      action: text('Only entries of this kind', { example: 'revoke' }),
      actor: text('Only what this one did', { example: 'steward' }),
      before: whole('Only entries with a smaller number: `next` of the page before', { minimum: 1, example: 40 }),
      limit: whole('Entries on a page', { minimum: 1, maximum: 1000, otherwise: 100, lowered: true }),
    },
    answers: {
      200: {
        description: 'Entries, each holding the hash of the one before it',
        json: json(auditPage, {
          revoked: [
            'A grant was taken back',
            {
              entries: [revoked],
              next: 40,
            },
          ],
        }),
      },
    },
    faults: ['parameter_invalid.before', 'role_required.auditor'],
  }),

  verifyAudit: operation({
    id: 'verifyAudit',
    method: 'get',
    path: '/audit/verify',
    tag: 'Governance',
    en: 'Walk the whole chain and say whether it holds',
    zh: '校验日志链',
    callers: 'person',
    answers: {
      200: {
        description: 'What was found',
        json: json(chainReport, {
          whole: [
            'The chain holds',
            {
              ok: true,
              rows: 40,
              head: hashes.head,
              fault: null,
              first: 1,
              sealed: { seq: 40, at: '2026-12-18T08:45:00.000Z', key: KEY.fingerprint },
              anchors: 5,
            },
          ],
          edited: [
            'A row was edited',
            {
              ok: false,
              rows: 24,
              head: hashes.before,
              fault: { seq: 25, why: 'row 25 was changed after it was written' },
              first: 1,
              sealed: { seq: 20, at: '2026-12-17T01:00:00.000Z', key: KEY.fingerprint },
              anchors: 5,
            },
          ],
        }),
      },
    },
    faults: ['role_required.auditor'],
  }),

  getAuditHead: operation({
    id: 'getAuditHead',
    method: 'get',
    path: '/audit/head',
    tag: 'Governance',
    en: 'The head of the log, signed, and the key that signs it',
    zh: '日志链首与签名公钥',
    about: 'Keep what you read here elsewhere: `yutu audit verify --anchors` holds the log against it.',
    callers: 'person',
    answers: {
      200: {
        description: 'The head',
        json: json(auditHead, {
          signed: [
            'Signed up to its last row',
            {
              seq: 40,
              hash: hashes.head,
              algorithm: 'sha256',
              sealed: {
                seq: 40,
                hash: `sha256:${hashes.head}`,
                at: '2026-12-18T08:45:00.000Z',
                key: KEY.fingerprint,
                signature: 'ed25519:qDdXAv0mFvWHJ4m4nCqDsi8fAm1cfgIeN8CcC1vYSgkIcpfQGV4v7Fv2xuqM9wX0wq1j0hQk7Wv0d1z3v0gPBw==',
              },
              key: KEY,
            },
          ],
        }),
      },
    },
    faults: ['role_required.auditor'],
  }),
};
