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
 * The edits after version `from` up to `to`, in order.
 * @returns null when something else than edits lies between (an import)
 */
export async function changesBetween(q: Queryable, layer: Layer, from: number, to: number): Promise<Change[] | null> {
  const changes = await q.query<Change>(
    `select version, fid, old_box as "oldBox", new_box as "newBox" from ${changesOf(layer)}
     where layer = $1 and version > $2 and version <= $3 order by version`,
    [layer.id, from, to],
  );
  return new Set(changes.map((c) => c.version)).size === to - from ? changes : null;
}

/** The highest id the layer has ever given: also features that are gone keep theirs. */
export async function lastFid(q: Queryable, layer: Layer): Promise<number> {
  const [row] = await q.query<{ max: number | null }>(
    `select greatest((select max(fid) from ${tableOf(layer)}),
       (select max(fid) from ${changesOf(layer)} where layer = $1)) as max`,
    [layer.id],
  );
  return row?.max ?? 0;
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
