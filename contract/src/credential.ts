import { dayInput } from './day.js';
import { json } from './operation.js';
import { z } from './zod.js';

/** What a key or a certificate may be limited to. */
export const scopeInput = {
  layers: z.array(z.string().max(60)).min(1).max(500).optional(),
  actions: z
    .array(z.enum(['view', 'query', 'download', 'analyse', 'verify']))
    .min(1)
    .optional(),
  quota: z.int().min(1).max(1_000_000_000).optional(),
  until: dayInput.optional(),
};

export const layersHidden = z.literal(true).optional().meta({
  description: 'There are layers of which the caller may not know: `layers` names the others',
});

/** Who answers for a credential, whether it is in force, and what the caller may do with it. */
export const answered = {
  holder: z
    .string()
    .nullable()
    .meta({ description: 'Who answers for it: its maker, or whoever took it over; null: nobody any more' }),
  state: z
    .enum(['live', 'revoked', 'expired', 'ended'])
    .meta({ description: '`ended`: the person behind it is no longer as they were when it was made' }),
  ended: z
    .enum(['nobody', 'disabled', 'unconfirmed', 'resting', 'demonstration', 'ended_by_person', 'moved', 'office_lost'])
    .nullable()
    .meta({
      description:
        'Why it has ended: nobody answers for it; the account is disabled, waits for a second person to confirm it or for a new second factor, or was a demonstration’s; the person changed the password or ended everything; has another office, or no longer the role that such a credential rests on',
    }),
  can: z.array(z.enum(['rotate', 'revoke', 'hand_over', 'accept'])).meta({ description: 'What the caller may do with it' }),
};
export const offeredTo = z.string().nullable().meta({ description: 'Who was asked to take it over, within the last 14 days' });

export const handOver = z
  .strictObject({ to: z.string().max(60).nullable() })
  .meta({ description: '`to`: a colleague’s user name; null takes the offer back' })
  .openapi('HandOver');

export const keyRotation = z
  .strictObject({ overlapHours: z.int().min(0).max(720).default(24) })
  .meta({ description: '`overlapHours`: how long the secret before stays good' })
  .openapi('KeyRotation');

/** Bodies of the operations that keys, certificates and embeds have alike. */
export const handOverBody = json(handOver, {
  colleague: ['To a colleague, who has to take it', { to: 'li.na' }],
  back: ['The offer is taken back', { to: null }],
});
export const rotationBody = json(keyRotation, { weekend: ['Both are good for three days', { overlapHours: 72 }] });

/** What the operations of handing over say of themselves. */
export const HAND_OVER =
  'By whoever answers for it, or by the organisation’s administrator, never to themselves. Nothing changes until the colleague takes it.';
