import { addressOperations, certificateOperations, keyOperations } from '@yutu/contract';
import { Router } from 'express';
import { record } from '../audit/chain.js';
import { today } from '../catalogue/calendar.js';
import { isUuid, type Queryable } from '../db/database.js';
import { fail } from '../errors/fail.js';
import { type Call, ok, serve } from '../http/serve.js';
import { findEmbed } from '../identity/embeds.js';
import { endOf, type HandedKind, lockHeld, offer, peopleOf, takeOver } from '../identity/handover.js';
import { findKey, rotateKey } from '../identity/keys.js';
import { findCertificate } from '../identity/registered.js';
import { presentCertificate } from './certificates.js';
import { change } from './change.js';
import { allow, keeperOf, layerOf } from './held.js';
import { presentKey, requireRoom } from './keys.js';
import type { AccountRooms } from './rooms.js';
import { presentEmbed } from './signed.js';

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

  /** Offers it, or takes the offer back. */
  async function handOver(kind: HandedKind, { caller: user, params: { id }, body }: Call<typeof keyOperations.handOverKey>) {
    // Whether it is theirs to give comes before the body and whom it names: nobody learns who there is.
    allow(keeperOf(user), { kind: 'hand_over', to: null }, await held(db, user, kind, id), kind);
    const { to } = await body();
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
  }

  /** Takes it over. @returns the new secret of a key */
  async function accept(kind: HandedKind, user: User, id: string, body?: () => Promise<{ overlapHours: number }>) {
    allow(keeperOf(user), { kind: 'accept' }, await held(db, user, kind, id), kind);
    const { overlapHours } = body ? await body() : { overlapHours: 0 };
    const now = today(rooms.timezone);
    return change(rooms, { kind: 'identity', username: null, key: id }, async (q) => {
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
  }

  const key = async (user: User, id: string) => presentKey(rooms, user, (await findKey(db, id))!);
  const certificate = async (user: User, id: string) => presentCertificate(rooms, user, (await findCertificate(db, id))!);
  const embed = async (user: User, id: string) => presentEmbed(rooms, user, (await findEmbed(db, id))!);

  serve(router, keyOperations.handOverKey, async (call) => {
    await handOver('key', call);
    return ok(await key(call.caller, call.params.id));
  });
  serve(router, keyOperations.acceptKey, async ({ caller, params: { id }, body }) => {
    const secret = await accept('key', caller, id, body);
    return ok({ ...(await key(caller, id)), key: secret });
  });
  serve(router, certificateOperations.handOverCertificate, async (call) => {
    await handOver('certificate', call);
    return ok(await certificate(call.caller, call.params.id));
  });
  serve(router, certificateOperations.acceptCertificate, async ({ caller, params: { id } }) => {
    await accept('certificate', caller, id);
    return ok(await certificate(caller, id));
  });
  serve(router, addressOperations.handOverEmbed, async (call) => {
    await handOver('embed', call);
    return ok(await embed(call.caller, call.params.id));
  });
  serve(router, addressOperations.acceptEmbed, async ({ caller, params: { id } }) => {
    await accept('embed', caller, id);
    return ok(await embed(caller, id));
  });
  return router;
}
