import type { ServerResponse } from 'node:http';
import { fail } from '../errors/fail.js';
import { MOST } from '../live/places.js';

/** Where streams of events are asked for; who answers once the house is open is in api.ts. */
export const EVENTS = '/api/events';

const BEAT_MS = 15_000;
/** Those who waited do not all come back in the same moment. */
const SPREAD_MS = 2_000;

/**
 * Viewers that ask for events while the node starts. A 503 would end their EventSource for good; so they get a stream on which nothing is
 * said, and when the doors open it ends: they come back by themselves, and are asked who they are.
 */
export class Waiting {
  private readonly held = new Set<ServerResponse>();
  private readonly beat = setInterval(() => {
    for (const res of this.held) res.write(': starting\n\n');
  }, BEAT_MS).unref();

  /** @throws `starting` when too many wait already */
  hold(res: ServerResponse): void {
    if (this.held.size >= MOST) fail('starting');
    res.writeHead(200, {
      'Content-Type': 'text/event-stream; charset=utf-8',
      'Access-Control-Allow-Origin': '*',
      'Cache-Control': 'no-store',
      'X-Accel-Buffering': 'no',
    });
    res.write(`retry: ${500 + Math.round(Math.random() * SPREAD_MS)}\n: starting\n\n`);
    this.held.add(res);
    res.on('close', () => this.held.delete(res));
  }

  release(): void {
    clearInterval(this.beat);
    for (const res of this.held) res.end();
  }
}
