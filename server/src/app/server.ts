import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Express } from 'express';
import type { Logger } from 'pino';
import type { Config } from '../config.js';
import { fail } from '../errors/fail.js';
import { originOf } from '../http/request.js';
import { type FaultContext, sendProblem } from '../http/respond.js';
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

  const http = createServer((req, res) => {
    const [path = '/', query = ''] = (req.url ?? '/').split(/\?(.*)/s);
    res.on('finish', () =>
      metrics.requests.inc({
        surface: path.includes('/tiles/') ? 'tiles' : path.startsWith('/api') ? 'api' : 'viewer',
        status: `${Math.floor(res.statusCode / 100)}xx`,
      }),
    );
    answer(req, res, path, query).catch((error) => sendProblem(req, res, error, faults));
  });

  async function answer(req: IncomingMessage, res: ServerResponse, path: string, query: string): Promise<void> {
    if (await plain(res, path)) return;
    if (path === '/_command' && command) return command(req, res);
    if (!api || !tiles) fail('starting');
    if (await tiles(req, res, path, query)) return;
    api(req, res);
  }
  http.requestTimeout = 120_000;
  http.headersTimeout = 20_000;
  http.keepAliveTimeout = 65_000;

  return {
    http,
    admit(opened) {
      house = opened;
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
