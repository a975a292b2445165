import type { Decision, GrantGiven } from '@yutu/contract';
import { loadArea } from '../access/areas.js';
import { overlayGrid } from '../access/filter-sql.js';
import { today, workingDaysBetween } from '../catalogue/calendar.js';
import type { Action } from '../catalogue/definition.js';
import type { Layer } from '../catalogue/layers.js';
import { actionWords } from '../catalogue/words.js';
import type { Queryable } from '../db/database.js';
import { badParameter, fail } from '../errors/fail.js';
import type { Caller } from '../identity/caller.js';
import { refuseWithheld } from './asks.js';
import { type Content, checkLevel, readContent, toOrganisation, wholly, writeGrant } from './grant.js';
import { type RequestRow, requestById } from './load.js';
import { policyChecks } from './policy.js';
import { refuse } from './refuse.js';
import type { RequestRooms } from './rooms.js';
import { decisionRefusal } from './rules.js';
import { stateOf } from './state.js';
import { deliver, note } from './submit.js';
import { standInsOf } from './ties.js';

type User = Extract<Caller, { kind: 'user' }>;

/**
 * Decides a request: all of it in one transaction, once. The row's lock makes a second steward wait and then find it decided; what the
 * steward had seen must be what is decided on.
 * @throws `same_person` for the applicant's own people, `already_decided`, `request_changed`, `wider_than_asked`, `parameter_invalid`
 */
export async function decideRequest(rooms: RequestRooms, user: User, seen: RequestRow, input: Decision): Promise<void> {
  const layer = rooms.catalogue.layers.get(seen.layer)!;
  const { catalogue } = rooms;
  if (input.outcome === 'refused' && !catalogue.instance.refusalReasons.some((r) => r.code === input.reasonCode))
    badParameter(
      'reasonCode',
      '不予共享须选理由代码',
      'a refusal needs a coded reason',
      catalogue.instance.refusalReasons.map((r) => r.code),
    );
  if (input.outcome !== 'granted' && !input.reason) badParameter('reason', '请写明理由', 'say why');
  if (input.outcome === 'narrower' && !input.grant) badParameter('grant', '请写明同意的部分', 'say what is granted');
  await rooms.db.tx(async (q) => {
    const [now] = await q.query<{ status: string; by: string | null; at: string | null }>(
      `select r.status, coalesce(a.name_zh, r.decided_by) as by, r.decided_at as at
       from yutu.request r left join yutu.account a on a.username = r.decided_by where r.id = $1::uuid for update of r`,
      [seen.id],
    );
    if (now!.status !== 'submitted') {
      if (now!.at && ['granted', 'narrower', 'refused'].includes(now!.status))
        fail('already_decided', { by: now!.by ?? '', at: now!.at });
      fail('wrong_state', { status: now!.status, whatZh: '答复', whatEn: 'decided' });
    }
    const row = (await requestById(q, seen.id))!; // as it stands under the lock
    refuse(decisionRefusal(user, row, layer.owner, { standIns: await standInsOf(q, user.name) }));
    // All that is missing is told at once (Order 809, Article 21).
    if (input.outcome === 'correction' && row.corrected) fail('correction_once');
    if (input.seen !== undefined && input.seen !== stateOf(row, catalogue.layers.get(row.layer)!))
      fail('request_changed', { number: row.number });
    if (input.outcome === 'granted' || input.outcome === 'narrower') await give(q, rooms, user, layer, row, input);
    else await answer(q, rooms, row, user, input);
    await note(
      q,
      rooms,
      user,
      layer,
      row.id,
      input.outcome === 'correction' ? 'correction_asked' : input.outcome,
      input.reason ?? null,
    );
  });
  await deliver(rooms, seen.id);
}

/** Refused, or sent back for correction: then the clock stands. */
async function answer(q: Queryable, rooms: RequestRooms, row: RequestRow, user: User, input: Decision): Promise<void> {
  const used =
    row.clockFrom === null ? 0 : Math.max(0, workingDaysBetween(rooms.catalogue.calendar, row.clockFrom, today(rooms.timezone)));
  await q.query(
    `update yutu.request set status = $2, decided_by = $3, decided_at = now(), reason_code = $4, reason = $5,
       used_before = case when $2 = 'correction' then used_before + $6::int else used_before end where id = $1::uuid`,
    [row.id, input.outcome, user.name, input.reasonCode ?? null, input.reason ?? null, used],
  );
}

