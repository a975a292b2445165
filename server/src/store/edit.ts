import { createHash } from 'node:crypto';
import { inStorage } from '../access/filter-sql.js';
import type { ViewSet } from '../access/view.js';
import { canonicalJson, record } from '../audit/chain.js';
import { today } from '../catalogue/calendar.js';
import { columnOf } from '../catalogue/column.js';
import { type Layer, tableOf } from '../catalogue/layers.js';
import type { Bus } from '../db/bus.js';
import type { Database, Queryable } from '../db/database.js';
import { badParameter, fail } from '../errors/fail.js';
import { type Box, changesOf, lastChange } from './changes.js';
import type { ColumnValue } from './coerce.js';
import { boxSql, extentSql } from './extent.js';
import { type Item, queryItems } from './items.js';
import { SQL_TYPES } from './table.js';

/** What to do with one feature. Members that are absent stay as they are. */
export interface Edit {
  op: 'create' | 'replace' | 'update' | 'delete';
  /** Absent for a new feature. */
  fid?: number;
  /** GeoJSON text, checked by `readGeometry`; null: no geometry. */
  geometry?: string | null;
  values?: ReadonlyMap<string, ColumnValue>;
  /** True for the state the client has seen; absent for a new feature. */
  expects?: (tag: string) => boolean;
}

export interface Editor {
  name: string;
  organisation: string;
  /** In whose place, for the log. */
  mandate?: { for?: string };
  /** The views under which the editor reads the layer: they make the tag. */
  reads: ViewSet;
  /** Asked when nothing is waited for any more. @throws when the editor may no longer write; nothing is written then */
  still: (q: Queryable) => Promise<void>;
}

const DEEDS = {
  create: 'feature_created',
  replace: 'feature_replaced',
  update: 'feature_updated',
  delete: 'feature_deleted',
} as const;

/** Names the state of a feature as a caller sees it; equal states have equal tags. */
export const itemTag = (layer: string, { id, geometry, properties }: Item): string =>
  `"${createHash('sha256')
    .update(canonicalJson([layer, id, geometry, properties]))
    .digest('base64url')
    .slice(0, 27)}"`;

const incoming = (param: string) => `st_setsrid(st_force2d(st_geomfromgeojson(${param}::text)), 4326)`;

/** @throws `parameter_invalid` for a geometry that meets itself, naming the place */
export async function checkValid(q: Queryable, geometry: string): Promise<void> {
  const [fault] = await q.query<{ reason: string; x: number | null; y: number | null }>(
    `select reason, st_x(location) as x, st_y(location) as y
     from (select (st_isvaliddetail(${incoming('$1')})).*) d where not valid`,
    [geometry],
  );
  if (!fault) return;
  const at = fault.x === null ? '' : `${fault.x.toFixed(6)}, ${fault.y!.toFixed(6)}`;
  badParameter(
    'geometry',
    `图形自相交或不成立${at && `（${at}）`}`,
    `the geometry is not valid: ${fault.reason}${at && ` at ${at}`}`,
  );
}

/**
 * Makes one edit: the layer's new version, the row, its change row, count, extent and the log's record in one transaction. The
 * layer's row lock lets its writers in one after the other.
 * @returns the feature as its editor now sees it (null when it was deleted) and the layer's version
 * @throws `feature_not_found`, `precondition_failed`, what `still` throws; nothing is written then
 */
export async function applyEdit(
  { db, bus, timezone }: { db: Database; bus: Bus; timezone: string },
  layer: Layer,
  edit: Edit,
  editor: Editor,
): Promise<{ version: number; item: Item | null }> {
  const done = await db.tx(async (q) => {
    const [head] = await q.query<{ version: number; extent: Box | null }>(
      'update yutu.layer set version = version + 1, last_edit = $2::date where id = $1 returning version, extent',
      [layer.id, today(timezone)],
    );
    if (!head) fail('layer_not_found', { layer: layer.id });
    const before = edit.fid === undefined ? null : await stateOf(q, layer, edit.fid, edit, editor);
    const after = await write(q, layer, edit);
    await q.query(
      `insert into ${changesOf(layer)} (layer, version, fid, op, old, old_box, new_box, by)
       values ($1, $2, $3, $4, $5::jsonb, $6::float8[], $7::float8[], $8)`,
      [
        layer.id,
        head.version,
        after.fid,
        edit.op,
        before && JSON.stringify(before.row),
        before?.box ?? null,
        after.box,
        editor.name,
      ],
    );
    await keepTotals(q, layer, head.extent, before?.box ?? null, after.box, edit.op);
    await editor.still(q);
    await record(q, {
      actor: editor.name,
      organisation: editor.organisation,
      action: DEEDS[edit.op],
      layer: layer.id,
      subject: String(after.fid),
      detail: { fid: after.fid, version: head.version, ...editor.mandate },
    });
    await bus.announce(q, { kind: 'layer', layer: layer.id, version: head.version });
    const [item] = edit.op === 'delete' ? [] : await queryItems(q, layer, editor.reads, { fids: [after.fid], limit: 1 });
    return { version: head.version, item: item ?? null };
  });
  await bus.deliver({ kind: 'layer', layer: layer.id, version: done.version });
  return done;
}

