import { type BodyOf, keyOperations } from '@yutu/contract';
import { Router } from 'express';
import { record } from '../audit/chain.js';
import { dayAfter, today } from '../catalogue/calendar.js';
import { isUuid, type Queryable } from '../db/database.js';
import { badParameter, fail } from '../errors/fail.js';
import { created, noContent, ok, serve } from '../http/serve.js';
import { type Caller, ownRoles } from '../identity/caller.js';
import { endOf, lockHeld, peopleOf } from '../identity/handover.js';
import { type ApiKey, createKey, findKey, hasRoomFor, keysOf, revokeKey, rotateKey } from '../identity/keys.js';
import { answersForData } from '../identity/standing.js';
import { change } from './change.js';
import { allow, keeperOf, layerOf, presentHeld, scopeTold, visibleOf } from './held.js';
import type { AccountRooms } from './rooms.js';

type User = Extract<Caller, { kind: 'user' }>;
type Scope = Pick<BodyOf<typeof keyOperations.createKey>, 'layers' | 'until'>;

/** Whoever answers for the organisation's data by an office of their own: who stands in for a steward does not. @throws `role_required` */
export function requireDataOffice(user: User): void {
  if (!answersForData(ownRoles(user))) fail('role_required', { role: 'steward / org_admin' });
}

/**
 * The scope and the end of a new key or certificate, as the policy has them: every one ends; only those who answer for their
 * organisation's data may leave the layers open.
 * @throws `layer_not_found`, `parameter_invalid`
 */
export function checkScope(rooms: AccountRooms, user: User, scope: Scope): { layers: string[] | null; until: string } {
  for (const id of scope.layers ?? []) {
    const layer = rooms.catalogue.layers.get(id);
    if (!layer || !rooms.decisions.of(user, layer).discover) fail('layer_not_found', { layer: id });
  }
  if (scope.layers === undefined && !answersForData(ownRoles(user)))
    badParameter(
      'layers',
      '请列出图层；不限图层的凭据由单位管理员或数据管理员办理',
      'name the layers; credentials for every layer are made by stewards and organisation administrators',
    );
  const now = today(rooms.timezone);
  const last = dayAfter(now, rooms.keyMaxDays);
  const until = scope.until ?? last;
  if (until < now) badParameter('until', '期限不能早于今天', 'it may not lie before today');
  if (until > last)
    badParameter(
      'until',
      `期限不能超过 ${rooms.keyMaxDays} 天（${last}）`,
      `it may be ${rooms.keyMaxDays} days ahead at most (${last})`,
      {
        maximum: last,
      },
    );
  return { layers: scope.layers ? [...new Set(scope.layers)] : null, until };
}

/** @throws `keys_too_many` when the person answers for as many systems as one may */
export async function requireRoom(rooms: AccountRooms, q: Queryable, user: User): Promise<void> {
  if (!(await hasRoomFor(q, user.name, rooms.keysPerPerson, today(rooms.timezone))))
    fail('keys_too_many', { most: rooms.keysPerPerson });
}

/** A key as it is listed. */
export function presentKey(rooms: AccountRooms, user: User, key: ApiKey) {
  const { visible: _visible, ...shown } = listed(rooms, user, key);
  return shown;
}
const listed = (rooms: AccountRooms, user: User, key: ApiKey) => ({
  ...presentHeld(rooms, user, 'key', key, { over: key.until < today(rooms.timezone), everyLayer: key.layers === null }),
  ...scopeTold(rooms, user, key),
});

/** /api/keys: the keys of the caller's organisation. */
export function keyRoutes(rooms: AccountRooms): Router {
  const { db, decisions } = rooms;
  const router = Router();

  /** A key as the rules take it, locked. */
  async function held(q: Queryable, user: User, id: string) {
    const row = isUuid(id) ? await lockHeld(q, 'key', id, today(rooms.timezone)) : null;
    return row && { ...row, granted: decisions.namesKey(id), ...layerOf(rooms, user, null) };
  }
  /** Whether there is, or was, such a key of the person's organisation. */
  const ofOffice = async (q: Queryable, { organisation }: User, id: string) =>
    isUuid(id) && (await findKey(q, id))?.organisation === organisation;
  const log = ({ name, organisation }: User, action: string, subject: string, detail: Record<string, unknown>) =>
    ({ actor: name, organisation, action, subject, detail }) as const;

  serve(router, keyOperations.getKeys, async ({ caller }) => {
    const keys = await keysOf(db, caller.organisation, today(rooms.timezone));
    const colleagues = await peopleOf(db, caller.organisation, rooms.demo());
    return ok({
      keys: visibleOf(keys.map((key) => listed(rooms, caller, key))),
      maxDays: rooms.keyMaxDays,
      most: rooms.keysPerPerson,
      colleagues: colleagues.map(({ username, nameZh, nameEn }) => ({ username, nameZh, nameEn })),
    });
  });

  serve(router, keyOperations.createKey, async ({ caller, body }) => {
    const input = await body();
    const scope = checkScope(rooms, caller, input);
    const { key, ...row } = await db.tx(async (q) => {
      await requireRoom(rooms, q, caller);
      const { organisation, name: createdBy } = caller;
      const made = await createKey(q, { ...input, ...scope, organisation, createdBy, holder: createdBy });
      const { name, prefix, layers, actions, networks, quota, until } = made;
      await record(q, log(caller, 'key_created', made.id, { name, prefix, layers, actions, networks, quota, until }));
      return made;
    });
    return created({ ...presentKey(rooms, caller, row), key }, `/api/keys/${row.id}`);
  });

  serve(router, keyOperations.rotateKey, async ({ caller, params: { id }, body }) => {
    const rotatable = async (q: Queryable) => {
      const before = await held(q, caller, id);
      if (!before && (await ofOffice(q, caller, id))) fail('key_over');
      allow(keeperOf(caller), { kind: 'rotate' }, before, 'key');
      return before;
    };
    await rotatable(db); // before the body is read
    const { overlapHours } = await body();
    const { key, ...row } = await change(rooms, { kind: 'identity', username: null, key: id }, async (q) => {
      const before = await rotatable(q);
      const alive = endOf(before, rooms.demo()) === null;
      const made = await rotateKey(q, id, { overlapHours, alive }, today(rooms.timezone));
      if (!made) fail('key_over');
      const { name, prefix } = made;
      await record(q, log(caller, 'key_rotated', id, { name, prefix, overlapHours: alive ? overlapHours : 0 }));
      return made;
    });
    return ok({ ...presentKey(rooms, caller, row), key });
  });

  serve(router, keyOperations.revokeKey, async ({ caller, params: { id } }) => {
    await change(rooms, { kind: 'identity', username: null, key: id }, async (q) => {
      const before = await held(q, caller, id);
      // Once more is no fault.
      if (!before && (await ofOffice(q, caller, id))) return null;
      allow(keeperOf(caller), { kind: 'revoke' }, before, 'key');
      await revokeKey(q, id);
      await record(q, log(caller, 'key_revoked', id, { holder: before.holder }));
      return id;
    });
    return noContent();
  });
  return router;
}
