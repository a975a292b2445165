import type { Answered, Operation, Operations, ParamNames, SentBody } from '@yutu/contract';
import { api } from './client';

type OperationOf = { [Id in keyof Operations]: Operations[Id] }[keyof Operations];
/** An operation by its method and path: `'POST /keys/{id}/rotate'`. The compiler knows them all; the bundle holds nothing of the contract. */
export type Named = { [O in OperationOf as `${Uppercase<O['method']>} ${O['path']}`]: O };

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';
type Input<O extends Operation> = ([ParamNames<O['path']>] extends [never]
  ? object
  : { params: Record<ParamNames<O['path']>, string> }) &
  (SentBody<O> extends undefined ? object : { body: SentBody<O> }) & { signal?: AbortSignal };

/** Calls an operation of the contract. @throws ApiError for every answer that is not 2xx, and when the server cannot be reached */
export function call<K extends keyof Named>(named: K, input: Input<Named[K]>): Promise<Answered<Named[K]>> {
  const [method, path] = named.split(' ') as [Method, string];
  const { params, body, signal } = input as { params?: Record<string, string>; body?: unknown; signal?: AbortSignal };
  const filled = path.slice(1).replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params![name]!));
  return api<Answered<Named[K]>>(filled, { method, body, signal });
}
