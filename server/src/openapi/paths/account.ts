import * as examples from '../examples/account.js';
import { answer, BODY_FAULTS, body, headerMap, operation } from '../operation.js';
import { param } from '../parameters.js';
import type { Paths } from '../types.js';

/** Sessions and keys. */
export const accountPaths: Paths = {
  '/session': {
    get: operation({
      id: 'getSession',
      tag: 'Session',
      en: 'Who is signed in',
      zh: '当前登录用户',
      answers: { 200: answer('Session', 'The user, or null', examples.anonymousSession) },
      faults: ['parameter_unknown'],
    }),
    post: operation({
      id: 'signIn',
      tag: 'Session',
      en: 'Sign in',
      zh: '登录',
      about: 'Ten attempts a minute for each name and address.',
      body: body('Credentials', examples.credentials),
      answers: { 200: answer('Session', 'Signed in', examples.session, { headers: ['Set-Cookie'] }) },
      faults: ['parameter_invalid.username', ...BODY_FAULTS, 'sign_in_failed', 'too_many_attempts'],
    }),
    delete: operation({
      id: 'signOut',
      tag: 'Session',
      en: 'Sign out',
      zh: '退出',
      answers: { 204: { description: 'Signed out; also when nobody was signed in', headers: headerMap(['Set-Cookie']) } },
      faults: ['origin_refused'],
    }),
  },
  '/session/oidc': {
    get: operation({
      id: 'beginSignIn',
      tag: 'Session',
      en: 'Begin to sign in at the city’s service',
      zh: '前往统一身份认证',
      about: 'For browsers: OpenID Connect, authorization code with PKCE. 404 when no service is set up.',
      callers: 'unasked',
      parameters: [param('return')],
      answers: { 302: { description: 'To the service', headers: headerMap(['Location', 'Set-Cookie']) } },
      faults: ['not_found', 'parameter_invalid.return', 'too_many_attempts', 'oidc_unavailable'],
    }),
  },
  '/session/oidc/callback': {
    get: operation({
      id: 'endSignIn',
      tag: 'Session',
      en: 'Come back from the city’s service',
      zh: '从统一身份认证返回',
      about: 'Good once, in the browser that began. The account is made or brought up to date from the service’s claims.',
      callers: 'unasked',
      parameters: [param('code'), param('state')],
      answers: {
        303: { description: 'Signed in: on to where the person wanted', headers: headerMap(['Location', 'Set-Cookie']) },
      },
      faults: ['not_found', 'oidc_refused', 'oidc_organisation', 'oidc_roles', 'oidc_unavailable'],
    }),
  },
  '/keys': {
    get: operation({
      id: 'getKeys',
      tag: 'Keys',
      en: 'Keys of the caller’s organisation',
      zh: '本单位的密钥',
      callers: 'person',
      answers: { 200: answer('ApiKeys', 'The keys, without their secrets', examples.keys) },
      faults: ['parameter_unknown'],
    }),
    post: operation({
      id: 'createKey',
      tag: 'Keys',
      en: 'Make a key for a department system',
      zh: '新建密钥',
      about:
        'A key acts for its organisation, where a grant includes `api`. Every key ends. Those who are planners only name the layers it is for.',
      callers: 'person',
      body: body('KeyInput', examples.keyInput),
      answers: { 201: answer('NewApiKey', 'The key: its secret is shown this once', examples.newKey, { headers: ['Location'] }) },
      faults: ['layer_not_found', 'parameter_invalid.layers', 'parameter_invalid.until', 'parameter_invalid.end', ...BODY_FAULTS],
    }),
  },
  '/keys/{id}/rotate': {
    post: operation({
      id: 'rotateKey',
      tag: 'Keys',
      en: 'Give a key a new secret',
      zh: '更换密钥',
      about:
        'Both secrets are good for the overlap; the secret of a rotation before that is dead at once. Scope, quota and end stay.',
      callers: 'person',
      parameters: [param('key')],
      body: body('KeyRotation', examples.rotation),
      answers: { 200: answer('NewApiKey', 'The key with its new secret', examples.rotatedKey) },
      faults: ['key_not_found', 'key_over', 'role_required.keys', ...BODY_FAULTS],
    }),
  },
  '/keys/{id}': {
    delete: operation({
      id: 'revokeKey',
      tag: 'Keys',
      en: 'Revoke a key',
      zh: '停用密钥',
      about: 'It is refused from the next request on.',
      callers: 'person',
      parameters: [param('key')],
      answers: { 204: { description: 'Revoked' } },
      faults: ['key_not_found', 'origin_refused', 'disk_full'],
    }),
  },
};
