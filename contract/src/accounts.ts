import { changeKind } from './account-changes.js';
import { BODY_FAULTS } from './faults.js';
import { json, operation } from './operation.js';
import { organisation, transport } from './organisation.js';
import { plainName } from './plain-name.js';
import { text, whole, word } from './query.js';
import { role, roles } from './role.js';
import { instant } from './shapes.js';
import { z } from './zod.js';

const names = { nameZh: plainName(80), nameEn: plainName(80) };
const office = z.string().max(60);
/** Where an account's links go; null or absent: on a sheet. */
const mail = z.email().max(254).nullable().optional();
const some = z.array(role).min(1).max(roles.length);

export const accountInput = z
  .strictObject({
    username: z.string().regex(/^[a-z0-9][a-z0-9._-]{0,47}$/, '只能用小写字母、数字和 . _ - / lower-case letters, digits, . _ -'),
    ...names,
    organisation: office,
    mail,
    roles: some,
  })
  .meta({
    description:
      'A system administrator creates planners; an organisation’s administrator what it may give. `mail`: where the links of the account go.',
  })
  .openapi('AccountInput');

export const accountPatch = z
  .strictObject({
    nameZh: names.nameZh.optional(),
    nameEn: names.nameEn.optional(),
    roles: some.optional(),
    organisation: office.optional(),
    mail,
    disabled: z.boolean().optional(),
  })
  .refine((patch) => Object.keys(patch).length > 0, '没有要改的内容 / nothing to change')
  .meta({
    description:
      'Names, disabling, enabling and roles that are taken away are set at once (none may be left meanwhile); roles that are given, another organisation and another address of mail wait until a second administrator confirms them. Changing roles, disabling and enabling end every session of the account.',
  })
  .openapi('AccountPatch');

export const accountReset = z
  .strictObject({ what: z.enum(['password', 'factor']), by: z.enum(['mail', 'sheet']).optional() })
  .meta({
    description:
      'password: a link that sets one; factor: ends the second factor, the next is set up with a one-time code. `by` mail: to the account’s address, at once; sheet: once a second administrator has confirmed it, who gets it to hand on. Absent: by mail where there is one.',
  })
  .openapi('AccountReset');

export const account = z
  .object({
    username: z.string(),
    nameZh: z.string(),
    nameEn: z.string(),
    organisation,
    roles: z.array(role),
    demo: z.boolean(),
    disabled: z.boolean(),
    factor: z.boolean().meta({ description: 'A second factor is confirmed' }),
    password: z.boolean().meta({ description: 'The person has set a password' }),
    mail: z.string().nullable().meta({ description: 'Where its links go' }),
    mailed: z.boolean().meta({ description: 'Links go there by mail; else on a sheet' }),
    confirmed: z.boolean().meta({ description: 'A second person has confirmed it. Until then it has no rights.' }),
    waiting: z.array(changeKind).meta({ description: 'What waits to be confirmed' }),
    createdAt: instant,
    lastSignIn: instant.nullable(),
    lockedUntil: instant.nullable().meta({ description: 'Locked after wrong passwords, for at least one address' }),
    can: z
      .array(z.enum(['rename', 'move', 'mail', 'roles', 'disable', 'unlock', 'resetPassword', 'resetFactor']))
      .meta({ description: 'What the caller may do with it; `disable`: or enable' }),
  })
  .openapi('Account');

export const accounts = z
  .object({ accounts: z.array(account), next: z.string().nullable().meta({ description: '`after` of the next page' }) })
  .openapi('Accounts');

export const accountResetDone = z
  .object({
    account,
    mailed: z.boolean().meta({ description: 'On its way to the person by mail; else it waits to be confirmed' }),
  })
  .openapi('AccountResetDone');

const made: z.input<typeof account> = {
  username: 'li.na',
  nameZh: '李娜',
  nameEn: 'Li Na',
  organisation: transport,
  roles: ['planner'],
  demo: false,
  disabled: false,
  factor: false,
  password: false,
  createdAt: '2026-11-24T01:02:03.000Z',
  lastSignIn: null,
  lockedUntil: null,
  mail: 'li.na@example.gov.cn',
  mailed: true,
  confirmed: false,
  waiting: ['create'],
  can: ['rename', 'disable', 'unlock'],
};
const settled: z.input<typeof account> = {
  ...made,
  confirmed: true,
  password: true,
  can: ['rename', 'move', 'mail', 'disable', 'unlock', 'resetPassword'],
};
const one = json(account, { planner: ['As a system administrator sees it', made] });

