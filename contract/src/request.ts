import { area, areaInput } from './area.js';
import { dayInput } from './day.js';
import { fieldAskInput, grant, grantInput, reasonInput, usable } from './grant.js';
import { organisation } from './organisation.js';
import { count, day, instant, uuid } from './shapes.js';
import { actions, coded, fieldAsk, sharingClass, titled } from './terms.js';
import { z } from './zod.js';

/* A request: as it is asked, decided and answered. */

const content = z
  .object({
    purpose: z.string().trim().max(2000),
    matter: z.string().max(60).nullable(),
    necessity: z.string().trim().max(2000).nullable(),
    actions: z.array(usable).max(usable.options.length),
    fields: z.array(fieldAskInput).max(200),
    area: areaInput,
    from: dayInput,
    until: dayInput,
  })
  .partial().shape;

export const requestInput = z
  .strictObject({ layer: z.string().max(60), ...content, draft: z.boolean().optional() })
  .meta({
    description:
      'What is asked for. Purpose, actions, fields and until are needed on submission, unless the layer is shared unconditionally. `area`: divisions, a red line (longitude before latitude), or null for everywhere. `necessity`: why the true value of a personal field is needed. `draft`: keep it, do not submit.',
  })
  .openapi('RequestInput');
export type RequestInput = z.input<typeof requestInput>;
/** What a request asks, without whereof and how. */
export type RequestContent = Omit<z.output<typeof requestInput>, 'layer' | 'draft'>;

export const requestPatch = z
  .strictObject({
    ...content,
    layer: z.string().optional(),
    draft: z.boolean().optional(),
    status: z.enum(['submitted', 'withdrawn']).optional(),
  })
  .meta({
    description: 'The members to change; the others stay. `status` submits or withdraws. `layer` and `draft` change nothing.',
  })
  .openapi('RequestPatch');

export const decisionInput = z
  .strictObject({
    outcome: z.enum(['granted', 'narrower', 'refused', 'correction']),
    reasonCode: z.string().max(20).optional(),
    reason: z.string().trim().max(2000).optional(),
    grant: grantInput.optional(),
    seen: z.string().max(60).optional(),
  })
  .meta({
    description:
      'A refusal needs `reasonCode` and `reason`; a correction and a narrower grant need `reason`; so does granting more than the layer’s policy allows. `grant` is needed for `narrower` and is not looked at otherwise. `seen` is the request’s `state` as the steward saw it: when request or layer have changed since, nothing is decided.',
  })
  .openapi('DecisionInput');
/** As it is sent, and as it is read. */
export type DecisionInput = z.input<typeof decisionInput>;
export type Decision = z.output<typeof decisionInput>;

export const extensionInput = z
  .strictObject({ days: z.int().min(1).max(10), reason: reasonInput })
  .meta({ description: 'Working days more, and why' })
  .openapi('ExtensionInput');
export type ExtensionInput = z.output<typeof extensionInput>;

export const extensionAnswer = z
  .strictObject({ agreed: z.boolean(), reason: z.string().trim().max(2000).optional() })
  .meta({ description: 'Whether the data authority agrees; if not, `reason` says why' })
  .openapi('ExtensionAnswer');
export type ExtensionAnswer = z.output<typeof extensionAnswer>;

export const clock = z
  .object({
    due: day.meta({ description: 'The last day to answer' }),
    days: count.meta({ description: 'Working days allowed' }),
    used: count,
    left: z.number().int().meta({ description: 'Negative: overdue' }),
    paused: z.boolean().meta({ description: 'While the applicant corrects' }),
  })
  .openapi('Clock');
export type Clock = z.output<typeof clock>;

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
export type Extension = z.output<typeof extension>;

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
export type PolicyCheck = z.output<typeof policyCheck>;

const status = z.enum(['draft', 'submitted', 'correction', 'granted', 'narrower', 'refused', 'withdrawn']);
export type RequestStatus = z.output<typeof status>;

export const shareRequest = z
  .object({
    id: uuid,
    number: z.string(),
    status,
    layer: z.object({ id: z.string(), ...titled, class: sharingClass, owner: organisation }),
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
    suggestion: grantInput.optional().meta({ description: 'For the owner’s stewards: what is asked, narrowed to the policy' }),
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
export type ShareRequest = z.output<typeof shareRequest>;
export const shareRequests = z.object({ requests: z.array(shareRequest) }).openapi('ShareRequests');