async function give(
  q: Queryable,
  rooms: RequestRooms,
  user: User,
  layer: Layer,
  row: RequestRow,
  input: Decision,
): Promise<void> {
  const now = today(rooms.timezone);
  refuseWithheld(layer);
  const asked = {
    actions: row.actions,
    fields: row.fields,
    area: row.areaId ? await loadArea(q, row.areaId) : null,
    from: row.from,
    until: row.until,
  };
  if (input.outcome === 'granted' && !input.reason) {
    const over = policyChecks(layer, asked, now, rooms.catalogue.instance.levels[layer.securityLevel]).filter(
      (c) => c.ok === false,
    );
    if (over.length)
      badParameter(
        'reason',
        `有 ${over.length} 处超出共享条件，照准须说明理由`,
        `${over.length} points exceed the sharing conditions; say why they are granted`,
        over.map((c) => c.item),
      );
  }
  const from = row.from && row.from > now ? row.from : now;
  let given: Content;
  if (input.outcome === 'narrower') {
    const narrowed = input.grant!;
    given = await readContent(q, rooms, layer, 'organisation', { ...narrowed, from: narrowed.from ?? from });
    await notWider(q, row, narrowed, given);
  } else {
    const until = row.until!;
    if (until < from)
      badParameter(
        'outcome',
        `申请的期限 ${until} 已过，请要求补正或另定期限`,
        `the term asked for ended on ${until}: ask for a correction or set another`,
      );
    checkLevel(rooms, layer, 'organisation', row.actions, until, 'request.');
    given = { ...wholly, actions: row.actions, fields: row.fields, areaId: row.areaId, from, until };
  }
  await q.query(
    `update yutu.request set status = $2, decided_by = $3, decided_at = now(), reason_code = $4, reason = $5 where id = $1::uuid`,
    [row.id, input.outcome, user.name, input.reasonCode ?? null, input.reason ?? null],
  );
  await writeGrant(q, rooms, layer, {
    ...wholly,
    ...given,
    to: toOrganisation(row.organisation),
    request: row.id,
    purpose: row.purpose,
    by: user.name,
  });
}

/** A grant can only be narrower than or equal to what was asked. */
async function notWider(q: Queryable, row: RequestRow, given: GrantGiven, { areaId, jurisdiction }: Content): Promise<void> {
  const wider = (whyZh: string, whyEn: string, parameter: string): never =>
    fail('wider_than_asked', { whyZh, whyEn }, { parameter });
  const action = given.actions.find((a) => !row.actions.includes(a));
  if (action) wider(`没有申请“${actionWords[action as Action][0]}”`, `"${action}" was not asked for`, 'grant.actions');
  if (given.fields === null) badParameter('grant.fields', '请逐个列出字段', 'name the fields one by one');
  for (const f of given.fields) {
    const asked = row.fields.find((a) => a.name === f.name);
    // Who asked for the value may be given less of it; who asked for less is not given more.
    if (!asked || (asked.form !== 'value' && asked.form !== f.form))
      wider(`没有这样申请字段“${f.name}”`, `field "${f.name}" was not asked for in this form`, 'grant.fields');
  }
  if (row.until !== null && given.until > row.until)
    wider(`期限晚于申请的 ${row.until}`, `the term ends after the ${row.until} asked for`, 'grant.until');
  if (row.from !== null && given.from !== undefined && given.from < row.from)
    wider(`起始早于申请的 ${row.from}`, `the term begins before the ${row.from} asked for`, 'grant.from');
  if (row.areaId !== null) {
    if (jurisdiction !== null) return;
    if (areaId === null) wider('申请限定了范围', 'the request named an area', 'grant.area');
    // A billionth of a degree squared of slack: unions of the same outlines differ in the last digits. What cannot be told is wider.
    const [beyond] = await q.query<{ size: number | null }>(
      `select st_area(st_difference(g.geom, a.geom, ${overlayGrid(4490)})) as size from yutu.area g, yutu.area a where g.id = $1::uuid and a.id = $2::uuid`,
      [areaId, row.areaId],
    );
    if ((beyond!.size ?? 1) > 1e-9) wider('范围超出申请', 'the area reaches beyond the one asked for', 'grant.area');
  }
}
