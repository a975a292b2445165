import { Router } from 'express';
import { z } from 'zod';
import { record } from '../audit/chain.js';
import { today } from '../catalogue/calendar.js';
import { isUuid } from '../db/database.js';
import { badParameter, fail } from '../errors/fail.js';
import { queryParams, readBody, requireUser } from '../http/request.js';
import { createKey, findKey, keysOf, revokeKey } from '../identity/keys.js';
import type { AccountRooms } from './rooms.js';

/** Body of POST /api/keys. */
export const keyInput = z.strictObject({
  name: z.string().trim().min(1).max(80),
  layers: z.array(z.string().max(60)).min(1).max(500).optional(),
  until: z.iso.date().optional(),
});

/** /api/keys: the keys of the caller's organisation. */
export function keyRoutes(rooms: AccountRooms): Router {
  const { db, bus, catalogue } = rooms;
  const router = Router();

  router.get('/api/keys', async (req, res) => {
    queryParams(req, []);
    const user = requireUser(res);
    res.setHeader('Cache-Control', 'no-store').json({ keys: await keysOf(db, user.organisation) });
  });
  router.post('/api/keys', async (req, res) => {
    const user = requireUser(res);
    const input = readBody(req, keyInput);
    for (const id of input.layers ?? []) {
      const layer = catalogue.layers.get(id);
      if (!layer || !rooms.decisions.of(user, layer).discover) fail('layer_not_found', { layer: id });
    }
    if (input.until !== undefined && input.until < today(rooms.timezone))
      badParameter('until', '期限不能早于今天', 'it may not lie before today');
    const key = await db.tx(async (q) => {
      const made = await createKey(q, {
        name: input.name,
        organisation: user.organisation,
        createdBy: user.name,
        layers: input.layers ?? null,
        until: input.until ?? null,
      });
      await record(q, {
        actor: user.name,
        organisation: user.organisation,
        action: 'key_created',
        subject: made.id,
        detail: { name: made.name, prefix: made.prefix, layers: made.layers, until: made.until },
      });
      return made;
    });
    res.status(201).setHeader('Cache-Control', 'no-store').location(`/api/keys/${key.id}`).json(key);
  });
  router.delete('/api/keys/:id', async (req, res) => {
    const user = requireUser(res);
    const key = isUuid(req.params.id) ? await findKey(db, req.params.id) : null;
    if (!key || key.organisation !== user.organisation) fail('key_not_found');
    await db.tx(async (q) => {
      await revokeKey(q, key.id);
      await record(q, {
        actor: user.name,
        organisation: user.organisation,
        action: 'key_revoked',
        subject: key.id,
        detail: { name: key.name },
      });
      await bus.announce(q, { kind: 'identity', username: null, key: key.id });
    });
    await bus.deliver({ kind: 'identity', username: null, key: key.id });
    res.status(204).end();
  });
  return router;
}