/** The row before the edit. @throws when it is not there, or not as the client has seen it */
async function stateOf(q: Queryable, layer: Layer, fid: number, edit: Edit, editor: Editor) {
  const [row] = await q.query<{ row: Record<string, unknown>; box: Box | null }>(
    `select to_jsonb(t) || jsonb_build_object('geom', encode(st_asewkb(t.geom), 'hex')) as row, ${boxSql('t.geom', layer.srid)} as box
     from ${tableOf(layer)} t where t.fid = $1`,
    [fid],
  );
  const [item] = row ? await queryItems(q, layer, editor.reads, { fids: [fid], limit: 1 }) : [];
  if (!row || !item) fail('feature_not_found', { layer: layer.id, fid });
  if (!edit.expects!(itemTag(layer.id, item))) {
    const last = await lastChange(q, layer, fid);
    fail('precondition_failed', { fid, by: last?.by ?? '', at: last?.at ?? '' });
  }
  return row;
}

async function write(q: Queryable, layer: Layer, edit: Edit): Promise<{ fid: number; box: Box | null }> {
  const table = tableOf(layer);
  if (edit.op === 'delete') {
    await q.query(`delete from ${table} where fid = $1`, [edit.fid]);
    return { fid: edit.fid!, box: null };
  }
  const params: unknown[] = [];
  const columns: string[] = [];
  const values: string[] = [];
  if (edit.geometry !== undefined) {
    params.push(edit.geometry);
    const stored = inStorage(incoming(`$${params.length}`), layer.srid);
    columns.push('geom');
    values.push(layer.geometryType === 'point' ? stored : `st_multi(${stored})`);
  }
  for (const [name, value] of edit.values ?? []) {
    params.push(value === null ? null : String(value));
    columns.push(columnOf(name));
    values.push(`$${params.length}::text::${SQL_TYPES[layer.fields.find((f) => f.name === name)!.type]}`);
  }
  if (columns.length === 0) {
    columns.push('geom');
    values.push('geom');
  }
  const returning = `returning fid, ${boxSql('geom', layer.srid)} as box`;
  const [row] =
    edit.fid === undefined
      ? await q.query<{ fid: number; box: Box | null }>(
          `insert into ${table} (${columns.join(', ')}) values (${values.join(', ')}) ${returning}`,
          params,
        )
      : await q.query<{ fid: number; box: Box | null }>(
          `update ${table} set ${columns.map((c, i) => `${c} = ${values[i]}`).join(', ')} where fid = $${params.length + 1} ${returning}`,
          [...params, edit.fid],
        );
  return row!;
}

/** The layer's count and extent. All rows are looked at only when the old box may have held the extent's edge. */
async function keepTotals(q: Queryable, layer: Layer, extent: Box | null, old: Box | null, fresh: Box | null, op: Edit['op']) {
  const more = op === 'create' ? 1 : op === 'delete' ? -1 : 0;
  const HAIR = 1e-9; // what a transformation may add
  const edge =
    old !== null &&
    (extent === null ||
      old[0] <= extent[0] + HAIR ||
      old[1] <= extent[1] + HAIR ||
      old[2] >= extent[2] - HAIR ||
      old[3] >= extent[3] - HAIR);
  if (edge)
    await q.query(
      `update yutu.layer set feature_count = feature_count + $2::int, extent = s.extent
       from (select ${extentSql('geom', layer.srid)} as extent from ${tableOf(layer)}) s where id = $1`,
      [layer.id, more],
    );
  else {
    const whole =
      fresh && extent
        ? [
            Math.min(extent[0], fresh[0]),
            Math.min(extent[1], fresh[1]),
            Math.max(extent[2], fresh[2]),
            Math.max(extent[3], fresh[3]),
          ]
        : (fresh ?? extent);
    await q.query('update yutu.layer set feature_count = feature_count + $2::int, extent = $3::float8[] where id = $1', [
      layer.id,
      more,
      whole,
    ]);
  }
}
