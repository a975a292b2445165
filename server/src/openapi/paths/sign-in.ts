import { headerMap, operation } from '../operation.js';
import { param } from '../parameters.js';
import type { Paths } from '../types.js';

/** A browser's way to the city's sign-in service and back: redirects. */
export const signInPaths: Paths = {
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
      faults: ['not_found', 'oidc_refused', 'oidc_subject', 'oidc_organisation', 'oidc_roles', 'oidc_unavailable'],
    }),
  },
};
