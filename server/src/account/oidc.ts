import { stringifySetCookie } from 'cookie';
import { type Request, type Response, Router } from 'express';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { record } from '../audit/chain.js';
import { badParameter, fail, YutuError } from '../errors/fail.js';
import { languageOf, toProblem } from '../errors/problem.js';
import { pathOf } from '../http/links.js';
import { queryParams } from '../http/request.js';
import { openSession } from '../identity/accounts.js';
import { cookieOf } from '../identity/credentials.js';
import { lacking } from '../identity/factor.js';
import { isLocalPath, keepFederated } from '../identity/oidc.js';
import { idTokenPurpose } from '../identity/vault.js';
import type { AccountRooms } from './rooms.js';
import { makeRoom, setSessionCookie } from './session.js';

const COOKIE = 'yutu_sign_in';
const PATH = '/api/session/oidc';

/** /api/session/oidc: signing in at the city's own service. */
export function oidcRoutes(rooms: AccountRooms): Router {
  const { db, bus, catalogue, oidc } = rooms;
  const router = Router();
  const addresses = new RateLimiterMemory({ points: 60, duration: 60 });

  const redirectOf = (req: Request) => `${rooms.origin(req)}${PATH}/callback`;
  const setCookie = (req: Request, res: Response, value: string, maxAge: number) =>
    res.append(
      'Set-Cookie',
      stringifySetCookie({
        name: COOKIE,
        value,
        httpOnly: true,
        sameSite: 'lax',
        path: `${pathOf(rooms.origin(req))}${PATH}`,
        secure: rooms.secureCookie,
        maxAge,
      }),
    );

  router.get('/api/session/oidc', async (req, res) => {
    const { return: path = '/' } = queryParams(req, ['return']);
    const service = oidc ?? fail('not_found');
    if (!isLocalPath(path) || path.length > 2_000)
      badParameter('return', '应为本站的路径，以 / 开头', 'it must be a path of this site, beginning with /');
    await addresses.consume(String(req.ip)).catch((limited) => {
      if (!(limited instanceof RateLimiterRes)) throw limited;
      const seconds = Math.ceil(limited.msBeforeNext / 1000);
      fail('too_many_attempts', { seconds }, { retryAfter: seconds });
    });
    const { url, secret } = await service.begin(redirectOf(req), path);
    setCookie(req, res, secret, 600);
    res.setHeader('Cache-Control', 'no-store').redirect(302, url);
  });

  router.get('/api/session/oidc/callback', async (req, res) => {
    const service = oidc ?? fail('not_found');
    setCookie(req, res, '', 0);
    res.setHeader('Cache-Control', 'no-store');
    try {
      const { search } = new URL(req.originalUrl, 'http://localhost');
      const { person, path } = await service.finish(new URL(`${redirectOf(req)}${search}`), cookieOf(req, COOKIE));
      if (!catalogue.organisations.has(person.organisation))
        fail('oidc_organisation', { organisation: person.organisation.slice(0, 60) });
      const { token, told } = await db.tx(async (q) => {
        const { username, changed } = await keepFederated(q, person);
        const { organisation, roles } = person;
        if (changed)
          await record(q, {
            actor: username,
            organisation,
            action: 'account_saved',
            subject: username,
            detail: { roles, issuer: person.issuer },
          });
        // Where the settings do not say how the service tells of a second factor, it answers for its people itself.
        const account = { username, roles, demo: false };
        const pending = service.tellsFactor && !person.factor ? await lacking(q, rooms.secondFactor, account) : null;
        if (!pending) {
          const detail = { issuer: person.issuer, ...(person.factor && { factor: 'service' }) };
          await record(q, { actor: username, organisation, action: 'sign_in', detail });
        }
        const news = changed ? ([{ kind: 'identity', username, key: null }] as const) : [];
        for (const message of news) await bus.announce(q, message);
        // A session that the browser brought along ends: nobody goes on under an id from before the sign-in.
        const told = [...news, ...(await makeRoom(rooms, q, req, username, pending !== null))];
        const { factor } = person;
        const idToken = rooms.vault.seal(person.idToken, idTokenPurpose(username));
        const notes = { factor, pending, idToken, address: req.ip, agent: req.headers['user-agent'] };
        return { token: await openSession(q, username, rooms.sessionHours, notes), told };
      });
      for (const message of told) await bus.deliver(message);
      setSessionCookie(rooms, res, token, rooms.sessionHours * 3600);
      res.redirect(303, `${pathOf(rooms.origin(req))}${path}`);
    } catch (error) {
      if (!(error instanceof YutuError) || req.accepts(['json', 'html']) !== 'html') throw error;
      sendPage(req, res, error, `${pathOf(rooms.origin(req))}/`);
    }
  });
  return router;
}

const escaped = (text: string) => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

/** A fault of a sign-in as a page: the browser came here by itself and shows whatever it gets. */
function sendPage(req: Request, res: Response, error: YutuError, home: string): void {
  const language = languageOf(req.headers['accept-language']);
  const { body } = toProblem(error, language);
  const back = language === 'zh' ? '返回' : 'Back';
  res
    .status(body.status)
    .type('html')
    .send(
      `<!doctype html><html lang="${language}"><meta charset="utf-8"><title>${escaped(body.title)}</title><h1>${escaped(body.title)}</h1><p>${escaped(body.detail)}</p><p><a href="${escaped(home)}">${back}</a></p></html>`,
    );
}
