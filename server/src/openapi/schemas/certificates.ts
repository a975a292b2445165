import { certificateInput as certificateBody } from '../../account/certificates.js';
import { answered, day, instant, layersHidden, offeredTo, uuid } from './common.js';
import { z } from './zod.js';

export const certificateInput = certificateBody
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
