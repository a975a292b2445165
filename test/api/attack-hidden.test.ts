import { beforeAll, describe, expect, it } from 'vitest';
import { anonymous, type Caller, makeKey, signIn, withKey } from '../harness.js';
import { type Hit, shoot } from '../hostile.js';
import { shared } from '../instance.js';
import { addressOf, type Operation, operationsOf } from '../operations.js';
import { auc } from '../statistics.js';

/**
 * Every operation that takes a layer, as the API's document names them, asked for one that may not be discovered and for one that does
 * not exist: status, body, every header and the time it takes are the same.
 */
const hidden = 'petition_sites';
const absent = 'petition_sitez';
let operations: Operation[];
let callers: Record<string, Record<string, string>>;

beforeAll(async () => {
  const place = shared();
  operations = (await operationsOf(place)).filter(
    (o) => o.path.includes('{layer}') || o.parameters.some((p) => ['layer', 'collections'].includes(p.name)),
  );
  const planner: Caller = await signIn(place, 'planner');
  callers = {
    anonymous: anonymous(place).headers,
    planner: planner.headers,
    steward: (await signIn(place, 'steward')).headers,
    admin: (await signIn(place, 'admin')).headers,
    key: withKey(place, (await makeKey(planner, 'hidden')).key).headers,
    'a wrong key': { authorization: 'Bearer yt_wrong' },
  };
});

/** An answer without what differs between any two, and without the name that was asked for. */
function plain({ status, headers, text }: Hit, id: string) {
  const { date: _date, ...rest } = headers;
  return JSON.parse(
    JSON.stringify({ status, headers: rest, text: text.replace(/"timeStamp":"[^"]*"/g, '') }).replaceAll(id, '{id}'),
  );
}

/** How else the same may be asked. */
const asides: [string, Record<string, string>][] = [
  ['as it is', {}],
  ['with a guessed ETag', { 'if-none-match': 'W/"abc", *' }],
  ['for a state of before', { 'if-match': '"abc"', 'if-modified-since': 'Sat, 01 Jan 2000 00:00:00 GMT' }],
  [
    'from another site',
    { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site', 'access-control-request-method': 'GET' },
  ],
  ['compressed, in Chinese', { 'accept-encoding': 'br, gzip', 'accept-language': 'zh-CN' }],
  ['as a page', { accept: 'text/html', range: 'bytes=0-10' }],
];

describe.each(['anonymous', 'planner', 'steward', 'admin', 'key', 'a wrong key'])('for %s', (who) => {
  it.each(asides)('%s', async (_how, headers) => {
    const different: string[] = [];
    let asked = 0;
    for (const operation of operations) {
      const inPath = operation.path.includes('{layer}');
      const query = operation.parameters.find((p) => p.in === 'query' && ['layer', 'collections'].includes(p.name))?.name;
      const body = operation.mediaType === null ? undefined : JSON.stringify(operation.bodies[0] ?? {});
      const methods = operation.method === 'GET' ? ['GET', 'HEAD', 'OPTIONS'] : [operation.method];
      for (const method of methods) {
        const ask = (id: string) =>
          shoot(shared(), {
            method,
            path:
              addressOf(operation, (name, example) => encodeURIComponent(name === 'layer' ? id : example)) +
              (inPath ? '' : `?${query}=${id}`),
            headers: { ...(operation.mediaType && { 'content-type': operation.mediaType }), ...callers[who], ...headers },
            ...(body !== undefined && { body }),
          });
        const [one, other] = [plain(await ask(hidden), hidden), plain(await ask(absent), absent)];
        asked++;
        if (JSON.stringify(one) !== JSON.stringify(other))
          different.push(
            `${method} ${operation.path}: ${JSON.stringify(one).slice(0, 300)} ≠ ${JSON.stringify(other).slice(0, 300)}`,
          );
        if (inPath && one.status < 300 && method !== 'OPTIONS')
          different.push(`${method} ${operation.path} answered ${one.status}`);
      }
    }
    expect(different).toEqual([]);
    expect(asked).toBeGreaterThan(25);
  });
});

it('the time tells nothing either', async () => {
  const time = (id: string) => async () =>
    (await shoot(shared(), { method: 'GET', path: `/api/collections/${id}/items?limit=10`, headers: callers.planner! })).ms;
  // Half means that neither tends to be slower. A table that is looked into would take several times as long: nearly one.
  expect(Math.abs((await auc(time(hidden), time(absent), 150)) - 0.5)).toBeLessThan(0.25);
});
