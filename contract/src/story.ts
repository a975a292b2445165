import type { Agreement } from './agreement.js';
import type { Area } from './area.js';
import type { Grant, GrantGiven } from './grant.js';
import { planning, transport } from './organisation.js';
import type { RequestContent, ShareRequest } from './request.js';

/* The story of the examples: one request, asked for, granted narrower, taken back. */

export const REQUEST_ID = '5d416703-a0ac-4c53-a984-77b07663fa1b';
export const GRANT_ID = '8f1b4c42-724d-4c9b-9206-203f0f22227c';
export const PURPOSE = '沿江铁路用地预审：核对沿线宗地的权属和用途';
export const REASON = '沿线只涉及两区；权利类型与本事项无关';
export const parcels = { id: 'parcels', titleZh: '地籍宗地', titleEn: 'Land parcels' };
export const values = (...names: string[]) => names.map((name) => ({ name, form: 'value' as const }));
export const holder = { name: 'holder', form: 'code' as const };

export const given: GrantGiven & { fields: NonNullable<GrantGiven['fields']> } = {
  actions: ['view', 'query', 'api'],
  fields: [...values('code', 'land_use', 'area_m2', 'district_code'), holder],
  rows: "land_use IN ('07', '05')",
  area: { divisions: ['500103', '500105'] },
  until: '2027-02-28',
};

const frozen = (divisions: string[], labelZh: string, labelEn: string, areaKm2: number): Area => ({
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

export const granted: Grant = {
  id: GRANT_ID,
  layer: parcels,
  subject: { kind: 'organisation', id: transport.id, titleZh: transport.titleZh, titleEn: transport.titleEn },
  grantee: transport,
  jurisdiction: null,
  maxZoom: null,
  precision: null,
  quota: null,
  kind: 'single',
  agreement: null,
  purpose: PURPOSE,
  request: REQUEST_ID,
  status: 'active',
  actions: given.actions,
  fields: given.fields,
  rows: given.rows ?? null,
  area: frozen(['500103', '500105'], '渝中区、江北区', 'Yuzhong District, Jiangbei District', 251),
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

export const asked = {
  actions: ['view', 'query', 'download', 'api'] as NonNullable<RequestContent['actions']>,
  fields: [...values('code', 'land_use', 'right_type', 'area_m2', 'district_code'), holder],
  from: '2026-11-23',
  until: '2027-04-30',
};

export const submitted: ShareRequest = {
  id: REQUEST_ID,
  number: 'SQ-2026-11-0187',
  status: 'submitted',
  layer: { ...parcels, class: 'conditional', owner: planning },
  applicant: { username: 'planner', nameZh: '周敏', nameEn: 'Zhou Min', organisation: transport },
  purpose: PURPOSE,
  matter: { code: 'JT-2026-0418', titleZh: '沿江铁路项目用地预审', titleEn: 'Land pre-examination of the riverside railway' },
  necessity: null,
  ...asked,
  area: frozen(
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
  history: [{ at: '2026-11-23T01:12:05.000Z', by: 'planner', event: 'request_submitted', text: PURPOSE }],
  can: ['withdraw'],
};

export const decided: ShareRequest = {
  ...submitted,
  status: 'narrower',
  clock: null,
  decision: {
    outcome: 'narrower',
    by: 'steward',
    byName: '陈立',
    at: '2026-11-24T02:15:00.000Z',
    reasonCode: null,
    reason: REASON,
    leftOut: { actions: ['download'], fields: ['right_type'], divisions: ['500106'], areaKm2: 391.9, term: '2027-04-30' },
  },
  grant: granted,
  history: [...submitted.history, { at: '2026-11-24T02:15:00.000Z', by: 'steward', event: 'narrower', text: REASON }],
  can: ['revoke'],
};

const AGREEMENT_ID = '4f2d8b1e-6c3a-4e57-9a0b-7d1c2e3f4a5b';
export const emergency: Agreement = {
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
  grants: [{ ...granted, kind: 'emergency', agreement: AGREEMENT_ID, request: null }],
  can: ['end'],
};

export const ofTransport = {
  layer: parcels,
  caller: { key: 'organisation:transport', titleZh: transport.titleZh, titleEn: transport.titleEn },
  discover: true,
  actions: ['view', 'query', 'api'] as Grant['actions'],
  paused: null,
  leftOut: 0,
  views: [
    {
      source: 'grant' as const,
      actions: ['view', 'query', 'api'] as Grant['actions'],
      fields: [
        { name: 'code', titleZh: '宗地代码', titleEn: 'Parcel code', form: 'value' as const },
        { name: 'holder', titleZh: '权利人', titleEn: 'Holder', form: 'code' as const },
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
        reason: REASON,
        kind: 'single' as const,
      },
      request: { id: REQUEST_ID, number: 'SQ-2026-11-0187' },
    },
  ],
  hidden: [{ name: 'phone', titleZh: '联系电话', titleEn: 'Telephone' }],
  sentenceZh: '市交通运输委可浏览、查询、接口调用；范围限于渝中区、江北区。',
  sentenceEn: 'Transport Commission – May view, query, machine use; within Yuzhong District, Jiangbei District.',
};

export const hashes = {
  before: '9e3b7d7ac029f4d63e31c82c27d6e652020c54ee68b5dc8fba316945088ef7ff',
  head: '843c69ff1689aca1df8042f383869e1be125d90656b68030e02cfdd3b74b75ab',
};

export const revoked = {
  seq: 40,
  at: '2026-12-18T08:40:00.000Z',
  actor: 'steward',
  organisation: 'planning',
  action: 'revoke',
  layer: 'parcels',
  subject: GRANT_ID,
  detail: { grantee: 'transport', reason: '事项已办结' },
  algorithm: 'sha256',
  prev: hashes.before,
  hash: hashes.head,
  textZh: '市规划自然资源局 steward 收回授权“地籍宗地”：事项已办结',
  textEn: 'steward (Planning and Natural Resources Bureau) revoked a grant "Land parcels": 事项已办结',
};
