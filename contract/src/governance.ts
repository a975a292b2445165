import { BODY_FAULTS } from './faults.js';
import { json, operation } from './operation.js';
import { organisation, transport } from './organisation.js';
import { text, word } from './query.js';
import { count, day, instant } from './shapes.js';
import { GRANT_ID } from './story.js';
import { titled } from './terms.js';
import { z } from './zod.js';

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
export type UsageRow = z.output<typeof usageRow>;
export const usage = z.object({ usage: z.array(usageRow) }).openapi('Usage');

export const extractionRow = z
  .object({
    layer: z.object({ id: z.string(), ...titled, owner: z.string() }),
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
export type ExtractionRow = z.output<typeof extractionRow>;
export const extraction = z.object({ extraction: z.array(extractionRow) }).openapi('Extraction');

export const extractionLift = z
  .strictObject({
    layer: z.string().max(60),
    organisation: z.string().max(60),
    reason: z.string().trim().min(1).max(400),
  })
  .openapi('ExtractionLift');

/** Who has seen a layer, and how much of it. */
export const governanceOperations = {
  getUsage: operation({
    id: 'getUsage',
    method: 'get',
    path: '/collections/{layer}/usage',
    tag: 'Governance',
    en: 'Who has seen a layer, by day',
    zh: '谁看过我的数据',
    about: 'For the owner’s stewards and for auditors. `f=csv` gives up to 100,000 rows as a table to take away.',
    callers: 'person',
    parameters: ['layer'],
    query: {
      from: text('First day', { format: 'date', example: '2026-11-01' }),
      until: text('Last day', { format: 'date', example: '2026-11-30' }),
      f: word('Format of the answer', ['json', 'csv'], { otherwise: 'json' }),
    },
    answers: {
      200: {
        description: 'At most 1000 rows, the newest day first',
        json: json(usage, {
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
        }),
        file: 'text/csv',
      },
    },
    faults: ['layer_not_found', 'parameter_invalid.from', 'role_required.steward'],
  }),

  getExtraction: operation({
    id: 'getExtraction',
    method: 'get',
    path: '/governance/extraction',
    tag: 'Governance',
    en: 'How much of each layer every organisation has drawn',
    zh: '各单位提取量',
    about:
      'The union of what left through tiles (from the layer’s counting zoom on), items and exports within the days of the layer’s policy. Stewards see their own layers; auditors and security administrators all.',
    callers: 'person',
    answers: {
      200: {
        description: 'At most 1000 rows, the nearest to its limit first',
        json: json(extraction, {
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
        }),
      },
    },
    faults: ['role_required.steward'],
  }),

  liftExtraction: operation({
    id: 'liftExtraction',
    method: 'post',
    path: '/governance/extraction/lift',
    tag: 'Governance',
    en: 'Let an organisation go on that was slowed down or stopped',
    zh: '解除提取限制',
    about:
      'For the owner’s stewards, in person, and security administrators, not for the own organisation; recorded. What was drawn up to now does not count again.',
    callers: 'person',
    body: json(extractionLift, {
      explained: ['The steward has heard why', { layer: 'parcels', organisation: 'transport', reason: '已核实为全市选线分析' }],
    }),
    answers: { 204: { description: 'Lifted' } },
    faults: ['layer_not_found', ...BODY_FAULTS, 'role_required.steward', 'gives_to_self', 'extraction_none'],
  }),
};
