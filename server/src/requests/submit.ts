import { randomUUID } from 'node:crypto';
import type { RequestContent } from '@yutu/contract';
import { requireLayer } from '../access/require.js';
import { record } from '../audit/chain.js';
import { today } from '../catalogue/calendar.js';
import type { Action } from '../catalogue/definition.js';
import { answerDaysOf, classOf, type Layer } from '../catalogue/layers.js';
import { actionWords } from '../catalogue/words.js';
import type { Message } from '../db/bus.js';
import type { Queryable } from '../db/database.js';
import { badParameter, fail } from '../errors/fail.js';
import { type Caller, mandateOf } from '../identity/caller.js';
import { freezeArea } from './area.js';
import { checkFields, openOffer, refuseWithheld } from './asks.js';
import { toOrganisation, wholly, writeGrant } from './grant.js';
import { type RequestRow, requestById } from './load.js';
import type { RequestRooms } from './rooms.js';
import { changeRefusal } from './rules.js';

type User = Extract<Caller, { kind: 'user' }>;

const NUMBER_LOCK = 8_087_002;

/** Opens a request, as a draft or submitted at once. An unconditional layer is granted in the same transaction. */
export async function openRequest(
  rooms: RequestRooms,
  user: User,
  layerId: string,
  content: RequestContent,
  draft: boolean,
): Promise<string> {
  const { layer } = requireLayer(rooms.catalogue, rooms.decisions, user, layerId);
  if (layer.owner === user.organisation) fail('own_layer');
  refuseWithheld(layer);
  const id = randomUUID();
  await rooms.db.tx(async (q) => {
    await q.query(
      `insert into yutu.request (id, number, status, layer, organisation, applicant) values ($1::uuid, $2, 'draft', $3, $4, $5)`,
      [id, await nextNumber(q, rooms.timezone), layer.id, user.organisation, user.name],
    );
    await writeContent(q, rooms, layer, id, content);
    await q.query(`insert into yutu.request_event (request, at, by, event) values ($1::uuid, clock_timestamp(), $2, 'created')`, [
      id,
      user.name,
    ]);
    if (!draft) await submit(q, rooms, user, layer, (await requestById(q, id))!);
  });
  await deliver(rooms, id);
  return id;
}

/**
 * Changes a draft or a request under correction; may submit or withdraw it.
 * @throws `request_not_yours`, `wrong_state`
 */
export async function changeRequest(
  rooms: RequestRooms,
  user: User,
  row: RequestRow,
  content: RequestContent,
  status?: 'submitted' | 'withdrawn',
): Promise<void> {
  const layer = rooms.catalogue.layers.get(row.layer)!;
  if (row.organisation !== user.organisation) fail('request_not_found');
  if (changeRefusal(user, status === 'withdrawn' ? 'withdraw' : 'edit', row) !== null) fail('request_not_yours');
  await rooms.db.tx(async (q) => {
    const [locked] = await q.query<{ status: string }>('select status from yutu.request where id = $1::uuid for update', [
      row.id,
    ]);
    const state = locked!.status;
    const open = state === 'draft' || state === 'correction';
    if (status === 'withdrawn') {
      if (!open && state !== 'submitted') fail('wrong_state', { status: state, whatZh: '撤回', whatEn: 'withdrawn' });
      await q.query(`update yutu.request set status = 'withdrawn' where id = $1::uuid`, [row.id]);
      await note(q, rooms, user, layer, row.id, 'request_withdrawn', null);
      return;
    }
    if (!open) fail('wrong_state', { status: state, whatZh: '修改', whatEn: 'changed' });
    await writeContent(q, rooms, layer, row.id, content);
    // Who wrote in the applicant's place is told of by name.
    if (user.name !== row.applicant && Object.values(content).some((value) => value !== undefined))
      await note(q, rooms, user, layer, row.id, 'request_edited', null);
    if (status === 'submitted') await submit(q, rooms, user, layer, (await requestById(q, row.id))!);
  });
  await deliver(rooms, row.id);
}

