import { createHash } from 'node:crypto';
import { canonicalJson } from '../audit/chain.js';
import { classOf, type Layer } from '../catalogue/layers.js';
import type { RequestRow } from './load.js';

/**
 * Names what a steward decides on: what is asked, and of the layer what the answer depends on. Equal for equal states, so that a
 * decision can say which one it was taken from.
 */
export function stateOf(row: RequestRow, layer: Layer): string {
  const { id, purpose, matter, necessity, actions, fields, areaId, from, until } = row;
  const { owner, disclosure, securityLevel, policy } = layer;
  const offered = layer.fields.map((f) => [f.name, f.class, f.sensitivity, f.forms, f.mask]);
  const asked = [id, purpose, matter, necessity, actions, fields, areaId, from, until];
  return createHash('sha256')
    .update(canonicalJson([asked, [owner, classOf(layer), disclosure, securityLevel, policy, offered]]))
    .digest('base64url')
    .slice(0, 27);
}
