import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { Express } from 'express';
import type { Logger } from 'pino';
import type { Config } from '../config.js';
import { fail } from '../errors/fail.js';
import { protect } from '../http/headers.js';
import { isHttps, originOf } from '../http/request.js';
import { type FaultContext, sendProblem, sendUnparsed } from '../http/respond.js';
import { tileHandler } from '../tiles/serve.js';
import { makeApi } from './api.js';
import { commandHandler } from './commands.js';
import type { House } from './house.js';
import { makeMetrics } from './metrics.js';

export interface YutuServer {
  http: Server;
  /** Opens the doors: until then everything but the health check answers 503. */
  admit(house: House): void;
  close(): Promise<void>;
}

/** The entry: health, metrics and tiles on plain node:http, the rest on Express. */
export function makeServer(options: { config: Config; webFolder: string; logger: Logger; token: string | null }): YutuServer {
  const { logger } = options;
  const https = isHttps(options.config);
  let house: House | null = null;
  let api: Express | null = null;
  let tiles: ReturnType<typeof tileHandler> | null = null;
  let command: ReturnType<typeof commandHandler> | null = null;
  const metrics = makeMetrics(() => house);
  const faults: FaultContext = {
    origin: (req) => originOf(req, options.config),
    log: (error, id, req) =>
      logger.error({ err: error, id, method: req.method, path: req.url?.split('?')[0] }, 'unexpected fault'),
  };

  async function plain(res: ServerResponse, path: string): Promise<boolean> {
    if (path === '/healthz') {
      res.setHeader('Content-Type', 'text/plain');
      res.end('ok\n');
    } else if (path === '/readyz') {
      const ready =
        house !== null &&
        (await house.db.query('select 1').then(
          () => true,
          () => false,
        ));
      res.statusCode = ready ? 200 : 503;
      res.setHeader('Content-Type', 'text/plain');
      res.end(ready ? 'ready\n' : 'not ready\n');
    } else if (path === '/metrics') {
      res.setHeader('Content-Type', metrics.registry.contentType);
      res.end(await metrics.registry.metrics());
    } else return false;
    return true;
  }

  /** Health, metrics, commands and what Express answers; `metrics` counts them when they are done. */
  async function answer(req: IncomingMessage, res: ServerResponse, path: string): Promise<void> {
    const surface = path.startsWith('/api') ? 'api' : 'viewer';
    protect(res, surface === 'api' ? 'data' : 'viewer', https);
    res.on('finish', () => metrics.count(surface, res.statusCode));
    if (await plain(res, path)) return;
    if (path === '/_command' && command) return command(req, res);
    if (!api) fail('starting');
    api(req, res);
  }

  function refuse(req: IncomingMessage, res: ServerResponse, error: unknown): void {
    // Pages of other sites read our sentences, too.
    if (!res.headersSent) {
      protect(res, 'data', https);
      if (req.url?.startsWith('/api')) res.setHeader('Access-Control-Allow-Origin', '*');
    }
    sendProblem(req, res, error, faults);
  }

  const listener = (req: IncomingMessage, res: ServerResponse) => {
    const url = req.url ?? '/';
    const mark = url.indexOf('?');
    const path = mark < 0 ? url : url.slice(0, mark);
    let tile: boolean | Promise<boolean> = false;
    try {
      // A tile of the cache is sent here and now: no promise, no listener.
      tile = tiles?.(req, res, path, mark < 0 ? '' : url.slice(mark + 1)) ?? false;
      if (tile === false) answer(req, res, path).catch((error) => refuse(req, res, error));
      else if (tile === true) metrics.count('tiles', res.statusCode);
      else
        tile
          .catch((error) => refuse(req, res, error))
          .finally(() => metrics.count('tiles', res.headersSent ? res.statusCode : 499));
    } catch (error) {
      refuse(req, res, error);
      metrics.count('tiles', res.statusCode);
    }
  };
  const http = listen(options.config, listener);
  // Who asks before sending a body is told to go on by who reads it.
  http.on('checkContinue', listener);
  http.on('clientError', sendUnparsed);
  http.requestTimeout = 120_000;
  http.headersTimeout = 20_000;
  http.keepAliveTimeout = 65_000;

  return {
    http,
    admit(opened) {
      house = opened;
      metrics.watch(opened);
      tiles = tileHandler(opened);
      api = makeApi(opened, options.webFolder, faults);
      command = options.token ? commandHandler(opened, options.token) : null;
    },
    async close() {
      const closed = new Promise((resolve) => http.close(resolve));
      await house?.close();
      http.closeAllConnections();
      await closed;
    },
  };
}

/** A server on http, or on https when there is a certificate. Clients are asked for theirs when there are authorities to check them by. */
function listen({ tls, clientCa }: Config, listener: (req: IncomingMessage, res: ServerResponse) => void): Server {
  if (!tls) return createServer(listener);
  const own = { cert: readFileSync(tls.cert), key: readFileSync(tls.key), minVersion: 'TLSv1.2' as const };
  // One of an unknown authority is refused in words (identity/certificates.ts), not with a broken connection.
  const clients = clientCa ? { ca: readFileSync(clientCa), requestCert: true, rejectUnauthorized: false } : {};
  return createSecureServer({ ...own, ...clients }, listener);
}
