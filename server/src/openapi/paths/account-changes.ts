import * as examples from '../examples/account.js';
import { answer, operation } from '../operation.js';
import { param } from '../parameters.js';
import type { Paths } from '../types.js';

const FAULTS = ['account_change_not_found', 'role_required.administrator', 'own_account', 'own_change', 'same_office'] as const;

/** What one administrator did to an account, and another confirms. */
export const accountChangePaths: Paths = {
  '/account-changes': {
    get: operation({
      id: 'getAccountChanges',
      tag: 'Accounts',
      en: 'What waits to be confirmed',
      zh: '待确认事项',
      about:
        'Changes of accounts that the caller may confirm, and those it made. Another kind of administrator than the maker confirms, or the organisation’s own; who holds or gets an administrator’s role of the platform is confirmed by system, security or audit administrators. The oldest 200. What nobody confirmed within its term has lapsed: it can be declined or withdrawn only. Beside them stand the people whose last link did not go out by mail.',
      callers: 'person',
      answers: { 200: answer('AccountChanges', 'The oldest first', examples.accountChanges) },
      faults: ['parameter_unknown', 'role_required.administrator'],
    }),
  },
  '/account-changes/{id}/confirm': {
    post: operation({
      id: 'confirmAccountChange',
      tag: 'Accounts',
      en: 'Confirm a change of an account',
      zh: '确认账号更改',
      about:
        'It takes effect with this. The link that comes with a new account or a reset goes to the person by mail; where there is none, this answer holds it, once.',
      callers: 'person',
      parameters: [param('change')],
      answers: { 200: answer('AccountChangeConfirmed', 'In effect', examples.changeConfirmed) },
      faults: [...FAULTS, 'account_change_lapsed', 'last_administrator', 'origin_refused'],
    }),
  },
  '/account-changes/{id}': {
    delete: operation({
      id: 'declineAccountChange',
      tag: 'Accounts',
      en: 'Decline a change of an account, or withdraw one’s own',
      zh: '不予确认，或撤回自己办理的更改',
      about: 'An account that was never confirmed is gone with it; one that has come by the sign-in service is disabled.',
      callers: 'person',
      parameters: [param('change')],
      answers: { 204: { description: 'Nothing of it takes effect' } },
      faults: [...FAULTS, 'origin_refused'],
    }),
  },
};
