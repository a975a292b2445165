import { afterAll, beforeAll, expect, it } from 'vitest';
import { Caller, makeKey, signIn, startYutu, type Yutu } from '../harness.js';
import { barrage, type Shot, texts, values } from '../hostile.js';
import { addressOf, type Operation, operationsOf } from '../operations.js';
import { ask, grantNarrower, parcelsGift, parcelsWish } from '../story.js';

/**
 * Hostile texts in every parameter, header and member of a body of every operation that the OpenAPI document names. Whatever is
 * answered, it is no 5xx, tells nothing of SQL, paths or code, and takes no longer for an injected `pg_sleep`.
 */
let yutu: Yutu;
let operations: Operation[];
let callers: Record<string, Record<string, string>>;
/** Ids that lead somewhere, by the resource that is asked for. */
const known: Record<string, string> = {};

beforeAll(async () => {
  yutu = await startYutu({ env: { TRUST_PROXY: 'true' } });
  operations = await operationsOf(yutu);
  const people: Record<string, Caller> = {
    steward: await signIn(yutu, 'steward'),
    auditor: await signIn(yutu, 'auditor'),
    planner: await signIn(yutu, 'planner'),
  };
  callers = Object.fromEntries(Object.entries(people).map(([name, { headers }]) => [name, headers]));
  callers.key = { authorization: `Bearer ${(await makeKey(people.planner!, 'attack')).key}` };
  callers.anonymous = {};
  const granted = await ask(people.planner!, parcelsWish);
  await grantNarrower(people.steward!, granted.id, parcelsGift);
  known.grants = (await people.planner!.get('/api/grants')).json.grants[0].id;
  known.requests = (await ask(people.planner!, { ...parcelsWish, purpose: 'another line' })).id;
  known.keys = (await makeKey(people.steward!, 'attacked')).id;
  const draft = { type: 'Point', coordinates: [106.5, 29.5] };
  known.drafts = (await people.steward!.post('/api/drafts', draft, { 'content-type': 'application/geo+json' })).json.id;
});
afterAll(() => yutu?.remove());

/** Signing out would end the attackers' own sessions. */
const isOwnEnd = ({ id, method, path }: Operation) => method === 'DELETE' && path === '/api/session' && id !== '';
/** Signing in over a session ends it: that is tried by nobody. */
const writerOf = ({ method, path }: Operation) => (method === 'POST' && path === '/api/session' ? 'anonymous' : 'steward');
/** A file of all parcels takes seconds: of districts it does not; and every reader gets to the changes of districts, not only to the door. */
const example = (operation: Operation) => (name: string, value: string) =>
  encodeURIComponent(
    /\/(export|changes)$/.test(operation.path) && name === 'layer'
      ? 'districts'
      : (name === 'id' && known[operation.path.split('/')[2] ?? '']) || value,
  );
const bodyOf = (operation: Operation): Pick<Shot, 'body' | 'headers'> =>
  operation.mediaType === null
    ? {}
    : { body: JSON.stringify(operation.bodies[0] ?? {}), headers: { 'content-type': operation.mediaType } };

let addresses = 0;
/** Each from an address of its own: the limit on sign-ins is not what is tested here. */
const elsewhere = () => ({ 'x-forwarded-for': `10.${(++addresses >> 16) & 255}.${(addresses >> 8) & 255}.${addresses & 255}` });

/** The next of a list, round and round: with so many places to try, each gets some of the texts, and each kind of place all. */
function ring<T>(list: readonly T[]): (n: number) => T[] {
  let at = 0;
  return (n) => Array.from({ length: n }, () => list[at++ % list.length]!);
}
const some = ring(texts);
const readers = ring(['steward', 'auditor', 'planner', 'key', 'anonymous']);

function shotAt(operation: Operation, path: string, more: Record<string, string> = {}): Shot {
  const body = bodyOf(operation);
  const who = operation.method === 'GET' ? readers(1)[0]! : writerOf(operation);
  return {
    method: operation.method,
    path,
    ...body,
    headers: { ...callers[who], ...body.headers, ...elsewhere(), 'if-match': '*', ...more },
  };
}

function* pathShots(): Iterable<Shot> {
  for (const operation of operations.filter((o) => !isOwnEnd(o)))
    for (const { name } of operation.parameters.filter((p) => p.in === 'path'))
      for (const text of some(24))
        yield shotAt(
          operation,
          addressOf(operation, (n, value) => (n === name ? encodeURIComponent(text) : example(operation)(n, value))),
        );
}

