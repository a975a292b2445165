import type { IncomingMessage } from 'node:http';
import { Router } from 'express';
import { requireKnown, requireLayer } from '../access/require.js';
import { record } from '../audit/chain.js';
import { today } from '../catalogue/calendar.js';
import { confirmWithheld, declareUpdate } from '../catalogue/layers.js';
import { isUuid } from '../db/database.js';
import { badParameter, fail } from '../errors/fail.js';
import { created } from '../http/links.js';
import { queryParams, readBody, requireRole, requireUser } from '../http/request.js';
import { hasRole, holdsOffice, isStewardOf } from '../identity/caller.js';
import type { Callers } from '../identity/callers.js';
import { confirmAgreement, endAgreement, listAgreements, oneAgreement, reviewAgreement, signAgreement } from './agreements.js';
import { decideRequest } from './decision.js';
import { explain } from './explain.js';
import { answerExtension, askExtension } from './extension.js';
import { revokeGrant } from './grant.js';
import {
  decisionInput,
  extensionAnswer,
  extensionInput,
  previewInput,
  requestInput,
  requestPatch,
  reviewInput,
  revokeInput,
  shareInput,
  signInput,
  updateInput,
} from './input.js';
import { grantsWhere, requestsWhere } from './load.js';
import { precedents, presentGrants, presentRequests } from './present.js';
import { preview } from './preview.js';
import type { RequestRooms } from './rooms.js';
import { share } from './share.js';
import { changeRequest, openRequest } from './submit.js';
import { grantsTold, requestsTold } from './told.js';

