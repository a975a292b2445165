import { z } from './zod.js';

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

export type Organisation = z.output<typeof organisation>;

/** The two of the examples' story: who owns the parcels, and who asks for them. */
export const planning: Organisation = {
  id: 'planning',
  kind: 'department',
  parent: 'city',
  titleZh: '市规划自然资源局',
  titleEn: 'Planning and Natural Resources Bureau',
  division: null,
};
export const transport: Organisation = {
  id: 'transport',
  kind: 'department',
  parent: 'city',
  titleZh: '市交通运输委',
  titleEn: 'Transport Commission',
  division: null,
};
