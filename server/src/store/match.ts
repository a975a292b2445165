import { columnOf } from '../catalogue/column.js';
import { isKey, type LayerDefinition } from '../catalogue/definition.js';
import { type Layer, tableOf } from '../catalogue/layers.js';
import type { Database, Queryable } from '../db/database.js';
import { fail } from '../errors/fail.js';
import type { Note } from '../incoming/note.js';
import type { Staging } from './staging.js';

/** The field by whose values features are told to be the same. */
export interface Key {
  field: string;
  by: 'declared' | 'named' | 'guessed';
}

/** What a delivery's features are to those that are there. */
export interface Matched {
  key: Key | null;
  kept: number;
  fresh: number;
  gone: number;
  /** The highest id ever given, these among them. */
  last: number;
  notes: Note[];
}

/** @throws `import_invalid` for a field that cannot name features */
export function checkKey(d: LayerDefinition, field: string): void {
  const keys = d.fields.filter(isKey);
  if (keys.some((f) => f.name === field)) return;
  fail('import_invalid', {
    whyZh: `图层 ${d.id} 没有文本或整数字段“${field}”，可用：${keys.map((f) => `“${f.name}”`).join('、')}`,
    whyEn: `Layer ${d.id} has no field "${field}" of type text or whole number; it has ${keys.map((f) => `"${f.name}"`).join(', ')}`,
  });
}

/**
 * Gives the staged features that a key names the ids that those features have now, and the others ids past all that were ever given.
 * @param wanted the key; null: there is none; absent: it is guessed
 * @param last the highest id ever given
 */
export async function keepIds(
  db: Database,
  present: Layer,
  staging: Staging,
  wanted: Key | null | undefined,
  last: number,
): Promise<Matched> {
  const there = tableOf(present);
  const found = await db.tx(
    async (q) => {
      await q.query(`analyze ${staging.table}`);
      const key = wanted === undefined ? await guess(q, present, staging.table) : wanted;
      const [row] = await q.query<{ before: number; kept: number }>(
        `select (select count(*) from ${there}) as before${key ? `, (select count(*) from (${pairs(there, staging.table, key.field)}) p) as kept` : ''}`,
      );
      const notes = key ? await unmatched(q, there, staging.table, key.field) : [];
      return { key, before: row?.before ?? 0, kept: row?.kept ?? 0, notes };
    },
    { timeoutMs: 600_000 },
  );
  const { key, kept, notes } = found;
  const fresh = staging.rows - kept;
  if (kept > 0) await staging.renumber(pairs(there, staging.table, key!.field), last, fresh);
  return { key, kept, fresh, gone: found.before - kept, last: last + fresh, notes };
}

/** SQL: values that are there once, each with its feature. */
const once = (table: string, column: string): string =>
  `select ${column} as key, min(fid) as fid from ${table} where ${column} is not null group by ${column} having count(*) = 1`;

/** SQL: which staged feature is which of those that are there. */
const pairs = (there: string, staged: string, field: string): string =>
  `select s.fid as staged, t.fid as kept from (${once(staged, columnOf(field))}) s join (${once(there, columnOf(field))}) t using (key)`;

/** SQL: whether every row has a value of its own. */
const unique = (rows: string, column: string): string =>
  `not exists (select from ${rows} r group by ${column} having count(*) > 1 or ${column} is null)`;

/** The first field whose values name every feature on both sides, and at least half of the smaller side's on the other. */
async function guess(q: Queryable, present: Layer, staged: string): Promise<Key | null> {
  const there = tableOf(present);
  for (const { name } of present.fields.filter(isKey)) {
    const column = columnOf(name);
    // Most fields are ruled out by their first values.
    const head = `(select ${column} from ${staged} limit 1000)`;
    const [row] = await q.query<{ fits: boolean }>(
      `select case when ${unique(head, column)} and ${unique(staged, column)} and ${unique(there, column)}
         then (select count(*) > 0 and 2 * count(*) >= least((select count(*) from ${staged}), (select count(*) from ${there}))
               from (${pairs(there, staged, name)}) p)
         else false end as fits`,
    );
    if (row?.fits) return { field: name, by: 'guessed' };
  }
  return null;
}

/** Says which features no value of the key names. */
async function unmatched(q: Queryable, there: string, staged: string, field: string): Promise<Note[]> {
  const column = columnOf(field);
  const twice = (table: string) =>
    `select ${column}::text as value from ${table} where ${column} is not null group by ${column} having count(*) > 1`;
  const [row] = await q.query<{ twice: number; example: string | null; without: number }>(
    `select count(*) as twice, min(value) as example, (select count(*) from ${staged} where ${column} is null) as without
     from (${twice(staged)} union ${twice(there)}) d`,
  );
  const { twice: n, example, without } = row ?? { twice: 0, example: null, without: 0 };
  return [
    ...(n > 0
      ? [
          {
            zh: `“${field}”有 ${n} 个值出现不止一次（如“${example}”），这些要素不沿用编号`,
            en: `"${field}": ${n === 1 ? '1 value stands' : `${n} values stand`} more than once, as "${example}" does: ${n === 1 ? 'it matches' : 'they match'} nothing`,
          },
        ]
      : []),
    ...(without > 0
      ? [
          {
            zh: `文件中有 ${without} 个要素没有“${field}”，不沿用编号`,
            en: `"${field}": ${without === 1 ? '1 feature of the file has none and matches' : `${without} features of the file have none and match`} nothing`,
          },
        ]
      : []),
  ];
}
