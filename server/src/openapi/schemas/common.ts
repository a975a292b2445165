import { z } from '@yutu/contract';
import { errorTable } from '../../errors/table.js';

/** What the codes in an answer are of. */
export const codeSystems = z.record(z.string(), z.string()).optional().meta({
  description:
    'By field, the classification that its codes are of, such as GB/T 21010-2017: of fields whose true value the caller sees; absent: none has one',
});
export const codeSystem = z
  .string()
  .nullable()
  .meta({ description: 'The classification that the values of `by` are codes of, such as GB/T 21010-2017' });

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
