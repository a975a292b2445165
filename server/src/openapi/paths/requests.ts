import * as examples from '../examples/requests.js';
import { answer, BODY_FAULTS, body, operation } from '../operation.js';
import { param, query } from '../parameters.js';
import type { Paths } from '../types.js';

const layerQuery = query('layer', 'Only those of this layer', { type: 'string' }, 'parcels');

/** Requests, decisions and grants. */
export const requestPaths: Paths = {
  '/requests': {
    get: operation({
      id: 'getRequests',
      tag: 'Requests',
      en: 'Requests the caller may see',
      zh: '申请列表',
      about: 'At most 500, the newest first. Stewards get `checks` and `suggestion` with each; auditors see all of them.',
      callers: 'person',
      parameters: [
        query(
          'box',
          '`mine`: of the caller’s organisation. `inbox`: for layers the caller is steward of. Absent: both.',
          { type: 'string', enum: ['mine', 'inbox'] },
          'mine',
        ),
        layerQuery,
      ],
      answers: { 200: answer('ShareRequests', 'The requests', examples.requestList) },
      faults: ['parameter_unknown'],
    }),
    post: operation({
      id: 'createRequest',
      tag: 'Requests',
      en: 'Ask for a layer',
      zh: '提交申请',
      about: 'Submits at once unless `draft`. A layer that is shared unconditionally is granted in the same breath.',
      callers: 'person',
      body: body('RequestInput', examples.requestInput),
      answers: { 201: answer('ShareRequest', 'The request', examples.submittedRequest, { headers: ['Location'] }) },
      faults: [
        'layer_not_found',
        'parameter_invalid.purpose',
        'parameter_invalid.divisions',
        'parameter_invalid.polygon',
        ...BODY_FAULTS,
        'layer_withheld',
        'own_layer',
      ],
    }),
  },
  '/requests/{id}': {
    get: operation({
      id: 'getRequest',
      tag: 'Requests',
      en: 'One request',
      zh: '一个申请',
      callers: 'person',
      parameters: [param('request')],
      answers: { 200: answer('ShareRequest', 'The request', examples.oneRequest) },
      faults: ['request_not_found', 'parameter_unknown'],
    }),
    patch: operation({
      id: 'changeRequest',
      tag: 'Requests',
      en: 'Change, submit or withdraw a request',
      zh: '修改、提交或撤回申请',
      about: 'A draft and a request under correction can be changed and submitted; these and a submitted one can be withdrawn.',
      callers: 'person',
      parameters: [param('request')],
      body: body('RequestPatch', examples.requestPatch),
      answers: { 200: answer('ShareRequest', 'The request as it is now', examples.changedRequest) },
      faults: ['request_not_found', 'parameter_invalid.purpose', 'parameter_invalid.divisions', ...BODY_FAULTS, 'wrong_state'],
    }),
  },
  '/requests/{id}/decision': {
    post: operation({
      id: 'decideRequest',
      tag: 'Requests',
      en: 'Decide a request',
      zh: '答复申请',
      about: 'Once: of two stewards who decide at the same time the second gets 409, and nothing of it is written.',
      callers: 'person',
      parameters: [param('request')],
      body: body('DecisionInput', examples.decisionInput),
      answers: { 200: answer('ShareRequest', 'The request as decided', examples.decidedRequest) },
      faults: [
        'request_not_found',
        'parameter_invalid.reasonCode',
        'parameter_invalid.rows',
        ...BODY_FAULTS,
        'role_required.steward',
        'already_decided',
        'wrong_state',
        'wider_than_asked',
      ],
    }),
  },
  '/grants': {
    get: operation({
      id: 'getGrants',
      tag: 'Grants',
      en: 'Grants to the caller’s organisation and of the layers it is steward of',
      zh: '授权列表',
      about: 'At most 1000, the newest first; auditors see all of them.',
      callers: 'person',
      parameters: [layerQuery],
      answers: { 200: answer('Grants', 'The grants', examples.grantList) },
      faults: ['parameter_unknown'],
    }),
  },
  '/grants/{id}': {
    get: operation({
      id: 'getGrant',
      tag: 'Grants',
      en: 'One grant',
      zh: '一项授权',
      callers: 'person',
      parameters: [param('grant')],
      answers: { 200: answer('Grant', 'The grant', examples.oneGrant) },
      faults: ['grant_not_found'],
    }),
    delete: operation({
      id: 'revokeGrant',
      tag: 'Grants',
      en: 'Take a grant back',
      zh: '收回授权',
      about:
        'When this answers no surface gives it any more: tiles, items, keys and open maps lose the layer. The reason stands in the body, or in the query for clients that send no body with DELETE.',
      callers: 'person',
      parameters: [
        param('grant'),
        query('reason', 'Instead of the body', { type: 'string', minLength: 1, maxLength: 2000 }, '事项已办结'),
      ],
      body: body('RevokeInput', examples.revokeInput, false),
      answers: { 200: answer('Grant', 'The grant as it is now', examples.revokedGrant) },
      faults: [
        'grant_not_found',
        'parameter_invalid.reason',
        'parameter_unknown',
        ...BODY_FAULTS,
        'role_required.steward',
        'already_revoked',
      ],
    }),
  },
};
