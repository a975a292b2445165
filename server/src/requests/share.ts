import { randomUUID } from 'node:crypto';
import type { GrantGiven, Sharing } from '@yutu/contract';
import { plainOf } from '@yutu/contract';
import { requireLayer } from '../access/require.js';
import { record } from '../audit/chain.js';
import { dayAfter, today } from '../catalogue/calendar.js';
import type { Layer } from '../catalogue/layers.js';
import type { Queryable } from '../db/database.js';
import { badParameter, fail } from '../errors/fail.js';
import type { Caller } from '../identity/caller.js';
import { refuseWithheld } from './asks.js';
import { refuseRepeated } from './emergency.js';
import { type Addressee, grantsChanged, type NewGrant, readContent, writeGrant } from './grant.js';
import { refuse } from './refuse.js';
import type { RequestRooms } from './rooms.js';
import { getterRefusal, giverRefusal } from './rules.js';
import { readSubject } from './subject.js';
import { tiesOf } from './ties.js';

type User = Extract<Caller, { kind: 'user' }>;

/** An emergency grant ends by itself; who gave and used it is looked at while it is in force, within so many days. */
const EMERGENCY_DAYS = 30;
const REVIEW_DAYS = 10;
const DAY = 86_400_000;
const HOUR = 3_600_000;

/** The day by which an emergency is to be reviewed: within ten days, and not later than half of its term. */
export function reviewDay(from: string, until: string): string {
  const days = Math.round((Date.parse(until) - Date.parse(from)) / DAY);
  return dayAfter(from, Math.max(0, Math.min(REVIEW_DAYS, Math.ceil(days / 2))));
}

export interface Shared {
  grants: string[];
  agreement: string | null;
}

/**
 * Shares layers that nobody had to ask for, all of them or none.
 * @throws `role_required`, `not_on_duty`, `gives_to_self` as `rules.ts` says; `own_layer`, `layer_withheld`, `parameter_invalid`; as `emergency.ts` says
 */
export async function share(rooms: RequestRooms, user: User, input: Sharing): Promise<Shared> {
  const layers = layersToShare(rooms, user, input.layers);
  const owners = layers.map((l) => l.owner);
  // Before anything of the subject is looked at: who may not give learns of nobody.
  refuse(giverRefusal(user, input.kind, owners, rooms.catalogue.instance.emergency.duty));
  const shared = await rooms.db.tx(async (q) => {
    const to = await readSubject(q, rooms.catalogue, input.subject);
    const ties = await tiesOf(q, rooms.catalogue, user);
    refuse(getterRefusal(user, input.kind, to, ties));
    if (to.kind === 'organisation' && owners.includes(to.id!)) fail('own_layer');
    layers.forEach(refuseWithheld);
    checkKind(rooms, layers, input);
    if (input.kind === 'emergency') await refuseRepeated(q, user.name, [user.name, ...ties.standIns], layers, to);
    const endsAt = input.kind === 'emergency' ? new Date(Date.now() + rooms.emergencyConfirmHours * HOUR).toISOString() : null;
    const agreement = input.kind === 'single' ? null : await openAgreement(q, rooms, user, input, to, endsAt);
    const grants = await giveAll(q, rooms, user, layers, to, input, {
      kind: input.kind,
      agreement,
      active: input.kind !== 'pair',
      purpose: input.reason,
      endsAt,
    });
    return { grants, agreement, to };
  });
  for (const layer of layers) await rooms.bus.deliver(grantsChanged(layer.id, shared.to));
  return shared;
}

/** The layers named, of which the caller may know. @throws `layer_not_found` */
export const layersToShare = (rooms: RequestRooms, user: User, ids: readonly string[]): Layer[] =>
  [...new Set(ids)].map((id) => requireLayer(rooms.catalogue, rooms.decisions, user, id).layer);

function checkKind(rooms: RequestRooms, layers: readonly Layer[], input: Sharing): void {
  if (layers.length > 1 && input.fields !== null)
    badParameter('fields', '几个图层一起共享时不能逐个列字段', 'several layers are shared with the fields they offer: null');
  if (input.kind === 'base' && layers.some((l) => l.kind !== 'base'))
    badParameter('layers', '基础库只含基础图层', 'a base library holds base layers only');
  if (input.kind === 'theme' && new Set(layers.map((l) => l.theme)).size > 1)
    badParameter('layers', '主题包的图层应属同一主题', 'the layers of a theme package are of one theme');
  if (input.kind === 'pair' && input.subject.kind !== 'organisation')
    badParameter('subject.kind', '共享对子的另一方是一个单位', 'the other side of a pair is an organisation', ['organisation']);
  if (input.kind !== 'emergency') return;
  if (input.area === null) badParameter('area', '应急授权须限定范围', 'an emergency grant names an area');
  const last = new Date(Date.parse(today(rooms.timezone)) + EMERGENCY_DAYS * DAY).toISOString().slice(0, 10);
  if (input.until > last)
    badParameter('until', `应急授权最长 ${EMERGENCY_DAYS} 天`, `an emergency grant lasts at most ${EMERGENCY_DAYS} days`, last);
}

async function openAgreement(
  q: Queryable,
  rooms: RequestRooms,
  user: User,
  input: Sharing,
  to: Addressee,
  confirmBy: string | null,
): Promise<string> {
  const id = randomUUID();
  const emergency = input.kind === 'emergency';
  const review = emergency ? reviewDay(input.from ?? today(rooms.timezone), input.until) : null;
  const partyB = input.kind === 'pair' ? to.id : null;
  await q.query(
    `insert into yutu.agreement (id, kind, title, reason, party_a, party_b, made_by, review_due, confirm_by)
     values ($1::uuid, $2, $3, $4, $5, $6, $7, $8::date, $9::timestamptz)`,
    [
      id,
      input.kind,
      input.title ?? plainOf(input.reason.slice(0, 120)),
      input.reason,
      user.organisation,
      partyB,
      user.name,
      review,
      confirmBy,
    ],
  );
  await record(q, {
    actor: user.name,
    organisation: user.organisation,
    action: input.kind === 'emergency' ? 'emergency_granted' : 'agreement_made',
    subject: id,
    detail: {
      kind: input.kind,
      layers: input.layers,
      subject: to,
      reason: input.reason,
      until: input.until,
      reviewDue: review,
      confirmBy,
    },
  });
  return id;
}

/** Writes one grant for each layer. */
export async function giveAll(
  q: Queryable,
  rooms: RequestRooms,
  user: User,
  layers: readonly Layer[],
  to: Addressee,
  content: GrantGiven,
  about: Pick<NewGrant, 'kind' | 'agreement' | 'active' | 'purpose' | 'endsAt'>,
): Promise<string[]> {
  const { actions, fields, rows, area, maxZoom, precision, quota, from, until } = content;
  const ids: string[] = [];
  for (const layer of layers) {
    const given = { actions, fields, rows, area, maxZoom, precision, quota, ...(from && { from }), until };
    const read = await readContent(q, rooms, layer, to.kind, given, '');
    ids.push(await writeGrant(q, rooms, layer, { ...read, ...about, to, request: null, by: user.name }));
  }
  return ids;
}
