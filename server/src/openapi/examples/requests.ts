import { planning, transport } from '@yutu/contract';
import type { Examples } from '../operation.js';
import type { Value } from '../schemas/index.js';

/* The story of one request: asked for, granted narrower, taken back. */

export const REQUEST_ID = '5d416703-a0ac-4c53-a984-77b07663fa1b';
const AGREEMENT_ID = '4f2d8b1e-6c3a-4e57-9a0b-7d1c2e3f4a5b';
export const GRANT_ID = '8f1b4c42-724d-4c9b-9206-203f0f22227c';

const purpose = '沿江铁路用地预审：核对沿线宗地的权属和用途';
const reason = '沿线只涉及两区；权利类型与本事项无关';
const layer = { id: 'parcels', titleZh: '地籍宗地', titleEn: 'Land parcels' };
const values = (...names: string[]) => names.map((name) => ({ name, form: 'value' as const }));
const holder = { name: 'holder', form: 'code' as const };

const asked = {
  actions: ['view', 'query', 'download', 'api'] as Value<'RequestInput'>['actions'] & {},
  fields: [...values('code', 'land_use', 'right_type', 'area_m2', 'district_code'), holder],
  from: '2026-11-23',
  until: '2027-04-30',
};

export const requestInput: Examples<'RequestInput'> = {
  districts: [
    'Land parcels in three districts',
    { layer: 'parcels', purpose, matter: 'JT-2026-0418', ...asked, area: { divisions: ['500103', '500105', '500106'] } },
  ],
  redLine: [
    'Within a project’s red line, kept as a draft',
    {
      layer: 'parcels',
      purpose,
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
};

export const requestPatch: Examples<'RequestPatch'> = {
  correct: ['Correct and submit again', { area: { divisions: ['500102', '500115'] }, until: '2027-03-31', status: 'submitted' }],
  withdraw: ['Withdraw', { status: 'withdrawn' }],
};

const given: Value<'GrantInput'> = {
  actions: ['view', 'query', 'api'],
  fields: [...values('code', 'land_use', 'area_m2', 'district_code'), holder],
  rows: "land_use IN ('07', '05')",
  area: { divisions: ['500103', '500105'] },
  until: '2027-02-28',
};

export const updateInput: Examples<'UpdateInput'> = {
  delivery: ['New data came', { kind: 'delivery', note: '2026 年四季度' }],
  noChange: ['Nothing has changed', { kind: 'no_change' }],
};
export const extensionInput: Examples<'ExtensionInput'> = {
  holidays: ['Five days more', { days: 5, reason: '涉及三个处室，正在会商' }],
};
export const extensionAnswer: Examples<'ExtensionAnswer'> = {
  agreed: ['Agreed', { agreed: true }],
  declined: ['Not agreed', { agreed: false, reason: '所涉字段无需会商' }],
};
export const decisionInput: Examples<'DecisionInput'> = {
  narrower: ['Two districts, one field less, three months, no download', { outcome: 'narrower', reason, grant: given }],
  granted: ['As asked, of the state seen', { outcome: 'granted', seen: 'p5K2r9VQ0gJb1n7sTzXwYc3dEfA' }],
  refused: [
    'Refused with a coded reason',
    { outcome: 'refused', reasonCode: 'B1', reason: '用途与所引事项不符，请核对后重新申请' },
  ],
  correction: ['Back to the applicant: the clock stands', { outcome: 'correction', reason: '请写明铁路经过的区县' }],
};

export const revokeInput: Examples<'RevokeInput'> = { done: ['The matter is closed', { reason: '事项已办结' }] };

const area = (divisions: string[], labelZh: string, labelEn: string, areaKm2: number): Value<'Area'> => ({
  divisions,
  divisionYear: '2023',
  name: null,
  labelZh,
  labelEn,
  areaKm2,
  bbox: [106.48532, 29.51932, 106.88308, 29.69073],
  geometry: {
    type: 'MultiPolygon',
    coordinates: [
      [
        [
          [106.48532, 29.51932],
          [106.88308, 29.51932],
          [106.88308, 29.69073],
          [106.48532, 29.51932],
        ],
      ],
    ],
  },
});

const submitted: Value<'ShareRequest'> = {
  id: REQUEST_ID,
  number: 'SQ-2026-11-0187',
  status: 'submitted',
  layer: { ...layer, class: 'conditional', owner: planning },
  applicant: { username: 'planner', nameZh: '周敏', nameEn: 'Zhou Min', organisation: transport },
  purpose,
  matter: { code: 'JT-2026-0418', titleZh: '沿江铁路项目用地预审', titleEn: 'Land pre-examination of the riverside railway' },
  necessity: null,
  ...asked,
  area: area(
    ['500103', '500105', '500106'],
    '渝中区、江北区、沙坪坝区',
    'Yuzhong District, Jiangbei District, Shapingba District',
    642.8,
  ),
  createdAt: '2026-11-23T01:12:05.000Z',
  submittedAt: '2026-11-23T01:12:05.000Z',
  clock: { due: '2026-12-07', days: 10, used: 0, left: 10, paused: false },
  extension: null,
  decision: null,
  grant: null,
  history: [{ at: '2026-11-23T01:12:05.000Z', by: 'planner', event: 'request_submitted', text: purpose }],
  can: ['withdraw'],
};

const grantExample: Value<'Grant'> = {
  id: GRANT_ID,
  layer,
  subject: { kind: 'organisation', id: transport.id, titleZh: transport.titleZh, titleEn: transport.titleEn },
  grantee: transport,
  jurisdiction: null,
  maxZoom: null,
  precision: null,
  quota: null,
  kind: 'single',
  agreement: null,
  purpose,
  request: REQUEST_ID,
  status: 'active',
  actions: given.actions,
  fields: given.fields,
  rows: given.rows ?? null,
  area: area(['500103', '500105'], '渝中区、江北区', 'Yuzhong District, Jiangbei District', 251),
  from: '2026-11-24',
  until: given.until,
  endsAt: null,
  grantedBy: 'steward',
  grantedAt: '2026-11-24T02:15:00.000Z',
  revokedAt: null,
  revokedReason: null,
  lastUsed: null,
  can: ['revoke'],
};

const decided: Value<'ShareRequest'> = {
  ...submitted,
  status: 'narrower',
  clock: null,
  decision: {
    outcome: 'narrower',
    by: 'steward',
    byName: '陈立',
    at: '2026-11-24T02:15:00.000Z',
    reasonCode: null,
    reason,
    leftOut: { actions: ['download'], fields: ['right_type'], divisions: ['500106'], areaKm2: 391.9, term: '2027-04-30' },
  },
  grant: grantExample,
  history: [...submitted.history, { at: '2026-11-24T02:15:00.000Z', by: 'steward', event: 'narrower', text: reason }],
  can: ['revoke'],
};

const inInbox: Value<'ShareRequest'> = {
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
  suggestion: {
    ...given,
    rows: null,
    area: { divisions: ['500103', '500105', '500106'] },
    from: '2026-11-23',
    until: '2027-04-30',
  },
};

export const submittedRequest: Examples<'ShareRequest'> = { submitted: ['To the applicant: waiting for an answer', submitted] };
export const oneRequest: Examples<'ShareRequest'> = {
  ...submittedRequest,
  inbox: [
    'To the owner’s steward: with the evidence for a decision',
    {
      ...inInbox,
      precedents: [
        {
          organisationZh: '市水利局',
          organisationEn: 'Water Resources Bureau',
          matter: '河道管理范围划定',
          outcome: 'narrower',
          days: 4,
        },
      ],
    },
  ],
};
export const decidedRequest: Examples<'ShareRequest'> = { narrower: ['Granted narrower than asked', decided] };
export const changedRequest: Examples<'ShareRequest'> = {
  withdrawn: ['Withdrawn', { ...submitted, status: 'withdrawn', clock: null, can: [] }],
};
export const requestList: Examples<'ShareRequests'> = {
  mine: ['box=mine', { requests: [submitted] }],
  inbox: ['box=inbox, to a steward', { requests: [inInbox] }],
};

export const oneGrant: Examples<'Grant'> = { active: ['In force', grantExample] };
export const grantList: Examples<'Grants'> = { one: ['One grant', { grants: [grantExample] }] };
export const revokedGrant: Examples<'Grant'> = {
  revoked: [
    'Taken back',
    { ...grantExample, status: 'revoked', revokedAt: '2026-12-18T08:40:00.000Z', revokedReason: '事项已办结', can: [] },
  ],
};

const agreementExample: Value<'Agreement'> = {
  id: AGREEMENT_ID,
  kind: 'emergency',
  title: '山体滑坡应急',
  reason: '万州区山体滑坡应急处置',
  status: 'in_force',
  partyA: planning,
  partyB: null,
  madeBy: 'steward',
  madeAt: '2026-11-24T02:15:00.000Z',
  signedBy: null,
  signedAt: null,
  confirmBy: '2026-11-24T06:15:00.000Z',
  confirmedBy: 'security',
  confirmedAt: '2026-11-24T02:40:00.000Z',
  endedAt: null,
  reviewDue: '2026-11-30',
  reviewedBy: null,
  reviewedAt: null,
  review: null,
  grants: [{ ...grantExample, kind: 'emergency', agreement: AGREEMENT_ID, request: null }],
  can: ['end'],
};
export const oneAgreement: Examples<'Agreement'> = { emergency: ['An emergency', agreementExample] };
export const agreementList: Examples<'Agreements'> = { one: ['One agreement', { agreements: [agreementExample] }] };
export const shared: Examples<'Shared'> = {
  emergency: ['In an emergency', { grants: agreementExample.grants, agreement: agreementExample }],
};
export const shareInput: Examples<'ShareInput'> = {
  emergency: [
    'A landslide: one district, a week',
    {
      layers: ['parcels'],
      kind: 'emergency',
      subject: { kind: 'organisation', id: 'emergency' },
      title: '山体滑坡应急',
      reason: '万州区山体滑坡应急处置',
      actions: ['view', 'query'],
      fields: null,
      area: { divisions: ['500101'] },
      until: '2026-12-05',
    },
  ],
  jurisdiction: [
    'Each district its own, positions rounded to 50 m',
    {
      layers: ['parcels'],
      kind: 'single',
      subject: { kind: 'line', id: 'planning' },
      reason: '数据回流',
      actions: ['view', 'query', 'api'],
      fields: [{ name: 'code', form: 'value' }],
      area: { jurisdiction: true },
      precision: { kind: 'grid', metres: 50 },
      quota: { featuresPerDay: 20_000 },
      until: '2027-11-23',
    },
  ],
};
export const signInput: Examples<'SignInput'> = {
  pair: ['What we give', { layers: ['roads'], actions: ['view'], fields: null, area: null, until: '2027-11-23' }],
};
export const reviewInput: Examples<'ReviewInput'> = { fine: ['As it should be', { text: '使用与处置范围一致，已核对日志' }] };

export const explanation: Examples<'Explanation'> = {
  granted: [
    'What the Transport Commission sees of the parcels',
    {
      layer,
      caller: { key: 'organisation:transport', titleZh: transport.titleZh, titleEn: transport.titleEn },
      discover: true,
      actions: ['view', 'query', 'api'],
      paused: null,
      leftOut: 0,
      views: [
        {
          source: 'grant',
          actions: ['view', 'query', 'api'],
          fields: [
            { name: 'code', titleZh: '宗地代码', titleEn: 'Parcel code', form: 'value' },
            { name: 'holder', titleZh: '权利人', titleEn: 'Holder', form: 'code' },
          ],
          rows: null,
          areaZh: '渝中区、江北区',
          areaEn: 'Yuzhong District, Jiangbei District',
          maxZoom: null,
          precision: null,
          until: '2027-02-28',
          sentenceZh:
            '可浏览、查询、接口调用；范围限于渝中区、江北区；字段：宗地代码、权利人（代码）；至 2027-02-28；依据申请 SQ-2026-11-0187。',
          sentenceEn:
            'May view, query, machine use; within Yuzhong District, Jiangbei District; fields: Parcel code, Holder (as a code); until 2027-02-28; by request SQ-2026-11-0187.',
          grant: {
            id: GRANT_ID,
            by: 'steward',
            byNameZh: '陈立',
            byNameEn: 'Chen Li',
            at: '2026-11-24T02:15:00.000Z',
            reason,
            kind: 'single',
          },
          request: { id: REQUEST_ID, number: 'SQ-2026-11-0187' },
        },
      ],
      hidden: [{ name: 'phone', titleZh: '联系电话', titleEn: 'Telephone' }],
      sentenceZh: '市交通运输委可浏览、查询、接口调用；范围限于渝中区、江北区。',
      sentenceEn: 'Transport Commission – May view, query, machine use; within Yuzhong District, Jiangbei District.',
    },
  ],
};
export const previewInput: Examples<'PreviewInput'> = {
  applicant: ['As the applicant, with what is about to be granted', { layer: 'parcels', request: REQUEST_ID, grant: given }],
  public: ['As the public', { layer: 'parcels', as: 'public' }],
};
export const preview: Examples<'Preview'> = {
  opened: [
    'For an hour',
    {
      token: 'q3Zc0mYw2v0bG7x1JdE4sN8aRtLhKpQf',
      until: '2026-11-24T03:15:00.000Z',
      sentenceZh: '您正以“市交通运输委”的身份看“地籍宗地”，按拟同意的内容。',
      sentenceEn: 'You are looking at "Land parcels" as Transport Commission, with the drafted grant.',
    },
  ],
};
