import { type Callers, CREDENTIAL_FAULTS, PERSON_FAULTS, PLATFORM_FAULTS, type Tag } from '@yutu/contract';
import { type Fault, problems } from './problems.js';
import type { SchemaName, Value } from './schemas/index.js';
import type { Header, OperationObject, Parameter, Reference, Response } from './types.js';

export const ref = (name: SchemaName): Reference => ({ $ref: `#/components/schemas/${name}` });
const header = (name: string): Reference => ({ $ref: `#/components/headers/${name}` });

/** Examples by a short name. Tuples of a summary and a value. */
export type Examples<N extends SchemaName> = Record<string, readonly [summary: string, value: Value<N>]>;

const exampleMap = (examples: Record<string, readonly [string, unknown]>) =>
  Object.fromEntries(Object.entries(examples).map(([name, [summary, value]]) => [name, { summary, value }]));

export interface AnswerOptions {
  type?: string;
  /** Media type of the file that another format of it is. */
  file?: string;
  headers?: readonly string[];
}

/** An answer with a body that one of the schemas describes. */
export function answer<N extends SchemaName>(
  schema: N,
  description: string,
  examples: Examples<N>,
  { type = 'application/json', file, headers = [] }: AnswerOptions = {},
): Response {
  return {
    description,
    ...(headers.length > 0 && { headers: headerMap(headers) }),
    content: {
      [type]: { schema: ref(schema), examples: exampleMap(examples) },
      ...(file && { [file]: { schema: { type: 'string' } } }),
    },
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
  TooLong: problems(PLATFORM_FAULTS.tooLong)[431]!,
  Internal: problems(PLATFORM_FAULTS.internal)[500]!,
  Unavailable: problems(PLATFORM_FAULTS.unavailable)[503]!,
};

/** An operation of the document: what is common to all of them is added here. */
export function operation(plan: OperationPlan): OperationObject {
  const { callers = 'anyone', faults = [] } = plan;
  const asked: readonly Fault[] =
    callers === 'unasked' ? [] : callers === 'person' ? [...CREDENTIAL_FAULTS, ...PERSON_FAULTS] : CREDENTIAL_FAULTS;
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
