import { precision } from './area.js';
import { BODY_FAULTS } from './faults.js';
import { grantInput, shareKind } from './grant.js';
import { json, operation } from './operation.js';
import { text } from './query.js';
import { day, instant, uuid } from './shapes.js';
import { given, ofTransport, REQUEST_ID } from './story.js';
import { actions, fieldForm, titled, told } from './terms.js';
import { z } from './zod.js';

const named = z.object({ name: z.string(), ...titled });
export const explanation = z
  .object({
    layer: z.object({ id: z.string(), ...titled }),
    caller: z.object({ key: z.string(), ...titled }),
    discover: z.boolean(),
    actions,
    paused: z
      .enum(['quota', 'extraction', 'deaf'])
      .nullable()
      .meta({ description: 'Why something granted is not given at the moment' }),
    leftOut: z.number().int().meta({ description: 'Views beyond the 31 that can be told apart: what they show is not shown' }),
    views: z.array(
      z.object({
        source: z.enum(['public', 'own', 'base', 'grant']),
        actions,
        fields: z.array(named.extend({ form: fieldForm })),
        rows: z.string().nullable(),
        areaZh: z.string().nullable(),
        areaEn: z.string().nullable(),
        maxZoom: z.number().int().nullable(),
        precision: precision.nullable(),
        until: day.nullable(),
        ...told,
        grant: z
          .object({
            id: uuid,
            by: z.string(),
            byNameZh: z.string(),
            byNameEn: z.string(),
            at: instant,
            reason: z.string().nullable(),
            kind: shareKind,
          })
          .nullable(),
        request: z.object({ id: uuid, number: z.string() }).nullable(),
      }),
    ),
    hidden: z.array(named).meta({ description: 'Fields that are not shown' }),
    ...told,
  })
  .meta({ description: 'What a subject sees of a layer, and which grant, request and decision that comes from' })
  .openapi('Explanation');
export type Explanation = z.output<typeof explanation>;

export const previewInput = z
  .strictObject({
    layer: z.string().max(60),
    as: z.string().max(160).optional(),
    request: z.string().max(60).optional(),
    grant: grantInput.optional(),
  })
  .meta({
    description:
      'The layer as a subject (`as`) or the applicant of a request sees it, with `grant` as if it were given. Subjects: public, organisation:<id>, person:<name>, role:<role>@<organisation>, key:<id>.',
  })
  .openapi('PreviewInput');
export type PreviewInput = z.output<typeof previewInput>;

export const preview = z
  .object({
    token: z.string().meta({ description: 'For `?preview=` at the addresses of this layer, in the session that opened it' }),
    until: instant,
    ...told,
  })
  .openapi('Preview');

/** What somebody else sees. */
export const accessOperations = {
  explainAccess: operation({
    id: 'explainAccess',
    method: 'get',
    path: '/access/explain',
    tag: 'Grants',
    en: 'What somebody sees of a layer, and why',
    zh: '谁能看到什么',
    about: 'For stewards of the layer’s owner, auditors and security administrators.',
    callers: 'person',
    query: {
      layer: text('Id of the layer', { required: true, example: 'parcels' }),
      caller: text('The subject: public, organisation:<id>, person:<name>, role:<role>@<organisation>, key:<id>', {
        required: true,
        example: 'organisation:transport',
      }),
    },
    answers: {
      200: {
        description: 'What it sees',
        json: json(explanation, { granted: ['What the Transport Commission sees of the parcels', ofTransport] }),
      },
    },
    faults: ['layer_not_found', 'role_required.steward'],
  }),

  openPreview: operation({
    id: 'openPreview',
    method: 'post',
    path: '/access/preview',
    tag: 'Grants',
    en: 'See a layer as somebody else would',
    zh: '以他人身份预览图层',
    about:
      'For stewards of the layer’s owner, for an hour: with `?preview=<token>` the layer’s tiles, items and documents are answered as that subject would be. In another session the address answers 403 `preview_not_yours`, and the log says so.',
    callers: 'person',
    body: json(previewInput, {
      applicant: ['As the applicant, with what is about to be granted', { layer: 'parcels', request: REQUEST_ID, grant: given }],
      public: ['As the public', { layer: 'parcels', as: 'public' }],
    }),
    answers: {
      201: {
        description: 'The preview',
        json: json(preview, {
          opened: [
            'For an hour',
            {
              token: 'q3Zc0mYw2v0bG7x1JdE4sN8aRtLhKpQf',
              until: '2026-11-24T03:15:00.000Z',
              sentenceZh: '您正以“市交通运输委”的身份看“地籍宗地”，按拟同意的内容。',
              sentenceEn: 'You are looking at "Land parcels" as Transport Commission, with the drafted grant.',
            },
          ],
        }),
      },
    },
    faults: [
      'layer_not_found',
      'request_not_found',
      'parameter_invalid.rows',
      ...BODY_FAULTS,
      'role_required.steward',
      'preview_not_yours',
    ],
  }),
};
