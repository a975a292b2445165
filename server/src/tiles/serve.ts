import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Decisions } from '../access/decisions.js';
import { requireAction, requireLayer } from '../access/require.js';
import type { Ledger } from '../audit/ledger.js';
import type { Catalogue } from '../catalogue/catalogue.js';
import { fail } from '../errors/fail.js';
import { type Caller, viaOf } from '../identity/caller.js';
import type { Callers } from '../identity/callers.js';
import { parseTilePath, type TileAddress } from './address.js';
import type { CutTile, Encoding } from './cut-worker.js';
import type { Tiles } from './tiles.js';

export interface TileRooms {
  catalogue: Catalogue;
  decisions: Decisions;
  callers: Callers;
  ledger: Ledger;
  tiles: Tiles;
}

/** How often a tile is cut anew because the layer was edited meanwhile. */
const PATIENCE = 100;
const PAUSE_MS = 15;

const FORMATS = ['mvt', 'pbf', 'application/vnd.mapbox-vector-tile'];

/** The encoding to send: brotli, else gzip, else none. */
export function encodingFor(header: string | undefined): Encoding {
  const accepted = new Set(
    (header ?? '')
      .split(',')
      .filter((p) => !/;\s*q=0(\.0*)?\s*$/.test(p))
      .map((p) => p.trim().split(';')[0]),
  );
  return accepted.has('br') ? 'br' : accepted.has('gzip') ? 'gzip' : 'identity';
}

/**
 * Answers tile requests in front of Express. The decision is taken for every request, before cache and ETag are looked at, and
 * once more after a cut: what was revoked meanwhile is not sent.
 * @returns false when the path is no tile's
 */
export function tileHandler(rooms: TileRooms) {
  const { catalogue, decisions, callers, ledger, tiles } = rooms;

  function authorise(caller: Caller, address: TileAddress) {
    const { layer, access } = requireLayer(catalogue, decisions, caller, address.layer);
    requireAction(catalogue, caller, layer, access, 'view');
    return {
      layer,
      set: access.for('view'),
      isPublic: access.views.some((v) => v.source === 'public') && access.views.length === 1,
    };
  }

  function send(req: IncomingMessage, res: ServerResponse, tile: CutTile, encoding: Encoding, isPublic: boolean): void {
    res.setHeader('ETag', tile.etag);
    res.setHeader('Cache-Control', isPublic ? 'no-cache' : 'private, no-cache');
    res.setHeader('Vary', 'Authorization, Cookie, Accept-Encoding');
    if (req.headers['if-none-match']?.split(',').some((t) => t.trim().replace(/^W\//, '') === tile.etag)) {
      res.statusCode = 304;
      res.end();
      return;
    }
    if (tile.bytes.length === 0) {
      res.statusCode = 204;
      res.end();
      return;
    }
    res.setHeader('Content-Type', 'application/vnd.mapbox-vector-tile');
    if (encoding !== 'identity') res.setHeader('Content-Encoding', encoding);
    res.setHeader('Content-Length', tile.bytes.length);
    res.end(req.method === 'HEAD' ? undefined : tile.bytes);
  }

  return async (req: IncomingMessage, res: ServerResponse, path: string, query: string): Promise<boolean> => {
    const address = parseTilePath(path);
    if (!address || req.method === 'OPTIONS') return false;
    res.setHeader('Access-Control-Allow-Origin', '*');
    if (req.method !== 'GET' && req.method !== 'HEAD') {
      res.setHeader('Allow', 'GET, HEAD');
      fail('method_not_allowed', { method: String(req.method) });
    }
    if (query !== '') {
      const params = new URLSearchParams(query);
      const format = params.get('f');
      if (format !== null && !FORMATS.includes(format))
        fail(
          'format_unsupported',
          { format: format.slice(0, 40), allowed: FORMATS.join(', ') },
          { parameter: 'f', allowed: FORMATS },
        );
      const unknown = [...params.keys()].find((k) => k !== 'f');
      if (unknown !== undefined)
        fail(
          'parameter_unknown',
          { parameter: unknown.slice(0, 60), allowed: 'f' },
          { parameter: unknown.slice(0, 60), allowed: ['f'] },
        );
    }
    const caller = callers.peek(req) ?? (await callers.of(req));
    const encoding = encodingFor(req.headers['accept-encoding'] as string | undefined);
    let right = authorise(caller, address);
    let key = tiles.keyOf(right.layer, right.set, address.tile, encoding);
    let tile = tiles.peek(key);
    for (let turn = 0; !tile; turn++) {
      if (turn === PATIENCE) fail('overloaded');
      const cut = await tiles.cut(right.layer, right.set, address.tile, encoding);
      if (!cut) await sleep(PAUSE_MS); // an edit was committed that this node is about to hear of
      if (res.destroyed) return true;
      right = authorise(await callers.of(req), address);
      const now = tiles.keyOf(right.layer, right.set, address.tile, encoding);
      tile = cut && now === key ? cut : tiles.peek(now);
      key = now;
    }
    send(req, res, tile, encoding, right.isPublic);
    ledger.count(
      {
        actor: caller.name,
        organisation: caller.organisation,
        via: viaOf(caller),
        layer: right.layer.id,
        surface: 'tiles',
        grants: right.set.grants,
      },
      tile.features,
      tile.bytes.length,
    );
    return true;
  };
}
