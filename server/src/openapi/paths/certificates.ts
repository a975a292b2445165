import * as accountExamples from '../examples/account.js';
import * as examples from '../examples/certificates.js';
import { answer, BODY_FAULTS, body, operation } from '../operation.js';
import { param } from '../parameters.js';
import type { Paths } from '../types.js';

/** Client certificates of department systems. */
export const certificatePaths: Paths = {
  '/certificates': {
    get: operation({
      id: 'getCertificates',
      tag: 'Keys',
      en: 'Client certificates of the caller’s organisation',
      zh: '本单位系统的客户端证书',
      callers: 'person',
      answers: { 200: answer('Certificates', 'The certificates', examples.certificates) },
      faults: ['parameter_unknown', 'role_required.keys'],
    }),
    post: operation({
      id: 'registerCertificate',
      tag: 'Keys',
      en: 'Register a department system’s client certificate',
      zh: '登记系统的客户端证书',
      about:
        'The system acts for its organisation like a key, over TLS with its certificate, or through a proxy that passes it on. Known by its fingerprint, or, so that it may be renewed, by its subject.',
      callers: 'person',
      body: body('CertificateInput', examples.certificateInput),
      answers: { 201: answer('Certificate', 'Registered', examples.certificate, { headers: ['Location'] }) },
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
  },
  '/certificates/{id}/hand-over': {
    post: operation({
      id: 'handOverCertificate',
      tag: 'Keys',
      en: 'Ask a colleague to take a certificate over',
      zh: '移交证书',
      about:
        'By whoever answers for it, or by the organisation’s administrator, never to themselves. Nothing changes until the colleague takes it.',
      callers: 'person',
      parameters: [param('certificate')],
      body: body('HandOver', accountExamples.handOver),
      answers: { 200: answer('Certificate', 'With who was asked', examples.certificate) },
      faults: ['certificate_not_found', 'credential_not_yours', 'credential_over', 'parameter_invalid.to', ...BODY_FAULTS],
    }),
  },
  '/certificates/{id}/accept': {
    post: operation({
      id: 'acceptCertificate',
      tag: 'Keys',
      en: 'Take a certificate over',
      zh: '接手证书',
      about: 'The colleague answers for the system from now on.',
      callers: 'person',
      parameters: [param('certificate')],

      answers: { 200: answer('Certificate', 'In the caller’s hands', examples.certificate) },
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
  },
  '/certificates/{id}': {
    delete: operation({
      id: 'revokeCertificate',
      tag: 'Keys',
      en: 'Revoke a certificate',
      zh: '停用证书',
      about: 'It is refused from the next request on, also on connections that are open.',
      callers: 'person',
      parameters: [param('certificate')],
      answers: { 204: { description: 'Revoked' } },
      faults: ['certificate_not_found', 'credential_not_yours', 'role_required.keys', 'origin_refused', 'disk_full'],
    }),
  },
};
