import { type Response, Router } from 'express';
import { z } from 'zod';
import { record } from '../audit/chain.js';
import { dayAfter, today } from '../catalogue/calendar.js';
import { day } from '../catalogue/times.js';
import { network } from '../config.js';
import { isUuid, type Queryable } from '../db/database.js';
import { badParameter, fail } from '../errors/fail.js';
import { created } from '../http/links.js';
import { queryParams, readBody, requireUser } from '../http/request.js';
import { type Caller, ownRoles } from '../identity/caller.js';
import { endOf, lockHeld, peopleOf } from '../identity/handover.js';
import { type ApiKey, createKey, findKey, hasRoomFor, keysOf, revokeKey, rotateKey } from '../identity/keys.js';
import { plainName } from '../identity/plain-name.js';
import { answersForData } from '../identity/standing.js';
import { change } from './change.js';
import { allow, keeperOf, layerOf, presentHeld, scopeTold, visibleOf } from './held.js';
import type { AccountRooms } from './rooms.js';

/** What a key or a certificate may be limited to. */
export const scopeInput = {
  layers: z.array(z.string().max(60)).min(1).max(500).optional(),
  actions: z
    .array(z.enum(['view', 'query', 'download', 'analyse', 'verify']))
    .min(1)
    .optional(),
  quota: z.int().min(1).max(1_000_000_000).optional(),
  until: day.optional(),
};

/** Body of POST /api/keys. */
export const keyInput = z.strictObject({
  name: plainName(80),
  ...scopeInput,
  networks: z.array(network).min(1).max(50).optional(),
});

/** Body of POST /api/keys/{id}/rotate. */
export const rotationInput = z.strictObject({ overlapHours: z.int().min(0).max(720).default(24) });

type User = Extract<Caller, { kind: 'user' }>;
type Scope = z.infer<z.ZodObject<typeof scopeInput>>;

/** Whoever answers for the organisation's data by an office of their own: who stands in for a steward does not. @throws `role_required` */
export function requireDataOffice(res: Response): User {
  const user = requireUser(res);
  if (!answersForData(ownRoles(user))) fail('role_required', { role: 'steward / org_admin' });
  return user;
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
  const log = ({ name, organisation }: User, action: string, subject: string, detail: Record<string, unknown>) =>
    ({ actor: name, organisation, action, subject, detail }) as const;

  router.get('/api/keys', async (req, res) => {
    queryParams(req, []);
    const user = requireUser(res);
    const keys = await keysOf(db, user.organisation, today(rooms.timezone));
    const colleagues = await peopleOf(db, user.organisation, rooms.demo());
    res.setHeader('Cache-Control', 'no-store').json({
      keys: visibleOf(keys.map((key) => listed(rooms, user, key))),
      maxDays: rooms.keyMaxDays,
      most: rooms.keysPerPerson,
      colleagues: colleagues.map(({ username, nameZh, nameEn }) => ({ username, nameZh, nameEn })),
    });
  });
  router.post('/api/keys', async (req, res) => {
    const user = requireUser(res);
    const input = await readBody(req, keyInput);
    const scope = checkScope(rooms, user, input);
    const made = await db.tx(async (q) => {
      await requireRoom(rooms, q, user);
      const { organisation, name: createdBy } = user;
      const key = await createKey(q, { ...input, ...scope, organisation, createdBy, holder: createdBy });
      const { name, prefix, layers, actions, networks, quota, until } = key;
      await record(q, log(user, 'key_created', key.id, { name, prefix, layers, actions, networks, quota, until }));
      return key;
    });
    const { key, ...row } = made;
    created(res, rooms.origin(req), `/api/keys/${made.id}`)
      .setHeader('Cache-Control', 'no-store')
      .json({ ...presentKey(rooms, user, row), key });
  });
  router.post('/api/keys/:id/rotate', async (req, res) => {
    const user = requireUser(res);
    const { id } = req.params;
    const rotatable = async (q: Queryable) => {
      const before = await held(q, user, id);
      if (!before && (await ofOffice(q, user, id))) fail('key_over');
      allow(keeperOf(user), { kind: 'rotate' }, before, 'key');
      return before;
    };
    await rotatable(db); // before the body is read
    const { overlapHours } = await readBody(req, rotationInput);
    const { key, ...row } = await change(rooms, { kind: 'identity', username: null, key: id }, async (q) => {
      const before = await rotatable(q);
      const alive = endOf(before, rooms.demo()) === null;
      const made = await rotateKey(q, id, { overlapHours, alive }, today(rooms.timezone));
      if (!made) fail('key_over');
      const { name, prefix } = made;
      await record(q, log(user, 'key_rotated', id, { name, prefix, overlapHours: alive ? overlapHours : 0 }));
      return made;
    });
    res.setHeader('Cache-Control', 'no-store').json({ ...presentKey(rooms, user, row), key });
  });
  router.delete('/api/keys/:id', async (req, res) => {
    const user = requireUser(res);
    const { id } = req.params;
    await change(rooms, { kind: 'identity', username: null, key: id }, async (q) => {
      const before = await held(q, user, id);
      // Once more is no fault.
      if (!before && (await ofOffice(q, user, id))) return null;
      allow(keeperOf(user), { kind: 'revoke' }, before, 'key');
      await revokeKey(q, id);
      await record(q, log(user, 'key_revoked', id, { holder: before.holder }));
      return id;
    });
    res.status(204).end();
  });
  /** Whether there is, or was, such a key of the person's organisation. */
  const ofOffice = async (q: Queryable, { organisation }: User, id: string) =>
    isUuid(id) && (await findKey(q, id))?.organisation === organisation;
  return router;
}
