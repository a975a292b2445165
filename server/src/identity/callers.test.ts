import type { IncomingMessage } from 'node:http';
import { describe, expect, it, vi } from 'vitest';
import type { Bus, Message } from '../db/bus.js';
import type { Database } from '../db/database.js';
import { anonymous } from './caller.js';
import { Callers } from './callers.js';
import { newSecret, SECURE_SESSION_COOKIE, SESSION_COOKIE, secretHash, sessionToken } from './credentials.js';
import type { Person } from './standing.js';

const HOUR = 3_600_000;
const KEY = 'yt_good';
const TOKEN = 'token-good';
const person: Person = {
  username: 'li',
  organisation: 'transport',
  roles: ['planner'],
  demo: false,
  disabled: false,
  confirmed: true,
  resting: false,
  stamp: 3,
};

/** Callers over a database that knows one key and one session, which a test may change. */
function callers({ demo = true, secureCookie = false, trustProxy = false, deaf = { now: false } } = {}) {
  const keys = new Map([
    [
      secretHash(KEY),
      {
        id: 'k1',
        name: 'gis',
        organisation: 'transport',
        layers: ['parcels'],
        actions: ['view'],
        networks: null as string[] | null,
        quota: null as number | null,
        requests: 0,
        holder: 'li' as string | null,
        stamp: 3,
        person: person as Person | null,
        until: Number.POSITIVE_INFINITY,
      },
    ],
  ]);
  const sessions = new Map([
    [
      secretHash(TOKEN),
      {
        username: 'li',
        organisation: 'transport',
        roles: ['planner'],
        stamp: 3,
        person: { ...person, demo: true },
        until: Date.now() + HOUR,
      },
    ],
  ]);
  const asked: string[] = [];
  let hear: (m: Message) => unknown = () => {};
  let gate: Promise<unknown> | null = null;
  const db = {
    async query(sql: string, [hash]: [string]) {
      asked.push(sql);
      const found = (/api_key k/.test(sql) ? keys : sessions).get(hash);
      await gate;
      return found ? [found] : [];
    },
  } as unknown as Database;
  const bus = {
    subscribe(ear: typeof hear) {
      hear = ear;
    },
  } as unknown as Bus;
  return {
    callers: new Callers(db, bus, {
      demo: () => demo,
      timezone: 'Asia/Shanghai',
      today: () => ({ day: '2026-11-22', ends: Date.now() + HOUR }),
      secureCookie,
      strict: true,
      trust: { trustProxy, networks: null, secret: null },
      certificates: null,
      deaf: () => deaf.now,
    }),
    keys,
    sessions,
    asked,
    tell: (message: Message) => hear(message),
    hold(until: Promise<unknown>) {
      gate = until;
    },
  };
}
const revoked: Message = { kind: 'identity', username: null, key: 'k1' };
const req = (headers: Record<string, string> = {}, remoteAddress = '10.1.2.3') =>
  ({ headers, socket: { remoteAddress } }) as unknown as IncomingMessage;
const bearer = (key: string) => req({ authorization: `Bearer ${key}` });
const basic = (text: string) => req({ authorization: `Basic ${Buffer.from(text).toString('base64')}` });
const cookie = (token: string) => req({ cookie: `theme=dark; ${SESSION_COOKIE}=${token}` });
const wrong = { code: 'credential_invalid' };

