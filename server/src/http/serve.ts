import type { IncomingMessage } from 'node:http';
import type { BodyOf, Operation, ParamNames, QueryOf, Reply } from '@yutu/contract';
import type { Request, Response, Router } from 'express';
import type { Caller } from '../identity/caller.js';
import { checkReply } from './check-answers.js';
import { addressOf } from './links.js';
import { readQuery } from './query.js';
import { callerOf, readBody, requireUser } from './request.js';

type User = Extract<Caller, { kind: 'user' }>;

/** What a handler gets of a request. */
export interface Call<O extends Operation> {
  req: Request;
  /** For headers of the answer, such as cookies: what it says is what the handler returns. */
  res: Response;
  caller: O['callers'] extends 'person' ? User : Caller;
  /** Of the path, as they were written. */
  params: Record<ParamNames<O['path']>, string>;
  query: QueryOf<O>;
  /**
   * Reads the body, as the contract has it. Not before the handler has looked at who sends it: until then nothing of it is read.
   * @param instead stands for a body that was not sent, or holds nothing
   */
  body: (instead?: unknown) => Promise<BodyOf<O>>;
}

/** Answers of a handler, each with its status as the contract writes it. */
export const ok = <B>(body: B) => ({ status: 200 as const, body });
/** @param location path of what was made, such as `/api/keys/…` */
export const created = <B>(body: B, location?: string) => ({
  status: 201 as const,
  body,
  ...(location !== undefined && { location }),
});
/** A file to keep. */
export const file = (name: string, text: string) => ({ status: 200 as const, file: { name, text } });
export const noContent = () => ({ status: 204 as const });

/** What `app` says to all routes, in Express' `app.locals`. */
export interface ServeSettings {
  /** The public address, with the path of its own that it may have. */
  origin: (req: IncomingMessage) => string;
  /** Whether answers are held against the contract before they leave: in tests. */
  checkAnswers: boolean;
}

/**
 * Registers an operation of the contract: its route, who may call it, its parameters and body, and how it is answered.
 * @throws (to Express' error handler) what handler, body and parameters throw
 */
export function serve<const O extends Operation>(
  router: Router,
  operation: O,
  handler: (call: Call<O>) => Promise<Reply<O>>,
): void {
  router[operation.method](routeOf(operation), async (req: Request, res: Response) => {
    res.locals.operation = operation;
    const query = readQuery(req, operation.query);
    const caller = operation.callers === 'person' ? requireUser(res) : callerOf(res);
    const body = (instead?: unknown) => readBody(req, operation.body!.schema, instead) as Promise<BodyOf<O>>;
    send(req, res, operation, await handler({ req, res, caller, params: req.params, query, body } as Call<O>));
  });
}

/** The path as Express writes it: `/keys/{id}` → `/api/keys/:id`. */
const routeOf = ({ path }: Operation): string => `/api${path.replace(/\{(\w+)\}/g, ':$1')}`;

interface AnyReply {
  status: number;
  location?: string;
  body?: unknown;
  file?: { name: string; text: string };
}

function send(req: Request, res: Response, operation: Operation, { status, location, body, file }: AnyReply): void {
  const { origin, checkAnswers } = req.app.locals as ServeSettings;
  if (file) {
    sendFile(res, operation.answers[status]!.file!, file);
    return;
  }
  if (checkAnswers) checkReply(operation, status, body);
  res.status(status);
  // A proxy does not mend a path that lacks what it took away: it is a whole address.
  if (location !== undefined) res.location(addressOf(origin(req), location).href);
  if (body === undefined) res.end();
  else res.json(body);
}

/** A file to keep, in place of JSON. @param type its media type */
function sendFile(res: Response, type: string, { name, text }: { name: string; text: string }): void {
  res.setHeader('Content-Disposition', `attachment; filename="${name}"`);
  res.type(type).send(text);
}
