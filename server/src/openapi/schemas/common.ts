import { action, fieldForm } from '../../catalogue/definition.js';
import { errorTable } from '../../errors/table.js';
import { roles } from '../../identity/caller.js';
import { z } from './zod.js';

/** A date in the instance's zone. */
export const day = z.iso.date();
/** A moment, ISO 8601 in UTC. */
export const instant = z.iso.datetime({ offset: true });
/** West, south, east, north in degrees. */
export const bbox = z.tuple([z.number(), z.number(), z.number(), z.number()]);
export const uuid = z.uuid();
/** What the codes in an answer are of. */
export const codeSystems = z.record(z.string(), z.string()).optional().meta({
  description:
    'By field, the classification that its codes are of, such as GB/T 21010-2017: of fields whose true value the caller sees; absent: none has one',
});
export const codeSystem = z
  .string()
  .nullable()
  .meta({ description: 'The classification that the values of `by` are codes of, such as GB/T 21010-2017' });

export const count = z.number().int().min(0);
export const actions = z.array(action);
export const role = z.enum(roles);

export const link = z
  .object({
    href: z.string().meta({ description: 'Absolute, or a template of one when `templated`' }),
    rel: z.string(),
    type: z.string().optional(),
    title: z.string().optional(),
    templated: z.boolean().optional(),
  })
  .openapi('Link');

export const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    code: z.string().meta({ description: `Stable; one of: ${Object.keys(errorTable).join(', ')}` }),
    detail: z
      .string()
      .meta({ description: 'A plain sentence in the language of Accept-Language (zh-CN unless en is asked for)' }),
    parameter: z.string().optional().meta({ description: 'The parameter, or the path of the body member, that is at fault' }),
    allowed: z.unknown().optional().meta({ description: 'What would have been right: a list of values, or bounds' }),
  })
  .meta({ description: 'Problem details (RFC 9457)' })
  .openapi('Problem');

export const organisation = z
  .object({
    id: z.string().meta({ description: 'A stable code, such as planning or district-500102' }),
    kind: z.enum(['city', 'authority', 'department', 'district']),
    parent: z.string().nullable(),
    titleZh: z.string(),
    titleEn: z.string(),
    division: z.string().nullable().meta({ description: 'Six-digit division code of a district' }),
    line: z
      .string()
      .nullable()
      .optional()
      .meta({ description: 'Line of work: the bureaus of all districts that do the same have the same' }),
  })
  .openapi('Organisation');

export const fieldAsk = z
  .object({
    name: z.string(),
    form: fieldForm.meta({ description: '`code`: a de-identified code stands in for the value' }),
  })
  .openapi('FieldAsk');

/** A code with its names, as the instance's lists have it. */
export const coded = z.object({ code: z.string(), titleZh: z.string(), titleEn: z.string() }).openapi('Coded');

export const geometry = z
  .object({
    type: z.enum(['Point', 'MultiPoint', 'LineString', 'MultiLineString', 'Polygon', 'MultiPolygon']),
    coordinates: z.array(z.unknown()),
  })
  .meta({ description: 'A GeoJSON geometry (RFC 7946), longitude before latitude' })
  .openapi('Geometry');

export const rowsHidden = z.literal(true).optional().meta({
  description: 'There is a filter on rows, which speaks of fields whose values the caller does not see: `rows` is null',
});

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
