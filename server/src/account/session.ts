import { sessionOperations } from '@yutu/contract';
import { stringifySetCookie } from 'cookie';
import { type Request, type Response, Router } from 'express';
import { layersTold } from '../access/told.js';
import { record } from '../audit/chain.js';
import { publicInstance } from '../catalogue/catalogue.js';
import type { Message } from '../db/bus.js';
import type { Queryable } from '../db/database.js';
import { fail } from '../errors/fail.js';
import { queryParams } from '../http/request.js';
import { noContent, ok, serve } from '../http/serve.js';
import { type Account, authenticate, demoAccounts, findAccount } from '../identity/accounts.js';
import { anonymous, type Caller, hasRole, isStewardOf, namesOf } from '../identity/caller.js';
import { SECURE_SESSION_COOKIE, SESSION_COOKIE, secretHash, sessionToken } from '../identity/credentials.js';
import { lacking, useCode } from '../identity/factor.js';
import { noteRight, takeBack } from '../identity/lockout.js';
import {
  accountOfSession,
  awaitsConfirmation,
  callerOfSession,
  closeSession,
  endOldest,
  idTokenOf,
  type Lacking,
  noteWrongCode,
  openSession,
  pendingSession,
} from '../identity/sessions.js';
import { idTokenPurpose } from '../identity/vault.js';
import { attempt } from './attempt.js';
import type { AccountRooms } from './rooms.js';

export const DEMO_PASSWORD = 'yutu-demo';

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

/**
 * Makes room for a session that is about to be opened: the one that the browser brought along ends, whoever's it was, and so does the
 * oldest of the account's when they are too many.
 * @returns what is to be delivered after the commit
 */
export async function makeRoom(
  rooms: AccountRooms,
  q: Queryable,
  req: Request,
  username: string,
  pending: boolean,
): Promise<Message[]> {
  const before = sessionToken(req);
  if (before) await closeSession(q, before);
  const ended = [...(before ? [secretHash(before)] : []), ...(await endOldest(q, username, rooms.sessionsPerAccount, pending))];
  const told = ended.map((session): Message => ({ kind: 'identity', username: null, key: null, session }));
  for (const message of told) await rooms.bus.announce(q, message);
  return told;
}

/**
 * Opens a whole session in place of the one that the browser had, and notes that it was done.
 * @param by `waiting`: the token of the session that waited for this, if there was one
 * @returns its token, and what is to be delivered after the commit
 */
export async function enter(
  rooms: AccountRooms,
  q: Queryable,
  req: Request,
  account: Account,
  by: { waiting: string | null; factor: 'code' | 'recovery' | 'enrolled' | null },
): Promise<{ token: string; told: Message[] }> {
  const idToken = by.waiting && (await idTokenOf(q, by.waiting));
  const told = await makeRoom(rooms, q, req, account.username, false);
  const token = await openSession(q, account.username, rooms.sessionHours, {
    factor: by.factor !== null,
    address: req.ip,
    agent: req.headers['user-agent'],
    idToken,
  });
  await noteRight(q, account.username, String(req.ip));
  await record(q, {
    actor: account.username,
    organisation: account.organisation,
    action: 'sign_in',
    detail: by.factor ? { factor: by.factor } : {},
  });
  return { token, told };
}

/** What the viewer knows of whoever asks: the person with their counts, or what their sign-in still lacks. */
export async function presentSession(rooms: AccountRooms, caller: Caller, pending: Lacking | null = null) {
  const { db, catalogue } = rooms;
  const account = caller.kind === 'user' ? await findAccount(db, caller.name) : null;
  if (!account || caller.kind !== 'user') return { user: null, pending, inbox: 0, mine: 0 };
  const owned = [...catalogue.layers.values()].filter((l) => isStewardOf(caller, l.owner)).map((l) => l.id);
  const [counts] = await db.query<{ inbox: number; mine: number }>(
    `select count(*) filter (where status = 'submitted' and (layer = any($2::text[]) or ($3::boolean and exists (
         select 1 from yutu.request_extension x where x.request = r.id and x.agreed is null)))) as inbox,
       count(*) filter (where status in ('draft', 'submitted', 'correction') and organisation = $1
         and (applicant = any($4::text[]) or (submitted_at is not null and layer = any($5::text[])))) as mine from yutu.request r`,
    // More time to answer is the data authority's to agree to.
    [account.organisation, owned, hasRole(caller, 'security'), namesOf(caller), layersTold(rooms, caller)],
  );
  return {
    user: {
      username: account.username,
      nameZh: account.nameZh,
      nameEn: account.nameEn,
      organisation: catalogue.organisation(account.organisation),
      roles: [...caller.roles],
      actingFor: caller.actingFor ?? null,
    },
    pending: null,
    ...counts!,
  };
}

/** The caller of a session that was just opened. */
export async function callerEntered(rooms: AccountRooms, token: string): Promise<Caller> {
  const account = await accountOfSession(rooms.db, token, { strict: rooms.secondFactor !== 'off', demo: rooms.demo() });
  return account ? callerOfSession(account) : anonymous;
}

