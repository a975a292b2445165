import type { ExtensionAnswer, ExtensionInput } from '@yutu/contract';
import { today } from '../catalogue/calendar.js';
import type { Queryable } from '../db/database.js';
import { badParameter, fail } from '../errors/fail.js';
import type { Caller } from '../identity/caller.js';
import { clockOf } from './clock.js';
import { type RequestRow, requestById } from './load.js';
import { refuse } from './refuse.js';
import type { RequestRooms } from './rooms.js';
import { decisionRefusal, extensionRefusal } from './rules.js';
import { deliver, note } from './submit.js';
import { standInsOf } from './ties.js';

type User = Extract<Caller, { kind: 'user' }>;

/** The request under a lock, while it waits for its answer. @throws `wrong_state` */
async function waiting(q: Queryable, id: string): Promise<RequestRow> {
  await q.query('select 1 from yutu.request where id = $1::uuid for update', [id]);
  const row = (await requestById(q, id))!;
  if (row.status !== 'submitted') fail('wrong_state', { status: row.status, whatZh: '延长答复期限', whatEn: 'extended' });
  return row;
}

/**
 * The owner asks for more time to answer: once for a request, and before the time is over. The answer is due as before until the data
 * authority agrees.
 * @throws `extension_once`, `extension_late`, `same_person`
 */
export async function askExtension(rooms: RequestRooms, user: User, id: string, input: ExtensionInput): Promise<void> {
  await rooms.db.tx(async (q) => {
    const row = await waiting(q, id);
    const layer = rooms.catalogue.layers.get(row.layer)!;
    refuse(decisionRefusal(user, row, layer.owner, { standIns: await standInsOf(q, user.name) }));
    if (row.extension !== null && row.extension.agreed !== false) fail('extension_once');
    const clock = clockOf(rooms.catalogue.calendar, row, today(rooms.timezone))!;
    if (clock.left < 0) fail('extension_late', { due: clock.due });
    await q.query(
      `insert into yutu.request_extension (request, days, reason, asked_by) values ($1::uuid, $2, $3, $4)
       on conflict (request) do update set days = excluded.days, reason = excluded.reason, asked_by = excluded.asked_by, asked_at = now(),
         agreed = null, answered_by = null, answered_at = null, answer = null`,
      [id, input.days, input.reason, user.name],
    );
    await note(q, rooms, user, layer, id, 'extension_asked', input.reason);
  });
  await deliver(rooms, id);
}

/** The data authority agrees to it or not; the applicant reads it in the request. @throws `wrong_state`, `same_person`, `role_required` */
export async function answerExtension(rooms: RequestRooms, user: User, id: string, input: ExtensionAnswer): Promise<void> {
  if (!input.agreed && !input.reason) badParameter('reason', '不同意须说明理由', 'say why it is not agreed to');
  await rooms.db.tx(async (q) => {
    const row = await waiting(q, id);
    if (row.extension === null || row.extension.agreed !== null)
      fail('wrong_state', { status: row.status, whatZh: '答复延期', whatEn: 'answered for: no extension waits' });
    const layer = rooms.catalogue.layers.get(row.layer)!;
    const asked = { ...row, askedBy: row.extension.askedBy };
    refuse(extensionRefusal(user, asked, layer.owner, { standIns: await standInsOf(q, user.name) }), 'security');
    await q.query(
      'update yutu.request_extension set agreed = $2::boolean, answered_by = $3, answered_at = now(), answer = $4 where request = $1::uuid',
      [id, input.agreed, user.name, input.reason ?? null],
    );
    await note(q, rooms, user, layer, id, input.agreed ? 'extension_agreed' : 'extension_declined', input.reason ?? null);
  });
  await deliver(rooms, id);
}
