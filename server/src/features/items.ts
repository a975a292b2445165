import { createHash } from 'node:crypto';
import type { Request, Response } from 'express';
import type { Access } from '../access/decide.js';
import { requireAction, requireLayer } from '../access/require.js';
import type { ViewSet } from '../access/view.js';
import { filterableFields } from '../access/visible.js';
import type { Surface } from '../audit/ledger.js';
import type { Action } from '../catalogue/definition.js';
import type { Layer } from '../catalogue/layers.js';
import { badParameter, fail } from '../errors/fail.js';
import { around, type Box, boxOf, km2OfBox } from '../guard/cells.js';
import { callerOf, integerParam, queryParams } from '../http/request.js';
import { type Caller, viaOf } from '../identity/caller.js';
import { itemTag } from '../store/edit.js';
import { type Item, queryItems } from '../store/items.js';
import type { Counts } from './counts.js';
import { bboxParam, checkDatetime, filterParam, RESERVED, refuseFilter } from './item-params.js';
import { GEOJSON, JSON_TYPE, type Link } from './links.js';
import type { FeatureRooms } from './rooms.js';

export const DEFAULT_LIMIT = 100;
export const MAX_LIMIT = 10_000;

/**
 * What every data answer of a layer notes: how much in the ledger, and which features for the guard.
 * @param features as they were sent; a number where none left, only what was worked out from them
 * @param more `requests`: 0 for a further part of an answer; `km2`: when it is not that of the features' box
 */
export function noteUse(
  rooms: FeatureRooms,
  caller: Caller,
  layer: Layer,
  set: ViewSet,
  surface: Surface,
  features: readonly Item[] | number,
  bytes: number,
  more: { requests?: number; km2?: number } = {},
): void {
  const { ledger, guard } = rooms;
  const sent = typeof features === 'number' ? [] : features;
  const box = sent.reduce<Box | null>((all, { geometry }) => around(all, boxOf(geometry)), null);
  ledger.count(
    { actor: caller.name, organisation: caller.organisation, via: viaOf(caller), layer: layer.id, surface, grants: set.grants },
    typeof features === 'number' ? features : features.length,
    bytes,
    more.km2 ?? (box ? km2OfBox(box) : 0),
    more.requests ?? 1,
  );
  const drawn = guard.extractions.of(caller.organisation, layer);
  if (drawn && sent.length > 0) guard.extractions.features(drawn, sent);
}

/**
 * Whether who asks may still see what was read for them: what was revoked while the database worked is not sent. To be asked in the
 * very turn in which the answer is sent and noted: between the two nobody else may use up a quota.
 */
export function holds(rooms: FeatureRooms, res: Response, caller: Caller, { id }: Layer, set: ViewSet, action: Action): boolean {
  res.locals.caller = caller;
  const layer = rooms.catalogue.layers.get(id);
  return layer !== undefined && rooms.decisions.of(caller, layer).for(action).key === set.key;
}

/** ETag over all that shapes the answer; `private` when rights raised it. @returns true when the client has it already */
export function sendValidators(req: Request, res: Response, layer: Layer, access: Access, set: ViewSet): boolean {
  const tag = createHash('sha256')
    .update(`${layer.id}@${layer.version}/${set.key}/${req.originalUrl}/${req.headers['accept-language'] ?? ''}`)
    .digest('base64url');
  return sendTag(req, res, access, `W/"${tag.slice(0, 22)}"`);
}

function sendTag(req: Request, res: Response, access: Access, tag: string): boolean {
  res.setHeader('ETag', tag);
  res.setHeader('Cache-Control', access.views.every((v) => v.source === 'public') ? 'no-cache' : 'private, no-cache');
  res.setHeader('Vary', 'Authorization, Cookie, Accept-Language, Accept-Encoding');
  return req.fresh;
}

/** What a page mark keeps of the views it was made under. */
const seal = (set: ViewSet): string => createHash('sha256').update(set.key).digest('hex').slice(0, 12);

/** An opaque page mark: the last id of the page before, and under which views it was read. */
const mark = (fid: number, set: ViewSet): string => Buffer.from(`f${fid}.${seal(set)}`).toString('base64url');

/**
 * Where the page begins. Pages of one listing are read under the same views: had a grant ended in between, the rest would be
 * narrower without a word; another caller's link would skip what came before.
 * @throws `parameter_invalid`, `listing_changed`
 */
function afterParam(params: Record<string, string>, set: ViewSet): number | undefined {
  if (params.after === undefined) return undefined;
  const [, fid, under] = /^f(\d{1,16})\.([0-9a-f]{12})$/.exec(Buffer.from(params.after, 'base64url').toString('latin1')) ?? [];
  if (fid === undefined) badParameter('after', '请用上一页给出的链接翻页', 'use the next link of the page before');
  if (under !== seal(set)) fail('listing_changed');
  return Number(fid);
}

