import type { Examples } from '../operation.js';
import type { Value } from '../schemas/index.js';

export const certificateInput: Examples<'CertificateInput'> = {
  system: [
    'A system whose certificate may be renewed',
    {
      name: '规划审批系统',
      certificate: '-----BEGIN CERTIFICATE-----\nMIIB…\n-----END CERTIFICATE-----\n',
      match: 'subject',
      layers: ['parcels'],
    },
  ],
};

const system: Value<'Certificate'> = {
  id: 'c1b7d0b2-4c5e-4f0a-9d3e-5a6b7c8d9e0f',
  name: '规划审批系统',
  organisation: 'planning',
  fingerprint: null,
  subject: 'C=CN, O=Planning Bureau, CN=approval.example.gov.cn',
  layers: ['parcels'],
  actions: null,
  quota: null,
  createdBy: 'steward',
  createdAt: '2026-11-24T02:30:00.000Z',
  until: '2027-11-24',
  lastUsed: null,
  revokedAt: null,
  holder: 'steward',
  state: 'live',
  ended: null,
  can: ['revoke', 'hand_over'],
  offeredTo: null,
};

export const certificate: Examples<'Certificate'> = { registered: ['Registered by its subject', system] };

export const certificates: Examples<'Certificates'> = {
  used: ['One in use', { certificates: [{ ...system, lastUsed: '2026-11-25T01:05:12.000Z' }] }],
};
