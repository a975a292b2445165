import { type Layer, tableOf } from '../catalogue/layers.js';
import { ident, type Queryable } from '../db/database.js';

export type Box = readonly [west: number, south: number, east: number, north: number];

/** One feature's change in one version of its layer. */
export interface Change {
  version: number;
  fid: number;
  oldBox: Box | null;
  newBox: Box | null;
}

/** The table of changes beside the layer, quoted. */
export const changesOf = (layer: Pick<Layer, 'schemaName'>): string => `${ident(layer.schemaName)}.change`;

/**
 * What edits and small deliveries changed after version `from` up to `to`, in order.
 * @returns null when something else lies between (a large delivery)
 */
export async function changesBetween(q: Queryable, layer: Layer, from: number, to: number): Promise<Change[] | null> {
  const changes = await q.query<Change>(
    `select version, fid, old_box as "oldBox", new_box as "newBox" from ${changesOf(layer)}
     where layer = $1 and version > $2 and version <= $3 order by version`,
    [layer.id, from, to],
  );
  return new Set(changes.map((c) => c.version)).size === to - from ? changes : null;
}

/** So many pending changes are always drawn over a snapshot, whatever the layer's size. */
const ALWAYS = 1_000;
const MOST_SHARE = 0.1;

/** So many changes at most are told in one answer, and kept of one delivery. */
export const MOST_AT_ONCE = 10_000;

/** How many features of a layer of so many may have changed since its snapshot for it to serve on. */
export const mostPending = (features: number): number => Math.max(ALWAYS, features * MOST_SHARE);

/** The highest id the layer has ever given: also features that are gone keep theirs. */
export async function lastFid(q: Queryable, layer: Layer): Promise<number> {
  const [row] = await q.query<{ max: number | null }>(
    `select greatest((select max(fid) from ${tableOf(layer)}),
       (select max(fid) from ${changesOf(layer)} where layer = $1), (select last_fid from yutu.layer where id = $1)) as max`,
    [layer.id],
  );
  return row?.max ?? 0;
}

/** Up to which version, at most `to`, there are no more than `limit` changes after `from`. One version is told whole. */
export async function versionWithin(q: Queryable, layer: Layer, from: number, to: number, limit: number): Promise<number> {
  const [row] = await q.query<{ version: number | null }>(
    `select case when max(total) > $4 then coalesce(max(version) filter (where total <= $4), min(version)) end as version
     from (select version, sum(count(*)) over (order by version) as total from ${changesOf(layer)}
           where layer = $1 and version > $2 and version <= $3 group by version) v`,
    [layer.id, from, to, limit],
  );
  return row?.version ?? to;
}

/** The highest id of a feature that is there now; 0 when there is none. */
export async function maxFid(q: Queryable, layer: Layer): Promise<number> {
  const [row] = await q.query<{ max: number | null }>(`select max(fid) as max from ${tableOf(layer)}`);
  return row?.max ?? 0;
}

/** Who changed a feature last, and when; null when nobody edited it. */
export async function lastChange(q: Queryable, layer: Layer, fid: number): Promise<{ by: string; at: string } | null> {
  const [row] = await q.query<{ by: string; at: string }>(
    `select by, at from ${changesOf(layer)} where layer = $1 and fid = $2 order by version desc limit 1`,
    [layer.id, fid],
  );
  return row ?? null;
}

/** The layer's version as committed now. */
export async function currentVersion(q: Queryable, id: string): Promise<number | null> {
  const [row] = await q.query<{ version: number }>('select version from yutu.layer where id = $1', [id]);
  return row?.version ?? null;
}
