import { certificateOperations } from '@yutu/contract';
import { Router } from 'express';
import { record } from '../audit/chain.js';
import { today } from '../catalogue/calendar.js';
import { isUuid } from '../db/database.js';
import { badParameter, fail } from '../errors/fail.js';
import { created, noContent, ok, serve } from '../http/serve.js';
import { fingerprintOf, isIssuedBy, readCertificate, subjectOf } from '../identity/certificates.js';
import { lockHeld } from '../identity/handover.js';
import { type Certificate, certificatesOf, registerCertificate, revokeCertificate } from '../identity/registered.js';
import { change } from './change.js';
import { allow, keeperOf, layerOf, presentHeld, scopeTold } from './held.js';
import { checkScope, requireDataOffice, requireRoom } from './keys.js';
import type { AccountRooms } from './rooms.js';

/** A certificate as it is listed. */
export function presentCertificate(rooms: AccountRooms, user: Parameters<typeof keeperOf>[0], certificate: Certificate) {
  const over = certificate.until < today(rooms.timezone);
  const everyLayer = certificate.layers === null;
  const {
    visible: _visible,
    granted: _granted,
    ...shown
  } = presentHeld(rooms, user, 'certificate', certificate, { over, everyLayer });
  return { ...shown, ...scopeTold(rooms, user, certificate) };
}

/** /api/certificates: client certificates of the organisation's systems, kept by those who answer for its data. */
export function certificateRoutes(rooms: AccountRooms): Router {
  const { db, bus, authorities } = rooms;
  const router = Router();

  serve(router, certificateOperations.getCertificates, async ({ caller: user }) => {
    requireDataOffice(user);
    const certificates = (await certificatesOf(db, user.organisation)).map((c) => presentCertificate(rooms, user, c));
    return ok({ certificates });
  });

  serve(router, certificateOperations.registerCertificate, async ({ caller: user, body }) => {
    requireDataOffice(user);
    const input = await body();
    const certificate = readCertificate(input.certificate);
    if (!certificate) badParameter('certificate', '不是 PEM 格式的证书', 'it is no certificate in PEM');
    if (certificate.ca)
      badParameter('certificate', '这是颁发机构的证书，不是客户端的', 'it is an authority’s certificate, not a client’s');
    if (Date.parse(certificate.validTo) < Date.now()) badParameter('certificate', '证书已过期', 'the certificate is over');
    if (authorities && !isIssuedBy(certificate, authorities))
      badParameter('certificate', '证书不是由认可的机构颁发的', 'it was not issued by an authority accepted here');
    const subject = subjectOf(certificate);
    if (input.match === 'subject' && subject === '') badParameter('match', '证书没有主体名称', 'the certificate has no subject');
    const scope = checkScope(rooms, user, input);
    const made = await db.tx(async (q) => {
      await requireRoom(rooms, q, user);
      const registered = await registerCertificate(q, {
        name: input.name,
        organisation: user.organisation,
        createdBy: user.name,
        fingerprint: input.match === 'fingerprint' ? fingerprintOf(certificate) : null,
        subject: input.match === 'subject' ? subject : null,
        actions: input.actions ?? null,
        quota: input.quota ?? null,
        ...scope,
      });
      if (!registered) fail('certificate_taken');
      const { id, name, fingerprint, layers, actions, quota, until } = registered;
      await record(q, {
        actor: user.name,
        organisation: user.organisation,
        action: 'certificate_registered',
        subject: id,
        detail: { name, fingerprint, certificate: registered.subject, layers, actions, quota, until },
      });
      await bus.announce(q, { kind: 'identity', username: null, key: id });
      return registered;
    });
    await bus.deliver({ kind: 'identity', username: null, key: made.id });
    return created(presentCertificate(rooms, user, made), `/api/certificates/${made.id}`);
  });

  serve(router, certificateOperations.revokeCertificate, async ({ caller: user, params: { id } }) => {
    requireDataOffice(user);
    if (!isUuid(id)) fail('certificate_not_found');
    await change(rooms, { kind: 'identity', username: null, key: id }, async (q) => {
      const held = await lockHeld(q, 'certificate', id, today(rooms.timezone));
      allow(
        keeperOf(user),
        { kind: 'revoke' },
        held && { ...held, granted: false, ...layerOf(rooms, user, null) },
        'certificate',
      );
      const { name } = (await revokeCertificate(q, id))!;
      await record(q, {
        actor: user.name,
        organisation: user.organisation,
        action: 'certificate_revoked',
        subject: id,
        detail: { name },
      });
    });
    return noContent();
  });
  return router;
}
