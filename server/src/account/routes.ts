import { stringifySetCookie } from 'cookie';
import { type Response, Router } from 'express';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { z } from 'zod';
import type { Decisions } from '../access/decisions.js';
import { record } from '../audit/chain.js';
import { today } from '../catalogue/calendar.js';
import type { Catalogue } from '../catalogue/catalogue.js';
import type { Bus } from '../db/bus.js';
import { type Database, isUuid } from '../db/database.js';
import { badParameter, fail } from '../errors/fail.js';
import { callerOf, queryParams, readBody, requireUser } from '../http/request.js';
import { type Account, authenticate, closeSession, demoAccounts, findAccount, openSession } from '../identity/accounts.js';
import { type Caller, isStewardOf } from '../identity/caller.js';
import { SESSION_COOKIE, secretHash, sessionToken } from '../identity/callers.js';
import { createKey, findKey, keysOf, revokeKey } from '../identity/keys.js';

export interface AccountRooms {
  db: Database;
  bus: Bus;
  catalogue: Catalogue;
  decisions: Decisions;
  demo: () => boolean;
  timezone: string;
  sessionHours: number;
  secureCookie: boolean;
}

export const DEMO_PASSWORD = 'yutu-demo';

/** Body of POST /api/session. */
export const credentials = z.strictObject({ username: z.string().max(200), password: z.string().max(1000) });
/** Body of POST /api/keys. */
export const keyInput = z.strictObject({
  name: z.string().trim().min(1).max(80),
  layers: z.array(z.string().max(60)).min(1).max(500).optional(),
  until: z.iso.date().optional(),
});

/** /api/instance, /api/session and /api/keys. */
export function accountRoutes(rooms: AccountRooms): Router {
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

  const setCookie = (res: Response, value: string, maxAge: number) =>
    res.append(
      'Set-Cookie',
      stringifySetCookie({
        name: SESSION_COOKIE,
        value,
        httpOnly: true,
        sameSite: 'lax',
        path: '/',
        secure: rooms.secureCookie,
        maxAge,
      }),
    );

  router.get('/api/instance', async (req, res) => {
    queryParams(req, []);
    const demo = rooms.demo();
    const accounts = demo ? await demoAccounts(db) : [];
    res.setHeader('Cache-Control', 'no-cache').json({
      ...catalogue.instance,
      demo,
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
    setCookie(res, token, rooms.sessionHours * 3600);
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
    setCookie(res, '', 0);
    res.status(204).end();
  });

  router.get('/api/keys', async (req, res) => {
    queryParams(req, []);
    const user = requireUser(res);
    res.setHeader('Cache-Control', 'no-store').json({ keys: await keysOf(db, user.organisation) });
  });
  router.post('/api/keys', async (req, res) => {
    const user = requireUser(res);
    const input = readBody(req, keyInput);
    for (const id of input.layers ?? []) {
      const layer = catalogue.layers.get(id);
      if (!layer || !rooms.decisions.of(user, layer).discover) fail('layer_not_found', { layer: id });
    }
    if (input.until !== undefined && input.until < today(rooms.timezone))
      badParameter('until', '期限不能早于今天', 'it may not lie before today');
    const key = await db.tx(async (q) => {
      const made = await createKey(q, {
        name: input.name,
        organisation: user.organisation,
        createdBy: user.name,
        layers: input.layers ?? null,
        until: input.until ?? null,
      });
      await record(q, {
        actor: user.name,
        organisation: user.organisation,
        action: 'key_created',
        subject: made.id,
        detail: { name: made.name, prefix: made.prefix, layers: made.layers, until: made.until },
      });
      return made;
    });
    res.status(201).setHeader('Cache-Control', 'no-store').location(`/api/keys/${key.id}`).json(key);
  });
  router.delete('/api/keys/:id', async (req, res) => {
    const user = requireUser(res);
    const key = isUuid(req.params.id) ? await findKey(db, req.params.id) : null;
    if (!key || key.organisation !== user.organisation) fail('key_not_found');
    await db.tx(async (q) => {
      await revokeKey(q, key.id);
      await record(q, {
        actor: user.name,
        organisation: user.organisation,
        action: 'key_revoked',
        subject: key.id,
        detail: { name: key.name },
      });
      await bus.announce(q, { kind: 'identity', username: null, key: key.id });
    });
    await bus.deliver({ kind: 'identity', username: null, key: key.id });
    res.status(204).end();
  });
  return router;
}
