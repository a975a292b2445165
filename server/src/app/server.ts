import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { Express } from 'express';
import type { Logger } from 'pino';
import type { Config } from '../config.js';
import { fail } from '../errors/fail.js';
import { protect } from '../http/headers.js';
import { pathOf } from '../http/links.js';
import { isHttps, originOf } from '../http/request.js';
import { type FaultContext, sendProblem, sendUnparsed } from '../http/respond.js';
import { proxyTrust } from '../identity/networks.js';
import { tileHandler } from '../tiles/serve.js';
import { makeApi } from './api.js';
import { commandHandler } from './commands.js';
import { admit, PLAIN, refuseElsewhere, type Target } from './door.js';
import type { House } from './house.js';
import { makeMetrics } from './metrics.js';
import { makeViewer } from './viewer.js';
import { EVENTS, Waiting } from './waiting.js';

/** How often connections are looked at that take their time, at most. */
const LOOK_MS = 5_000;

export interface YutuServer {
  http: Server;
  /** Opens the doors: until then there are the health check, the viewer's files, and streams of events that wait; the rest answers 503. */
  admit(house: House): void;
  close(): Promise<void>;
}

/** The entry: health, metrics and tiles on plain node:http, the rest on Express. */
export function makeServer(options: { config: Config; webFolder: string; logger: Logger; token: string | null }): YutuServer {
  const { logger } = options;
  const https = isHttps(options.config);
  const trust = proxyTrust(options.config);
  let house: House | null = null;
  let api: Express | null = null;
  let tiles: ReturnType<typeof tileHandler> | null = null;
  let command: ReturnType<typeof commandHandler> | null = null;
  const waiting = new Waiting();
  const metrics = makeMetrics(() => house);
  const faults: FaultContext = {
    origin: (req) => originOf(req, options.config, trust),
    log: (error, id, req) =>
      logger.error({ err: error, id, method: req.method, path: req.url?.split('?')[0] }, 'unexpected fault'),
  };

  // The page needs no house: who opens it during a start sees it, and that the rest is on its way.
  const viewer = makeViewer(options.webFolder, faults, options.config.baseUrl ? pathOf(options.config.baseUrl) : '');

  /** Why no requests should be sent here; null: they should. */
  async function unready(): Promise<string | null> {
    if (house === null) return 'starting';
    const { db, bus } = house;
    const answers = await db.query('select 1').then(
      () => true,
      () => false,
    );
    if (!answers) return 'the database does not answer';
    return bus.deaf ? 'the database is not heard; closed layers are given to nobody' : null;
  }

  async function plain(res: ServerResponse, path: string): Promise<void> {
    if (path === '/healthz') {
      res.setHeader('Content-Type', 'text/plain');
      res.end('ok\n');
    } else if (path === '/readyz') {
      const why = await unready();
      res.statusCode = why === null ? 200 : 503;
      res.setHeader('Content-Type', 'text/plain');
      res.end(why === null ? 'ready\n' : `not ready: ${why}\n`);
    } else if (path === '/metrics') {
      res.setHeader('Content-Type', metrics.registry.contentType);
      res.end(await metrics.registry.metrics());
    }
  }

  /** Health, metrics, commands and what Express answers; `metrics` counts them when they are done. */
  async function answer(req: IncomingMessage, res: ServerResponse, target: Target): Promise<void> {
    const { path } = target;
    const surface = isApi(path) ? 'api' : 'viewer';
    res.on('finish', () => metrics.count(surface, res.statusCode));
    refuseElsewhere(target);
    protect(res, surface === 'api' ? 'data' : 'viewer', https);
    if (PLAIN.has(path)) return plain(res, path);
    if (path === '/_command' && command) return command(req, res);
    if (api) api(req, res);
    else if (surface === 'viewer') viewer(req, res);
    else if (path === EVENTS && req.method === 'GET') waiting.hold(res);
    else fail('starting');
  }

  /** What was refused before a room was asked: data, whatever it looked like. Pages of other sites read our sentences, too. */
  function refuse(req: IncomingMessage, res: ServerResponse, error: unknown): void {
    if (!res.headersSent) {
      protect(res, 'data', https);
      res.setHeader('Access-Control-Allow-Origin', '*');
    }
    sendProblem(req, res, error, faults);
  }

  const listener = (req: IncomingMessage, res: ServerResponse) => {
    let tile: boolean | Promise<boolean> = false;
    try {
      const target = admit(req, res);
      // A tile of the cache is sent here and now: no promise, no listener.
      tile = tiles?.(req, res, target.path, target.query) ?? false;
      if (tile === false) answer(req, res, target).catch((error) => refuse(req, res, error));
      else if (tile === true) metrics.count('tiles', res.statusCode);
      else
        tile
          .catch((error) => refuse(req, res, error))
          .finally(() => metrics.count('tiles', res.headersSent ? res.statusCode : 499));
    } catch (error) {
      refuse(req, res, error);
      metrics.count(isApi(req.url ?? '') ? 'tiles' : 'viewer', res.statusCode);
    }
  };
  const http = listen(options.config, listener);
  // Who asks before sending a body is told to go on by who reads it.
  http.on('checkContinue', listener);
  http.on('clientError', sendUnparsed);
  http.keepAliveTimeout = 65_000;

  return {
    http,
    admit(opened) {
      house = opened;
      metrics.watch(opened);
      tiles = tileHandler(opened);
      api = makeApi(opened, viewer, faults);
      command = options.token ? commandHandler(opened, options.token) : null;
      waiting.release();
    },
    async close() {
      waiting.release();
      const closed = new Promise((resolve) => http.close(resolve));
      await house?.close();
      http.closeAllConnections();
      await closed;
    },
  };
}

const isApi = (path: string): boolean => /^\/api(\/|$)/.test(path);

/** A server on http, or on https when there is a certificate. Clients are asked for theirs when there are authorities to check them by. */
function listen(config: Config, listener: (req: IncomingMessage, res: ServerResponse) => void): Server {
  const { tls, clientCa, headersTimeoutMs: headersTimeout, requestTimeoutMs: requestTimeout } = config;
  const connectionsCheckingInterval = Math.min(LOOK_MS, headersTimeout / 2);
  const strict = {
    headersTimeout,
    requestTimeout,
    connectionsCheckingInterval,
    insecureHTTPParser: false,
    requireHostHeader: false,
  };
  if (!tls) return createServer(strict, listener);
  const own = { cert: readFileSync(tls.cert), key: readFileSync(tls.key), minVersion: 'TLSv1.2' as const };
  // One of an unknown authority is refused in words (identity/certificates.ts), not with a broken connection.
  const clients = clientCa ? { ca: readFileSync(clientCa), requestCert: true, rejectUnauthorized: false } : {};
  return createSecureServer({ ...strict, ...own, ...clients }, listener);
}
