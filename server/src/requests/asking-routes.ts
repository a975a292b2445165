import { requestOperations } from '@yutu/contract';
import { Router } from 'express';
import { isUuid } from '../db/database.js';
import { fail } from '../errors/fail.js';
import { requireRole } from '../http/request.js';
import { created, ok, serve } from '../http/serve.js';
import { type Caller, isStewardOf } from '../identity/caller.js';
import { decideRequest } from './decision.js';
import { answerExtension, askExtension } from './extension.js';
import { type RequestRow, requestsWhere } from './load.js';
import { precedents, presentRequests } from './present.js';
import type { RequestRooms } from './rooms.js';
import { changeRequest, openRequest } from './submit.js';
import { requestsTold } from './told.js';

type User = Extract<Caller, { kind: 'user' }>;

/** /api/requests. */
export function askingRoutes(rooms: RequestRooms): Router {
  const { db, catalogue } = rooms;
  const router = Router();

  /** @throws `request_not_found`, also for one that the person is not told of */
  async function visible(user: User, id: string): Promise<RequestRow> {
    const { where, params } = requestsTold(rooms, user);
    const [row] = isUuid(id) ? await requestsWhere(db, `${where} and r.id = $7::uuid`, [...params, id]) : [];
    return row ?? fail('request_not_found');
  }
  const owns = (user: User, row: RequestRow) => isStewardOf(user, catalogue.layers.get(row.layer)?.owner ?? '');
  const requireOwner = (user: User, row: RequestRow) => {
    if (!owns(user, row)) fail('role_required', { role: 'steward' });
  };
  async function one(user: User, id: string) {
    const row = await visible(user, id);
    const [request] = await presentRequests(rooms, user, [row]);
    return owns(user, row) ? { ...request!, precedents: await precedents(rooms, row) } : request!;
  }

  serve(router, requestOperations.getRequests, async ({ caller: user, query: { box, layer } }) => {
    const { where, params } = requestsTold(rooms, user, box);
    const rows = await requestsWhere(db, `${where} and ($7::text is null or r.layer = $7)`, [...params, layer ?? null]);
    return ok({ requests: await presentRequests(rooms, user, rows) });
  });

  serve(router, requestOperations.createRequest, async ({ caller: user, body }) => {
    const { layer, draft, ...content } = await body();
    const id = await openRequest(rooms, user, layer, content, draft ?? false);
    return created(await one(user, id), `/api/requests/${id}`);
  });

  serve(router, requestOperations.getRequest, async ({ caller, params: { id } }) => ok(await one(caller, id)));

  serve(router, requestOperations.changeRequest, async ({ caller: user, params: { id }, body }) => {
    const row = await visible(user, id);
    const { status, layer: _layer, draft: _draft, ...content } = await body();
    await changeRequest(rooms, user, row, content, status);
    return ok(await one(user, id));
  });

  serve(router, requestOperations.decideRequest, async ({ caller: user, params: { id }, body }) => {
    const row = await visible(user, id);
    requireOwner(user, row);
    await decideRequest(rooms, user, row, await body());
    return ok(await one(user, id));
  });

  serve(router, requestOperations.askExtension, async ({ caller: user, params: { id }, body }) => {
    requireOwner(user, await visible(user, id));
    await askExtension(rooms, user, id, await body());
    return ok(await one(user, id));
  });

  serve(router, requestOperations.answerExtension, async ({ caller: user, params: { id }, body }) => {
    await visible(user, id);
    requireRole(user, 'security');
    await answerExtension(rooms, user, id, await body());
    return ok(await one(user, id));
  });
  return router;
}
