import type { z } from 'zod';
import type { QueryParam } from './query.js';

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** Who may call: anyone, whoever they are; a signed-in person (no key); or without any look at credentials. */
export type Callers = 'anyone' | 'person' | 'unasked';

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

/** Values of a schema by a short name: what stands in the document, and what the attacks send. */
export type Examples<S extends z.ZodType> = Record<string, readonly [summary: string, value: z.input<S>]>;

/** A JSON body, sent or answered: its schema with examples. */
export interface Json<S extends z.ZodType = z.ZodType> {
  schema: S;
  examples: Examples<S>;
  /** A body that need not be sent. */
  optional?: true;
}
export const json = <S extends z.ZodType>(schema: S, examples: Examples<S>): Json<S> => ({ schema, examples });

/** An answer that is no fault: with a JSON body, or with none. */
export interface Answer {
  description: string;
  json?: Json;
  /** Media type of the file that another format of the answer is. */
  file?: string;
  /** Names of headers that it carries beside the usual ones. */
  headers?: readonly string[];
}

export interface Operation {
  /** Its name in the document and in clients that are generated from it. */
  id: string;
  method: Method;
  /** Below `/api`, with `{name}` where a parameter goes. */
  path: `/${string}`;
  tag: Tag;
  /** The summary in English and in Chinese. */
  en: string;
  zh: string;
  about?: string;
  callers: Callers;
  /** What goes into the path, by the names of the document's components. */
  parameters?: readonly string[];
  /** What goes into the query. */
  query?: Readonly<Record<string, QueryParam>>;
  body?: Json;
  answers: Readonly<Record<number, Answer>>;
  /** Codes of the errors' table, or a code with a word for the case (`parameter_invalid.until`); without those of every operation. */
  faults: readonly string[];
}

/** An operation, with the types of all that it says kept. */
export const operation = <const O extends Operation>(plan: O): O => plan;

/** Names of a path's parameters: `'/keys/{id}/rotate'` → `'id'`. */
export type ParamNames<P extends string> = P extends `${string}{${infer Name}}${infer Rest}` ? Name | ParamNames<Rest> : never;

/** A body as the handler gets it, and as a client sends it. */
export type BodyOf<O extends Operation> = O['body'] extends Json<infer S> ? z.output<S> : never;
export type SentBody<O extends Operation> = O['body'] extends Json<infer S> ? z.input<S> : undefined;

/** What an operation answers when all is well: a status, and the body that goes with it. */
export type Reply<O extends Operation> = {
  [Status in keyof O['answers'] & number]: {
    status: Status;
    /** Path of what was made, such as `/api/keys/…`. */
    location?: string;
  } & (
    | (O['answers'][Status] extends { json: Json<infer S> } ? { body: z.input<S> } : { body?: undefined })
    | (O['answers'][Status] extends { file: string } ? { file: { name: string; text: string } } : never)
  );
}[keyof O['answers'] & number];

/** The body of the good answer, as a client reads it; `undefined` where there is none. */
export type Answered<O extends Operation> = {
  [Status in keyof O['answers'] & number]: O['answers'][Status] extends { json: Json<infer S> } ? z.output<S> : undefined;
}[keyof O['answers'] & number];
