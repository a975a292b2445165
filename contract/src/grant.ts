import { area, areaInput, precision } from './area.js';
import { dayInput } from './day.js';
import { organisation } from './organisation.js';
import { day, instant, uuid } from './shapes.js';
import { action, actions, fieldAsk, fieldForm, rowsHidden, titled } from './terms.js';
import { z } from './zod.js';

/* What a grant gives: as it is written, and as it is answered. */

/** Whom a grant may address. */
export const subjectKinds = ['public', 'any_organisation', 'organisation', 'subtree', 'line', 'role', 'person', 'key'] as const;
export type SubjectKind = (typeof subjectKinds)[number];

/** How a grant came about: alone, or as part of an agreement. */
export const shareKind = z.enum(['single', 'base', 'theme', 'pair', 'emergency']);

/** Actions that can be asked for and given. */
export const usable = action.exclude(['discover', 'edit']);
export type UsableAction = z.output<typeof usable>;
export const fieldAskInput = z.strictObject({ name: z.string().max(60), form: fieldForm });
/** Why something is done, for people and the log. */
export const reasonInput = z.string({ message: '请写明理由 / say why' }).trim().min(1, '请写明理由 / say why').max(2000);

const amount = z.number().int().positive().max(1e12).optional();
/** What a grant gives a day, and in all; what is not named is not limited. */
export const quota = z
  .strictObject({
    requestsPerDay: amount,
    featuresPerDay: amount,
    km2PerDay: amount,
    requests: amount,
    features: amount,
    km2: amount,
  })
  .refine((q) => Object.keys(q).length > 0, '至少写一项 / name at least one');
export type Quota = z.output<typeof quota>;

export const grantContent = {
  actions: z.array(usable).min(1),
  fields: z.array(fieldAskInput).max(200).nullable(),
  rows: z.string().max(20_000).nullable().optional(),
  /** Where it shows anything: an area, or for each organisation the division it answers for. */
  area: z.union([z.strictObject({ jurisdiction: z.literal(true) }), areaInput]),
  maxZoom: z.number().int().min(0).max(22).nullable().optional(),
  precision: precision.nullable().optional(),
  quota: quota.nullable().optional(),
  from: dayInput.optional(),
  until: dayInput,
};

export const grantInput = z
  .strictObject(grantContent)
  .meta({ description: 'What is given: never wider than what was asked. `rows`: a filter in CQL2 text. `until`: the last day.' })
  .openapi('GrantInput');
/** As it is sent, and as it is read. */
export type GrantInput = z.input<typeof grantInput>;
export type GrantGiven = z.output<typeof grantInput>;

/** Whom a grant addresses, as it is written. */
export const subjectInput = z.strictObject({ kind: z.enum(subjectKinds), id: z.string().min(1).max(120).optional() });
export type SubjectInput = z.output<typeof subjectInput>;

export const subject = z.object({ kind: z.enum(subjectKinds), id: z.string().nullable(), ...titled }).openapi('Subject');

export const grant = z
  .object({
    id: uuid,
    layer: z.object({ id: z.string(), ...titled }),
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
    precision: precision.nullable().meta({ description: 'How exactly geometries are shown; null: as they are' }),
    quota: quota.nullable(),
    kind: shareKind,
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
export type Grant = z.output<typeof grant>;
