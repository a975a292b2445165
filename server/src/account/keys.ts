import { type Request, type Response, Router } from 'express';
import { z } from 'zod';
import { record } from '../audit/chain.js';
import { dayAfter, today } from '../catalogue/calendar.js';
import { network } from '../config.js';
import { isUuid } from '../db/database.js';
import { badParameter, fail } from '../errors/fail.js';
import { queryParams, readBody, requireUser } from '../http/request.js';
import { type Caller, ownRoles } from '../identity/caller.js';
import { createKey, findKey, keysOf, revokeKey, rotateKey } from '../identity/keys.js';
import type { AccountRooms } from './rooms.js';

/** What a key or a certificate may be limited to. */
export const scopeInput = {
  layers: z.array(z.string().max(60)).min(1).max(500).optional(),
  actions: z
    .array(z.enum(['view', 'query', 'download', 'analyse', 'verify']))
    .min(1)
    .optional(),
  quota: z.int().min(1).max(1_000_000_000).optional(),
  until: z.iso.date().optional(),
};

/** Body of POST /api/keys. */
export const keyInput = z.strictObject({
  name: z.string().trim().min(1).max(80),
  ...scopeInput,
  networks: z.array(network).min(1).max(50).optional(),
});

/** Body of POST /api/keys/{id}/rotate. */
export const rotationInput = z.strictObject({ overlapHours: z.int().min(0).max(720).default(24) });

type User = Extract<Caller, { kind: 'user' }>;
type Scope = z.infer<z.ZodObject<typeof scopeInput>>;

/** Whether the person answers for the organisation's data by an office of their own: who stands in for a steward does not. */
const answersForData = (user: User): boolean => ownRoles(user).some((role) => role === 'steward' || role === 'org_admin');

/** @throws `role_required` */
export function requireDataOffice(res: Response): User {
  const user = requireUser(res);
  if (!answersForData(user)) fail('role_required', { role: 'steward / org_admin' });
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
  if (scope.layers === undefined && !answersForData(user))
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
  return { layers: scope.layers ?? null, until };
}

/** /api/keys: the keys of the caller's organisation. */
export function keyRoutes(rooms: AccountRooms): Router {
  const { db, bus } = rooms;
  const router = Router();

  /** A key of the user's own organisation. @throws `key_not_found` */
  async function own(req: Request, res: Response) {
    const user = requireUser(res);
    const id = String(req.params.id);
    const key = isUuid(id) ? await findKey(db, id) : null;
    if (!key || key.organisation !== user.organisation) fail('key_not_found');
    return { user, key, changed: { kind: 'identity', username: null, key: key.id } as const };
  }

  router.get('/api/keys', async (req, res) => {
    queryParams(req, []);
    const user = requireUser(res);
    const keys = await keysOf(db, user.organisation, today(rooms.timezone));
    res.setHeader('Cache-Control', 'no-store').json({ keys, maxDays: rooms.keyMaxDays });
  });
  router.post('/api/keys', async (req, res) => {
    const user = requireUser(res);
    const input = await readBody(req, keyInput);
    const scope = checkScope(rooms, user, input);
    const key = await db.tx(async (q) => {
      const made = await createKey(q, { ...input, ...scope, organisation: user.organisation, createdBy: user.name });
      const { name, prefix, layers, actions, networks, quota, until } = made;
      await record(q, {
        actor: user.name,
        organisation: user.organisation,
        action: 'key_created',
        subject: made.id,
        detail: { name, prefix, layers, actions, networks, quota, until },
      });
      return made;
    });
    res.status(201).setHeader('Cache-Control', 'no-store').location(`/api/keys/${key.id}`).json(key);
  });
  router.post('/api/keys/:id/rotate', async (req, res) => {
    const { user, key, changed } = await own(req, res);
    const { overlapHours } = await readBody(req, rotationInput);
    // A key of every layer gets a new secret from those only who may make one.
    if (key.layers === null && !answersForData(user)) fail('role_required', { role: 'steward / org_admin' });
    const rotated = await db.tx(async (q) => {
      const made = await rotateKey(q, key.id, overlapHours, today(rooms.timezone));
      if (!made) fail('key_over');
      await record(q, {
        actor: user.name,
        organisation: user.organisation,
        action: 'key_rotated',
        subject: key.id,
        detail: { name: key.name, prefix: made.prefix, previous: key.prefix, overlapHours },
      });
      await bus.announce(q, changed);
      return made;
    });
    await bus.deliver(changed);
    res.setHeader('Cache-Control', 'no-store').json(rotated);
  });
  router.delete('/api/keys/:id', async (req, res) => {
    const { user, key, changed } = await own(req, res);
    await db.tx(async (q) => {
      await revokeKey(q, key.id);
      await record(q, {
        actor: user.name,
        organisation: user.organisation,
        action: 'key_revoked',
        subject: key.id,
        detail: { name: key.name },
      });
      await bus.announce(q, changed);
    });
    await bus.deliver(changed);
    res.status(204).end();
  });
  return router;
}
