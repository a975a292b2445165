import { randomUUID } from 'node:crypto';
import { addressOperations } from '@yutu/contract';
import { type Request, Router } from 'express';
import { rightsKey } from '../access/canonical.js';
import { requireAction, requireLayer } from '../access/require.js';
import { record } from '../audit/chain.js';
import { isUuid } from '../db/database.js';
import { fail } from '../errors/fail.js';
import { created, noContent, ok, serve } from '../http/serve.js';
import { noteSigned, revokeSigned, type SignedAddress, signedById, signedOf } from '../identity/addresses.js';
import type { Caller } from '../identity/caller.js';
import { createEmbed, type Embed, embedsOf, findEmbed, revokeEmbed } from '../identity/embeds.js';
import { issuerNamed } from '../identity/named.js';
import { change } from './change.js';
import { allow, keeperOf, layerOf, presentHeld, stewardedBy, visibleOf } from './held.js';
import type { AccountRooms } from './rooms.js';

const HOUR = 3_600_000;

type User = Extract<Caller, { kind: 'user' }>;
const isOver = (until: string) => Date.parse(until) <= Date.now();

const listedEmbed = (rooms: AccountRooms, user: User, embed: Embed) =>
  presentHeld(rooms, user, 'embed', embed, { over: isOver(embed.until), layer: embed.layer });
/** An embed as it is listed. */
export function presentEmbed(rooms: AccountRooms, user: User, embed: Embed) {
  const { visible: _visible, granted: _granted, ...shown } = listedEmbed(rooms, user, embed);
  return shown;
}
const listedAddress = (rooms: AccountRooms, user: User, address: SignedAddress) => {
  const {
    offeredTo: _nobody,
    granted: _granted,
    ...shown
  } = presentHeld(rooms, user, 'signed', { ...address, offeredTo: null }, { over: isOver(address.until), layer: address.layer });
  return shown;
};

/** Addresses of tiles that carry their right in themselves: for clients that cannot send headers, and for other sites. */
export function signedRoutes(rooms: AccountRooms): Router {
  const { db, catalogue, decisions, signatures } = rooms;
  const router = Router();

  const addresses = (req: Request, layer: string, token: string) => {
    const collection = `${rooms.origin(req)}/api/collections/${layer}`;
    return {
      tiles: `${collection}/tiles/WebMercatorQuad/{z}/{y}/{x}?signed=${token}`,
      tilejson: `${collection}/tilejson?signed=${token}`,
    };
  };

  serve(router, addressOperations.signTiles, async ({ req, caller, params, body }) => {
    const { layer, access } = requireLayer(catalogue, decisions, caller, params.layer);
    if (caller.kind === 'anonymous') fail('sign_in_required');
    requireAction(catalogue, caller, layer, access, 'view');
    const { hours } = await body();
    const id = randomUUID();
    // Not beyond the end of the key that asks, or of its secret while another takes its place.
    const last = caller.kind === 'key' ? rooms.callers.until(req) : Number.POSITIVE_INFINITY;
    const until = Math.floor(Math.min(Date.now() + hours * HOUR, last) / 1000);
    const set = access.for('view');
    const { grants } = set;
    const viewsKey = rightsKey(set);
    const token = signatures.sign({ kind: 'signed', id, layer: layer.id, viewsKey, issuer: issuerNamed(caller), until });
    const ends = new Date(until * 1000).toISOString();
    const key = caller.kind === 'key';
    await db.tx(async (q) => {
      await noteSigned(q, {
        id,
        layer: layer.id,
        organisation: caller.organisation,
        createdBy: caller.name,
        credential: key ? caller.keyId : null,
        holder: key ? (caller.holder ?? null) : caller.name,
        until: until * 1000,
      });
      await record(q, {
        actor: caller.name,
        organisation: caller.organisation,
        action: 'tiles_signed',
        layer: layer.id,
        subject: id,
        detail: { until: ends, grants: [...grants] },
      });
    });
    return created({ id, ...addresses(req, layer.id, token), until: ends });
  });

  serve(router, addressOperations.createEmbed, async ({ req, caller: user, params, body }) => {
    const { layer, access } = requireLayer(catalogue, decisions, user, params.layer);
    requireAction(catalogue, user, layer, access, 'embed');
    const { origins, days } = await body();
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
    const shown = { ...presentEmbed(rooms, user, embed), ...addresses(req, layer.id, token) };
    return created(shown, `/api/embeds/${id}`);
  });

  serve(router, addressOperations.getEmbeds, async ({ caller: user }) => {
    const rows = await embedsOf(db, user.organisation, stewardedBy(rooms, user));
    const embeds = visibleOf(rows.map((embed) => listedEmbed(rooms, user, embed)));
    return ok({ embeds: embeds.map(({ granted: _granted, ...embed }) => embed) });
  });

  serve(router, addressOperations.revokeEmbed, async ({ caller: user, params: { id } }) => {
    if (!isUuid(id)) fail('embed_not_found');
    await change(rooms, { kind: 'identity', username: null, key: id }, async (q) => {
      const embed = await findEmbed(q, id);
      const living = embed && embed.revokedAt === null ? embed : null;
      const held =
        living &&
        ({ ...living, kind: 'embed', everyLayer: false, granted: false, ...layerOf(rooms, user, living.layer) } as const);
      allow(keeperOf(user), { kind: 'revoke' }, held, 'embed');
      if (!(await revokeEmbed(q, id))) fail('embed_not_found');
      await record(q, {
        actor: user.name,
        organisation: user.organisation,
        action: 'embed_revoked',
        layer: held.layer,
        subject: id,
        detail: { origins: held.origins },
      });
    });
    return noContent();
  });

  serve(router, addressOperations.getSignedTiles, async ({ caller: user }) => {
    const rows = await signedOf(db, user.organisation, stewardedBy(rooms, user));
    return ok({ addresses: visibleOf(rows.map((address) => listedAddress(rooms, user, address))) });
  });

  serve(router, addressOperations.revokeSignedTiles, async ({ caller: user, params: { id } }) => {
    await change(rooms, { kind: 'identity', username: null, key: id }, async (q) => {
      const address = isUuid(id) ? await signedById(q, id, true) : null;
      const base = { kind: 'signed', everyLayer: false, granted: false, offeredTo: null } as const;
      const held = address && { ...address, ...base, ...layerOf(rooms, user, address.layer) };
      allow(keeperOf(user), { kind: 'revoke' }, held, 'signed');
      await revokeSigned(q, id);
      const { layer, createdBy, holder } = held;
      await record(q, {
        actor: user.name,
        organisation: user.organisation,
        action: 'signed_revoked',
        layer,
        subject: id,
        detail: { createdBy, holder },
      });
    });
    return noContent();
  });
  return router;
}
