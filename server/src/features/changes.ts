import type { Request, Response } from 'express';
import type { ViewSet } from '../access/view.js';
import { codeSystemsOf } from '../access/visible.js';
import type { Layer } from '../catalogue/layers.js';
import { badParameter, fail } from '../errors/fail.js';
import { addressOf } from '../http/links.js';
import { integerParam, queryParams } from '../http/request.js';
import { MOST_AT_ONCE } from '../store/changes.js';
import { deliver } from './deliver.js';
import { GEOJSON, JSON_TYPE, type Link } from './links.js';
import type { FeatureRooms } from './rooms.js';
import { sendValidators } from './validators.js';

export const DEFAULT_EDITS = 1_000;
export const MAX_EDITS = MOST_AT_ONCE;

type Marks = Pick<FeatureRooms['signatures'], 'seal'>;

/** An opaque mark: up to which version the caller knows the layer, under which views. Signed: nobody asks about a past they have not read. */
function markOf(marks: Marks, layer: Layer, version: number, set: ViewSet): string {
  return Buffer.from(`c${version}.${marks.seal(`${layer.id} ${version} ${set.key}`)}`).toString('base64url');
}

/**
 * The version that a mark names.
 * @throws `parameter_invalid`, `listing_changed` when it was given under other views
 */
function versionOf(marks: Marks, layer: Layer, mark: string, set: ViewSet): number {
  const [, text] = /^c(\d{1,15})\.[\w-]{22}$/.exec(Buffer.from(mark, 'base64url').toString('latin1')) ?? [];
  const version = Number(text);
  if (text === undefined) badParameter('since', '请用上一次答复给出的链接', 'use the next link of the answer before');
  if (mark !== markOf(marks, layer, version, set)) fail('listing_changed');
  return version;
}

/**
 * GET /collections/{layer}/changes: what became of the layer since the mark, as the caller sees it; without a mark nothing but the mark to
 * begin with. `limit` is of changes looked at: what the caller does not see of them is not told. A delivery is as many as features it
 * changed, and is told whole.
 * @throws `changes_unknown` when a delivery since changed too much to be told
 */
export function getChanges(rooms: FeatureRooms, req: Request, res: Response): Promise<void> {
  return deliver(rooms, req, res, { action: 'query', surface: 'items' }, async (reading) => {
    const { layer, set } = reading;
    const params = queryParams(req, ['since', 'limit'], ['json', 'geojson']);
    const limit = integerParam(params, 'limit', { min: 1, max: MAX_EDITS, fallback: DEFAULT_EDITS, clamp: true });
    const since = params.since === undefined ? layer.version : versionOf(rooms.signatures, layer, params.since, set);
    // Another node may have told of a version that this one has not heard of yet.
    const known = Math.max(since, Math.min(layer.version, since + limit));
    if (sendValidators(rooms, req, res, reading)) return 'unchanged';
    const feed = await reading.changes(since, known, limit);
    if (!feed) fail('changes_unknown');
    const { until } = feed;
    const self = addressOf(rooms.origin(req), req.originalUrl);
    const next = new URL(self);
    next.searchParams.set('since', markOf(rooms.signatures, layer, until, set));
    const links: Link[] = [
      { href: self.href, rel: 'self', type: GEOJSON },
      { href: `${rooms.origin(req)}/api/collections/${layer.id}`, rel: 'collection', type: JSON_TYPE },
      { href: next.href, rel: 'next', type: GEOJSON },
    ];
    const body = JSON.stringify({
      type: 'FeatureCollection',
      numberReturned: feed.changed.length,
      timeStamp: new Date().toISOString(),
      ...codeSystemsOf(layer, set.views),
      links,
      more: until < layer.version,
      gone: feed.gone,
      features: feed.changed,
    });
    return { type: GEOJSON, body, features: feed.changed };
  });
}
