import { dayInput } from './day.js';
import { BODY_FAULTS } from './faults.js';
import { json, operation } from './operation.js';
import { organisation, planning } from './organisation.js';
import { role } from './role.js';
import { codeBody, planners, session } from './session.js';
import { count, day, instant, uuid } from './shapes.js';
import { z } from './zod.js';

const secret = z.string().max(1000);
const token = z.string().max(200);

export const passwordInput = z
  .strictObject({ current: secret, password: secret, keepSystems: z.boolean().default(false) })
  .meta({ description: 'At least 12 characters, and not the user name' })
  .openapi('PasswordInput');

const proof = { password: secret.optional() };
export const proofInput = z.strictObject(proof).meta({ description: 'The password once more' }).openapi('ProofInput');

export const offerInput = z
  .strictObject({ ...proof, token: token.optional() })
  .meta({ description: 'The password once more; while a sign-in waits after a reset, the token of that reset' })
  .openapi('OfferInput');

export const resetInput = z
  .strictObject({ token, password: secret })
  .meta({ description: 'The token of a reset link, and the new password' })
  .openapi('ResetInput');

export const resetDone = z.object({ username: z.string() }).openapi('ResetDone');

export const factorOffer = z
  .object({
    secret: z.string().meta({ description: 'Base32' }),
    uri: z.string().meta({ description: 'otpauth://… for a QR code (RFC 6238: SHA-1, six digits, 30 seconds)' }),
  })
  .openapi('FactorOffer');

export const factorConfirmed = z
  .object({
    recoveryCodes: z.array(z.string()).meta({ description: 'Ten, each good once; shown this once' }),
    session,
  })
  .openapi('FactorConfirmed');

export const delegationInput = z
  .strictObject({ delegate: z.string().max(60), from: dayInput, until: dayInput })
  .meta({ description: 'First and last day; days begin and end in the instance’s zone' })
  .openapi('DelegationInput');

export const delegation = z
  .object({
    id: uuid,
    steward: z.string(),
    stewardZh: z.string(),
    stewardEn: z.string(),
    delegate: z.string(),
    delegateZh: z.string(),
    delegateEn: z.string(),
    from: day,
    until: day,
    status: z.enum(['future', 'active', 'past', 'ended']).meta({ description: 'ended: taken back' }),
  })
  .openapi('Delegation');

export const ownAccount = z
  .object({
    username: z.string(),
    nameZh: z.string(),
    nameEn: z.string(),
    organisation,
    roles: z.array(role),
    demo: z.boolean().meta({ description: 'A demonstration account: nothing of it can be changed' }),
    factor: z.object({
      confirmed: z.boolean(),
      required: z.boolean(),
      recoveryCodes: count.meta({ description: 'Recovery codes not used yet' }),
      reset: z
        .object({ at: instant, by: z.string(), open: z.boolean() })
        .nullable()
        .meta({ description: 'The last reset by an administrator: when and by whom' }),
    }),
    sessions: z.array(
      z.object({
        createdAt: instant,
        expiresAt: instant,
        address: z.string().nullable(),
        agent: z.string().nullable(),
        factor: z.boolean(),
        current: z.boolean(),
      }),
    ),
    delegations: z.array(delegation),
    colleagues: z
      .array(z.object({ username: z.string(), nameZh: z.string(), nameEn: z.string() }))
      .meta({ description: 'Whom a steward may put in their place' }),
  })
  .openapi('OwnAccount');