/** Accounts, as administrators keep them. */
export const accountOperations = {
  getAccounts: operation({
    id: 'getAccounts',
    method: 'get',
    path: '/accounts',
    tag: 'Accounts',
    en: 'Accounts',
    zh: '账号列表',
    about: 'All for system and security administrators; those of its subtree for an organisation’s administrator.',
    callers: 'person',
    query: {
      organisation: text('Only of this organisation', { example: 'transport' }),
      role: text('Only with this role', { example: 'steward' }),
      state: word('Only these', ['active', 'disabled'], { example: 'active' }),
      q: text('Part of the user name or of a name', { example: '李' }),
      after: text('Names behind this one: `next` of the page before', { example: 'li.na' }),
      limit: whole('How many at most', { minimum: 1, maximum: 200, otherwise: 50, example: 50 }),
    },
    answers: {
      200: {
        description: 'In the order of their names',
        json: json(accounts, { page: ['A page', { accounts: [made], next: 'li.na' }] }),
      },
    },
    faults: ['parameter_invalid.role', 'role_required.administrator'],
  }),

  createAccount: operation({
    id: 'createAccount',
    method: 'post',
    path: '/accounts',
    tag: 'Accounts',
    en: 'Make an account',
    zh: '新建账号',
    about:
      'It has neither password nor rights until another administrator confirms it (`/account-changes`); then its person gets a link, by mail or from the hand of who confirmed.',
    callers: 'person',
    body: json(accountInput, {
      planner: [
        'A planner',
        { username: 'li.na', nameZh: '李娜', nameEn: 'Li Na', organisation: 'transport', roles: ['planner'], mail: null },
      ],
    }),
    answers: {
      201: {
        description: 'Made',
        json: json(account, { made: ['It waits to be confirmed', made] }),
        headers: ['Location'],
      },
    },
    faults: [
      ...BODY_FAULTS,
      'parameter_invalid.organisation',
      'role_required.administrator',
      'role_not_given',
      'roles_exclude',
      'not_yours_to_do',
      'exists',
    ],
  }),

  getAccount: operation({
    id: 'getAccount',
    method: 'get',
    path: '/accounts/{username}',
    tag: 'Accounts',
    en: 'An account',
    zh: '账号',
    callers: 'person',
    parameters: ['username'],
    answers: { 200: { description: 'The account', json: one } },
    faults: ['account_not_found', 'role_required.administrator'],
  }),

  changeAccount: operation({
    id: 'changeAccount',
    method: 'patch',
    path: '/accounts/{username}',
    tag: 'Accounts',
    en: 'Change names, roles, organisation or address, disable or enable',
    zh: '修改账号',
    about:
      'Roles are the security administrator’s to give, and within a subtree its organisation’s administrator’s; nobody changes their own. What gives something waits until another administrator confirms it: `waiting`.',
    callers: 'person',
    parameters: ['username'],
    body: json(accountPatch, {
      roles: ['Other roles', { roles: ['planner', 'steward'] }],
      disable: ['Disabled', { disabled: true }],
    }),
    answers: { 200: { description: 'As it is now', json: one } },
    faults: [
      ...BODY_FAULTS,
      'parameter_invalid.organisation',
      'account_not_found',
      'role_required.administrator',
      'own_account',
      'demo_account',
      'account_unconfirmed',
      'role_not_given',
      'roles_exclude',
      'not_yours_to_do',
      'last_administrator',
    ],
  }),

  unlockAccount: operation({
    id: 'unlockAccount',
    method: 'post',
    path: '/accounts/{username}/unlock',
    tag: 'Accounts',
    en: 'Let an account try to sign in again',
    zh: '解锁账号',
    callers: 'person',
    parameters: ['username'],
    answers: { 200: { description: 'As it is now', json: one } },
    faults: [
      'account_not_found',
      'role_required.administrator',
      'own_account',
      'demo_account',
      'not_yours_to_do',
      'origin_refused',
      'disk_full',
    ],
  }),

  resetAccount: operation({
    id: 'resetAccount',
    method: 'post',
    path: '/accounts/{username}/reset',
    tag: 'Accounts',
    en: 'Make a link to set a password, or reset the second factor',
    zh: '重置密码或两步验证',
    about:
      'The password is reset by a system or organisation’s administrator, the second factor by a security administrator: nobody alone gets into an account that has both. Where the account has an address of mail, the link goes there at once; else it waits until another administrator confirms it, who gets it to hand on. A reset factor is gone then; the next is set up with the password and the one-time code, and until then the account has no rights.',
    callers: 'person',
    parameters: ['username'],
    body: json(accountReset, {
      password: ['A link to set a password', { what: 'password' }],
      sheet: ['To be handed on', { what: 'factor', by: 'sheet' }],
    }),
    answers: {
      200: {
        description: 'Sent by mail, or waiting',
        json: json(accountResetDone, {
          mailed: ['By mail', { account: { ...settled, waiting: [] }, mailed: true }],
          waits: ['To be confirmed', { account: { ...settled, waiting: ['reset_password'] }, mailed: false }],
        }),
      },
    },
    faults: [
      ...BODY_FAULTS,
      'account_not_found',
      'role_required.administrator',
      'own_account',
      'demo_account',
      'not_yours_to_do',
      'factor_needed_first',
      'account_federated',
      'account_unconfirmed',
    ],
  }),
};
