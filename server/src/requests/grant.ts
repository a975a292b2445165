import { randomUUID } from 'node:crypto';
import { compileFilter, type Filter, FilterError, parseCql2Text } from '@yutu/tiles';
import { filterToSql } from '../access/filter-sql.js';
import { SqlParams } from '../access/sql-params.js';
import { record } from '../audit/chain.js';
import type { Layer } from '../catalogue/layers.js';
import type { Queryable } from '../db/database.js';
import { badParameter, fail } from '../errors/fail.js';
import type { Caller } from '../identity/caller.js';
import type { FieldAsk } from './asks.js';
import type { GrantRow } from './load.js';
import type { RequestRooms } from './rooms.js';

export interface NewGrant {
  grantee: string;
  request: string | null;
  actions: string[];
  fields: FieldAsk[];
  rows: string | null;
  areaId: string | null;
  from: string;
  until: string;
  /** The steward; null: the platform, for an unconditional layer. */
  by: string | null;
}

/** A row filter as owners write it, checked against the layer both for SQL and for the tile workers. */
export function readRows(layer: Layer, text: string | null | undefined): Filter | null {
  if (!text) return null;
  try {
    const filter = parseCql2Text(text);
    // Doubles round differently in SQL and here: on the edge a row would be on one surface and not on another.
    if (/"op":"([-+*/%^]|div)"/.test(JSON.stringify(filter))) throw new FilterError('arithmetic is not offered in row filters');
    compileFilter(
      filter,
      layer.fields.map(({ name, type }) => ({ name, type })),
    );
    filterToSql(
      filter,
      { alias: 't', fields: new Map(layer.fields.map((f) => [f.name, f.type])), geometry: null, srid: layer.srid },
      new SqlParams(),
    );
    return filter;
  } catch (error) {
    if (!(error instanceof FilterError)) throw error;
    badParameter('grant.rows', `条件不能用（${error.message}）`, `the row filter cannot be used: ${error.message}`);
  }
}

/** Writes a grant with its trace, in the caller's transaction. */
export async function writeGrant(q: Queryable, rooms: RequestRooms, layer: Layer, g: NewGrant): Promise<string> {
  const id = randomUUID();
  const rows = readRows(layer, g.rows);
  await q.query(
    `insert into yutu.sharing_grant (id, layer, grantee, request, actions, fields, rows, rows_text, area, from_date, until_date, granted_by)
     values ($1::uuid, $2, $3, $4::uuid, $5::text[], $6::jsonb, $7::jsonb, $8, $9::uuid, $10::date, $11::date, $12)`,
    [
      id,
      layer.id,
      g.grantee,
      g.request,
      g.actions,
      JSON.stringify(g.fields),
      rows === null ? null : JSON.stringify(rows),
      g.rows,
      g.areaId,
      g.from,
      g.until,
      g.by ?? 'yutu',
    ],
  );
  await record(q, {
    actor: g.by,
    organisation: g.by === null ? null : layer.owner,
    action: 'grant',
    layer: layer.id,
    subject: id,
    detail: {
      grantee: g.grantee,
      request: g.request,
      actions: g.actions,
      fields: g.fields,
      rows: g.rows,
      area: g.areaId,
      from: g.from,
      until: g.until,
    },
  });
  await rooms.bus.announce(q, { kind: 'grants', layer: layer.id, organisations: [g.grantee] });
  return id;
}

/** Takes a grant back. When this returns, no surface of this node gives it any more. @throws `already_revoked` */
export async function revokeGrant(
  rooms: RequestRooms,
  user: Extract<Caller, { kind: 'user' }>,
  grant: GrantRow,
  reason: string,
): Promise<void> {
  await rooms.db.tx(async (q) => {
    const [row] = await q.query<{ id: string }>(
      `update yutu.sharing_grant set revoked_at = now(), revoked_by = $2, revoked_reason = $3 where id = $1::uuid and revoked_at is null returning id`,
      [grant.id, user.name, reason],
    );
    if (!row) fail('already_revoked');
    await record(q, {
      actor: user.name,
      organisation: user.organisation,
      action: 'revoke',
      layer: grant.layer,
      subject: grant.id,
      detail: { grantee: grant.grantee, request: grant.request, reason },
    });
    if (grant.request)
      await q.query(
        `insert into yutu.request_event (request, at, by, event, text) values ($1::uuid, clock_timestamp(), $2, 'revoked', $3)`,
        [grant.request, user.name, reason],
      );
    await rooms.bus.announce(q, { kind: 'grants', layer: grant.layer, organisations: [grant.grantee] });
  });
  await rooms.bus.deliver({ kind: 'grants', layer: grant.layer, organisations: [grant.grantee] });
}
