import { accessOperations, grantOperations } from '@yutu/contract';
import { Router } from 'express';
import { isUuid } from '../db/database.js';
import { badParameter, fail } from '../errors/fail.js';
import { created, ok, serve } from '../http/serve.js';
import { type Caller, isStewardOf } from '../identity/caller.js';
import { oneAgreement } from './agreements.js';
import { explain } from './explain.js';
import { revokeGrant } from './grant.js';
import { grantsWhere } from './load.js';
import { presentGrants } from './present.js';
import { preview } from './preview.js';
import type { PreviewRooms } from './rooms.js';
import { share } from './share.js';
import { grantsTold } from './told.js';

type User = Extract<Caller, { kind: 'user' }>;

/** /api/grants, and what they come to: /api/access. */
export function grantRoutes(rooms: PreviewRooms): Router {
  const { db, catalogue } = rooms;
  const router = Router();

  /** @throws `grant_not_found`, also for one that the person is not told of */
  async function visible(user: User, id: string) {
    const { where, params } = grantsTold(rooms, user);
    // By its id the owner's other people read it, too.
    const owners = `(${where} or exists (select 1 from yutu.layer l where l.id = g.layer and l.owner = $1))`;
    const [grant] = isUuid(id) ? await grantsWhere(db, `${owners} and g.id = $7::uuid`, [...params, id]) : [];
    return grant ?? fail('grant_not_found');
  }

  serve(router, grantOperations.getGrants, async ({ caller: user, query: { layer } }) => {
    const { where, params } = grantsTold(rooms, user);
    const rows = await grantsWhere(db, `${where} and ($7::text is null or g.layer = $7)`, [...params, layer ?? null]);
    return ok({ grants: await presentGrants(rooms, user, rows) });
  });

  serve(router, grantOperations.shareLayers, async ({ caller: user, body }) => {
    const { grants, agreement } = await share(rooms, user, await body());
    const rows = await grantsWhere(db, 'g.id = any($1::uuid[])', [grants]);
    return created({
      grants: await presentGrants(rooms, user, rows),
      agreement: agreement === null ? null : await oneAgreement(rooms, user, agreement),
    });
  });

  serve(router, grantOperations.getGrant, async ({ caller: user, params: { id } }) => {
    const [grant] = await presentGrants(rooms, user, [await visible(user, id)]);
    return ok(grant!);
  });

  serve(router, grantOperations.revokeGrant, async ({ caller: user, params: { id }, query, body }) => {
    const grant = await visible(user, id);
    if (!isStewardOf(user, catalogue.layers.get(grant.layer)?.owner ?? '')) fail('role_required', { role: 'steward' });
    const { reason } = await body({ reason: query.reason });
    await revokeGrant(rooms, user, grant, reason);
    const [revoked] = await presentGrants(rooms, user, await grantsWhere(db, 'g.id = $1::uuid', [grant.id]));
    return ok(revoked!);
  });

  serve(router, accessOperations.explainAccess, async ({ caller: user, query: { layer, caller } }) => {
    if (!layer) badParameter('layer', '请写明图层', 'name the layer');
    if (!caller) badParameter('caller', '请写明对象', 'name the caller');
    return ok(await explain(rooms, user, layer, caller));
  });

  serve(router, accessOperations.openPreview, async ({ req, caller, body }) =>
    created(await preview(rooms, caller, rooms.callers.sessionOf(req)!, await body())),
  );
  return router;
}
