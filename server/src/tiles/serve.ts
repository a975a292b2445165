import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { type TileCoord, tileIds } from '@yutu/tiles';
import { readCollections, viewableLayers } from '../access/dataset.js';
import type { Access } from '../access/decide.js';
import type { Decisions } from '../access/decisions.js';
import { requireAction, requireLayer } from '../access/require.js';
import { requireOrigin, requireSigned } from '../access/signed.js';
import type { ViewSet } from '../access/view.js';
import type { Access as Counted, Ledger } from '../audit/ledger.js';
import type { Catalogue } from '../catalogue/catalogue.js';
import { countingZoomOf } from '../catalogue/counting.js';
import type { Layer } from '../catalogue/layers.js';
import { type Client, runFor } from '../db/client.js';
import { badParameter, fail } from '../errors/fail.js';
import { km2OfTile } from '../guard/cells.js';
import type { Drawn } from '../guard/drawn.js';
import type { Guard } from '../guard/guard.js';
import { type Caller, viaOf } from '../identity/caller.js';
import type { Callers } from '../identity/callers.js';
import { arriving, bearerAt, clientOf } from '../identity/client.js';
import type { Signed, SignedAddresses } from '../identity/signed.js';
import { parseTilePath, type TileAddress } from './address.js';
import { type Encoding, encodingFor, unpack } from './encoding.js';
import { type FinishedTile, MVT_TYPE } from './finished.js';
import type { Part, Tiles } from './tiles.js';

export interface TileRooms {
  catalogue: Catalogue;
  decisions: Decisions;
  callers: Callers;
  signatures: SignedAddresses;
  ledger: Ledger;
  guard: Guard;
  tiles: Tiles;
}

/** How often a tile is cut anew because the layer was edited meanwhile. */
const PATIENCE = 100;
const PAUSE_MS = 15;

const PLAIN = { collections: null, signed: null };
const FORMATS = ['mvt', 'pbf', MVT_TYPE];
/** Layers whose rights are remembered per caller. */
const RIGHTS_MOST = 256;

/** A layer that the caller may see, under which views, and how the ledger counts it. */
interface Right extends Part {
  access: Access;
  /** The views at all zooms; `set` has those of the tile's. */
  whole: ViewSet;
  open: boolean;
  counted: Counted;
  /** From this zoom on its features count as drawn. Below, some of them are anonymous: those that are not came by `beside`. */
  countingZoom: number;
  /** Null where nothing of it is anonymous in small zooms. */
  beside: Counted | null;
  /** Set for the right of a signed address: the decision behind it. */
  decided?: Access;
  /** What the organisation draws of the layer; null: that is not counted. */
  drawn: Drawn | null;
}

/** Who asks: by credentials of one's own, or by an address that somebody signed. */
type Asker = Caller | Signed;
const isSigned = (who: Asker): who is Signed => who.kind === 'signed' || who.kind === 'embed';

/** What is asked for. */
interface Wanted {
  address: TileAddress;
  /** Layers of a dataset tile, in the order asked; null: all that the caller may see. */
  collections: readonly string[] | null;
  /** What the address is signed with; null when it is not. */
  signed: string | null;
  encoding: Encoding;
}

/**
 * Answers tile requests in front of Express. The decision is taken for every request, before cache and ETag are looked at, and
 * once more after a cut: what was revoked meanwhile is not sent.
 * @returns false when the path is no tile's; true when the tile was sent at once; else a promise
 */
