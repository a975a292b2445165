import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import express, { type Request, type RequestHandler } from 'express';
import { LRUCache } from 'lru-cache';
import type { z } from 'zod';
import { currentClient, stepAside } from '../db/client.js';
import { Turns } from '../db/turns.js';
import { badParameter, fail } from '../errors/fail.js';
import { readJson } from '../incoming/json.js';
import { nameGivenTwice } from '../incoming/twice.js';
import { halves, issueZh } from './issue-zh.js';

/** Bodies that are being read, by client: each is held in memory. What the anonymous send is small. */
const bodies = new Turns(Number.POSITIVE_INFINITY, undefined, { client: 4, anonymous: Number.POSITIVE_INFINITY });

/** Of large bodies, bytes that one client may send in so many ms: reading JSON holds up the one thread that answers. */
const LARGE = 64 * 1024;
const PACE = { bytes: 20 * 1024 * 1024, ms: 10_000 };
const sent = new LRUCache<string, number>({ max: 10_000, ttl: PACE.ms, noUpdateTTL: true });

/** Counts a body before it is parsed. @throws `asked_too_often` */
function countLarge(bytes: number): void {
  if (bytes <= LARGE) return;
  const { id } = currentClient();
  const before = sent.get(id) ?? 0;
  if (before + bytes > PACE.bytes) {
    const seconds = Math.max(1, Math.ceil(sent.getRemainingTTL(id) / 1000));
    fail('asked_too_often', { seconds }, { retryAfter: seconds });
  }
  sent.set(id, before + bytes);
}

const TYPES = ['application/json', 'application/geo+json', 'application/merge-patch+json'];
/** Bodies as they came, for who needs more than JavaScript's numbers. */
const sentBytes = new WeakMap<IncomingMessage, { bytes: Uint8Array; charset: string }>();
const json = (limit: string) =>
  express.json({
    limit,
    strict: true,
    type: TYPES,
    verify(req, _res, bytes, charset) {
      countLarge(bytes.length);
      // Decoding would put signs of its own in place of what is no text.
      if (charset === 'utf-8' && !isUtf8(bytes)) fail('body_invalid');
      const twice = nameGivenTwice(new TextDecoder(charset).decode(bytes));
      if (twice !== null) badParameter(twice.slice(0, 60) || 'body', '这一项写了两次', 'it is given twice');
      sentBytes.set(req, { bytes, charset });
    },
  });
const ofCallers = json('5mb');
/** Nobody who is not signed in has a large thing to say. */
const ofAnyone = json('256kb');

/** Whether a body holds what PostgreSQL takes in no text: NUL, or half of a character. However deep it is. */
export function isUnwritable(body: unknown): boolean {
  const left: unknown[] = [body];
  while (left.length > 0) {
    const value = left.pop();
    if (typeof value === 'string' && /\0|\p{Surrogate}/u.test(value)) return true;
    if (value !== null && typeof value === 'object') for (const member of Object.values(value)) left.push(member);
  }
  return false;
}

const memberAt = (body: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>((at, name) => (at as Record<PropertyKey, unknown> | null)?.[name], body);

/** A body that was read, as `schema` says. @throws `body_invalid`; `parameter_invalid` naming the first faulty member */
export function checkBody<T extends z.ZodType>(body: unknown, schema: T): z.infer<T> {
  if (body === undefined || body === null || typeof body !== 'object') fail('body_invalid');
  if (isUnwritable(body)) fail('body_invalid');
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  if (issue.code === 'invalid_type' && issue.path.length > 0 && memberAt(body, issue.path) === undefined)
    badParameter(issue.path.join('.'), '缺少这一项', 'it is missing');
  const path = [...issue.path, ...('keys' in issue ? (issue.keys as string[]).slice(0, 1) : [])].join('.') || 'body';
  if (issue.code === 'unrecognized_keys') badParameter(path, '这里没有这一项', 'there is no such member here');
  const { en } = halves(issue.message);
  const { zh } = halves(schema.safeParse(body, { error: issueZh }).error?.issues[0]?.message ?? '');
  badParameter(path, `不符合要求（${zh ?? '格式不对'}）`, en);
}

/**
 * Has the request's body read, by one of Express's readers. Asked for by the handler, once it knows that the caller may send one: until
 * then nothing of it is taken from the connection.
 * @throws `asked_too_often` when a client sends too many large ones; `body_too_large`, `body_invalid`
 */
export async function takeBody(req: Request, reader: RequestHandler): Promise<void> {
  if (req.body !== undefined) return;
  const res = req.res!;
  const read = () =>
    new Promise<void>((resolve, reject) => {
      if (req.headers.expect !== undefined) res.writeContinue();
      reader(req, res, (error?: unknown) => (error ? reject(error) : resolve()));
    });
  await stepAside(() => bodies.take(read));
}

const readerFor = (req: Request) => (req.res!.locals.caller?.kind === 'anonymous' ? ofAnyone : ofCallers);

/** As {@link readBody}; numbers that a double does not keep are `LongNumber`s. */
export async function readExactBody<T extends z.ZodType>(req: Request, schema: T): Promise<z.infer<T>> {
  await takeBody(req, readerFor(req));
  const sent = sentBytes.get(req);
  return checkBody(sent ? readJson(new TextDecoder(sent.charset).decode(sent.bytes)) : req.body, schema);
}

/**
 * The JSON body as `schema` says.
 * @param instead stands for a body that was not sent, or holds nothing
 * @throws `body_too_large`, `body_invalid`; `parameter_invalid` naming the first faulty member
 */
export async function readBody<T extends z.ZodType>(req: Request, schema: T, instead?: unknown): Promise<z.infer<T>> {
  await takeBody(req, readerFor(req));
  const none = req.body === undefined || (instead !== undefined && Object.keys(req.body).length === 0);
  return checkBody(none ? instead : req.body, schema);
}
