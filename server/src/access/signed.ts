import type { IncomingMessage } from 'node:http';
import type { Catalogue } from '../catalogue/catalogue.js';
import type { Layer } from '../catalogue/layers.js';
import { fail } from '../errors/fail.js';
import type { Signed } from '../identity/signed.js';
import { rightsKey } from './canonical.js';
import { Access } from './decide.js';
import type { Decisions } from './decisions.js';
import type { ViewSet } from './view.js';

/** What a signed address shows of its layer: tiles of some views, and nothing else. */
export interface SignedAccess {
  layer: Layer;
  /** The issuer's decision, to notice when it is taken anew. */
  decided: Access;
  /** The same, narrowed to what the address shows. */
  access: Access;
  set: ViewSet;
}

/** The action under which an address is signed. */
export const actionOf = (kind: Signed['kind']) => (kind === 'embed' ? 'embed' : 'view');

/**
 * What a signed address shows. Its issuer's decision is taken anew: a revocation or a narrowing ends the address with it.
 * @throws `signed_invalid`, `rights_unknown`
 */
export function requireSigned(catalogue: Catalogue, decisions: Decisions, signed: Signed, id: string): SignedAccess {
  const layer = signed.layer === id ? catalogue.layers.get(id) : undefined;
  if (!layer) fail('signed_invalid');
  const decided = decisions.of(signed.caller, layer);
  if (decided.paused === 'deaf') fail('rights_unknown', {}, { retryAfter: 5 });
  const set = decided.for(actionOf(signed.kind));
  if (set.views.length === 0 || rightsKey(set) !== signed.viewsKey) fail('signed_invalid');
  const views = set.views.map((view) => ({ ...view, actions: new Set(['view'] as const) }));
  return { layer, decided, set, access: new Access(true, views, decided.changesAt, false) };
}

/**
 * The site on which an address is shown, which must be one of those it is bound to; null when it is bound to none. Browsers say it truly; other
 * clients may say what they like.
 * @throws `embed_origin`
 */
export function requireOrigin(signed: Signed, req: IncomingMessage): string | null {
  if (signed.origins === null) return null;
  const origin = req.headers.origin ?? siteOf(req.headers.referer);
  if (origin === undefined || !signed.origins.includes(origin.toLowerCase())) fail('embed_origin');
  return origin;
}

function siteOf(address: string | undefined): string | undefined {
  try {
    return address === undefined ? undefined : new URL(address).origin;
  } catch {
    return undefined;
  }
}
