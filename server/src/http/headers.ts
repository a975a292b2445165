import type { ServerResponse } from 'node:http';

/** What a browser may do with an answer: data it may only read, or the viewer's own page, scripts, styles and fonts. */
export type Kind = 'data' | 'viewer';

/**
 * Every script, style, font and request of the viewer comes from its own origin. Mantine writes its variables into `<style>` elements,
 * which need the page's nonce; style attributes are set through the DOM, which no policy counts as inline. The map's worker lives
 * under the policy of its own file: the viewer's files carry the same one, without a nonce.
 * @param nonce of this one page
 */
export const viewerPolicy = (nonce?: string): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "worker-src 'self'",
    `style-src 'self'${nonce ? ` 'nonce-${nonce}'` : ''}`,
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');

/** An answer that a browser shows as a page runs nothing and loads nothing. */
const DATA_POLICY = "default-src 'none'; frame-ancestors 'none'";

const ALWAYS = {
  'X-Content-Type-Options': 'nosniff',
  // Addresses may name what the caller was granted.
  'Referrer-Policy': 'no-referrer',
  'X-Frame-Options': 'DENY',
};
const OF: Record<Kind, Record<string, string>> = {
  // Maps on other sites read our tiles and features with a key; cookies do not travel there.
  data: { ...ALWAYS, 'Content-Security-Policy': DATA_POLICY, 'Cross-Origin-Resource-Policy': 'cross-origin' },
  viewer: {
    ...ALWAYS,
    'Content-Security-Policy': viewerPolicy(),
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Permissions-Policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
  },
};
/** A year; of this host only: what stands beside it is not ours to decide. */
const HSTS = 'max-age=31536000';

/** Sets what browsers are told with every answer. Tiles of the cache carry theirs in `tiles/finished.ts`. @param https whether the public address is https */
export function protect(res: ServerResponse, kind: Kind, https: boolean): void {
  for (const [name, value] of Object.entries(OF[kind])) res.setHeader(name, value);
  if (https) res.setHeader('Strict-Transport-Security', HSTS);
}
