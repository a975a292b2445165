import type { IncomingMessage } from 'node:http';
import { Router } from 'express';
import type { Catalogue } from '../catalogue/catalogue.js';
import { OPENAPI } from '../features/links.js';
import { queryParams } from '../http/request.js';
import { openapiDocument } from './document.js';

export interface OpenapiRooms {
  catalogue: Pick<Catalogue, 'instance'>;
  /** Origin of absolute hrefs for a request. */
  origin: (req: IncomingMessage) => string;
}

/** /api/openapi.json. */
export function openapiRoutes({ catalogue, origin }: OpenapiRooms): Router {
  const router = Router();
  router.get('/api/openapi.json', (req, res) => {
    queryParams(req, []);
    // As bytes: Express would add a charset to the type, which clients compare.
    res
      .setHeader('Content-Type', OPENAPI)
      .setHeader('Cache-Control', 'no-cache')
      .end(JSON.stringify(openapiDocument(origin(req), catalogue.instance)));
  });
  return router;
}