const leave: z.input<typeof delegation> = {
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
const steward: z.input<typeof ownAccount> = {
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
  delegations: [leave],
  colleagues: [{ username: 'li.na', nameZh: '李娜', nameEn: 'Li Na' }],
};
const PASSWORD = 'seven boats under the bridge';
const TOKEN = 'exampleexampleexampleexampleexam';
const SECRET = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';

/** What people do with their own account. */
export const ownAccountOperations = {
  getOwnAccount: operation({
    id: 'getOwnAccount',
    method: 'get',
    path: '/account',
    tag: 'Account',
    en: 'One’s own account',
    zh: '本人账号',
    callers: 'person',
    answers: {
      200: {
        description: 'The account with its sessions and delegations',
        json: json(ownAccount, { steward: ['A steward with a second factor', steward] }),
      },
    },
    faults: [],
  }),

  changePassword: operation({
    id: 'changePassword',
    method: 'post',
    path: '/account/password',
    tag: 'Account',
    en: 'Change one’s password',
    zh: '修改密码',
    about: 'Every other session of the account ends at once.',
    callers: 'person',
    body: json(passwordInput, {
      change: ['A sentence is easy to keep', { current: 'the river bends twice', password: PASSWORD, keepSystems: true }],
    }),
    answers: { 204: { description: 'Changed' } },
    faults: [
      ...BODY_FAULTS,
      'parameter_invalid.password',
      'password_wrong',
      'demo_account',
      'account_federated',
      'too_many_attempts',
    ],
  }),

  resetPassword: operation({
    id: 'resetPassword',
    method: 'post',
    path: '/account/reset',
    tag: 'Account',
    en: 'Set a password with a reset link',
    zh: '用链接设置密码',
    about: 'Every session of the account ends. The second factor stays: signing in asks for it as ever.',
    callers: 'anyone',
    body: json(resetInput, { link: ['What stood behind # in the link', { token: TOKEN, password: PASSWORD }] }),
    answers: {
      200: { description: 'Set', json: json(resetDone, { done: ['Whose password it was', { username: 'li.na' }] }) },
    },
    faults: [...BODY_FAULTS, 'parameter_invalid.password', 'reset_link_invalid', 'account_federated', 'too_many_attempts'],
  }),

  endOtherSessions: operation({
    id: 'endOtherSessions',
    method: 'delete',
    path: '/account/sessions',
    tag: 'Account',
    en: 'End all other sessions',
    zh: '退出其他设备',
    callers: 'person',
    answers: { 204: { description: 'Ended' } },
    faults: ['origin_refused', 'disk_full'],
  }),

  offerFactor: operation({
    id: 'offerFactor',
    method: 'post',
    path: '/account/factor',
    tag: 'Account',
    en: 'Begin with a second factor',
    zh: '启用两步验证',
    about:
      'A secret for an authenticator app. It counts once a code of it has confirmed it. After a reset by an administrator it is given for the token of that reset only.',
    callers: 'anyone',
    body: json(offerInput, {
      own: ['One’s own, the password again', { password: PASSWORD }],
      renewed: ['After a reset', { token: TOKEN }],
    }),
    answers: {
      200: {
        description: 'The secret',
        json: json(factorOffer, {
          offer: [
            'For an authenticator app',
            {
              secret: SECRET,
              uri: `otpauth://totp/Yutu:li.na?issuer=Yutu&secret=${SECRET}&algorithm=SHA1&digits=6&period=30`,
            },
          ],
        }),
      },
    },
    faults: [
      ...BODY_FAULTS,
      'sign_in_required',
      'person_required',
      'password_wrong',
      'factor_link_invalid',
      'demo_account',
      'too_many_attempts',
    ],
  }),

  removeFactor: operation({
    id: 'removeFactor',
    method: 'delete',
    path: '/account/factor',
    tag: 'Account',
    en: 'Do without a second factor',
    zh: '停用两步验证',
    callers: 'person',
    body: json(proofInput, { password: ['The password again', { password: PASSWORD }] }),
    answers: { 204: { description: 'Removed' } },
    faults: [...BODY_FAULTS, 'factor_required', 'password_wrong', 'demo_account', 'too_many_attempts'],
  }),

  confirmFactor: operation({
    id: 'confirmFactor',
    method: 'post',
    path: '/account/factor/confirm',
    tag: 'Account',
    en: 'Confirm the second factor with a code',
    zh: '确认两步验证',
    about: 'Every other session ends. A sign-in that waited for it is whole with this.',
    callers: 'anyone',
    body: codeBody,
    answers: {
      200: {
        description: 'Confirmed',
        json: json(factorConfirmed, {
          confirmed: [
            'The recovery codes, this once (two of ten)',
            { recoveryCodes: ['k4zq-7m2a-x3vd-p6ws', 'h2ob-5yqe-rr7c-tn4f'], session: planners },
          ],
        }),
        headers: ['Set-Cookie'],
      },
    },
    faults: [
      ...BODY_FAULTS,
      'sign_in_required',
      'person_required',
      'code_wrong',
      'factor_not_offered',
      'demo_account',
      'too_many_attempts',
    ],
  }),

  delegate: operation({
    id: 'delegate',
    method: 'post',
    path: '/account/delegations',
    tag: 'Account',
    en: 'Put a colleague in one’s place',
    zh: '委托同事代办',
    about:
      'From the first day to the end of the last the colleague decides, revokes and shares as steward of the organisation; editing, declaring updates, lifting limits, keys and certificates stay with the office. Days of one colleague do not overlap. The log says for whom.',
    callers: 'person',
    body: json(delegationInput, {
      leave: ['Two weeks of leave', { delegate: 'li.na', from: '2026-12-01', until: '2026-12-14' }],
    }),
    answers: {
      201: { description: 'Made', json: json(delegation, { made: ['Still to begin', leave] }), headers: ['Location'] },
    },
    faults: [...BODY_FAULTS, 'parameter_invalid.delegate', 'role_required.steward', 'delegation_overlaps'],
  }),

  endDelegation: operation({
    id: 'endDelegation',
    method: 'delete',
    path: '/account/delegations/{id}',
    tag: 'Account',
    en: 'Take a delegation back',
    zh: '收回委托',
    callers: 'person',
    parameters: ['delegation'],
    answers: { 204: { description: 'Over from the next request on' } },
    faults: ['delegation_not_found', 'origin_refused', 'disk_full'],
  }),
};
