import { grant, grantContent } from './grant.js';
import { organisation } from './organisation.js';
import { day, instant, uuid } from './shapes.js';
import { z } from './zod.js';

/* Grants made together: a base library, a theme package, a standing pair, an emergency. */

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
export type Agreement = z.output<typeof agreement>;
export const agreements = z.object({ agreements: z.array(agreement) }).openapi('Agreements');

export const signInput = z
  .strictObject({ layers: z.array(z.string().max(60)).min(1).max(50), ...grantContent })
  .meta({ description: 'What the other side of a pair gives' })
  .openapi('SignInput');
export type SignInput = z.output<typeof signInput>;

export const reviewInput = z
  .strictObject({ text: z.string().trim().min(1).max(2000) })
  .meta({ description: 'What was found when an emergency was looked at' })
  .openapi('ReviewInput');
