import { type Request, type Response, Router } from 'express';
import { z } from 'zod';
import { record } from '../audit/chain.js';
import { today } from '../catalogue/calendar.js';
import { isUuid, type Queryable } from '../db/database.js';
import { fail } from '../errors/fail.js';
import { readBody, requireUser } from '../http/request.js';
import { findEmbed } from '../identity/embeds.js';
import { endOf, type HandedKind, lockHeld, offer, peopleOf, takeOver } from '../identity/handover.js';
import { findKey, rotateKey } from '../identity/keys.js';
import { findCertificate } from '../identity/registered.js';
import { presentCertificate } from './certificates.js';
import { change } from './change.js';
import { allow, keeperOf, layerOf } from './held.js';
import { presentKey, requireRoom, rotationInput } from './keys.js';
import type { AccountRooms } from './rooms.js';
import { presentEmbed } from './signed.js';

/** Body of POST /api/{keys,certificates,embeds}/{id}/hand-over: a colleague's user name; null takes the offer back. */
export const handOverInput = z.strictObject({ to: z.string().max(60).nullable() });

type User = Parameters<typeof keeperOf>[0];

/**
 * Handing a credential over to a colleague, who takes it: two people, both in the log. So nothing ends with a person who leaves unless it
 * should, and nobody comes by what another held alone.
 */
export function handoverRoutes(rooms: AccountRooms): Router {
  const { db, decisions } = rooms;
  const router = Router();

  /** The credential as the rules take it, locked. */
  async function held(q: Queryable, user: User, kind: HandedKind, id: string) {
    const row = isUuid(id) ? await lockHeld(q, kind, id, today(rooms.timezone)) : null;
    return (
      row && {
        ...row,
        granted: kind === 'key' && decisions.namesKey(id),
        ...layerOf(rooms, user, row.layer),
      }
    );
  }

  async function shown(user: User, kind: HandedKind, id: string) {
    if (kind === 'key') return presentKey(rooms, user, (await findKey(db, id))!);
    if (kind === 'certificate') return presentCertificate(rooms, user, (await findCertificate(db, id))!);
    return presentEmbed(rooms, user, (await findEmbed(db, id))!);
  }

  const handOver = (kind: HandedKind) => async (req: Request<{ id: string }>, res: Response) => {
    const user = requireUser(res);
    const { id } = req.params;
    // Whether it is theirs to give comes before the body and whom it names: nobody learns who there is.
    allow(keeperOf(user), { kind: 'hand_over', to: null }, await held(db, user, kind, id), kind);
    const { to } = await readBody(req, handOverInput);
    await db.tx(async (q) => {
      const credential = await held(q, user, kind, id);
      allow(keeperOf(user), { kind: 'hand_over', to: null }, credential, kind);
      if (credential.over) fail('credential_over');
      if (to !== null) {
        const [person] = await peopleOf(q, user.organisation, rooms.demo(), to);
        const colleague = person && { name: person.username, organisation: user.organisation, roles: person.roles };
        allow(keeperOf(user), { kind: 'hand_over', to: colleague ?? keeperOf(user) }, credential, kind);
      }
      await offer(q, kind, id, to);
      await record(q, {
        actor: user.name,
        organisation: user.organisation,
        action: to === null ? `${kind}_offer_withdrawn` : `${kind}_offered`,
        subject: id,
        detail: { holder: credential.holder, to: to ?? credential.offeredTo },
      });
    });
    res.setHeader('Cache-Control', 'no-store').json(await shown(user, kind, id));
  };

  const accept = (kind: HandedKind) => async (req: Request<{ id: string }>, res: Response) => {
    const user = requireUser(res);
    const { id } = req.params;
    allow(keeperOf(user), { kind: 'accept' }, await held(db, user, kind, id), kind);
    const { overlapHours } = kind === 'key' ? await readBody(req, rotationInput) : { overlapHours: 0 };
    const now = today(rooms.timezone);
    const secret = await change(rooms, { kind: 'identity', username: null, key: id }, async (q) => {
      const credential = await held(q, user, kind, id);
      allow(keeperOf(user), { kind: 'accept' }, credential, kind);
      if (credential.over) fail('credential_over');
      if (kind !== 'embed') await requireRoom(rooms, q, user);
      const alive = endOf(credential, rooms.demo()) === null;
      await takeOver(q, kind, id, user.name);
      // Who held a key until now knew its secret.
      const rotated = kind === 'key' ? await rotateKey(q, id, { overlapHours, alive }, now) : null;
      await record(q, {
        actor: user.name,
        organisation: user.organisation,
        action: `${kind}_taken_over`,
        subject: id,
        detail: { from: credential.holder, ...(rotated && { prefix: rotated.prefix, overlapHours: alive ? overlapHours : 0 }) },
      });
      return rotated?.key ?? '';
    });
    const answer = await shown(user, kind, id);
    res.setHeader('Cache-Control', 'no-store').json(kind === 'key' ? { ...answer, key: secret } : answer);
  };

  router.post('/api/keys/:id/hand-over', handOver('key'));
  router.post('/api/keys/:id/accept', accept('key'));
  router.post('/api/certificates/:id/hand-over', handOver('certificate'));
  router.post('/api/certificates/:id/accept', accept('certificate'));
  router.post('/api/embeds/:id/hand-over', handOver('embed'));
  router.post('/api/embeds/:id/accept', accept('embed'));
  return router;
}
