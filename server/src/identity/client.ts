import type { EventEmitter } from 'node:events';
import type { Client } from '../db/client.js';
import type { Caller } from './caller.js';

/** Before a request's caller is known, its address stands for it. */
export const arriving = (address: string): Client => ({ id: `?${address}`, anonymous: false, signal: null });

/** Whom a request is counted for: the account, the key, or the address that somebody nobody knows comes from. */
export const clientOf = (caller: Caller, address: string, signal: AbortSignal | null = null): Client =>
  caller.kind === 'anonymous'
    ? { id: `-${address}`, anonymous: true, signal }
    : { id: caller.keyId ?? `@${caller.name}`, anonymous: false, signal };

/** Whoever holds a signed address: not its issuer, who may have given it to many. */
export const bearerAt = (address: string): Client => ({ id: `-${address}`, anonymous: true, signal: null });

/** Aborted when the answer's connection closes before all of it was sent. */
export function leaving(res: EventEmitter & { writableFinished: boolean }): AbortSignal {
  const left = new AbortController();
  res.once('close', () => {
    if (!res.writableFinished) left.abort();
  });
  return left.signal;
}
