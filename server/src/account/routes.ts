import { Router } from 'express';
import { keyRoutes } from './keys.js';
import type { AccountRooms } from './rooms.js';
import { sessionRoutes } from './session.js';

/** /api/instance, /api/session and /api/keys. */
export const accountRoutes = (rooms: AccountRooms): Router => Router().use(sessionRoutes(rooms)).use(keyRoutes(rooms));