export function tileHandler(rooms: TileRooms) {
  const { catalogue, decisions, callers, signatures, ledger, guard, tiles } = rooms;
  const remembered = new WeakMap<Caller, Map<string, Right>>();
  const rememberedSigned = new WeakMap<Signed, Right>();

  /** @throws what keeps the caller from the layer */
  function rightTo(caller: Caller, id: string): Right {
    let own = remembered.get(caller);
    const known = own?.get(id);
    if (known && catalogue.layers.get(id) === known.layer && decisions.of(caller, known.layer) === known.access) return known;
    const { layer, access } = requireLayer(catalogue, decisions, caller, id);
    requireAction(catalogue, caller, layer, access, 'view');
    const set = access.for('view');
    const counted: Counted = {
      actor: caller.name,
      organisation: caller.organisation,
      via: viaOf(caller),
      layer: layer.id,
      surface: 'tiles',
      grants: set.grants,
    };
    const right = {
      layer,
      access,
      set,
      whole: set,
      open: access.views.length === 1 && access.views[0]!.source === 'public',
      ...countedAs(layer, set, counted),
      drawn: guard.extractions.of(caller.organisation, layer),
    };
    if (!own || own.size >= RIGHTS_MOST) {
      own = new Map();
      remembered.set(caller, own);
    }
    own.set(id, right);
    return right;
  }

  function countedAs(layer: Layer, { views }: ViewSet, counted: Counted): Pick<Right, 'counted' | 'countingZoom' | 'beside'> {
    const others = views.filter((view) => view.counted === null);
    const grants = [...new Set(others.flatMap((view) => view.grant ?? []))].sort();
    const beside = others.length === views.length ? null : { ...counted, grants };
    return { counted, countingZoom: countingZoomOf(layer, catalogue.instance), beside };
  }

  /** What a signed address gives, as long as its issuer's decision stands. @throws `signed_invalid` */
  function rightBy(signed: Signed, id: string): Right {
    const known = rememberedSigned.get(signed);
    if (
      known?.layer.id === id &&
      catalogue.layers.get(id) === known.layer &&
      decisions.of(signed.caller, known.layer) === known.decided
    )
      return known;
    const { layer, decided, access, set } = requireSigned(catalogue, decisions, signed, id);
    const { name: actor, organisation } = signed.caller;
    const counted: Counted = { actor, organisation, via: signed.kind, layer: layer.id, surface: 'tiles', grants: set.grants };
    const whole = access.for('view');
    const right = {
      layer,
      decided,
      access,
      set: whole,
      whole,
      open: false,
      ...countedAs(layer, whole, counted),
      drawn: guard.extractions.of(organisation, layer),
    };
    rememberedSigned.set(signed, right);
    return right;
  }

  /** What of a right is left at a zoom: views may end at one. */
  function atZoom(right: Right, zoom: number): Right {
    const set = right.whole.at(zoom);
    return set === right.set ? right : { ...right, set };
  }

  function rightsTo(who: Asker, { address, collections }: Wanted): Right[] {
    const { z } = address.tile;
    if (isSigned(who)) return [atZoom(rightBy(who, address.layer!), z)];
    const caller = who;
    if (address.layer !== null) return [atZoom(rightTo(caller, address.layer), z)];
    const ids = collections ?? viewableLayers(catalogue, decisions, caller);
    return ids.map((id) => atZoom(rightTo(caller, id), z));
  }

  function send(
    req: IncomingMessage,
    res: ServerResponse,
    tile: FinishedTile,
    rights: readonly Right[],
    who: Asker,
    coord: TileCoord,
  ): void {
    const site = isSigned(who) ? requireOrigin(who, req) : null;
    let open = true;
    for (const right of rights) open &&= right.open;
    const mark = req.headers['if-none-match'];
    const known = mark !== undefined && tile.provisional === undefined && matches(mark, tile.etag);
    const sent = !known && tile.status === 200 && req.method !== 'HEAD';
    if (known) res.writeHead(304, headersFor(site, tile.headers(304, open))).end();
    else {
      const { status } = tile;
      res.writeHead(status, headersFor(site, tile.headers(status, open))).end(sent ? tile.bytes : undefined);
    }
    for (let i = 0; i < rights.length; i++) {
      const right = rights[i]!;
      const { named, bytes } = tile.shares[i]!;
      if (!sent) {
        ledger.count(right.counted, 0, 0);
        continue;
      }
      const counts = coord.z >= right.countingZoom;
      if (!counts && right.beside) {
        ledger.count(right.counted, 0, bytes);
        if (named > 0) ledger.count(right.beside, named, 0, 0, 0);
        continue;
      }
      const drawn = counts && named > 0;
      ledger.count(right.counted, named, bytes, drawn ? km2OfTile(coord) : 0);
      if (drawn && right.drawn && !right.drawn.tiles.has(tile))
        guard.extractions.tile(right.drawn, tile, coord, named, () => tileIds(unpack(tile.bytes, tile.encoding), right.layer.id));
    }
  }

  /** The tile if nothing has to be waited for: of the cache, or a light one cut here and now. */
  function atOnce(key: string, rights: readonly Right[], coord: TileCoord, encoding: Encoding): FinishedTile | undefined {
    return tiles.peek(key) ?? tiles.now(key, rights, coord, encoding);
  }

  return (req: IncomingMessage, res: ServerResponse, path: string, query: string): boolean | Promise<boolean> => {
    const address = parseTilePath(path);
    if (!address || req.method === 'OPTIONS') return false;
    if (req.method !== 'GET' && req.method !== 'HEAD') {
      res.setHeader('Access-Control-Allow-Origin', '*').setHeader('Allow', 'GET, HEAD');
      fail('method_not_allowed', { method: String(req.method) });
    }
    const { collections, signed } = query === '' ? PLAIN : readQuery(query, address.layer === null);
    const encoding = encodingFor(req.headers['accept-encoding'] as string | undefined);
    const wanted = { address, collections, signed, encoding };
    const who = signed === null ? callers.peek(req) : signatures.peek(signed, req);
    if (!who) return later(req, res, wanted);
    arrive(who, req);
    const rights = rightsTo(who, wanted);
    if (rights.some((right) => guard.slows(right.drawn))) return later(req, res, wanted, who);
    const tile = atOnce(tiles.keyOf(rights, address.tile, encoding), rights, address.tile, encoding);
    if (!tile) return later(req, res, wanted, who);
    send(req, res, tile, rights, who, address.tile);
    return true;
  };

  function askerOf(req: IncomingMessage, { signed }: Wanted): Promise<Asker> {
    const look = () => (signed === null ? callers.of(req) : signatures.of(signed, req));
    return runFor(arriving(callers.addressOf(req)), look);
  }

  /** For whom a tile is cut that is not there. */
  function clientFor(who: Asker, req: IncomingMessage): Client {
    const address = callers.addressOf(req);
    return isSigned(who) ? bearerAt(address) : clientOf(who, address);
  }

  /** One request more, from a site that may make it. @throws `key_quota`, `embed_origin` */
  function arrive(who: Asker, req: IncomingMessage): void {
    if (isSigned(who)) requireOrigin(who, req);
    callers.spend(isSigned(who) ? who.caller : who);
  }

  /** The way of a tile that is not in the cache, or of a caller who is looked up first. */
  async function later(req: IncomingMessage, res: ServerResponse, wanted: Wanted, known?: Asker): Promise<true> {
    const { encoding } = wanted;
    const coord = wanted.address.tile;
    let who = known ?? (await askerOf(req, wanted));
    if (!known) arrive(who, req);
    let rights = rightsTo(who, wanted);
    // Whoever is slowed down waits first: decided is what holds afterwards.
    const slowed = rights.find((right) => guard.slows(right.drawn));
    if (slowed) {
      await guard.pace(slowed.counted.organisation, slowed.layer);
      who = await askerOf(req, wanted);
      rights = rightsTo(who, wanted);
    }
    let key = tiles.keyOf(rights, coord, encoding);
    let tile = atOnce(key, rights, coord, encoding);
    for (let turn = 0; !tile; turn++) {
      if (turn === PATIENCE) fail('overloaded');
      const client = clientFor(who, req);
      const cut = await unlessGone(res, () => runFor(client, () => tiles.cut(rights, coord, encoding)));
      if (cut === GONE) return true;
      if (!cut) await sleep(PAUSE_MS); // an edit was committed that this node is about to hear of
      const before = rights;
      who = await askerOf(req, wanted);
      rights = rightsTo(who, wanted);
      const now = tiles.keyOf(rights, coord, encoding);
      // One made from rows is of no base: it may be sent though a base has come meanwhile.
      const holds =
        now === key || (cut?.provisional !== undefined && rights.every((right, i) => right.access === before[i]?.access));
      tile = cut && holds ? cut : tiles.peek(now);
      key = now;
    }
    send(req, res, tile, rights, who, coord);
    return true;
  }
}

