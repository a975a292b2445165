import type { Catalogue } from '../catalogue/catalogue.js';
import type { Action } from '../catalogue/definition.js';
import { classOf, type Layer } from '../catalogue/layers.js';
import { actionWords } from '../catalogue/words.js';
import { fail } from '../errors/fail.js';
import { type Caller, hasRole, isStewardOf } from '../identity/caller.js';
import type { Access } from './decide.js';
import type { Decisions } from './decisions.js';

/**
 * The layer as this caller may know of it.
 * @throws `layer_not_found`, also for a layer the caller may not discover; `preview_not_yours` when it is to be seen as somebody else by who
 * no longer is its steward: their own view would pass for the other's
 */
export function requireLayer(
  catalogue: Catalogue,
  decisions: Decisions,
  caller: Caller,
  id: string,
): { layer: Layer; access: Access } {
  const layer = catalogue.layers.get(id);
  const access = layer && decisions.of(caller, layer);
  if (!layer || !access?.discover) fail('layer_not_found', { layer: id.slice(0, 60) });
  if (caller.kind === 'user' && caller.preview?.layer === id && !isStewardOf(caller, layer.owner)) fail('preview_not_yours');
  return { layer, access };
}

/**
 * The layer for who decides about it or oversees all: auditors and security administrators may know of every layer (`isTold`), also of one
 * that they cannot discover on the map. Of its features that gives nothing.
 * @throws as {@link requireLayer}
 */
export function requireKnown(catalogue: Catalogue, decisions: Decisions, caller: Caller, id: string): Layer {
  const layer = catalogue.layers.get(id);
  return layer && hasRole(caller, 'auditor', 'security') ? layer : requireLayer(catalogue, decisions, caller, id).layer;
}

/** @throws 401 for the anonymous, else 403 with the sentence that fits: withheld, out of the key's scope, never or not so granted. */
export function requireAction(catalogue: Catalogue, caller: Caller, layer: Layer, access: Access, action: Action): void {
  if (access.can(action)) return;
  const owner = catalogue.organisation(layer.owner);
  const values = {
    layer: layer.id,
    titleZh: layer.titleZh,
    titleEn: layer.titleEn,
    ownerZh: owner.titleZh,
    ownerEn: owner.titleEn,
    // Addresses are made absolute where the answer is written: only there is the origin known.
    requestPage: `/?request=${layer.id}`,
    requestApi: '/api/requests',
  };
  if (caller.kind === 'anonymous') fail('layer_needs_sign_in', values);
  if (access.paused === 'deaf') fail('rights_unknown', {}, { retryAfter: 5 });
  // What was never granted is not waited for.
  if (access.heldBack.has(action)) fail(access.paused === 'extraction' ? 'extraction_stopped' : 'quota_exceeded', values);
  if (access.outOfScope) fail('key_scope', values);
  if (caller.kind === 'key' && caller.actions && !caller.actions.includes(action) && access.views.length > 0)
    fail('key_action', { ...values, actionZh: actionWords[action][0], actionEn: actionWords[action][1] });
  if (classOf(layer) === 'withheld' && access.views.length === 0)
    fail('layer_withheld', { ...values, groundZh: layer.groundZh ?? '', groundEn: layer.groundEn ?? layer.groundZh ?? '' });
  if (access.views.length === 0 && access.heldBack.size === 0) fail('not_granted', values);
  fail('action_not_granted', { ...values, actionZh: actionWords[action][0], actionEn: actionWords[action][1] });
}
