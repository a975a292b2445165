import { transport } from '@yutu/contract';
import type { Examples } from '../operation.js';
import { GRANT_ID } from './requests.js';

/* Entries of the log. */

const hashes = {
  before: '9e3b7d7ac029f4d63e31c82c27d6e652020c54ee68b5dc8fba316945088ef7ff',
  head: '843c69ff1689aca1df8042f383869e1be125d90656b68030e02cfdd3b74b75ab',
};

export const auditPage: Examples<'AuditPage'> = {
  revoked: [
    'A grant was taken back',
    {
      entries: [
        {
          seq: 40,
          at: '2026-12-18T08:40:00.000Z',
          actor: 'steward',
          organisation: 'planning',
          action: 'revoke',
          layer: 'parcels',
          subject: GRANT_ID,
          detail: { grantee: 'transport', reason: '事项已办结' },
          algorithm: 'sha256',
          prev: hashes.before,
          hash: hashes.head,
          textZh: '市规划自然资源局 steward 收回授权“地籍宗地”：事项已办结',
          textEn: 'steward (Planning and Natural Resources Bureau) revoked a grant "Land parcels": 事项已办结',
        },
      ],
      next: 40,
    },
  ],
};

const KEY = {
  fingerprint: 'sha256:1f0d63c1a5c2f4f6fd0d3b9cf1b0f2a3d6c8c6b27c7f3f9f9a0f4d7c55e0a1b2',
  algorithm: 'ed25519' as const,
  publicKey: 'MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=',
};

export const auditHead: Examples<'AuditHead'> = {
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
};

export const chainReport: Examples<'ChainReport'> = {
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
};

export const usage: Examples<'Usage'> = {
  key: [
    'A department system read with its key',
    {
      usage: [
        {
          day: '2026-11-25',
          organisation: transport,
          actor: 'key:规划审批系统',
          surface: 'items',
          via: 'key',
          grant: GRANT_ID,
          requests: 4,
          features: 3634,
          bytes: 2913350,
          km2: 1284.6,
        },
      ],
    },
  ],
};

export const extraction: Examples<'Extraction'> = {
  alarm: [
    'An organisation has drawn more than half of what the layer’s policy allows in 30 days',
    {
      extraction: [
        {
          layer: { id: 'parcels', titleZh: '地籍宗地', titleEn: 'Land parcels', owner: 'planning' },
          organisation: transport,
          level: 'alarm',
          rows: 13_207,
          km2: 941.2,
          share: 0.55,
          reachedAt: '2026-11-25T03:12:44.000Z',
          liftedAt: null,
          liftedBy: null,
          featureCount: 30_000,
          limits: { rows: 24_000, km2: null, days: 30, alarm: 0.5, slow: 0.9, stop: 1 },
          mayLift: true,
        },
      ],
    },
  ],
};

export const lift: Examples<'ExtractionLift'> = {
  explained: ['The steward has heard why', { layer: 'parcels', organisation: 'transport', reason: '已核实为全市选线分析' }],
};
