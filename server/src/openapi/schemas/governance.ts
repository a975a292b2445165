import { count, day, instant, organisation, z } from '@yutu/contract';

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

export const usageRow = z
  .object({
    day,
    organisation: organisation.nullable().meta({ description: 'Null: the public' }),
    actor: z.string().nullable(),
    surface: z.enum(['tiles', 'items', 'export', 'search', 'statistics', 'analyse', 'verify']),
    via: z.enum(['session', 'key', 'certificate', 'signed', 'embed', 'anonymous']),
    grant: z.string().nullable(),
    requests: count,
    features: count,
    bytes: count,
    km2: z.number().meta({ description: 'Of the tiles and boxes it came in, from the layer’s counting zoom on' }),
  })
  .openapi('UsageRow');

export const usage = z.object({ usage: z.array(usageRow) }).openapi('Usage');

export const extractionRow = z
  .object({
    layer: z.object({ id: z.string(), titleZh: z.string(), titleEn: z.string(), owner: z.string() }),
    organisation,
    level: z
      .enum(['none', 'alarm', 'slow', 'stop'])
      .meta({ description: 'What followed: told, slowed down, or given nothing more until it is lifted' }),
    rows: count.meta({ description: 'Different features drawn within the window' }),
    km2: z.number().meta({ description: 'Area of the tiles of zoom 14 they lie in' }),
    share: z.number().meta({ description: 'Used share of the limit, the larger of features and area' }),
    reachedAt: instant.nullable(),
    liftedAt: instant.nullable(),
    liftedBy: z.string().nullable(),
    featureCount: count,
    limits: z
      .object({
        rows: z.number().nullable(),
        km2: z.number().nullable(),
        days: count,
        alarm: z.number().nullable(),
        slow: z.number().nullable(),
        stop: z.number().nullable(),
      })
      .nullable()
      .meta({ description: 'Limits of the window, and the shares of them at which something follows' }),
    mayLift: z.boolean(),
  })
  .openapi('ExtractionRow');

export const extraction = z.object({ extraction: z.array(extractionRow) }).openapi('Extraction');

export const lift = z
  .object({ layer: z.string(), organisation: z.string(), reason: z.string().min(1).max(400) })
  .openapi('ExtractionLift');
