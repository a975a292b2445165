import { count, day, instant, organisation, uuid, z } from '@yutu/contract';
import { fieldForm, sharingClass } from '../../catalogue/definition.js';
import { subjectKinds } from '../../catalogue/subjects.js';
import {
  decisionInput,
  extensionAnswer,
  extensionInput,
  grantInput,
  precisionInput,
  previewInput,
  quotaInput,
  requestInput,
  requestPatch,
  reviewInput,
  revokeInput,
  shareInput,
  signInput,
  updateInput,
} from '../../requests/input.js';
import { actions, bbox, coded, fieldAsk, geometry, rowsHidden } from './common.js';

export const requestBody = requestInput
  .meta({
    description:
      'What is asked for. Purpose, actions, fields and until are needed on submission, unless the layer is shared unconditionally. `area`: divisions, a red line (longitude before latitude), or null for everywhere. `necessity`: why the true value of a personal field is needed. `draft`: keep it, do not submit.',
  })
  .openapi('RequestInput');
export const requestChange = requestPatch
  .meta({
    description: 'The members to change; the others stay. `status` submits or withdraws. `layer` and `draft` change nothing.',
  })
  .openapi('RequestPatch');
export const grantBody = grantInput
  .meta({ description: 'What is given: never wider than what was asked. `rows`: a filter in CQL2 text. `until`: the last day.' })
  .openapi('GrantInput');
export const decisionBody = decisionInput
  .meta({
    description:
      'A refusal needs `reasonCode` and `reason`; a correction and a narrower grant need `reason`; so does granting more than the layer’s policy allows. `grant` is needed for `narrower` and is not looked at otherwise. `seen` is the request’s `state` as the steward saw it: when request or layer have changed since, nothing is decided.',
  })
  .openapi('DecisionInput');
export const revokeBody = revokeInput.meta({ description: 'Why the grant is taken back' }).openapi('RevokeInput');

export const area = z
  .object({
    divisions: z.array(z.string()).nullable(),
    divisionYear: z.string().nullable().meta({ description: 'Edition of the divisions it was frozen on' }),
    name: z.string().nullable(),
    labelZh: z.string(),
    labelEn: z.string(),
    id: uuid.optional(),
    hash: z.string().optional().meta({ description: 'Names the shape: two areas with the same are the same' }),
    areaKm2: z.number(),
    bbox,
    geometry,
  })
  .meta({ description: 'An area as it was asked for or given: later changes of the divisions do not move it' })
  .openapi('Area');

export const subject = z
  .object({ kind: z.enum(subjectKinds), id: z.string().nullable(), titleZh: z.string(), titleEn: z.string() })
  .openapi('Subject');

export const grant = z
  .object({
    id: uuid,
    layer: z.object({ id: z.string(), titleZh: z.string(), titleEn: z.string() }),
    subject: subject.meta({ description: 'Whom it addresses' }),
    grantee: organisation
      .nullable()
      .meta({ description: 'The organisation that answers for it; null when it addresses no single one' }),
    request: uuid.nullable(),
    status: z
      .enum(['active', 'expired', 'revoked', 'moved', 'future', 'unsigned'])
      .meta({ description: '`moved`: it was given to a person, who left the organisation for which it was given' }),
    actions,
    fields: z.array(fieldAsk).nullable().meta({ description: 'Null: every field in the form it offers first' }),
    rows: z.string().nullable().meta({ description: 'CQL2 text' }),
    rowsHidden,
    area: area.nullable().meta({ description: 'Null: everywhere' }),
    jurisdiction: z
      .string()
      .nullable()
      .meta({ description: 'Edition of the divisions of which each organisation gets the one it answers for' }),
    maxZoom: z.number().int().nullable().meta({ description: 'The deepest zoom of tiles; null: all' }),
    precision: precisionInput.nullable().meta({ description: 'How exactly geometries are shown; null: as they are' }),
    quota: quotaInput.nullable(),
    kind: shareInput.shape.kind,
    agreement: uuid.nullable(),
    purpose: z.string().nullable(),
    from: day,
    until: day,
    endsAt: instant.nullable().meta({ description: 'When it ends by itself before its last day, unless it is confirmed' }),
    grantedBy: z.string(),
    grantedAt: instant,
    revokedAt: instant.nullable(),
    revokedReason: z.string().nullable(),
    lastUsed: instant.nullable(),
    can: z.array(z.literal('revoke')),
  })
  .openapi('Grant');
export const agreement = z
  .object({
    id: uuid,
    kind: z.enum(['base', 'theme', 'pair', 'emergency']),
    title: z.string(),
    reason: z.string(),
    status: z.enum(['unsigned', 'unconfirmed', 'in_force', 'review_due', 'ended']),
    partyA: organisation,
    partyB: organisation.nullable(),
    madeBy: z.string(),
    madeAt: instant,
    signedBy: z.string().nullable(),
    signedAt: instant.nullable(),
    confirmBy: instant.nullable().meta({ description: 'Until when a second person must confirm an emergency; else it ends' }),
    confirmedBy: z.string().nullable(),
    confirmedAt: instant.nullable(),
    endedAt: instant.nullable(),
    reviewDue: day.nullable(),
    reviewedBy: z.string().nullable(),
    reviewedAt: instant.nullable(),
    review: z.string().nullable(),
    grants: z.array(grant),
    can: z.array(z.enum(['sign', 'confirm', 'review', 'end'])),
  })
  .meta({ description: 'Grants made together' })
  .openapi('Agreement');
export const agreements = z.object({ agreements: z.array(agreement) }).openapi('Agreements');
export const shared = z.object({ grants: z.array(grant), agreement: agreement.nullable() }).openapi('Shared');
export const shareBody = shareInput
  .meta({
    description:
      'What is shared without having been asked for. `fields` null: every field in the form it offers first, needed for several layers. A pair is in force once the other side has signed; an emergency needs an area, ends within 30 days, and within hours unless a second person confirms it.',
  })
  .openapi('ShareInput');
