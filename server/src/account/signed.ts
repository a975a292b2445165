import { randomUUID } from 'node:crypto';
import { type Request, Router } from 'express';
import { z } from 'zod';
import { rightsKey } from '../access/canonical.js';
import { requireAction, requireLayer } from '../access/require.js';
import { record } from '../audit/chain.js';
import { isUuid } from '../db/database.js';
import { fail } from '../errors/fail.js';
import { callerOf, queryParams, readBody, requireUser } from '../http/request.js';
import { createEmbed, embedsOf, revokeEmbed } from '../identity/embeds.js';
import { issuerNamed } from '../identity/named.js';
import type { AccountRooms } from './rooms.js';

const HOUR = 3_600_000;

/** Body of POST /api/collections/{layer}/signed-tiles. */
export const signatureInput = z.strictObject({ hours: z.int().min(1).max(24).default(24) });

/** A site: scheme, host and port, as browsers send it. */
const site = z
  .string()
  .max(200)
  .regex(/^https?:\/\/[a-z0-9.-]+(:\d{1,5})?$/i, 'must be an origin like https://www.example.gov.cn')
  .transform((origin) => origin.toLowerCase());

/** Body of POST /api/collections/{layer}/embeds. */
export const embedInput = z.strictObject({
  origins: z.array(site).min(1).max(20),
  days: z.int().min(1).max(365).default(90),
});

/** Addresses of tiles that carry their right in themselves: for clients that cannot send headers, and for other sites. */
export function signedRoutes(rooms: AccountRooms): Router {
  const { db, bus, catalogue, decisions, signatures } = rooms;
  const router = Router();

  const addresses = (req: Request, layer: string, token: string) => {
    const collection = `${rooms.origin(req)}/api/collections/${layer}`;
    return {
      tiles: `${collection}/tiles/WebMercatorQuad/{z}/{y}/{x}?signed=${token}`,
      tilejson: `${collection}/tilejson?signed=${token}`,
    };
  };

  router.post('/api/collections/:layer/signed-tiles', async (req, res) => {
    const caller = callerOf(res);
    const { layer, access } = requireLayer(catalogue, decisions, caller, String(req.params.layer));
    if (caller.kind === 'anonymous') fail('sign_in_required');
    requireAction(catalogue, caller, layer, access, 'view');
    const { hours } = await readBody(req, signatureInput);
    const id = randomUUID();
    const until = Math.floor((Date.now() + hours * HOUR) / 1000);
    const set = access.for('view');
    const { grants } = set;
    const viewsKey = rightsKey(set);
    const token = signatures.sign({ kind: 'signed', id, layer: layer.id, viewsKey, issuer: issuerNamed(caller), until });
    const ends = new Date(until * 1000).toISOString();
    await db.tx((q) =>
      record(q, {
        actor: caller.name,
        organisation: caller.organisation,
        action: 'tiles_signed',
        layer: layer.id,
        subject: id,
        detail: { until: ends, grants: [...grants] },
      }),
    );
    res
      .status(201)
      .setHeader('Cache-Control', 'no-store')
      .json({ ...addresses(req, layer.id, token), until: ends });
  });

  router.post('/api/collections/:layer/embeds', async (req, res) => {
    const caller = callerOf(res);
    const { layer, access } = requireLayer(catalogue, decisions, caller, String(req.params.layer));
    const user = requireUser(res);
    requireAction(catalogue, user, layer, access, 'embed');
    const { origins, days } = await readBody(req, embedInput);
    const id = randomUUID();
    const set = access.for('embed');
    const { views } = set;
    const viewsKey = rightsKey(set);
    // Not beyond the end of what it shows.
    const ends = Math.min(Date.now() + days * 24 * HOUR, ...views.map((v) => v.until ?? Number.POSITIVE_INFINITY));
    const until = Math.floor(ends / 1000);
    const embed = await db.tx(async (q) => {
      const made = await createEmbed(q, {
        id,
        layer: layer.id,
        organisation: user.organisation,
        createdBy: user.name,
        origins: [...new Set(origins)],
        until: until * 1000,
      });
      await record(q, {
        actor: user.name,
        organisation: user.organisation,
        action: 'embed_created',
        layer: layer.id,
        subject: id,
        detail: { origins: made.origins, until: made.until },
      });
      return made;
    });
    const token = signatures.sign({ kind: 'embed', id, layer: layer.id, viewsKey, issuer: issuerNamed(user), until });
    res
      .status(201)
      .setHeader('Cache-Control', 'no-store')
      .location(`/api/embeds/${id}`)
      .json({ ...embed, ...addresses(req, layer.id, token) });
  });

  router.get('/api/embeds', async (req, res) => {
    queryParams(req, []);
    const user = requireUser(res);
    res.setHeader('Cache-Control', 'no-store').json({ embeds: await embedsOf(db, user.organisation) });
  });

  router.delete('/api/embeds/:id', async (req, res) => {
    const user = requireUser(res);
    const { id } = req.params;
    if (!isUuid(id)) fail('embed_not_found');
    const dead = { kind: 'identity', username: null, key: id } as const;
    await db.tx(async (q) => {
      const embed = await revokeEmbed(q, id, user.organisation);
      if (!embed) fail('embed_not_found');
      await record(q, {
        actor: user.name,
        organisation: user.organisation,
        action: 'embed_revoked',
        layer: embed.layer,
        subject: id,
        detail: { origins: embed.origins },
      });
      await bus.announce(q, dead);
    });
    await bus.deliver(dead);
    res.status(204).end();
  });
  return router;
}
