import type { Request } from 'express';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { Database } from '../db/database.js';
import { fail } from '../errors/fail.js';
import { beginAttempt, noteWrong } from '../identity/lockout.js';

// Per address, whatever the names: a list of names tried from one place costs the others no time.
const addresses = new RateLimiterMemory({ points: 120, duration: 60 });

const tooMany = (seconds: number): never => fail('too_many_attempts', { seconds }, { retryAfter: seconds });

/** Lets an address try so many secrets a minute. @throws `too_many_attempts` */
export async function limitAddress(req: Request): Promise<void> {
  try {
    await addresses.consume(String(req.ip));
  } catch (limited) {
    if (!(limited instanceof RateLimiterRes)) throw limited;
    tooMany(Math.ceil(limited.msBeforeNext / 1000));
  }
}

/**
 * One try of a secret of an account. What `look` does not find is counted; what it finds is the caller's to note as right.
 * @throws `too_many_attempts` while the name is locked for this address, or whatever `look` throws
 */
export async function attempt<T>(db: Database, req: Request, username: string, look: () => Promise<T | null>): Promise<T | null> {
  await limitAddress(req);
  const wait = await beginAttempt(db, username, String(req.ip));
  if (wait > 0) tooMany(wait);
  const found = await look();
  if (found === null) await noteWrong(db, username);
  return found;
}
