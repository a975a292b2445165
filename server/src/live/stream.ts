import type { ServerResponse } from 'node:http';
import type { Decisions } from '../access/decisions.js';
import { isTold } from '../access/told.js';
import type { Catalogue } from '../catalogue/catalogue.js';
import type { Bus, Message } from '../db/bus.js';
import type { Client } from '../db/client.js';
import { shareOf } from '../db/turns.js';
import { type Caller, isStewardOf, namesOf } from '../identity/caller.js';
import { secretHash, sessionToken } from '../identity/credentials.js';
import { MOST, Places } from './places.js';

interface LiveEvent {
  kind: 'layer' | 'access' | 'request' | 'session';
  data: unknown;
}

interface Subscriber {
  caller: Caller;
  client: Client;
  /** The hash of the session it came with, if any. */
  session: string | null;
  res: ServerResponse;
  /** Ends the stream with what it was opened by. */
  end: NodeJS.Timeout | null;
}

const REMEMBERED = 1_000;
const BEAT_MS = 20_000;
/** A client that no longer reads is let go: what it would have to be sent does not pile up. */
const MAX_UNREAD = 1_000_000;
/** The longest time a timer can wait: who is heard longer comes back once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * Server-sent events to open viewers: what changed, filtered for each by what its caller may know. A viewer that comes back with
 * `Last-Event-ID` hears what it missed, or is told to load everything anew.
 */
export class LiveStream {
  private readonly subscribers = new Set<Subscriber>();
  private readonly places: Places<Subscriber>;
  private readonly past: { id: number; message: Message }[] = [];
  // Ids of another run of the process are not ours: they start at a time.
  private nextId = Date.now();
  private readonly beat: NodeJS.Timeout;

  constructor(
    bus: Bus,
    readonly catalogue: Catalogue,
    readonly decisions: Decisions,
    anonymousShare = 100,
  ) {
    this.places = new Places(shareOf(MOST, anonymousShare), (subscriber) => this.end(subscriber));
    bus.subscribe((message) => this.tell(message));
    this.beat = setInterval(() => {
      for (const subscriber of this.subscribers) this.write(subscriber, ': beat\n\n');
    }, BEAT_MS);
    this.beat.unref();
  }

  get size(): number {
    return this.subscribers.size;
  }

  /**
   * Holds the connection open until the client leaves, or `until` (milliseconds) comes: then it is asked anew who it is.
   * @param client whom it is counted for
   * @throws `too_many_streams`, `overloaded`
   */
  open(
    caller: Caller,
    client: Client,
    res: ServerResponse,
    lastEventId: string | undefined,
    until = Number.POSITIVE_INFINITY,
  ): void {
    this.places.check(client);
    res.writeHead(200, {
      'Content-Type': 'text/event-stream; charset=utf-8',
      'Cache-Control': 'no-store',
      'X-Accel-Buffering': 'no',
      Vary: 'Authorization, Cookie',
    });
    if (res.req.method === 'HEAD') {
      res.end();
      return;
    }
    const token = caller.kind === 'user' ? sessionToken(res.req) : null;
    const subscriber: Subscriber = { caller, client, session: token === null ? null : secretHash(token), res, end: null };
    this.subscribers.add(subscriber);
    this.places.enter(client, subscriber);
    if (until < Number.POSITIVE_INFINITY) {
      const left = Math.min(Math.max(until - Date.now(), 0), MAX_TIMER_MS);
      subscriber.end = setTimeout(() => this.end(subscriber), left);
      subscriber.end.unref();
    }
    res.on('close', () => this.forget(subscriber));
    this.write(subscriber, `retry: 2000\nid: ${this.nextId - 1}\n\n`);
    const last = Number(lastEventId);
    if (lastEventId !== undefined && last !== this.nextId - 1) {
      const missed = this.past.findIndex((p) => p.id === last);
      if (missed < 0) this.send(subscriber, this.nextId - 1, { kind: 'access', data: { layers: [] } });
      // A session that ended meanwhile is not this one: this one was just found good.
      else
        for (const { id, message } of this.past.slice(missed + 1))
          if (message.kind !== 'identity') this.deliver(subscriber, id, message);
    }
  }

