import { answered, HAND_OVER, handOverBody, layersHidden, offeredTo, scopeInput } from './credential.js';
import { BODY_FAULTS } from './faults.js';
import { json, operation } from './operation.js';
import { plainName } from './plain-name.js';
import { day, instant, uuid } from './shapes.js';
import { z } from './zod.js';

export const certificateInput = z
  .strictObject({
    name: plainName(80),
    certificate: z.string().max(20_000),
    match: z.enum(['fingerprint', 'subject']).default('fingerprint'),
    ...scopeInput,
  })
  .meta({
    description:
      '`certificate`: in PEM. `match`: known by this very certificate, or by its subject. Scope, quota and end as of a key.',
  })
  .openapi('CertificateInput');

export const certificate = z
  .object({
    id: uuid,
    name: z.string(),
    organisation: z.string(),
    fingerprint: z.string().nullable().meta({ description: 'SHA-256; null: known by its subject' }),
    subject: z.string().nullable().meta({ description: 'Null: known by its fingerprint' }),
    layers: z.array(z.string()).nullable(),
    layersHidden,
    actions: z.array(z.string()).nullable(),
    quota: z.int().nullable(),
    createdBy: z.string(),
    createdAt: instant,
    until: day,
    lastUsed: instant.nullable(),
    revokedAt: instant.nullable(),
    ...answered,
    offeredTo,
  })
  .openapi('Certificate');

export const certificates = z.object({ certificates: z.array(certificate) }).openapi('Certificates');

const system: z.input<typeof certificate> = {
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
const one = json(certificate, { registered: ['Registered by its subject', system] });

/** Client certificates of department systems. */
export const certificateOperations = {
  getCertificates: operation({
    id: 'getCertificates',
    method: 'get',
    path: '/certificates',
    tag: 'Keys',
    en: 'Client certificates of the caller’s organisation',
    zh: '本单位系统的客户端证书',
    callers: 'person',
    answers: {
      200: {
        description: 'The certificates',
        json: json(certificates, {
          used: ['One in use', { certificates: [{ ...system, lastUsed: '2026-11-25T01:05:12.000Z' }] }],
        }),
      },
    },
    faults: ['role_required.keys'],
  }),

  registerCertificate: operation({
    id: 'registerCertificate',
    method: 'post',
    path: '/certificates',
    tag: 'Keys',
    en: 'Register a department system’s client certificate',
    zh: '登记系统的客户端证书',
    about:
      'The system acts for its organisation like a key, over TLS with its certificate, or through a proxy that passes it on. Known by its fingerprint, or, so that it may be renewed, by its subject.',
    callers: 'person',
    body: json(certificateInput, {
      system: [
        'A system whose certificate may be renewed',
        {
          name: '规划审批系统',
          certificate: '-----BEGIN CERTIFICATE-----\nMIIB…\n-----END CERTIFICATE-----\n',
          match: 'subject',
          layers: ['parcels'],
        },
      ],
    }),
    answers: { 201: { description: 'Registered', json: one, headers: ['Location'] } },
    faults: [
      'role_required.keys',
      'layer_not_found',
      'parameter_invalid.certificate',
      'parameter_invalid.until',
      'parameter_invalid.end',
      'certificate_taken',
      'keys_too_many',
      ...BODY_FAULTS,
    ],
  }),

  handOverCertificate: operation({
    id: 'handOverCertificate',
    method: 'post',
    path: '/certificates/{id}/hand-over',
    tag: 'Keys',
    en: 'Ask a colleague to take a certificate over',
    zh: '移交证书',
    about: HAND_OVER,
    callers: 'person',
    parameters: ['certificate'],
    body: handOverBody,
    answers: { 200: { description: 'With who was asked', json: one } },
    faults: ['certificate_not_found', 'credential_not_yours', 'credential_over', 'parameter_invalid.to', ...BODY_FAULTS],
  }),

  acceptCertificate: operation({
    id: 'acceptCertificate',
    method: 'post',
    path: '/certificates/{id}/accept',
    tag: 'Keys',
    en: 'Take a certificate over',
    zh: '接手证书',
    about: 'The colleague answers for the system from now on.',
    callers: 'person',
    parameters: ['certificate'],
    answers: { 200: { description: 'In the caller’s hands', json: one } },
    faults: [
      'certificate_not_found',
      'credential_not_offered',
      'credential_over',
      'role_required.keys',
      'keys_too_many',
      'origin_refused',
      'disk_full',
    ],
  }),

  revokeCertificate: operation({
    id: 'revokeCertificate',
    method: 'delete',
    path: '/certificates/{id}',
    tag: 'Keys',
    en: 'Revoke a certificate',
    zh: '停用证书',
    about: 'It is refused from the next request on, also on connections that are open.',
    callers: 'person',
    parameters: ['certificate'],
    answers: { 204: { description: 'Revoked' } },
    faults: ['certificate_not_found', 'credential_not_yours', 'role_required.keys', 'origin_refused', 'disk_full'],
  }),
};
