import { type Response, Router } from 'express';
import { z } from 'zod';
import { record } from '../audit/chain.js';
import { membershipOf } from '../catalogue/subjects.js';
import type { Queryable } from '../db/database.js';
import { badParameter, type ErrorCode, fail } from '../errors/fail.js';
import { integerParam, queryParams, readBody, requireRole } from '../http/request.js';
import {
  type AccountRecord,
  accountDefinition,
  accountRecord,
  accountRecords,
  addAccount,
  changeAccount,
  holdersOf,
  makeResetLink,
} from '../identity/accounts.js';
import { type Caller, hasRole, roles } from '../identity/caller.js';
import { resetFactor } from '../identity/factor.js';
import { unlock } from '../identity/lockout.js';
import { type AccountDeed, administrators, inOrder, type Refusal, refusal } from '../identity/roles.js';
import { closeSessionsOf } from '../identity/sessions.js';
import { change, sessionsEnded } from './change.js';
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
    disabled: z.boolean().optional(),
  })
  .refine((patch) => Object.keys(patch).length > 0, '没有要改的内容 / nothing to change');
/** Body of POST /api/accounts/{username}/reset. */
export const resetWhat = z.strictObject({ what: z.enum(['password', 'factor']) });

const faults: Record<Exclude<Refusal, never>, ErrorCode> = {
  hidden: 'account_not_found',
  own_account: 'own_account',
  demo_account: 'demo_account',
  roles_exclude: 'roles_exclude',
  not_yours_to_do: 'not_yours_to_do',
  role_not_given: 'role_not_given',
  needs_factor: 'factor_needed_first',
};

const LIMIT = 200;

/** /api/accounts: administrators and the accounts they may know of. `identity/roles.ts` says who may do what. */
export function accountAdminRoutes(rooms: AccountRooms): Router {
  const { db, catalogue } = rooms;
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

  const present = (by: User, account: AccountRecord) => {
    const may = (deed: AccountDeed) => refusal(by, deed, account, within(by, account.organisation)) === null;
    const deeds = {
      rename: may({ kind: 'rename' }),
      roles: may({ kind: 'roles', roles: ['planner'] }),
      disable: may({ kind: account.disabled ? 'enable' : 'disable' }),
      unlock: may({ kind: 'unlock' }),
      resetPassword: may({ kind: 'reset_password' }),
      resetFactor: may({ kind: 'reset_factor' }),
    };
    return {
      ...account,
      organisation: catalogue.organisation(account.organisation),
      can: Object.entries(deeds)
        .filter(([, allowed]) => allowed)
        .map(([deed]) => deed),
    };
  };

  /** Somebody must be left to hold each of the three offices. */
  async function keepOffices(q: Queryable, before: AccountRecord): Promise<void> {
    for (const role of administrators)
      if (before.roles.includes(role) && (await holdersOf(q, role)) === 0) fail('last_administrator', { role });
  }

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
      accounts: page.map((account) => present(by, account)),
      next: found.length > limit ? page.at(-1)!.username : null,
    });
  });

  router.post('/api/accounts', async (req, res) => {
    const by = administrator(res);
    const input = await readBody(req, accountInput);
    const given = { ...input, roles: inOrder(input.roles) };
    const made = { ...given, demo: false, factor: false };
    if (!hasRole(by, 'admin', 'security') && !within(by, input.organisation))
      badParameter('organisation', '不归您管理', 'it is not yours to administer');
    allow(by, { kind: 'create', roles: input.roles }, made);
    if (!catalogue.organisations.has(input.organisation))
      badParameter('organisation', '没有这个单位', 'there is no such organisation');
    const link = await db.tx(async (q) => {
      if (!(await addAccount(q, given))) fail('exists', { what: input.username });
      const reset = await makeResetLink(q, input.username, by.name);
      await record(q, log(by, 'account_created', input, { organisation: input.organisation, roles: given.roles }));
      return reset;
    });
    const account = (await accountRecord(db, input.username))!;
    res
      .status(201)
      .setHeader('Cache-Control', 'no-store')
      .location(`/api/accounts/${input.username}`)
      .json({ account: present(by, account), reset: link });
  });

  router.get('/api/accounts/:username', async (req, res) => {
    queryParams(req, []);
    const by = administrator(res);
    res.setHeader('Cache-Control', 'no-store').json(present(by, await target(db, by, req.params.username, false)));
  });

  router.patch('/api/accounts/:username', async (req, res) => {
    const by = administrator(res);
    const { username } = req.params;
    const patch = await readBody(req, accountPatch);
    // Names alone end no sessions.
    const ends = patch.roles !== undefined || patch.disabled !== undefined;
    const message = ends ? sessionsEnded(username) : ({ kind: 'identity', username: null, key: null } as const);
    await change(rooms, message, async (q) => {
      // One at a time: two who step down at once see one another.
      await q.query(`select pg_advisory_xact_lock(hashtext('yutu.administrators'))`);
      const before = await target(q, by, username);
      if (patch.nameZh !== undefined || patch.nameEn !== undefined) allow(by, { kind: 'rename' }, before);
      if (patch.roles) allow(by, { kind: 'roles', roles: patch.roles }, before);
      if (patch.disabled !== undefined) allow(by, { kind: patch.disabled ? 'disable' : 'enable' }, before);
      const given = patch.roles && inOrder(patch.roles);
      await changeAccount(q, username, { ...patch, roles: given });
      if (ends) {
        await keepOffices(q, before);
        await closeSessionsOf(q, username);
      }
      const deeds = [];
      if (patch.nameZh !== undefined || patch.nameEn !== undefined)
        deeds.push(log(by, 'account_renamed', before, { nameZh: patch.nameZh, nameEn: patch.nameEn }));
      if (given) deeds.push(log(by, 'roles_changed', before, { before: before.roles, roles: given }));
      if (patch.disabled !== undefined) deeds.push(log(by, patch.disabled ? 'account_disabled' : 'account_enabled', before));
      await record(q, ...deeds);
    });
    res.setHeader('Cache-Control', 'no-store').json(present(by, (await accountRecord(db, username))!));
  });

  router.post('/api/accounts/:username/unlock', async (req, res) => {
    const by = administrator(res);
    await db.tx(async (q) => {
      const account = await target(q, by, req.params.username);
      allow(by, { kind: 'unlock' }, account);
      await unlock(q, account.username);
      await record(q, log(by, 'account_unlocked', account));
    });
    res.setHeader('Cache-Control', 'no-store').json(present(by, (await accountRecord(db, req.params.username))!));
  });

  router.post('/api/accounts/:username/reset', async (req, res) => {
    const by = administrator(res);
    const { username } = req.params;
    const { what } = await readBody(req, resetWhat);
    const reset = async (q: Queryable) => {
      const account = await target(q, by, username);
      allow(by, { kind: what === 'factor' ? 'reset_factor' : 'reset_password' }, account);
      if (what === 'password') {
        const link = await makeResetLink(q, username, by.name);
        await record(q, log(by, 'password_reset_started', account));
        return link;
      }
      const link = await resetFactor(q, username, by.name);
      await closeSessionsOf(q, username);
      await record(q, log(by, 'factor_reset', account, { until: link.until }));
      return link;
    };
    const link = await (what === 'factor' ? change(rooms, sessionsEnded(username), reset) : db.tx(reset));
    res.setHeader('Cache-Control', 'no-store').json({ account: present(by, (await accountRecord(db, username))!), reset: link });
  });
  return router;
}