const GONE = Symbol('gone');

/** Waits for a cut as long as the client does. */
async function unlessGone(
  res: ServerResponse,
  begin: () => ReturnType<Tiles['cut']>,
): Promise<FinishedTile | null | typeof GONE> {
  if (res.destroyed) return GONE;
  const cutting = begin();
  let waits = true;
  const leave = () => {
    if (waits) cutting.leave();
    waits = false;
  };
  res.once('close', leave);
  try {
    const tile = await cutting.promise;
    return res.destroyed ? GONE : tile;
  } catch (error) {
    if (res.destroyed) return GONE;
    throw error;
  } finally {
    res.off('close', leave);
    leave();
  }
}

/** Headers of a tile that one other site shows: its pages alone may read it. */
const headersFor = (site: string | null, headers: string[]): string[] =>
  site === null
    ? headers
    : headers.map((text, i) =>
        headers[i - 1] === 'Access-Control-Allow-Origin' ? site : headers[i - 1] === 'Vary' ? `${text}, Origin` : text,
      );

/** Whether a mark of If-None-Match is the tile's, compared weakly (RFC 9110 §13.1.2). */
function matches(header: string, etag: string): boolean {
  if (header === etag) return true;
  const opaque = (tag: string) => tag.trim().replace(/^W\//, '');
  return header.trim() === '*' || header.split(',').some((tag) => opaque(tag) === opaque(etag));
}

/**
 * The parameters of a tile: the format; of a dataset tile its layers; of a layer's what it is signed with.
 * @throws `parameter_unknown`, `parameter_invalid`, `format_unsupported`
 */
function readQuery(query: string, dataset: boolean): Pick<Wanted, 'collections' | 'signed'> {
  // Nothing but a token: no need to decode anything.
  if (!dataset && query.startsWith('signed=') && !/[&%+]/.test(query)) return { collections: null, signed: query.slice(7) };
  const known = dataset ? ['collections', 'f'] : ['f', 'signed'];
  const params = new URLSearchParams(query);
  const unknown = [...params.keys()].find((name) => name !== 'preview' && !known.includes(name))?.slice(0, 60);
  if (unknown !== undefined)
    fail('parameter_unknown', { parameter: unknown, allowed: known.join(', ') }, { parameter: unknown, allowed: known });
  const twice = known.find((name) => name !== 'collections' && params.getAll(name).length > 1);
  if (twice !== undefined) badParameter(twice, '只能出现一次', 'it may be given once only');
  const format = params.get('f');
  if (format !== null && !FORMATS.includes(format))
    fail(
      'format_unsupported',
      { format: format.slice(0, 40), allowed: FORMATS.join(', ') },
      { parameter: 'f', allowed: FORMATS },
    );
  const named = params.getAll('collections');
  return { collections: named.length === 0 ? null : readCollections(named.join(',')), signed: params.get('signed') };
}
