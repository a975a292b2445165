import { z } from 'zod';
import { action, fieldForm } from '../catalogue/definition.js';

const position = z.tuple([z.number(), z.number()]).rest(z.number());
const ring = z.array(position).min(4, '环至少有四个点 / a ring has at least four positions').max(20_000);
const polygon = z.object({ type: z.literal('Polygon'), coordinates: z.array(ring).min(1) });
const multiPolygon = z.object({ type: z.literal('MultiPolygon'), coordinates: z.array(z.array(ring).min(1)).min(1) });

export const areaInput = z
  .union([
    z.strictObject({ divisions: z.array(z.string().max(12)).min(1).max(200) }),
    z.strictObject({ polygon: z.union([polygon, multiPolygon]), name: z.string().max(80).optional() }),
  ])
  .nullable();

export const fieldAsk = z.strictObject({ name: z.string().max(60), form: fieldForm });
const day = z.iso.date();
const usable = action.exclude(['discover', 'edit']);

const content = {
  purpose: z.string().trim().max(2000),
  matter: z.string().max(60).nullable(),
  necessity: z.string().trim().max(2000).nullable(),
  actions: z.array(usable).max(6),
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

export const grantInput = z.strictObject({
  actions: z.array(usable).min(1),
  fields: z.array(fieldAsk).max(200),
  rows: z.string().max(20_000).nullable().optional(),
  area: areaInput,
  from: day.optional(),
  until: day,
});
export type GrantInput = z.infer<typeof grantInput>;
export type AreaInput = z.infer<typeof areaInput>;

/** Body of POST /api/requests/{id}/decision. */
export const decisionInput = z.strictObject({
  outcome: z.enum(['granted', 'narrower', 'refused', 'correction']),
  reasonCode: z.string().max(20).optional(),
  reason: z.string().trim().max(2000).optional(),
  grant: grantInput.optional(),
});
export type DecisionInput = z.infer<typeof decisionInput>;

/** Body of DELETE /api/grants/{id}. */
export const revokeInput = z.strictObject({
  reason: z.string({ message: '请写明理由 / say why' }).trim().min(1, '请写明理由 / say why').max(2000),
});
