import { ownAccountOperations } from '@yutu/contract';
import { type Request, Router } from 'express';
import { record } from '../audit/chain.js';
import { today } from '../catalogue/calendar.js';
import { isUuid } from '../db/database.js';
import { badParameter, fail } from '../errors/fail.js';
import { created, noContent, ok, serve } from '../http/serve.js';
import {
  type Account,
  accountRecord,
  authenticate,
  findAccount,
  isFederated,
  resetLinkOwner,
  setPassword,
} from '../identity/accounts.js';
import type { Caller } from '../identity/caller.js';
import { secretHash, sessionToken } from '../identity/credentials.js';
import { colleaguesOf, delegate, delegationsOf, endDelegation } from '../identity/delegation.js';
import {
  confirmFactor,
  factorReset,
  factorUri,
  holdsFactorLink,
  offerFactor,
  recoveryCodesLeft,
  removeFactor,
} from '../identity/factor.js';
import { keepSystems, lockStamp, renewStamp } from '../identity/handover.js';
import { noteRight, takeBack, unlock } from '../identity/lockout.js';
import { hashPassword, passwordFault } from '../identity/password.js';
import { needsFactor } from '../identity/roles.js';
import { closeSessionsOf, noteWrongCode, pendingSession, sessionsOf } from '../identity/sessions.js';
import { attempt, limitAddress } from './attempt.js';
import { change, rightsChanged, sessionsEnded } from './change.js';
import type { AccountRooms } from './rooms.js';
import { enter, presentEntered, presentSession, setSessionCookie } from './session.js';

/** @throws `parameter_invalid` */
function checkPassword(username: string, password: string): void {
  const fault = passwordFault(username, password);
  if (fault) badParameter('password', ...fault);
}

