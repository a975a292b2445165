import { Router } from 'express';
import { z } from 'zod';
import { record } from '../audit/chain.js';
import { today } from '../catalogue/calendar.js';
import { isUuid } from '../db/database.js';
import { badParameter, fail } from '../errors/fail.js';
import { created } from '../http/links.js';
import { queryParams, readBody } from '../http/request.js';
import { fingerprintOf, isIssuedBy, readCertificate, subjectOf } from '../identity/certificates.js';
import { lockHeld } from '../identity/handover.js';
import { plainName } from '../identity/plain-name.js';
import { type Certificate, certificatesOf, registerCertificate, revokeCertificate } from '../identity/registered.js';
import { change } from './change.js';
import { allow, keeperOf, layerOf, presentHeld, scopeTold } from './held.js';
import { checkScope, requireDataOffice, requireRoom, scopeInput } from './keys.js';
import type { AccountRooms } from './rooms.js';

/** Body of POST /api/certificates. */
export const certificateInput = z.strictObject({
  name: plainName(80),
  certificate: z.string().max(20_000),
  match: z.enum(['fingerprint', 'subject']).default('fingerprint'),
  ...scopeInput,
});

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

  router.get('/api/certificates', async (req, res) => {
    queryParams(req, []);
    const user = requireDataOffice(res);
    res.setHeader('Cache-Control', 'no-store').json({
      certificates: (await certificatesOf(db, user.organisation)).map((c) => presentCertificate(rooms, user, c)),
    });
  });

  router.post('/api/certificates', async (req, res) => {
    const user = requireDataOffice(res);
    const input = await readBody(req, certificateInput);
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
    created(res, rooms.origin(req), `/api/certificates/${made.id}`)
      .setHeader('Cache-Control', 'no-store')
      .json(presentCertificate(rooms, user, made));
  });

  router.delete('/api/certificates/:id', async (req, res) => {
    const user = requireDataOffice(res);
    const { id } = req.params;
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
    res.status(204).end();
  });
  return router;
}