/** GET /collections/{layer}/items (OGC API Features Part 1, §7.15) */
export async function getItems(rooms: FeatureRooms, counts: Counts, req: Request, res: Response): Promise<void> {
  const caller = callerOf(res);
  const { layer, access } = requireLayer(rooms.catalogue, rooms.decisions, caller, String(req.params.layer));
  const set = access.for('query');
  const fields = filterableFields(layer, set.views);
  const open = access.can('query');
  // Of a closed layer no field is named: the answer is the refusal, whatever was asked.
  const params = open ? queryParams(req, [...RESERVED, ...fields.map((f) => f.name)], ['json', 'geojson']) : {};
  const limit = integerParam(params, 'limit', { min: 1, max: MAX_LIMIT, fallback: DEFAULT_LIMIT, clamp: true });
  const bbox = bboxParam(params);
  checkDatetime(params);
  requireAction(rooms.catalogue, caller, layer, access, 'query');
  await rooms.guard.pace(caller.organisation, layer);
  const filter = filterParam(params, fields);
  const after = afterParam(params, set);
  if (sendValidators(req, res, layer, access, set)) {
    res.status(304).end();
    return;
  }
  const query = {
    limit: limit + 1,
    ...(bbox && { bbox }),
    ...(filter !== undefined && { filter }),
    ...(after !== undefined && { after }),
  };
  const refuse = filter === undefined ? undefined : refuseFilter;
  const found = await queryItems(rooms.db, layer, set, query).catch(refuse);
  const features = found.slice(0, limit);
  const self = new URL(req.originalUrl, rooms.origin(req));
  const links: Link[] = [
    { href: self.href, rel: 'self', type: GEOJSON },
    { href: `${rooms.origin(req)}/api/collections/${layer.id}`, rel: 'collection', type: JSON_TYPE },
  ];
  if (found.length > limit) {
    const next = new URL(self);
    next.searchParams.set('after', mark(features.at(-1)!.id, set));
    links.push({ href: next.href, rel: 'next', type: GEOJSON });
  }
  const body = JSON.stringify({
    type: 'FeatureCollection',
    numberMatched: await counts.matched(layer, set, query).catch(refuse),
    numberReturned: features.length,
    timeStamp: new Date().toISOString(),
    links,
    features,
  });
  // Who it is now: a dead credential throws.
  if (!holds(rooms, res, await rooms.callers.of(req), layer, set, 'query')) return getItems(rooms, counts, req, res);
  res.type(GEOJSON).send(body);
  noteUse(rooms, caller, layer, set, 'items', features, body.length);
}

/** The feature's id in the address. @throws `feature_not_found` for what can be none */
export function fidOf(layer: Layer, req: Request): number {
  const text = String(req.params.fid);
  if (!/^\d{1,16}$/.test(text) || Number(text) > Number.MAX_SAFE_INTEGER)
    fail('feature_not_found', { layer: layer.id, fid: text.slice(0, 40) });
  return Number(text);
}

/** One feature with its links. */
export function itemDocument(rooms: Pick<FeatureRooms, 'origin'>, req: Request, layer: string, item: Item) {
  const href = `${rooms.origin(req)}/api/collections/${layer}`;
  return {
    ...item,
    links: [
      { href: `${href}/items/${item.id}`, rel: 'self', type: GEOJSON },
      { href, rel: 'collection', type: JSON_TYPE },
    ],
  };
}

/** GET /collections/{layer}/items/{fid} (§7.16). Its ETag names what the caller sees of it: what changes elsewhere does not show in it. */
export async function getItem(rooms: FeatureRooms, req: Request, res: Response): Promise<void> {
  const caller = callerOf(res);
  const { layer, access } = requireLayer(rooms.catalogue, rooms.decisions, caller, String(req.params.layer));
  queryParams(req, [], ['json', 'geojson']);
  requireAction(rooms.catalogue, caller, layer, access, 'query');
  await rooms.guard.pace(caller.organisation, layer);
  const set = access.for('query');
  const fid = fidOf(layer, req);
  const [item] = await queryItems(rooms.db, layer, set, { fid, limit: 1 });
  if (!holds(rooms, res, await rooms.callers.of(req), layer, set, 'query')) return getItem(rooms, req, res);
  if (!item) fail('feature_not_found', { layer: layer.id, fid });
  if (sendTag(req, res, access, itemTag(layer.id, item))) {
    res.status(304).end();
    return;
  }
  const body = JSON.stringify(itemDocument(rooms, req, layer.id, item));
  res.type(GEOJSON).send(body);
  noteUse(rooms, caller, layer, set, 'items', [item], body.length);
}
