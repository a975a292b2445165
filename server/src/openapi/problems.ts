import { MAX_ZOOM } from '@yutu/tiles';
import { DATASET_MOST } from '../access/dataset.js';
import { type ErrorCode, YutuError } from '../errors/fail.js';
import { type Language, type ProblemBody, toProblem } from '../errors/problem.js';
import { errorTable } from '../errors/table.js';
import { MAX_LIMIT } from '../features/items.js';
import { MOST_FEATURES } from '../store/analyse.js';
import { HOST } from './examples/host.js';
import type { Example, Reference, Response } from './types.js';

type Values = Record<string, string | number>;
interface Sample {
  values?: Values;
  more?: { parameter?: string; allowed?: unknown };
}

const invalid = (parameter: string, whyZh: string, whyEn: string, allowed?: unknown): Sample => ({
  values: { parameter, whyZh, whyEn },
  more: { parameter, allowed },
});
const parcels: Values = {
  layer: 'parcels',
  titleZh: '地籍宗地',
  titleEn: 'Land parcels',
  ownerZh: '市规划自然资源局',
  ownerEn: 'Planning and Natural Resources Bureau',
  requestPage: '/?request=parcels',
  requestApi: '/api/requests',
};

/** Faults as they come about: a code, or a code with a word for the case when it has several. */
const samples = {
  layer_not_found: { values: { layer: 'parcel' } },
  feature_not_found: { values: { layer: 'parcels', fid: 999999999 } },
  'parameter_invalid.limit': invalid(
    'limit',
    `应为 1 到 ${MAX_LIMIT} 的整数`,
    `it must be a whole number from 1 to ${MAX_LIMIT}`,
    {
      minimum: 1,
      maximum: MAX_LIMIT,
    },
  ),
  'parameter_invalid.bbox': invalid(
    'bbox',
    '应为 4 或 6 个数字：西,南,东,北（经纬度）',
    'it must be 4 or 6 numbers: west,south,east,north in degrees',
  ),
  'parameter_invalid.filter': invalid(
    'filter',
    '过滤条件不能用（没有字段“landuse”）',
    'the filter cannot be used: unknown property: "landuse"',
  ),
  'parameter_invalid.since': invalid('since', '请用上一次答复给出的链接', 'use the next link of the answer before'),
  'parameter_invalid.collections': invalid(
    'collections',
    `请列出 1 到 ${DATASET_MOST} 个图层，用逗号分开`,
    `list 1 to ${DATASET_MOST} layers, separated by commas`,
  ),
  'parameter_invalid.draft': invalid(
    'body',
    '第 3 个要素的坐标 36400123, 3270123 不是经纬度',
    'feature 3 has 36400123, 3270123, which is not longitude and latitude',
  ),
  draft_not_found: {},
  too_many_drafts: { values: { most: 20, mostMB: 20 } },
  draft_too_hard: {},
  'parameter_invalid.q': invalid('q', '请输入 1 到 100 个字', 'type 1 to 100 characters'),
  'parameter_invalid.before': invalid(
    'before',
    '应为 1 到 9007199254740991 的整数',
    'it must be a whole number from 1 to 9007199254740991',
    {
      minimum: 1,
      maximum: Number.MAX_SAFE_INTEGER,
    },
  ),
  'parameter_invalid.from': invalid('from', '应为日期，如 2026-11-22', 'it must be a day, as in 2026-11-22'),
  'parameter_invalid.divisions': invalid('area.divisions', '没有区划代码 500199', 'there is no division with code 500199'),
  'parameter_invalid.polygon': invalid(
    'area.polygon',
    '图形自相交或不闭合（106.551600, 29.563000），请改正后再传',
    'the polygon is not valid: Self-intersection at 106.551600, 29.563000',
  ),
  'parameter_invalid.purpose': invalid('purpose', '请写明用途', 'say what it is for'),
  'parameter_invalid.reasonCode': invalid('reasonCode', '不予共享须选理由代码', 'a refusal needs a coded reason', [
    'A1',
    'A2',
    'A3',
    'B1',
    'B2',
    'B3',
  ]),
  'parameter_invalid.rows': invalid(
    'grant.rows',
    '条件不能用（没有字段“landuse”）',
    'the row filter cannot be used: unknown property: "landuse"',
  ),
  'parameter_invalid.reason': invalid('reason', '不符合要求（请写明理由）', 'say why'),
  'parameter_invalid.until': invalid('until', '期限不能早于今天', 'it may not lie before today'),
  'parameter_invalid.username': invalid('username', '不符合要求（应为文本）', 'Invalid input: expected string, received number'),
  parameter_unknown: { values: { parameter: 'page', allowed: 'f' }, more: { parameter: 'page', allowed: ['f'] } },
  body_invalid: {},
  body_too_large: { values: { limit: '5120 kB' } },
  request_malformed: {},
  method_not_allowed: { values: { method: 'POST' } },
  request_too_long: {},
  request_timeout: {},
  rights_unknown: {},
  tile_out_of_range: { values: { tile: '3/9/2', maxZoom: MAX_ZOOM } },
  format_unsupported: { values: { format: 'shape', allowed: 'json' }, more: { parameter: 'f', allowed: ['json'] } },
  credential_invalid: {},
  sign_in_failed: {},
  too_many_attempts: { values: { seconds: 60 } },
  sign_in_required: {},
  person_required: {},
  layer_needs_sign_in: { values: parcels },
  origin_refused: {},
  'role_required.steward': { values: { role: 'steward' } },
  factor_link_invalid: {},
  'role_required.security': { values: { role: 'security' } },
  ground_missing: {},
  'role_required.auditor': { values: { role: 'auditor' } },
  not_granted: { values: parcels },
  preview_not_yours: {},
  agreement_not_found: {},
  quota_exceeded: { values: parcels },
  extraction_slowed: { values: parcels },
  extraction_none: {},
  extraction_stopped: { values: parcels },
  'action_not_granted.download': { values: { ...parcels, actionZh: '下载', actionEn: 'download' } },
  'action_not_granted.analyse': { values: { ...parcels, actionZh: '红线套合', actionEn: 'overlay' } },
  'action_not_granted.view': { values: { ...parcels, actionZh: '查看', actionEn: 'view' } },
  'action_not_granted.embed': { values: { ...parcels, actionZh: '嵌入', actionEn: 'embed' } },
  'action_not_granted.verify': { values: { ...parcels, actionZh: '核验', actionEn: 'verification' } },
  'parameter_invalid.by': invalid('by', '没有这个字段，或它不能这样使用', 'there is no such field, or it cannot be used so', [
    'land_use',
  ]),
  'parameter_invalid.claims': invalid('claims.area_m2', '应为小数', 'it must be of type double'),
  polygon_too_small: { values: { ...parcels, least: 1000, area: 420 } },
  polygon_too_narrow: { values: { ...parcels, least: 10, width: 0.6 } },
  overlay_too_large: { values: { most: MOST_FEATURES } },
  asked_too_often: { values: { seconds: 42 } },
  layer_withheld: {
    values: {
      titleZh: '地下管线',
      titleEn: 'Underground pipelines',
      groundZh: '《城市地下管线管理条例》',
      groundEn: 'Regulations on Urban Underground Pipelines',
    },
  },
  key_scope: { values: parcels },
  key_action: { values: { ...parcels, actionZh: '下载', actionEn: 'download' } },
  key_network: {},
  key_quota: { values: { quota: 100_000 }, more: {} },
  key_over: {},
  signed_not_found: {},
  request_not_yours: {},
  credential_not_yours: {},
  credential_needs_steward: {},
  credential_not_offered: {},
  credential_over: {},
  keys_too_many: { values: { most: 50 } },
  account_federated: {},
  'parameter_invalid.to': invalid(
    'to',
    '应为本单位另一位可以负责的同事',
    'it must be another colleague of the organisation who may answer for it',
  ),
  oidc_unavailable: {},
  oidc_refused: {},
  oidc_subject: {},
  oidc_organisation: { values: { organisation: '1042' } },
  oidc_roles: { values: { roles: 'admin, auditor' } },
  not_found: {},
  'parameter_invalid.return': invalid('return', '应为本站的路径，以 / 开头', 'it must be a path of this site, beginning with /'),
  certificate_untrusted: {},
  certificate_unknown: {},
  certificate_taken: {},
  certificate_not_found: {},
  'parameter_invalid.certificate': invalid(
    'certificate',
    '证书不是由认可的机构颁发的',
    'it was not issued by an authority accepted here',
  ),
  signed_invalid: {},
  embed_origin: {},
  embed_not_found: {},
  'parameter_invalid.hours': invalid('hours', '不符合要求（最大为 24）', 'Too big: expected number to be <=24'),
  'parameter_invalid.origins': invalid(
    'origins.0',
    '不符合要求（应为网站的来源，形如 https://www.example.gov.cn）',
    'must be an origin like https://www.example.gov.cn',
  ),
  'role_required.keys': { values: { role: 'steward / org_admin' } },
  'parameter_invalid.layers': invalid(
    'layers',
    '请列出图层；不限图层的凭据由单位管理员或数据管理员办理',
    'name the layers; credentials for every layer are made by stewards and organisation administrators',
  ),
  'parameter_invalid.end': invalid(
    'until',
    '期限不能超过 365 天（2027-11-24）',
    'it may be 365 days ahead at most (2027-11-24)',
    {
      maximum: '2027-11-24',
    },
  ),
  edit_by_owner: { values: parcels },
  media_type_unsupported: { values: { allowed: 'application/geo+json, application/json' } },
  'media_type_unsupported.patch': { values: { allowed: 'application/merge-patch+json' } },
  precondition_required: {},
  precondition_failed: { values: { fid: 1, by: 'steward-planning', at: '2026-11-24T02:15:00.000Z' } },
  'parameter_invalid.geometry': invalid(
    'geometry',
    '图形自相交或不成立（106.550500, 29.560500）',
    'the geometry is not valid: Self-intersection at 106.550500, 29.560500',
  ),
  'parameter_invalid.property': invalid('properties.land_use', '不在代码表里', 'it is not in the code list', ['05', '07']),
  code_wrong: {},
  password_wrong: {},
  reset_link_invalid: {},
  factor_not_offered: {},
  factor_required: {},
  account_not_found: {},
  own_account: {},
  demo_account: {},
  roles_exclude: {},
  not_yours_to_do: {},
  role_not_given: {},
  factor_needed_first: {},
  account_unconfirmed: {},
  account_change_not_found: {},
  correction_once: {},
  extension_once: {},
  extension_late: { values: { due: '2026-12-07' } },
  account_change_lapsed: { values: { days: 14 } },
  own_change: {},
  same_office: {},
  last_administrator: { values: { role: 'security' } },
  delegation_not_found: {},
  delegation_overlaps: { values: { from: '2026-12-01', until: '2026-12-14' } },
  exists: { values: { what: 'li.na' } },
  'role_required.administrator': { values: { role: 'admin / security / org_admin' } },
  'parameter_invalid.password': invalid('password', '至少 12 个字符', 'it needs at least 12 characters'),
  'parameter_invalid.organisation': invalid('organisation', '没有这个单位', 'there is no such organisation'),
  'parameter_invalid.role': invalid('role', '没有这个角色', 'there is no such role'),
  'parameter_invalid.delegate': invalid(
    'delegate',
    '应为本单位的同事，且不是数据管理员',
    'it must be a colleague of your organisation who is no steward already',
  ),
  request_not_found: {},
  grant_not_found: {},
  key_not_found: {},
  listing_changed: {},
  changes_unknown: {},
  already_decided: { values: { by: '陈立', at: '2026-11-24T02:15:00.000Z' } },
  request_changed: { values: { number: 'SQ-2026-11-0187' } },
  wrong_state: { values: { status: 'granted', whatZh: '撤回', whatEn: 'withdrawn' } },
  already_revoked: {},
  wider_than_asked: {
    values: { whyZh: '没有申请“下载”', whyEn: '"download" was not asked for' },
    more: { parameter: 'grant.actions' },
  },
  own_layer: {},
  not_on_duty: {},
  emergency_unconfirmed: { values: parcels },
  emergency_lapsed: { values: { ...parcels, days: 30 } },
  gives_to_self: {},
  same_person: {},
  starting: {},
  database_unavailable: {},
  query_timeout: { values: { seconds: 30 } },
  disk_full: {},
  overloaded: {},
  too_many_streams: { values: { most: 50 } },
  internal: { values: { id: '6f7a4e6e-54a5-4f0e-9a57-8c1f0a9d2b11' } },
} satisfies Record<string, Sample>;