describe('a key', () => {
  it.each([
    ['as bearer', bearer(KEY)],
    ['as Bearer in any case', req({ authorization: `bEARER   ${KEY} ` })],
    ['as the password of Basic', basic(`anyone:${KEY}`)],
    ['as the password of Basic without a user', basic(`:${KEY}`)],
  ])('is taken %s', async (_how, request) => {
    expect(await callers().callers.of(request)).toEqual({
      kind: 'key',
      name: 'key:gis',
      organisation: 'transport',
      roles: [],
      scope: ['parcels'],
      actions: ['view'],
      keyId: 'k1',
      holder: 'li',
    });
  });

  it.each([
    ['wrong', bearer('yt_bad')],
    ['empty', req({ authorization: 'Bearer' })],
    ['of another scheme', req({ authorization: `Digest ${KEY}` })],
    ['as the user of Basic', basic(`${KEY}:`)],
    ['the session’s token', bearer(TOKEN)],
    ['an account’s password', basic('planner:yutu-demo')],
  ])('is refused: %s', async (_how, request) => {
    await expect(callers().callers.of(request)).rejects.toMatchObject(wrong);
  });

  it('is refused though there is a good cookie: the header beats it', async () => {
    const both = req({ authorization: 'Bearer yt_bad', cookie: `${SESSION_COOKIE}=${TOKEN}` });
    await expect(callers().callers.of(both)).rejects.toMatchObject(wrong);
  });

  it('is looked up once, and anew after its revocation', async () => {
    const { callers: c, keys, asked, tell } = callers();
    await c.of(bearer(KEY));
    await c.of(bearer(KEY));
    expect(asked).toHaveLength(1);
    expect(c.peek(bearer(KEY))).toMatchObject({ keyId: 'k1' });
    keys.clear();
    tell({ kind: 'grants', layer: 'parcels', organisations: [] });
    expect(c.peek(bearer(KEY))).not.toBeNull();
    tell(revoked);
    expect(c.peek(bearer(KEY))).toBeNull();
    await expect(c.of(bearer(KEY))).rejects.toMatchObject(wrong);
  });

  it('is looked up every time while this node may not have heard that it ended', async () => {
    const deaf = { now: false };
    const { callers: all, asked, keys } = callers({ deaf });
    await all.of(bearer(KEY));
    deaf.now = true;
    expect(all.peek(bearer(KEY))).toBeNull();
    await all.of(bearer(KEY));
    expect(asked).toHaveLength(2);
    keys.clear();
    await expect(all.of(bearer(KEY))).rejects.toMatchObject(wrong);
  });

  it('revoked while it was looked up is not remembered', async () => {
    const { callers: c, keys, tell, hold } = callers();
    let go = () => {};
    hold(
      new Promise<void>((resolve) => {
        go = resolve;
      }),
    );
    const asking = c.of(bearer(KEY)); // its row is read before the revocation
    keys.clear();
    tell(revoked);
    go();
    await asking;
    await expect(c.of(bearer(KEY))).rejects.toMatchObject(wrong);
  });

  it('that is nobody’s is looked up once in a while, not for every request', async () => {
    const { callers: c, asked, tell } = callers();
    for (let i = 0; i < 3; i++) await expect(c.of(bearer('yt_bad'))).rejects.toMatchObject(wrong);
    for (let i = 0; i < 3; i++) expect(await c.of(cookie('gone'))).toBe(anonymous);
    expect(asked).toHaveLength(2);
    tell(revoked);
    await expect(c.of(bearer('yt_bad'))).rejects.toMatchObject(wrong);
    expect(asked).toHaveLength(3);
  });

  it('ends with its last day', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const { callers: c, keys } = callers();
    keys.get(secretHash(KEY))!.until = Date.now() + HOUR;
    await c.of(bearer(KEY));
    expect(c.peek(bearer(KEY))).not.toBeNull();
    vi.setSystemTime(Date.now() + HOUR);
    expect(c.peek(bearer(KEY))).toBeNull();
    await expect(c.of(bearer(KEY))).rejects.toMatchObject(wrong);
    vi.useRealTimers();
  });

  it('that was used is noted with the next flush, once', async () => {
    const { callers: c, asked } = callers();
    c.spend(await c.of(bearer(KEY)));
    c.spend(c.peek(bearer(KEY))!);
    await c.flushKeyUse();
    await c.flushKeyUse();
    expect(asked.filter((sql) => sql.includes('last_used'))).toHaveLength(1);
  });
});

describe('a key and the person behind it', () => {
  it.each<[string, Partial<Person> | null]>([
    ['is nobody’s', null],
    ['is of who was disabled', { disabled: true }],
    ['is of who was not confirmed', { confirmed: false }],
    ['is of who waits for a new second factor', { resting: true }],
    ['is of a demonstration that is over', { demo: true }],
    ['is of who changed the password', { stamp: 4 }],
    ['is of who has another office', { organisation: 'water' }],
  ])('that %s opens nothing', async (_what, change) => {
    const { callers: who, keys, tell } = callers({ demo: false });
    await expect(who.of(bearer(KEY))).resolves.toMatchObject({ keyId: 'k1' });
    keys.get(secretHash(KEY))!.person = change && { ...person, ...change };
    await tell({ kind: 'identity', username: 'li', key: null });
    expect(who.peek(bearer(KEY))).toBeNull();
    await expect(who.of(bearer(KEY))).rejects.toMatchObject(wrong);
  });
});

