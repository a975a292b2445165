import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Decisions } from '../access/decisions.js';
import type { Catalogue } from '../catalogue/catalogue.js';
import type { Layer } from '../catalogue/layers.js';
import type { Bus, Message } from '../db/bus.js';
import { anonymous, type Caller, type Role } from '../identity/caller.js';
import { clientOf } from '../identity/client.js';
import { SESSION_COOKIE, secretHash } from '../identity/credentials.js';
import { LiveStream } from './stream.js';

const person = (name: string, organisation: string, ...roles: Role[]): Caller => ({
  kind: 'user',
  name,
  organisation,
  roles,
  scope: null,
  keyId: null,
});
const planner = person('li', 'transport', 'planner');
const steward = person('chen', 'planning', 'steward');
const key: Caller = { kind: 'key', name: 'key:gis', organisation: 'transport', roles: [], scope: null, keyId: 'k1' };

/** An open answer that keeps what is written to it; to write after its end is a fault, as it is for the real one. */
class Response extends EventEmitter {
  text = '';
  head: Record<string, string> = {};
  writableEnded = false;
  destroyed = false;
  writableLength = 0;
  req: { headers: Record<string, string> };
  constructor(token?: string) {
    super();
    this.req = { headers: token ? { cookie: `${SESSION_COOKIE}=${token}` } : {} };
  }
  writeHead(_status: number, head: Record<string, string>) {
    this.head = head;
  }
  write(text: string) {
    if (this.writableEnded || this.destroyed) throw new Error('write after end');
    this.text += text;
  }
  end() {
    this.writableEnded = true;
  }
  destroy() {
    this.destroyed = true;
    this.emit('close');
  }
  get events() {
    const blocks = this.text.split('\n\n').map((b) => new Map(b.split('\n').map((l) => l.split(/: (.*)/s) as [string, string])));
    return blocks.filter((b) => b.has('event')).map((b) => [b.get('event'), JSON.parse(b.get('data')!)]);
  }
  get lastId() {
    return [...this.text.matchAll(/^id: (\d+)$/gm)].at(-1)![1]!;
  }
}

let tell: (m: Message) => void;
let live: LiveStream;
beforeEach(() => {
  const bus = {
    subscribe(ear: typeof tell) {
      tell = ear;
    },
  } as unknown as Bus;
  const layers = ['parcels', 'petitions'].map((id) => [id, { id, owner: 'planning' } as Layer] as const);
  const decisions = {
    of: (caller: Caller, { id }: Layer) => ({ discover: id !== 'petitions' || caller.organisation === 'planning' }),
  };
  live = new LiveStream(bus, { layers: new Map(layers) } as Catalogue, decisions as unknown as Decisions);
});
afterEach(() => live.close());

function open(caller: Caller, { token, last }: { token?: string; last?: string } = {}): Response {
  const res = new Response(token);
  live.open(caller, clientOf(caller, '127.0.0.1'), res as unknown as ServerResponse, last);
  return res;
}
const everyone = {
  anonymous,
  planner,
  steward,
  colleague: person('wu', 'planning', 'planner'),
  police: person('ma', 'police'),
  key,
};

describe('who hears', () => {
  const request = {
    kind: 'request',
    id: 'r',
    status: 'submitted',
    layer: 'parcels',
    applicant: 'li',
    organisations: ['transport', 'planning'],
  } satisfies Message;
  const layer = (id: string): Message => ({ kind: 'layer', layer: id, version: 7 });
  it.each<[string, Message, (keyof typeof everyone)[], unknown]>([
    [
      'of a layer: all who may know of it',
      layer('parcels'),
      ['anonymous', 'planner', 'steward', 'colleague', 'police', 'key'],
      ['layer', { layer: 'parcels', version: 7 }],
    ],
    [
      'of an undiscoverable layer: its own',
      layer('petitions'),
      ['steward', 'colleague'],
      ['layer', { layer: 'petitions', version: 7 }],
    ],
    ['of a layer that is not there: nobody', layer('gone'), [], null],
    [
      'of a grant: its grantee and the owner’s stewards',
      { kind: 'grants', layer: 'parcels', organisations: ['transport'] },
      ['planner', 'steward', 'key'],
      ['access', { layers: ['parcels'] }],
    ],
    [
      'of a request: the people of both sides',
      request,
      ['planner', 'steward', 'colleague'],
      ['request', { id: 'r', status: 'submitted' }],
    ],
    [
      'of a request for an undiscoverable layer: its applicant, and who may know of the layer',
      { ...request, layer: 'petitions' },
      ['planner', 'steward', 'colleague'],
      ['request', { id: 'r', status: 'submitted' }],
    ],
    [
      'of a colleague’s request for an undiscoverable layer: who may know of the layer',
      { ...request, layer: 'petitions', applicant: 'zhou' },
      ['steward', 'colleague'],
      ['request', { id: 'r', status: 'submitted' }],
    ],
    [
      'of a draft: its applicant',
      { ...request, status: 'draft', organisations: null },
      ['planner'],
      ['request', { id: 'r', status: 'draft' }],
    ],
    [
      'of the catalogue: everyone',
      { kind: 'catalogue' },
      ['anonymous', 'planner', 'steward', 'colleague', 'police', 'key'],
      ['access', { layers: [] }],
    ],
    ['of an account: its person', { kind: 'identity', username: 'li', key: null }, ['planner'], ['session', { ended: true }]],
  ])('%s', (_what, message, ears, event) => {
    const streams = Object.entries(everyone).map(([who, caller]) => [who, open(caller)] as const);
    tell(message);
    expect(streams.filter(([, s]) => s.events.length > 0).map(([who]) => who)).toEqual(ears);
    for (const [, s] of streams) if (s.events.length) expect(s.events).toEqual([event]);
  });

  it('of a grant on an undiscoverable layer: who may know of it by name, its grantee without', () => {
    const [owner, grantee] = [open(everyone.steward), open(everyone.planner)];
    tell({ kind: 'grants', layer: 'petitions', organisations: ['transport'] });
    expect(owner.events).toEqual([['access', { layers: ['petitions'] }]]);
    expect(grantee.events).toEqual([['access', { layers: [] }]]);
  });
});

