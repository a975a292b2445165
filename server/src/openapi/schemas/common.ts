import { z } from '@yutu/contract';
import { action, fieldForm } from '../../catalogue/definition.js';
import { errorTable } from '../../errors/table.js';

/** West, south, east, north in degrees. */
export const bbox = z.tuple([z.number(), z.number(), z.number(), z.number()]);
/** What the codes in an answer are of. */
export const codeSystems = z.record(z.string(), z.string()).optional().meta({
  description:
    'By field, the classification that its codes are of, such as GB/T 21010-2017: of fields whose true value the caller sees; absent: none has one',
});
export const codeSystem = z
  .string()
  .nullable()
  .meta({ description: 'The classification that the values of `by` are codes of, such as GB/T 21010-2017' });

export const actions = z.array(action);

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
