import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import type { Request, Response } from 'express';
import { badParameter, fail } from '../errors/fail.js';
import type { Caller, Role } from '../identity/caller.js';
import { hasRole } from '../identity/caller.js';
import { isProxy, type ProxyTrust } from '../identity/networks.js';

export { isUnwritable, readBody, readExactBody } from './body.js';

/** The caller that the entry found for this request. */
export const callerOf = (res: Response): Caller => res.locals.caller as Caller;

/** A signed-in person. @throws `sign_in_required` for the anonymous, `person_required` for keys */
export function requireUser(res: Response): Extract<Caller, { kind: 'user' }> {
  const caller = callerOf(res);
  if (caller.kind === 'key') fail('person_required');
  if (caller.kind !== 'user') fail('sign_in_required');
  return caller;
}

/** @throws `role_required` unless the person has one of the roles */
export function requireRole(person: Extract<Caller, { kind: 'user' }>, ...roles: Role[]): void {
  if (!hasRole(person, ...roles)) fail('role_required', { role: roles.join(' / ') });
}

/** Whether the public address is https: then cookies are Secure and browsers are told to come by https only. */
export const isHttps = (options: { baseUrl: string | null }): boolean => options.baseUrl?.startsWith('https:') ?? false;

/** What absolute hrefs begin with: the configured address, which may have a path, else what the request was sent to. */
export function originOf(req: IncomingMessage, { baseUrl }: { baseUrl: string | null }, trust: ProxyTrust): string {
  if (baseUrl) return baseUrl;
  const proxied = isProxy(req, trust);
  const first = (v: string | string[] | undefined) =>
    String(v ?? '')
      .split(',')[0]!
      .trim();
  const forwarded = proxied ? first(req.headers['x-forwarded-proto']) : '';
  const host = (proxied && first(req.headers['x-forwarded-host'])) || req.headers.host || 'localhost';
  // What is not a host name does not get into our documents.
  const secure = forwarded === 'https' || (forwarded === '' && (req.socket as TLSSocket | undefined)?.encrypted);
  return `${secure ? 'https' : 'http'}://${/^[A-Za-z0-9.:[\]_-]+$/.test(host) ? host : 'localhost'}`;
}

/**
 * The query parameters, each at most once, none but the known ones; `f` is known everywhere and must be one of `formats`.
 * @throws `parameter_unknown`, `parameter_invalid`, `format_unsupported` (OGC API Features Part 1, /req/core/query-param-unknown)
 */
export function queryParams(
  req: Request,
  known: readonly string[],
  formats: readonly string[] = ['json'],
): Record<string, string> {
  const out: Record<string, string> = Object.create(null);
  const given = new URL(req.originalUrl, 'http://localhost').searchParams;
  for (const [name, value] of given) {
    // The caller was named with it (identity/previews.ts).
    if (name === 'preview') continue;
    if (name !== 'f' && !known.includes(name))
      fail(
        'parameter_unknown',
        { parameter: name.slice(0, 60), allowed: [...known, 'f'].join(', ') },
        { parameter: name.slice(0, 60), allowed: [...known, 'f'] },
      );
    if (name in out) badParameter(name, '只能出现一次', 'it may be given once only');
    if (value.includes('\0')) badParameter(name, '含有不能用的字符', 'it contains a NUL character');
    out[name] = value;
  }
  const { f } = out;
  if (f !== undefined && !formats.includes(f))
    fail('format_unsupported', { format: f.slice(0, 40), allowed: formats.join(', ') }, { parameter: 'f', allowed: formats });
  return out;
}

/** An integer parameter within bounds; above the maximum it is lowered where the standard says so. */
export function integerParam(
  params: Record<string, string>,
  name: string,
  o: { min: number; max: number; fallback: number; clamp?: boolean },
): number {
  const text = params[name];
  if (text === undefined) return o.fallback;
  const value = Number(text);
  if (!/^\d{1,15}$/.test(text) || value < o.min || (value > o.max && !o.clamp))
    badParameter(name, `应为 ${o.min} 到 ${o.max} 的整数`, `it must be a whole number from ${o.min} to ${o.max}`, {
      minimum: o.min,
      maximum: o.max,
    });
  return Math.min(value, o.max);
}
