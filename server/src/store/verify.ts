import type { Filter } from '@yutu/tiles';
import { filterToSql } from '../access/filter-sql.js';
import { SqlParams } from '../access/sql-params.js';
import type { ViewSet } from '../access/view.js';
import { visibleFields } from '../access/visible.js';
import { columnOf } from '../catalogue/column.js';
import type { Layer } from '../catalogue/layers.js';
import type { Queryable } from '../db/database.js';
import type { ColumnValue } from './coerce.js';
import { fenced } from './fence.js';

/** No column of a field is called so. */
const BITS = '"#bits"';

/** A feature, by its id or by values of its fields, and what is claimed of it. */
export interface Claim {
  fid: number | null;
  match: ReadonlyMap<string, ColumnValue>;
  claims: ReadonlyMap<string, ColumnValue>;
}

/** Whether a claim is right, and which of the features that the views show it named: so many at most are told. */
export interface Verdict {
  matches: boolean;
  named: number[];
}

/** Features that one name may stand for and be told one by one; a name of more is no name of any of them. */
const MOST_NAMED = 10;

/**
 * Whether a feature that the views show is as claimed, for each claim. Every field counts only where one of the views that show the
 * feature shows its value. Several features may match: one of them that is as claimed is enough.
 * @param claims of fields that some view shows as value; values fit their columns
 */
export async function verifyClaims(q: Queryable, layer: Layer, set: ViewSet, claims: readonly Claim[]): Promise<Verdict[]> {
  const params = new SqlParams();
  // Rows are narrowed by id when all of them are named so.
  const fids = claims.flatMap(({ fid }) => fid ?? []);
  const { access, from } = fenced(layer, set.views, params, fids.length === claims.length ? { fids } : {});
  const shown = new Map(
    visibleFields(layer, set.views).flatMap(({ field, form, bits }) => (form === 'value' ? [[field.name, { field, bits }]] : [])),
  );
  const all = 2 ** set.views.length - 1;
  const isAs = (name: string, value: ColumnValue, shownBy: string): string => {
    const { field, bits } = shown.get(name)!;
    const property = { property: name };
    const filter: Filter =
      value === null
        ? { op: 'isNull', args: [property] }
        : {
            op: '=',
            args: [
              property,
              field.type === 'date' ? { date: String(value) } : field.type === 'timestamp' ? { timestamp: String(value) } : value,
            ],
          };
    const same = filterToSql(
      filter,
      { alias: 't', fields: new Map([[name, field.type]]), geometry: null, srid: layer.srid },
      params,
    );
    return bits === all ? same : `((${shownBy} & ${bits}) <> 0 and ${same})`;
  };
  const names = [...new Set(claims.flatMap((c) => [...c.match.keys(), ...c.claims.keys()]))];
  const about = ({ fid, match }: Claim, shownBy: string) =>
    [
      ...(fid === null ? [] : [`t.fid = ${params.add(fid)}::bigint`]),
      ...[...match].map(([name, value]) => isAs(name, value, shownBy)),
    ].join(' and ');
  // The rows that any claim is about, once; of what is claimed none is a condition: a wrong claim does as much work as a right one.
  const rowsAsked = claims.map((claim) => `(${about(claim, access.bits)})`).join(' or ');
  const one = (claim: Claim, i: number) => {
    const right = [...claim.claims].map(([name, value]) => `(${isAs(name, value, `t.${BITS}`)}) is true`);
    return `select ${i} as i, coalesce(bool_or(${right.join(' and ')}), false) as matches, to_json((array_agg(t.fid))[1:${MOST_NAMED + 1}]) as named
      from seen t where ${about(claim, `t.${BITS}`)}`;
  };
  const seen = `select t.fid, ${access.bits} as ${BITS}${names.map((n) => `, t.${columnOf(n)}`).join('')} from ${from} where ${rowsAsked}`;
  const rows = await q.query<{ i: number; matches: boolean; named: number[] | null }>(
    `with seen as materialized (${seen}) ${claims.map(one).join(' union all ')}`,
    params.values,
  );
  return [...rows]
    .sort((a, b) => a.i - b.i)
    .map(({ matches, named }) => ({ matches, named: named && named.length <= MOST_NAMED ? named : [] }));
}