export const signBody = signInput.meta({ description: 'What the other side of a pair gives' }).openapi('SignInput');
export const reviewBody = reviewInput
  .meta({ description: 'What was found when an emergency was looked at' })
  .openapi('ReviewInput');
const told = { sentenceZh: z.string(), sentenceEn: z.string() };
const titled = { titleZh: z.string(), titleEn: z.string() };
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
        precision: precisionInput.nullable(),
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
            kind: shareInput.shape.kind,
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
export const previewBody = previewInput
  .meta({
    description:
      'The layer as a subject (`as`) or the applicant of a request sees it, with `grant` as if it were given. Subjects: public, organisation:<id>, person:<name>, role:<role>@<organisation>, key:<id>.',
  })
  .openapi('PreviewInput');
export const preview = z
  .object({
    token: z.string().meta({ description: 'For `?preview=` at the addresses of this layer, in the session that opened it' }),
    until: instant,
    ...told,
  })
  .openapi('Preview');
export const grants = z.object({ grants: z.array(grant) }).openapi('Grants');

export const clock = z
  .object({
    due: day.meta({ description: 'The last day to answer' }),
    days: count.meta({ description: 'Working days allowed' }),
    used: count,
    left: z.number().int().meta({ description: 'Negative: overdue' }),
    paused: z.boolean().meta({ description: 'While the applicant corrects' }),
  })
  .openapi('Clock');

export const extension = z
  .object({
    days: count.meta({ description: 'Working days more' }),
    reason: z.string(),
    askedBy: z.string(),
    askedAt: instant,
    agreed: z.boolean().nullable().meta({ description: 'null: waits for the data authority' }),
    answeredBy: z.string().nullable(),
    answeredAt: instant.nullable(),
    answer: z.string().nullable(),
  })
  .meta({ description: 'An extension of the time to answer: one, of at most 10 working days, that the data authority agrees to' })
  .openapi('Extension');

export const extensionBody = extensionInput.meta({ description: 'Working days more, and why' }).openapi('ExtensionInput');
export const extensionAnswerBody = extensionAnswer
  .meta({ description: 'Whether the data authority agrees; if not, `reason` says why' })
  .openapi('ExtensionAnswer');

export const updateBody = updateInput
  .meta({ description: 'delivery: new data came; no_change: looked at, and nothing has changed' })
  .openapi('UpdateInput');

export const policyCheck = z
  .object({
    item: z.enum(['area', 'fields', 'actions', 'term', 'security']),
    askedZh: z.string(),
    askedEn: z.string(),
    allowedZh: z.string(),
    allowedEn: z.string(),
    ok: z.boolean().nullable().meta({ description: 'null: nothing here compares it, the steward does' }),
    excessZh: z.string().nullable(),
    excessEn: z.string().nullable(),
  })
  .meta({ description: 'One line of what is asked beside what the layer’s policy allows' })
  .openapi('PolicyCheck');

const status = z.enum(['draft', 'submitted', 'correction', 'granted', 'narrower', 'refused', 'withdrawn']);

export const request = z
  .object({
    id: uuid,
    number: z.string(),
    status,
    layer: z.object({
      id: z.string(),
      titleZh: z.string(),
      titleEn: z.string(),
      class: sharingClass,
      owner: organisation,
    }),
    applicant: z.object({ username: z.string(), nameZh: z.string(), nameEn: z.string(), organisation }),
    purpose: z.string().nullable(),
    matter: coded.nullable(),
    necessity: z.string().nullable(),
    actions,
    fields: z.array(fieldAsk),
    area: area.nullable().meta({ description: 'Null: everywhere' }),
    from: day.nullable(),
    until: day.nullable(),
    createdAt: instant,
    submittedAt: instant.nullable(),
    clock: clock.nullable(),
    extension: extension.nullable(),
    decision: z
      .object({
        outcome: z.enum(['granted', 'narrower', 'refused', 'correction', 'withdrawn']),
        by: z.string(),
        byName: z.string(),
        at: instant,
        reasonCode: z.string().nullable(),
        reason: z.string().nullable(),
        leftOut: z
          .object({
            actions,
            fields: z.array(z.string()),
            divisions: z.array(z.string()),
            areaKm2: z.number(),
            term: day.nullable(),
          })
          .nullable()
          .meta({ description: 'What was asked and not given' }),
      })
      .nullable(),
    grant: grant.nullable(),
    history: z.array(z.object({ at: instant, by: z.string(), event: z.string(), text: z.string().nullable() })),
    can: z
      .array(z.enum(['edit', 'submit', 'withdraw', 'decide', 'correct', 'extend', 'answer_extension', 'revoke']))
      .meta({ description: 'What the caller may do now' }),
    state: z.string().optional().meta({
      description:
        'For the owner’s stewards: names what is decided on, the request and the layer’s conditions; `seen` of a decision',
    }),
    checks: z.array(policyCheck).optional().meta({ description: 'For the owner’s stewards' }),
    suggestion: grantBody.optional().meta({ description: 'For the owner’s stewards: what is asked, narrowed to the policy' }),
    precedents: z
      .array(
        z.object({
          organisationZh: z.string(),
          organisationEn: z.string(),
          matter: z.string().nullable(),
          outcome: status,
          days: count,
        }),
      )
      .optional()
      .meta({ description: 'For the owner’s stewards, on one request: earlier answers on the same layer' }),
  })
  .openapi('ShareRequest');
export const requests = z.object({ requests: z.array(request) }).openapi('ShareRequests');
