import { type Fault, problems } from './problems.js';
import type { SchemaName, Value } from './schemas/index.js';
import type { Header, OperationObject, Parameter, Reference, Response } from './types.js';

/** What the operations are sorted by, in the order of the document. */
export const tags = {
  Standard: ['Landing page, conformance and this description', '入口、符合性和接口说明'],
  Collections: ['The catalogue: layers as collections, open and closed', '目录：开放和未开放的图层'],
  Features: ['Features of a layer, as the caller may see them', '图层的要素，以调用者获权所见为准'],
  Tiles: ['Vector tiles of a layer, as the caller may see them', '图层的矢量瓦片，以调用者获权所见为准'],
  Drafts: ['A person’s own files on the map, for a day', '个人草稿：本人可见，保留一天'],
  Platform: ['The instance, its divisions and organisations; search', '平台信息、区划、单位和搜索'],
  Session: ['Signing in and out', '登录与退出'],
  Account: ['One’s own account: password, second factor, sessions, delegation', '本人账号：密码、两步验证、登录设备、委托'],
  Accounts: ['Accounts, as administrators keep them', '账号管理'],
  Keys: ['Keys for department systems', '部门系统的密钥'],
  Requests: ['Asking for a layer, and deciding', '申请与答复'],
  Grants: ['What was given, and taking it back', '授权与收回'],
  Governance: ['The log, and who has seen a layer', '日志，以及谁看过图层'],
  Live: ['What changes while a map is open', '实时通知'],
  Operations: ['For operators', '运维'],
} as const satisfies Record<string, readonly [en: string, zh: string]>;
export type Tag = keyof typeof tags;

export const ref = (name: SchemaName): Reference => ({ $ref: `#/components/schemas/${name}` });
const header = (name: string): Reference => ({ $ref: `#/components/headers/${name}` });

/** Examples by a short name. Tuples of a summary and a value. */
export type Examples<N extends SchemaName> = Record<string, readonly [summary: string, value: Value<N>]>;

const exampleMap = (examples: Record<string, readonly [string, unknown]>) =>
  Object.fromEntries(Object.entries(examples).map(([name, [summary, value]]) => [name, { summary, value }]));

export interface AnswerOptions {
  type?: string;
  headers?: readonly string[];
}

/** An answer with a body that one of the schemas describes. */
export function answer<N extends SchemaName>(
  schema: N,
  description: string,
  examples: Examples<N>,
  { type = 'application/json', headers = [] }: AnswerOptions = {},
): Response {
  return {
    description,
    ...(headers.length > 0 && { headers: headerMap(headers) }),
    content: { [type]: { schema: ref(schema), examples: exampleMap(examples) } },
  };
}

/** Headers of an answer, by their names in `headers`. */
export const headerMap = (names: readonly string[]): Record<string, Reference> =>
  Object.fromEntries(names.map((name) => [name, header(name.replaceAll('-', ''))]));

/** A JSON body to send. */
export function body<N extends SchemaName>(schema: N, examples: Examples<N>, required = true, type = 'application/json') {
  return { required, content: { [type]: { schema: ref(schema), examples: exampleMap(examples) } } };
}

/** Headers that several answers carry. */
export const headers: Record<string, Header> = {
  ETag: {
    description: 'Changes with the layer’s version and with what the caller may see; send it back as If-None-Match',
    schema: { type: 'string' },
    example: 'W/"mVZ3JkZ2F1c2VyX3ZpZXd"',
  },
  CacheControl: {
    description:
      'Always asks to look again: a change or a revocation shows at the next look. `private` when rights raised the answer.',
    schema: { type: 'string' },
    example: 'private, no-cache',
  },
  YutuFeatures: {
    description:
      'Features in the tile, and how many of them not as themselves: as dots, standing for others that are left out, or without their nearly unique columns',
    schema: { type: 'string' },
    example: 'drawn=123, reduced=45',
  },
  YutuDetail: {
    description:
      'Only while the layer is being packed after an import: the tile was made from the rows of its box, from all of them or, where there are too many, from a sample. It is not to be kept.',
    schema: { type: 'string', enum: ['provisional', 'sampled'] },
    example: 'provisional',
  },
  ContentDisposition: { schema: { type: 'string' }, example: 'attachment; filename="parcels.geojson"' },
  Location: {
    description: 'Where the new resource is',
    schema: { type: 'string' },
    example: 'https://maps.example/api/keys/a4c2aed4-34a0-47bf-8a84-32d113fdd37f',
  },
  SetCookie: {
    description: 'The session cookie: HttpOnly, SameSite=Lax, Secure on https',
    schema: { type: 'string' },
    example: 'yutu_session=…; Max-Age=43200; Path=/; HttpOnly; SameSite=Lax',
  },
  WWWAuthenticate: {
    description: 'Without Basic for the viewer’s own requests, so that a browser shows no dialog',
    schema: { type: 'string' },
    example: 'Basic realm="Yutu", charset="UTF-8", Bearer realm="Yutu"',
  },
  RetryAfter: { description: 'Seconds', schema: { type: 'integer', minimum: 0 }, example: 2 },
};

/** Who may call: anyone, whoever they are; a signed-in person (no key); or without any look at credentials. */
type Callers = 'anyone' | 'person' | 'unasked';

export interface OperationPlan {
  id: string;
  tag: Tag;
  /** The summary in English and in Chinese. */
  en: string;
  zh: string;
  about?: string;
  callers?: Callers;
  parameters?: readonly Parameter[];
  body?: ReturnType<typeof body>;
  answers: Record<string, Response>;
  faults?: readonly Fault[];
}

const SHARED = {
  431: { $ref: '#/components/responses/TooLong' },
  500: { $ref: '#/components/responses/Internal' },
  503: { $ref: '#/components/responses/Unavailable' },
};

/** Answers that every operation may give when the platform itself is unwell. */
export const sharedResponses: Record<string, Response> = {
  TooLong: problems(['request_too_long'])[431]!,
  Internal: problems(['internal'])[500]!,
  Unavailable: problems(['starting', 'database_unavailable', 'query_timeout', 'overloaded', 'rights_unknown'])[503]!,
};

/** Faults of every write with a body. */
export const BODY_FAULTS = [
  'request_malformed',
  'request_timeout',
  'body_invalid',
  'body_too_large',
  'asked_too_often',
  'origin_refused',
  'disk_full',
] as const satisfies readonly Fault[];

/** Faults of whatever a request names its caller with, before any room is asked. */
const OF_CREDENTIALS = [
  'credential_invalid',
  'certificate_untrusted',
  'certificate_unknown',
  'key_network',
  'key_quota',
  'preview_not_yours',
] as const satisfies readonly Fault[];

/** An operation of the document: what is common to all of them is added here. */
export function operation(plan: OperationPlan): OperationObject {
  const { callers = 'anyone', faults = [] } = plan;
  const asked: readonly Fault[] =
    callers === 'unasked'
      ? []
      : callers === 'person'
        ? [...OF_CREDENTIALS, 'sign_in_required', 'person_required']
        : OF_CREDENTIALS;
  return {
    operationId: plan.id,
    tags: [plan.tag],
    summary: plan.en,
    'x-summary-zh': plan.zh,
    ...(plan.about && { description: plan.about }),
    ...(plan.parameters && { parameters: [...plan.parameters] }),
    ...(plan.body && { requestBody: plan.body }),
    responses: { ...plan.answers, ...problems([...faults, ...asked]), ...(callers === 'unasked' ? {} : SHARED) },
    ...(callers === 'person' && { security: [{ session: [] }] }),
    ...(callers === 'unasked' && { security: [] }),
  };
}
