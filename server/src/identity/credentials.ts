import { createHash, randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { parseCookie } from 'cookie';

export const SESSION_COOKIE = 'yutu_session';
/** The session's cookie on https: the browser takes it from this very host only, for no neighbour and over no plain connection. */
export const SECURE_SESSION_COOKIE = `__Host-${SESSION_COOKIE}`;

/** Secrets are kept and looked up by their hash. They are random and long: a fast hash is enough. */
export const secretHash = (secret: string): string => `sha256:${createHash('sha256').update(secret).digest('hex')}`;
export const newSecret = (prefix: string): string => `${prefix}${randomBytes(24).toString('base64url')}`;

/** The key in the header: null without a header, '' when the header is of no use. Account passwords never pass as Basic. */
export function keyOf(req: IncomingMessage): string | null {
  const header = req.headers.authorization;
  if (header === undefined) return null;
  const [, scheme = '', value = ''] = /^(\S+)\s+(.+)$/.exec(header.trim()) ?? [];
  if (/^bearer$/i.test(scheme)) return value;
  if (!/^basic$/i.test(scheme)) return '';
  const text = Buffer.from(value, 'base64').toString('utf8');
  return text.slice(text.indexOf(':') + 1);
}

/** A cookie's value, null when the request has none of that name. */
export function cookieOf(req: IncomingMessage, name: string): string | null {
  const raw = req.headers.cookie;
  if (raw === undefined || !raw.includes(name)) return null;
  return parseCookie(raw)[name] || null;
}

/** The session token of a request's cookie, if it has one and no key beside it. */
export const sessionToken = (req: IncomingMessage): string | null =>
  req.headers.authorization === undefined ? (cookieOf(req, SECURE_SESSION_COOKIE) ?? cookieOf(req, SESSION_COOKIE)) : null;
