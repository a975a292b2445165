import compression from 'compression';
import express, { type ErrorRequestHandler, type Express, type Request, type RequestHandler, type Response } from 'express';
import { accountRoutes } from '../account/routes.js';
import { runFor } from '../db/client.js';
import { draftRoutes } from '../drafts/routes.js';
import { fail } from '../errors/fail.js';
import { featureRoutes } from '../features/routes.js';
import { governanceRoutes } from '../governance/routes.js';
import { admission } from '../http/admission.js';
import { checkedFault } from '../http/check-answers.js';
import { guardOrigin } from '../http/guard.js';
import { callerOf, originOf } from '../http/request.js';
import { type FaultContext, sendProblem } from '../http/respond.js';
import type { ServeSettings } from '../http/serve.js';
import { arriving, clientOf, leaving } from '../identity/client.js';
import { clientAddress, proxyTrust, trustsAddress } from '../identity/networks.js';
import { openapiRoutes } from '../openapi/routes.js';
import { requestRoutes } from '../requests/routes.js';
import type { House } from './house.js';

/** Nothing is lost when it is given up: a write is carried through, for what it did must be told to all. */
const isReading = ({ method, path }: Request): boolean =>
  method === 'GET' || method === 'HEAD' || /\/(analyse|verify)$/.test(path);

/** All that is not a tile: headers, caller, the rooms' routes, the viewer, and one place where faults become answers. */
export function makeApi(house: House, viewer: RequestHandler, faults: FaultContext): Express {
  const { config } = house;
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  // One hop: what a client writes into X-Forwarded-For itself stays unbelieved.
  const trust = proxyTrust(config);
  app.set('trust proxy', (address: string, hop: number) => hop === 0 && trustsAddress(trust, address));
  app.use(
    compression({
      // A long catalogue or a page of features takes a third of level 6's time, for a fifth more bytes; browsers are sent brotli 4.
      level: 3,
      chunkSize: 65_536,
      filter: (req, res) =>
        !String(res.getHeader('Content-Type')).startsWith('text/event-stream') && compression.filter(req, res),
    }),
  );

  app.use('/api', (req, res, next) => {
    // Reading with a key from other sites' pages is welcome; cookies do not travel there.
    res.setHeader('Access-Control-Allow-Origin', '*');
    // What says nothing of its own is kept nowhere.
    res.setHeader('Cache-Control', 'no-store');
    if (req.method !== 'OPTIONS') return next();
    res.setHeader('Access-Control-Allow-Methods', 'GET, HEAD, OPTIONS');
    res.setHeader('Access-Control-Allow-Headers', 'Authorization, If-None-Match');
    res.setHeader('Access-Control-Max-Age', '600');
    res.status(204).end();
  });
  const origin = (req: import('node:http').IncomingMessage) => originOf(req, config, trust);
  Object.assign(app.locals, { origin, checkAnswers: config.checkAnswers } satisfies ServeSettings);
  app.use('/api', async (req, res, next) => {
    guardOrigin(req, origin(req));
    const caller = await runFor(arriving(clientAddress(req, trust)), () => house.callers.of(req));
    house.callers.spend(caller);
    res.locals.caller = caller;
    next();
  });
  const client = (res: Response) =>
    clientOf(callerOf(res), clientAddress(res.req, trust), isReading(res.req) ? leaving(res) : null);
  app.use('/api', admission(config, client));
  app.use(draftRoutes({ ...house, origin }));
  app.use(
    accountRoutes({
      ...house,
      origin,
      demo: () => house.demo,
      timezone: config.timezone,
      sessionHours: config.sessionHours,
      sessionsPerAccount: config.sessionsPerAccount,
      secondFactor: config.secondFactor,
      secureCookie: config.secure,
      confirmDays: config.confirmDays,
      keyMaxDays: config.keyMaxDays,
      keysPerPerson: config.keysPerPerson,
    }),
  );
  app.use(requestRoutes({ ...house, timezone: config.timezone, emergencyConfirmHours: config.emergencyConfirmHours }));
  app.use(governanceRoutes({ ...house, timezone: config.timezone }));
  app.use(openapiRoutes({ ...house, origin }));
  app.use(
    featureRoutes({
      ...house,
      timezone: config.timezone,
      origin,
      zoomCounts: (layer) => house.tiles.zoomCounts(layer).catch(() => null),
    }),
  );
  app.get('/api/events', (req, res) => {
    const until = house.callers.until(req);
    house.live.open(callerOf(res), client(res), res, req.headers['last-event-id'] as string | undefined, until);
  });
  app.use('/api', () => fail('not_found'));

  app.use(viewer);

  const answer: ErrorRequestHandler = (error, req, res, _next) =>
    sendProblem(req, res, config.checkAnswers ? checkedFault(res.locals.operation, error) : error, faults);
  app.use(answer);
  return app;
}
