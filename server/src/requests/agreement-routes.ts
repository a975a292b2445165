import { agreementOperations } from '@yutu/contract';
import { Router } from 'express';
import { ok, serve } from '../http/serve.js';
import { confirmAgreement, endAgreement, listAgreements, oneAgreement, reviewAgreement, signAgreement } from './agreements.js';
import type { RequestRooms } from './rooms.js';

/** /api/agreements. */
export function agreementRoutes(rooms: RequestRooms): Router {
  const router = Router();

  serve(router, agreementOperations.getAgreements, async ({ caller }) => ok({ agreements: await listAgreements(rooms, caller) }));
  serve(router, agreementOperations.getAgreement, async ({ caller, params: { id } }) =>
    ok(await oneAgreement(rooms, caller, id)),
  );
  serve(router, agreementOperations.signAgreement, async ({ caller, params: { id }, body }) => {
    await signAgreement(rooms, caller, id, await body());
    return ok(await oneAgreement(rooms, caller, id));
  });
  serve(router, agreementOperations.confirmAgreement, async ({ caller, params: { id } }) => {
    await confirmAgreement(rooms, caller, id);
    return ok(await oneAgreement(rooms, caller, id));
  });
  serve(router, agreementOperations.reviewAgreement, async ({ caller, params: { id }, body }) => {
    await reviewAgreement(rooms, caller, id, (await body()).text);
    return ok(await oneAgreement(rooms, caller, id));
  });
  serve(router, agreementOperations.endAgreement, async ({ caller, params: { id }, body }) => {
    await endAgreement(rooms, caller, id, (await body()).reason);
    return ok(await oneAgreement(rooms, caller, id));
  });
  return router;
}
