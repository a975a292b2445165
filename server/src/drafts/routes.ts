import type { IncomingMessage } from 'node:http';
import { TileError, tileCoord } from '@yutu/tiles';
import express, { Router } from 'express';
import { fail } from '../errors/fail.js';
import { languageOf } from '../errors/problem.js';
import { takeBody } from '../http/body.js';
import { created } from '../http/links.js';
import { callerOf, queryParams, requireUser } from '../http/request.js';
import type { Caller } from '../identity/caller.js';
import type { Callers } from '../identity/callers.js';
import { MAX_BYTES, titleOf } from './check.js';
import type { Draft, Drafts } from './drafts.js';
import { DRAFT_LAYER, DRAFT_ZOOM } from './source.js';

export interface DraftRooms {
  drafts: Drafts;
  callers: Pick<Callers, 'of'>;
  /** Origin of absolute hrefs for a request. */
  origin: (req: IncomingMessage) => string;
}

const MEDIA = ['application/json', 'application/geo+json'];
const raw = express.raw({ limit: MAX_BYTES, type: MEDIA });
const MVT = 'application/vnd.mapbox-vector-tile';

/** /api/drafts: a signed-in person's own files on the map, for a day. */
export function draftRoutes({ drafts, callers, origin }: DraftRooms): Router {
  const router = Router();
  const present = (req: IncomingMessage, draft: Draft) => ({
    ...draft,
    layer: DRAFT_LAYER,
    tiles: `${origin(req)}/api/drafts/${draft.id}/tiles/WebMercatorQuad/{z}/{y}/{x}`,
    minzoom: 0,
    maxzoom: DRAFT_ZOOM,
  });
  /** Whose drafts the caller may see: their own; a key sees those of the person who answers for it. Null: nobody's. */
  function ownerOf(caller: Caller): string | null {
    if (caller.kind !== 'key') return caller.name;
    return caller.holder ?? null;
  }

  router.post('/api/drafts', async (req, res) => {
    const { title } = queryParams(req, ['title']);
    const user = requireUser(res);
    const { told, ...draft } = await drafts.receive(user.name, async () => {
      await takeBody(req, raw);
      if (!Buffer.isBuffer(req.body)) fail('media_type_unsupported', { allowed: MEDIA.join(', ') });
      return drafts.create(user.name, req.body, titleOf(title));
    });
    const language = languageOf(req.headers['accept-language']);
    const notes = told.length > 0 ? { notes: told.map((note) => note[language]) } : {};
    created(res, origin(req), `/api/drafts/${draft.id}`).json({ ...present(req, draft), ...notes });
  });

  router.get('/api/drafts', async (req, res) => {
    queryParams(req, []);
    const user = requireUser(res);
    res.setHeader('Cache-Control', 'private, no-store');
    const own = await drafts.list(user.name);
    if ((await callers.of(req)).name !== user.name) fail('sign_in_required');
    res.json({ drafts: own.map((draft) => present(req, draft)) });
  });

  router.delete('/api/drafts/:id', async (req, res) => {
    queryParams(req, []);
    await drafts.remove(requireUser(res).name, req.params.id);
    res.status(204).end();
  });

  router.get('/api/drafts/:id/tiles/WebMercatorQuad/:z/:y/:x', async (req, res) => {
    queryParams(req, [], ['mvt']);
    const { id, z, y, x } = req.params;
    const owner = ownerOf(callerOf(res));
    if (owner === null) fail('draft_not_found');
    const bytes = await drafts.tile(owner, id, coordOf(z, y, x));
    // Whose session or key ended while the tile was cut gets nothing.
    if (ownerOf(await callers.of(req)) !== owner) fail('draft_not_found');
    res.setHeader('Cache-Control', 'private, no-store');
    if (bytes.length === 0) res.status(204).end();
    else res.setHeader('Content-Type', MVT).end(bytes);
  });
  return router;
}

/** @throws `tile_out_of_range` */
function coordOf(z: string, y: string, x: string) {
  try {
    if (![z, y, x].every((n) => /^\d{1,8}$/.test(n)) || Number(z) > DRAFT_ZOOM) throw new TileError('not a tile of a draft');
    return tileCoord(Number(z), Number(x), Number(y));
  } catch (error) {
    if (!(error instanceof TileError)) throw error;
    return fail('tile_out_of_range', { tile: `${z}/${y}/${x}`.slice(0, 60), maxZoom: DRAFT_ZOOM });
  }
}