export type Fault = keyof typeof samples;

const codeOf = (fault: Fault): ErrorCode => fault.split('.')[0] as ErrorCode;

/** The answer that a fault gives. */
export function problemBody(fault: Fault, language: Language): ProblemBody {
  const { values = {}, more = {} } = samples[fault] as Sample;
  return toProblem(new YutuError(codeOf(fault), values, more), language, HOST).body;
}

const LANGUAGES = ['en', 'zh'] as const;
const nameOf = (fault: Fault, language: Language) => `${fault}.${language}`;

/** Every fault in both languages, as shared examples. */
export const problemExamples: Record<string, Example> = Object.fromEntries(
  (Object.keys(samples) as Fault[]).flatMap((fault) =>
    LANGUAGES.map((language) => {
      const value = problemBody(fault, language);
      return [nameOf(fault, language), { summary: value.title, value }];
    }),
  ),
);

const headersOf: Record<string, Record<string, Reference>> = {
  401: { 'WWW-Authenticate': { $ref: '#/components/headers/WWWAuthenticate' } },
  429: { 'Retry-After': { $ref: '#/components/headers/RetryAfter' } },
  503: { 'Retry-After': { $ref: '#/components/headers/RetryAfter' } },
};

/** The answers for faults: one for each status, with an example for each fault in both languages. */
export function problems(faults: readonly Fault[]): Record<string, Response> {
  const out: Record<string, Response> = {};
  for (const status of [...new Set(faults.map((f) => errorTable[codeOf(f)].status))].sort()) {
    const here = faults.filter((f) => errorTable[codeOf(f)].status === status);
    out[status] = {
      description: [...new Set(here.map((f) => `${errorTable[codeOf(f)].titleEn} (\`${codeOf(f)}\`)`))].join('; '),
      ...(headersOf[status] && { headers: headersOf[status] }),
      content: {
        'application/problem+json': {
          schema: { $ref: '#/components/schemas/Problem' },
          examples: Object.fromEntries(
            here.flatMap((fault) =>
              LANGUAGES.map((language) => [
                nameOf(fault, language),
                { $ref: `#/components/examples/${nameOf(fault, language)}` },
              ]),
            ),
          ),
        },
      },
    };
  }
  return out;
}
