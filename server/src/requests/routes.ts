import { Router } from 'express';
import { agreementRoutes } from './agreement-routes.js';
import { askingRoutes } from './asking-routes.js';
import { grantRoutes } from './grant-routes.js';
import { layerRoutes } from './layer-routes.js';
import type { PreviewRooms } from './rooms.js';

/** /api/requests, /api/grants, /api/agreements, /api/access, and what the owner and the data authority say of a layer. */
export const requestRoutes = (rooms: PreviewRooms): Router =>
  Router().use(askingRoutes(rooms)).use(grantRoutes(rooms)).use(agreementRoutes(rooms)).use(layerRoutes(rooms));
