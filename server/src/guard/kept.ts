import type { Queryable } from '../db/database.js';
import { Sets } from './drawn.js';
import type { Standing } from './standing.js';

/** What organisations drew of layers, as the database keeps it: sets by day, and how they stand. */

const STANDING = `select organisation, layer, level, rows, km2, share, reached_at as "reachedAt", lifted_at as "liftedAt",
  lifted_by as "liftedBy", lifted_rows as "liftedRows", lifted_km2 as "liftedKm2" from yutu.extraction_state`;

/** Whose, and of what. */
type Pair = Pick<Standing, 'organisation' | 'layer'>;

/** All that was drawn after a day. */
export async function drawnAfter(q: Queryable, { organisation, layer }: Pair, day: string): Promise<Sets> {
  const rows = await q.query<{ ids: Uint8Array; cells: Uint8Array }>(
    'select ids, cells from yutu.extraction where organisation = $1 and layer = $2 and day > $3::date',
    [organisation, layer, day],
  );
  const sets = new Sets();
  for (const row of rows) sets.addBytes(row);
  return sets;
}

/** Adds to what is kept of a day. @returns what other nodes had kept of it */
export async function addToDay(q: Queryable, { organisation, layer }: Pair, day: string, sent: Sets): Promise<Sets> {
  const [kept] = await q.query<{ ids: Uint8Array; cells: Uint8Array }>(
    'select ids, cells from yutu.extraction where organisation = $1 and layer = $2 and day = $3::date',
    [organisation, layer, day],
  );
  const [others, whole] = [new Sets(), new Sets()];
  if (kept) others.addBytes(kept);
  whole.add(others);
  whole.add(sent);
  await q.query(
    `insert into yutu.extraction (organisation, layer, day, ids, cells) values ($1, $2, $3::date, $4, $5)
     on conflict (organisation, layer, day) do update set ids = excluded.ids, cells = excluded.cells`,
    [organisation, layer, day, Buffer.from(whole.ids.toBytes()), Buffer.from(whole.cells.toBytes())],
  );
  return others;
}

/** How an organisation stands with a layer. The row is the lock of both among nodes. */
export async function lockStanding(q: Queryable, { organisation, layer }: Pair): Promise<Standing> {
  const key = [organisation, layer];
  await q.query('insert into yutu.extraction_state (organisation, layer) values ($1, $2) on conflict do nothing', key);
  const [row] = await q.query<Standing>(`${STANDING} where organisation = $1 and layer = $2 for update`, key);
  return row!;
}

export async function writeStanding(q: Queryable, s: Standing): Promise<void> {
  await q.query(
    `update yutu.extraction_state set level = $3, rows = $4, km2 = $5, share = $6, reached_at = $7::timestamptz, changed_at = clock_timestamp()
     where organisation = $1 and layer = $2`,
    [s.organisation, s.layer, s.level, s.rows, s.km2, s.share, s.reachedAt],
  );
}

/** Standings that changed since an instant, and some from before it: clocks and commits are not in one order. */
export const standingsSince = (q: Queryable, since: string): Promise<(Standing & { changedAt: string })[]> =>
  q.query(
    `${STANDING.replace(' from', ', changed_at as "changedAt" from')} where changed_at >= $1::timestamptz - interval '60 seconds'`,
    [since],
  );

/** Everyone's standing who drew anything, the largest share first. */
export const listStandings = (q: Queryable): Promise<Standing[]> =>
  q.query<Standing>(`${STANDING} where rows > 0 or km2 > 0 order by share desc, layer, organisation limit 1000`);

/** Lets an organisation go on from here. @returns what it had drawn; undefined when nothing held it back */
export async function liftStanding(
  q: Queryable,
  { organisation, layer }: Pair,
  by: string,
): Promise<{ rows: number } | undefined> {
  const [row] = await q.query<{ rows: number }>(
    `update yutu.extraction_state set level = 'none', lifted_at = clock_timestamp(), lifted_by = $3, lifted_rows = rows,
       lifted_km2 = km2, share = 0, changed_at = clock_timestamp()
     where organisation = $1 and layer = $2 and level <> 'none' returning rows`,
    [organisation, layer, by],
  );
  return row;
}
