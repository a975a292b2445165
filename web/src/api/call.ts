import type { Answered, Operation, Operations, ParamNames, SentBody, SentQuery } from '@yutu/contract';
import { api, type Query } from './client';

type OperationOf = { [Id in keyof Operations]: Operations[Id] }[keyof Operations];
/** An operation by its method and path: `'POST /keys/{id}/rotate'`. The compiler knows them all; the bundle holds nothing of the contract. */
export type Named = { [O in OperationOf as `${Uppercase<O['method']>} ${O['path']}`]: O };

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';
type Input<O extends Operation> = ([ParamNames<O['path']>] extends [never]
  ? object
  : { params: Record<ParamNames<O['path']>, string> }) &
  (SentBody<O> extends undefined ? object : { body: SentBody<O> }) & { query?: SentQuery<O>; signal?: AbortSignal };

interface Sent {
  params?: Record<string, string>;
  query?: Query;
  body?: unknown;
  signal?: AbortSignal;
}

/** Calls an operation of the contract. @throws ApiError for every answer that is not 2xx, and when the server cannot be reached */
export function call<K extends keyof Named>(named: K, input: Input<Named[K]>): Promise<Answered<Named[K]>> {
  const [method, path] = named.split(' ') as [Method, string];
  const { params, query, body, signal } = input as Sent;
  const filled = path.slice(1).replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params![name]!));
  return api<Answered<Named[K]>>(filled, { method, query, body, signal });
}
