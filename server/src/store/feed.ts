import type { ViewSet } from '../access/view.js';
import { type Layer, tableOf } from '../catalogue/layers.js';
import type { Queryable } from '../db/database.js';
import { changesBetween, changesOf, versionWithin } from './changes.js';
import type { Rows } from './fence.js';
import { type Item, queryItems } from './items.js';

/** What became of a layer between two of its versions, as the caller sees it. */
export interface Feed {
  /** Features that are new to the caller or look different now, as they are now. */
  changed: Item[];
  /** Ids of features that the caller's views showed and no longer show. */
  gone: number[];
  /** The version up to which it goes. */
  until: number;
}

/**
 * Compares what the caller's views show of the features edited after version `from` up to `to`: then and now. What looks the same is no
 * change, whatever was edited about it. Now is the present, not version `to`: what was corrected or deleted since does not leave any more.
 * It ends earlier where more than `limit` features changed.
 * @returns null when something else than edits and small deliveries lies between
 */
export async function feedBetween(
  q: Queryable,
  layer: Layer,
  set: ViewSet,
  from: number,
  to: number,
  limit: number,
): Promise<Feed | null> {
  const until = to > from ? await versionWithin(q, layer, from, to, limit) : to;
  const changes = await changesBetween(q, layer, from, until);
  if (!changes) return null;
  const fids = [...new Set(changes.map((change) => change.fid))];
  if (fids.length === 0) return { changed: [], gone: [], until };
  const query = { fids, limit: fids.length };
  const then = await queryItems(q, layer, set, query, rowsAt(from, until));
  const now = await queryItems(q, layer, set, query);
  const looked = new Map(then.map((item) => [item.id, JSON.stringify(item)]));
  const there = new Set(now.map((item) => item.id));
  return {
    changed: now.filter((item) => looked.get(item.id) !== JSON.stringify(item)),
    gone: then.flatMap(({ id }) => (there.has(id) ? [] : [id])),
    until,
  };
}

/** The features edited after version `from` up to `to`, as they were at `from`. */
const rowsAt =
  (from: number, to: number): Rows =>
  (layer, params) =>
    `(select r.* from (
        select distinct on (fid) old from ${changesOf(layer)}
        where layer = ${params.add(layer.id)}::text and version > ${params.add(from)}::bigint and version <= ${params.add(to)}::bigint
        order by fid, version
      ) c cross join lateral jsonb_populate_record(null::${tableOf(layer)}, c.old) r where c.old is not null)`;
