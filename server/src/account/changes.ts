import { accountChangeOperations, type Sheet } from '@yutu/contract';
import { Router } from 'express';
import { record } from '../audit/chain.js';
import { membershipOf } from '../catalogue/subjects.js';
import type { Message } from '../db/bus.js';
import { isUuid, type Queryable } from '../db/database.js';
import { type ErrorCode, fail } from '../errors/fail.js';
import { requireRole } from '../http/request.js';
import { noContent, ok, serve } from '../http/serve.js';
import {
  type AccountRecord,
  accountRecord,
  accountsOf,
  changeAccount,
  dropAccount,
  settleAccount,
} from '../identity/accounts.js';
import type { Caller } from '../identity/caller.js';
import { endChange, type WaitingChange, waitingChange, waitingChanges } from '../identity/changes.js';
import { afterConfirmation, confirmRefusal, lapsesAt } from '../identity/confirmation.js';
import type { Refusal } from '../identity/roles.js';
import { closeSessionsOf } from '../identity/sessions.js';
import { unsent } from '../mail/outbox.js';
import { change, sessionsEnded } from './change.js';
import { makeSheet, reaches, sendSheet } from './hand.js';
import { keepOffices, lockOffices } from './offices.js';
import type { AccountRooms } from './rooms.js';

type User = Extract<Caller, { kind: 'user' }>;

/** The way that a link takes once its change is confirmed; null: there is no link. */
type Way = 'mail' | 'sheet' | null;

/** Who somebody is has changed; their sessions go on. */
const changed: Message = { kind: 'identity', username: null, key: null };

/** So many are listed, the oldest first. */
const MOST = 200;

const faults: Partial<Record<Refusal, ErrorCode>> = {
  own_account: 'own_account',
  own_change: 'own_change',
  same_office: 'same_office',
};

