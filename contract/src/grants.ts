import { agreement } from './agreement.js';
import { BODY_FAULTS } from './faults.js';
import { grant, grantContent, reasonInput, shareKind, subjectInput } from './grant.js';
import { json, operation } from './operation.js';
import { plainName } from './plain-name.js';
import { text } from './query.js';
import { emergency, granted } from './story.js';
import { updateKinds } from './terms.js';
import { z } from './zod.js';

export const shareInput = z
  .strictObject({
    layers: z.array(z.string().max(60)).min(1).max(50),
    kind: shareKind,
    subject: subjectInput,
    title: plainName(120).optional(),
    reason: reasonInput,
    ...grantContent,
  })
  .meta({
    description:
      'What is shared without having been asked for. `fields` null: every field in the form it offers first, needed for several layers. A pair is in force once the other side has signed; an emergency needs an area, ends within 30 days, and within hours unless a second person confirms it.',
  })
  .openapi('ShareInput');
/** As it is sent, and as it is read. */
export type ShareInput = z.input<typeof shareInput>;
export type Sharing = z.output<typeof shareInput>;

export const revokeInput = z
  .strictObject({ reason: reasonInput })
  .meta({ description: 'Why the grant is taken back' })
  .openapi('RevokeInput');

export const updateInput = z
  .strictObject({ kind: z.enum(updateKinds), note: z.string().trim().max(500).optional() })
  .meta({ description: 'delivery: new data came; no_change: looked at, and nothing has changed' })
  .openapi('UpdateInput');

export const grants = z.object({ grants: z.array(grant) }).openapi('Grants');
export const shared = z.object({ grants: z.array(grant), agreement: agreement.nullable() }).openapi('Shared');

export const revokeBody = json(revokeInput, { done: ['The matter is closed', { reason: '事项已办结' }] });

/** What was given, and taking it back. */
export const grantOperations = {
  getGrants: operation({
    id: 'getGrants',
    method: 'get',
    path: '/grants',
    tag: 'Grants',
    en: 'Grants to the caller’s organisation and of the layers it is steward of',
    zh: '授权列表',
    about: 'At most 1000, the newest first; auditors see all of them.',
    callers: 'person',
    query: { layer: text('Only those of this layer', { example: 'parcels' }) },
    answers: {
      200: { description: 'The grants', json: json(grants, { one: ['One grant', { grants: [granted] }] }) },
    },
    faults: [],
  }),

  shareLayers: operation({
    id: 'shareLayers',
    method: 'post',
    path: '/grants',
    tag: 'Grants',
    en: 'Share layers without a request',
    zh: '主动共享',
    about:
      'For stewards of all the layers; an emergency for people on duty, who are none of those who get: one at a time until it is confirmed, and after one that nobody confirmed by somebody else. All layers or none. The security level of a layer caps what can be given.',
    callers: 'person',
    body: json(shareInput, {
      emergency: [
        'A landslide: one district, a week',
        {
          layers: ['parcels'],
          kind: 'emergency',
          subject: { kind: 'organisation', id: 'emergency' },
          title: '山体滑坡应急',
          reason: '万州区山体滑坡应急处置',
          actions: ['view', 'query'],
          fields: null,
          area: { divisions: ['500101'] },
          until: '2026-12-05',
        },
      ],
      jurisdiction: [
        'Each district its own, positions rounded to 50 m',
        {
          layers: ['parcels'],
          kind: 'single',
          subject: { kind: 'line', id: 'planning' },
          reason: '数据回流',
          actions: ['view', 'query', 'api'],
          fields: [{ name: 'code', form: 'value' }],
          area: { jurisdiction: true },
          precision: { kind: 'grid', metres: 50 },
          quota: { featuresPerDay: 20_000 },
          until: '2027-11-23',
        },
      ],
    }),
    answers: {
      201: {
        description: 'The grants, and the agreement they belong to',
        json: json(shared, { emergency: ['In an emergency', { grants: emergency.grants, agreement: emergency }] }),
      },
    },
    faults: [
      'layer_not_found',
      'parameter_invalid.rows',
      ...BODY_FAULTS,
      'role_required.steward',
      'not_on_duty',
      'gives_to_self',
      'layer_withheld',
      'own_layer',
      'emergency_unconfirmed',
      'emergency_lapsed',
    ],
  }),

  getGrant: operation({
    id: 'getGrant',
    method: 'get',
    path: '/grants/{id}',
    tag: 'Grants',
    en: 'One grant',
    zh: '一项授权',
    callers: 'person',
    parameters: ['grant'],
    answers: { 200: { description: 'The grant', json: json(grant, { active: ['In force', granted] }) } },
    faults: ['grant_not_found'],
  }),

  revokeGrant: operation({
    id: 'revokeGrant',
    method: 'delete',
    path: '/grants/{id}',
    tag: 'Grants',
    en: 'Take a grant back',
    zh: '收回授权',
    about:
      'When this answers no surface gives it any more: tiles, items, keys and open maps lose the layer. The reason stands in the body, or in the query for clients that send no body with DELETE.',
    callers: 'person',
    parameters: ['grant'],
    query: { reason: text('Instead of the body', { minLength: 1, maxLength: 2000, example: '事项已办结' }) },
    body: { ...revokeBody, optional: true },
    answers: {
      200: {
        description: 'The grant as it is now',
        json: json(grant, {
          revoked: [
            'Taken back',
            { ...granted, status: 'revoked', revokedAt: '2026-12-18T08:40:00.000Z', revokedReason: '事项已办结', can: [] },
          ],
        }),
      },
    },
    faults: ['grant_not_found', 'parameter_invalid.reason', ...BODY_FAULTS, 'role_required.steward', 'already_revoked'],
  }),

  declareUpdate: operation({
    id: 'declareUpdate',
    method: 'post',
    path: '/collections/{layer}/updates',
    tag: 'Grants',
    en: 'Declare that a layer is up to date',
    zh: '登记更新',
    about:
      'For the owner’s stewards, in person. An update is what they declare, a delivery or that nothing has changed; single edits are shown beside it and make no late layer fresh.',
    callers: 'person',
    parameters: ['layer'],
    body: json(updateInput, {
      delivery: ['New data came', { kind: 'delivery', note: '2026 年四季度' }],
      noChange: ['Nothing has changed', { kind: 'no_change' }],
    }),
    answers: { 204: { description: 'Declared, as of today' } },
    faults: ['layer_not_found', ...BODY_FAULTS, 'role_required.steward'],
  }),

  confirmWithheld: operation({
    id: 'confirmWithheld',
    method: 'post',
    path: '/collections/{layer}/confirm-withheld',
    tag: 'Grants',
    en: 'Confirm that a layer is withheld',
    zh: '确认不予共享',
    about: 'For security administrators. An owner cannot withhold alone: until then the layer counts as conditional.',
    callers: 'person',
    parameters: ['layer'],
    answers: { 204: { description: 'Confirmed' } },
    faults: ['layer_not_found', 'role_required.security', 'wrong_state', 'ground_missing', 'origin_refused', 'disk_full'],
  }),
};