describe('a key of some networks', () => {
  const from = (address: string, forwarded?: string) =>
    req({ authorization: `Bearer ${KEY}`, ...(forwarded && { 'x-forwarded-for': forwarded }) }, address);

  it('is good from there only, also when it is remembered', async () => {
    const { callers: c, keys } = callers();
    keys.get(secretHash(KEY))!.networks = ['10.1.0.0/16', '2001:db8::/32'];
    expect(await c.of(from('10.1.2.3'))).toMatchObject({ keyId: 'k1' });
    expect(await c.of(from('::ffff:10.1.2.3'))).toMatchObject({ keyId: 'k1' });
    expect(c.peek(from('2001:db8::7'))).toMatchObject({ keyId: 'k1' });
    expect(() => c.peek(from('10.2.0.1'))).toThrow(expect.objectContaining({ code: 'key_network' }));
    await expect(c.of(from('192.0.2.1', '10.1.2.3'))).rejects.toMatchObject({ code: 'key_network' });
  });

  it('comes from where the proxy says, not from where the client says', async () => {
    const { callers: c, keys } = callers({ trustProxy: true });
    keys.get(secretHash(KEY))!.networks = ['10.1.0.0/16'];
    expect(await c.of(from('192.0.2.1', '203.0.113.5, 10.1.2.3'))).toMatchObject({ keyId: 'k1' });
    await expect(c.of(from('192.0.2.1', '10.1.2.3, 203.0.113.5'))).rejects.toMatchObject({ code: 'key_network' });
  });
});

describe('a key with a quota', () => {
  it('is refused beyond it until the day ends, counting what other nodes wrote', async () => {
    const { callers: c, keys } = callers();
    Object.assign(keys.get(secretHash(KEY))!, { quota: 5, requests: 3 });
    const caller = await c.of(bearer(KEY));
    c.spend(caller);
    c.spend(caller);
    expect(() => c.spend(caller)).toThrow(expect.objectContaining({ code: 'key_quota', more: { retryAfter: 3600 } }));
  });
});

describe('wrong keys', () => {
  it('are tried from one address some times a minute; what is known stays known', async () => {
    const { callers: c } = callers();
    await c.of(bearer(KEY));
    for (let i = 0; i < 100; i++) await expect(c.of(bearer(`yt_bad${i}`))).rejects.toMatchObject(wrong);
    await expect(c.of(bearer('yt_another'))).rejects.toMatchObject({ code: 'too_many_attempts' });
    expect(await c.of(bearer(KEY))).toMatchObject({ keyId: 'k1' });
    await expect(c.of(req({ authorization: 'Bearer yt_bad' }, '10.9.9.9'))).rejects.toMatchObject(wrong);
  });
});

it('a session’s token that is remembered is no key', async () => {
  const { callers: c } = callers();
  await c.of(cookie(TOKEN));
  expect(c.peek(bearer(TOKEN))).toBeNull();
  await expect(c.of(bearer(TOKEN))).rejects.toMatchObject(wrong);
});

it('on https only the cookie bound to this host is a session’s', async () => {
  const { callers: c } = callers({ secureCookie: true });
  expect(await c.of(cookie(TOKEN))).toBe(anonymous);
  const bound = req({ cookie: `${SESSION_COOKIE}=other; ${SECURE_SESSION_COOKIE}=${TOKEN}` });
  expect(await c.of(bound)).toMatchObject({ kind: 'user' });
  expect(sessionToken(bound)).toBe(TOKEN);
});

describe('a session', () => {
  it('is known by its cookie', async () => {
    const { callers: c } = callers();
    expect(await c.of(cookie(TOKEN))).toMatchObject({ kind: 'user', name: 'li', organisation: 'transport', roles: ['planner'] });
    expect(sessionToken(cookie(TOKEN))).toBe(TOKEN);
  });

  it('that is unknown, a key, or of a demonstration that is over, is anonymous and no error', async () => {
    expect(await callers().callers.of(cookie('gone'))).toBe(anonymous);
    expect(await callers().callers.of(cookie(KEY))).toBe(anonymous);
    expect(await callers({ demo: false }).callers.of(cookie(TOKEN))).toBe(anonymous);
  });

  it('whose time is over is asked for anew', async () => {
    const short = callers();
    short.sessions.get(secretHash(TOKEN))!.until = Date.now() - 1;
    await short.callers.of(cookie(TOKEN));
    expect(short.callers.peek(cookie(TOKEN))).toBeNull();
  });
});

describe('nobody in particular', () => {
  it.each<Record<string, string>>([{}, { cookie: 'theme=dark' }, { cookie: `${SESSION_COOKIE}=` }])(
    '%j needs no look-up',
    async (headers) => {
      const { callers: c, asked } = callers();
      expect(c.peek(req(headers))).toBe(anonymous);
      expect(await c.of(req(headers))).toBe(anonymous);
      expect(asked).toEqual([]);
    },
  );
});

it('secrets are long, random, and kept as a hash that says how it was made', () => {
  expect(newSecret('yt_')).toMatch(/^yt_[\w-]{32}$/);
  expect(newSecret('yt_')).not.toBe(newSecret('yt_'));
  expect(secretHash('abc')).toBe('sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
});