function* queryShots(): Iterable<Shot> {
  for (const operation of operations.filter((o) => !isOwnEnd(o))) {
    const path = addressOf(operation, example(operation));
    const own = operation.parameters.filter((p) => p.in === 'query').map((p) => p.name);
    // properties of the layer, which the document cannot name
    if (operation.path.endsWith('/items')) own.push('code', 'area_m2', 'simulated');
    for (const name of own) {
      for (const text of operation.method === 'GET' ? texts : some(24))
        yield shotAt(operation, `${path}?${name}=${encodeURIComponent(text)}`);
      for (const odd of [
        `${name}=a&${name}=b`,
        `${name}[]=a&${name}[x]=b`,
        `${name}=%ED%A0%80%FF%C0%AF`,
        name,
        `${name}=a&%00=b`,
      ])
        yield shotAt(operation, `${path}?${odd}`);
    }
    for (const text of some(6)) yield shotAt(operation, `${path}?${encodeURIComponent(text)}=x`);
  }
}

const HEADERS = [
  'accept',
  'accept-language',
  'accept-encoding',
  'authorization',
  'cookie',
  'if-none-match',
  'if-match',
  'if-modified-since',
  'range',
  'last-event-id',
  'content-type',
  'origin',
  'referer',
  'user-agent',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-http-method-override',
  'x-yutu-token',
  'sec-fetch-site',
];

function* headerShots(): Iterable<Shot> {
  // what a client of node may not send is tried with bytes of Latin-1
  const sendable = texts.map((text) => text.replace(/[^\t\x20-\x7e\x80-\xff]/g, '\xe9'));
  const cookies = sendable.flatMap((text) => [text, `yutu_session=${text}`, `yutu_session=a; yutu_session=${text}`]);
  const credentials = sendable.flatMap((text) => [
    text,
    `Bearer ${text}`,
    `Basic ${Buffer.from(`a:${text}`).toString('base64')}`,
  ]);
  const of: Record<string, (n: number) => string[]> = { cookie: ring(cookies), authorization: ring(credentials) };
  const other = ring(sendable);
  for (const operation of operations.filter((o) => !isOwnEnd(o)))
    for (const header of HEADERS)
      for (const text of (of[header] ?? other)(of[header] ? 8 : 3))
        yield shotAt(operation, addressOf(operation, example(operation)), { [header]: text });
}

const otherValues = ring(values);

/** The body with one member after the other put in place of what stood there; the member's name is tried too. */
function* variants(value: unknown): Iterable<unknown> {
  for (const text of some(10)) yield text;
  for (const other of otherValues(6)) yield other;
  if (Array.isArray(value)) {
    for (const [i, member] of value.entries())
      if (i < 2) for (const variant of variants(member)) yield value.map((one, j) => (i === j ? variant : one));
  } else if (value !== null && typeof value === 'object') {
    for (const [name, member] of Object.entries(value))
      for (const variant of variants(member)) yield { ...value, [name]: variant };
    for (const text of some(4)) yield Object.fromEntries([...Object.entries(value), [text, text]]);
  }
}

function* bodyShots(): Iterable<Shot> {
  for (const operation of operations.filter((o) => o.mediaType !== null)) {
    const path = addressOf(operation, example(operation));
    const headers = { ...callers[writerOf(operation)], 'content-type': operation.mediaType!, 'if-match': '*' };
    for (const body of operation.bodies) {
      for (const variant of variants(body))
        yield { method: operation.method, path, headers: { ...headers, ...elsewhere() }, body: JSON.stringify(variant) };
      const text = JSON.stringify(body);
      for (const more of ['"__proto__":{"polluted":"yes"}', '"constructor":{"prototype":{"polluted":"yes"}}'])
        yield {
          method: operation.method,
          path,
          headers: { ...headers, ...elsewhere() },
          body: `{${more}${text.length > 2 ? ',' : ''}${text.slice(1)}`,
        };
    }
  }
}

const all: [string, () => Iterable<Shot>, number][] = [
  ['every parameter of a path', pathShots, 500],
  ['every parameter of a query', queryShots, 1_000],
  ['every header', headerShots, 2_000],
  ['every member of a body', bodyShots, 1_000],
];

it.each(all)(
  '%s',
  async (_where, shots, least) => {
    const { faults, fired, statuses } = await barrage(yutu, shots());
    console.log(
      `${fired} shots: ${[...statuses]
        .sort(([a], [b]) => a - b)
        .map(([status, n]) => `${status} × ${n}`)
        .join(', ')}`,
    );
    expect(faults.slice(0, 20)).toEqual([]);
    expect(fired).toBeGreaterThan(least);
    // had most been refused at the door, little would have been tried
    const refusedAtTheDoor = [401, 403, 415, 429].reduce((n, status) => n + (statuses.get(status) ?? 0), 0);
    expect(refusedAtTheDoor).toBeLessThan(fired / 2);
  },
  600_000,
);

it('and afterwards it answers as before: nothing was polluted, dropped or stopped', async () => {
  for (const path of [
    '/api/instance',
    '/api/collections',
    '/api/session',
    '/api/collections/parcels/items?limit=1',
    '/api/organisations',
  ]) {
    const { status, text } = await new Caller(yutu.url, callers.steward).get(path);
    expect([path, status, text.includes('polluted')]).toEqual([path, 200, false]);
  }
});
