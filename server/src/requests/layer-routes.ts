import { grantOperations } from '@yutu/contract';
import { Router } from 'express';
import { requireKnown, requireLayer } from '../access/require.js';
import { record } from '../audit/chain.js';
import { today } from '../catalogue/calendar.js';
import { confirmWithheld, declareUpdate } from '../catalogue/layers.js';
import type { Queryable } from '../db/database.js';
import { fail } from '../errors/fail.js';
import { requireRole } from '../http/request.js';
import { noContent, serve } from '../http/serve.js';
import { holdsOffice } from '../identity/caller.js';
import type { RequestRooms } from './rooms.js';

/** What its owner says of a layer, and the data authority. */
export function layerRoutes(rooms: RequestRooms): Router {
  const { db, bus, catalogue, decisions } = rooms;
  const router = Router();

  /** Writes it with its entry of the log; every node reads the catalogue anew. */
  async function write(entry: Parameters<typeof record>[1], change: (q: Queryable) => Promise<unknown>): Promise<void> {
    await db.tx(async (q) => {
      await change(q);
      await record(q, entry);
      await bus.announce(q, { kind: 'catalogue' });
    });
    await bus.deliver({ kind: 'catalogue' });
  }

  serve(router, grantOperations.confirmWithheld, async ({ caller: user, params }) => {
    requireRole(user, 'security');
    const layer = requireKnown(catalogue, decisions, user, params.layer);
    if (layer.sharingClass !== 'withheld' || layer.withheldConfirmedAt !== null)
      fail('wrong_state', { status: layer.sharingClass, whatZh: '确认', whatEn: 'confirmed' });
    if (layer.groundKind === null) fail('ground_missing');
    const { name: actor, organisation } = user;
    await write({ actor, organisation, action: 'withheld_confirmed', layer: layer.id }, (q) =>
      confirmWithheld(q, layer.id, user.name),
    );
    return noContent();
  });

  serve(router, grantOperations.declareUpdate, async ({ caller: user, params, body }) => {
    const { layer } = requireLayer(catalogue, decisions, user, params.layer);
    if (!holdsOffice(user, layer.owner)) fail('role_required', { role: 'steward' });
    const { kind, note } = await body();
    const { name: actor, organisation } = user;
    const detail = note ? { text: note } : {};
    await write({ actor, organisation, action: `update_${kind}`, layer: layer.id, detail }, (q) =>
      declareUpdate(q, layer.id, kind, today(rooms.timezone)),
    );
    return noContent();
  });
  return router;
}
