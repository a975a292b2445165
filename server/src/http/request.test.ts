import type { IncomingMessage } from 'node:http';
import type { Request, Response } from 'express';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { anonymous, type Caller } from '../identity/caller.js';
import { networkList } from '../identity/networks.js';
import { checkBody } from './body.js';
import { integerParam, originOf, queryParams, requireRole, requireUser } from './request.js';

const at = (originalUrl: string) => ({ originalUrl }) as Request;
const fault = (work: () => unknown) => {
  try {
    return { value: work() };
  } catch (error) {
    const { code, more } = error as { code: string; more: { parameter?: string; allowed?: unknown } };
    return { code, ...more };
  }
};

describe('the origin', () => {
  const of = (headers: Record<string, string>, baseUrl: string | null = null, trustProxy = false, networks?: string[]) =>
    originOf(
      { headers, socket: { remoteAddress: '::ffff:10.1.2.3' } } as unknown as IncomingMessage,
      { baseUrl },
      { trustProxy, networks: networks ? networkList(networks) : null, secret: null },
    );
  const proxied = { host: 'inner:8080', 'x-forwarded-proto': 'https, http', 'x-forwarded-host': 'map.example, inner' };

  it('is the configured one, else what the request was sent to', () => {
    expect(of(proxied, 'https://map.city.gov.cn')).toBe('https://map.city.gov.cn');
    expect(of({ host: 'localhost:8080' })).toBe('http://localhost:8080');
    expect(of({ host: '[::1]:8080' })).toBe('http://[::1]:8080');
    expect(of({})).toBe('http://localhost');
  });

  it('believes a proxy only when told to', () => {
    expect(of(proxied)).toBe('http://inner:8080');
    expect(of(proxied, null, true)).toBe('https://map.example');
    expect(of(proxied, null, true, ['10.1.0.0/16'])).toBe('https://map.example');
    // from elsewhere, as X-Forwarded-For
    expect(of(proxied, null, true, ['10.2.0.0/16'])).toBe('http://inner:8080');
  });

  it.each(['evil.example/path', 'a b', '"><script>', 'user@evil.example', 'x?y', 'x#y', 'x\\y'])(
    'takes no %j into our documents',
    (host) => {
      expect(of({ host })).toBe('http://localhost');
      expect(of({ host: 'inner', 'x-forwarded-host': host }, null, true)).toBe('http://localhost');
    },
  );
});

describe('query parameters', () => {
  const read = (query: string) =>
    fault(() => ({ ...queryParams(at(`/api/x?${query}`), ['limit', 'name'], ['json', 'geojson']) }));
  it.each<[string, object]>([
    ['', { value: {} }],
    ['limit=5&name=%E4%B8%87%E5%B7%9E+1&f=geojson', { value: { limit: '5', name: '万州 1', f: 'geojson' } }],
    ['name=', { value: { name: '' } }],
    ['Limit=5', { code: 'parameter_unknown', parameter: 'Limit', allowed: ['limit', 'name', 'f'] }],
    ['constructor=1', { code: 'parameter_unknown', parameter: 'constructor' }],
    ['__proto__=1', { code: 'parameter_unknown', parameter: '__proto__' }],
    ['limit=1&limit=2', { code: 'parameter_invalid', parameter: 'limit' }],
    ['name=a%00b', { code: 'parameter_invalid', parameter: 'name' }],
    ['f=shp', { code: 'format_unsupported', allowed: ['json', 'geojson'] }],
  ])('%j', (query, expected) => {
    expect(read(query)).toMatchObject(expected);
  });

  it('name an unknown one no longer than is useful', () => {
    expect(read(`${'x'.repeat(5_000)}=1`)).toMatchObject({ parameter: 'x'.repeat(60) });
  });
});

describe('a whole number', () => {
  const read = (text: string | undefined, clamp = false) =>
    fault(() => integerParam(text === undefined ? {} : { limit: text }, 'limit', { min: 1, max: 100, fallback: 10, clamp }));
  it('within bounds is taken, its absence has a value', () => {
    expect([read(undefined), read('1'), read('100'), read('007')]).toEqual([10, 1, 100, 7].map((value) => ({ value })));
  });
  it.each(['0', '101', '-1', '1.5', '1e2', '0x10', ' 5', '５', '', 'NaN', '9'.repeat(16)])('is not %j', (text) => {
    expect(read(text)).toMatchObject({ code: 'parameter_invalid', parameter: 'limit', allowed: { minimum: 1, maximum: 100 } });
  });
  it('too large is lowered where the standard says so', () => {
    expect([read('101', true), read('0', true)]).toMatchObject([{ value: 100 }, { code: 'parameter_invalid' }]);
  });
});

describe('a body', () => {
  const schema = z.strictObject({ name: z.string().max(5), tags: z.array(z.string()).optional() });
  const read = (body: unknown) => fault(() => checkBody(body, schema));
  it('that fits is read', () => {
    expect(read({ name: '万州', tags: ['👍'] })).toEqual({ value: { name: '万州', tags: ['👍'] } });
  });
  it.each<[unknown, string, string?]>([
    [undefined, 'body_invalid'],
    [null, 'body_invalid'],
    ['text', 'body_invalid'],
    [{}, 'parameter_invalid', 'name'],
    [{ name: 'too long' }, 'parameter_invalid', 'name'],
    [{ name: 'a', more: 1 }, 'parameter_invalid', 'more'],
    [{ name: 'a', tags: ['a', 7] }, 'parameter_invalid', 'tags.1'],
    [{ name: 'a\0b' }, 'body_invalid'],
    [{ name: 'a', tags: ['b', 'c\ud800d'] }, 'body_invalid'],
    [{ name: '\udc00' }, 'body_invalid'],
  ])('%j is refused', (body, code, parameter) => {
    expect(read(body)).toMatchObject(parameter === undefined ? { code } : { code, parameter });
  });
  it('however deep, breaks nothing', () => {
    const deep = JSON.parse(`${'['.repeat(100_000)}"\0"${']'.repeat(100_000)}`.replace('\0', '\\u0000'));
    expect(read({ name: deep })).toMatchObject({ code: 'body_invalid' });
  });
  it('of any JSON is read or refused, never a fault of ours', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (body) => {
        const found = read(body);
        expect('value' in found || ['body_invalid', 'parameter_invalid'].includes(found.code)).toBe(true);
      }),
    );
  });
});

describe('a person', () => {
  const with_ = (caller: Caller) => ({ locals: { caller } }) as unknown as Response;
  const person: Extract<Caller, { kind: 'user' }> = {
    kind: 'user',
    name: 'li',
    organisation: 'transport',
    roles: ['planner'],
    scope: null,
    keyId: null,
  };
  const key: Caller = { ...person, kind: 'key', scope: null, keyId: 'k' };
  it('is neither the public nor a key', () => {
    expect(requireUser(with_(person))).toBe(person);
    expect(fault(() => requireUser(with_(anonymous)))).toMatchObject({ code: 'sign_in_required' });
    expect(fault(() => requireUser(with_(key)))).toMatchObject({ code: 'person_required' });
  });
  it('needs the role', () => {
    expect(() => requireRole(person, 'auditor', 'planner')).not.toThrow();
    expect(fault(() => requireRole(person, 'auditor'))).toMatchObject({ code: 'role_required' });
  });
});
