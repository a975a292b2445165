import { type Response, Router } from 'express';
import { z } from 'zod';
import { record } from '../audit/chain.js';
import { membershipOf } from '../catalogue/subjects.js';
import type { Queryable } from '../db/database.js';
import { badParameter, type ErrorCode, fail } from '../errors/fail.js';
import { created } from '../http/links.js';
import { integerParam, queryParams, readBody, requireRole } from '../http/request.js';
import {
  type AccountRecord,
  accountDefinition,
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

/** Body of POST /api/accounts. */
export const accountInput = accountDefinition.extend({ roles: z.array(z.enum(roles)).min(1).max(roles.length) });
/** Body of PATCH /api/accounts/{username}. */
export const accountPatch = z
  .strictObject({
    nameZh: accountDefinition.shape.nameZh.optional(),
    nameEn: accountDefinition.shape.nameEn.optional(),
    roles: accountInput.shape.roles.optional(),
    organisation: accountDefinition.shape.organisation.optional(),
    mail: accountDefinition.shape.mail,
    disabled: z.boolean().optional(),
  })
  .refine((patch) => Object.keys(patch).length > 0, '没有要改的内容 / nothing to change');
/** Body of POST /api/accounts/{username}/reset. */
export const resetWhat = z.strictObject({ what: z.enum(['password', 'factor']), by: z.enum(['mail', 'sheet']).optional() });

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

const LIMIT = 200;

/** What of a patch is another than it is: the rest changes nothing, ends nothing and waits for nobody. */
function newIn(patch: z.infer<typeof accountPatch>, now: AccountRecord): Partial<z.infer<typeof accountPatch>> {
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

  const administrator = (res: Response): User => requireRole(res, 'admin', 'security', 'org_admin');
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
      can: Object.entries(deeds)
        .filter(([, allowed]) => allowed)
        .map(([deed]) => deed),
    };
  };

  /** @throws where any part of it is not theirs to write, be it another than it is or not */
  function allowPatch(by: User, patch: z.infer<typeof accountPatch>, account: AccountRecord): void {
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

  router.get('/api/accounts', async (req, res) => {
    const by = administrator(res);
    const params = queryParams(req, ['organisation', 'role', 'state', 'q', 'after', 'limit']);
    const limit = integerParam(params, 'limit', { min: 1, max: LIMIT, fallback: 50 });
    const role = roles.find((r) => r === params.role) ?? null;
    if (params.role !== undefined && !role) badParameter('role', '没有这个角色', 'there is no such role', roles);
    if (params.state !== undefined && params.state !== 'active' && params.state !== 'disabled')
      badParameter('state', '应为 active 或 disabled', 'it must be active or disabled', ['active', 'disabled']);
    const everywhere = hasRole(by, 'admin', 'security');
    const known = [...catalogue.organisations.keys()].filter((id) => everywhere || within(by, id));
    const asked = params.organisation;
    const found = await accountRecords(db, {
      organisations: asked === undefined ? (everywhere ? null : known) : known.filter((id) => id === asked),
      role,
      disabled: params.state === undefined ? null : params.state === 'disabled',
      text: params.q?.trim() || null,
      after: params.after ?? null,
      limit: limit + 1,
    });
    const page = found.slice(0, limit);
    res.setHeader('Cache-Control', 'no-store').json({
      accounts: await presentAll(by, page),
      next: found.length > limit ? page.at(-1)!.username : null,
    });
  });

  router.post('/api/accounts', async (req, res) => {
    const by = administrator(res);
    const input = await readBody(req, accountInput);
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
    created(res, rooms.origin(req), `/api/accounts/${input.username}`)
      .setHeader('Cache-Control', 'no-store')
      .json(await presentOne(by, input.username));
  });

  router.get('/api/accounts/:username', async (req, res) => {
    queryParams(req, []);
    const by = administrator(res);
    res
      .setHeader('Cache-Control', 'no-store')
      .json((await presentAll(by, [await target(db, by, req.params.username, false)]))[0]);
  });

  router.patch('/api/accounts/:username', async (req, res) => {
    const by = administrator(res);
    const { username } = req.params;
    const patch = await readBody(req, accountPatch);
    const done = ({ ends }: { ends: boolean }) =>
      ends ? sessionsEnded(username) : ({ kind: 'identity', username: null, key: null } as const);
    await change(rooms, done, async (q) => {
      await lockOffices(q);
      const before = await target(q, by, username);
      allowPatch(by, patch, before);
      const { organisation, mail, disabled, roles: given, ...names } = newIn(patch, before);
      const renames = names.nameZh !== undefined || names.nameEn !== undefined;
      const rolesWait = given !== undefined && waits({ kind: 'roles', roles: given }, before, false);
      await keepOffices(q, before, disabled ? [] : (given ?? before.roles));
      const now = {
        ...names,
        ...(disabled !== undefined && { disabled }),
        ...(given && !rolesWait ? { roles: given } : { roles: undefined }),
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
      const ends = (given !== undefined && !rolesWait) || disabled !== undefined;
      if (ends) await closeSessionsOf(q, username);
      await record(
        q,
        ...(renames ? [log(by, 'account_renamed', before, { nameZh: names.nameZh, nameEn: names.nameEn })] : []),
        ...(given
          ? [log(by, 'roles_changed', before, { before: before.roles, roles: given, ...(rolesWait && { waits: true }) })]
          : []),
        ...(organisation !== undefined
          ? [log(by, 'account_moved', before, { from: before.organisation, to: organisation, waits: true })]
          : []),
        ...(mail !== undefined ? [log(by, 'account_mail_changed', before, { waits: true })] : []),
        ...(disabled !== undefined ? [log(by, disabled ? 'account_disabled' : 'account_enabled', before)] : []),
      );
      return { ends };
    });
    res.setHeader('Cache-Control', 'no-store').json(await presentOne(by, username));
  });

  router.post('/api/accounts/:username/unlock', async (req, res) => {
    const by = administrator(res);
    await db.tx(async (q) => {
      const account = await target(q, by, req.params.username);
      allow(by, { kind: 'unlock' }, account);
      await unlock(q, account.username);
      await record(q, log(by, 'account_unlocked', account));
    });
    res.setHeader('Cache-Control', 'no-store').json(await presentOne(by, req.params.username));
  });

  router.post('/api/accounts/:username/reset', async (req, res) => {
    const by = administrator(res);
    const { username } = req.params;
    const { what, by: way } = await readBody(req, resetWhat);
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
    res.setHeader('Cache-Control', 'no-store').json({ account: await presentOne(by, username), mailed: done.mailed });
  });
  return router;
}
