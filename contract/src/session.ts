import { BODY_FAULTS } from './faults.js';
import { json, operation } from './operation.js';
import { organisation, transport } from './organisation.js';
import { role } from './role.js';
import { count } from './shapes.js';
import { z } from './zod.js';

export const credentials = z
  .strictObject({ username: z.string().max(200), password: z.string().max(1000) })
  .meta({ description: 'Name and password of an account' })
  .openapi('Credentials');

export const codeInput = z
  .strictObject({ code: z.string().trim().min(6).max(40) })
  .meta({ description: 'Six digits of the authenticator app, or a recovery code; each is good once' })
  .openapi('CodeInput');

export const user = z
  .object({
    username: z.string(),
    nameZh: z.string(),
    nameEn: z.string(),
    organisation,
    roles: z.array(role).meta({ description: 'With what is delegated to the person for now' }),
    actingFor: z.string().nullable().meta({ description: 'User name of the steward in whose place the person acts' }),
  })
  .openapi('User');

export type User = z.output<typeof user>;

export const session = z
  .object({
    user: user.nullable().meta({ description: 'Null: nobody is signed in' }),
    pending: z.enum(['code', 'enrol', 'renew', 'confirm']).nullable().meta({
      description:
        'What the sign-in still lacks: a code of the second factor, a second factor at all, or a new one in place of one that was reset (with the token of the reset); `confirm`: an administrator has yet to confirm the account. Until then the session is nobody’s everywhere else.',
    }),
    inbox: count.meta({ description: 'Requests that wait for this user’s decision' }),
    mine: count.meta({ description: 'Open requests of this user’s organisation' }),
  })
  .openapi('Session');

export type Session = z.output<typeof session>;

export const signedOut = z
  .object({ elsewhere: z.string().meta({ description: 'Address at the service (OpenID Connect RP-Initiated Logout)' }) })
  .openapi('SignedOut');

const nobody: Session = { user: null, pending: null, inbox: 0, mine: 0 };
/** The session of a planner, as others' examples have it. */
export const planners: Session = {
  user: {
    username: 'planner',
    nameZh: '周敏',
    nameEn: 'Zhou Min',
    organisation: transport,
    roles: ['planner'],
    actingFor: null,
  },
  pending: null,
  inbox: 0,
  mine: 1,
};
const planner = ['A planner with one open request', planners] as const;

export const codeBody = json(codeInput, {
  app: ['Of the authenticator app', { code: '492039' }],
  recovery: ['A recovery code', { code: 'k4zq-7m2a-x3vd-p6ws' }],
});

/** Signing in and out. */
export const sessionOperations = {
  getSession: operation({
    id: 'getSession',
    method: 'get',
    path: '/session',
    tag: 'Session',
    en: 'Who is signed in',
    zh: '当前登录用户',
    callers: 'anyone',
    answers: {
      200: {
        description: 'The user, or null',
        json: json(session, { planner, anonymous: ['Nobody is signed in', nobody] }),
      },
    },
    faults: [],
  }),

  signIn: operation({
    id: 'signIn',
    method: 'post',
    path: '/session',
    tag: 'Session',
    en: 'Sign in',
    zh: '登录',
    about:
      'After ten wrong passwords a name waits for this address: a minute, then twice as long each time, an hour at most; after fifty from anywhere within an hour it waits a quarter of an hour for addresses it has not signed in from. Names that do not exist answer alike. `pending` says what the sign-in still lacks.',
    callers: 'anyone',
    body: json(credentials, {
      planner: ['The planner of the demonstration', { username: 'planner', password: 'yutu-demo' }],
    }),
    answers: {
      200: {
        description: 'Signed in, or waiting for the second factor',
        json: json(session, {
          planner,
          code: ['A code of the second factor is still to come', { ...nobody, pending: 'code' }],
        }),
        headers: ['Set-Cookie'],
      },
    },
    faults: ['parameter_invalid.username', ...BODY_FAULTS, 'sign_in_failed', 'too_many_attempts'],
  }),

  signOut: operation({
    id: 'signOut',
    method: 'delete',
    path: '/session',
    tag: 'Session',
    en: 'Sign out',
    zh: '退出',
    about: 'A session that began at the city’s service goes on there: `elsewhere` is where a browser ends that one, too.',
    callers: 'anyone',
    answers: {
      200: {
        description: 'Signed out here; the service’s own session is left',
        json: json(signedOut, {
          service: [
            'At the city’s service',
            {
              elsewhere:
                'https://id.example.gov.cn/realms/city/logout?post_logout_redirect_uri=https%3A%2F%2Fmap.example.gov.cn%2F',
            },
          ],
        }),
        headers: ['Set-Cookie'],
      },
      204: { description: 'Signed out; also when nobody was signed in', headers: ['Set-Cookie'] },
    },
    faults: ['origin_refused', 'disk_full'],
  }),

  giveCode: operation({
    id: 'giveCode',
    method: 'post',
    path: '/session/factor',
    tag: 'Session',
    en: 'Give the code of the second factor',
    zh: '输入验证码',
    about: 'After five wrong codes the password must be given again.',
    callers: 'anyone',
    body: codeBody,
    answers: {
      200: { description: 'Signed in', json: json(session, { planner }), headers: ['Set-Cookie'] },
    },
    faults: [...BODY_FAULTS, 'code_wrong', 'sign_in_required', 'too_many_attempts'],
  }),
};
