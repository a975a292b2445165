import { dayInput as day, plainName } from '@yutu/contract';
import { z } from 'zod';
import { lonLatCrs } from '../access/areas.js';
import { action, fieldForm } from '../catalogue/definition.js';
import { updateKinds } from '../catalogue/layers.js';
import { subjectKinds } from '../catalogue/subjects.js';

const position = z.tuple([z.number(), z.number()]).rest(z.number());
const ring = z.array(position).min(4, '环至少有四个点 / a ring has at least four positions').max(20_000);
const polygon = z.object({ type: z.literal('Polygon'), coordinates: z.array(ring).min(1), crs: lonLatCrs });
const multiPolygon = z.object({
  type: z.literal('MultiPolygon'),
  coordinates: z.array(z.array(ring).min(1)).min(1),
  crs: lonLatCrs,
});

export const areaInput = z
  .union([
    z.strictObject({ divisions: z.array(z.string().max(12)).min(1).max(200) }),
    z.strictObject({ polygon: z.union([polygon, multiPolygon]), name: plainName(80).optional() }),
  ])
  .nullable();

export const fieldAsk = z.strictObject({ name: z.string().max(60), form: fieldForm });
const usable = action.exclude(['discover', 'edit']);

const content = {
  purpose: z.string().trim().max(2000),
  matter: z.string().max(60).nullable(),
  necessity: z.string().trim().max(2000).nullable(),
  actions: z.array(usable).max(usable.options.length),
  fields: z.array(fieldAsk).max(200),
  area: areaInput,
  from: day,
  until: day,
};

/** Body of POST /api/requests. */
export const requestInput = z.strictObject({
  layer: z.string().max(60),
  ...z.object(content).partial().shape,
  draft: z.boolean().optional(),
});
/** Body of PATCH /api/requests/{id}. */
export const requestPatch = z.strictObject({
  ...z.object(content).partial().shape,
  layer: z.string().optional(),
  draft: z.boolean().optional(),
  status: z.enum(['submitted', 'withdrawn']).optional(),
});
export type RequestContent = Omit<z.infer<typeof requestInput>, 'layer' | 'draft'>;

/** Where a grant shows anything: an area, or for each organisation the division it answers for. */
export const grantAreaInput = z.union([z.strictObject({ jurisdiction: z.literal(true) }), areaInput]);

export const precisionInput = z.strictObject({ kind: z.enum(['grid', 'cell', 'point']), metres: z.number().min(1).max(100_000) });

const amount = z.number().int().positive().max(1e12).optional();
/** What a grant gives a day, and in all. */
export const quotaInput = z
  .strictObject({
    requestsPerDay: amount,
    featuresPerDay: amount,
    km2PerDay: amount,
    requests: amount,
    features: amount,
    km2: amount,
  })
  .refine((q) => Object.keys(q).length > 0, '至少写一项 / name at least one');

const grantContent = {
  actions: z.array(usable).min(1),
  fields: z.array(fieldAsk).max(200).nullable(),
  rows: z.string().max(20_000).nullable().optional(),
  area: grantAreaInput,
  maxZoom: z.number().int().min(0).max(22).nullable().optional(),
  precision: precisionInput.nullable().optional(),
  quota: quotaInput.nullable().optional(),
  from: day.optional(),
  until: day,
};
export const grantInput = z.strictObject(grantContent);
export type GrantInput = z.infer<typeof grantInput>;

/** Body of POST /api/grants: sharing that nobody had to ask for. */
export const shareInput = z.strictObject({
  layers: z.array(z.string().max(60)).min(1).max(50),
  kind: z.enum(['single', 'base', 'theme', 'pair', 'emergency']),
  subject: z.strictObject({ kind: z.enum(subjectKinds), id: z.string().min(1).max(120).optional() }),
  title: plainName(120).optional(),
  reason: z.string({ message: '请写明理由 / say why' }).trim().min(1, '请写明理由 / say why').max(2000),
  ...grantContent,
});
export type ShareInput = z.infer<typeof shareInput>;

/** Body of POST /api/agreements/{id}/sign: what the other side of a pair gives. */
export const signInput = z.strictObject({ layers: z.array(z.string().max(60)).min(1).max(50), ...grantContent });
export type SignInput = z.infer<typeof signInput>;
/** Body of POST /api/agreements/{id}/review. */
export const reviewInput = z.strictObject({ text: z.string().trim().min(1).max(2000) });
export type AreaInput = z.infer<typeof areaInput>;

/** Body of POST /api/requests/{id}/decision. */
export const decisionInput = z.strictObject({
  outcome: z.enum(['granted', 'narrower', 'refused', 'correction']),
  reasonCode: z.string().max(20).optional(),
  reason: z.string().trim().max(2000).optional(),
  grant: grantInput.optional(),
  seen: z.string().max(60).optional(),
});
export type DecisionInput = z.infer<typeof decisionInput>;

/** Body of POST /api/requests/{id}/extension: working days more, and why. */
export const extensionInput = z.strictObject({
  days: z.int().min(1).max(10),
  reason: z.string({ message: '请写明理由 / say why' }).trim().min(1, '请写明理由 / say why').max(2000),
});
export type ExtensionInput = z.infer<typeof extensionInput>;
/** Body of POST /api/requests/{id}/extension/answer. */
export const extensionAnswer = z.strictObject({ agreed: z.boolean(), reason: z.string().trim().max(2000).optional() });
export type ExtensionAnswer = z.infer<typeof extensionAnswer>;

/** Body of POST /api/collections/{layer}/updates. */
export const updateInput = z.strictObject({ kind: z.enum(updateKinds), note: z.string().trim().max(500).optional() });

/** Body of POST /api/access/preview. */
export const previewInput = z.strictObject({
  layer: z.string().max(60),
  /** A subject: `public`, `organisation:<id>`, `person:<name>`, `role:<role>@<organisation>`, `key:<id>`. */
  as: z.string().max(160).optional(),
  request: z.string().max(60).optional(),
  grant: grantInput.optional(),
});
export type PreviewInput = z.infer<typeof previewInput>;

/** Body of DELETE /api/grants/{id}. */
export const revokeInput = z.strictObject({
  reason: z.string({ message: '请写明理由 / say why' }).trim().min(1, '请写明理由 / say why').max(2000),
});
