import { beforeAll, describe, expect, it } from 'vitest';
import { type Answer, anonymous, type Caller, makeKey, signIn, withKey } from '../harness.js';
import { shared } from '../instance.js';

/**
 * A layer that a caller may not even discover answers exactly as one that does not exist. Each request is sent twice, once with the
 * hidden layer's id and once with that of no layer; the answers must be equal but for the id itself.
 */
const hidden = 'petition_sites';
const absent = 'petition_sitez'; // as long, so that lengths can be compared too

let callers: Record<string, Caller>;
let owner: Caller;
beforeAll(async () => {
  const place = shared();
  const planner = await signIn(place, 'planner');
  callers = {
    anonymous: anonymous(place),
    planner,
    'another steward': await signIn(place, 'steward'),
    'a key of transport': withKey(place, (await makeKey(planner, 'discoverability')).key),
  };
  owner = await signIn(place, 'steward-civil');
});

const surfaces: [string, string, object?][] = [
  ['GET', '/api/collections/{id}'],
  ['HEAD', '/api/collections/{id}'],
  ['GET', '/api/collections/{id}?nosuch=1'],
  ['GET', '/api/collections/{id}/queryables'],
  ['GET', '/api/collections/{id}/items'],
  ['GET', '/api/collections/{id}/items?limit=abc'],
  ['GET', '/api/collections/{id}/items?petitioner=x'],
  ['GET', '/api/collections/{id}/items/1'],
  ['GET', '/api/collections/{id}/items/999999'],
  ['GET', '/api/collections/{id}/tilejson'],
  ['GET', '/api/collections/{id}/tiles/WebMercatorQuad'],
  ['GET', '/api/collections/{id}/tiles/WebMercatorQuad/8/105/203'],
  ['GET', '/api/collections/{id}/tiles/WebMercatorQuad/8/0/0'],
  ['GET', '/api/collections/{id}/tiles/WebMercatorQuad/3/99/0'],
  ['GET', '/api/collections/{id}/export?f=geojson'],
  ['GET', '/api/collections/{id}/usage'],
  ['GET', '/api/grants?layer={id}'],
  ['GET', '/api/search?q={id}'],
  ['POST', '/api/requests', { layer: '{id}', purpose: 'to see what is there', actions: ['view'], fields: [], area: null }],
  ['POST', '/api/requests', { layer: '{id}', draft: true }],
  ['POST', '/api/keys', { name: 'discoverability scope', layers: ['{id}'] }],
  ['POST', '/api/collections/{id}/items', {}],
  ['DELETE', '/api/collections/{id}'],
];

/** What of an answer may differ: the id, and what differs between any two answers. */
function comparable(answer: Answer, id: string) {
  const volatile = new Set(['date', 'x-request-id', 'ratelimit', 'ratelimit-reset', 'ratelimit-remaining']);
  const headers = Object.entries(answer.headers)
    .filter(([name]) => !volatile.has(name))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const plain = (text: string) => text.replaceAll(id, '{id}').replace(/"etag".*?,/g, '');
  const body = answer.headers['content-type']?.includes('json')
    ? plain(answer.text).replace(/"(timeStamp|instance)":"[^"]*"/g, '"$1":""')
    : plain(answer.text);
  return {
    status: answer.status,
    headers: JSON.parse(plain(JSON.stringify(headers))).filter(([name]: [string]) => name !== 'etag'),
    body,
  };
}

describe.each(['anonymous', 'planner', 'another steward', 'a key of transport'])('for %s', (who) => {
  it.each(surfaces)('%s %s is as if there were no such layer', async (method, path, body) => {
    const ask = (id: string) =>
      callers[who]!.send(method, path.replaceAll('{id}', id), body && JSON.parse(JSON.stringify(body).replaceAll('{id}', id)));
    const [one, other] = [await ask(hidden), await ask(absent)];
    expect(comparable(one, hidden)).toEqual(comparable(other, absent));
    if (path.startsWith('/api/collections')) expect([404, 400, 401, 403, 405]).toContain(one.status);
  });

  it('it is in no listing', async () => {
    for (const path of [
      '/api/collections',
      '/api/search?q=petition',
      `/api/search?q=${encodeURIComponent('信访')}`,
      '/api/openapi.json',
      '/api',
      '/api/instance',
    ]) {
      const answer = await callers[who]!.get(path);
      expect([path, answer.status, answer.text.includes(hidden)]).toEqual([path, 200, false]);
    }
  });
});

it('answering takes as long', async () => {
  const caller = callers.planner!;
  const times: Record<string, number[]> = { [hidden]: [], [absent]: [] };
  for (let round = 0; round < 40; round++) {
    for (const id of round % 2 ? [hidden, absent] : [absent, hidden]) {
      const started = performance.now();
      await caller.get(`/api/collections/${id}/items`);
      times[id]!.push(performance.now() - started);
    }
  }
  const median = (list: number[]) => list.sort((a, b) => a - b)[list.length / 2]!;
  // a look into the table would cost several times a refusal
  expect(Math.abs(median(times[hidden]!) - median(times[absent]!))).toBeLessThan(5);
});

it('its owner sees it', async () => {
  const { status, json } = await owner.get(`/api/collections/${hidden}`);
  expect(status).toBe(200);
  expect(json.yutu.access.source).toBe('own');
  expect((await owner.get(`/api/collections/${hidden}/items?limit=1`)).json.numberMatched).toBeGreaterThan(0);
});