/** The caller of a session that was just opened, as the viewer is told. */
export async function presentEntered(rooms: AccountRooms, token: string) {
  const waits = await awaitsConfirmation(rooms.db, token);
  return presentSession(rooms, await callerEntered(rooms, token), waits ? 'confirm' : null);
}

/** /api/instance and /api/session. */
export function sessionRoutes(rooms: AccountRooms): Router {
  const { db, bus, catalogue } = rooms;
  const router = Router();

  /** Failed sign-ins of accounts that exist are logged; names that do not would fill the log. */
  async function noteFailure(username: string, action: 'sign_in_failed' | 'code_failed'): Promise<void> {
    if (await findAccount(db, username)) await db.tx((q) => record(q, { actor: username, organisation: null, action }));
  }

  router.get('/api/instance', async (req, res) => {
    queryParams(req, []);
    const demo = rooms.demo();
    const accounts = demo ? await demoAccounts(db) : [];
    res.setHeader('Cache-Control', 'no-cache').json({
      ...publicInstance(catalogue.instance),
      demo,
      oidc: rooms.oidc && { name: rooms.oidc.name },
      demoAccounts: accounts.map((a) => {
        const o = catalogue.organisation(a.organisation);
        const role = (['admin', 'security', 'auditor', 'steward'] as const).find((r) => a.roles.includes(r)) ?? a.roles[0]!;
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

  serve(router, sessionOperations.getSession, async ({ req, caller }) => {
    const token = caller.kind === 'anonymous' ? sessionToken(req) : null;
    const waiting = token ? await pendingSession(db, token) : null;
    const unconfirmed = token !== null && !waiting && (await awaitsConfirmation(db, token));
    const lacks = waiting?.pending ?? (unconfirmed ? 'confirm' : null);
    return ok(await presentSession(rooms, caller, lacks));
  });

  serve(router, sessionOperations.signIn, async ({ req, res, body }) => {
    const { username, password } = await body();
    const account = await attempt(db, req, username, async () => {
      const found = await authenticate(db, username, password);
      return found?.demo && !rooms.demo() ? null : found;
    });
    if (!account) {
      // Not awaited: how long the answer takes does not tell whether the name exists.
      noteFailure(username, 'sign_in_failed').catch(() => {});
      fail('sign_in_failed');
    }
    const pending = await lacking(db, rooms.secondFactor, account);
    const { token, told } = await db.tx(async (q) => {
      if (!pending) return enter(rooms, q, req, account, { waiting: null, factor: null });
      await takeBack(q, username, String(req.ip));
      const ended = await makeRoom(rooms, q, req, username, true);
      return { token: await openSession(q, username, rooms.sessionHours, { pending }), told: ended };
    });
    for (const message of told) await bus.deliver(message);
    setSessionCookie(rooms, res, token, rooms.sessionHours * 3600);
    return ok(await (pending ? presentSession(rooms, anonymous, pending) : presentEntered(rooms, token)));
  });

  serve(router, sessionOperations.giveCode, async ({ req, res, body }) => {
    const { code } = await body();
    const token = sessionToken(req);
    const waiting = token ? await pendingSession(db, token) : null;
    const account = waiting?.pending === 'code' ? await findAccount(db, waiting.username) : null;
    if (!token || !account) fail('sign_in_required');
    const opened = await attempt(db, req, account.username, () =>
      db.tx(async (q) => {
        const factor = await useCode(q, rooms.vault, account.username, code);
        return factor && enter(rooms, q, req, account, { waiting: token, factor });
      }),
    );
    if (!opened) {
      await noteWrongCode(db, token);
      await noteFailure(account.username, 'code_failed');
      fail('code_wrong');
    }
    for (const message of opened.told) await bus.deliver(message);
    setSessionCookie(rooms, res, opened.token, rooms.sessionHours * 3600);
    return ok(await presentEntered(rooms, opened.token));
  });

  serve(router, sessionOperations.signOut, async ({ req, res, caller }) => {
    const token = sessionToken(req);
    const sealed = token && (await idTokenOf(db, token));
    let elsewhere: string | null = null;
    if (token && caller.kind === 'user') {
      const ended = { kind: 'identity', username: null, key: null, session: secretHash(token) } as const;
      await db.tx(async (q) => {
        await closeSession(q, token);
        await record(q, { actor: caller.name, organisation: caller.organisation, action: 'sign_out' });
        await bus.announce(q, ended);
      });
      await bus.deliver(ended);
      if (sealed && rooms.oidc)
        elsewhere = await rooms.oidc.signOut(rooms.vault.open(sealed, idTokenPurpose(caller.name)), `${rooms.origin(req)}/`);
    } else if (token) await closeSession(db, token); // one that waited for its second factor
    setSessionCookie(rooms, res, '', 0);
    return elsewhere === null ? noContent() : ok({ elsewhere });
  });
  return router;
}