async function nextNumber(q: Queryable, timezone: string): Promise<string> {
  await q.query(`select pg_advisory_xact_lock(${NUMBER_LOCK})`);
  const prefix = `SQ-${today(timezone).slice(0, 7)}-`;
  const [row] = await q.query<{ n: number | null }>(
    `select max(substr(number, $2::int)::int) as n from yutu.request where number like $1`,
    [`${prefix}%`, prefix.length + 1],
  );
  return prefix + String((row!.n ?? 0) + 1).padStart(4, '0');
}

/** Writes the members that are given; the others stay. */
async function writeContent(q: Queryable, rooms: RequestRooms, layer: Layer, id: string, c: RequestContent): Promise<void> {
  if (c.fields) checkFields(layer, c.fields, 'fields');
  if (c.matter && !rooms.catalogue.instance.matters.some((m) => m.code === c.matter))
    badParameter(
      'matter',
      '没有这个业务事项',
      'there is no such business matter',
      rooms.catalogue.instance.matters.map((m) => m.code),
    );
  const columns: Record<string, unknown> = {
    purpose: c.purpose,
    matter: c.matter,
    necessity: c.necessity,
    actions: c.actions,
    fields: c.fields && JSON.stringify(c.fields),
    area: c.area === undefined ? undefined : await freezeArea(q, rooms.catalogue, c.area),
    from_date: c.from,
    until_date: c.until,
  };
  const cast: Record<string, string> = {
    actions: '::text[]',
    fields: '::jsonb',
    area: '::uuid',
    from_date: '::date',
    until_date: '::date',
  };
  const set = Object.entries(columns).filter(([, v]) => v !== undefined);
  if (set.length)
    await q.query(
      `update yutu.request set ${set.map(([k], i) => `${k} = $${i + 2}${cast[k] ?? ''}`).join(', ')} where id = $1::uuid`,
      [id, ...set.map(([, v]) => v)],
    );
}

async function submit(q: Queryable, rooms: RequestRooms, user: User, layer: Layer, row: RequestRow): Promise<void> {
  const now = today(rooms.timezone);
  refuseWithheld(layer);
  if (classOf(layer) === 'unconditional') return grantAtOnce(q, rooms, user, layer, row, now);
  if (!row.purpose) badParameter('purpose', '请写明用途', 'say what it is for');
  if (row.actions.length === 0) badParameter('actions', '请至少选一种操作', 'choose at least one action');
  if (row.fields.length === 0) badParameter('fields', '请至少选一个字段', 'choose at least one field');
  if (row.until === null) badParameter('until', '请写明期限', 'say until when');
  if (row.until <= now) badParameter('until', '期限应晚于今天', 'it must lie after today');
  if (row.from !== null && row.from > row.until) badParameter('from', '起始不能晚于截止', 'it may not lie after the end');
  const personal = row.fields.find(
    (f) => f.form === 'value' && layer.fields.find((l) => l.name === f.name)?.sensitivity === 'personal',
  );
  if (personal && !row.necessity)
    badParameter('necessity', '申请个人信息原值须说明必要性', 'asking for personal values needs a reason');
  await q.query(
    `update yutu.request set status = 'submitted', submitted_at = coalesce(submitted_at, now()), clock_from = $2::date, answer_days = $3 where id = $1::uuid`,
    [row.id, now, answerDaysOf(layer)],
  );
  await note(
    q,
    rooms,
    user,
    layer,
    row.id,
    row.status === 'correction' ? 'request_resubmitted' : 'request_submitted',
    row.purpose,
  );
}

/**
 * What of an open offer is asked for: whoever names nothing takes it whole, and whoever names something gets that and no more.
 * @throws `parameter_invalid` for what is not on offer
 */
