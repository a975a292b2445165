import { stringifySetCookie } from 'cookie';
import { type Response, Router } from 'express';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { z } from 'zod';
import { record } from '../audit/chain.js';
import { fail } from '../errors/fail.js';
import { callerOf, queryParams, readBody } from '../http/request.js';
import { type Account, authenticate, closeSession, demoAccounts, findAccount, openSession } from '../identity/accounts.js';
import { type Caller, isStewardOf } from '../identity/caller.js';
import { SECURE_SESSION_COOKIE, SESSION_COOKIE, secretHash, sessionToken } from '../identity/credentials.js';
import type { AccountRooms } from './rooms.js';

export const DEMO_PASSWORD = 'yutu-demo';

/** Body of POST /api/session. */
export const credentials = z.strictObject({ username: z.string().max(200), password: z.string().max(1000) });

/** Gives the browser its session. @param maxAge seconds; 0 takes it away */
export function setSessionCookie(rooms: AccountRooms, res: Response, value: string, maxAge: number): void {
  res.append(
    'Set-Cookie',
    stringifySetCookie({
      name: rooms.secureCookie ? SECURE_SESSION_COOKIE : SESSION_COOKIE,
      value,
      httpOnly: true,
      sameSite: 'lax',
      path: '/',
      secure: rooms.secureCookie,
      maxAge,
    }),
  );
}

/** /api/instance and /api/session. */
export function sessionRoutes(rooms: AccountRooms): Router {
  const { db, bus, catalogue } = rooms;
  const router = Router();
  // Per account and address: guessing is slow, and one attacker does not lock everyone out.
  const attempts = new RateLimiterMemory({ points: 10, duration: 60, blockDuration: 60 });
  // Per address, whatever the names: a list of names tried from one place costs the others no time.
  const addresses = new RateLimiterMemory({ points: 120, duration: 60 });

  const present = (a: Account) => ({
    username: a.username,
    nameZh: a.nameZh,
    nameEn: a.nameEn,
    organisation: catalogue.organisation(a.organisation),
    roles: a.roles,
  });

  async function session(caller: Caller) {
    const account = caller.kind === 'user' ? await findAccount(db, caller.name) : null;
    if (!account || caller.kind !== 'user') return { user: null, inbox: 0, mine: 0 };
    const owned = [...catalogue.layers.values()].filter((l) => isStewardOf(caller, l.owner)).map((l) => l.id);
    const [counts] = await db.query<{ inbox: number; mine: number }>(
      `select count(*) filter (where status = 'submitted' and layer = any($2::text[])) as inbox,
         count(*) filter (where status in ('draft', 'submitted', 'correction') and organisation = $1) as mine from yutu.request`,
      [account.organisation, owned],
    );
    return { user: present(account), ...counts! };
  }

  /** Failed sign-ins of accounts that exist are logged; names that do not would fill the log. */
  async function noteFailure(username: string): Promise<void> {
    if (await findAccount(db, username))
      await db.tx((q) => record(q, { actor: username, organisation: null, action: 'sign_in_failed' }));
  }

  router.get('/api/instance', async (req, res) => {
    queryParams(req, []);
    const demo = rooms.demo();
    const accounts = demo ? await demoAccounts(db) : [];
    res.setHeader('Cache-Control', 'no-cache').json({
      ...catalogue.instance,
      demo,
      oidc: rooms.oidc && { name: rooms.oidc.name },
      demoAccounts: accounts.map((a) => {
        const o = catalogue.organisation(a.organisation);
        const role = (['admin', 'auditor', 'steward'] as const).find((r) => a.roles.includes(r)) ?? a.roles[0]!;
        return {
          username: a.username,
          password: DEMO_PASSWORD,
          nameZh: a.nameZh,
          nameEn: a.nameEn,
          organisationZh: o.titleZh,
          organisationEn: o.titleEn,
          role,
        };
      }),
    });
  });

  router.get('/api/session', async (req, res) => {
    queryParams(req, []);
    res.setHeader('Cache-Control', 'no-store').json(await session(callerOf(res)));
  });

  router.post('/api/session', async (req, res) => {
    const { username, password } = readBody(req, credentials);
    const from = `${username.toLowerCase()}|${req.ip}`;
    const limit = (limiter: RateLimiterMemory, key: string) =>
      limiter.consume(key).catch((limited) => {
        if (!(limited instanceof RateLimiterRes)) throw limited;
        const seconds = Math.ceil(limited.msBeforeNext / 1000);
        fail('too_many_attempts', { seconds }, { retryAfter: seconds });
      });
    await limit(addresses, String(req.ip));
    await limit(attempts, from);
    const account = await authenticate(db, username, password);
    if (!account || (account.demo && !rooms.demo())) {
      // Not awaited: how long the answer takes does not tell whether the name exists.
      noteFailure(username).catch(() => {});
      fail('sign_in_failed');
    }
    await attempts.delete(from);
    const token = await db.tx(async (q) => {
      await record(q, { actor: account.username, organisation: account.organisation, action: 'sign_in' });
      return openSession(q, account.username, rooms.sessionHours);
    });
    setSessionCookie(rooms, res, token, rooms.sessionHours * 3600);
    const caller: Caller = {
      kind: 'user',
      name: account.username,
      organisation: account.organisation,
      roles: account.roles,
      scope: null,
      keyId: null,
    };
    res.setHeader('Cache-Control', 'no-store').json(await session(caller));
  });

  router.delete('/api/session', async (req, res) => {
    const token = sessionToken(req);
    const caller = callerOf(res);
    if (token && caller.kind === 'user') {
      const ended = { kind: 'identity', username: null, key: null, session: secretHash(token) } as const;
      await db.tx(async (q) => {
        await closeSession(q, token);
        await record(q, { actor: caller.name, organisation: caller.organisation, action: 'sign_out' });
        await bus.announce(q, ended);
      });
      await bus.deliver(ended);
    }
    setSessionCookie(rooms, res, '', 0);
    res.status(204).end();
  });

  return router;
}
