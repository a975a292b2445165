import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { guardOrigin } from './guard.js';

const OURS = 'https://map.example';
const guard = (method: string, headers: Record<string, string>) =>
  guardOrigin({ method, headers: { host: 'map.example', ...headers } } as unknown as IncomingMessage, OURS);

describe('a write', () => {
  it.each([
    ['of a script, without either header', {}],
    ['of our own page', { 'sec-fetch-site': 'same-origin', origin: OURS }],
    ['of our own page in capitals', { origin: 'HTTPS://MAP.EXAMPLE' }],
    ['typed by the person', { 'sec-fetch-site': 'none' }],
    ['by the host it was sent to, whatever our public name', { origin: 'http://localhost:8080', host: 'localhost:8080' }],
    [
      'with a key: no browser sends one by itself',
      { authorization: 'Bearer x', origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
    ],
  ])('%s passes', (_what, headers) => {
    for (const method of ['POST', 'PATCH', 'PUT', 'DELETE']) expect(() => guard(method, headers as never)).not.toThrow();
  });

  it.each([
    ['of another site', { 'sec-fetch-site': 'cross-site' }],
    ['of a neighbour under the same domain', { 'sec-fetch-site': 'same-site', origin: 'https://other.example' }],
    ['of another origin in a browser that says only that', { origin: 'https://evil.example' }],
    ['of a page without origin', { origin: 'null' }],
    ['of a name that begins like ours', { origin: 'https://map.example.evil.example' }],
    ['of another port', { origin: 'https://map.example:8443' }],
    ['of a header nobody knows', { 'sec-fetch-site': 'new-value' }],
  ])('%s is refused', (_what, headers) => {
    for (const method of ['POST', 'PATCH', 'PUT', 'DELETE'])
      expect(() => guard(method, headers as never)).toThrow(expect.objectContaining({ code: 'origin_refused' }));
  });
});

it('reading is everyone’s', () => {
  for (const method of ['GET', 'HEAD', 'OPTIONS'])
    expect(() => guard(method, { 'sec-fetch-site': 'cross-site', origin: 'https://other.example' })).not.toThrow();
});