function takenOf(offer: ReturnType<typeof openOffer>, row: RequestRow, now: string) {
  const actions = row.actions.length === 0 ? offer.actions : row.actions;
  const beyond = actions.find((action) => !(offer.actions as string[]).includes(action));
  if (beyond !== undefined)
    badParameter(
      'actions',
      `这个图层不提供“${actionWords[beyond as Action][0]}”`,
      `the layer does not offer "${beyond}"`,
      offer.actions,
    );
  const fields = row.fields.length === 0 ? offer.fields : row.fields;
  const other = fields.find((asked) => !offer.fields.some(({ name, form }) => name === asked.name && form === asked.form));
  if (other !== undefined)
    badParameter(
      'fields',
      `字段“${other.name}”不能这样无条件提供`,
      `the field "${other.name}" is not offered without a condition in this form`,
      offer.fields,
    );
  const from = row.from !== null && row.from > now ? row.from : now;
  const until = row.until ?? offer.until;
  if (until <= now) badParameter('until', '期限应晚于今天', 'it must lie after today');
  if (until > offer.until)
    badParameter('until', `期限最长到 ${offer.until}`, `it may be ${offer.until} at the latest`, offer.until);
  if (from > until) badParameter('from', '起始不能晚于截止', 'it may not lie after the end');
  return { actions, fields, areaId: row.areaId, from, until };
}

/** Unconditional sharing: any organisation on asking, at once, no reason needed. */
async function grantAtOnce(
  q: Queryable,
  rooms: RequestRooms,
  user: User,
  layer: Layer,
  row: RequestRow,
  now: string,
): Promise<void> {
  const taken = takenOf(openOffer(layer, now), row, now);
  await q.query(
    `update yutu.request set status = 'granted', submitted_at = now(), decided_at = now(), actions = $2::text[], fields = $3::jsonb,
       until_date = $4::date, from_date = $5::date where id = $1::uuid`,
    [row.id, taken.actions, JSON.stringify(taken.fields), taken.until, taken.from],
  );
  await note(q, rooms, user, layer, row.id, 'request_submitted', row.purpose);
  await writeGrant(q, rooms, layer, {
    ...wholly,
    ...taken,
    to: toOrganisation(user.organisation),
    request: row.id,
    by: null,
  });
  await note(q, rooms, null, layer, row.id, 'granted', null);
}

/** An event of the request, in its history and in the log. */
export async function note(
  q: Queryable,
  rooms: RequestRooms,
  by: User | null,
  layer: Layer,
  id: string,
  event: string,
  text: string | null,
): Promise<void> {
  await q.query(
    'insert into yutu.request_event (request, at, by, event, text) values ($1::uuid, clock_timestamp(), $2, $3, $4)',
    [id, by?.name ?? 'yutu', event, text],
  );
  await record(q, {
    actor: by?.name ?? null,
    organisation: by?.organisation ?? null,
    action: event,
    layer: layer.id,
    subject: id,
    detail: { ...(text ? { text } : {}), ...(by ? mandateOf(by) : {}) },
  });
  const [row] = await q.query<Standing>(
    'select status, organisation, applicant, submitted_at as "submittedAt" from yutu.request where id = $1::uuid',
    [id],
  );
  await rooms.bus.announce(q, news(id, row!, layer.id, layer.owner));
}

interface Standing {
  status: string;
  organisation: string;
  applicant: string;
  submittedAt: string | null;
}

/** News of a request, and whom it is for: a draft is its applicant's own. */
const news = (id: string, { status, organisation, applicant, submittedAt }: Standing, layer: string, owner: string): Message => ({
  kind: 'request',
  id,
  status,
  layer,
  applicant,
  organisations: submittedAt === null ? null : [organisation, owner],
});

/** Tells this node's listeners after the commit. */
export async function deliver(rooms: RequestRooms, id: string): Promise<void> {
  const [row] = await rooms.db.query<Standing & { layer: string; owner: string }>(
    'select r.status, r.organisation, r.applicant, r.submitted_at as "submittedAt", r.layer, l.owner from yutu.request r join yutu.layer l on l.id = r.layer where r.id = $1::uuid',
    [id],
  );
  if (!row) return;
  if (row.status === 'granted' || row.status === 'narrower')
    await rooms.bus.deliver({ kind: 'grants', layer: row.layer, organisations: [row.organisation] });
  await rooms.bus.deliver(news(id, row, row.layer, row.owner));
}
