import type { ServerResponse } from 'node:http';
import type { RequestHandler, Response } from 'express';
import { type Client, runFor } from '../db/client.js';
import { type Line, type Shares, shareOf, Turns } from '../db/turns.js';

/** Requests worked on at once. What they wait for has queues of its own; here it is about the one thread that answers. */
const AT_ONCE = 20;
const LINE: Line = { waiting: 5_000, patienceMs: 15_000 };

/** Of things that are counted by client: percent that one may have, and all who are anonymous together. */
export interface SharePercent {
  clientShare: number;
  anonymousShare: number;
}

/** Shares of so many turns. */
export const sharesOf = (turns: number, { clientShare, anonymousShare }: SharePercent): Shares => ({
  client: shareOf(turns, clientShare),
  anonymous: shareOf(turns, anonymousShare),
});

/**
 * Lets requests in by a fair queue: a client with hundreds of them has a few worked on, the others wait, and are dropped when it leaves.
 * What follows runs for that client (`db/client.ts`), down to the queues of the database and of the workers.
 * @param clientOf the caller that was found for the request
 */
export function admission(percent: SharePercent, clientOf: (res: Response) => Client): RequestHandler {
  const turns = new Turns(AT_ONCE, LINE, sharesOf(AT_ONCE, percent));
  return async (_req, res, next) => {
    const client = clientOf(res);
    let end: (() => void) | null = null;
    const leave = () => {
      // The loop goes round before the next begins: answers that wait for nothing would follow one another for as long as there are any.
      if (end) setImmediate(end);
      end = null;
    };
    const enter = async () => {
      end = await turns.enter(client);
      if (res.headersSent || res.closed) leave();
    };
    await enter();
    whenAnswered(res, leave);
    const aside = async <T>(work: () => Promise<T>): Promise<T> => {
      leave();
      try {
        return await work();
      } finally {
        await enter();
      }
    };
    runFor({ ...client, aside }, next);
  };
}

/** Calls `tell` when the answer begins, for a long one is sent at its client's pace, or when there will be none. */
function whenAnswered(res: ServerResponse, tell: () => void): void {
  const { writeHead } = res;
  res.writeHead = ((...args: Parameters<typeof writeHead>) => {
    tell();
    return writeHead.apply(res, args);
  }) as typeof writeHead;
  res.once('close', tell);
}
