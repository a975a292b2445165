import type { IncomingMessage } from 'node:http';
import { fail } from '../errors/fail.js';

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Refuses writes that a browser sends for another site. Without the headers it is a script with its own credentials.
 * @param base the public address; a browser names its origin alone
 * @throws `origin_refused`
 */
export function guardOrigin(req: IncomingMessage, base: string): void {
  if (SAFE.has(req.method ?? '') || req.headers.authorization !== undefined) return;
  const site = req.headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') fail('origin_refused');
  const from = req.headers.origin;
  if (from === undefined) return;
  const same = [new URL(base).origin, `http://${req.headers.host}`, `https://${req.headers.host}`].some(
    (o) => o.toLowerCase() === from.toLowerCase(),
  );
  if (!same) fail('origin_refused');
}