/** /api/account: what people do with their own account. */
export function ownAccountRoutes(rooms: AccountRooms): Router {
  const { db, catalogue } = rooms;
  const router = Router();

  /** The signed-in person's account. @throws `demo_account`: those are everybody's */
  async function own(caller: Caller): Promise<Account> {
    if (caller.kind === 'key') fail('person_required');
    const account = caller.kind === 'user' ? await findAccount(db, caller.name) : null;
    if (!account) fail('sign_in_required');
    if (account.demo) fail('demo_account');
    return account;
  }
  const hashOf = (req: Request) => secretHash(sessionToken(req)!);

  /** A stolen session is no password: what changes the way in asks for it again. */
  async function prove(req: Request, account: Account, password: string | undefined): Promise<void> {
    const right = await attempt(db, req, account.username, () => authenticate(db, account.username, password ?? ''));
    if (!right) fail('password_wrong');
    await noteRight(db, account.username, String(req.ip));
  }

  /** Whoever may set up a second factor: a person, or one whose sign-in waits for it. */
  async function enrolling(req: Request, caller: Caller): Promise<{ account: Account; waiting: string | null; renews: boolean }> {
    if (caller.kind !== 'anonymous') return { account: await own(caller), waiting: null, renews: false };
    const token = sessionToken(req);
    const waiting = token ? await pendingSession(db, token) : null;
    const account = waiting && waiting.pending !== 'code' ? await findAccount(db, waiting.username) : null;
    if (!token || !account) fail('sign_in_required');
    return { account, waiting: token, renews: waiting!.pending === 'renew' };
  }

  serve(router, ownAccountOperations.getOwnAccount, async ({ req, caller: user }) => {
    const account = (await accountRecord(db, user.name))!;
    const mine = account.roles.includes('steward');
    return ok({
      username: account.username,
      nameZh: account.nameZh,
      nameEn: account.nameEn,
      organisation: catalogue.organisation(account.organisation),
      roles: account.roles,
      demo: account.demo,
      factor: {
        confirmed: account.factor,
        required: needsFactor(rooms.secondFactor, account),
        recoveryCodes: await recoveryCodesLeft(db, user.name),
        reset: await factorReset(db, user.name),
      },
      sessions: await sessionsOf(db, user.name, hashOf(req)),
      delegations: await delegationsOf(db, user.name),
      colleagues: mine ? await colleaguesOf(db, account.organisation, user.name) : [],
    });
  });

  serve(router, ownAccountOperations.changePassword, async ({ req, caller, body }) => {
    const account = await own(caller);
    const { current, password, keepSystems: keeps } = await body();
    if (await isFederated(db, account.username)) fail('account_federated');
    checkPassword(account.username, password);
    await prove(req, account, current);
    const hash = await hashPassword(password);
    const here = hashOf(req);
    await change(rooms, sessionsEnded(account.username, here), async (q) => {
      const before = await lockStamp(q, account.username);
      await setPassword(q, account.username, hash);
      // Under the password that was just proved: what the person says goes on.
      if (keeps) await keepSystems(q, account.username, before);
      await closeSessionsOf(q, account.username, here);
      await record(q, {
        actor: account.username,
        organisation: account.organisation,
        action: 'password_changed',
        subject: account.username,
        detail: { systems: keeps ? 'kept' : 'ended' },
      });
    });
    return noContent();
  });

  serve(router, ownAccountOperations.endOtherSessions, async ({ req, caller: user }) => {
    const here = hashOf(req);
    await change(rooms, sessionsEnded(user.name, here), async (q) => {
      await renewStamp(q, user.name);
      await closeSessionsOf(q, user.name, here);
      await record(q, { actor: user.name, organisation: user.organisation, action: 'sessions_ended', subject: user.name });
    });
    return noContent();
  });

  serve(router, ownAccountOperations.offerFactor, async ({ req, caller, body }) => {
    const { account, waiting, renews } = await enrolling(req, caller);
    const { password, token } = await body();
    if (!waiting) await prove(req, account, password);
    if (renews) {
      const held = await attempt(db, req, account.username, async () =>
        (await holdsFactorLink(db, account.username, token ?? '')) ? true : null,
      );
      if (!held) {
        await noteWrongCode(db, waiting!);
        fail('factor_link_invalid');
      }
      await takeBack(db, account.username, String(req.ip));
    }
    const made = await offerFactor(db, rooms.vault, account.username);
    return ok({ secret: made, uri: factorUri(made, catalogue.instance.brandEn, account.username) });
  });

  serve(router, ownAccountOperations.confirmFactor, async ({ req, res, caller, body }) => {
    const { account, waiting } = await enrolling(req, caller);
    const { code } = await body();
    const [offered] = await db.query('select 1 from yutu.account where username = $1 and factor_offered is not null', [
      account.username,
    ]);
    if (!offered) fail('factor_not_offered');
    const here = waiting ? null : hashOf(req);
    const message = sessionsEnded(account.username, here ?? undefined);
    const done = await attempt(db, req, account.username, () =>
      change(rooms, message, async (q) => {
        const reset = await factorReset(q, account.username);
        const recoveryCodes = await confirmFactor(q, rooms.vault, account.username, code.replace(/\s/g, ''));
        if (!recoveryCodes) return null;
        await closeSessionsOf(q, account.username, here);
        if (here) await q.query('update yutu.session set factor = true where hash = $1', [here]);
        await record(q, {
          actor: account.username,
          organisation: account.organisation,
          action: 'factor_enrolled',
          subject: account.username,
          detail: reset?.open ? { resetBy: reset.by } : {},
        });
        // Whoever the session belonged to hears of it by the message that ends all others.
        const token = waiting ? (await enter(rooms, q, req, account, { waiting, factor: 'enrolled' })).token : null;
        return { recoveryCodes, token };
      }),
    );
    if (!done) {
      if (waiting) await noteWrongCode(db, waiting);
      fail('code_wrong');
    }
    if (waiting) setSessionCookie(rooms, res, done.token!, rooms.sessionHours * 3600);
    else await noteRight(db, account.username, String(req.ip));
    const session = await (done.token ? presentEntered(rooms, done.token) : presentSession(rooms, caller));
    return ok({ recoveryCodes: done.recoveryCodes, session });
  });

  serve(router, ownAccountOperations.removeFactor, async ({ req, caller, body }) => {
    const account = await own(caller);
    const { password } = await body();
    if (needsFactor(rooms.secondFactor, account)) fail('factor_required');
    await prove(req, account, password);
    const here = hashOf(req);
    await change(rooms, sessionsEnded(account.username, here), async (q) => {
      await removeFactor(q, account.username);
      await closeSessionsOf(q, account.username, here);
      await record(q, {
        actor: account.username,
        organisation: account.organisation,
        action: 'factor_removed',
        subject: account.username,
      });
    });
    return noContent();
  });

  serve(router, ownAccountOperations.delegate, async ({ caller: user, body }) => {
    const { delegate: to, from, until } = await body();
    const account = await findAccount(db, user.name);
    // What was delegated is not passed on: the account itself must be a steward's.
    if (!account?.roles.includes('steward')) fail('role_required', { role: 'steward' });
    const colleagues = await colleaguesOf(db, account.organisation, account.username);
    if (!colleagues.some((c) => c.username === to))
      badParameter(
        'delegate',
        '应为本单位的同事，且不是数据管理员',
        'it must be a colleague of your organisation who is no steward already',
      );
    if (from < today(rooms.timezone)) badParameter('from', '不能早于今天', 'it may not lie before today');
    if (until < from) badParameter('until', '不能早于开始', 'it may not lie before the beginning');
    if (Date.parse(until) - Date.parse(from) > 366 * 86_400_000)
      badParameter('until', '最长一年', 'a delegation lasts a year at most');
    const made = await change(rooms, rightsChanged(to), async (q) => {
      const done = await delegate(q, { steward: account.username, delegate: to, from, until }, rooms.timezone);
      await record(q, {
        actor: account.username,
        organisation: account.organisation,
        action: 'delegation_made',
        subject: to,
        detail: { from, until },
      });
      return done;
    });
    return created(made, `/api/account/delegations/${made.id}`);
  });

  serve(router, ownAccountOperations.endDelegation, async ({ caller: user, params: { id } }) => {
    const [given] = isUuid(id) ? (await delegationsOf(db, user.name)).filter((d) => d.id === id && d.steward === user.name) : [];
    if (!given) fail('delegation_not_found');
    await change(rooms, rightsChanged(given.delegate), async (q) => {
      if (!(await endDelegation(q, user.name, id))) fail('delegation_not_found');
      await record(q, {
        actor: user.name,
        organisation: user.organisation,
        action: 'delegation_ended',
        subject: given.delegate,
      });
    });
    return noContent();
  });

  serve(router, ownAccountOperations.resetPassword, async ({ req, body }) => {
    const { token, password } = await body();
    await limitAddress(req);
    const owner = await resetLinkOwner(db, token);
    if (!owner) fail('reset_link_invalid');
    checkPassword(owner.username, password);
    const hash = await hashPassword(password);
    await change(rooms, sessionsEnded(owner.username), async (q) => {
      // Once more: of two that come with the same link, one finds it used.
      if (!(await resetLinkOwner(q, token, true))) fail('reset_link_invalid');
      await setPassword(q, owner.username, hash);
      await closeSessionsOf(q, owner.username);
      await unlock(q, owner.username);
      await record(q, {
        actor: owner.username,
        organisation: owner.organisation,
        action: 'password_reset',
        subject: owner.username,
      });
    });
    return ok({ username: owner.username });
  });
  return router;
}
