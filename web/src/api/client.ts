import { base } from '../app/base';
import type { Problem } from './types';

/** A refusal of the server, with its stable `code` and a sentence to show in the reader's language. */
export class ApiError extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail || problem.title);
    this.name = 'ApiError';
  }

  get status() {
    return this.problem.status;
  }

  get code() {
    return this.problem.code;
  }
}

let language = 'zh-CN';

/** The language the server's sentences come in. */
export function setApiLanguage(tag: string) {
  language = tag;
}

export type Query = Record<string, string | number | boolean | null | undefined>;

/** `<base>/api/<path>?<query>`; empty and absent parameters are left out. */
export function apiUrl(path: string, query: Query = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== '') search.set(name, String(value));
  }
  const text = search.toString();
  return `${base}/api/${path}${text ? `?${text}` : ''}`;
}

interface Call {
  method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  query?: Query;
  body?: unknown;
  signal?: AbortSignal;
  /** Beside the usual ones, or in their place. */
  headers?: Record<string, string>;
  /** Sees the answer's headers. */
  heard?: (headers: Headers) => void;
}

/** One call of the API. Throws ApiError for every answer that is not 2xx, and when the server cannot be reached (status 0). */
export async function api<T>(path: string, { method = 'GET', query, body, signal, headers: own, heard }: Call = {}): Promise<T> {
  const headers: Record<string, string> = { Accept: 'application/json', 'Accept-Language': language };
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  Object.assign(headers, own);
  let response: Response;
  try {
    response = await fetch(apiUrl(path, query), {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      signal,
      credentials: 'same-origin',
    });
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw new ApiError({ type: 'about:blank', title: 'unreachable', status: 0, code: 'unreachable', detail: unreachable() });
  }
  if (!response.ok) throw new ApiError(await problemOf(response));
  heard?.(response.headers);
  return (response.status === 204 ? undefined : await response.json()) as T;
}

async function problemOf(response: Response): Promise<Problem> {
  const fallback = { type: 'about:blank', title: response.statusText, status: response.status, code: 'unknown', detail: '' };
  if (!response.headers.get('content-type')?.includes('json')) return { ...fallback, detail: unreachable() };
  try {
    return { ...fallback, ...((await response.json()) as Partial<Problem>) };
  } catch {
    return { ...fallback, detail: unreachable() };
  }
}

const unreachable = () =>
  language.startsWith('en') ? 'The server did not answer. Please try again.' : '服务器没有回应，请稍后重试。';
