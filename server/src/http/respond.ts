import type { IncomingMessage, ServerResponse } from 'node:http';
import { languageOf, toProblem } from '../errors/problem.js';

/** What answering a fault needs: where to log one that has no code of its own, and our origin for addresses in sentences. */
export interface FaultContext {
  log: (error: unknown, logId: string, req: IncomingMessage) => void;
  origin: (req: IncomingMessage) => string;
}

/** Answers with problem+json; works in front of Express and behind it. */
export function sendProblem(req: IncomingMessage, res: ServerResponse, error: unknown, { log, origin }: FaultContext): void {
  if (res.headersSent || res.destroyed) {
    res.destroy();
    return;
  }
  const { body, retryAfter, logId } = toProblem(error, languageOf(req.headers['accept-language']), origin(req));
  if (logId) log(error, logId, req);
  for (const name of ['etag', 'content-disposition', 'content-crs']) res.removeHeader(name);
  res.statusCode = body.status;
  res.setHeader('Content-Type', 'application/problem+json; charset=utf-8');
  res.setHeader('Cache-Control', 'no-store');
  res.setHeader('Vary', 'Authorization, Cookie, Accept-Language');
  if (retryAfter !== undefined) res.setHeader('Retry-After', String(retryAfter));
  if (body.status === 401)
    // Without Basic for our own pages: a browser would open its own dialog.
    res.setHeader(
      'WWW-Authenticate',
      req.headers['sec-fetch-site'] === 'same-origin'
        ? 'Bearer realm="Yutu"'
        : 'Basic realm="Yutu", charset="UTF-8", Bearer realm="Yutu"',
    );
  res.end(req.method === 'HEAD' ? undefined : JSON.stringify(body));
}
