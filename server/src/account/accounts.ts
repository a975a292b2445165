import { accountOperations, type BodyOf } from '@yutu/contract';
import { Router } from 'express';
import { record } from '../audit/chain.js';
import { membershipOf } from '../catalogue/subjects.js';
import type { Queryable } from '../db/database.js';
import { badParameter, type ErrorCode, fail } from '../errors/fail.js';
import { requireRole } from '../http/request.js';
import { created, ok, serve } from '../http/serve.js';
import {
  type AccountRecord,
  accountRecord,
  accountRecords,
  addAccount,
  changeAccount,
  isFederated,
} from '../identity/accounts.js';
import { type Caller, hasRole, roles } from '../identity/caller.js';
import { awaitConfirmation, endChanges, waitingChanges } from '../identity/changes.js';
import { type AccountChange, type ChangeKind, officeOf, waits } from '../identity/confirmation.js';
import { unlock } from '../identity/lockout.js';
import { type AccountDeed, inOrder, type Refusal, refusal } from '../identity/roles.js';
import { closeSessionsOf } from '../identity/sessions.js';
import { change, sessionsEnded } from './change.js';
import { reaches, sendSheet } from './hand.js';
import { keepOffices, lockOffices } from './offices.js';
import type { AccountRooms } from './rooms.js';

type User = Extract<Caller, { kind: 'user' }>;

type Patch = BodyOf<typeof accountOperations.changeAccount>;

const faults: Record<Refusal, ErrorCode> = {
  hidden: 'account_not_found',
  own_account: 'own_account',
  demo_account: 'demo_account',
  roles_exclude: 'roles_exclude',
  not_yours_to_do: 'not_yours_to_do',
  role_not_given: 'role_not_given',
  needs_factor: 'factor_needed_first',
  unconfirmed: 'account_unconfirmed',
  own_change: 'own_change',
  same_office: 'same_office',
};

/** What of a patch is another than it is: the rest changes nothing, ends nothing and waits for nobody. */
function newIn(patch: Patch, now: AccountRecord): Partial<Patch> {
  const asked = { ...patch, ...(patch.roles && { roles: inOrder(patch.roles) }) };
  const same = (name: string, value: unknown) => {
    // A declined account is asked for anew by enabling it.
    if (name === 'disabled' && value === false && !now.confirmed) return false;
    return JSON.stringify(value) === JSON.stringify(now[name as keyof AccountRecord] ?? null);
  };
  return Object.fromEntries(Object.entries(asked).filter(([name, value]) => !same(name, value)));
}