/** /api/account-changes: what one administrator did to an account, and another confirms. `identity/confirmation.ts` says who. */
export function accountChangeRoutes(rooms: AccountRooms): Router {
  const { db, catalogue, mailer } = rooms;
  const router = Router();

  const confirms = (by: User) => requireRole(by, 'admin', 'security', 'auditor', 'org_admin');

  function whyNot(by: User, waiting: WaitingChange, account: AccountRecord): Refusal | null {
    const { ancestors } = membershipOf(catalogue.organisations, waiting.organisation ?? account.organisation);
    return confirmRefusal(by, waiting, account, ancestors.includes(by.organisation));
  }

  /** A reset waits only when its link does not go by mail. */
  function wayOf(waiting: WaitingChange, account: AccountRecord): Way {
    const { link } = afterConfirmation(account, waiting);
    if (link === null) return null;
    return waiting.kind === 'create' && reaches(mailer, account) ? 'mail' : 'sheet';
  }

  const hasLapsed = ({ at }: WaitingChange) => lapsesAt(at, rooms.confirmDays) <= Date.now();

  function present(by: User, waiting: WaitingChange, account: AccountRecord) {
    const { id, kind, username, office, at } = waiting;
    const may = whyNot(by, waiting, account) === null;
    const lapsed = hasLapsed(waiting);
    const withdraws = waiting.by === by.name && office !== 'service';
    return {
      id,
      kind,
      username,
      nameZh: account.nameZh,
      nameEn: account.nameEn,
      organisation: catalogue.organisation(account.organisation),
      roles: account.roles,
      mail: account.mail,
      to: {
        roles: waiting.roles && [...waiting.roles],
        organisation: waiting.organisation === null ? null : catalogue.organisation(waiting.organisation),
        mail: waiting.mail,
      },
      by: waiting.by,
      office,
      at,
      link: wayOf(waiting, account),
      until: new Date(lapsesAt(at, rooms.confirmDays)).toISOString(),
      lapsed,
      can: [
        ...(may && !lapsed ? (['confirm'] as const) : []),
        ...(may ? (['decline'] as const) : []),
        ...(withdraws ? (['withdraw'] as const) : []),
      ],
    };
  }

  /** Mail that did not go out, to people whom the caller could confirm. */
  async function unsentFor(by: User) {
    const mails = await unsent(db);
    const accounts = await accountsOf(
      db,
      mails.map(({ username }) => username),
    );
    return mails.flatMap((mail) => {
      const account = accounts.get(mail.username);
      if (!account) return [];
      const reset = { kind: 'reset_password', by: '', office: 'machine', roles: null, organisation: null, mail: null } as const;
      const { ancestors } = membershipOf(catalogue.organisations, account.organisation);
      if (confirmRefusal(by, reset, account, ancestors.includes(by.organisation)) === 'hidden') return [];
      const { nameZh, nameEn } = account;
      return [{ ...mail, nameZh, nameEn, organisation: catalogue.organisation(account.organisation) }];
    });
  }

  /** A change with its account, which stays as it is until the transaction ends. @throws `account_change_not_found` */
  async function waitingOf(q: Queryable, by: User, id: string): Promise<[WaitingChange, AccountRecord, Refusal | null]> {
    const found = isUuid(id) ? await waitingChange(q, id) : null;
    const account = found && (await accountRecord(q, found.username, true));
    // Once more, now that nobody else can end it.
    const waiting = account && (await waitingChange(q, id));
    if (!account || !waiting) fail('account_change_not_found');
    const why = whyNot(by, waiting, account);
    if (why === 'hidden' && waiting.by !== by.name) fail('account_change_not_found');
    return [waiting, account, why];
  }

  const log = (by: User, action: string, waiting: WaitingChange, more: object = {}) => ({
    actor: by.name,
    organisation: by.organisation,
    action,
    subject: waiting.username,
    detail: { kind: waiting.kind, by: waiting.by, ...(waiting.roles && { roles: waiting.roles }), ...more },
  });

  serve(router, accountChangeOperations.getAccountChanges, async ({ caller: by }) => {
    confirms(by);
    const waiting = await waitingChanges(db);
    const accounts = await accountsOf(db, [...new Set(waiting.map(({ username }) => username))]);
    const changes = waiting.flatMap((one) => {
      const account = accounts.get(one.username);
      return account ? [present(by, one, account)] : [];
    });
    return ok({
      changes: changes.filter(({ can }) => can.length > 0).slice(0, MOST),
      unsent: (await unsentFor(by)).slice(0, MOST),
    });
  });

  serve(router, accountChangeOperations.confirmAccountChange, async ({ req, caller: by, params: { id } }) => {
    confirms(by);
    const ends = (waiting: WaitingChange) => waiting.office !== 'service' && waiting.kind !== 'create';
    const done = await change(
      rooms,
      ({ waiting }: { waiting: WaitingChange; way: Way; sheet: Sheet | null }) =>
        ends(waiting) ? sessionsEnded(waiting.username) : changed,
      async (q) => {
        await lockOffices(q);
        const [waiting, account, why] = await waitingOf(q, by, id);
        if (why) fail(faults[why] ?? 'account_change_not_found');
        if (hasLapsed(waiting)) fail('account_change_lapsed', { days: rooms.confirmDays });
        await endChange(q, waiting.id);
        const { account: after, link } = afterConfirmation(account, waiting);
        const way = wayOf(waiting, account);
        await keepOffices(q, account, after.roles);
        await settleAccount(q, waiting.username, after);
        let sheet: Sheet | null = null;
        if (link && way === 'mail') await sendSheet(mailer!, q, account, link, waiting.by, rooms.origin(req));
        else if (link) sheet = await makeSheet(q, account, link, waiting.by);
        // Who waits in a session that the sign-in service opened goes on in it.
        if (ends(waiting)) await closeSessionsOf(q, waiting.username);
        await record(q, log(by, 'account_confirmed', waiting, way ? { link: way } : {}));
        return { waiting, way, sheet };
      },
    );
    if (done.way === 'mail') void mailer?.run();
    const { username } = done.waiting;
    return ok({ username, mailed: done.way === 'mail', sheet: done.sheet });
  });

  serve(router, accountChangeOperations.declineAccountChange, async ({ caller: by, params: { id } }) => {
    confirms(by);
    const ended = ({ username, shut }: { username: string; shut: boolean }) => (shut ? sessionsEnded(username) : changed);
    await change(rooms, ended, async (q) => {
      const [waiting, account, why] = await waitingOf(q, by, id);
      const own = waiting.by === by.name && waiting.office !== 'service';
      if (why && !own) fail(faults[why] ?? 'account_change_not_found');
      await endChange(q, waiting.id);
      if (!account.confirmed) {
        // Who has been here comes again, by the sign-in service: the door is shut. Else the account is gone, and its name is free.
        if (account.lastSignIn) await changeAccount(q, account.username, { disabled: true });
        else await dropAccount(q, account.username);
        await closeSessionsOf(q, account.username);
      }
      await record(q, log(by, own ? 'account_withdrawn' : 'account_declined', waiting));
      return { username: account.username, shut: !account.confirmed };
    });
    return noContent();
  });
  return router;
}
