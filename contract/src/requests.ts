import { BODY_FAULTS } from './faults.js';
import { json, operation } from './operation.js';
import { text, word } from './query.js';
import {
  decisionInput,
  extensionAnswer,
  extensionInput,
  requestInput,
  requestPatch,
  type ShareRequest,
  shareRequest,
  shareRequests,
} from './request.js';
import { asked, decided, given, PURPOSE, REASON, submitted } from './story.js';

const districts = { divisions: ['500103', '500105', '500106'] };
const inInbox: ShareRequest = {
  ...submitted,
  can: ['decide', 'correct', 'extend'],
  checks: [
    {
      item: 'actions',
      askedZh: '浏览、查询、下载、接口',
      askedEn: 'view, query, download, API',
      allowedZh: '浏览、查询、接口',
      allowedEn: 'view, query, API',
      ok: false,
      excessZh: '超下载',
      excessEn: 'beyond: download',
    },
  ],
  suggestion: { ...given, rows: null, area: districts, from: '2026-11-23', until: '2027-04-30' },
};
const precedent = {
  organisationZh: '市水利局',
  organisationEn: 'Water Resources Bureau',
  matter: '河道管理范围划定',
  outcome: 'narrower' as const,
  days: 4,
};
const toApplicant = ['To the applicant: waiting for an answer', submitted] as const;
const changed = json(shareRequest, {
  withdrawn: ['Withdrawn', { ...submitted, status: 'withdrawn', clock: null, can: [] }],
});

