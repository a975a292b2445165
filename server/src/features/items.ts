import type { Filter } from '@yutu/tiles';
import type { Request, Response } from 'express';
import type { ViewSet } from '../access/view.js';
import { codeSystemsOf, filterableFields } from '../access/visible.js';
import type { Layer } from '../catalogue/layers.js';
import { badParameter, fail } from '../errors/fail.js';
import { addressOf } from '../http/links.js';
import { integerParam, queryParams } from '../http/request.js';
import { itemTag } from '../store/edit.js';
import type { Item, ItemsQuery } from '../store/items.js';
import { datetimeFilter } from './datetime.js';
import { deliver } from './deliver.js';
import { bboxParam, filterParam, itemParams, refuseFilter } from './item-params.js';
import { GEOJSON, JSON_TYPE, type Link } from './links.js';
import type { Reading } from './reading.js';
import type { FeatureRooms } from './rooms.js';
import { sendTag, sendValidators } from './validators.js';
import { write, writerOf } from './writer.js';

export const DEFAULT_LIMIT = 100;
export const MAX_LIMIT = 10_000;

/** What narrows a listing beside the caller's views. */
type Narrowing = Pick<ItemsQuery, 'bbox' | 'filter'>;

/**
 * An opaque page mark: the last id of the page before, sealed with the views and the question it was read under: a plain hash would let
 * the hidden conditions of views be guessed, and the mark of another question would tell how many match without showing one of them.
 */
function markOf({ signatures }: FeatureRooms, { set }: Reading, { bbox, filter }: Narrowing, fid: number): string {
  const seal = signatures.seal(`page ${set.key} ${fid} ${JSON.stringify([bbox ?? null, filter ?? null])}`);
  return Buffer.from(`f${fid}.${seal}`).toString('base64url');
}

/**
 * Where the page begins. Pages of one listing are read under the same views: had a grant ended in between, the rest would be
 * narrower without a word; another caller's link would skip what came before.
 * @throws `parameter_invalid`, `listing_changed`
 */
function afterParam(rooms: FeatureRooms, reading: Reading, narrowing: Narrowing, after: string): number {
  const [, digits] = /^f(\d{1,16})\.[\w-]{22}$/.exec(Buffer.from(after, 'base64url').toString('latin1')) ?? [];
  if (digits === undefined) badParameter('after', '请用上一页给出的链接翻页', 'use the next link of the page before');
  const fid = Number(digits);
  if (markOf(rooms, reading, narrowing, fid) !== after) fail('listing_changed');
  return fid;
}

const partOf = (here: number, all: number): string =>
  `本页 ${here} 个要素，共 ${all} 个，其余见 next 链接 / ${here} of ${all} features: the link next has more`;

/** GET /collections/{layer}/items (OGC API Features Part 1, §7.15) */
export function getItems(rooms: FeatureRooms, req: Request, res: Response): Promise<void> {
  return deliver(rooms, req, res, { action: 'query', surface: 'items' }, async (reading) => {
    const { layer, set } = reading;
    const fields = filterableFields(layer, set.views);
    const params = itemParams(req, fields);
    const writer = writerOf(params.f);
    const limit = integerParam(params, 'limit', { min: 1, max: MAX_LIMIT, fallback: DEFAULT_LIMIT, clamp: true });
    const bbox = bboxParam(params);
    const conditions = [
      filterParam(params, fields, rooms.timezone),
      datetimeFilter(params, layer.time, fields, rooms.timezone),
    ].filter((one) => one !== undefined);
    const filter: Filter | undefined = conditions.length > 1 ? { op: 'and', args: conditions } : conditions[0];
    const narrowing = { ...(bbox && { bbox }), ...(filter !== undefined && { filter }) };
    const after = params.after === undefined ? undefined : afterParam(rooms, reading, narrowing, params.after);
    if (sendValidators(rooms, req, res, reading)) return 'unchanged';
    const query = { ...narrowing, limit: limit + 1, ...(after !== undefined && { after }) };
    const refuse = filter === undefined ? undefined : refuseFilter;
    const found = await reading.items(query).catch(refuse);
    const features = found.slice(0, limit);
    const self = addressOf(rooms.origin(req), req.originalUrl);
    const links: Link[] = [
      { href: self.href, rel: 'self', type: writer.mediaType },
      { href: `${rooms.origin(req)}/api/collections/${layer.id}`, rel: 'collection', type: JSON_TYPE },
    ];
    const more = found.length > limit;
    if (more) {
      const next = new URL(self);
      next.searchParams.set('after', markOf(rooms, reading, narrowing, features.at(-1)!.id));
      links.push({ href: next.href, rel: 'next', type: writer.mediaType });
    }
    const numberMatched = await reading.matched(query).catch(refuse);
    const members = {
      // Programs that open an address as a file show this member, and follow no link.
      ...(more && { description: partOf(features.length, numberMatched) }),
      more,
      numberMatched,
      numberReturned: features.length,
      timeStamp: new Date().toISOString(),
      ...codeSystemsOf(layer, set.views),
      links,
    };
    return { type: writer.mediaType, body: write(writer, members, features), features };
  });
}

/** The feature's id in the address. @throws `feature_not_found` for what can be none */
export function fidOf(layer: Layer, req: Request): number {
  const text = String(req.params.fid);
  if (!/^\d{1,16}$/.test(text) || Number(text) > Number.MAX_SAFE_INTEGER)
    fail('feature_not_found', { layer: layer.id, fid: text.slice(0, 40) });
  return Number(text);
}

/** One feature with its links, and what its codes are of. */
export function itemDocument(rooms: Pick<FeatureRooms, 'origin'>, req: Request, layer: Layer, { views }: ViewSet, item: Item) {
  const href = `${rooms.origin(req)}/api/collections/${layer.id}`;
  return {
    ...item,
    ...codeSystemsOf(layer, views),
    links: [
      { href: `${href}/items/${item.id}`, rel: 'self', type: GEOJSON },
      { href, rel: 'collection', type: JSON_TYPE },
    ],
  };
}

/** GET /collections/{layer}/items/{fid} (§7.16). Its ETag names what the caller sees of it: what changes elsewhere does not show in it. */
export function getItem(rooms: FeatureRooms, req: Request, res: Response): Promise<void> {
  return deliver(rooms, req, res, { action: 'query', surface: 'items' }, async (reading) => {
    const { layer, access, set } = reading;
    queryParams(req, [], ['json', 'geojson']);
    const fid = fidOf(layer, req);
    const [item] = await reading.items({ fids: [fid], limit: 1 });
    if (!item) fail('feature_not_found', { layer: layer.id, fid });
    if (sendTag(req, res, access, itemTag(layer.id, item))) return 'unchanged';
    return { type: GEOJSON, body: JSON.stringify(itemDocument(rooms, req, layer, set, item)), features: [item] };
  });
}
