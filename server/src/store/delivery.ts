import { type Deed, record } from '../audit/chain.js';
import { columnOf } from '../catalogue/column.js';
import type { LayerDefinition } from '../catalogue/definition.js';
import { declareUpdate, insertLayer, type Layer, tableOf } from '../catalogue/layers.js';
import type { Bus, Message } from '../db/bus.js';
import { type Database, ident, type Queryable } from '../db/database.js';
import { fail } from '../errors/fail.js';
import { changesOf, MOST_AT_ONCE, mostPending } from './changes.js';
import { boxSql, extentSql } from './extent.js';
import type { Matched } from './match.js';
import type { Staging } from './staging.js';

export interface Delivery {
  definition: LayerDefinition;
  /** The layer as it was when its features were matched; null: a new one. */
  present: Layer | null;
  schema: string;
  /** Ids of features that are new, gone or different; null: not told one by one. */
  changed: readonly number[] | null;
  /** The highest id ever given. */
  last: number;
  /** Declared where the layer has none. */
  keyField: string | null;
  /** The day for which it is declared as an update of the layer; absent: it is none. */
  declares?: string | undefined;
  deed: Deed;
}

/**
 * Ids of the features that are new, gone or different in the staged table.
 * @returns null where no id was kept, and where so many changed that tiles and copies begin anew
 */
export async function differences(db: Database, present: Layer, staging: Staging, matched: Matched): Promise<number[] | null> {
  const most = Math.min(mostPending(staging.rows), MOST_AT_ONCE);
  if (matched.kept === 0 || matched.fresh + matched.gone > most) return null;
  const values = (row: string) => `(st_asewkb(${row}.geom)${present.fields.map((f) => `, ${row}.${columnOf(f.name)}`).join('')})`;
  const rows = await db.tx(
    (q) =>
      q.query<{ fid: number }>(
        `select fid from ${tableOf(present)} t full join ${staging.table} s using (fid)
         where t.fid is null or s.fid is null or ${values('t')} is distinct from ${values('s')} limit ${most + 1}`,
      ),
    { timeoutMs: 600_000 },
  );
  return rows.length > most ? null : rows.map(({ fid }) => fid);
}

/**
 * Swaps the staging table in, in one transaction with the new version, the change rows and its trace. Where nothing differs, the table
 * that is there stays, and with it the version.
 * @returns the layer's version
 * @throws `import_invalid` when the layer was edited meanwhile
 */
export async function publish({ db, bus }: { db: Database; bus: Bus }, staging: Staging, delivery: Delivery): Promise<number> {
  const { definition: d, present, schema, changed, last, keyField, declares, deed } = delivery;
  const step = changed?.length === 0 ? 0 : 1;
  const table = `${ident(schema)}.${ident(d.id)}`;
  const message = await db.tx(
    async (q) => {
      if (!present) await insertLayer(q, d);
      const [row] = await q.query<{ version: number }>(
        `update yutu.layer set version = version + ${step}, last_update = coalesce($2::date, last_update),
           key_field = coalesce(key_field, $3), last_fid = greatest(last_fid, $4::bigint) where id = $1 returning version`,
        [d.id, d.lastUpdate, keyField, last],
      );
      const version = row!.version;
      // Its features were matched with the version it began with: what came meanwhile is not undone.
      if (present && version !== present.version + step)
        fail('import_invalid', {
          whyZh: '导入期间图层已有更新，请重新导入',
          whyEn: 'The layer was changed while the import ran; import again',
        });
      if (step > 0) {
        if (present && changed) await writeChanges(q, present, staging.table, version, changed, deed.actor ?? '');
        if (present) await q.query(`drop table ${table}`);
        await q.query(`alter table ${staging.table} rename to ${ident(d.id)}`);
        await q.query(
          `update yutu.layer set feature_count = s.n, extent = s.extent
           from (select count(*) as n, ${extentSql('geom', d.srid)} as extent from ${table}) s where id = $1`,
          [d.id],
        );
        await record(q, deed);
      }
      if (declares) {
        await declareUpdate(q, d.id, 'delivery', declares);
        const { source } = deed.detail ?? {};
        await record(q, { ...deed, action: 'update_delivery', detail: { source, day: declares } });
      }
      const told: Message = step > 0 ? { kind: 'layer', layer: d.id, version } : { kind: 'catalogue' };
      await bus.announce(q, told);
      return { told, version };
    },
    { timeoutMs: 600_000 },
  );
  if (step === 0) await staging.drop();
  await bus.deliver(message.told);
  return message.version;
}

/** One change row for each feature, as an edit leaves it (store/edit.ts). */
async function writeChanges(
  q: Queryable,
  layer: Layer,
  staged: string,
  version: number,
  changed: readonly number[],
  by: string,
): Promise<void> {
  await q.query(
    `insert into ${changesOf(layer)} (layer, version, fid, op, old, old_box, new_box, by)
     select $1, $2, c.fid, case when t.fid is null then 'create' when s.fid is null then 'delete' else 'replace' end,
       to_jsonb(t) || jsonb_build_object('geom', encode(st_asewkb(t.geom), 'hex')),
       ${boxSql('t.geom', layer.srid)}, ${boxSql('s.geom', layer.srid)}, $3
     from unnest($4::bigint[]) as c(fid) left join ${tableOf(layer)} t on t.fid = c.fid left join ${staged} s on s.fid = c.fid`,
    [layer.id, version, by, changed],
  );
}
