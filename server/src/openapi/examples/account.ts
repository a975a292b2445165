import { planners, planning, transport } from '@yutu/contract';
import type { Examples } from '../operation.js';
import type { Value } from '../schemas/index.js';

/* Sessions and keys of the planner. */

export const password: Examples<'PasswordInput'> = {
  change: [
    'A sentence is easy to keep',
    { current: 'the river bends twice', password: 'seven boats under the bridge', keepSystems: true },
  ],
};
export const proof: Examples<'ProofInput'> = { password: ['The password again', { password: 'seven boats under the bridge' }] };
export const offer: Examples<'OfferInput'> = {
  own: ['One’s own, the password again', { password: 'seven boats under the bridge' }],
  renewed: ['After a reset', { token: 'exampleexampleexampleexampleexam' }],
};
export const reset: Examples<'ResetInput'> = {
  link: [
    'What stood behind # in the link',
    { token: 'exampleexampleexampleexampleexam', password: 'seven boats under the bridge' },
  ],
};
export const resetDone: Examples<'ResetDone'> = { done: ['Whose password it was', { username: 'li.na' }] };

export const factorOffer: Examples<'FactorOffer'> = {
  offer: [
    'For an authenticator app',
    {
      secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP',
      uri: 'otpauth://totp/Yutu:li.na?issuer=Yutu&secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&algorithm=SHA1&digits=6&period=30',
    },
  ],
};
export const factorConfirmed: Examples<'FactorConfirmed'> = {
  confirmed: [
    'The recovery codes, this once (two of ten)',
    { recoveryCodes: ['k4zq-7m2a-x3vd-p6ws', 'h2ob-5yqe-rr7c-tn4f'], session: planners },
  ],
};

const delegationValue: Value<'Delegation'> = {
  id: '3e0c6f0e-6b8d-4a43-9a3c-2f6d7d0b7a55',
  steward: 'chen.li',
  stewardZh: '陈立',
  stewardEn: 'Chen Li',
  delegate: 'li.na',
  delegateZh: '李娜',
  delegateEn: 'Li Na',
  from: '2026-12-01',
  until: '2026-12-14',
  status: 'future',
};
export const delegationInput: Examples<'DelegationInput'> = {
  leave: ['Two weeks of leave', { delegate: 'li.na', from: '2026-12-01', until: '2026-12-14' }],
};
export const delegation: Examples<'Delegation'> = { made: ['Still to begin', delegationValue] };

export const ownAccount: Examples<'OwnAccount'> = {
  steward: [
    'A steward with a second factor',
    {
      username: 'chen.li',
      nameZh: '陈立',
      nameEn: 'Chen Li',
      organisation: planning,
      roles: ['planner', 'steward'],
      demo: false,
      factor: { confirmed: true, required: true, recoveryCodes: 9, reset: null },
      sessions: [
        {
          createdAt: '2026-11-24T01:02:03.000Z',
          expiresAt: '2026-11-24T13:02:03.000Z',
          address: '10.12.4.7',
          agent: 'Mozilla/5.0 (X11; Linux x86_64) Firefox/143.0',
          factor: true,
          current: true,
        },
      ],
      delegations: [delegationValue],
      colleagues: [{ username: 'li.na', nameZh: '李娜', nameEn: 'Li Na' }],
    },
  ],
};

const accountValue: Value<'Account'> = {
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
export const account: Examples<'Account'> = { planner: ['As a system administrator sees it', accountValue] };
export const accounts: Examples<'Accounts'> = { page: ['A page', { accounts: [accountValue], next: 'li.na' }] };
export const accountInput: Examples<'AccountInput'> = {
  planner: [
    'A planner',
    { username: 'li.na', nameZh: '李娜', nameEn: 'Li Na', organisation: 'transport', roles: ['planner'], mail: null },
  ],
};
export const accountPatch: Examples<'AccountPatch'> = {
  roles: ['Other roles', { roles: ['planner', 'steward'] }],
  disable: ['Disabled', { disabled: true }],
};
export const accountReset: Examples<'AccountReset'> = {
  password: ['A link to set a password', { what: 'password' }],
  sheet: ['To be handed on', { what: 'factor', by: 'sheet' }],
};
const settled: Value<'Account'> = {
  ...accountValue,
  confirmed: true,
  password: true,
  can: ['rename', 'move', 'mail', 'disable', 'unlock', 'resetPassword'],
};
export const accountMade: Examples<'Account'> = { made: ['It waits to be confirmed', accountValue] };
export const accountResetDone: Examples<'AccountResetDone'> = {
  mailed: ['By mail', { account: { ...settled, waiting: [] }, mailed: true }],
  waits: ['To be confirmed', { account: { ...settled, waiting: ['reset_password'] }, mailed: false }],
};
export const accountChanges: Examples<'AccountChanges'> = {
  made: [
    'A new account, as a security administrator sees it',
    {
      changes: [
        {
          id: '0b2f6a53-3a61-4c53-9d0b-5b8f6c9d2e17',
          kind: 'create',
          username: 'li.na',
          nameZh: '李娜',
          nameEn: 'Li Na',
          organisation: transport,
          roles: ['planner'],
          mail: null,
          to: { roles: null, organisation: null, mail: null },
          by: 'admin',
          office: 'admin',
          at: '2026-11-24T01:02:03.000Z',
          link: 'sheet',
          until: '2026-12-08T01:02:03.000Z',
          lapsed: false,
          can: ['confirm', 'decline'],
        },
      ],
      unsent: [
        {
          username: 'wang.fang',
          nameZh: '王芳',
          nameEn: 'Wang Fang',
          organisation: transport,
          address: 'wang.fang@city.example',
          at: '2026-11-23T01:02:03.000Z',
          until: '2026-11-24T01:02:03.000Z',
          givenUp: true,
        },
      ],
    },
  ],
};
export const changeConfirmed: Examples<'AccountChangeConfirmed'> = {
  sheet: [
    'With its sheet',
    {
      username: 'li.na',
      mailed: false,
      sheet: {
        username: 'li.na',
        nameZh: '李娜',
        nameEn: 'Li Na',
        what: 'password',
        token: 'exampleexampleexampleexampleexam',
        until: '2026-11-25T01:02:03.000Z',
      },
    },
  ],
  mailed: ['By mail', { username: 'li.na', mailed: true, sheet: null }],
};
