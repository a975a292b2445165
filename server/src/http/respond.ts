import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { type ErrorCode, YutuError } from '../errors/fail.js';
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
  // Of a body that nobody wants now the rest is not read either.
  if (body.status === 429 && !req.complete) res.setHeader('Connection', 'close');
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

const UNPARSED: Record<string, ErrorCode> = {
  HPE_HEADER_OVERFLOW: 'request_too_long',
  ERR_HTTP_REQUEST_TIMEOUT: 'request_timeout',
};

/**
 * Answers what node's parser could make no request of, in front of everything: with a sentence like any other fault, then hangs up.
 * Which language was asked for is not known here.
 */
export function sendUnparsed(error: Error & { code?: string }, socket: Duplex): void {
  // An answer that is under way is cut off, not written into.
  const { _httpMessage: answer } = socket as { _httpMessage?: { headersSent: boolean } };
  if (!socket.writable || error.code === 'ECONNRESET' || answer?.headersSent) {
    socket.destroy();
    return;
  }
  const { body } = toProblem(new YutuError(UNPARSED[error.code ?? ''] ?? 'request_malformed'), 'zh');
  const text = JSON.stringify(body);
  socket.end(
    [
      `HTTP/1.1 ${body.status} ${STATUS_CODES[body.status]}`,
      'Content-Type: application/problem+json; charset=utf-8',
      `Content-Length: ${Buffer.byteLength(text)}`,
      'Cache-Control: no-store',
      'X-Content-Type-Options: nosniff',
      'Connection: close',
      '',
      text,
    ].join('\r\n'),
  );
}
