import { randomUUID } from 'node:crypto';
import type { FieldAsk, GrantGiven } from '@yutu/contract';
import { compileFilter, type Filter, FilterError, parseCql2Text } from '@yutu/tiles';
import { freezeJurisdictions } from '../access/areas.js';
import { bindTimes } from '../access/bind-times.js';
import { filterToSql } from '../access/filter-sql.js';
import { addressed } from '../access/grants.js';
import { SqlParams } from '../access/sql-params.js';
import { record } from '../audit/chain.js';
import { today } from '../catalogue/calendar.js';
import type { Action } from '../catalogue/definition.js';
import type { Layer } from '../catalogue/layers.js';
import type { SubjectKind } from '../catalogue/subjects.js';
import { actionWords, levelWords } from '../catalogue/words.js';
import type { Queryable } from '../db/database.js';
import { badParameter, fail } from '../errors/fail.js';
import { type Caller, mandateOf } from '../identity/caller.js';
import { freezeArea } from './area.js';
import { addMonths, checkFields } from './asks.js';
import type { GrantRow } from './load.js';
import type { RequestRooms } from './rooms.js';

/** Whom a grant addresses, with the organisation that answers for it, if it is one. */
export interface Addressee {
  kind: SubjectKind;
  id: string | null;
  grantee: string | null;
}
export const toOrganisation = (id: string): Addressee => ({ kind: 'organisation', id, grantee: id });

/** What a grant gives, ready to be written: its area frozen. */
export interface Content {
  actions: string[];
  /** Null: every field in the form it offers first. */
  fields: FieldAsk[] | null;
  rows: string | null;
  areaId: string | null;
  /** Edition of the divisions of which each organisation gets its own. */
  jurisdiction: string | null;
  maxZoom: number | null;
  precision: GrantGiven['precision'] | null;
  quota: GrantGiven['quota'] | null;
  from: string;
  until: string;
}

/** A grant of its own, everywhere and exactly. */
export const wholly = {
  rows: null,
  areaId: null,
  jurisdiction: null,
  maxZoom: null,
  precision: null,
  quota: null,
  kind: 'single',
  agreement: null,
  active: true,
  purpose: null,
  endsAt: null,
} as const;

export interface NewGrant extends Content {
  to: Addressee;
  request: string | null;
  kind: 'single' | 'base' | 'theme' | 'pair' | 'emergency';
  agreement: string | null;
  /** False: waits for the other side of a pair. */
  active: boolean;
  purpose: string | null;
  /** When it ends by itself before its last day, ISO 8601; null: not before. */
  endsAt: string | null;
  /** The steward; null: the platform, for an unconditional layer. */
  by: string | null;
}

/** A row filter as owners write it, checked against the layer both for SQL and for the tile workers. */
export function readRows(
  layer: Layer,
  text: string | null | undefined,
  timezone: string,
  parameter = 'grant.rows',
): Filter | null {
  if (!text) return null;
  try {
    const types = new Map(layer.fields.map((f) => [f.name, f.type]));
    const filter = bindTimes(parseCql2Text(text), types, timezone);
    // Doubles round differently in SQL and here: on the edge a row would be on one surface and not on another.
    if (/"op":"([-+*/%^]|div)"/.test(JSON.stringify(filter)))
      throw new FilterError('arithmetic is not offered in row filters', '行条件里不能用算式');
    compileFilter(
      filter,
      layer.fields.map(({ name, type }) => ({ name, type })),
    );
    filterToSql(filter, { alias: 't', fields: types, geometry: null, srid: layer.srid }, new SqlParams());
    return filter;
  } catch (error) {
    if (!(error instanceof FilterError)) throw error;
    badParameter(parameter, `条件不能用（${error.zh}）`, `the row filter cannot be used: ${error.message}`);
  }
}

const json = (value: unknown): string | null => (value === null || value === undefined ? null : JSON.stringify(value));

/** The message that grants of a layer to these changed. */
export const grantsChanged = (layer: string, to: Pick<Addressee, 'kind' | 'grantee'>) =>
  ({ kind: 'grants', layer, organisations: addressed(to.kind, to.grantee) }) as const;

/**
 * Checks what is to be given against the layer and its security level, and freezes the area.
 * @throws `parameter_invalid` naming the member, with `at` before it
 */
export async function readContent(
  q: Queryable,
  rooms: RequestRooms,
  layer: Layer,
  to: SubjectKind,
  given: GrantGiven,
  at = 'grant.',
): Promise<Content> {
  const now = today(rooms.timezone);
  const from = given.from ?? now;
  if (given.fields !== null) checkFields(layer, given.fields, `${at}fields`);
  readRows(layer, given.rows, rooms.timezone, `${at}rows`);
  if (given.until <= now) badParameter(`${at}until`, '期限应晚于今天', 'it must lie after today');
  if (from > given.until) badParameter(`${at}from`, '起始不能晚于截止', 'it may not lie after the end');
  checkLevel(rooms, layer, to, given.actions, given.until, at);
  const jurisdiction = given.area !== null && 'jurisdiction' in given.area ? await freezeJurisdictions(q) : null;
  const area = given.area !== null && 'jurisdiction' in given.area ? null : given.area;
  return {
    actions: given.actions,
    fields: given.fields,
    rows: given.rows ?? null,
    areaId: (await freezeArea(q, rooms.catalogue, area, `${at}area`)) ?? null,
    jurisdiction,
    maxZoom: given.maxZoom ?? null,
    precision: given.precision ?? null,
    quota: given.quota ?? null,
    from,
    until: given.until,
  };
}