describe('a stream', () => {
  it('is one that no cache keeps', () => {
    expect(open(anonymous).head).toMatchObject({
      'Content-Type': 'text/event-stream; charset=utf-8',
      'Cache-Control': 'no-store',
    });
  });

  it('that comes back hears what it missed, and only that', () => {
    const first = open(planner);
    tell({ kind: 'layer', layer: 'parcels', version: 2 });
    first.destroy();
    tell({ kind: 'layer', layer: 'petitions', version: 3 });
    tell({ kind: 'layer', layer: 'parcels', version: 4 });
    expect(open(planner, { last: first.lastId }).events).toEqual([['layer', { layer: 'parcels', version: 4 }]]);
  });

  it.each(['17', 'x', ''])('that comes back with a mark of another time (%j) is told to load all anew', (last) => {
    expect(open(planner, { last }).events).toEqual([['access', { layers: [] }]]);
  });

  it('of a new session is not told that the one before ended', () => {
    const before = open(planner);
    tell({ kind: 'layer', layer: 'parcels', version: 2 });
    const mark = before.lastId;
    tell({ kind: 'identity', username: 'li', key: null });
    expect(open(planner, { last: mark }).events).toEqual([]);
  });

  it('ends when its account is set anew, and nothing is written to it after', () => {
    const stream = open(planner);
    tell({ kind: 'identity', username: 'li', key: null });
    tell({ kind: 'identity', username: 'li', key: null }); // heard from the database once more
    tell({ kind: 'catalogue' });
    expect([stream.writableEnded, stream.events]).toEqual([true, [['session', { ended: true }]]]);
    expect(live.size).toBe(0);
  });

  it('of a revoked key ends, other keys’ go on', () => {
    const [mine, other] = [open(key), open({ ...key, keyId: 'k2' })];
    tell({ kind: 'identity', username: null, key: 'k1' });
    expect([mine.writableEnded, other.writableEnded]).toEqual([true, false]);
  });

  it('of a session that signed out ends without a word, other sessions of the same person go on', () => {
    const [here, elsewhere, key_] = [open(planner, { token: 'a' }), open(planner, { token: 'b' }), open(key)];
    tell({ kind: 'identity', username: null, key: null, session: secretHash('a') });
    tell({ kind: 'identity', username: null, key: null });
    expect([here.writableEnded, elsewhere.writableEnded, key_.writableEnded]).toEqual([true, false, false]);
    expect(here.events).toEqual([]);
  });

  it('goes on in the session that ended all others, and ends in those', () => {
    const [here, elsewhere] = [open(planner, { token: 'a' }), open(planner, { token: 'b' })];
    tell({ kind: 'identity', username: 'li', key: null, except: secretHash('a') });
    expect([here.writableEnded, here.events]).toEqual([false, []]);
    expect([elsewhere.writableEnded, elsewhere.events]).toEqual([true, [['session', { ended: true }]]]);
  });

  it('whose rights changed ends without a word, and so does that of who acts for an account that changed', () => {
    const acting = { ...person('zhou', 'planning', 'planner', 'steward'), actingFor: 'chen' } as Caller;
    const streams = [open(planner), open(acting), open(acting)];
    tell({ kind: 'identity', username: null, key: null, rights: 'li' });
    expect(streams.map((s) => s.writableEnded)).toEqual([true, false, false]);
    tell({ kind: 'identity', username: 'chen', key: null });
    expect(streams.map((s) => s.writableEnded)).toEqual([true, true, true]);
    expect(streams.flatMap((s) => s.events)).toEqual([]);
  });

  it('does not outlive what it was opened by', () => {
    vi.useFakeTimers();
    const short = new Response();
    const long = new Response();
    const now = Date.now();
    live.open(planner, clientOf(planner, ''), short as unknown as ServerResponse, undefined, now + 3_000);
    live.open(planner, clientOf(planner, ''), long as unknown as ServerResponse, undefined, now + 40 * 86_400_000); // more than a timer can wait
    vi.advanceTimersByTime(2_999);
    expect([short.writableEnded, live.size]).toEqual([false, 2]);
    vi.advanceTimersByTime(1);
    expect([short.writableEnded, long.writableEnded, live.size]).toEqual([true, false, 1]);
    tell({ kind: 'catalogue' }); // nothing is written after the end
    vi.useRealTimers();
  });

  it('that nobody reads is let go', () => {
    const stream = open(planner);
    stream.writableLength = 2_000_000;
    tell({ kind: 'catalogue' });
    expect([stream.destroyed, live.size]).toEqual([true, 0]);
  });
});