  private tell(message: Message): void {
    const id = this.nextId++;
    this.past.push({ id, message });
    if (this.past.length > REMEMBERED) this.past.shift();
    for (const subscriber of this.subscribers) this.deliver(subscriber, id, message);
  }

  private deliver(subscriber: Subscriber, id: number, message: Message): void {
    if (message.kind === 'identity' && endsWith(message, subscriber)) {
      this.end(subscriber);
      return;
    }
    const event = this.eventFor(subscriber, message);
    if (!event) return;
    this.send(subscriber, id, event);
    if (event.kind === 'session') this.end(subscriber);
  }

  private forget(subscriber: Subscriber): void {
    this.subscribers.delete(subscriber);
    this.places.leave(subscriber.client, subscriber);
    if (subscriber.end) clearTimeout(subscriber.end);
  }

  private end(subscriber: Subscriber): void {
    this.forget(subscriber);
    subscriber.res.end();
  }

  private send(subscriber: Subscriber, id: number, { kind, data }: LiveEvent): void {
    this.write(subscriber, `id: ${id}\nevent: ${kind}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  private write({ res }: Subscriber, text: string): void {
    if (res.writableEnded || res.destroyed) return; // writing after the end would be a fault nobody catches
    res.write(text);
    if (res.writableLength > MAX_UNREAD) res.destroy();
  }

  /** What this caller hears of a message, if anything. */
  private eventFor({ caller, session }: Subscriber, message: Message): LiveEvent | null {
    switch (message.kind) {
      case 'layer': {
        const layer = this.catalogue.layers.get(message.layer);
        if (!layer || !this.decisions.of(caller, layer).discover) return null;
        return { kind: 'layer', data: { layer: message.layer, version: message.version } };
      }
      case 'grants': {
        const layer = this.catalogue.layers.get(message.layer);
        const concerned =
          message.organisations === null ||
          (caller.organisation !== null && message.organisations.includes(caller.organisation)) ||
          isStewardOf(caller, layer?.owner ?? '');
        if (!concerned) return null;
        // Who may not know of the layer, or no longer, is told to look at everything again: a colleague's grant does not name it to others.
        return { kind: 'access', data: { layers: layer && this.decisions.of(caller, layer).discover ? [layer.id] : [] } };
      }
      case 'request': {
        if (caller.kind !== 'user') return null;
        const own = namesOf(caller).includes(message.applicant);
        const near = message.organisations?.includes(caller.organisation) ?? own;
        if (!near || !(own || isTold(this, caller, message.layer))) return null;
        return { kind: 'request', data: { id: message.id, status: message.status } };
      }
      case 'identity':
        return caller.kind === 'user' && message.username === caller.name && (session === null || session !== message.except)
          ? { kind: 'session', data: { ended: true } }
          : null;
      case 'catalogue':
      case 'all':
        return { kind: 'access', data: { layers: [] } };
    }
  }

  close(): void {
    clearInterval(this.beat);
    for (const { res } of this.subscribers) res.end();
  }
}

/**
 * A stream ends with the session that signed out, the key that was revoked, or the rights it was opened with, be it those of the steward
 * it acts for: coming back, it is asked who it is.
 */
const endsWith = (message: Extract<Message, { kind: 'identity' }>, { caller, session }: Subscriber): boolean =>
  (session !== null && message.session === session) ||
  (caller.kind === 'key' && message.key === caller.keyId) ||
  (caller.kind === 'user' &&
    (message.rights === caller.name ||
      (caller.actingFor !== undefined && [message.username, message.rights].includes(caller.actingFor))));
