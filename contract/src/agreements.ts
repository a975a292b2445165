import { agreement, agreements, reviewInput, signInput } from './agreement.js';
import { BODY_FAULTS } from './faults.js';
import { revokeBody } from './grants.js';
import { json, operation } from './operation.js';
import { emergency } from './story.js';

const one = json(agreement, { emergency: ['An emergency', emergency] });
const now = { 200: { description: 'The agreement as it is now', json: one } };

/** Grants made together, and what is done with them. */
export const agreementOperations = {
  getAgreements: operation({
    id: 'getAgreements',
    method: 'get',
    path: '/agreements',
    tag: 'Grants',
    en: 'Grants made together: libraries, packages, pairs, emergencies',
    zh: '共享协议列表',
    about: 'Those that the caller’s organisation has a part in; auditors and security administrators see all. At most 500.',
    callers: 'person',
    answers: {
      200: { description: 'The agreements', json: json(agreements, { one: ['One agreement', { agreements: [emergency] }] }) },
    },
    faults: [],
  }),

  getAgreement: operation({
    id: 'getAgreement',
    method: 'get',
    path: '/agreements/{id}',
    tag: 'Grants',
    en: 'One agreement',
    zh: '一份共享协议',
    callers: 'person',
    parameters: ['agreement'],
    answers: { 200: { description: 'The agreement', json: one } },
    faults: ['agreement_not_found'],
  }),

  signAgreement: operation({
    id: 'signAgreement',
    method: 'post',
    path: '/agreements/{id}/sign',
    tag: 'Grants',
    en: 'Give the other side’s part of a pair',
    zh: '签署共享对子',
    about: 'Both sides’ grants are in force from then on.',
    callers: 'person',
    parameters: ['agreement'],
    body: json(signInput, {
      pair: ['What we give', { layers: ['roads'], actions: ['view'], fields: null, area: null, until: '2027-11-23' }],
    }),
    answers: now,
    faults: [
      'agreement_not_found',
      'layer_not_found',
      ...BODY_FAULTS,
      'role_required.steward',
      'same_person',
      'gives_to_self',
      'layer_withheld',
      'wrong_state',
    ],
  }),

  confirmAgreement: operation({
    id: 'confirmAgreement',
    method: 'post',
    path: '/agreements/{id}/confirm',
    tag: 'Grants',
    en: 'Stand by an emergency as the second person',
    zh: '确认应急授权',
    about:
      'For people on duty who did not open it and are none of those who get. What nobody confirms in time (`confirmBy`) ends by itself.',
    callers: 'person',
    parameters: ['agreement'],
    answers: now,
    faults: ['agreement_not_found', 'origin_refused', 'disk_full', 'not_on_duty', 'same_person', 'gives_to_self', 'wrong_state'],
  }),

  reviewAgreement: operation({
    id: 'reviewAgreement',
    method: 'post',
    path: '/agreements/{id}/review',
    tag: 'Grants',
    en: 'Write down what the review of an emergency found',
    zh: '应急授权事后审查',
    about: 'For auditors and security administrators, not for who opened or confirmed it. Due while it is in force.',
    callers: 'person',
    parameters: ['agreement'],
    body: json(reviewInput, { fine: ['As it should be', { text: '使用与处置范围一致，已核对日志' }] }),
    answers: now,
    faults: ['agreement_not_found', ...BODY_FAULTS, 'role_required.steward', 'same_person', 'wrong_state'],
  }),

  endAgreement: operation({
    id: 'endAgreement',
    method: 'post',
    path: '/agreements/{id}/end',
    tag: 'Grants',
    en: 'End an agreement with all its grants',
    zh: '终止共享协议',
    about: 'For stewards of either party and security administrators.',
    callers: 'person',
    parameters: ['agreement'],
    body: revokeBody,
    answers: now,
    faults: ['agreement_not_found', 'parameter_invalid.reason', ...BODY_FAULTS, 'role_required.steward', 'wrong_state'],
  }),
};