/** /api/requests and /api/grants. */
export function requestRoutes(
  rooms: RequestRooms & { callers: Pick<Callers, 'sessionOf'>; origin: (req: IncomingMessage) => string },
): Router {
  const { db, catalogue } = rooms;
  const router = Router();

  async function visible(res: Parameters<typeof requireUser>[0], id: string) {
    const user = requireUser(res);
    const { where, params } = requestsTold(rooms, user);
    const [row] = isUuid(id) ? await requestsWhere(db, `${where} and r.id = $7::uuid`, [...params, id]) : [];
    if (!row) fail('request_not_found');
    return { user, row };
  }
  async function one(res: Parameters<typeof requireUser>[0], id: string) {
    const { user, row } = await visible(res, id);
    const [request] = await presentRequests(rooms, user, [row]);
    return isStewardOf(user, catalogue.layers.get(row.layer)?.owner ?? '')
      ? { ...request, precedents: await precedents(rooms, row) }
      : request;
  }

  router.get('/api/requests', async (req, res) => {
    const user = requireUser(res);
    const { box, layer } = queryParams(req, ['box', 'layer']);
    if (box !== undefined && box !== 'mine' && box !== 'inbox')
      badParameter('box', '应为 mine 或 inbox', 'it must be mine or inbox', ['mine', 'inbox']);
    const { where, params } = requestsTold(rooms, user, box);
    const rows = await requestsWhere(db, `${where} and ($7::text is null or r.layer = $7)`, [...params, layer ?? null]);
    res.json({ requests: await presentRequests(rooms, user, rows) });
  });

  router.post('/api/requests', async (req, res) => {
    const user = requireUser(res);
    const { layer, draft, ...content } = await readBody(req, requestInput);
    const id = await openRequest(rooms, user, layer, content, draft ?? false);
    created(res, rooms.origin(req), `/api/requests/${id}`).json(await one(res, id));
  });

  router.get('/api/requests/:id', async (req, res) => {
    queryParams(req, []);
    res.json(await one(res, req.params.id));
  });

  router.patch('/api/requests/:id', async (req, res) => {
    const { user, row } = await visible(res, req.params.id);
    const { status, layer: _layer, draft: _draft, ...content } = await readBody(req, requestPatch);
    await changeRequest(rooms, user, row, content, status);
    res.json(await one(res, row.id));
  });

  router.post('/api/requests/:id/decision', async (req, res) => {
    const { user, row } = await visible(res, req.params.id);
    if (!isStewardOf(user, catalogue.layers.get(row.layer)?.owner ?? '')) fail('role_required', { role: 'steward' });
    await decideRequest(rooms, user, row, await readBody(req, decisionInput));
    res.json(await one(res, row.id));
  });

  router.post('/api/requests/:id/extension', async (req, res) => {
    const { user, row } = await visible(res, req.params.id);
    if (!isStewardOf(user, catalogue.layers.get(row.layer)?.owner ?? '')) fail('role_required', { role: 'steward' });
    await askExtension(rooms, user, row.id, await readBody(req, extensionInput));
    res.json(await one(res, row.id));
  });
  router.post('/api/requests/:id/extension/answer', async (req, res) => {
    const { user, row } = await visible(res, req.params.id);
    if (!hasRole(user, 'security')) fail('role_required', { role: 'security' });
    await answerExtension(rooms, user, row.id, await readBody(req, extensionAnswer));
    res.json(await one(res, row.id));
  });

  router.get('/api/grants', async (req, res) => {
    const user = requireUser(res);
    const { layer } = queryParams(req, ['layer']);
    const { where, params } = grantsTold(rooms, user);
    const rows = await grantsWhere(db, `${where} and ($7::text is null or g.layer = $7)`, [...params, layer ?? null]);
    res.json({ grants: await presentGrants(rooms, user, rows) });
  });

  router.post('/api/grants', async (req, res) => {
    const user = requireUser(res);
    const { grants, agreement } = await share(rooms, user, await readBody(req, shareInput));
    const rows = await grantsWhere(db, 'g.id = any($1::uuid[])', [grants]);
    res.status(201).json({
      grants: await presentGrants(rooms, user, rows),
      agreement: agreement === null ? null : await oneAgreement(rooms, user, agreement),
    });
  });

  router.get('/api/access/explain', async (req, res) => {
    const user = requireUser(res);
    const { layer, caller } = queryParams(req, ['layer', 'caller']);
    if (!layer) badParameter('layer', '请写明图层', 'name the layer');
    if (!caller) badParameter('caller', '请写明对象', 'name the caller');
    res.json(await explain(rooms, user, layer, caller));
  });
  router.post('/api/access/preview', async (req, res) => {
    const user = requireUser(res);
    res.status(201).json(await preview(rooms, user, rooms.callers.sessionOf(req)!, await readBody(req, previewInput)));
  });
  router.post('/api/collections/:layer/confirm-withheld', async (req, res) => {
    const user = requireUser(res);
    requireRole(user, 'security');
    const layer = requireKnown(catalogue, rooms.decisions, user, req.params.layer);
    if (layer.sharingClass !== 'withheld' || layer.withheldConfirmedAt !== null)
      fail('wrong_state', { status: layer.sharingClass, whatZh: '确认', whatEn: 'confirmed' });
    if (layer.groundKind === null) fail('ground_missing');
    await db.tx(async (q) => {
      await confirmWithheld(q, layer.id, user.name);
      await record(q, { actor: user.name, organisation: user.organisation, action: 'withheld_confirmed', layer: layer.id });
      await rooms.bus.announce(q, { kind: 'catalogue' });
    });
    await rooms.bus.deliver({ kind: 'catalogue' });
    res.status(204).end();
  });

  router.post('/api/collections/:layer/updates', async (req, res) => {
    const user = requireUser(res);
    const { layer } = requireLayer(catalogue, rooms.decisions, user, req.params.layer);
    if (!holdsOffice(user, layer.owner)) fail('role_required', { role: 'steward' });
    const { kind, note } = await readBody(req, updateInput);
    await db.tx(async (q) => {
      await declareUpdate(q, layer.id, kind, today(rooms.timezone));
      const { name: actor, organisation } = user;
      const detail = note ? { text: note } : {};
      await record(q, { actor, organisation, action: `update_${kind}`, layer: layer.id, detail });
      await rooms.bus.announce(q, { kind: 'catalogue' });
    });
    await rooms.bus.deliver({ kind: 'catalogue' });
    res.status(204).end();
  });

  router.get('/api/agreements', async (req, res) => {
    queryParams(req, []);
    res.json({ agreements: await listAgreements(rooms, requireUser(res)) });
  });
  router.get('/api/agreements/:id', async (req, res) => {
    queryParams(req, []);
    res.json(await oneAgreement(rooms, requireUser(res), req.params.id));
  });
  router.post('/api/agreements/:id/sign', async (req, res) => {
    const user = requireUser(res);
    await signAgreement(rooms, user, req.params.id, await readBody(req, signInput));
    res.json(await oneAgreement(rooms, user, req.params.id));
  });
  router.post('/api/agreements/:id/confirm', async (req, res) => {
    const user = requireUser(res);
    await confirmAgreement(rooms, user, req.params.id);
    res.json(await oneAgreement(rooms, user, req.params.id));
  });
  router.post('/api/agreements/:id/review', async (req, res) => {
    const user = requireUser(res);
    await reviewAgreement(rooms, user, req.params.id, (await readBody(req, reviewInput)).text);
    res.json(await oneAgreement(rooms, user, req.params.id));
  });
  router.post('/api/agreements/:id/end', async (req, res) => {
    const user = requireUser(res);
    await endAgreement(rooms, user, req.params.id, (await readBody(req, revokeInput)).reason);
    res.json(await oneAgreement(rooms, user, req.params.id));
  });

  const grantOf = async (res: Parameters<typeof requireUser>[0], id: string) => {
    const user = requireUser(res);
    const { where, params } = grantsTold(rooms, user);
    // By its id the owner's other people read it, too.
    const [grant] = isUuid(id)
      ? await grantsWhere(
          db,
          `(${where} or exists (select 1 from yutu.layer l where l.id = g.layer and l.owner = $1)) and g.id = $7::uuid`,
          [...params, id],
        )
      : [];
    if (!grant) fail('grant_not_found');
    return { user, grant, owner: catalogue.layers.get(grant.layer)?.owner ?? '' };
  };

  router.get('/api/grants/:id', async (req, res) => {
    queryParams(req, []);
    const { user, grant } = await grantOf(res, req.params.id);
    res.json((await presentGrants(rooms, user, [grant]))[0]);
  });

  router.delete('/api/grants/:id', async (req, res) => {
    const { user, grant, owner } = await grantOf(res, req.params.id);
    if (!isStewardOf(user, owner)) fail('role_required', { role: 'steward' });
    const params = queryParams(req, ['reason']);
    const { reason } = await readBody(req, revokeInput, { reason: params.reason });
    await revokeGrant(rooms, user, grant, reason);
    res.json((await presentGrants(rooms, user, await grantsWhere(db, 'g.id = $1::uuid', [grant.id])))[0]);
  });

  return router;
}
