import { Router } from 'express';
import { accountAdminRoutes } from './accounts.js';
import { certificateRoutes } from './certificates.js';
import { accountChangeRoutes } from './changes.js';
import { handoverRoutes } from './handover.js';
import { keyRoutes } from './keys.js';
import { oidcRoutes } from './oidc.js';
import { ownAccountRoutes } from './own.js';
import type { AccountRooms } from './rooms.js';
import { sessionRoutes } from './session.js';
import { signedRoutes } from './signed.js';

/** /api/instance, /api/session, /api/account, /api/accounts, /api/account-changes, /api/keys, /api/certificates, signed addresses and embeds. */
export const accountRoutes = (rooms: AccountRooms): Router =>
  Router()
    .use(sessionRoutes(rooms))
    .use(oidcRoutes(rooms))
    .use(ownAccountRoutes(rooms))
    .use(accountAdminRoutes(rooms))
    .use(accountChangeRoutes(rooms))
    .use(keyRoutes(rooms))
    .use(signedRoutes(rooms))
    .use(handoverRoutes(rooms))
    .use(certificateRoutes(rooms));