/** /api/accounts: administrators and the accounts they may know of. `identity/roles.ts` says who may do what. */
export function accountAdminRoutes(rooms: AccountRooms): Router {
  const { db, catalogue, mailer } = rooms;
  const router = Router();

  const administers = (by: User) => requireRole(by, 'admin', 'security', 'org_admin');
  const within = (by: User, organisation: string) =>
    membershipOf(catalogue.organisations, organisation).ancestors.includes(by.organisation);

  function allow(by: User, deed: AccountDeed, target: Parameters<typeof refusal>[2]): void {
    const why = refusal(by, deed, target, within(by, target.organisation));
    if (why) fail(faults[why]);
  }

  /** The account, which stays as it is until the transaction ends. @throws `account_not_found` for those one may not know of */
  async function target(q: Queryable, by: User, username: string, lock = true): Promise<AccountRecord> {
    const account = await accountRecord(q, username, lock);
    if (!account) fail('account_not_found');
    allow(by, { kind: 'look' }, account);
    return account;
  }

  const presentAll = async (by: User, accounts: readonly AccountRecord[]) => {
    const names = accounts.map(({ username }) => username);
    const waiting = await waitingChanges(db, names);
    const kindsOf = (name: string) => waiting.filter(({ username }) => username === name).map(({ kind }) => kind);
    return accounts.map((account) => present(by, account, kindsOf(account.username)));
  };
  const presentOne = async (by: User, username: string) => (await presentAll(by, [(await accountRecord(db, username))!]))[0]!;

  const present = (by: User, account: AccountRecord, waiting: ChangeKind[]) => {
    const may = (deed: AccountDeed) => refusal(by, deed, account, within(by, account.organisation)) === null;
    const deeds = {
      rename: may({ kind: 'rename' }),
      move: may({ kind: 'move', within: true }),
      mail: may({ kind: 'mail' }),
      roles: may({ kind: 'roles', roles: ['planner'] }),
      disable: may({ kind: account.disabled ? 'enable' : 'disable' }),
      unlock: may({ kind: 'unlock' }),
      resetPassword: may({ kind: 'reset_password' }),
      resetFactor: may({ kind: 'reset_factor' }),
    };
    return {
      ...account,
      organisation: catalogue.organisation(account.organisation),
      waiting,
      mailed: reaches(mailer, account),
      can: (Object.keys(deeds) as (keyof typeof deeds)[]).filter((deed) => deeds[deed]),
    };
  };

  /** @throws where any part of it is not theirs to write, be it another than it is or not */
  function allowPatch(by: User, patch: Patch, account: AccountRecord): void {
    const { organisation, mail, disabled, roles, nameZh, nameEn } = patch;
    if (nameZh !== undefined || nameEn !== undefined) allow(by, { kind: 'rename' }, account);
    if (roles) allow(by, { kind: 'roles', roles: inOrder(roles) }, account);
    if (mail !== undefined) allow(by, { kind: 'mail' }, account);
    if (organisation !== undefined) {
      if (!catalogue.organisations.has(organisation))
        badParameter('organisation', '没有这个单位', 'there is no such organisation');
      allow(by, { kind: 'move', within: within(by, organisation) }, account);
    }
    if (disabled !== undefined) allow(by, { kind: disabled ? 'disable' : 'enable' }, account);
  }

  /** A change by this administrator, to be confirmed by another. */
  const changeBy = (by: User, kind: ChangeKind, to: Partial<AccountChange> = {}): AccountChange => ({
    ...{ kind, by: by.name, office: officeOf(by)!, roles: null, organisation: null, mail: null },
    ...to,
  });

  const log = (by: User, action: string, account: { username: string }, detail: Record<string, unknown> = {}) => ({
    actor: by.name,
    organisation: by.organisation,
    action,
    subject: account.username,
    detail,
  });

  serve(router, accountOperations.getAccounts, async ({ caller: by, query }) => {
    administers(by);
    const { organisation: asked, state, q, after, limit } = query;
    const role = roles.find((r) => r === query.role) ?? null;
    if (query.role !== undefined && !role) badParameter('role', '没有这个角色', 'there is no such role', roles);
    const everywhere = hasRole(by, 'admin', 'security');
    const known = [...catalogue.organisations.keys()].filter((id) => everywhere || within(by, id));
    const found = await accountRecords(db, {
      organisations: asked === undefined ? (everywhere ? null : known) : known.filter((id) => id === asked),
      role,
      disabled: state === undefined ? null : state === 'disabled',
      text: q?.trim() || null,
      after: after ?? null,
      limit: limit + 1,
    });
    const page = found.slice(0, limit);
    return ok({
      accounts: await presentAll(by, page),
      next: found.length > limit ? page.at(-1)!.username : null,
    });
  });

  serve(router, accountOperations.createAccount, async ({ caller: by, body }) => {
    administers(by);
    const input = await body();
    const given = { ...input, roles: inOrder(input.roles) };
    const made = { ...given, demo: false, factor: false, confirmed: false };
    if (!hasRole(by, 'admin', 'security') && !within(by, input.organisation))
      badParameter('organisation', '不归您管理', 'it is not yours to administer');
    allow(by, { kind: 'create', roles: input.roles }, made);
    if (!catalogue.organisations.has(input.organisation))
      badParameter('organisation', '没有这个单位', 'there is no such organisation');
    await db.tx(async (q) => {
      if (!(await addAccount(q, given))) fail('exists', { what: input.username });
      await awaitConfirmation(q, input.username, changeBy(by, 'create'));
      await record(q, log(by, 'account_created', input, { organisation: input.organisation, roles: given.roles, waits: true }));
    });
    return created(await presentOne(by, input.username), `/api/accounts/${input.username}`);
  });

  serve(router, accountOperations.getAccount, async ({ caller: by, params: { username } }) => {
    administers(by);
    const [account] = await presentAll(by, [await target(db, by, username, false)]);
    return ok(account!);
  });

  serve(router, accountOperations.changeAccount, async ({ caller: by, params: { username }, body }) => {
    administers(by);
    const patch = await body();
    const done = ({ ends }: { ends: boolean }) =>
      ends ? sessionsEnded(username) : ({ kind: 'identity', username: null, key: null } as const);
    await change(rooms, done, async (q) => {
      await lockOffices(q);
      const before = await target(q, by, username);
      allowPatch(by, patch, before);
      const { organisation, mail, disabled, roles: given, ...names } = newIn(patch, before);
      const renames = names.nameZh !== undefined || names.nameEn !== undefined;
      const rolesWait = given !== undefined && waits({ kind: 'roles', roles: given }, before, false);
      // What is taken away is gone at once, though what is given in its place waits.
      const held = given && (rolesWait ? before.roles.filter((role) => given.includes(role)) : given);
      const loses = held !== undefined && before.roles.some((role) => !held.includes(role));
      await keepOffices(q, before, disabled ? [] : (held ?? before.roles));
      const now = {
        ...names,
        ...(disabled !== undefined && { disabled }),
        roles: held,
      };
      await changeAccount(q, username, now);
      if (given && !rolesWait) await endChanges(q, username, 'roles');
      const waiting = [
        ...(rolesWait ? [changeBy(by, 'roles', { roles: given })] : []),
        ...(organisation !== undefined ? [changeBy(by, 'move', { organisation })] : []),
        ...(mail !== undefined ? [changeBy(by, 'mail', { mail })] : []),
        // What was declined is asked for anew.
        ...(disabled === false && !before.confirmed && (await waitingChanges(q, [username])).length === 0
          ? [changeBy(by, 'create')]
          : []),
      ];
      for (const one of waiting) await awaitConfirmation(q, username, one);
      // Names alone end no sessions, nor does what waits.
      const ends = loses || (given !== undefined && !rolesWait) || disabled !== undefined;
      if (ends) await closeSessionsOf(q, username);
      await record(
        q,
        ...(renames ? [log(by, 'account_renamed', before, { nameZh: names.nameZh, nameEn: names.nameEn })] : []),
        ...(given
          ? [
              log(by, 'roles_changed', before, {
                before: before.roles,
                roles: given,
                ...(rolesWait && { now: held, waits: true }),
              }),
            ]
          : []),
        ...(organisation !== undefined
          ? [log(by, 'account_moved', before, { from: before.organisation, to: organisation, waits: true })]
          : []),
        ...(mail !== undefined ? [log(by, 'account_mail_changed', before, { waits: true })] : []),
        ...(disabled !== undefined ? [log(by, disabled ? 'account_disabled' : 'account_enabled', before)] : []),
      );
      return { ends };
    });
    return ok(await presentOne(by, username));
  });

  serve(router, accountOperations.unlockAccount, async ({ caller: by, params: { username } }) => {
    administers(by);
    await db.tx(async (q) => {
      const account = await target(q, by, username);
      allow(by, { kind: 'unlock' }, account);
      await unlock(q, account.username);
      await record(q, log(by, 'account_unlocked', account));
    });
    return ok(await presentOne(by, username));
  });

  serve(router, accountOperations.resetAccount, async ({ req, caller: by, params: { username }, body }) => {
    administers(by);
    const { what, by: way } = await body();
    const deed = { kind: what === 'factor' ? 'reset_factor' : 'reset_password' } as const;
    const done = await change(
      rooms,
      ({ ends }: { ends: boolean }) => (ends ? sessionsEnded(username) : { kind: 'identity', username: null, key: null }),
      async (q) => {
        const account = await target(q, by, username);
        allow(by, deed, account);
        if (what === 'password' && (await isFederated(q, username))) fail('account_federated');
        const reachable = reaches(mailer, account);
        if (way === 'mail' && !reachable)
          badParameter('by', '没有可用的邮箱', 'there is no address of mail to send it to', ['sheet']);
        const waiting = waits(deed, account, reachable && way !== 'sheet');
        if (waiting) await awaitConfirmation(q, username, changeBy(by, deed.kind));
        else {
          await endChanges(q, username, deed.kind);
          await sendSheet(mailer!, q, account, what, by.name, rooms.origin(req));
        }
        const ends = !waiting && what === 'factor';
        if (ends) await closeSessionsOf(q, username);
        const action = what === 'factor' ? 'factor_reset' : 'password_reset_started';
        await record(q, log(by, action, account, waiting ? { waits: true } : { link: 'mail' }));
        return { ends, mailed: !waiting };
      },
    );
    if (done.mailed) void mailer?.run();
    return ok({ account: await presentOne(by, username), mailed: done.mailed });
  });
  return router;
}
