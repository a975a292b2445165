import { shareInput, signInput } from '@yutu/contract';
import { today } from '../catalogue/calendar.js';
import type { CityInstance } from '../demo/instance.js';
import type { SharingEntry } from '../demo/schemas.js';
import type { Caller } from '../identity/caller.js';
import { confirmAgreement, reviewAgreement, signAgreement } from '../requests/agreements.js';
import { revokeGrant } from '../requests/grant.js';
import { grantsWhere } from '../requests/load.js';
import type { RequestRooms } from '../requests/rooms.js';
import { share } from '../requests/share.js';

/**
 * What a city's stewards have shared, done as they would do it: by the same checks, with the same trace. Each entry once; what was
 * interrupted goes on with the next one.
 * @throws as the API would, for an entry it would refuse
 */
export async function loadSharing(rooms: RequestRooms, city: CityInstance): Promise<void> {
  const [row] = await rooms.db.query<{ done: number }>(`select value::int as done from yutu.setting where key = 'demo-sharing'`);
  for (const [i, entry] of city.sharing.entries()) {
    if (i < (row?.done ?? 0)) continue;
    await bring(rooms, city, entry);
    await rooms.db.query(
      `insert into yutu.setting (key, value) values ('demo-sharing', to_jsonb($1::int)) on conflict (key) do update set value = excluded.value`,
      [i + 1],
    );
  }
}

async function bring(
  rooms: RequestRooms,
  city: CityInstance,
  { by, days, share: given, sign, confirm, review, revoke }: SharingEntry,
) {
  const until = new Date(Date.parse(today(rooms.timezone)) + days * 86_400_000).toISOString().slice(0, 10);
  const steward = callerOf(city, by);
  const { grants, agreement } = await share(rooms, steward, shareInput.parse({ ...given, until }));
  if (sign && agreement)
    await signAgreement(rooms, callerOf(city, sign.by), agreement, signInput.parse({ ...sign.share, until }));
  if (confirm && agreement) await confirmAgreement(rooms, callerOf(city, confirm.by), agreement);
  if (review && agreement) await reviewAgreement(rooms, callerOf(city, review.by), agreement, review.text);
  if (revoke === undefined) return;
  for (const grant of await grantsWhere(rooms.db, 'g.id = any($1::uuid[])', [grants]))
    await revokeGrant(rooms, steward, grant, revoke);
}

function callerOf(city: CityInstance, username: string): Extract<Caller, { kind: 'user' }> {
  const { organisation, roles } = city.accounts.find((a) => a.username === username)!;
  return { kind: 'user', name: username, organisation, roles, scope: null, keyId: null };
}
