import type { Filter } from '@yutu/tiles';
import { filterToSql } from '../access/filter-sql.js';
import { accessSql } from '../access/predicate.js';
import { SqlParams } from '../access/sql-params.js';
import type { ViewSet } from '../access/view.js';
import { visibleFields } from '../access/visible.js';
import { type Layer, tableOf } from '../catalogue/layers.js';
import { ident, type Queryable } from '../db/database.js';
import type { ColumnValue } from './coerce.js';

/** No field can be called so. */
const BITS = '"#bits"';

/** A feature, by its id or by values of its fields, and what is claimed of it. */
export interface Claim {
  fid: number | null;
  match: ReadonlyMap<string, ColumnValue>;
  claims: ReadonlyMap<string, ColumnValue>;
}

/**
 * Whether a feature that the views show is as claimed, for each claim. Every field counts only where one of the views that show the
 * feature shows its value. Several features may match: one of them that is as claimed is enough.
 * @param claims of fields that some view shows as value; values fit their columns
 */
export async function verifyClaims(q: Queryable, layer: Layer, set: ViewSet, claims: readonly Claim[]): Promise<boolean[]> {
  const params = new SqlParams();
  const access = accessSql(layer, set.views, params);
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
  const one = ({ fid, match, claims: claimed }: Claim, i: number) => {
    // The row's own conditions are asked first, so that the border of an area is looked at for few of them; of the claims none is
    // a condition: a wrong one does as much work as a right one.
    const own = [
      ...(fid === null ? [] : [`t.fid = ${params.add(fid)}::bigint`]),
      ...[...match].map(([name, value]) => isAs(name, value, access.bits)),
    ];
    const right = [...claimed].map(([name, value]) => `(${isAs(name, value, `t.${BITS}`)}) is true`);
    return `select ${i} as i, coalesce(bool_or(${right.join(' and ')}), false) as matches from (
      select ${names.map((n) => `t.${ident(n)}`).join(', ')}, ${access.bits} as ${BITS} from ${tableOf(layer)} t
      where ${[...own, access.where].join(' and ')} offset 0) t`;
  };
  const rows = await q.query<{ i: number; matches: boolean }>(claims.map(one).join(' union all '), params.values);
  return [...rows].sort((a, b) => a.i - b.i).map((r) => r.matches);
}