/** Asking for a layer, and deciding. */
export const requestOperations = {
  getRequests: operation({
    id: 'getRequests',
    method: 'get',
    path: '/requests',
    tag: 'Requests',
    en: 'Requests the caller may see',
    zh: '申请列表',
    about: 'At most 500, the newest first. Stewards get `checks` and `suggestion` with each; auditors see all of them.',
    callers: 'person',
    query: {
      box: word(
        '`mine`: of the caller’s organisation. `inbox`: for layers the caller is steward of. Absent: both.',
        ['mine', 'inbox'],
        {
          example: 'mine',
        },
      ),
      layer: text('Only those of this layer', { example: 'parcels' }),
    },
    answers: {
      200: {
        description: 'The requests',
        json: json(shareRequests, {
          mine: ['box=mine', { requests: [submitted] }],
          inbox: ['box=inbox, to a steward', { requests: [inInbox] }],
        }),
      },
    },
    faults: [],
  }),

  createRequest: operation({
    id: 'createRequest',
    method: 'post',
    path: '/requests',
    tag: 'Requests',
    en: 'Ask for a layer',
    zh: '提交申请',
    about: 'Submits at once unless `draft`. A layer that is shared unconditionally is granted in the same breath.',
    callers: 'person',
    body: json(requestInput, {
      districts: [
        'Land parcels in three districts',
        { layer: 'parcels', purpose: PURPOSE, matter: 'JT-2026-0418', ...asked, area: districts },
      ],
      redLine: [
        'Within a project’s red line, kept as a draft',
        {
          layer: 'parcels',
          purpose: PURPOSE,
          matter: 'JT-2026-0418',
          ...asked,
          area: {
            name: '沿江铁路一标段',
            polygon: {
              type: 'Polygon',
              coordinates: [
                [
                  [106.55, 29.56],
                  [106.58, 29.56],
                  [106.58, 29.58],
                  [106.55, 29.58],
                  [106.55, 29.56],
                ],
              ],
            },
          },
          draft: true,
        },
      ],
      unconditional: ['One click: a layer that is shared unconditionally', { layer: 'schools' }],
    }),
    answers: {
      201: { description: 'The request', json: json(shareRequest, { submitted: toApplicant }), headers: ['Location'] },
    },
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

  getRequest: operation({
    id: 'getRequest',
    method: 'get',
    path: '/requests/{id}',
    tag: 'Requests',
    en: 'One request',
    zh: '一个申请',
    callers: 'person',
    parameters: ['request'],
    answers: {
      200: {
        description: 'The request',
        json: json(shareRequest, {
          submitted: toApplicant,
          inbox: ['To the owner’s steward: with the evidence for a decision', { ...inInbox, precedents: [precedent] }],
        }),
      },
    },
    faults: ['request_not_found'],
  }),

  changeRequest: operation({
    id: 'changeRequest',
    method: 'patch',
    path: '/requests/{id}',
    tag: 'Requests',
    en: 'Change, submit or withdraw a request',
    zh: '修改、提交或撤回申请',
    about:
      'A draft and a request under correction can be changed and submitted; these and a submitted one can be withdrawn. By its applicant, or who acts in that person’s place; once submitted the organisation’s stewards and administrators may withdraw it, too.',
    callers: 'person',
    parameters: ['request'],
    body: json(requestPatch, {
      correct: [
        'Correct and submit again',
        { area: { divisions: ['500102', '500115'] }, until: '2027-03-31', status: 'submitted' },
      ],
      withdraw: ['Withdraw', { status: 'withdrawn' }],
    }),
    answers: { 200: { description: 'The request as it is now', json: changed } },
    faults: [
      'request_not_found',
      'request_not_yours',
      'parameter_invalid.purpose',
      'parameter_invalid.divisions',
      ...BODY_FAULTS,
      'layer_withheld',
      'wrong_state',
    ],
  }),

  decideRequest: operation({
    id: 'decideRequest',
    method: 'post',
    path: '/requests/{id}/decision',
    tag: 'Requests',
    en: 'Decide a request',
    zh: '答复申请',
    about: 'Once: of two stewards who decide at the same time the second gets 409, and nothing of it is written.',
    callers: 'person',
    parameters: ['request'],
    body: json(decisionInput, {
      narrower: [
        'Two districts, one field less, three months, no download',
        { outcome: 'narrower', reason: REASON, grant: given },
      ],
      granted: ['As asked, of the state seen', { outcome: 'granted', seen: 'p5K2r9VQ0gJb1n7sTzXwYc3dEfA' }],
      refused: [
        'Refused with a coded reason',
        { outcome: 'refused', reasonCode: 'B1', reason: '用途与所引事项不符，请核对后重新申请' },
      ],
      correction: ['Back to the applicant: the clock stands', { outcome: 'correction', reason: '请写明铁路经过的区县' }],
    }),
    answers: {
      200: {
        description: 'The request as decided',
        json: json(shareRequest, { narrower: ['Granted narrower than asked', decided] }),
      },
    },
    faults: [
      'request_not_found',
      'parameter_invalid.reasonCode',
      'parameter_invalid.rows',
      ...BODY_FAULTS,
      'role_required.steward',
      'layer_withheld',
      'same_person',
      'already_decided',
      'request_changed',
      'wrong_state',
      'wider_than_asked',
      'correction_once',
    ],
  }),

  askExtension: operation({
    id: 'askExtension',
    method: 'post',
    path: '/requests/{id}/extension',
    tag: 'Requests',
    en: 'Ask for more time to answer a request',
    zh: '申请延长答复期限',
    about:
      'For the owner’s stewards: one extension of at most 10 working days, asked for before the time is over. It counts once the data authority agrees; the applicant reads both in the request.',
    callers: 'person',
    parameters: ['request'],
    body: json(extensionInput, { holidays: ['Five days more', { days: 5, reason: '涉及三个处室，正在会商' }] }),
    answers: { 200: { description: 'The request as it is now', json: changed } },
    faults: [
      'request_not_found',
      'parameter_invalid.reason',
      ...BODY_FAULTS,
      'role_required.steward',
      'same_person',
      'extension_once',
      'extension_late',
      'wrong_state',
    ],
  }),

  answerExtension: operation({
    id: 'answerExtension',
    method: 'post',
    path: '/requests/{id}/extension/answer',
    tag: 'Requests',
    en: 'Agree to an extension, or not',
    zh: '答复延期申请',
    about: 'For the data authority (security administrators), of neither the owner’s nor the applicant’s organisation.',
    callers: 'person',
    parameters: ['request'],
    body: json(extensionAnswer, {
      agreed: ['Agreed', { agreed: true }],
      declined: ['Not agreed', { agreed: false, reason: '所涉字段无需会商' }],
    }),
    answers: { 200: { description: 'The request as it is now', json: changed } },
    faults: [
      'request_not_found',
      'parameter_invalid.reason',
      ...BODY_FAULTS,
      'role_required.security',
      'same_person',
      'wrong_state',
    ],
  }),
};
