import { plainName } from '@yutu/contract';
import { z } from 'zod';
import type { Queryable } from '../db/database.js';

export const organisationDefinition = z.strictObject({
  id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,47}$/),
  kind: z.enum(['city', 'authority', 'department', 'district']),
  parent: z.string().nullable().default(null),
  titleZh: plainName(200),
  titleEn: plainName(200),
  division: z
    .string()
    .regex(/^\d{6}$/)
    .nullable()
    .default(null),
  /** Line of work: the bureaus of all districts that do the same have the same. */
  line: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,47}$/)
    .nullable()
    .default(null),
});

export type Organisation = z.infer<typeof organisationDefinition>;

export const loadOrganisations = (q: Queryable): Promise<Organisation[]> =>
  q.query<Organisation>(
    `select id, kind, parent, title_zh as "titleZh", title_en as "titleEn", division, line
     from yutu.organisation order by kind = 'district', division nulls first, id`,
  );

/** Adds or renames an organisation; its parent must exist. */
export async function saveOrganisation(q: Queryable, o: Organisation): Promise<void> {
  await q.query(
    `insert into yutu.organisation (id, kind, parent, title_zh, title_en, division, line) values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (id) do update set kind = excluded.kind, parent = excluded.parent, title_zh = excluded.title_zh,
       title_en = excluded.title_en, division = excluded.division, line = excluded.line`,
    [o.id, o.kind, o.parent, o.titleZh, o.titleEn, o.division, o.line],
  );
}