/** The layer's security level caps what a grant may give, whoever gives it. */
export function checkLevel(
  rooms: Pick<RequestRooms, 'catalogue' | 'timezone'>,
  layer: Layer,
  to: SubjectKind,
  actions: readonly string[],
  until: string,
  at: string,
): void {
  const caps = rooms.catalogue.instance.levels[layer.securityLevel];
  const level = {
    zh: `安全级别“${levelWords[layer.securityLevel][0]}”`,
    en: `the security level "${levelWords[layer.securityLevel][1]}"`,
  };
  const action = actions.find((a) => caps.actions && !caps.actions.includes(a as Action));
  if (action)
    badParameter(
      `${at}actions`,
      `${level.zh}不允许“${actionWords[action as Action][0]}”`,
      `${level.en} does not allow "${action}"`,
      caps.actions,
    );
  if (caps.subjects && !caps.subjects.includes(to))
    badParameter('subject.kind', `${level.zh}不能授予这类对象`, `${level.en} cannot be shared with these`, caps.subjects);
  const longest = caps.maxMonths === null ? null : addMonths(today(rooms.timezone), caps.maxMonths);
  if (longest !== null && until > longest)
    badParameter(`${at}until`, `${level.zh}最长到 ${longest}`, `${level.en} allows no later day than ${longest}`, longest);
}

/** Writes a grant with its trace, in the caller's transaction. */
export async function writeGrant(q: Queryable, rooms: RequestRooms, layer: Layer, g: NewGrant): Promise<string> {
  const id = randomUUID();
  const rows = readRows(layer, g.rows, rooms.timezone);
  await q.query(
    `insert into yutu.sharing_grant (id, layer, subject_kind, subject, grantee, request, actions, fields, rows, rows_text, area,
       jurisdiction, max_zoom, precision, quota, from_date, until_date, granted_by, kind, agreement, active, purpose, ends_at)
     values ($1::uuid, $2, $3, $4, $5, $6::uuid, $7::text[], $8::jsonb, $9::jsonb, $10, $11::uuid, $12, $13::int, $14::jsonb, $15::jsonb,
       $16::date, $17::date, $18, $19, $20::uuid, $21::boolean, $22, $23::timestamptz)`,
    [
      id,
      layer.id,
      g.to.kind,
      g.to.id,
      g.to.grantee,
      g.request,
      g.actions,
      json(g.fields),
      json(rows),
      g.rows,
      g.areaId,
      g.jurisdiction,
      g.maxZoom,
      json(g.precision),
      json(g.quota),
      g.from,
      g.until,
      g.by ?? 'yutu',
      g.kind,
      g.agreement,
      g.active,
      g.purpose,
      g.endsAt,
    ],
  );
  await record(q, {
    actor: g.by,
    organisation: g.by === null ? null : layer.owner,
    action: 'grant',
    layer: layer.id,
    subject: id,
    detail: {
      subject: g.to,
      grantee: g.to.grantee,
      request: g.request,
      kind: g.kind,
      agreement: g.agreement,
      actions: g.actions,
      fields: g.fields,
      rows: g.rows,
      area: g.areaId,
      jurisdiction: g.jurisdiction,
      maxZoom: g.maxZoom,
      precision: g.precision,
      quota: g.quota,
      from: g.from,
      until: g.until,
      ...(g.endsAt && { endsAt: g.endsAt }),
    },
  });
  await rooms.bus.announce(q, grantsChanged(layer.id, g.to));
  return id;
}

export const addresseeOf = (grant: GrantRow): Addressee => ({
  kind: grant.subjectKind,
  id: grant.subject,
  grantee: grant.grantee,
});

/** Takes a grant back. When this returns, no surface of this node gives it any more. @throws `already_revoked` */
export async function revokeGrant(
  rooms: RequestRooms,
  user: Extract<Caller, { kind: 'user' }>,
  grant: GrantRow,
  reason: string,
): Promise<void> {
  await rooms.db.tx((q) => takeBack(q, rooms, user, grant, reason));
  await rooms.bus.deliver(grantsChanged(grant.layer, addresseeOf(grant)));
}

/** As {@link revokeGrant}, in the caller's transaction; what changed is delivered after it. */
export async function takeBack(
  q: Queryable,
  rooms: RequestRooms,
  user: Extract<Caller, { kind: 'user' }>,
  grant: GrantRow,
  reason: string,
): Promise<void> {
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
    detail: { grantee: grant.grantee, subject: grant.subject, request: grant.request, reason, ...mandateOf(user) },
  });
  if (grant.request)
    await q.query(
      `insert into yutu.request_event (request, at, by, event, text) values ($1::uuid, clock_timestamp(), $2, 'revoked', $3)`,
      [grant.request, user.name, reason],
    );
  await rooms.bus.announce(q, grantsChanged(grant.layer, addresseeOf(grant)));
}
